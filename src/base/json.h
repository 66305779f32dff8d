/* json: reads JSON, and writes a value back as text. The only user of yyjson.
 *
 * Owner    values belong to the arena given to json_parse() and are never changed. A value of
 *          json_parse_insitu() also points into the buffer, which must outlive it.
 * Failure  json_parse*() return NULL and record E_INPUT with byte offset, line and column (insitu:
 *          the offset only), or E_LIMIT (too deep). All questions about a value accept NULL (an
 *          absent value) and answer "absent": a chain of json_get() needs one check at the end.
 * Threads  pure once parsed; the arena rule holds while parsing.
 * Units    offsets and columns in bytes, lines and columns from 1.
 *
 * Strict RFC 8259 in UTF-8: no comments, no trailing commas, no NaN, no lone surrogates; one
 * leading byte order mark is skipped. Nesting beyond JSON_MAX_DEPTH is refused.
 *
 * Numbers are kept as written: 12345678901234567890 and 1.10 come back as they came.
 *
 * Duplicate keys: all of them stay, iteration shows each, json_get() gives the last one - what
 * PostgreSQL's jsonb and browsers take, so that a check in C sees what the database will store.
 *
 * Strings may hold U+0000 (written \u0000 by the sender), which PostgreSQL cannot store: use
 * json_text_pg(), json_scalar_pg() or str_without_nul() on the way there.
 *
 * Memory: 16 bytes a value, plus (json_parse only) a copy of the text. The worst text, all
 * brackets, takes about 20 times its size before it is refused: cap the text first.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct buf;
struct json; /* one value */

#define JSON_MAX_DEPTH 64

enum json_type {
	JSON_ABSENT, /* no such value */
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

const struct json *json_parse(struct arena *a, struct str text, struct err *e) MUST_CHECK;

/* For large pages: parses b's content where it lies, without copying it. b's bytes are scrambled
 * and must stay as they are (no add, clear or done) while the values are in use. */
const struct json *json_parse_insitu(struct arena *a, struct buf *b, struct err *e) MUST_CHECK;

enum json_type json_type(const struct json *v);
const char *json_type_name(enum json_type type); /* "object", "number", ... for messages */

/* Walks the whole object. To pick many members of a wide object, iterate once instead. */
const struct json *json_get(const struct json *obj, const char *key);
const struct json *json_get_str(const struct json *obj, struct str key);

/* Arrays are a list: json_at(arr, i) walks unless all elements are scalars; iterate instead. */
const struct json *json_at(const struct json *arr, size_t i);
size_t json_len(const struct json *v); /* elements or members; 0 for anything else */

/* The value as this C type, or false (absent, null, another type, does not fit) with *ret_
 * untouched. An i64 may also be written as 12.0 or 1e3, but is never rounded; an f64 is any number
 * that does not overflow. */
bool json_to_str(const struct json *v, struct str *ret_s);
bool json_to_i64(const struct json *v, int64_t *ret_n);
bool json_to_f64(const struct json *v, double *ret_x);
bool json_to_bool(const struct json *v, bool *ret_b);

/* A string's content, a number as written, "true", "false"; absent for null, arrays, objects. */
struct str json_scalar(const struct json *v);
/* The same without U+0000; copies into a only when it has to. */
struct str json_scalar_pg(struct arena *a, const struct json *v);

/* Iteration over an array or an object, in the order of the text:
 *     for (struct json_iter it = json_each(v); json_next(&it);) { it.key, it.value }
 * No turn at all for other types. key is absent in arrays. */
struct json_iter {
	struct str key;
	const struct json *value;
	const struct json *at; /* private */
	size_t left;           /* private: elements or members not yet shown */
	bool keyed;            /* private */
};
struct json_iter json_each(const struct json *v);
bool json_next(struct json_iter *it);

/* Appends v as minified JSON. An absent value is written as null. */
void json_text(struct buf *b, const struct json *v);
/* The same for a jsonb parameter: drops U+0000 from strings and keys, and writes numbers whose
 * exponent or length is beyond what jsonb takes (more than 300 bytes, or |exponent| over 400) as
 * strings, so that one odd number cannot make the database refuse the row. */
void json_text_pg(struct buf *b, const struct json *v);
struct str json_text_dup(struct arena *a, const struct json *v);

/* Appends s as a JSON string with its quotes. s must be UTF-8; jsonw_str() takes foreign bytes. */
void json_quote(struct buf *b, struct str s);
