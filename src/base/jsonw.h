/* jsonw: writes JSON piece by piece into a buf.
 *
 * Owner    the writer borrows the buf; nothing to free.
 * Failure  a buf that reached its cap says so itself (buf.failed). Wrong nesting - a value without
 *          a key in an object, an end that does not match - is a programming error: assert.
 * Threads  none.
 *
 *     struct jsonw w = jsonw_to(&b);
 *     jsonw_obj(&w);
 *     jsonw_key(&w, "rows"), jsonw_i64(&w, 3);
 *     jsonw_end(&w);
 *     assert(jsonw_is_complete(&w));
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct buf;
struct json;

#define JSONW_MAX_DEPTH 63

struct jsonw {
	struct buf *b;
	uint64_t objects;  /* bit d: level d is an object */
	uint8_t depth;     /* 0 = outside */
	bool comma, keyed; /* a value stands before; a key waits for its value */
	bool complete;     /* the outermost value is written */
};

struct jsonw jsonw_to(struct buf *b);

void jsonw_obj(struct jsonw *w);
void jsonw_arr(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* of the innermost object or array */
void jsonw_obj_end(struct jsonw *w);
void jsonw_arr_end(struct jsonw *w);

void jsonw_key(struct jsonw *w, const char *key);
void jsonw_key_str(struct jsonw *w, struct str key);

/* Absent gives null. Bytes that are not UTF-8 become U+FFFD, so the output is always valid JSON. */
void jsonw_str(struct jsonw *w, struct str s);
void jsonw_cstr(struct jsonw *w, const char *s); /* NULL gives null */
void jsonw_i64(struct jsonw *w, int64_t n);
void jsonw_f64(struct jsonw *w, double x); /* shortest text that reads back equal; inf, nan: null */
void jsonw_bool(struct jsonw *w, bool b);
void jsonw_null(struct jsonw *w);
void jsonw_time(struct jsonw *w, int64_t us);     /* "2026-11-21T12:00:00.123456Z" */
void jsonw_raw(struct jsonw *w, struct str json); /* one valid value, trusted; absent gives null */
void jsonw_json(struct jsonw *w, const struct json *v);

/* One whole value was written and everything is closed. */
bool jsonw_is_complete(const struct jsonw *w);
