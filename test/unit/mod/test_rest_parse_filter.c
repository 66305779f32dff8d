#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rest_print.h"
#include "support_rest.h"

#define NAME "field name (* or [a..z0..9_$])"
#define OPERATOR "operator (eq, gt, ...)"
#define NO_OPERATOR "expecting \"not\" or " OPERATOR

static struct rest_cond *parsed(struct rest_try *t, const char *key, const char *value)
{
	struct rest_cond *c;

	if (rest_parse_filter(t->arena, str_of(key), str_of(value), &c, &t->fault))
		fail_msg("%s=%s: %s; %s", key, value, t->fault.message, t->fault.details);
	assert_null(c->next);
	assert_int_equal(c->kind, REST_COND_TEST);
	assert_int_equal(c->param, -1);
	return c;
}

static struct str text_of(struct arena *a, const struct rest_cond *c)
{
	struct buf b;

	buf_init(&b, 0);
	rest_print_test(&b, c, false);
	struct str s = str_copy(a, buf_view(&b));
	buf_done(&b);
	return s;
}

/* A value, and what it becomes: "" when nothing changes. */
static const struct {
	const char *value, *want;
} values[] = {
	{"eq.1", ""},
	{"neq.1", ""},
	{"gt.1", ""},
	{"gte.1", ""},
	{"lt.1", ""},
	{"lte.1", ""},
	{"eq.", ""},
	{"eq. a.b,c)(\"'\\ ", ""},
	{"gte..10", ""},
	{"eq.null", ""},
	{"not.eq.1", ""},
	{"eq.not.1", ""},
	{"like.*a*b", "like.%a%b"},
	{"ilike.*", "ilike.%"},
	{"not.like.a*", "not.like.a%"},
	{"like.a%", ""},
	{"match.^a.*", ""},
	{"imatch.*a", ""},
	{"eq.*", ""},
	{"eq(any).{1,2}", ""},
	{"gt(all).{1,2}", ""},
	{"like(any).{O*,P*}", "like(any).{O%,P%}"},
	{"ilike(all).{*a}", "ilike(all).{%a}"},
	{"match(any).{a,b}", ""},
	{"not.lte(any).{1}", ""},
	{"is.null", ""},
	{"is.NULL", "is.null"},
	{"is.NoT_NuLl", "is.not_null"},
	{"not.is.not_null", ""},
	{"is.True", "is.true"},
	{"is.FALSE", "is.false"},
	{"is.unknown", ""},
	{"isdistinct.{1,2}", ""},
	{"fts.a", ""},
	{"fts(french).a b", ""},
	{"fts( en us ).a", "fts(en us).a"},
	{"plfts(german).x", ""},
	{"phfts.x", ""},
	{"not.wfts(english).a -b", ""},
	{"cs.{a,b}", ""},
	{"cd.[1,2)", ""},
	{"ov.{}", ""},
	{"sl.(1,2)", ""},
	{"sr.x", ""},
	{"nxr.x", ""},
	{"nxl.x", ""},
	{"adj.(3,10]", ""},
	{"in.(a,b)", "in.(\"a\",\"b\")"},
	{"not.in.(1,2,3)", "not.in.(\"1\",\"2\",\"3\")"},
	{"gt(col).list_price", ""},
	{"not.eq(col).a->>b", "not.eq(col).a->>\"b\""},
	{"neq(col).\"a b\"", ""},
	{"cs(col).tags", ""},
	{"isdistinct(col).b", ""},
	{"eq(col). b ", "eq(col).b"},
};

static void takes_every_operator(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct rest_try t;
		rest_try_start(&t);
		const char *want = *values[i].want ? values[i].want : values[i].value;
		struct str text = text_of(t.arena, parsed(&t, "x", values[i].value));
		rest_try_same(text, want, values[i].value);
		struct str again = text_of(t.arena, parsed(&t, "x", str_cstr(t.arena, text)));
		rest_try_same(again, want, want);
		rest_try_end(&t);
	}
}

static void lists_become_array_literals(void **state)
{
	static const struct {
		const char *value, *want;
	} table[] = {
		{"in.()", "{}"},
		{"in.( )", "{}"},
		{"in.(a)", "{\"a\"}"},
		{"in.(a,b)", "{\"a\",\"b\"}"},
		{"in.(,)", "{\"\",\"\"}"},
		{"in.(\"\")", "{\"\"}"},
		{"in.(null,NULL)", "{\"null\",\"NULL\"}"},
		{"in. ( 1, 2 ) ", "{\"1\",\" 2 \"}"},
		{"in.(\"a,b\",\"c)d\")", "{\"a,b\",\"c)d\"}"},
		{"in.(\"a\\\"b\",\"c\\\\d\",\"\\e\")", "{\"a\\\"b\",\"c\\\\d\",\"e\"}"},
		{"in.(a\"b,c\\d)", "{\"a\\\"b\",\"c\\\\d\"}"},
		{"in.(\"a\"b,c)", "{\"\\\"a\\\"b\",\"c\"}"},
		{"in.({1},{})", "{\"{1}\",\"{}\"}"},
		{"in.(a(b,c)", "{\"a(b\",\"c\"}"},
		{"in.(é,\"價\")", "{\"é\",\"價\"}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		rest_try_start(&t);
		struct rest_cond *c = parsed(&t, "x", table[i].value);
		assert_int_equal(c->op, REST_IN);
		rest_try_same(c->value, table[i].want, table[i].value);
		rest_try_end(&t);
	}
}

static void names_in_front_are_columns_with_paths(void **state)
{
	static const struct {
		const char *key, *want;
	} table[] = {
		{"a", "a"},
		{"first name", "\"first name\""},
		{"\"a.b\"", "\"a.b\""},
		{"a->b->>c", "a->\"b\"->>\"c\""},
		{"a->>-1", "a->>-1"},
		{"a-b", "\"a-b\""},
		{"Ä", "\"Ä\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct buf b;
		rest_try_start(&t);
		buf_init(&b, 0);
		rest_print_field(&b, &parsed(&t, table[i].key, "eq.1")->field);
		rest_try_same(buf_view(&b), table[i].want, table[i].key);
		buf_done(&b);
		rest_try_end(&t);
	}
}

static const struct {
	const char *text;
	int column;
	const char *details;
} bad_values[] = {
	{"", 1, "unexpected end of input " NO_OPERATOR},
	{"val", 1, "unexpected \"v\" " NO_OPERATOR},
	{"noop.0", 1, "unexpected \"o\" " NO_OPERATOR},
	{"EQ.1", 1, "unexpected \"E\" " NO_OPERATOR},
	{"n", 1, "unexpected end of input " NO_OPERATOR},
	{"li", 1, "unexpected \"l\" " NO_OPERATOR},
	{"not", 4, "unexpected end of input expecting delimiter (.)"},
	{"noteq.1", 4, "unexpected \"e\" expecting delimiter (.)"},
	{"not.", 5, "unexpected end of input expecting " OPERATOR},
	{"not.x", 5, "unexpected \"x\" expecting " OPERATOR},
	{"not.not.eq.1", 5, "unexpected \"n\" expecting " OPERATOR},
	{"eq", 3, "unexpected end of input expecting " OPERATOR},
	{"eqx.1", 3, "unexpected \"x\" expecting " OPERATOR},
	{"gtee.10", 4, "unexpected \"e\" expecting " OPERATOR},
	{"gteq.1", 4, "unexpected \"q\" expecting " OPERATOR},
	{"isd", 3, "unexpected \"d\" expecting " OPERATOR},
	{"isdistinctx.1", 11, "unexpected \"x\" expecting " OPERATOR},
	{"eq(", 4, "unexpected end of input expecting " OPERATOR},
	{"eq().value", 4, "unexpected \")\" expecting " OPERATOR},
	{"eq(al).1", 4, "unexpected \")\" expecting " OPERATOR},
	{"eq(some).x", 4, "unexpected \"s\" expecting " OPERATOR},
	{"eq(any", 7, "unexpected end of input expecting " OPERATOR},
	{"eq(any)x", 8, "unexpected \"x\" expecting " OPERATOR},
	{"eq(col", 7, "unexpected end of input expecting " OPERATOR},
	{"neq(any).1", 4, "unexpected \"(\" expecting " OPERATOR},
	{"in(col).x", 3, "unexpected \"(\" expecting " OPERATOR},
	{"fts().value", 5, "unexpected \")\" expecting " OPERATOR},
	{"fts(a.b", 6, "unexpected \".\" expecting " OPERATOR},
	{"fts(x)y.z", 7, "unexpected \"y\" expecting " OPERATOR},
	{"is().value", 3, "unexpected \"(\" expecting " OPERATOR},
	{"in().value", 3, "unexpected \"(\" expecting " OPERATOR},
	{"in.5", 4, "unexpected \"5\" expecting \"(\""},
	{"in.[1]", 4, "unexpected \"[\" expecting \"(\""},
	{"in.(", 5, "unexpected end of input expecting \"\\\"\", \",\" or \")\""},
	{"in.(1,2", 8, "unexpected end of input expecting \",\" or \")\""},
	{"in.(1,", 7, "unexpected end of input expecting \",\" or \")\""},
	{"in.(\"a", 7, "unexpected end of input expecting \",\" or \")\""},
	{"in.(a)b", 7, "unexpected 'b' expecting end of input"},
	{"is.nil", 5, "unexpected \"i\" expecting isVal: (null, not_null, true, false, unknown)"},
	{"is.", 4,
		"unexpected end of input expecting isVal: (null, not_null, true, false, unknown)"},
	{"is.not_nul", 11,
		"unexpected end of input expecting isVal: (null, not_null, true, false, unknown)"},
	{"is.nullx", 8, "unexpected 'x' expecting end of input"},
	{"gt(col).", 9, "unexpected end of input expecting " NAME},
	{"gt(col).a.b", 10,
		"unexpected '.' expecting letter, digit, \"-\", \"->>\", \"->\" or end of input"},
};

static void tells_what_is_wrong_with_a_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_values) / sizeof(bad_values[0]); i++) {
		struct rest_try t;
		struct rest_cond *c;
		rest_try_start(&t);
		int result = rest_parse_filter(t.arena, STR("x"), str_of(bad_values[i].text), &c,
			&t.fault);
		rest_try_refused(&t, result, "filter", bad_values[i].text, bad_values[i].column,
			bad_values[i].details);
		rest_try_end(&t);
	}
}

static void tells_what_is_wrong_with_a_name(void **state)
{
	static const struct {
		const char *text;
		int column;
		const char *details;
	} table[] = {
		{"", 1, "unexpected end of input expecting " NAME},
		{".a", 1, "unexpected \".\" expecting " NAME},
		{"a.", 3, "unexpected end of input expecting " NAME},
		{"a..b", 3, "unexpected \".\" expecting " NAME},
		{"\"a", 3, "unexpected end of input expecting \"\\\\\" or \"\\\"\""},
		{"a!b", 2,
			"unexpected '!' expecting letter, digit, \"-\", \"->>\", \"->\", delimiter (.) or end of input"},
		{"a->b.c", 5,
			"unexpected '.' expecting \"->>\", \"->\", delimiter (.) or end of input"},
		{"a->-x", 5, "unexpected \"x\" expecting digit"},
		{"*", 1, "unexpected \"*\" expecting " NAME},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_cond *c;
		rest_try_start(&t);
		int result = rest_parse_filter(t.arena, str_of(table[i].text), STR("eq.1"), &c,
			&t.fault);
		rest_try_refused(&t, result, "tree path", table[i].text, table[i].column,
			table[i].details);
		rest_try_end(&t);
	}
}

static void a_filter_alone_has_no_embeds(void **state)
{
	struct rest_try t;
	struct rest_cond *c;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(rest_parse_filter(t.arena, STR("a.b"), STR("eq.1"), &c, &t.fault), -1);
	assert_string_equal(t.fault.code, "PGRST108");
	rest_try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_operator),
		cmocka_unit_test(lists_become_array_literals),
		cmocka_unit_test(names_in_front_are_columns_with_paths),
		cmocka_unit_test(tells_what_is_wrong_with_a_value),
		cmocka_unit_test(tells_what_is_wrong_with_a_name),
		cmocka_unit_test(a_filter_alone_has_no_embeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
