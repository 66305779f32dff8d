#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rest_print.h"
#include "support_rest.h"

#define NAME "field name (* or [a..z0..9_$])"

static int parse(struct rest_try *t, const char *text, struct rest_query *q)
{
	const struct rest_parse p = {.arena = t->arena, .query = str_of(text)};

	return rest_parse_query(&p, q, &t->fault);
}

static void must(struct rest_try *t, const char *text, int result)
{
	if (result)
		fail_msg("%s: %s; %s", text, t->fault.message,
			t->fault.details ? t->fault.details : "");
}

/* What was printed over the wire is the same query again. */
static void check_again(struct rest_try *t, const struct rest_query *q, const char *want)
{
	struct str wire = rest_print_query(t->arena, q, true);
	struct rest_query again;
	const char *text = str_cstr(t->arena, wire);

	must(t, text, parse(t, text, &again));
	rest_try_same(rest_print_query(t->arena, &again, false), want, text);
}

static const struct {
	const char *text, *want;
} queries[] = {
	{"", ""},
	{"select=*", "select=*"},
	{"select=", "select="},
	{"select", ""},
	{"select=a&select=b", "select=a"},
	{"id=eq.1", "id=eq.1"},
	{"&&id=eq.1&", "id=eq.1"},
	{"id=gt.1&id=lt.9&name=like.a*", "id=gt.1&id=lt.9&name=like.a%"},
	{"a%2Db=eq.x+y%2B1", "\"a-b\"=eq.x y+1"},
	{"id=eq.a=b", "id=eq.a=b"},
	{"data->>a=eq.1", "data->>\"a\"=eq.1"},
	{"or=(a.eq.1,b.eq.2)", "or=(a.eq.\"1\",b.eq.\"2\")"},
	{"not.and=(a.eq.1)&not.or=(b.eq.2)", "not.and=(a.eq.\"1\")&not.or=(b.eq.\"2\")"},
	{"order=a.desc,b", "order=a.desc,b"},
	{"order=a&order=b", "order=a"},
	{"limit=5&offset=10", "limit=5&offset=10"},
	{"limit=5&limit=6", "limit=6"},
	{"select=a,r(b)&r.b=eq.1&a=eq.2", "select=a,r(b)&a=eq.2&r.b=eq.1"},
	{"r.b=eq.1&select=a,r(b)", "select=a,r(b)&r.b=eq.1"},
	{"select=x:r(b)&x.b=eq.1", "select=x:r(b)&x.b=eq.1"},
	{"select=...r(b)&r.order=b.desc&r.limit=1", "select=...r(b)&r.order=b.desc&r.limit=1"},
	{"select=r(s(*))&r.s.a=eq.1&r.a=eq.2&r.s.or=(a.eq.3,b.is.null)&r.s.offset=2&r.s.limit=3",
		"select=r(s(*))&r.a=eq.2&r.s.a=eq.1&r.s.or=(a.eq.\"3\",b.is.null)&r.s.limit=3&r.s.offset=2"},
	{"select=r(*)&r.not.or=(a.eq.1)&not.r.and=(b.eq.2)",
		"select=r(*)&r.not.or=(a.eq.\"1\")&r.not.and=(b.eq.\"2\")"},
	{"select=\"a b\"(*)&\"a b\".c=eq.1", "select=\"a b\"(*)&\"a b\".c=eq.1"},
	{"select=r(*)&r=is.null&r=not.is.null", "select=r(*)&r=is.null&r=not.is.null"},
	{"\"order\"=eq.1&\"limit\"=gt.2", "\"order\"=eq.1&\"limit\"=gt.2"},
	{"select=r(*)&r.select=eq.1&r.columns=eq.2",
		"select=r(*)&r.\"select\"=eq.1&r.\"columns\"=eq.2"},
	{"columns=a,b", "columns=a,b"},
	{"columns= a , \"b,c\" ,a", "columns=a,\"b,c\""},
	{"columns=a&columns=b", "columns=a"},
	{"on_conflict=a,b,a", "on_conflict=a,b,a"},
	{"distinct=true", "distinct=true"},
	{"distinct=false", ""},
	{"distinct=a,b,a", "distinct=a,b"},
	{"after=", "after="},
	{"after=abc_-", "after=abc_-"},
	{"openapi=3.1", "openapi=3.1"},
	{"openapi=2.0", ""},
	{"having=count().gt.5,amount.sum().lt.10,or(count().lt.3,not.x.avg().gt.2)",
		"having=count().gt.\"5\",amount.sum().lt.\"10\",or(count().lt.\"3\",x.avg().not.gt.\"2\")"},
	{"having=not.and(count().gt.1),a->>b.max().in.(1,2)",
		"having=not.and(count().gt.\"1\"),a->>\"b\".max().in.(\"1\",\"2\")"},
	{"having=not.count().not.eq.1, x.min().is.not_null",
		"having=count().eq.\"1\",x.min().is.not_null"},
	/* columns that are called like what is ours */
	{"after=gt.5&distinct=is.true&openapi=not.eq.1&having=in.(a)",
		"\"after\"=gt.5&\"distinct\"=is.true&\"openapi\"=not.eq.1&\"having\"=in.(\"a\")"},
	{"select=r(*)&r.after=eq.1", "select=r(*)&r.\"after\"=eq.1"},
	/* no value at all: no parameter */
	{"id", ""},
	{"order&limit&or&columns&having", ""},
};

static void puts_each_parameter_where_it_belongs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		must(&t, queries[i].text, parse(&t, queries[i].text, &q));
		rest_try_same(rest_print_query(t.arena, &q, false), queries[i].want,
			queries[i].text);
		check_again(&t, &q, queries[i].want);
		rest_try_end(&t);
	}
}

static void tells_what_is_absent_from_what_is_empty(void **state)
{
	struct rest_try t;
	struct rest_query q;

	(void)state;
	rest_try_start(&t);
	must(&t, "", parse(&t, "", &q));
	assert_false(q.has_select || q.has_columns || q.has_on_conflict || q.has_filters);
	assert_false(q.has_after || q.distinct || q.root.has_limit || q.root.has_offset);
	assert_int_equal(q.root.items->kind, REST_ITEM_STAR);
	assert_null(q.root.items->next);
	assert_int_equal(q.root.limit_param, -1);
	assert_int_equal(q.openapi, 0);

	const char *text = "select=&columns=a&on_conflict=a&or=(a.eq.1)&limit=0&offset=0&after=";
	must(&t, text, parse(&t, text, &q));
	assert_true(q.has_select && q.has_columns && q.has_on_conflict && q.has_filters);
	assert_true(q.has_after && q.root.has_limit && q.root.has_offset);
	assert_null(q.root.items);
	assert_non_null(q.after.p);

	must(&t, "filters of embeds", parse(&t, "select=r(*)&r.a=eq.1", &q));
	assert_false(q.has_filters);
	rest_try_end(&t);
}

static void sorts_the_parameters_for_content_location(void **state)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{"", ""},
		{"&", ""},
		{"a=eq.1", "a=eq.1"},
		{"b=eq.1&a=eq.1", "a=eq.1&b=eq.1"},
		{"a=eq.2&&a=eq.1&", "a=eq.2&a=eq.1"},
		{"c&b=eq.%20&a=eq.+", "a=eq.+&b=eq.%20&c"},
		{"%62=eq.1&a=eq.2", "a=eq.2&%62=eq.1"},
		{"a=eq.\r\nX: y", "a=eq.%0D%0AX:%20y"},
		{"a=eq.\xc3\xa9", "a=eq.%C3%A9"},
		{"select=c,b&b=eq.1&c=eq.2&order=d&limit=1&offset=0&k=eq.1&j=eq.1&i=eq.1&h=eq.1&g=eq.1&f=eq.1&e=eq.1&d=eq.2&d=eq.1&a=eq.1&A=eq.1&_=eq.1&0=eq.1",
			"0=eq.1&A=eq.1&_=eq.1&a=eq.1&b=eq.1&c=eq.2&d=eq.2&d=eq.1&e=eq.1&f=eq.1&g=eq.1&h=eq.1&i=eq.1&j=eq.1&k=eq.1&limit=1&offset=0&order=d&select=c,b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		must(&t, table[i].text, parse(&t, table[i].text, &q));
		rest_try_same(q.canonical, table[i].want, table[i].text);
		rest_try_end(&t);
	}
}

static void a_second_query_string_is_added(void **state)
{
	struct rest_try t;
	struct rest_query q;
	struct rest_parse p = {.query = STR("b=eq.1"), .more = STR("select=a&c=eq.2")};

	(void)state;
	rest_try_start(&t);
	p.arena = t.arena;
	must(&t, "both", rest_parse_query(&p, &q, &t.fault));
	rest_try_same(rest_print_query(t.arena, &q, false), "select=a&b=eq.1&c=eq.2", "both");
	assert_null(q.canonical.p);
	p.more = STR("");
	must(&t, "an empty body", rest_parse_query(&p, &q, &t.fault));
	rest_try_same(q.canonical, "b=eq.1", "an empty body");
	rest_try_end(&t);
}

static void old_names_of_renamed_embeds_count_when_asked_for(void **state)
{
	static const char *const text = "select=x:r(*),r:s(*),y:t(u:v(*))&t.v.a=eq.1&r.b=eq.2";
	struct rest_try t;
	struct rest_query q;
	struct rest_parse p = {.query = str_of(text), .legacy_targets = true};

	(void)state;
	rest_try_start(&t);
	p.arena = t.arena;
	must(&t, text, rest_parse_query(&p, &q, &t.fault));
	rest_try_same(rest_print_query(t.arena, &q, false),
		"select=x:r(*),r:s(*),y:t(u:v(*))&r.b=eq.2&y.u.a=eq.1", text);
	assert_false(q.root.items->node->legacy_target);
	assert_false(q.root.items->next->node->legacy_target);
	assert_true(q.root.items->next->next->node->legacy_target);
	assert_true(q.root.items->next->next->node->items->node->legacy_target);

	p.legacy_targets = false;
	assert_int_equal(rest_parse_query(&p, &q, &t.fault), -1);
	assert_string_equal(t.fault.code, "PGRST108");
	rest_try_end(&t);
}

static void what_is_not_embedded_cannot_be_filtered(void **state)
{
	static const char *const table[] = {"actors.a=eq.1", "select=r(*)&actors.or=(a.eq.1)",
		"actors.order=a", "actors.limit=1", "actors.offset=1",
		"select=r(*)&actors.r.a=eq.1", "select=actors&actors.a=eq.1"};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		if (!parse(&t, table[i], &q))
			fail_msg("taken: %s", table[i]);
		assert_int_equal(t.fault.status, 400);
		assert_string_equal(t.fault.code, "PGRST108");
		assert_string_equal(t.fault.message,
			"'actors' is not an embedded resource in this request");
		assert_string_equal(t.fault.hint,
			"Verify that 'actors' is included in the 'select' query parameter.");
		assert_null(t.fault.details);
		rest_try_end(&t);
	}
}

static void a_filter_by_the_name_behind_an_alias_is_told_the_alias(void **state)
{
	struct rest_try t;
	struct rest_query q;

	(void)state;
	rest_try_start(&t);
	assert_int_not_equal(parse(&t, "select=x:actors(*)&actors.a=eq.1", &q), 0);
	assert_string_equal(t.fault.code, "PGRST108");
	assert_string_equal(t.fault.details,
		"Target names are not allowed in filters if they have an alias");
	assert_string_equal(t.fault.hint, "Change 'actors' to 'x' in filters, orders or limits.");
	rest_try_end(&t);
}

static const struct {
	const char *query, *what, *text;
	int column;
	const char *details;
} bad_queries[] = {
	{"select=a!", "select parameter", "a!", 2,
		"unexpected '!' expecting letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \")\", \",\" or end of input"},
	{"id=noop.0", "filter", "noop.0", 1,
		"unexpected \"o\" expecting \"not\" or operator (eq, gt, ...)"},
	{"id=", "filter", "", 1,
		"unexpected end of input expecting \"not\" or operator (eq, gt, ...)"},
	{"=eq.1", "tree path", "", 1, "unexpected end of input expecting " NAME},
	{"a..b=eq.1", "tree path", "a..b", 3, "unexpected \".\" expecting " NAME},
	{".order=a", "tree path", ".order", 1, "unexpected \".\" expecting " NAME},
	{"!.limit=1", "tree path", "!.limit", 1, "unexpected \"!\" expecting " NAME},
	{".or=(a.eq.1)", "logic path", ".or", 1, "unexpected \".\" expecting " NAME},
	{"or=()", "logic tree", "()", 4,
		"unexpected \")\" expecting " NAME
		", negation operator (not) or logic operator (and, or)"},
	{"not.and=()", "logic tree", "()", 9,
		"unexpected \")\" expecting " NAME
		", negation operator (not) or logic operator (and, or)"},
	{"order=id.ac", "order", "id.ac", 4,
		"unexpected \"c\" expecting \"asc\", \"desc\", \"nullsfirst\" or \"nullslast\""},
	{"order=", "order", "", 1, "unexpected end of input expecting " NAME},
	{"columns=", "columns parameter", "", 1, "unexpected end of input expecting " NAME},
	{"columns=a,", "columns parameter", "a,", 3, "unexpected end of input expecting " NAME},
	{"columns=a!", "columns parameter", "a!", 2,
		"unexpected '!' expecting letter, digit, \"-\", \",\" or end of input"},
	{"on_conflict=", "on_conflict parameter", "", 1, "unexpected end of input expecting " NAME},
	{"on_conflict=\"a\"b", "on_conflict parameter", "\"a\"b", 4,
		"unexpected 'b' expecting \",\" or end of input"},
	{"distinct=", "distinct parameter", "", 1, "unexpected end of input expecting " NAME},
	{"distinct=a.b", "distinct parameter", "a.b", 2,
		"unexpected '.' expecting letter, digit, \"-\", \",\" or end of input"},
	{"having=a.gt.1", "having parameter", "a.gt.1", 3,
		"unexpected \"g\" expecting \"sum\", \"avg\", \"count\", \"max\" or \"min\""},
	{"having=count()", "having parameter", "count()", 8,
		"unexpected end of input expecting delimiter (.)"},
	{"having=count().x.1", "having parameter", "count().x.1", 9,
		"unexpected \"x\" expecting \"not\" or operator (eq, gt, ...)"},
	{"having=count().gt.1)", "having parameter", "count().gt.1)", 13,
		"unexpected ')' expecting \",\" or end of input"},
	{"having=", "having parameter", "", 1,
		"unexpected end of input expecting " NAME
		", negation operator (not) or logic operator (and, or)"},
	{"openapi=4", "filter", "4", 1,
		"unexpected \"4\" expecting \"not\" or operator (eq, gt, ...)"},
};

static void tells_which_parameter_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_queries) / sizeof(bad_queries[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		rest_try_refused(&t, parse(&t, bad_queries[i].query, &q), bad_queries[i].what,
			bad_queries[i].text, bad_queries[i].column, bad_queries[i].details);
		rest_try_end(&t);
	}
}

static void refuses_what_cannot_be_decoded(void **state)
{
	static const char *const table[] = {"a=%", "a=%2", "a=%zz", "%a=eq.1", "a=eq.%00",
		"a=eq.%ff", "a=eq.\xff", "a=eq.1&b=%c3"};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		if (!parse(&t, table[i], &q))
			fail_msg("taken: %s", table[i]);
		assert_int_equal(t.fault.status, 400);
		assert_string_equal(t.fault.code, "PGRST100");
		assert_true(str_ends(str_of(t.fault.message), STR("cannot be decoded")));
		rest_try_end(&t);
	}
}

/* --- calls ------------------------------------------------------------------------------------- */

static bool is_arg(struct str name, const void *arg)
{
	return str_find(str_of(arg), name) >= 0;
}

static void calls_have_arguments_and_filters(void **state)
{
	static const struct {
		const char *text, *args; /* names of arguments */
		bool is_read;
		const char *want; /* NULL: refused */
	} table[] = {
		{"a=1&b=eq.2", "a", true, "b=eq.2&a=1"},
		{"a=eq.1&b=2", "a b", true, "a=eq.1&b=2"},
		{"v=1&v=2&v=", "v", true, "v=1&v=2&v="},
		{"a=1&z=2", "a", true, "a=1&z=2"},
		{"a=1&z=in.5", "a", true, "a=1&z=in.5"},
		{"x.y=1", "", true, "x.y=1"},
		{"a=1&z=2", "a", false, NULL},
		{"z=eq.2", "a", false, "z=eq.2"},
		{"z=eq.2", NULL, true, "z=eq.2"},
		{"z=2", NULL, true, "z=2"},
		{"limit=1&select=a&order=b&a=1", "limit select order a", true,
			"select=a&order=b&limit=1&a=1"},
		{"distinct=a&after=b&having=c", "distinct after having", true,
			"distinct=a&after=b&having=c"},
		{"openapi=5", "", true, "openapi=5"},
		{"a", "a", true, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_query q;
		rest_try_start(&t);
		const struct rest_parse p = {.arena = t.arena,
			.query = str_of(table[i].text),
			.is_call = true,
			.is_read_call = table[i].is_read,
			.is_arg = table[i].args ? is_arg : NULL,
			.arg = table[i].args};
		int result = rest_parse_query(&p, &q, &t.fault);
		if (!table[i].want) {
			assert_int_equal(result, -1);
			assert_string_equal(t.fault.code, "PGRST100");
		} else {
			must(&t, table[i].text, result);
			rest_try_same(rest_print_query(t.arena, &q, false), table[i].want,
				table[i].text);
		}
		rest_try_end(&t);
	}
}

static void arguments_are_told_from_what_prints_alike(void **state)
{
	struct rest_try t;
	struct rest_query q;

	(void)state;
	rest_try_start(&t);
	const struct rest_parse p = {.arena = t.arena,
		.query = STR("distinct=a&b=eq.1&c=1"),
		.is_call = true,
		.is_read_call = true,
		.is_arg = is_arg,
		.arg = "distinct b"};
	must(&t, "args", rest_parse_query(&p, &q, &t.fault));
	assert_null(q.distinct_on);
	assert_null(q.root.where);
	assert_false(q.has_filters);
	rest_try_same(q.args->name, "distinct", "first");
	rest_try_same(q.args->next->name, "b", "second");
	rest_try_same(q.args->next->value, "eq.1", "second");
	rest_try_same(q.args->next->next->name, "c", "third");
	assert_null(q.args->next->next->next);
	rest_try_end(&t);
}

/* --- limits ------------------------------------------------------------------------------------ */

static void the_parts_of_all_parameters_count_together(void **state)
{
	struct rest_try t;
	struct rest_query q;
	struct buf b;

	(void)state;
	rest_try_start(&t);
	buf_init(&b, 0);
	for (int i = 0; i < REST_MAX_NODES / 2; i++)
		buf_cstr(&b, "a=eq.1&");
	buf_cstr(&b, "or=(a.eq.1");
	for (int i = 0; i < REST_MAX_NODES / 2 - 2; i++)
		buf_cstr(&b, ",a.eq.1");
	buf_char(&b, ')');
	must(&t, "the most", parse(&t, b.p, &q));
	buf_cstr(&b, "&order=a");
	assert_int_equal(parse(&t, b.p, &q), -1);
	assert_int_equal(t.fault.status, 400);
	assert_string_equal(t.fault.code, "PGRST100");
	assert_string_equal(t.fault.message, "The query has more than 2000 parts.");
	buf_done(&b);
	rest_try_end(&t);
}

static void so_many_pairs_and_embeds_in_front_and_no_more(void **state)
{
	struct rest_try t;
	struct rest_query q;
	struct buf b;

	(void)state;
	rest_try_start(&t);
	buf_init(&b, 0);
	for (int i = 0; i <= REST_MAX_NODES; i++)
		buf_cstr(&b, "a&");
	assert_int_equal(parse(&t, b.p, &q), -1);
	assert_string_equal(t.fault.message, "The query has more than 2000 parts.");
	buf_clear(&b);
	t.fault = (struct rest_fault){.arena = t.arena};
	for (int i = 0; i <= REST_MAX_DEPTH; i++)
		buf_cstr(&b, "a.");
	buf_cstr(&b, "a=eq.1");
	assert_int_equal(parse(&t, b.p, &q), -1);
	assert_string_equal(t.fault.message, "The query is nested deeper than 32 levels.");
	buf_done(&b);
	rest_try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_each_parameter_where_it_belongs),
		cmocka_unit_test(tells_what_is_absent_from_what_is_empty),
		cmocka_unit_test(sorts_the_parameters_for_content_location),
		cmocka_unit_test(a_second_query_string_is_added),
		cmocka_unit_test(old_names_of_renamed_embeds_count_when_asked_for),
		cmocka_unit_test(what_is_not_embedded_cannot_be_filtered),
		cmocka_unit_test(a_filter_by_the_name_behind_an_alias_is_told_the_alias),
		cmocka_unit_test(tells_which_parameter_is_wrong),
		cmocka_unit_test(refuses_what_cannot_be_decoded),
		cmocka_unit_test(calls_have_arguments_and_filters),
		cmocka_unit_test(arguments_are_told_from_what_prints_alike),
		cmocka_unit_test(the_parts_of_all_parameters_count_together),
		cmocka_unit_test(so_many_pairs_and_embeds_in_front_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
