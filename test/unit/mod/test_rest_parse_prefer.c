#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support_rest.h"

/* What is said to have been applied, with tx allowed. */
static void says_what_it_applies(void **state)
{
	static const struct {
		const char *header, *want; /* "": nothing */
	} table[] = {
		{"", ""},
		{"return=representation", "return=representation"},
		{"return=minimal", "return=minimal"},
		{"return=headers-only", "return=headers-only"},
		{"count=exact", "count=exact"},
		{"count=planned", "count=planned"},
		{"count=estimated", "count=estimated"},
		{"resolution=merge-duplicates", "resolution=merge-duplicates"},
		{"resolution=ignore-duplicates", "resolution=ignore-duplicates"},
		{"missing=default", "missing=default"},
		{"missing=null", "missing=null"},
		{"handling=lenient", "handling=lenient"},
		{"handling=strict", "handling=strict"},
		{"tx=commit", "tx=commit"},
		{"tx=rollback", "tx=rollback"},
		{"timezone=America/Chicago", "timezone=America/Chicago"},
		{"timezone=-3", "timezone=-3"},
		{"max-affected=5", ""},
		{"max-affected=5, handling=lenient", "handling=lenient"},
		{"max-affected=5, handling=strict", "handling=strict, max-affected=5"},
		{"max-affected=x, handling=strict", "handling=strict"},
		{"max-affected=-1, handling=strict", "handling=strict"},
		{"unfiltered=allow", "unfiltered=allow"},
		{"count=exact,    tx=commit   ,return=representation , missing=default, handling=strict",
			"missing=default, return=representation, count=exact, tx=commit, handling=strict"},
		{"max-affected=1,timezone=UTC,handling=strict,tx=rollback,count=exact,return=minimal,missing=null,resolution=ignore-duplicates",
			"resolution=ignore-duplicates, missing=null, return=minimal, count=exact, tx=rollback, handling=strict, timezone=UTC, max-affected=1"},
		/* the first of a kind */
		{"tx=commit, tx=rollback", "tx=commit"},
		{"timezone=UTC, timezone=GMT", "timezone=UTC"},
		/* not known */
		{"count=none, return=all, anything, params=single-object", ""},
		{"Count=exact, count = exact", ""},
		{",, ,count=exact,", "count=exact"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_prefer p;
		rest_try_start(&t);
		assert_int_equal(rest_parse_prefer(t.arena, str_of(table[i].header), &p, &t.fault),
			0);
		struct str applied = rest_prefer_applied(t.arena, &p, true);
		assert_int_equal(!applied.p, !*table[i].want);
		rest_try_same(applied.p ? applied : STR(""), table[i].want, table[i].header);
		rest_try_end(&t);
	}
}

static void a_transaction_end_is_applied_only_when_allowed(void **state)
{
	struct rest_try t;
	struct rest_prefer p;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(rest_parse_prefer(t.arena, STR("tx=rollback, count=exact"), &p, &t.fault),
		0);
	assert_int_equal(p.tx, REST_TX_ROLLBACK);
	rest_try_same(rest_prefer_applied(t.arena, &p, false), "count=exact", "tx");
	rest_try_end(&t);
}

static void reads_each_value(void **state)
{
	struct rest_try t;
	struct rest_prefer p;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(rest_parse_prefer(t.arena, STR_NULL, &p, &t.fault), 0);
	assert_int_equal(p.ret, REST_RETURN_NONE);
	assert_int_equal(p.handling, REST_HANDLING_NONE);
	assert_null(p.timezone.p);
	assert_false(p.has_max_affected || p.allow_unfiltered);

	struct str all = STR("return=representation,count=planned,resolution=merge-duplicates,"
			     "missing=default,handling=strict,tx=commit,timezone=+05:30,"
			     "max-affected=12,unfiltered=allow");
	assert_int_equal(rest_parse_prefer(t.arena, all, &p, &t.fault), 0);
	assert_int_equal(p.ret, REST_RETURN_ROWS);
	assert_int_equal(p.count, REST_COUNT_PLANNED);
	assert_int_equal(p.resolution, REST_RESOLUTION_MERGE);
	assert_int_equal(p.missing, REST_MISSING_DEFAULT);
	assert_int_equal(p.handling, REST_HANDLING_STRICT);
	assert_int_equal(p.tx, REST_TX_COMMIT);
	rest_try_same(p.timezone, "+05:30", "timezone");
	assert_true(p.has_max_affected && p.allow_unfiltered);
	assert_int_equal(p.max_affected, 12);
	rest_try_end(&t);
}

static void strict_handling_lists_what_is_unknown(void **state)
{
	static const struct {
		const char *header, *details;
	} table[] = {
		{"handling=strict, anything", "Invalid preferences: anything"},
		{"a, handling=strict,b=c ,count=exact,d", "Invalid preferences: a, b=c, d"},
		{"handling=strict,count=none", "Invalid preferences: count=none"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rest_try t;
		struct rest_prefer p;
		rest_try_start(&t);
		assert_int_equal(rest_parse_prefer(t.arena, str_of(table[i].header), &p, &t.fault),
			-1);
		assert_int_equal(t.fault.status, 400);
		assert_string_equal(t.fault.code, "PGRST122");
		assert_string_equal(t.fault.message,
			"Invalid preferences given with handling=strict");
		assert_string_equal(t.fault.details, table[i].details);
		assert_null(t.fault.hint);
		rest_try_end(&t);
	}
}

static void the_first_handling_counts(void **state)
{
	struct rest_try t;
	struct rest_prefer p;

	(void)state;
	rest_try_start(&t);
	assert_int_equal(rest_parse_prefer(t.arena, STR("handling=lenient,a,handling=strict"), &p,
				 &t.fault),
		0);
	assert_int_equal(p.handling, REST_HANDLING_LENIENT);
	rest_try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_it_applies),
		cmocka_unit_test(a_transaction_end_is_applied_only_when_allowed),
		cmocka_unit_test(reads_each_value),
		cmocka_unit_test(strict_handling_lists_what_is_unknown),
		cmocka_unit_test(the_first_handling_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
