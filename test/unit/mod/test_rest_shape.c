#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "db/db.h"
#include "support_rest.h"

static bool is_arg(struct str name, const void *arg)
{
	(void)arg;
	return str_starts(name, STR("arg"));
}

/* The shape of a query; values: "|a|b" of all values in the order of their numbers. */
static struct str shape_of(struct rest_try *t, const char *text, struct rest_query *q,
	struct str *ret_values)
{
	const struct rest_parse p = {.arena = t->arena,
		.query = str_of(text),
		.is_call = true,
		.is_arg = is_arg};
	struct rest_values values = {.arena = t->arena};
	struct buf b, v;

	if (rest_parse_query(&p, q, &t->fault))
		fail_msg("%s: %s", text, t->fault.message);
	buf_init(&b, 0);
	buf_init(&v, 0);
	rest_shape_query(&b, &values, q);
	for (size_t i = 0; i < values.n; i++) {
		assert_false(values.v[i].null || values.v[i].binary);
		buf_char(&v, '|');
		buf_add(&v, values.v[i].p, (size_t)values.v[i].len);
	}
	*ret_values = str_copy(t->arena, buf_view(&v));
	struct str shape = str_copy(t->arena, buf_view(&b));
	buf_done(&b);
	buf_done(&v);
	return shape;
}

static void equal_but_for_values_is_one_shape(void **state)
{
	static const char *const table[][2] = {
		{"", ""},
		{"", "select=*"},
		{"id=eq.1", "id=eq.22222222222"},
		{"id=eq.", "id=eq.x"},
		{"id=in.(1)", "id=in.(1,2,3)"},
		{"id=in.()", "id=in.(a)"},
		{"n=like.a", "n=like.*b*"},
		{"n=fts(a).b", "n=fts(c).d"},
		{"n=eq(any).{1}", "n=eq(any).{2,3}"},
		{"a->b=eq.1", "a->c=eq.2"},
		{"a->1=eq.1", "a->-2=eq.2"},
		{"order=a->b", "order=a->c"},
		{"select=x:a->b", "select=x:a->c"},
		{"select=a->b->0->>1", "select=a->b->2->>3"},
		{"limit=1&offset=2", "offset=30&limit=40"},
		{"select=r(*)&r.limit=1&r.a=eq.1", "select=r(*)&r.a=eq.2&r.limit=9"},
		{"or=(a.eq.1,b.in.(1))", "or=(a.eq.\"x,y\",b.in.(2,3))"},
		{"having=count().gt.1", "having=count().gt.2"},
		{"arg1=a", "arg1=b"},
		{"after=x", "after=y"},
		{"a=is.null", "a=is.NULL"},
		{"columns=a,a", "columns=a"},
		{"select= a , b", "select=a,b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		struct str values;
		rest_try_start(&t);
		struct str one = shape_of(&t, table[i][0], &q, &values);
		if (!str_eq(one, shape_of(&t, table[i][1], &q, &values)))
			fail_msg("%s and %s have different shapes", table[i][0], table[i][1]);
		rest_try_end(&t);
	}
}

/* Each has a shape of its own. */
static const char *const different[] = {
	"",
	"select=",
	"select=a",
	"select=a,b",
	"select=b,a",
	"select=ab",
	"select=\"a,b\"",
	"select=a:b",
	"select=a::b",
	"select=a->b",
	"select=a->c",
	"select=a->>b",
	"select=a->0",
	"select=a->0->1",
	"select=a->0->b",
	"select=x:a->b",
	"select=x:a->b->c",
	"select=x:a->0",
	"select=count()",
	"select=count",
	"select=a.count()",
	"select=a.sum()",
	"select=a.avg()",
	"select=a.min()",
	"select=a.max()",
	"select=a::b.sum()",
	"select=a.sum()::b",
	"select=a()",
	"select=a(*)",
	"select=...a(*)",
	"select=a!b(*)",
	"select=a!inner(*)",
	"select=a!left(*)",
	"select=b:a(*)",
	"select=a(*),b(*)",
	"select=a(*,b(*))",
	"select=a(*)&a.b=eq.1",
	"select=a(*)&b=eq.1",
	"select=a(*)&a.limit=1",
	"select=a(*)&limit=1",
	"select=a(*)&a.order=b",
	"select=a(*)&order=b",
	"select=a(*)&order=a(b)",
	"a=eq.1",
	"a=neq.1",
	"a=not.eq.1",
	"a=eq(any).1",
	"a=eq(all).1",
	"a=eq(col).b",
	"a=eq(col).c",
	"a=eq(col).c->d",
	"a=in.(1)",
	"a=is.null",
	"a=is.not_null",
	"a=is.true",
	"a=is.false",
	"a=is.unknown",
	"a=fts.b",
	"a=fts(b).b",
	"a=plfts.b",
	"b=eq.1",
	"a=eq.1&b=eq.1",
	"b=eq.1&a=eq.1",
	"a=eq.1&a=eq.1",
	"or=(a.eq.1,b.eq.1)",
	"and=(a.eq.1,b.eq.1)",
	"not.or=(a.eq.1,b.eq.1)",
	"or=(a.eq.1,and(b.eq.1))",
	"or=(a.eq.1)&b=eq.1",
	"and=(a.eq.1,or(b.eq.1,c.eq.1),d.eq.1)",
	"and=(a.eq.1,or(b.eq.1),c.eq.1,d.eq.1)",
	"order=a",
	"order=a.asc",
	"order=a.desc",
	"order=a.nullsfirst",
	"order=a.nullslast",
	"order=a.asc.nullsfirst",
	"order=a,b",
	"order=a->b",
	"order=a(b)",
	"limit=1",
	"offset=1",
	"limit=1&offset=1",
	"columns=a",
	"columns=a,b",
	"columns=\"a,b\"",
	"on_conflict=a",
	"distinct=true",
	"distinct=a",
	"distinct=a,b",
	"having=count().gt.1",
	"having=a.count().gt.1",
	"having=a.sum().gt.1",
	"having=count().gt.1,count().lt.2",
	"having=or(count().gt.1,count().lt.2)",
	"after=",
	"after=x",
	"arg=a",
	"arg=a&arg=b",
	"arg1=a",
};

static void what_makes_another_plan_is_another_shape(void **state)
{
	enum { N = sizeof(different) / sizeof(different[0]) };
	struct rest_try t;
	struct rest_query q;
	struct str shapes[N], values;

	(void)state;
	rest_try_start(&t);
	for (int i = 0; i < N; i++) {
		shapes[i] = shape_of(&t, different[i], &q, &values);
		for (int k = 0; k < i; k++)
			if (str_eq(shapes[i], shapes[k]))
				fail_msg("%s and %s have one shape", different[i], different[k]);
	}
	/* none begins another one either: more may be appended to a shape */
	for (int i = 0; i < N; i++)
		for (int k = 0; k < N; k++)
			if (i != k && str_starts(shapes[i], shapes[k]))
				fail_msg("%s begins like %s", different[i], different[k]);
	rest_try_end(&t);
}

static void values_come_in_order(void **state)
{
	static const struct {
		const char *text, *values;
	} table[] = {
		{"", ""},
		{"a=eq.1&b=gt.2", "|1|2"},
		{"limit=5&offset=10", "|5|10"},
		{"limit=9223372036854775807", "|9223372036854775807"},
		{"a->b->>0=eq.c", "|b|0|c"},
		{"a=fts(french).x", "|french|x"},
		{"a=in.(1,\"b\")", "|{\"1\",\"b\"}"},
		{"a=is.null&b=eq(col).c", ""},
		{"a=eq(col).c->d", "|d"},
		{"select=a->b,r(c->0)&r.d=eq.1&r.limit=2&e=eq.3&order=f->g&limit=4",
			"|4|b|2|0|1|3|g"},
		{"or=(a.eq.1,not.and(b.eq.2,c.eq.3))&d=eq.4", "|1|2|3|4"},
		{"arg1=x&arg2=y&a=eq.z&having=count().gt.7", "|z|x|y|7"},
		{"after=cursor&columns=a&on_conflict=b&distinct=c", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		struct str values;
		rest_try_start(&t);
		shape_of(&t, table[i].text, &q, &values);
		rest_try_same(values, table[i].values, table[i].text);
		rest_try_end(&t);
	}
}

static void every_value_has_its_number_in_the_tree(void **state)
{
	struct rest_try t;
	struct rest_query q;
	struct str values;

	(void)state;
	rest_try_start(&t);
	shape_of(&t,
		"select=a->b,r(*)&r.offset=6&c->d=fts(e).f&g=is.null&order=h->i&limit=5&arg=j&having=k.sum().gt.l",
		&q, &values);
	rest_try_same(values, "|5|b|6|d|e|f|i|j|l", "values");
	assert_int_equal(q.root.limit_param, 0);
	assert_int_equal(q.root.offset_param, -1);
	assert_int_equal(q.root.items->field.steps[0].param, 1);
	assert_int_equal(q.root.items->next->node->limit_param, -1);
	assert_int_equal(q.root.items->next->node->offset_param, 2);
	assert_int_equal(q.root.where->field.steps[0].param, 3);
	assert_int_equal(q.root.where->config_param, 4);
	assert_int_equal(q.root.where->param, 5);
	assert_int_equal(q.root.where->next->param, -1);
	assert_int_equal(q.root.where->next->config_param, -1);
	assert_int_equal(q.root.order->field.steps[0].param, 6);
	assert_int_equal(q.args->param, 7);
	assert_int_equal(q.having->param, 8);
	rest_try_end(&t);
}

/* Long names and many parts: lengths of several bytes, and a buffer that grows. */
static void long_names_keep_their_length(void **state)
{
	struct rest_try t;
	struct rest_query q;
	struct str values;
	struct buf b;

	(void)state;
	rest_try_start(&t);
	buf_init(&b, 0);
	buf_cstr(&b, "select=a");
	for (int i = 0; i < 20000; i++)
		buf_char(&b, 'b');
	struct str shape = shape_of(&t, b.p, &q, &values);
	assert_true(shape.len > 20001 && shape.len < 20100);
	assert_true(str_find(shape, str_sub(buf_view(&b), 7, b.len)) > 0);
	buf_clear(&b);
	buf_cstr(&b, "select=a");
	for (int i = 0; i < 1500; i++)
		buf_cstr(&b, ",a->b");
	buf_truncate(&b, 7 + 900 * 5);
	buf_char(&b, 'x');
	shape_of(&t, b.p, &q, &values);
	assert_true(values.len > 1700);
	buf_done(&b);
	rest_try_end(&t);
}

static void a_full_buffer_is_left_alone(void **state)
{
	struct rest_try t;
	struct rest_query q;
	struct buf b;

	(void)state;
	rest_try_start(&t);
	const struct rest_parse p = {.arena = t.arena, .query = STR("select=a,b&c=eq.d&limit=1")};
	struct rest_values values = {.arena = t.arena};
	assert_int_equal(rest_parse_query(&p, &q, &t.fault), 0);
	buf_init(&b, 100);
	buf_cstr(&b, "before");
	rest_shape_query(&b, &values, &q);
	assert_true(b.failed);
	rest_try_same(buf_view(&b), "before", "a buffer");
	assert_int_equal(values.n, 2);
	buf_done(&b);
	rest_try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_but_for_values_is_one_shape),
		cmocka_unit_test(what_makes_another_plan_is_another_shape),
		cmocka_unit_test(values_come_in_order),
		cmocka_unit_test(every_value_has_its_number_in_the_tree),
		cmocka_unit_test(long_names_keep_their_length),
		cmocka_unit_test(a_full_buffer_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
