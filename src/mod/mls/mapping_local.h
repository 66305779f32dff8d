/* mapping_local: what the parts of mapping share. Not for others.
 *
 *   mapping.c        the columns, and a document compiled
 *   mapping_head.c   what identifies a payload row
 *   mapping_row.c    the typed columns of a row
 *   mapping_media.c  its media
 *   mapping_copy.c   lines for COPY
 */
#pragma once
#include <string.h>

#include "mod/mls/mapping.h"

/* Fields that are looked for in a payload: one for each column, then those that help them. */
enum mapping_slot {
	SLOT_STREET_PREFIX = LISTING_COLUMNS,
	SLOT_STREET_SUFFIX,
	SLOT_STREET_DIRECTION,
	SLOT_LIVING_UNITS,
	SLOT_LOT_ACRES,
	SLOT_LOT_AREA,
	SLOT_LOT_UNITS,
	SLOT_MEDIA,
	MAPPING_SLOTS
};

enum mapping_kind {
	KIND_TEXT,
	KIND_STATUS,
	KIND_FLOAT,
	KIND_INT,
	KIND_ROUND, /* a whole number, rounded */
	KIND_DATE,
	KIND_TIME,
};

struct mapping_column {
	const char *name;  /* in mls.listings, and canonical in a document */
	const char *field; /* where it comes from unless a document says otherwise; NULL nowhere */
	enum mapping_kind kind;
	bool is_documented; /* of the default mapping: left empty when a document does not name it */
	bool zero_is_null;
	int64_t lo, hi; /* numbers; hi: also the most bytes of a text */
};

extern const struct mapping_column mapping_columns[LISTING_COLUMNS];

#define MAPPING_BUCKETS 128

struct mapping {
	struct str fields[MAPPING_SLOTS]; /* absent: not wanted */
	int8_t bucket[MAPPING_BUCKETS];   /* first slot whose field falls there; -1 none */
	int8_t next[MAPPING_SLOTS];
	struct hash_128 id; /* of the fields and the rules */
};

/* values[slot] is the payload's value for each slot, NULL where it has none. */
void mapping_collect(const struct mapping *m, const struct json *payload,
	const struct json *values[MAPPING_SLOTS]);

static inline unsigned mapping_bucket(struct str field)
{
	unsigned h = (unsigned)field.len * 7;

	if (field.len)
		h += (unsigned char)field.p[0] + (unsigned char)field.p[field.len - 1] * 31u +
			(unsigned char)field.p[field.len / 2] * 17u;
	return h % MAPPING_BUCKETS;
}

/* Puts value where it belongs, if it is wanted. Runs for every field of every row. */
static inline void mapping_sort(const struct mapping *m, struct str field, const struct json *value,
	const struct json *values[MAPPING_SLOTS])
{
	for (int slot = m->bucket[mapping_bucket(field)]; slot >= 0; slot = m->next[slot])
		if (m->fields[slot].len == field.len &&
			!memcmp(m->fields[slot].p, field.p, field.len))
			values[slot] = value;
}

/* Counts and remembers a value that was emptied; nothing when why is NULL. */
void mapping_note(struct listing_row *row, struct arena *a, struct str field,
	const struct json *value, const char *why);

/* "a list", "null" ...: what a value is, for messages. */
const char *mapping_type_name(const struct json *v);

/* mapping_media.c */
void mapping_media(struct listing_row *row, struct arena *a, const struct json *media);
