#include "mod/rest/encode.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/result.h"
#include "mod/rest/encode_local.h"
#include "mod/rest/plan.h"

void rest_encode_init(struct rest_encoder *x, struct arena *a, const struct rest_plan *plan,
	bool strip_nulls, struct buf *out)
{
	*x = (struct rest_encoder){.plan = plan,
		.strip_nulls = strip_nulls,
		.out = out,
		.arena = a};
}

void rest_encode_types(struct rest_encoder *x, const struct result *r)
{
	int n = result_cols(r);

	if (x->kinds)
		return;
	unsigned *oids = arena_alloc(x->arena, (size_t)n * sizeof(*oids));
	x->row = arena_alloc(x->arena, (size_t)n * sizeof(*x->row));
	x->kinds = arena_alloc(x->arena, (size_t)n + 1);
	result_oids(r, oids);
	for (int i = 0; i < n; i++)
		x->kinds[i] = (unsigned char)encode_kind(oids[i]);
}

/* Adds what was written from start to `at`, and behind it a value, for which there is room. */
static void add_value(struct rest_encoder *x, char *start, char *at, struct str text, int col)
{
	char *end = text.p ? encode_put(at, x->kinds[col], text) : stpcpy(at, "null");

	buf_commit(x->out, (size_t)((end ? end : at) - start));
	if (!end)
		encode_escaped(x->out, text);
}

void rest_encode_value(struct rest_encoder *x, const struct result *r, int row, int col)
{
	struct str text = result_text(r, row, col);
	char *at = buf_reserve(x->out, text.len + ENCODE_ROOM);

	if (at)
		add_value(x, at, at, text, col);
}

static void member(struct rest_encoder *x, char before, const struct rest_out *o, struct str text)
{
	char *start = buf_reserve(x->out, 1 + o->quoted.len + text.len + ENCODE_ROOM), *at = start;

	if (!at)
		return;
	*at++ = before;
	at = mempcpy(at, o->quoted.p, o->quoted.len);
	add_value(x, start, at, text, o->col);
}

/* of x->row; those after the first have a comma in front */
static void members(struct rest_encoder *x, const struct rest_out *o)
{
	char between = '{';

	for (; o; o = o->next) {
		struct str text = x->row[o->col];
		if (!text.p && x->strip_nulls)
			continue;
		if (text.p && o->is_object) {
			buf_char(x->out, between);
			buf_str(x->out, o->quoted);
			members(x, o->first);
		} else {
			member(x, between, o, text);
		}
		between = ',';
	}
	if (between == '{')
		buf_char(x->out, '{');
	buf_char(x->out, '}');
}

static void object(struct rest_encoder *x, const struct result *r, int row)
{
	result_row(r, row, x->row);
	members(x, x->plan->out);
}

void rest_encode_object(struct rest_encoder *x, const struct result *r, int row)
{
	rest_encode_types(x, r);
	object(x, r, row);
	x->rows++;
}

void rest_encode_array(struct rest_encoder *x, const struct result *r)
{
	int n = result_rows(r);

	rest_encode_types(x, r);
	buf_char(x->out, '[');
	for (int i = 0; i < n; i++) {
		if (i)
			buf_char(x->out, ',');
		if (x->plan->result == REST_RESULT_VALUES)
			rest_encode_value(x, r, i, 0);
		else
			object(x, r, i);
	}
	buf_char(x->out, ']');
	x->rows += (size_t)n;
}
