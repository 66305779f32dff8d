#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rest_print.h"
#include "support_rest.h"

#define NAME "field name (* or [a..z0..9_$])"
#define ITEM "\"...\", " NAME ", \"*\" or \"count()\""
#define FIRST_ITEM "\"...\", " NAME ", \"*\", \"count()\" or \")\""
#define ARROWS "\"->>\", \"->\", "
#define AFTER_NAME "letter, digit, \"-\", " ARROWS "\"::\", \".\", \")\", \",\" or end of input"
#define AFTER_PATH ARROWS "\"::\", \".\", \")\", \",\" or end of input"
#define AGGREGATES "\"sum\", \"avg\", \"count\", \"max\" or \"min\""
#define KEY "\"-\", digit or any non reserved character different from: .,>()"

/* Parses, prints, parses that and prints it again. */
static struct str printed(struct rest_try *t, const char *text)
{
	struct rest_item *items, *again;
	struct buf b, c;

	if (rest_parse_select(t->arena, str_of(text), &items, &t->fault))
		fail_msg("%s: %s; %s", text, t->fault.message, t->fault.details);
	buf_init(&b, 0);
	buf_init(&c, 0);
	rest_print_items(&b, items);
	assert_int_equal(rest_parse_select(t->arena, buf_view(&b), &again, &t->fault), 0);
	rest_print_items(&c, again);
	if (!str_eq(buf_view(&b), buf_view(&c)))
		fail_msg("%s is printed as %s, and that as %s", text, b.p, c.p);
	struct str got = str_copy(t->arena, buf_view(&b));
	buf_done(&b);
	buf_done(&c);
	return got;
}

struct pair {
	const char *text, *want;
};

static void check(const struct pair *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rest_try t;
		rest_try_start(&t);
		rest_try_same(printed(&t, table[i].text), table[i].want, table[i].text);
		rest_try_end(&t);
	}
}
#define CHECK(table) check(table, sizeof(table) / sizeof((table)[0]))

static void takes_columns(void **state)
{
	static const struct pair table[] = {
		{"", ""},
		{"*", "*"},
		{"id", "id"},
		{"id,name", "id,name"},
		{" id , name ", "id,name"},
		{"\tid\t,\tname\t", "id,name"},
		{"*,id", "*,id"},
		{"123,_,$", "123,_,\"$\""},
		{"first name", "\"first name\""},
		{"first-name", "\"first-name\""},
		{"first - name", "\"first-name\""},
		{"a-b-c d", "\"a-b-c d\""},
		{"Äpfel,价格", "\"Äpfel\",\"价格\""},
		{"\"a,b\",\"c.d\"", "\"a,b\",\"c.d\""},
		{"\" x \"", "\" x \""},
		{"\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\""},
		{"\"\\a\"", "a"},
		{"n:name", "n:name"},
		{" n : name", "n:name"},
		{"\"a b\":\"c:d\"", "\"a b\":\"c:d\""},
		{"id::text", "id::\"text\""},
		{"n:id::character varying", "n:id::\"character varying\""},
		{"id :: text ,x", "id::\"text\",x"},
		{"id::int[]", "id::\"int[]\""},
		{"id::int[][]", "id::\"int[][]\""},
		{"id::\"varchar(3)\"", "id::\"varchar(3)\""},
		{"count", "\"count\""},
		{"left,inner,sum", "\"left\",\"inner\",sum"},
	};

	(void)state;
	CHECK(table);
}

static void takes_json_paths(void **state)
{
	static const struct pair table[] = {
		{"a->b", "a->\"b\""},
		{"a->>b", "a->>\"b\""},
		{"a->b->>c", "a->\"b\"->>\"c\""},
		{"a->0", "a->0"},
		{"a->-1->>2", "a->-1->>2"},
		{"a->0::int", "a->0::\"int\""},
		{"a->1b", "a->\"1b\""},
		{"a->0xy1->1->23-xy-45->1->xy-6->>0",
			"a->\"0xy1\"->1->\"23-xy-45\"->1->\"xy-6\"->>0"},
		{"a->!@#$%^&*_d", "a->\"!@#$%^&*_d\""},
		{"a->\"b.c\"", "a->\"b.c\""},
		{"a->\"\"", "a->\"\""},
		{"a->\"1\"", "a->\"1\""},
		{"x:a->b::int", "x:a->\"b\"::\"int\""},
		{"a-b->c-d", "\"a-b\"->\"c-d\""},
		{"a-b->>c", "\"a-b\"->>\"c\""},
		{"r(a->0)", "r(a->0)"},
		{"a->b c", "a->\"b c\""},
	};

	(void)state;
	CHECK(table);
}

static void takes_aggregates(void **state)
{
	static const struct pair table[] = {
		{"count()", "count()"},
		{"n:count()", "n:count()"},
		{"count()::text", "count()::\"text\""},
		{"a.count()", "a.count()"},
		{"a.sum(),a.avg(),a.min(),a.max()", "a.sum(),a.avg(),a.min(),a.max()"},
		{"x:a.sum()", "x:a.sum()"},
		{"a::int.sum()", "a::\"int\".sum()"},
		{"a.avg()::int", "a.avg()::\"int\""},
		{"x:a::int.avg()::text", "x:a::\"int\".avg()::\"text\""},
		{"a->b->>c::int.sum()", "a->\"b\"->>\"c\"::\"int\".sum()"},
		{"a->0.sum()", "a->0.sum()"},
		{"r(count(),x.max())", "r(count(),x.max())"},
		{"count.sum()", "\"count\".sum()"},
	};

	(void)state;
	CHECK(table);
}

static void takes_embeds(void **state)
{
	static const struct pair table[] = {
		{"r(*)", "r(*)"},
		{"id,r(a,b),c", "id,r(a,b),c"},
		{"r()", "r()"},
		{"r( )", "r()"},
		{"r( a , b )", "r(a,b)"},
		{"x:r(a)", "x:r(a)"},
		{"r!fk(a)", "r!fk(a)"},
		{"r!inner(a)", "r!inner(a)"},
		{"r!left(a)", "r!left(a)"},
		{"r!fk!inner(a)", "r!fk!inner(a)"},
		{"r!inner!fk(a)", "r!fk!inner(a)"},
		{"x:r!fk!left(a)", "x:r!fk!left(a)"},
		{"r!inner!left(a)", "r!inner(a)"},
		{"r!a!b(c)", "r!a(c)"},
		{"r!left_key(a)", "r!left_key(a)"},
		{"r!\"inner\"(a)", "r!\"inner\"(a)"},
		{"\"r(1)\"!\"a!b\"(c)", "\"r(1)\"!\"a!b\"(c)"},
		{"...r(a)", "...r(a)"},
		{"...r!fk!inner(a,...s(b))", "...r!fk!inner(a,...s(b))"},
		{"a(b(c(d())))", "a(b(c(d())))"},
		{"r (a)", "r(a)"},
		{"r(*),s(x:t(y))", "r(*),s(x:t(y))"},
		{"sum(a)", "sum(a)"},
	};

	(void)state;
	CHECK(table);
}

static const struct {
	const char *text;
	int column;
	const char *details;
} bad_selects[] = {
	{"a,", 3, "unexpected end of input expecting " ITEM},
	{",", 1, "unexpected \",\" expecting " ITEM},
	{"a,,b", 3, "unexpected \",\" expecting " ITEM},
	{"(a)", 1, "unexpected \"(\" expecting " ITEM},
	{"-a", 1, "unexpected \"-\" expecting " ITEM},
	{"\"\"", 1, "unexpected \"\\\"\" expecting " ITEM},
	{"a!", 2, "unexpected '!' expecting " AFTER_NAME},
	{"a!b", 2, "unexpected '!' expecting " AFTER_NAME},
	{"name!a!b!c(x)", 5, "unexpected '!' expecting " AFTER_NAME},
	{"\"a\"x", 4, "unexpected 'x' expecting " AFTER_PATH},
	{"a\t!", 9, "unexpected '!' expecting \"::\", \".\", \")\", \",\" or end of input"},
	{"é!", 2, "unexpected '!' expecting " AFTER_NAME},
	{"*!hint", 2, "unexpected '!' expecting \")\", \",\" or end of input"},
	{"*x", 2, "unexpected 'x' expecting \")\", \",\" or end of input"},
	{"a)", 2, "unexpected ')' expecting \",\" or end of input"},
	{"a-", 3, "unexpected end of input expecting \">\", letter or digit"},
	{"a--b", 3, "unexpected \"-\" expecting \">\", letter or digit"},
	{"a-b!", 4, "unexpected '!' expecting \"-\", " AFTER_PATH},
	{"\"a", 3, "unexpected end of input expecting \"\\\\\" or \"\\\"\""},
	{"\"a\\", 4, "unexpected end of input"},
	{"a:", 3, "unexpected end of input expecting \":\" or " NAME},
	{"x:...r(a)", 3, "unexpected \".\" expecting \":\" or " NAME},
	{"x:*", 3, "unexpected \"*\" expecting \":\" or " NAME},
	{"a:b:c", 4, "unexpected \"c\" expecting \"::\""},
	{"a::b:c", 5, "unexpected \"c\" expecting \"::\""},
	{"name::", 7, "unexpected end of input expecting letter or digit"},
	{"a::int(", 7,
		"unexpected '(' expecting letter, digit, \".\", \"::\", \")\", \",\" or end of input"},
	{"a->", 4, "unexpected end of input expecting " KEY},
	{"data->(!@#", 7, "unexpected \"(\" expecting " KEY},
	{"data->>--34", 9, "unexpected \"-\" expecting digit"},
	{"data->>-xy-4", 9, "unexpected \"x\" expecting digit"},
	{"data->>-78xy", 11,
		"unexpected 'x' expecting digit, \"->\", \"::\", \".\", \",\" or end of input"},
	{"a->b(", 5, "unexpected '(' expecting " AFTER_PATH},
	{"a->b:c", 5, "unexpected \"c\" expecting \"::\""},
	{"a->b-", 6, "unexpected end of input expecting \">\""},
	{"a->\"b", 6, "unexpected end of input expecting \"\\\\\" or \"\\\"\""},
	{"a.xyz", 3, "unexpected \"x\" expecting " AGGREGATES},
	{"a.mox()", 3, "unexpected \"m\" expecting " AGGREGATES},
	{"a.", 3, "unexpected end of input expecting " AGGREGATES},
	{"a.s", 3, "unexpected end of input expecting \"sum\""},
	{"a.coal()", 3, "unexpected \"a\" expecting \"count\""},
	{"a.sum", 6, "unexpected end of input expecting \"()\""},
	{"a.sum(x)", 6, "unexpected \"x\" expecting \"()\""},
	{"a.sum()x", 8, "unexpected 'x' expecting \"::\", \")\", \",\" or end of input"},
	{"a.avg()::int4x!", 15,
		"unexpected '!' expecting letter, digit, \")\", \",\" or end of input"},
	{"count()x", 6, "unexpected '(' expecting " AFTER_NAME},
	{"count()::", 6, "unexpected '(' expecting " AFTER_NAME},
	{"count(a)", 6, "unexpected '(' expecting " AFTER_NAME},
	{"\"count\"(a)", 8, "unexpected '(' expecting " AFTER_PATH},
	{"rel(", 5, "unexpected end of input expecting " FIRST_ITEM},
	{"rel(a", 6, "unexpected end of input expecting " AFTER_NAME},
	{"rel(a,", 7, "unexpected end of input expecting " ITEM},
	{"rel(a,)", 7, "unexpected \")\" expecting " ITEM},
	{"rel(a,b", 8, "unexpected end of input expecting \",\" or \")\""},
	{"a(b(c)x", 7, "unexpected \"x\" expecting \",\" or \")\""},
	{"a(b)x", 5, "unexpected 'x' expecting \",\" or end of input"},
	{"id,clients(name[])", 16, "unexpected '[' expecting " AFTER_NAME},
	{"a,...", 6, "unexpected end of input expecting " NAME},
	{"...r", 5, "unexpected end of input expecting letter, digit, \"-\", \"!\" or \"(\""},
	{"..r(a)", 1, "unexpected \".\" expecting " ITEM},
	{"a\nb", 2, "unexpected '\\n' expecting " AFTER_NAME},
};

static void tells_the_place_and_what_was_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_selects) / sizeof(bad_selects[0]); i++) {
		struct rest_try t;
		struct rest_item *items;
		rest_try_start(&t);
		int result =
			rest_parse_select(t.arena, str_of(bad_selects[i].text), &items, &t.fault);
		rest_try_refused(&t, result, "select parameter", bad_selects[i].text,
			bad_selects[i].column, bad_selects[i].details);
		rest_try_end(&t);
	}
}

static void shows_characters_as_haskell_does(void **state)
{
	static const struct pair table[] = {
		{"a\xc3\xa4\nb", "'\\n'"},
		{"a\x7f", "'\\DEL'"},
		{"a\x01", "'\\SOH'"},
		{"a'", "'\\''"},
		{"a\"", "'\"'"},
		{"a\\", "'\\\\'"},
		{"a->,\xe2\x82\xac", "\",\""},
		{"*\xe2\x82\xac", "'\\8364'"},
		{"*\xf0\x9f\x8f\xa0", "'\\127968'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_item *items;
		rest_try_start(&t);
		assert_int_equal(rest_parse_select(t.arena, str_of(table[i].text), &items,
					 &t.fault),
			-1);
		struct str said = str_of(t.fault.details);
		struct str want = str_printf(t.arena, "unexpected %s ", table[i].want);
		if (!str_starts(said, want))
			fail_msg("%s, not " STR_FMT, said.p, STR_ARG(want));
		rest_try_end(&t);
	}
}

static void a_place_behind_a_newline_is_on_the_next_line(void **state)
{
	struct rest_try t;
	struct rest_item *items;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(rest_parse_select(t.arena, STR("\"a\nb\",!"), &items, &t.fault), -1);
	assert_string_equal(t.fault.message,
		"\"failed to parse select parameter (\"a\nb\",!)\" (line 2, column 4)");
	rest_try_end(&t);
}

static struct str repeated(struct arena *a, const char *what, int n)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < n; i++)
		buf_cstr(&b, what);
	struct str s = str_copy(a, buf_view(&b));
	buf_done(&b);
	return s;
}

static int parse_nested(struct rest_try *t, int depth)
{
	struct rest_item *items;
	struct str open = repeated(t->arena, "r(", depth), close = repeated(t->arena, ")", depth);

	return rest_parse_select(t->arena,
		str_printf(t->arena, STR_FMT STR_FMT, STR_ARG(open), STR_ARG(close)), &items,
		&t->fault);
}

static void nests_so_deep_and_no_deeper(void **state)
{
	struct rest_try t;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(parse_nested(&t, REST_MAX_DEPTH), 0);
	assert_int_equal(parse_nested(&t, REST_MAX_DEPTH + 1), -1);
	assert_int_equal(t.fault.status, 400);
	assert_string_equal(t.fault.code, "PGRST100");
	assert_string_equal(t.fault.message, "The query is nested deeper than 32 levels.");
	t.fault = (struct rest_fault){.arena = t.arena};
	assert_int_equal(parse_nested(&t, 100000), -1);
	rest_try_end(&t);
}

static void takes_so_many_items_and_no_more(void **state)
{
	struct rest_try t;
	struct rest_item *items;

	(void)state;
	rest_try_start(&t);
	struct str most = repeated(t.arena, "a,", REST_MAX_NODES);
	most.len--;
	assert_int_equal(rest_parse_select(t.arena, most, &items, &t.fault), 0);
	struct str more = repeated(t.arena, "a,", REST_MAX_NODES + 1);
	more.len--;
	assert_int_equal(rest_parse_select(t.arena, more, &items, &t.fault), -1);
	assert_string_equal(t.fault.message, "The query has more than 2000 parts.");
	t.fault = (struct rest_fault){.arena = t.arena};
	struct str steps = repeated(t.arena, "a->b", 1);
	struct str arrows = repeated(t.arena, "->b", REST_MAX_NODES);
	assert_int_equal(rest_parse_select(t.arena,
				 str_printf(t.arena, STR_FMT STR_FMT, STR_ARG(steps),
					 STR_ARG(arrows)),
				 &items, &t.fault),
		-1);
	assert_string_equal(t.fault.message, "The query has more than 2000 parts.");
	rest_try_end(&t);
}

static void quotes_no_more_than_a_page_of_what_it_refuses(void **state)
{
	struct rest_try t;
	struct rest_item *items;

	(void)state;
	rest_try_start(&t);
	struct str text = repeated(t.arena, "\xc3\xa4", 3000);
	text = str_printf(t.arena, STR_FMT "!", STR_ARG(text));
	assert_int_equal(rest_parse_select(t.arena, text, &items, &t.fault), -1);
	struct str said = str_of(t.fault.message);
	assert_true(said.len < 2200 && str_is_utf8(said));
	assert_true(str_find(said, STR("…)\" (line 1, column ")) > 0);
	rest_try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_columns),
		cmocka_unit_test(takes_json_paths),
		cmocka_unit_test(takes_aggregates),
		cmocka_unit_test(takes_embeds),
		cmocka_unit_test(tells_the_place_and_what_was_expected),
		cmocka_unit_test(shows_characters_as_haskell_does),
		cmocka_unit_test(a_place_behind_a_newline_is_on_the_next_line),
		cmocka_unit_test(nests_so_deep_and_no_deeper),
		cmocka_unit_test(takes_so_many_items_and_no_more),
		cmocka_unit_test(quotes_no_more_than_a_page_of_what_it_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
