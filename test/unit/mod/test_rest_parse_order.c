#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rest_print.h"
#include "support_rest.h"

#define NAME "field name (* or [a..z0..9_$])"
#define END "delimiter (.), \",\" or end of input"
#define AFTER_NAME "letter, digit, \"-\", \"->>\", \"->\", " END
#define SUFFIX "\"asc\", \"desc\", \"nullsfirst\" or \"nullslast\""

static struct str printed_once(struct rest_try *t, struct str text)
{
	struct rest_order *o;
	struct buf b;

	if (rest_parse_order(t->arena, text, &o, &t->fault))
		fail_msg(STR_FMT ": %s; %s", STR_ARG(text), t->fault.message, t->fault.details);
	buf_init(&b, 0);
	rest_print_orders(&b, o);
	struct str got = str_copy(t->arena, buf_view(&b));
	buf_done(&b);
	return got;
}

static void takes_terms(void **state)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{"a", "a"},
		{"a,b", "a,b"},
		{"a.asc,b.desc", "a.asc,b.desc"},
		{"a.nullsfirst", "a.nullsfirst"},
		{"a.desc.nullslast,b", "a.desc.nullslast,b"},
		{" a .desc , b.asc ", "a.desc,b.asc"},
		{"a->b->>c.asc.nullsfirst", "a->\"b\"->>\"c\".asc.nullsfirst"},
		{"a->0.desc", "a->0.desc"},
		{"a->!@#$%^&*_a.asc", "a->\"!@#$%^&*_a\".asc"},
		{"\"a.b\".desc", "\"a.b\".desc"},
		{"rel(a)", "rel(a)"},
		{"rel(a).desc.nullsfirst", "rel(a).desc.nullsfirst"},
		{"name,rel(a->b).asc,id", "name,rel(a->\"b\").asc,id"},
		{"rel(a->0)", "rel(a->0)"},
		{"\"a b\"(\"c d\")", "\"a b\"(\"c d\")"},
		{"desc.asc", "desc.asc"},
		{"a b", "\"a b\""},
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

static void tells_the_place_and_what_was_expected(void **state)
{
	static const struct {
		const char *text;
		int column;
		const char *details;
	} table[] = {
		{"", 1, "unexpected end of input expecting " NAME},
		{"a,", 3, "unexpected end of input expecting " NAME},
		{"a.desc,,b", 8, "unexpected \",\" expecting " NAME},
		{"(a)", 1, "unexpected \"(\" expecting " NAME},
		{"a!", 2, "unexpected '!' expecting " AFTER_NAME},
		{"\"a\"x", 4, "unexpected 'x' expecting \"->>\", \"->\", " END},
		{"\"a\" x", 5, "unexpected 'x' expecting " END},
		{"\"a", 3, "unexpected end of input expecting \"\\\\\" or \"\\\"\""},
		{"a-", 3, "unexpected end of input expecting \">\", letter or digit"},
		{"a.", 3, "unexpected end of input expecting " SUFFIX},
		{"id.ac", 4, "unexpected \"c\" expecting " SUFFIX},
		{"id.nulsfist", 4, "unexpected \"n\" expecting " SUFFIX},
		{"id.smth34", 4, "unexpected \"s\" expecting " SUFFIX},
		{"id.DESC", 4, "unexpected \"D\" expecting " SUFFIX},
		{"id.descc", 8, "unexpected 'c' expecting " END},
		{"id.desc.", 9,
			"unexpected end of input expecting \"nullsfirst\" or \"nullslast\""},
		{"id.asc.nlsfst", 8, "unexpected \"l\" expecting \"nullsfirst\" or \"nullslast\""},
		{"id.asc.smth34", 8, "unexpected \"s\" expecting \"nullsfirst\" or \"nullslast\""},
		{"id.asc.desc", 8, "unexpected \"d\" expecting \"nullsfirst\" or \"nullslast\""},
		{"id.nullslasttt", 13, "unexpected 't' expecting \",\" or end of input"},
		{"id.asc.nullslasttt", 17, "unexpected 't' expecting \",\" or end of input"},
		{"id.nullslast.asc", 13, "unexpected '.' expecting \",\" or end of input"},
		{"clients(name,id)", 8, "unexpected '(' expecting " AFTER_NAME},
		{"a(b", 2, "unexpected '(' expecting " AFTER_NAME},
		{"a(b).x", 2, "unexpected '(' expecting " AFTER_NAME},
		{"\"a\"(b.c)", 4, "unexpected '(' expecting \"->>\", \"->\", " END},
		{"a->", 4,
			"unexpected end of input expecting \"-\", digit or any non reserved character different from: .,>()"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_order *o;
		rest_try_start(&t);
		int result = rest_parse_order(t.arena, str_of(table[i].text), &o, &t.fault);
		rest_try_refused(&t, result, "order", table[i].text, table[i].column,
			table[i].details);
		rest_try_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_terms),
		cmocka_unit_test(tells_the_place_and_what_was_expected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
