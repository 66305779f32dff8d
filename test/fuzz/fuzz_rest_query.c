/* Any bytes as a query string: what is taken prints as a query that reads back the same, with the same shape and values. */
#include <assert.h>
#include <stdint.h>

#include "db/db.h"
#include "rest_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_arg(struct str name, const void *arg)
{
	(void)arg;
	return str_starts(name, STR("Arg")); /* a column of that name is printed in quotes */
}

static struct str all_values(struct arena *a, const struct rest_values *values)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < values->n; i++) {
		assert(!values->v[i].null);
		buf_i64(&b, values->v[i].len);
		buf_char(&b, ':');
		buf_add(&b, values->v[i].p, (size_t)values->v[i].len);
	}
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* The shape of a query, and all its values as one text. */
static struct str shape_of(struct arena *a, struct rest_query *q, struct str *ret_values)
{
	struct rest_values values = {.arena = a};
	struct buf b;

	buf_init(&b, 0);
	rest_shape_query(&b, &values, q);
	*ret_values = all_values(a, &values);
	struct str shape = str_copy(a, buf_view(&b));
	buf_done(&b);
	return shape;
}

static void check_fault(const struct rest_fault *f)
{
	struct str message = str_of(f->message);

	assert(f->status == 400 || f->status == 416);
	assert(str_starts(str_of(f->code), STR("PGRST1")));
	assert(message.len && str_is_utf8(message));
	assert(!f->details || str_is_utf8(str_of(f->details)));
}

static void check(struct rest_parse p)
{
	struct rest_fault f = {.arena = p.arena};
	struct rest_query q, again;
	struct str values, values_again;

	if (rest_parse_query(&p, &q, &f)) {
		check_fault(&f);
		return;
	}
	assert(q.canonical.p ? q.canonical.len <= 3 * p.query.len : p.more.len > 0);
	p.query = rest_print_query(p.arena, &q, true);
	p.more = STR_NULL;
	assert(rest_parse_query(&p, &again, &f) == 0);
	assert(str_eq(p.query, rest_print_query(p.arena, &again, true)));
	struct str shape = shape_of(p.arena, &q, &values);
	/* old names of embeds are printed as the new ones */
	if (!p.legacy_targets) {
		assert(str_eq(shape, shape_of(p.arena, &again, &values_again)));
		assert(str_eq(values, values_again));
	}
}

/* The first byte says for what kind of request; a line end ends the query and begins the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = str_from(size ? (const char *)data + 1 : "", size ? size - 1 : 0);
	unsigned flags = size ? data[0] : 0;
	struct rest_parse p = {.arena = a,
		.is_call = flags & 1,
		.is_read_call = flags & 2,
		.is_arg = flags & 4 ? is_arg : NULL,
		.legacy_targets = flags & 8};

	p.query = str_cut(&text, '\n');
	p.more = text;
	check(p);
	arena_free(a);
	return 0;
}
