/* mapping_value: what a document says about one column when it is more than the name of a field. Part of mapping; not for others.
 *
 *   {"field": "A"} | {"first": [...]} | {"concat": [...], "separator": " "} | {"constant": "FL"}
 *   and beside it "unit" (numbers become square feet) and "lookup" with "otherwise" (texts are translated), in this order.
 *
 * Owner    the arena it was compiled with; results borrow from the payload, the document or the row's arena.
 * Failure  compiling: E_INPUT with a sentence that names the column. Evaluating: none, but *ret_why as in normal.h.
 * Threads  a compiled value is read-only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct json;
struct map;
struct mapping_column;

#define MAPPING_DEPTH 4
#define MAPPING_PARTS_MAX 20
#define MAPPING_LOOKUP_MAX 1000
#define MAPPING_EXTRA_MAX 200
#define MAPPING_NODES_MAX 20000
#define MAPPING_EXTRA_TEXT_MAX 10000

enum mapping_unit { UNIT_NONE, UNIT_SQFT, UNIT_SQM, UNIT_ACRES, UNIT_FIELD };

enum mapping_source { VALUE_FIELD, VALUE_FIRST, VALUE_CONCAT, VALUE_CONSTANT };

struct mapping_value {
	enum mapping_source source;
	int field; /* of the index */
	struct mapping_value **parts;
	size_t parts_n;
	struct str separator;
	const struct json *constant;
	enum mapping_unit unit;
	int unit_field;
	struct map *lookup; /* text -> struct json; NULL without */
	const struct json *otherwise;
	bool keeps; /* what has no translation stays as it is */
};

/* The fields that values speak of; each has a place in an array that is filled for a row. */
#define MAPPING_INDEX_BUCKETS 256
struct mapping_index {
	struct arena *a;
	struct str *fields;
	int16_t *next;
	int n, room;
	int16_t bucket[MAPPING_INDEX_BUCKETS]; /* -1 none */
};

void mapping_index_init(struct mapping_index *x, struct arena *a);
int mapping_index_add(struct mapping_index *x, struct str field);
/* values: n of the index, all NULL. */
void mapping_index_sort(const struct mapping_index *x, struct str field, const struct json *value,
	const struct json **values);

/* place is what the value is of, for sentences. NULL: refused. */
struct mapping_value *mapping_value_new(struct mapping_index *x, const char *place,
	const struct json *document, bool is_number, struct err *e) MUST_CHECK;

/* col decides which of several values can be used; NULL: any text, number, truth value or list. Absent: nothing. */
const struct json *mapping_value_of(const struct mapping_value *v, struct arena *a,
	const struct json *const *values, const struct mapping_column *col, const char **ret_why);

/* "Square Meters" and the like; UNIT_NONE: unknown. */
enum mapping_unit mapping_unit_of(struct str text);
double mapping_unit_sqft(enum mapping_unit unit); /* square feet in one */
