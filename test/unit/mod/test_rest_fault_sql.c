/* What PostgreSQL said becomes status, code and words: the table of SQLSTATEs, PTxyz, and SQLSTATE PGRST. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "mod/rest/fault.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct arena *arena;
static struct rest_fault fault;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	fault = (struct rest_fault){.arena = arena};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static int say(const char *sqlstate, const char *message, const char *detail, const char *hint,
	bool anonymous)
{
	struct db_error e = {.message = message, .detail = detail, .hint = hint};

	strncpy(e.sqlstate, sqlstate, sizeof e.sqlstate - 1);
	fault = (struct rest_fault){.arena = arena};
	assert_int_equal(rest_fault_sql(&fault, &e, anonymous), -1);
	return fault.status;
}

static void each_state_has_its_status(void **state)
{
	static const struct {
		const char *sqlstate;
		int status;
	} cases[] = {{"08000", 503}, {"08P01", 503}, {"09000", 500}, {"0L000", 403}, {"0LP01", 403},
		{"0P000", 403}, {"22012", 400}, {"22P02", 400}, {"22023", 400}, {"23502", 400},
		{"23503", 409}, {"23505", 409}, {"23514", 400}, {"23P01", 400}, {"25006", 405},
		{"25000", 500}, {"25P02", 500}, {"28000", 403}, {"28P01", 403}, {"2D000", 500},
		{"38000", 500}, {"38001", 500}, {"39000", 500}, {"3B000", 500}, {"3F000", 400},
		{"40001", 500}, {"40P01", 500}, {"42601", 400}, {"42703", 400}, {"42883", 404},
		{"42P01", 404}, {"42P17", 500}, {"42P10", 400}, {"53000", 503}, {"53100", 503},
		{"53300", 503}, {"53400", 500}, {"54000", 500}, {"54001", 500}, {"55000", 500},
		{"55P03", 500}, {"57014", 500}, {"57P01", 503}, {"57P02", 500}, {"58000", 500},
		{"F0000", 500}, {"HV000", 500}, {"P0001", 400}, {"P0000", 500}, {"P0002", 500},
		{"P0004", 500}, {"XX000", 500}, {"XX001", 500}, {"21000", 500}, {"01000", 400},
		{"ZZZZZ", 400}, {"", 400}};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		for (int anonymous = 0; anonymous < 2; anonymous++) {
			if (say(cases[i].sqlstate, "m", "", "", anonymous) != cases[i].status)
				fail_msg("%s is %d", cases[i].sqlstate, fault.status);
			assert_string_equal(fault.code, cases[i].sqlstate);
			assert_null(fault.authenticate);
		}
}

static void words_come_over(void **state)
{
	(void)state;
	say("23505", "100% duplicate %s", "Key (id)=(1)", "use another", false);
	assert_string_equal(fault.message, "100% duplicate %s");
	assert_string_equal(fault.details, "Key (id)=(1)");
	assert_string_equal(fault.hint, "use another");
	say("23505", "m", "", "", false);
	assert_null(fault.details);
	assert_null(fault.hint);
	assert_null(fault.status_text);
	assert_null(fault.headers_json);
}

static void first_fault_stays(void **state)
{
	struct db_error e = {.sqlstate = "23505", .message = "m", .detail = "", .hint = ""};

	(void)state;
	fault = (struct rest_fault){.arena = arena};
	rest_fault(&fault, 400, "PGRST100", "first");
	assert_int_equal(rest_fault_sql(&fault, &e, false), -1);
	assert_string_equal(fault.code, "PGRST100");
	assert_string_equal(fault.message, "first");
}

static void rights_depend_on_who_asks(void **state)
{
	(void)state;
	assert_int_equal(say("42501", "permission denied for table x", "", "", true), 401);
	assert_string_equal(fault.authenticate, "Bearer");
	assert_int_equal(say("42501", "permission denied for table x", "", "", false), 403);
	assert_null(fault.authenticate);
}

static void words_decide_some(void **state)
{
	static const struct {
		const char *sqlstate, *message;
		int status;
	} cases[] = {
		{"42883", "function xmlagg(json) does not exist", 406},
		{"42883", "function x() does not exist", 404},
		{"21000", "UPDATE requires a WHERE clause", 400},
		{"21000", "DELETE requires a WHERE clause", 400},
		{"21000", "more than one row returned by a subquery", 500},
		{"22023", "role \"nobody\" does not exist", 401},
		{"22023", "role \"x\" may not", 400},
		{"22023", "the role \"x\" does not exist", 400},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		if (say(cases[i].sqlstate, cases[i].message, "", "", false) != cases[i].status)
			fail_msg("%s: %d", cases[i].message, fault.status);
}

static void pt_says_the_status_itself(void **state)
{
	static const struct {
		const char *sqlstate;
		int status;
	} cases[] = {{"PT402", 402}, {"PT200", 200}, {"PT599", 599}, {"PT418", 418}, {"PT600", 500},
		{"PT100", 500}, {"PT000", 500}, {"PT999", 500}};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		if (say(cases[i].sqlstate, "Payment Required", "Quota exceeded", "Upgrade", true) !=
			cases[i].status)
			fail_msg("%s is %d", cases[i].sqlstate, fault.status);
		assert_string_equal(fault.code, cases[i].sqlstate);
		assert_string_equal(fault.status_text, "Payment Required");
		assert_string_equal(fault.message, "Payment Required");
		assert_string_equal(fault.details, "Quota exceeded");
		assert_string_equal(fault.hint, "Upgrade");
	}
}

static void custom_error_is_all_of_it(void **state)
{
	(void)state;
	say("PGRST", "{\"code\":\"123\",\"message\":\"ABC\",\"details\":\"DEF\",\"hint\":\"XYZ\"}",
		"{\"status\":332,\"status_text\":\"My Custom Status\",\"headers\":{\"X-Header\":\"str\"}}",
		"", false);
	assert_int_equal(fault.status, 332);
	assert_string_equal(fault.code, "123");
	assert_string_equal(fault.message, "ABC");
	assert_string_equal(fault.details, "DEF");
	assert_string_equal(fault.hint, "XYZ");
	assert_string_equal(fault.status_text, "My Custom Status");
	assert_string_equal(fault.headers_json, "{\"X-Header\":\"str\"}");
}

static void custom_error_needs_few_things(void **state)
{
	(void)state;
	say("PGRST", "{\"code\":\"123\",\"message\":\"100%s\"}", "{\"status\":400,\"headers\":{}}",
		"", false);
	assert_int_equal(fault.status, 400);
	assert_string_equal(fault.message, "100%s");
	assert_null(fault.details);
	assert_null(fault.hint);
	assert_null(fault.status_text);
}

static void custom_error_that_cannot_be_read_is_pgrst121(void **state)
{
	static const struct {
		const char *message, *detail, *details;
	} cases[] = {
		{"INVALID", "{\"status\":400,\"headers\":{}}",
			"Invalid JSON value for MESSAGE: 'INVALID'"},
		{"", "{\"status\":400,\"headers\":{}}", "Invalid JSON value for MESSAGE: ''"},
		{"{\"code\":\"1\"}", "{\"status\":400,\"headers\":{}}",
			"Invalid JSON value for MESSAGE: '{\"code\":\"1\"}'"},
		{"[1]", "{}", "Invalid JSON value for MESSAGE: '[1]'"},
		{"{\"code\":\"1\",\"message\":\"m\"}", "INVALID",
			"Invalid JSON value for DETAIL: 'INVALID'"},
		{"{\"code\":\"1\",\"message\":\"m\"}", "{\"status\":400}",
			"Invalid JSON value for DETAIL: '{\"status\":400}'"},
		{"{\"code\":\"1\",\"message\":\"m\"}", "{\"headers\":{}}",
			"Invalid JSON value for DETAIL: '{\"headers\":{}}'"},
		{"{\"code\":\"1\",\"message\":\"m\"}", "{\"status\":\"x\",\"headers\":{}}",
			"Invalid JSON value for DETAIL: '{\"status\":\"x\",\"headers\":{}}'"},
		{"{\"code\":\"1\",\"message\":\"m\"}", "{\"status\":99,\"headers\":{}}",
			"Invalid JSON value for DETAIL: '{\"status\":99,\"headers\":{}}'"},
		{"{\"code\":\"1\",\"message\":\"m\"}", "{\"status\":400,\"headers\":{\"a\":1}}",
			"Invalid JSON value for DETAIL: '{\"status\":400,\"headers\":{\"a\":1}}'"},
		{"{\"code\":\"1\",\"message\":\"m\"}",
			"{\"status\":400,\"headers\":{\"a: b\\r\\nc\":\"1\"}}",
			"Invalid JSON value for DETAIL: '{\"status\":400,\"headers\":{\"a: b\\r\\nc\":\"1\"}}'"},
		{"{\"code\":\"1\",\"message\":\"m\"}", "",
			"DETAIL is missing in the RAISE statement"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(say("PGRST", cases[i].message, cases[i].detail, "", false), 500);
		assert_string_equal(fault.code, "PGRST121");
		assert_string_equal(fault.message,
			"Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error");
		assert_string_equal(fault.details, cases[i].details);
		assert_non_null(strstr(fault.hint,
			strstr(cases[i].details, "MESSAGE") ? "MESSAGE must be a JSON object"
							    : "DETAIL must be a JSON object"));
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_state_has_its_status),
		CASE(words_come_over),
		CASE(first_fault_stays),
		CASE(rights_depend_on_who_asks),
		CASE(words_decide_some),
		CASE(pt_says_the_status_itself),
		CASE(custom_error_is_all_of_it),
		CASE(custom_error_needs_few_things),
		CASE(custom_error_that_cannot_be_read_is_pgrst121),
	};
	return cmocka_run_group_tests_name("mod/rest_fault_sql", tests, NULL, NULL);
}
