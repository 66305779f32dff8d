#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "db/sqlstate.h"

struct row {
	const char *state;
	int code;
};

static void every_state_has_its_code(void **state)
{
	static const struct row rows[] = {
		{"23505", E_CONFLICT},
		{"23P01", E_CONFLICT},
		{"23503", E_CONFLICT},
		{"40001", E_CONFLICT},
		{"40P01", E_CONFLICT},
		{"55P03", E_CONFLICT},
		{"42501", E_RIGHT},
		{"28P01", E_RIGHT},
		{"25006", E_RIGHT},
		{"23502", E_INPUT},
		{"23514", E_INPUT},
		{"22P02", E_INPUT},
		{"22001", E_INPUT},
		{"21000", E_INPUT},
		{"P0001", E_INPUT},
		{"57014", E_TIMEOUT},
		{"53300", E_BUSY},
		{"57P01", E_BUSY},
		{"57P03", E_BUSY},
		{"08006", E_BUSY},
		{"42P01", E_BUG},
		{"42601", E_BUG},
		{"XX000", E_BUG},
		{"", E_BUG},
		{"PT400", E_INPUT},
		{"PT401", E_LOGIN},
		{"PT402", E_RIGHT},
		{"PT403", E_RIGHT},
		{"PT404", E_ABSENT},
		{"PT406", E_INPUT},
		{"PT409", E_CONFLICT},
		{"PT410", E_ABSENT},
		{"PT412", E_CONFLICT},
		{"PT413", E_LIMIT},
		{"PT418", E_INPUT},
		{"PT422", E_INPUT},
		{"PT429", E_RATE},
		{"PT500", E_BUG},
		{"PT502", E_UPSTREAM},
		{"PT503", E_BUSY},
		{"PT504", E_TIMEOUT},
		{"PT4xx", E_BUG},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if ((int)sqlstate_code(rows[i].state) != rows[i].code)
			fail_msg("%s: %s", rows[i].state, err_name(sqlstate_code(rows[i].state)));
}

static void status_is_in_the_name(void **state)
{
	(void)state;
	assert_int_equal(sqlstate_status("PT418"), 418);
	assert_int_equal(sqlstate_status("PT4a8"), 0);
	assert_int_equal(sqlstate_status("23505"), 0);
	assert_int_equal(sqlstate_status(""), 0);
}

static void only_our_own_words_go_out(void **state)
{
	struct arena *a = arena_new();
	struct err ours = {.arena = a}, theirs = {.arena = a}, empty = {.arena = a};
	struct db_error e = {.sqlstate = "PT404", .message = "no such deal"};

	(void)state;
	assert_true(sqlstate_is_ours("PT404"));
	assert_true(sqlstate_is_ours("P0001"));
	assert_false(sqlstate_is_ours("23505"));
	assert_int_equal(sqlstate_err(&ours, &e), E_ABSENT);
	assert_string_equal(ours.msg, "no such deal");
	e = (struct db_error){.sqlstate = "23505", .message = "duplicate key (secret)=(x)"};
	assert_int_equal(sqlstate_err(&theirs, &e), E_CONFLICT);
	assert_null(strstr(theirs.msg, "secret"));
	e = (struct db_error){.sqlstate = "P0001", .message = ""};
	assert_int_equal(sqlstate_err(&empty, &e), E_INPUT);
	assert_true(strlen(empty.msg) > 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_has_its_code),
		cmocka_unit_test(status_is_in_the_name),
		cmocka_unit_test(only_our_own_words_go_out),
	};
	return cmocka_run_group_tests_name("db/sqlstate", tests, NULL, NULL);
}
