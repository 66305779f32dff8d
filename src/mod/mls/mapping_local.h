/* mapping_local: what the parts of mapping share. Not for others.
 *
 *   mapping.c        the columns, and a document compiled
 *   mapping_value.c  what a document says about one column; mapping_eval.c evaluates it, mapping_index.c finds its fields
 *   mapping_hidden.c fields that are not for the public
 *   mapping_head.c   what identifies a payload row
 *   mapping_row.c    the typed columns of a row
 *   mapping_area.c   its areas and rates, mapping_address.c its address, mapping_extra.c what goes into extra
 *   mapping_media.c  its media
 *   mapping_copy.c   lines for COPY
 */
#pragma once
#include <string.h>

#include "mod/mls/mapping.h"
#include "mod/mls/mapping_value.h"

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

struct mapping_extra {
	const char *name;
	struct mapping_value *value;
};

struct mapping {
	struct str fields[MAPPING_SLOTS];              /* absent: not wanted, or a value */
	struct mapping_value *values[LISTING_COLUMNS]; /* NULL: a plain field, or nothing */
	struct mapping_extra *extra;
	size_t extra_n;
	struct mapping_index index;     /* the fields of values and extra */
	int8_t bucket[MAPPING_BUCKETS]; /* first slot whose field falls there; -1 none */
	int8_t next[MAPPING_SLOTS];
	struct hash_128 id; /* of the fields and the rules */
};

/* values[slot] is the payload's value for each slot, NULL where it has none. */
void mapping_collect(const struct mapping *m, const struct json *payload,
	const struct json *values[MAPPING_SLOTS]);

static inline unsigned mapping_mix(struct str field)
{
	unsigned h = (unsigned)field.len * 7;

	if (field.len)
		h += (unsigned char)field.p[0] + (unsigned char)field.p[field.len - 1] * 31u +
			(unsigned char)field.p[field.len / 2] * 17u;
	return h;
}

static inline unsigned mapping_bucket(struct str field)
{
	return mapping_mix(field) % MAPPING_BUCKETS;
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

/* The same for a value that was put right. */
void mapping_note_fix(struct listing_row *row, struct arena *a, struct str field,
	const struct json *value, const char *why);

/* Types one value for a column; NULL, or why it cannot be. */
const char *mapping_type_value(struct arena *a, const struct mapping_column *col,
	const struct json *value, union listing_value *ret_value);
bool mapping_is_null(const struct mapping_column *col, const union listing_value *v);

/* One row being typed. */
struct typing {
	const struct mapping *m;
	struct arena *a;
	struct listing_row *row;
	const struct json *values[MAPPING_SLOTS];
	const struct json **indexed; /* of the index */
};

/* What a column comes from, in reports. */
struct str mapping_field_of(const struct mapping *m, enum listing_column c);

/* The text of a helper; one that cannot be used does not help, and is not a column's loss. */
struct str mapping_helper(const struct typing *t, int slot);

/* A field's name in a document that may be used: E_INPUT otherwise. */
int mapping_check_field(const char *place, struct str field, struct err *e) MUST_CHECK;

void mapping_areas(struct typing *t);   /* mapping_area.c */
void mapping_address(struct typing *t); /* mapping_address.c */
/* mapping_extra.c */
int mapping_extra_new(struct mapping *m, struct arena *a, const struct json *document,
	struct err *e) MUST_CHECK;
void mapping_extra(struct typing *t);

/* "a list", "null" ...: what a value is, for messages. */
const char *mapping_type_name(const struct json *v);

/* mapping_media.c */
void mapping_media(struct listing_row *row, struct arena *a, const struct json *media);
