#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rest_print.h"
#include "support_rest.h"

#define NAME "field name (* or [a..z0..9_$])"
#define CONDITION NAME ", negation operator (not) or logic operator (and, or)"
#define OPERATOR "operator (eq, gt, ...)"
#define AFTER_NAME "letter, digit, \"-\", \"->>\", \"->\" or delimiter (.)"

static struct str printed_once(struct rest_try *t, struct str text)
{
	struct rest_cond *c;
	struct buf b;

	if (rest_parse_logic(t->arena, true, false, text, &c, &t->fault))
		fail_msg(STR_FMT ": %s; %s", STR_ARG(text), t->fault.message, t->fault.details);
	assert_int_equal(c->kind, REST_COND_OR);
	assert_false(c->negated);
	assert_null(c->next);
	buf_init(&b, 0);
	rest_print_conditions(&b, c->first);
	struct str got = str_printf(t->arena, "(" STR_FMT ")", (int)b.len, b.p);
	buf_done(&b);
	return got;
}

static void takes_groups_of_tests(void **state)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{"(a.eq.1)", "(a.eq.\"1\")"},
		{"(a.eq.1,b.gt.2)", "(a.eq.\"1\",b.gt.\"2\")"},
		{"(a.eq.1,and(b.gt.2,not.or(c.is.null,d.in.(1,2))))",
			"(a.eq.\"1\",and(b.gt.\"2\",not.or(c.is.null,d.in.(\"1\",\"2\"))))"},
		{" ( and ( id.in.( 1, 2 ) , id.eq.3 ) , or ( id.eq.2 , id.eq.3 ) ) ",
			"(and(id.in.(\"1\",\" 2 \"),id.eq.\"3 \"),or(id.eq.\"2 \",id.eq.\"3 \"))"},
		{"(a.is.null )", "(a.is.null)"},
		{"(a.not.eq.1,a.not.in.(1),a.not.is.true,a.not.fts(x).y)",
			"(a.not.eq.\"1\",a.not.in.(\"1\"),a.not.is.true,a.not.fts(x).\"y\")"},
		{"(a.eq.\"b,c)\",a.eq.\"(\\\"\\\\\")", "(a.eq.\"b,c)\",a.eq.\"(\\\"\\\\\")"},
		{"(a.eq.\"b\"c)", "(a.eq.\"\\\"b\\\"c\")"},
		{"(a.eq.b\"c)", "(a.eq.\"b\\\"c\")"},
		{"(a.cs.{1,2},b.eq.1)", "(a.cs.\"{1,2}\",b.eq.\"1\")"},
		{"(a.eq.(1)", "(a.eq.\"(1\")"},
		{"(a.eq.)", "(a.eq.\"\")"},
		{"(a.like.*b*)", "(a.like.\"%b%\")"},
		{"(a.like(any).{a*,b})", "(a.like(any).\"{a%,b}\")"},
		{"(\"a.b\".eq.1,\"c d\".eq.2)", "(\"a.b\".eq.\"1\",\"c d\".eq.\"2\")"},
		{"(a->b->>c.eq.1,a->0.is.null)", "(a->\"b\"->>\"c\".eq.\"1\",a->0.is.null)"},
		{"(and.eq.1,or.eq.2,not.eq.3)",
			"(\"and\".eq.\"1\",\"or\".eq.\"2\",\"not\".eq.\"3\")"},
		{"(not.not.eq.1)", "(\"not\".not.eq.\"1\")"},
		{"(not.and(a.eq.1))", "(not.and(a.eq.\"1\"))"},
		{"(order.eq.1,android.eq.2)", "(\"order\".eq.\"1\",android.eq.\"2\")"},
		{"(a.gt(col).b,c.eq(col).d->>e)", "(a.gt(col).b,c.eq(col).d->>\"e\")"},
		{"(a.eq(col).b )", "(a.eq(col).b)"},
		{"(rel.is.null,rel.not.is.null)", "(rel.is.null,rel.not.is.null)"},
		{"(id.eq.1,id.neq.2))", "(id.eq.\"1\",id.neq.\"2\")"},
		{"(a.eq. 1 )", "(a.eq.\" 1 \")"},
		{"(a.in.(),b.eq.1)", "(a.in.(),b.eq.\"1\")"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		rest_try_start(&t);
		struct str text = printed_once(&t, str_of(table[i].text));
		rest_try_same(text, table[i].want, table[i].text);
		rest_try_same(printed_once(&t, text), table[i].want, table[i].want);
		rest_try_end(&t);
	}
}

/* Columns count from the word in front of the parenthesis, as if it were part of the value. */
static const struct {
	const char *text;
	int column;
	const char *details;
} bad_groups[] = {
	{"", 3, "unexpected end of input expecting \"(\""},
	{")(", 3, "unexpected \")\" expecting \"(\""},
	{"()", 4, "unexpected \")\" expecting " CONDITION},
	{"(", 4, "unexpected end of input expecting " CONDITION},
	{"( )", 5, "unexpected \")\" expecting " CONDITION},
	{"(a.eq.1,)", 11, "unexpected \")\" expecting " CONDITION},
	{"(*.eq.1)", 4, "unexpected \"*\" expecting " CONDITION},
	{"(a", 5, "unexpected end of input expecting " AFTER_NAME},
	{"(a,b)", 5, "unexpected \",\" expecting " AFTER_NAME},
	{"(a\t!", 9, "unexpected \"!\" expecting delimiter (.)"},
	{"(a-.eq)", 6, "unexpected \".\" expecting \">\", letter or digit"},
	{"(\"a)", 7, "unexpected end of input expecting \"\\\\\" or \"\\\"\""},
	{"(a->.eq.1)", 7,
		"unexpected \".\" expecting \"-\", digit or any non reserved character different from: .,>()"},
	{"(a.", 6, "unexpected end of input expecting \"not\" or " OPERATOR},
	{"(a.xx.1)", 6, "unexpected \"x\" expecting \"not\" or " OPERATOR},
	{"(a.not.xx.1)", 10, "unexpected \"x\" expecting " OPERATOR},
	{"(a.eq", 8, "unexpected end of input expecting " OPERATOR},
	{"(a.eq(x).1)", 9, "unexpected \"x\" expecting " OPERATOR},
	{"(a.eq.", 9, "unexpected end of input expecting \"\\\"\", \"{\", \",\" or \")\""},
	{"(a.eq.1", 10, "unexpected end of input expecting \",\" or \")\""},
	{"(a.eq.1,b.gt.", 16, "unexpected end of input expecting \",\" or \")\""},
	{"(a.eq.{1}x)", 12, "unexpected \"x\" expecting \",\" or \")\""},
	{"(a.is.x)", 9, "unexpected \"x\" expecting isVal: (null, not_null, true, false, unknown)"},
	{"(a.is.nullx)", 13, "unexpected \"x\" expecting \",\" or \")\""},
	{"(id.in.1,2,id.eq.3)", 10, "unexpected \"1\" expecting \"(\""},
	{"(a.in.(1,2", 13, "unexpected end of input expecting \",\" or \")\""},
	{"(a.in.(1)x)", 12, "unexpected \"x\" expecting \",\" or \")\""},
	{"(not)", 7,
		"unexpected \")\" expecting letter, digit, \"-\", \"->>\", \"->\", delimiter (.) or negation operator (not)"},
	{"(not.a.eq.1)", 8, "unexpected \".\" expecting logic operator (and, or)"},
	{"(id.eq.1,not.xor(id.eq.2,id.eq.3))", 16,
		"unexpected \"x\" expecting logic operator (and, or)"},
	{"(not.ox())", 8, "unexpected \"x\" expecting \"or\""},
	{"(ox.xx.1)", 4, "unexpected \"x\" expecting \"or\""},
	{"(ord(id.eq.1),id.eq.2)", 6, "unexpected \"d\" expecting \"(\""},
	{"(and", 7, "unexpected end of input expecting \"(\""},
	{"(and()", 8, "unexpected \")\" expecting " CONDITION},
	{"(nand(a.eq.1))", 8, "unexpected \"(\" expecting " AFTER_NAME},
	{"(a.eq.1)x", 11, "unexpected 'x' expecting end of input"},
	{"(a.eq.1),(b.eq.2)", 11, "unexpected ',' expecting end of input"},
	{"(a.eq(col).b.c)", 15,
		"unexpected \".\" expecting letter, digit, \"-\", \"->>\", \"->\", \",\" or \")\""},
};

static void tells_the_place_and_what_was_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_groups) / sizeof(bad_groups[0]); i++) {
		struct rest_try t;
		struct rest_cond *c;
		rest_try_start(&t);
		int result = rest_parse_logic(t.arena, true, false, str_of(bad_groups[i].text), &c,
			&t.fault);
		rest_try_refused(&t, result, "logic tree", bad_groups[i].text, bad_groups[i].column,
			bad_groups[i].details);
		rest_try_end(&t);
	}
}

static void the_word_in_front_moves_the_column(void **state)
{
	static const int columns[2][2] = {{5, 9}, {4, 8}}; /* by is_or and negated */

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct rest_try t;
		struct rest_cond *c;
		rest_try_start(&t);
		int result = rest_parse_logic(t.arena, i & 1, i & 2, STR("()"), &c, &t.fault);
		rest_try_refused(&t, result, "logic tree", "()", columns[i & 1][i >> 1],
			"unexpected \")\" expecting " CONDITION);
		rest_try_end(&t);
	}
}

static int parse_nested(struct rest_try *t, int depth)
{
	struct rest_cond *c;
	struct buf b;

	buf_init(&b, 0);
	for (int i = 1; i < depth; i++)
		buf_cstr(&b, i % 2 ? "(and" : "(not.or");
	buf_cstr(&b, "(a.eq.1");
	for (int i = 0; i < depth; i++)
		buf_char(&b, ')');
	int result = rest_parse_logic(t->arena, true, false, buf_view(&b), &c, &t->fault);
	buf_done(&b);
	return result;
}

static void nests_so_deep_and_no_deeper(void **state)
{
	struct rest_try t;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(parse_nested(&t, REST_MAX_DEPTH), 0);
	assert_int_equal(parse_nested(&t, REST_MAX_DEPTH + 1), -1);
	assert_string_equal(t.fault.code, "PGRST100");
	assert_string_equal(t.fault.message, "The query is nested deeper than 32 levels.");
	t.fault = (struct rest_fault){.arena = t.arena};
	assert_int_equal(parse_nested(&t, 100000), -1);
	rest_try_end(&t);
}

static void takes_so_many_conditions_and_no_more(void **state)
{
	struct rest_try t;
	struct rest_cond *c;
	struct buf b;

	(void)state;
	rest_try_start(&t);
	buf_init(&b, 0);
	buf_cstr(&b, "(a.eq.1");
	for (int i = 2; i < REST_MAX_NODES; i++)
		buf_cstr(&b, ",a.eq.1");
	buf_char(&b, ')');
	assert_int_equal(rest_parse_logic(t.arena, true, false, buf_view(&b), &c, &t.fault), 0);
	buf_truncate(&b, b.len - 1);
	buf_cstr(&b, ",a.eq.1)");
	assert_int_equal(rest_parse_logic(t.arena, true, false, buf_view(&b), &c, &t.fault), -1);
	assert_string_equal(t.fault.message, "The query has more than 2000 parts.");
	buf_done(&b);
	rest_try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_groups_of_tests),
		cmocka_unit_test(tells_the_place_and_what_was_expected),
		cmocka_unit_test(the_word_in_front_moves_the_column),
		cmocka_unit_test(nests_so_deep_and_no_deeper),
		cmocka_unit_test(takes_so_many_conditions_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
