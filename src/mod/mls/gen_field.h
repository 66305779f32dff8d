/* gen_field: the fields of a generated Property, in the order in which they are written.
 *
 * One table serves the JSON writer, $select, $filter and $metadata.
 *
 * Owner    constants. Failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct gen_listing;

enum gen_kind {
	GEN_TEXT,  /* struct str */
	GEN_INT,   /* int64_t */
	GEN_DEC,   /* int64_t, fixed-point with `scale` decimals */
	GEN_BOOL,  /* int64_t */
	GEN_DATE,  /* int64_t, days since 1970 */
	GEN_TIME,  /* int64_t, microseconds since 1970 */
	GEN_LIST,  /* uint64_t, bits of gen_lists[list] */
	GEN_MEDIA, /* the photos: nothing that could be compared */
};

struct gen_field {
	const char *name; /* as RESO or Bridge spell it */
	const char *json; /* ,"name": */
	uint8_t json_len;
	const char *lookup; /* name of the list of values; NULL without */
	enum gen_kind kind;
	uint8_t scale;
	uint16_t list;
	uint32_t at; /* where in struct gen_listing */
};

extern const struct gen_field gen_fields[];
extern const unsigned gen_fields_n;

#define GEN_FIELDS_MAX 192

/* By name, case-sensitive as OData is; -1 when there is none. */
int gen_field_find(struct str name);

/* The number at field f of l (GEN_NONE is null), or the text (absent is null), for those kinds. Texts
 * that are not there yet are written. */
int64_t gen_field_number(struct gen_listing *l, const struct gen_field *f);
struct str gen_field_text(struct gen_listing *l, const struct gen_field *f);

/* Is a list without chosen values written as ["None"], rather than as null or []? */
bool gen_field_says_none(const struct gen_listing *l, const struct gen_field *f);
