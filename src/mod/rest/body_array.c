/* A column of many rows as one array parameter, in PostgreSQL's binary form (array_recv): of the column's own type when every row's
 * text is plainly a value of it, else of text, which the statement casts. */
#include <arpa/inet.h>
#include <string.h>

#include "base/arena.h"
#include "base/uuid.h"
#include "db/db.h"
#include "mod/rest/body_local.h"
#include "mod/rest/cache.h"

#define TEXT_OID 25
#define TEXT_ARRAY_OID 1009
#define HEAD 20 /* dimensions, has nulls, type, length, lower bound */

/* Writes s as the type's binary form of len bytes; false when it is not plainly one. */
typedef bool element_write(struct str s, char *out);

static bool write_int(struct str s, size_t len, int64_t min, int64_t max, char *out)
{
	int64_t n;

	if (!str_to_i64(s, &n) || n < min || n > max)
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (char)((uint64_t)n >> (8 * (len - 1 - i)));
	return true;
}

static bool write_int2(struct str s, char *out)
{
	return write_int(s, 2, INT16_MIN, INT16_MAX, out);
}

static bool write_int4(struct str s, char *out)
{
	return write_int(s, 4, INT32_MIN, INT32_MAX, out);
}

static bool write_int8(struct str s, char *out)
{
	return write_int(s, 8, INT64_MIN, INT64_MAX, out);
}

/* Without an exponent and with few digits nothing can overflow, underflow or be rounded twice. */
static bool write_float8(struct str s, char *out)
{
	double x;
	uint64_t bits;

	if (s.len > 24 || !str_to_f64(s, &x))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == 'e' || s.p[i] == 'E')
			return false;
	memcpy(&bits, &x, sizeof(bits));
	for (size_t i = 0; i < 8; i++)
		out[i] = (char)(bits >> (8 * (7 - i)));
	return true;
}

static bool write_bool(struct str s, char *out)
{
	bool is_true = str_eq(s, STR("true"));

	*out = is_true;
	return is_true || str_eq(s, STR("false"));
}

static bool write_uuid(struct str s, char *out)
{
	struct uuid id;

	if (!uuid_parse(s, &id))
		return false;
	memcpy(out, id.b, sizeof(id.b));
	return true;
}

static const struct element {
	unsigned oid, array_oid;
	enum rest_way way;
	size_t len;
	element_write *write;
} elements[] = {
	{21, 1005, REST_WAY_INT2, 2, write_int2},
	{23, 1007, REST_WAY_INT4, 4, write_int4},
	{20, 1016, REST_WAY_INT8, 8, write_int8},
	{701, 1022, REST_WAY_FLOAT8, 8, write_float8},
	{16, 1000, REST_WAY_BOOL, 1, write_bool},
	{2950, 2951, REST_WAY_UUID, 16, write_uuid},
};

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
static bool typed(struct arena *a, const struct rest_body *b, size_t i, const struct element *e,
	struct db_param *ret_param)
{
	char *begin = arena_alloc(a, HEAD + b->n_rows * (4 + e->len));
	char *at = begin + HEAD;
	bool has_nulls = false;

	for (size_t row = 0; row < b->n_rows; row++) {
		const struct str *s = cell_at(b, row, i);
		if (!s->p) {
			has_nulls = true;
			at = put_i32(at, UINT32_MAX);
			continue;
		}
		at = put_i32(at, (uint32_t)e->len);
		if (!e->write(*s, at))
			return false;
		at += e->len;
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
	unsigned oid = body_type_root(type)->oid;
	struct db_param p;

	for (size_t e = 0; e < sizeof elements / sizeof *elements && *way == REST_WAY_TEXT; e++)
		if (elements[e].oid == oid && typed(a, b, i, &elements[e], &p)) {
			*way = elements[e].way;
			return p;
		}
	return texts(a, b, i);
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
