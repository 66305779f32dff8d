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
	x->kinds = arena_alloc(x->arena, (size_t)n + 1);
	for (int i = 0; i < n; i++)
		x->kinds[i] = (unsigned char)encode_kind(result_oid(r, i));
}

void rest_encode_value(struct rest_encoder *x, const struct result *r, int row, int col)
{
	struct str text = result_text(r, row, col);

	if (!text.p)
		buf_add(x->out, "null", 4);
	else
		encode_kind_value(x->out, x->kinds[col], text);
}

/* members after the first have a comma in front */
static void members(struct rest_encoder *x, const struct result *r, int row,
	const struct rest_out *o)
{
	char between = '{';

	for (; o; o = o->next) {
		struct str text = result_text(r, row, o->col);
		if (!text.p && x->strip_nulls)
			continue;
		buf_char(x->out, between);
		buf_str(x->out, o->quoted);
		if (!text.p)
			buf_add(x->out, "null", 4);
		else if (o->is_object)
			members(x, r, row, o->first);
		else
			encode_kind_value(x->out, x->kinds[o->col], text);
		between = ',';
	}
	if (between == '{')
		buf_char(x->out, '{');
	buf_char(x->out, '}');
}

void rest_encode_object(struct rest_encoder *x, const struct result *r, int row)
{
	rest_encode_types(x, r);
	members(x, r, row, x->plan->out);
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
			members(x, r, i, x->plan->out);
	}
	buf_char(x->out, ']');
	x->rows += (size_t)n;
}
