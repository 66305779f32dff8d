/* A column of many rows as one array parameter, in PostgreSQL's binary form (array_recv): of the column's own type when every row's
 * text is plainly a value of it, else of text, which the statement casts. */
#include <arpa/inet.h>
#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "mod/rest/body_element.h"
#include "mod/rest/body_local.h"
#include "mod/rest/cache.h"

#define TEXT_OID 25
#define TEXT_ARRAY_OID 1009
#define HEAD 20 /* dimensions, has nulls, type, length, lower bound */

static char *put_i32(char *out, uint32_t n)
{
	n = htonl(n);
	memcpy(out, &n, sizeof(n));
	return out + sizeof(n);
}

static char *put_head(char *out, bool has_nulls, unsigned oid, size_t n)
{
	out = put_i32(out, 1);
	out = put_i32(out, has_nulls);
	out = put_i32(out, oid);
	out = put_i32(out, (uint32_t)n);
	return put_i32(out, 1);
}

static struct db_param param_of(const char *begin, const char *end, unsigned array_oid)
{
	struct db_param p = db_str(str_from(begin, (size_t)(end - begin)));

	p.binary = true;
	p.oid = array_oid;
	return p;
}

static const struct str *cell_at(const struct rest_body *b, size_t row, size_t i)
{
	return &b->cells[row * b->n_columns + i];
}

/* As an array of the type itself; false when some row does not fit. */
static bool typed(struct arena *a, const struct rest_body *b, size_t i,
	const struct body_element *e, struct db_param *ret_param)
{
	char *begin = arena_alloc(a, HEAD + b->n_rows * (4 + e->most));
	char *at = begin + HEAD;
	bool has_nulls = false;

	for (size_t row = 0; row < b->n_rows; row++) {
		const struct str *s = cell_at(b, row, i);
		if (!s->p) {
			has_nulls = true;
			at = put_i32(at, UINT32_MAX);
			continue;
		}
		size_t len = e->write(*s, at + 4);
		if (len == 0)
			return false;
		at = put_i32(at, (uint32_t)len) + len;
	}
	put_head(begin, has_nulls, e->oid, b->n_rows);
	*ret_param = param_of(begin, at, e->array_oid);
	return true;
}

static struct db_param texts(struct arena *a, const struct rest_body *b, size_t i)
{
	size_t len = HEAD;
	bool has_nulls = false;

	for (size_t row = 0; row < b->n_rows; row++) {
		len += 4 + cell_at(b, row, i)->len;
		has_nulls = has_nulls || !cell_at(b, row, i)->p;
	}
	char *begin = arena_alloc(a, len);
	char *at = put_head(begin, has_nulls, TEXT_OID, b->n_rows);
	for (size_t row = 0; row < b->n_rows; row++) {
		const struct str *s = cell_at(b, row, i);
		at = put_i32(at, s->p ? (uint32_t)s->len : UINT32_MAX);
		if (s->len)
			memcpy(at, s->p, s->len);
		at += s->len;
	}
	return param_of(begin, at, TEXT_ARRAY_OID);
}

struct db_param body_array_of(struct arena *a, const struct rest_body *b, size_t i,
	const struct rest_type *type, enum rest_way *way)
{
	const struct body_element *e = body_element_of(body_type_root(type)->oid);
	struct db_param p;

	if (!e || *way != REST_WAY_TEXT || !typed(a, b, i, e, &p))
		return texts(a, b, i);
	*way = e->way;
	return p;
}

struct db_param body_array_given(struct arena *a, const struct rest_body *b, size_t i)
{
	char *begin = arena_alloc(a, HEAD + b->n_rows * 5);
	char *at = put_head(begin, false, 16, b->n_rows);

	for (size_t row = 0; row < b->n_rows; row++) {
		at = put_i32(at, 1);
		*at++ = (char)body_has(b, row, i);
	}
	return param_of(begin, at, 1000);
}
