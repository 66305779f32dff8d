/* Which answers are logged, and the SQL of these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "mod/rest/plan.h"
#include "mod/rest/query_log.h"
#include "support_rest_request.h"

static struct rest_request *r;
static struct rest_plan plan;
static int lines;
static char line[1000];

static void on_line(void *arg, struct str text)
{
	(void)arg;
	lines++;
	snprintf(line, sizeof line, STR_FMT, STR_ARG(text));
}

static int setup(void **state)
{
	(void)state;
	r = rrq_new();
	plan = (struct rest_plan){.main.stmt.sql = "select t.\"a\" from t"};
	r->plan = &plan;
	rrq_set("log-query", "true");
	lines = 0;
	log_set_sink(on_line, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	log_set_sink(NULL, NULL);
	rrq_free(r);
	return 0;
}

static void level_says_from_which_status_on(void **state)
{
	static const struct {
		const char *level;
		int from;
	} cases[] = {{"crit", REST_QUERY_LOG_NONE}, {"error", 500}, {"warn", 400}, {"info", 0},
		{"debug", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		rrq_set("log-level", cases[i].level);
		assert_int_equal(rest_query_log_from(rrq_config), cases[i].from);
		lines = 0;
		rest_query_log(r, 200);
		rest_query_log(r, 404);
		rest_query_log(r, 503);
		assert_int_equal(lines,
			(cases[i].from <= 200) + (cases[i].from <= 404) + (cases[i].from <= 503));
	}
	assert_non_null(strstr(line, "\"status\":503"));
	assert_non_null(strstr(line, "\"sql\":\"select t.\\\"a\\\" from t\""));
}

static void nothing_is_logged_unless_wanted(void **state)
{
	(void)state;
	rrq_set("log-level", "info");
	rrq_set("log-query", "false");
	rest_query_log(r, 200);
	rrq_set("log-query", "true");
	r->plan = NULL; /* refused before there was one */
	rest_query_log(r, 400);
	r->plan = &plan;
	plan.main.stmt.sql = NULL;
	rest_query_log(r, 200);
	assert_int_equal(lines, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(level_says_from_which_status_on),
		CASE(nothing_is_logged_unless_wanted),
	};
	return cmocka_run_group_tests_name("mod/rest_query_log", tests, NULL, NULL);
}
