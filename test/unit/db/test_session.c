#include "support_db.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/session.h"

static struct session *open_or_fail(struct dbt *t, const struct db_caller *caller)
{
	err_clear(&t->err);
	struct session *s = session_open(t->db, caller, &t->err);

	if (!s)
		fail_msg("session_open: %s", t->err.msg);
	return s;
}

/* One statement that must succeed; its first value. */
static const char *say(struct dbt *t, struct session *s, const char *sql)
{
	struct result *r = NULL;

	err_clear(&t->err);
	if (session_exec(s, t->arena, sql, 0, NULL, &r, &t->err))
		fail_msg("%s: %s", sql, t->err.msg);
	return result_rows(r) ? str_cstr(t->arena, result_text(r, 0, 0)) : "";
}

static int say_err(struct dbt *t, struct session *s, const char *sql)
{
	err_clear(&t->err);
	return session_exec(s, t->arena, sql, 0, NULL, NULL, &t->err);
}

static void transaction_of_several_steps(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	say(t, s, "delete from notes");
	assert_int_equal(session_begin(s, &t->err), 0);
	assert_true(session_in_transaction(s));
	for (int i = 0; i < 3; i++) {
		struct db_param p = db_i64(t->arena, i);
		assert_int_equal(session_exec(s, t->arena, "insert into notes values ($1, 'x')", 1,
					 &p, NULL, &t->err),
			0);
		assert_int_equal(fiber_yield(), 0);
	}
	assert_string_equal(ask(t, "select count(*) from notes"), "0");
	assert_int_equal(session_commit(s, &t->err), 0);
	assert_string_equal(ask(t, "select count(*) from notes"), "3");
	assert_int_equal(session_begin(s, &t->err), 0);
	say(t, s, "delete from notes");
	assert_int_equal(session_rollback(s, &t->err), 0);
	assert_int_equal(session_rollback(s, &t->err), 0);
	assert_string_equal(ask(t, "select count(*) from notes"), "3");
	session_close(s);
	session_close(NULL);
}

static void failed_statement_leaves_only_rollback(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	say(t, s, "delete from notes");
	assert_int_equal(session_begin(s, &t->err), 0);
	say(t, s, "insert into notes values (1, 'x')");
	assert_null(session_db_error(s));
	assert_int_equal(say_err(t, s, "insert into notes values (1, 'x')"), E_CONFLICT);
	assert_string_equal(session_db_error(s)->sqlstate, "23505");
	assert_int_equal(say_err(t, s, "select 1"), E_BUG); /* 25P02 */
	err_clear(&t->err);
	assert_int_equal(session_commit(s, &t->err), E_CONFLICT);
	assert_false(session_in_transaction(s));
	assert_string_equal(say(t, s, "select count(*) from notes"), "0");
	err_clear(&t->err);
	assert_int_equal(session_commit(s, &t->err), E_BUG);
	session_close(s);
}

static void own_session_says_what_postgres_said(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	assert_int_equal(say_err(t, s, "select * from no_such_table"), E_BUG);
	assert_non_null(strstr(t->err.msg, "no_such_table"));
	session_close(s);
}

static const struct db_caller caller = {
	.role = {"authenticated", 13},
	.claims = {"{}", 2},
	.user_id = {"00000000-0000-0000-0000-000000000009", 36},
};

static const char *const who =
	"select current_user || ' ' || coalesce(current_setting('plat.me', true), '')";

static void caller_holds_in_and_outside_transactions(struct dbt *t)
{
	struct session *s = open_or_fail(t, &caller);
	const char *me = "authenticated 00000000-0000-0000-0000-000000000009";

	assert_string_equal(say(t, s, who), me);
	assert_false(session_in_transaction(s));
	assert_int_equal(session_begin(s, &t->err), 0);
	assert_string_equal(say(t, s, who), me);
	assert_int_equal(session_commit(s, &t->err), 0);
	assert_int_equal(say_err(t, s, "select * from no_such_table"), E_BUG);
	assert_null(strstr(t->err.msg, "no_such_table"));
	assert_false(session_in_transaction(s));
	assert_int_equal(say_err(t, s, "create role nobody_ever"), E_RIGHT);
	session_close(s);
	s = open_or_fail(t, NULL);
	assert_string_equal(say(t, s, who), "postgres ");
	session_close(s);
}

static void next_borrower_finds_no_trace(struct dbt *t)
{
	static const struct stmt one = {"one", "select 1"};
	struct session *s = open_or_fail(t, NULL);
	int pid = session_pid(s);

	say(t, s, "set search_path = plat");
	say(t, s, "set role authenticated");
	say(t, s, "reset role");
	say(t, s, "create temp table scratch (i int)");
	say(t, s, "select pg_advisory_lock(4711)");
	assert_int_equal(session_exec_prepared(s, t->arena, &one, 0, NULL, NULL, &t->err), 0);
	assert_int_equal(session_begin(s, &t->err), 0);
	say(t, s, "insert into public.notes values (77, 'never')");
	session_close(s);

	s = open_or_fail(t, NULL);
	assert_int_equal(session_pid(s), pid);
	assert_string_equal(say(t, s, "show search_path"), "\"$user\", public");
	assert_string_equal(say(t, s, "select to_regclass('scratch')"), "");
	assert_string_equal(say(t, s, "select count(*) from notes where id = 77"), "0");
	assert_string_equal(say(t, s, "select count(*) from pg_prepared_statements"), "0");
	assert_string_equal(say(t, s,
				    "select count(*) from pg_locks where locktype = 'advisory'"
				    " and database = (select oid from pg_database"
				    " where datname = current_database())"),
		"0");
	assert_int_equal(session_exec_prepared(s, t->arena, &one, 0, NULL, NULL, &t->err), 0);
	session_close(s);
	assert_int_equal(stats_of(t).pinned_idle, 1);
	assert_int_equal(stats_of(t).pinned_lent, 0);
}

struct place {
	struct dbt *t;
	int order, got[3];
	int codes[3];
};

static void take_a_place(void *p)
{
	struct place *x = p;
	struct err e = {.arena = x->t->arena};
	int me = x->order++;
	struct session *s = session_open(x->t->db, NULL, &e);

	x->codes[me] = e.code;
	if (!s)
		return;
	assert_int_equal(fiber_sleep_ms(30), 0);
	session_close(s);
}

static void those_who_wait_get_their_turn(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	struct place x = {.t = t};
	struct fiber *f[3];

	for (int i = 0; i < 3; i++)
		f[i] = fiber_start(t->loop, take_a_place, &x);
	assert_int_equal(fiber_sleep_ms(10), 0);
	assert_int_equal(stats_of(t).pinned_waiting, 3);
	fiber_cancel(f[1]);
	session_close(s);
	for (int i = 0; i < 3; i++)
		fiber_join(f[i]);
	assert_int_equal(x.codes[0], 0);
	assert_int_equal(x.codes[1], E_CANCEL);
	assert_int_equal(x.codes[2], 0);
	assert_int_equal(stats_of(t).pinned_lent, 0);
}

static void waiting_for_a_session_has_an_end(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	struct place x = {.t = t};

	fiber_join(fiber_start(t->loop, take_a_place, &x));
	assert_int_equal(x.codes[0], E_BUSY);
	session_close(s);
	s = open_or_fail(t, NULL);
	session_close(s);
}

static void die_in_a_transaction(void *p)
{
	struct dbt *t = p;
	struct session *s = session_open(t->db, NULL, NULL);

	assert_non_null(s);
	assert_int_equal(session_begin(s, NULL), 0);
	assert_int_equal(session_exec(s, t->arena, "insert into notes values (88, 'x')", 0, NULL,
				 NULL, NULL),
		0);
}

static void session_of_a_fiber_that_ends_is_rolled_back(struct dbt *t)
{
	fiber_join(fiber_start(t->loop, die_in_a_transaction, t));
	assert_int_equal(stats_of(t).pinned_lent, 0);
	assert_int_equal(stats_of(t).pinned_idle, 1);
	assert_string_equal(ask(t, "select count(*) from notes where id = 88"), "0");
}

static void sleep_in_sql(void *p)
{
	struct dbt *t = p;
	struct err e = {.arena = t->arena};
	struct session *s = session_open(t->db, NULL, &e);

	assert_int_equal(session_exec(s, t->arena, "select pg_sleep(60) as stop_me", 0, NULL, NULL,
				 &e),
		E_CANCEL);
	assert_int_equal(session_exec(s, t->arena, "select 1", 0, NULL, NULL, NULL), E_BUSY);
	session_close(s);
}

static void cancelled_fiber_stops_its_statement_on_the_server(struct dbt *t)
{
	struct fiber *f = fiber_start(t->loop, sleep_in_sql, t);
	const char *running = "select count(*) from pg_stat_activity"
			      " where datname = current_database() and state = 'active'"
			      " and query like '%as stop_me%' and pid <> pg_backend_pid()";

	while (strcmp(admin_text(running), "1") != 0)
		assert_int_equal(fiber_sleep_ms(2), 0);
	fiber_cancel(f);
	fiber_join(f);
	while (strcmp(admin_text(running), "0") != 0)
		assert_int_equal(fiber_sleep_ms(2), 0);
	assert_int_equal(stats_of(t).pinned_lent, 0);
	assert_int_equal(stats_of(t).pinned_idle, 0);
}

static void killed_session_is_broken_and_replaced(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	char sql[80];

	assert_int_equal(session_begin(s, &t->err), 0);
	snprintf(sql, sizeof(sql), "select pg_terminate_backend(%d)", session_pid(s));
	admin(sql);
	assert_int_equal(say_err(t, s, "select 1"), E_BUSY);
	assert_int_equal(say_err(t, s, "select 1"), E_BUSY);
	assert_int_equal(session_rollback(s, NULL), 0);
	session_close(s);
	s = open_or_fail(t, NULL);
	assert_string_equal(say(t, s, "select 1"), "1");
	/* and while it lies idle */
	snprintf(sql, sizeof(sql), "select pg_terminate_backend(%d)", session_pid(s));
	session_close(s);
	admin(sql);
	assert_int_equal(fiber_sleep_ms(20), 0);
	s = open_or_fail(t, NULL);
	assert_string_equal(say(t, s, "select 2"), "2");
	session_close(s);
}

static void script_runs_many_statements(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	assert_int_equal(session_exec_script(s,
				 STR("drop table if exists scripted;\n"
				     "create table scripted (i int);\n"
				     "insert into scripted values (1), (2);\n"
				     "do $$ begin perform 1; end $$;\n"
				     "select * from scripted;\n"),
				 &t->err),
		0);
	assert_string_equal(say(t, s, "select count(*) from scripted"), "2");
	assert_int_equal(session_exec_script(s,
				 STR("insert into scripted values (3);\n"
				     "-- größer\n"
				     "insert into scripted values (4);\n"
				     "  insert into scrapted values (5);\n"),
				 &t->err),
		E_BUG);
	assert_string_equal(t->err.msg, "line 4: relation \"scrapted\" does not exist");
	assert_string_equal(say(t, s, "select count(*) from scripted"), "2");
	say(t, s, "drop table scripted");
	session_close(s);
}

static void commands_that_refuse_a_transaction(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	say(t, s, "drop table if exists vac");
	say(t, s, "create table vac (i int)");
	say(t, s, "vacuum vac");
	say(t, s, "create index concurrently vac_i on vac (i)");
	say(t, s, "drop table vac");
	session_close(s);
}

static void copy_by_exec_is_an_error_not_a_hang(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	assert_int_equal(say_err(t, s, "copy notes from stdin"), E_BUG);
	assert_int_equal(say_err(t, s, "select 1"), E_BUSY);
	session_close(s);
}

struct rows {
	struct dbt *t;
	int64_t n, sum, stop_at;
};

static int on_row(const struct result *row, void *arg, struct err *e)
{
	struct rows *x = arg;

	assert_int_equal(result_rows(row), 1);
	x->n++;
	x->sum += result_i64(row, 0, 0);
	if (x->n == x->stop_at)
		return err_set(e, E_CONFLICT, "enough");
	return 0;
}

static void rows_one_by_one(struct dbt *t)
{
	struct session *s = open_or_fail(t, &caller);
	struct rows x = {.t = t};

	struct db_param p = db_i64(t->arena, 20000);
	const char *sql = "select i, repeat('x', 200) from generate_series(1, $1::int) i";
	assert_int_equal(session_each(s, sql, 1, &p, on_row, &x, &t->err), 0);
	assert_int_equal(x.n, 20000);
	assert_int_equal(x.sum, 20000LL * 20001 / 2);
	assert_false(session_in_transaction(s));

	/* given up on the way: no need to read millions of rows to their end */
	x = (struct rows){.t = t, .stop_at = 10};
	p = db_i64(t->arena, 100 * 1000 * 1000);
	assert_int_equal(session_each(s, sql, 1, &p, on_row, &x, &t->err), E_CONFLICT);
	assert_string_equal(t->err.msg, "enough");
	assert_int_equal(x.n, 10);
	assert_string_equal(say(t, s, "select 1"), "1");

	err_clear(&t->err);
	assert_int_equal(session_each(s, "select 1 / (3 - i) from generate_series(1, 5) i", 0, NULL,
				 on_row, &x, &t->err),
		E_INPUT);
	assert_string_equal(session_db_error(s)->sqlstate, "22012");
	assert_string_equal(say(t, s, "select 1"), "1");
	session_close(s);
}

static void prepared_and_evicted(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	for (int i = 0; i < 600; i++) {
		struct stmt stmt = {
			.name = arena_printf(t->arena, "p%d", i % 300),
			.sql = arena_printf(t->arena, "select %d + $1::int", i % 300),
		};
		struct db_param p = db_text("1");
		struct result *r;
		assert_int_equal(session_exec_prepared(s, t->arena, &stmt, 1, &p, &r, &t->err), 0);
		assert_int_equal(result_i64(r, 0, 0), i % 300 + 1);
	}
	assert_true(atoi(say(t, s, "select count(*) from pg_prepared_statements")) <= 256);
	session_close(s);
}

static void unreachable_database_is_one_sentence(struct dbt *t)
{
	struct db_options o = {.url = "postgresql://joe:hush@/x?host=/no/such/folder",
		.wait_ms = 50};
	struct db *db = db_open(t->loop, &o, &t->err);

	assert_null(session_open(db, NULL, &t->err));
	assert_int_equal(t->err.code, E_BUSY);
	assert_non_null(strstr(t->err.msg, "joe@/no/such/folder/x"));
	assert_null(strstr(t->err.msg, "hush"));
	assert_null(strchr(t->err.msg, '\n'));
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(transaction_of_several_steps),
		DB_TEST(failed_statement_leaves_only_rollback),
		DB_TEST(own_session_says_what_postgres_said),
		DB_TEST(caller_holds_in_and_outside_transactions),
		DB_TEST_WITH(next_borrower_finds_no_trace, .pinned = 1),
		DB_TEST_WITH(those_who_wait_get_their_turn, .pinned = 1),
		DB_TEST_WITH(waiting_for_a_session_has_an_end, .pinned = 1, .wait_ms = 50),
		DB_TEST_WITH(session_of_a_fiber_that_ends_is_rolled_back, .pinned = 1),
		DB_TEST_WITH(cancelled_fiber_stops_its_statement_on_the_server, .pinned = 1),
		DB_TEST_WITH(killed_session_is_broken_and_replaced, .pinned = 1),
		DB_TEST(script_runs_many_statements),
		DB_TEST(commands_that_refuse_a_transaction),
		DB_TEST(copy_by_exec_is_an_error_not_a_hang),
		DB_TEST(rows_one_by_one),
		DB_TEST(prepared_and_evicted),
		DB_TEST(unreachable_database_is_one_sentence),
	};
	return cmocka_run_group_tests_name("db/session", tests, dbt_group_setup, NULL);
}
