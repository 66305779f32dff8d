#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/rest/config.h"

#include "support_rest_config.h"

static struct session *session;

static struct result *run(const char *sql)
{
	struct err e = {.arena = config_arena};
	struct result *r = NULL;

	if (session_exec(session, config_arena, sql, 0, NULL, &r, &e))
		fail_msg("%s: %s (%s)", sql, e.msg,
			session_db_error(session) ? session_db_error(session)->message : "");
	return r;
}

/* %s in sql is the login that is tried. */
static void run_as(const char *fmt)
{
	const char *login = arena_printf(config_arena, "config_login_%d", (int)getpid());

	for (struct str rest = str_of(fmt); rest.p;) {
		struct str one = str_cut(&rest, ';');
		const char *sql = "";
		for (struct str piece = one; piece.p;) {
			struct str before = str_cut(&piece, '@');
			sql = arena_printf(config_arena, "%s" STR_FMT "%s", sql, STR_ARG(before),
				piece.p ? login : "");
		}
		run(sql);
	}
}

/* key=value, in the order of keys. */
static const char *rows(void)
{
	struct result *r = run(rest_config_sql(config_arena, config).p);
	const char *text = "";

	for (int i = 0; i < result_rows(r); i++) {
		struct str key = result_text(r, i, 0), value = result_text(r, i, 1);
		text = arena_printf(config_arena, "%s%s" STR_FMT "=" STR_FMT, text, i ? "|" : "",
			STR_ARG(key), STR_ARG(value));
		struct err e = {.arena = config_arena};
		if (rest_config_apply(config, key, value, &e))
			fail_msg("%s", e.msg);
	}
	return text;
}

static void try_in_fiber(void *arg)
{
	(void)arg;
	run_as("create role @;"
	       "alter role @ set pgrst.db_schemas = 'one, two';"
	       "alter role @ set pgrst.db_max_rows = '500';"
	       "alter role @ set pgrst.jwt_secret = 'a=b=c and more of it, 32 bytes at least';"
	       "alter role @ set pgrst.db_max_row = '1';"
	       "alter role @ set work_mem = '64kB';"
	       "create schema \"Odd \"\"name\";"
	       "create function \"Odd \"\"name\".\"select\"() returns void language sql as $$"
	       "select set_config('pgrst.db_schemas', 'three', true), set_config('pgrst.jwt_aud', 'us', true) $$;"
	       "grant usage on schema \"Odd \"\"name\" to @");
	run(arena_printf(config_arena,
		"do $$ begin execute format('alter role config_login_%d in database %%I set pgrst.db_max_rows = ''7''', "
		"current_database()); end $$",
		(int)getpid()));
	run_as("set role @");

	assert_string_equal(rows(),
		"db_max_row=1|db_max_rows=7|db_schemas=one, two|jwt_secret=a=b=c and more of it, 32 bytes at least");
	assert_int_equal(config->db_max_rows, 7);
	assert_string_equal(config_joined(config->db_schemas), "one|two");
	assert_string_equal(config_joined(config->warnings),
		"db-max-row is no setting (did you mean db-max-rows?)");

	/* The function's settings count where the login has none; names are quoted. */
	assert_null(config_set("db-pre-config", "Odd \"name.select"));
	assert_string_equal(rows(),
		"db_max_row=1|db_max_rows=7|db_schemas=one, two|jwt_aud=us|jwt_secret=a=b=c and more of it, 32 bytes "
		"at least");
	assert_true(str_eq(config->jwt_aud, STR("us")));
	assert_null(config_finish());
	run("reset role");
	run_as("drop schema \"Odd \"\"name\" cascade;drop role @");
}

static void open_in_fiber(void *arg)
{
	struct err e = {.arena = config_arena};
	struct db_options o = {.url = getenv("DATABASE_URL")};
	struct db *db = db_open(arg, &o, &e);

	if (!db || !(session = session_open(db, NULL, &e)))
		fail_msg("%s", e.msg);
	try_in_fiber(NULL);
	session_close(session);
	db_close(db);
}

static void the_database_answers_with_what_is_set_there(void **state)
{
	struct loop *loop = loop_new();

	(void)state;
	loop_run_fiber(loop, open_in_fiber, loop);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_database_answers_with_what_is_set_there,
			config_setup, config_teardown),
	};

	if (!getenv("DATABASE_URL")) {
		printf("1..0 # SKIP there is no PostgreSQL (DATABASE_URL)\n");
		return 0;
	}
	return cmocka_run_group_tests_name("mod/rest/config_sql", tests, NULL, NULL);
}
