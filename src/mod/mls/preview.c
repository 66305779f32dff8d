#include "mod/mls/preview.h"

#include <math.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "mod/mls/mapping.h"
#include "mod/mls/mapping_local.h"

/* What a stored row says about a column, as mapping_apply() would have it. */
static void read_stored(const struct json *stored, int c, union listing_value *ret)
{
	const struct mapping_column *col = &mapping_columns[c];
	const struct json *v = json_get(stored, col->name);
	struct str text;
	int32_t days;

	if (col->kind == KIND_TEXT || col->kind == KIND_STATUS) {
		ret->s = json_scalar(v);
		return;
	}
	if (col->kind == KIND_FLOAT) {
		ret->x = NAN;
		json_to_f64(v, &ret->x);
		return;
	}
	ret->n = LISTING_NULL;
	if (!json_to_str(v, &text))
		json_to_i64(v, &ret->n);
	else if (col->kind == KIND_DATE && clock_parse_date(text, &days))
		ret->n = days;
	else if (col->kind == KIND_TIME)
		clock_parse_iso(text, &ret->n);
}

static bool is_same(const struct mapping_column *col, const union listing_value *x,
	const union listing_value *y)
{
	if (col->kind == KIND_TEXT || col->kind == KIND_STATUS)
		return str_eq(x->s, y->s);
	if (col->kind == KIND_FLOAT)
		return x->x == y->x || (isnan(x->x) && isnan(y->x));
	return x->n == y->n;
}

static void put_value(struct jsonw *w, const struct mapping_column *col,
	const union listing_value *v)
{
	char date[CLOCK_DATE_SIZE];

	if (mapping_is_null(col, v)) {
		jsonw_null(w);
		return;
	}
	switch (col->kind) {
	case KIND_TEXT:
	case KIND_STATUS: jsonw_str(w, v->s); break;
	case KIND_FLOAT: jsonw_f64(w, v->x); break;
	case KIND_DATE: jsonw_cstr(w, clock_format_date(date, (int32_t)v->n)); break;
	case KIND_TIME: jsonw_time(w, v->n); break;
	case KIND_INT:
	case KIND_ROUND: jsonw_i64(w, v->n); break;
	}
}

/* One sample on its way. */
struct trial {
	const struct preview *p;
	struct arena *a;
	struct jsonw *w;
	struct listing_row before, after;
	const struct json *extra_before;
	int *in_columns; /* how many samples changed in each; the last one is extra */
	int changed;
};

static void put_field(struct trial *t, int c)
{
	const struct mapping_column *col = &mapping_columns[c];
	const union listing_value *before = &t->before.values[c], *after = &t->after.values[c];
	bool same = is_same(col, before, after);

	if (same && mapping_is_null(col, after))
		return;
	jsonw_obj(t->w);
	jsonw_key(t->w, "column"), jsonw_cstr(t->w, col->name);
	jsonw_key(t->w, "from");
	if (t->p->mapping->values[c])
		jsonw_cstr(t->w, "several");
	else
		jsonw_str(t->w, t->p->mapping->fields[c]);
	jsonw_key(t->w, "before"), put_value(t->w, col, before);
	jsonw_key(t->w, "after"), put_value(t->w, col, after);
	jsonw_key(t->w, "changed"), jsonw_bool(t->w, !same);
	jsonw_end(t->w);
	t->changed += !same;
	t->in_columns[c] += !same;
}

static bool is_same_json(struct arena *a, const struct json *x, const struct json *y)
{
	return str_eq(json_text_dup(a, x), json_text_dup(a, y));
}

static bool put_extra_field(struct trial *t, struct str name, const struct json *before,
	const struct json *after)
{
	bool same = is_same_json(t->a, before, after);

	jsonw_obj(t->w);
	jsonw_key(t->w, "column"), jsonw_str(t->w, STR_JOIN(t->a, STR("extra."), name));
	jsonw_key(t->w, "from"), jsonw_null(t->w);
	jsonw_key(t->w, "before"), jsonw_json(t->w, before);
	jsonw_key(t->w, "after"), jsonw_json(t->w, after);
	jsonw_key(t->w, "changed"), jsonw_bool(t->w, !same);
	jsonw_end(t->w);
	t->changed += !same;
	return !same;
}

static void put_extra(struct trial *t)
{
	const struct json *after = t->after.extra.p ? json_parse(t->a, t->after.extra, NULL) : NULL;
	bool changed = false;

	for (struct json_iter it = json_each(after); json_next(&it);)
		changed |=
			put_extra_field(t, it.key, json_get_str(t->extra_before, it.key), it.value);
	for (struct json_iter it = json_each(t->extra_before); json_next(&it);)
		if (!json_get_str(after, it.key))
			changed |= put_extra_field(t, it.key, it.value, NULL);
	t->in_columns[LISTING_COLUMNS] += changed;
}

static void put_problems(struct jsonw *w, const char *name, const struct listing_problem *list,
	unsigned n)
{
	jsonw_key(w, name), jsonw_arr(w);
	for (unsigned i = 0; i < n && i < LISTING_PROBLEMS_MAX; i++) {
		jsonw_obj(w);
		jsonw_key(w, "field"), jsonw_str(w, list[i].field);
		jsonw_key(w, "value"), jsonw_str(w, list[i].value);
		jsonw_key(w, "reason"), jsonw_cstr(w, list[i].reason);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void take_before(struct trial *t, const struct preview_sample *s)
{
	t->extra_before = NULL;
	if (s->stored) {
		for (int c = 0; c < LISTING_COLUMNS; c++)
			read_stored(s->stored, c, &t->before.values[c]);
		t->extra_before = json_get(s->stored, "extra");
		return;
	}
	mapping_apply(t->p->active, t->a, s->payload, &t->before);
	if (t->before.extra.p)
		t->extra_before = json_parse(t->a, t->before.extra, NULL);
}

/* Answers whether the sample changes. */
static bool put_sample(struct trial *t, const struct preview_sample *s)
{
	t->changed = 0;
	take_before(t, s);
	mapping_apply(t->p->mapping, t->a, s->payload, &t->after);
	jsonw_obj(t->w);
	jsonw_key(t->w, "listing_id"), jsonw_str(t->w, s->listing_id);
	jsonw_key(t->w, "source_listing_key");
	jsonw_str(t->w, t->after.values[LISTING_SOURCE_LISTING_KEY].s);
	jsonw_key(t->w, "fields"), jsonw_arr(t->w);
	for (int c = 0; c < LISTING_COLUMNS; c++)
		put_field(t, c);
	put_extra(t);
	jsonw_end(t->w);
	jsonw_key(t->w, "changed"), jsonw_i64(t->w, t->changed);
	put_problems(t->w, "problems", t->after.problems, t->after.problems_n);
	put_problems(t->w, "put_right", t->after.fixes, t->after.fixes_n);
	jsonw_end(t->w);
	return t->changed > 0;
}

void preview_write(const struct preview *p, struct arena *a, struct buf *out)
{
	int in_columns[LISTING_COLUMNS + 1] = {0};
	int64_t changed = 0;
	struct jsonw w = jsonw_to(out);
	struct trial *t = ARENA_NEW(a, struct trial);

	*t = (struct trial){.p = p, .a = a, .w = &w, .in_columns = in_columns};
	jsonw_obj(&w);
	jsonw_key(&w, "samples"), jsonw_arr(&w);
	for (size_t i = 0; i < p->n; i++)
		changed += put_sample(t, &p->samples[i]);
	jsonw_end(&w);
	jsonw_key(&w, "changed"), jsonw_i64(&w, changed);
	jsonw_key(&w, "columns"), jsonw_obj(&w);
	for (int c = 0; c <= LISTING_COLUMNS; c++) {
		if (!in_columns[c])
			continue;
		jsonw_key(&w, c == LISTING_COLUMNS ? "extra" : mapping_columns[c].name);
		jsonw_i64(&w, in_columns[c]);
	}
	jsonw_end(&w);
	jsonw_key(&w, "warnings"), jsonw_raw(&w, p->warnings.p ? p->warnings : STR("[]"));
	jsonw_end(&w);
}

int preview_samples(struct arena *a, const struct result *rows, struct preview_sample **ret_list,
	struct err *e)
{
	int n = result_rows(rows);

	*ret_list = arena_array(a, (size_t)n, sizeof **ret_list);
	for (int i = 0; i < n; i++) {
		struct preview_sample *s = &(*ret_list)[i];
		s->listing_id = result_text(rows, i, 0);
		s->payload = json_parse(a, result_text(rows, i, 2), e);
		s->stored = json_parse(a, result_text(rows, i, 3), e);
		if (!s->payload || !s->stored)
			return e->code;
	}
	return 0;
}
