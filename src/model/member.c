#include "model/member.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/enc.h"

static const void *at(const struct model_table *t, int column, const void *row)
{
	assert(column >= 0 && column < t->n);
	return (const char *)row + t->columns[column].offset;
}

static size_t size_of(enum model_kind k)
{
	static const size_t sizes[MODEL_KINDS] = {
		[MODEL_INT] = sizeof(struct model_int),
		[MODEL_FLOAT] = sizeof(struct model_float),
		[MODEL_BOOL] = sizeof(struct model_bool),
		[MODEL_TIME] = sizeof(struct model_time),
		[MODEL_DATE] = sizeof(struct model_date),
	};

	return k <= MODEL_BYTES ? sizeof(struct str) : sizes[k];
}

struct model_value model_member_value(const struct model_table *t, int column, const void *row)
{
	const void *p = at(t, column, row);

	switch ((int)t->columns[column].kind) {
	case MODEL_INT: return model_value_int(*(const struct model_int *)p);
	case MODEL_FLOAT: return model_value_float(*(const struct model_float *)p);
	case MODEL_BOOL: return model_value_bool(*(const struct model_bool *)p);
	case MODEL_TIME: return model_value_time(*(const struct model_time *)p);
	case MODEL_DATE: return model_value_date(*(const struct model_date *)p);
	default: return model_value_str(*(const struct str *)p);
	}
}

bool model_member_is_set(const struct model_table *t, int column, const void *row)
{
	return model_member_value(t, column, row).type != MODEL_V_NULL;
}

bool model_member_is_same(const struct model_table *t, int column, const void *x, const void *y)
{
	struct model_value v = model_member_value(t, column, x);
	struct model_value w = model_member_value(t, column, y);

	if (v.type != w.type)
		return false;
	switch (v.type) {
	case MODEL_V_NULL: return true;
	case MODEL_V_STR: return str_eq(v.s, w.s);
	case MODEL_V_FLOAT: return v.f == w.f || (isnan(v.f) && isnan(w.f));
	case MODEL_V_BOOL: return v.b == w.b;
	case MODEL_V_INT:
	case MODEL_V_TIME:
	case MODEL_V_DATE: return v.i == w.i;
	case MODEL_V_STRS: break;
	}
	return false;
}

static struct db_param time_param(struct arena *a, int64_t us)
{
	if (us == MODEL_TIME_END || us == MODEL_TIME_BEGIN)
		return db_text(us > 0 ? "infinity" : "-infinity");
	return db_text(clock_format_iso(arena_alloc(a, CLOCK_ISO_SIZE), us));
}

static struct db_param date_param(struct arena *a, int32_t days)
{
	if (days == MODEL_DATE_END || days == MODEL_DATE_BEGIN)
		return db_text(days > 0 ? "infinity" : "-infinity");
	return db_text(clock_format_date(arena_alloc(a, CLOCK_DATE_SIZE), days));
}

struct db_param model_value_param(struct arena *a, struct model_value v)
{
	switch (v.type) {
	case MODEL_V_NULL: break;
	case MODEL_V_STR: return db_str(v.s);
	case MODEL_V_INT: return db_i64(a, v.i);
	case MODEL_V_FLOAT: return db_f64(a, v.f);
	case MODEL_V_BOOL: return db_bool(v.b);
	case MODEL_V_TIME: return time_param(a, v.i);
	case MODEL_V_DATE: return date_param(a, (int32_t)v.i);
	case MODEL_V_STRS: assert(!"a list is no parameter"); break;
	}
	return db_null();
}

struct db_param model_member_param(struct arena *a, const struct model_table *t, int column,
	const void *row)
{
	if (t->columns[column].kind == MODEL_BYTES)
		return db_bytes(*(const struct str *)at(t, column, row));
	return model_value_param(a, model_member_value(t, column, row));
}

static bool read_float(struct str s, double *ret_x)
{
	if (str_eq(s, STR("NaN")))
		*ret_x = NAN;
	else if (str_eq(s, STR("Infinity")))
		*ret_x = INFINITY;
	else if (str_eq(s, STR("-Infinity")))
		*ret_x = -INFINITY;
	else
		return str_to_f64(s, ret_x);
	return true;
}

static bool read_time(struct str s, int64_t *ret_us)
{
	if (str_eq(s, STR("infinity")))
		*ret_us = MODEL_TIME_END;
	else if (str_eq(s, STR("-infinity")))
		*ret_us = MODEL_TIME_BEGIN;
	else
		return clock_parse_iso(s, ret_us);
	return true;
}

static bool read_date(struct str s, int32_t *ret_days)
{
	if (str_eq(s, STR("infinity")))
		*ret_days = MODEL_DATE_END;
	else if (str_eq(s, STR("-infinity")))
		*ret_days = MODEL_DATE_BEGIN;
	else
		return clock_parse_date(s, ret_days);
	return true;
}

static bool read_bytes(struct str s, struct arena *a, struct str *ret_bytes)
{
	return str_starts(s, STR("\\x")) && enc_hex_decode(a, str_sub(s, 2, s.len), ret_bytes);
}

static bool read_truth(struct str s, bool *ret_b)
{
	*ret_b = str_eq(s, STR("t"));
	return *ret_b || str_eq(s, STR("f"));
}

static bool read_set(enum model_kind k, struct str s, struct arena *a, void *p)
{
	struct model_int n = {.set = true};
	struct model_float f = {.set = true};
	struct model_bool b = {.set = true};
	struct model_time m = {.set = true};
	struct model_date d = {.set = true};
	struct str bytes;

	switch ((int)k) {
	case MODEL_INT: return str_to_i64(s, &n.v) && (*(struct model_int *)p = n, true);
	case MODEL_FLOAT: return read_float(s, &f.v) && (*(struct model_float *)p = f, true);
	case MODEL_BOOL: return read_truth(s, &b.v) && (*(struct model_bool *)p = b, true);
	case MODEL_TIME: return read_time(s, &m.us) && (*(struct model_time *)p = m, true);
	case MODEL_DATE: return read_date(s, &d.days) && (*(struct model_date *)p = d, true);
	case MODEL_BYTES: return read_bytes(s, a, &bytes) && (*(struct str *)p = bytes, true);
	default: *(struct str *)p = s; return true;
	}
}

int model_member_read(const struct model_table *t, int column, struct str text, struct arena *a,
	void *row, struct err *e)
{
	const struct model_column *c = &t->columns[column];
	void *p = (char *)row + c->offset;

	if (!text.p) {
		memset(p, 0, size_of(c->kind));
		return 0;
	}
	if (read_set(c->kind, text, a, p))
		return 0;
	return err_set(e, c->kind == MODEL_TIME || c->kind == MODEL_DATE ? E_INPUT : E_BUG,
		"%s of a %s cannot be read", c->name, t->label);
}

struct model_columns model_row_set(const struct model_table *t, const void *row)
{
	struct model_columns set = MODEL_USUAL;

	for (int i = 0; i < t->n; i++)
		if (model_member_is_set(t, i, row))
			model_columns_add(&set, i);
	return set;
}

struct model_columns model_row_diff(const struct model_table *t, const void *x, const void *y)
{
	struct model_columns set = MODEL_USUAL;

	for (int i = 0; i < t->n; i++)
		if (!model_member_is_same(t, i, x, y))
			model_columns_add(&set, i);
	return set;
}
