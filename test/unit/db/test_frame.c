/* The form of a batch for a cluster: BEGIN, preamble, statements, Sync, COMMIT, Sync. On one node
 * it must do the same as the other form, which the rest of the tests use. */
#include "support_db.h"

#include "db/session.h"

static void committed_when_all_is_well(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);

	ask(t, "delete from notes");
	batch_add(b, "insert into notes values (1, 'one')", 0, NULL);
	batch_add(b, "select count(*) from notes", 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	assert_int_equal(result_i64(batch_result(b, 1), 0, 0), 1);
	assert_string_equal(admin_text("select count(*) from notes"), "1");
}

static void failed_batch_leaves_no_aborted_transaction(struct dbt *t)
{
	struct waiting w = {0};
	struct batch *bad = batch_new(t->arena),
		     *good = batch_of(t, "insert into notes values (2)");

	ask(t, "delete from notes");
	batch_add(bad, "insert into notes values (1, 'one')", 0, NULL);
	batch_add(bad, "select 1/0", 0, NULL);
	submit(t, bad, &w);
	submit(t, good, &w);
	wait_done(&w, 2);
	assert_int_equal(batch_code(bad), E_INPUT);
	assert_int_equal(batch_db_error(bad)->statement, 1);
	assert_int_equal(batch_code(good), 0);
	assert_string_equal(ask(t, "select string_agg(id::text, ',') from notes"), "2");
}

static void deferred_constraint_fails_at_the_commit(struct dbt *t)
{
	ask(t, "drop table if exists child");
	ask(t, "create table child (id int references notes deferrable initially deferred)");
	struct batch *b = batch_of(t, "insert into child values (12345)");
	assert_int_equal(db_run(t->db, b, &t->err), E_CONFLICT);
	assert_int_equal(batch_db_error(b)->statement, -1);
	assert_string_equal(ask(t, "select count(*) from child"), "0");
	ask(t, "drop table child");
}

static void preamble_runs_in_the_transaction(struct dbt *t)
{
	struct db_caller caller = {
		.role = STR("authenticated"),
		.claims = STR("{\"it's\": 1}"),
		.user_id = STR("00000000-0000-0000-0000-000000000007"),
		.statement_timeout_ms = 1234,
	};
	const char *who = "select current_user || ' ' || current_setting('plat.me') || ' ' ||"
			  " current_setting('request.jwt.claims') || ' ' ||"
			  " current_setting('statement_timeout')";

	for (int i = 0; i < 3; i++) {
		struct batch *b = batch_new(t->arena);
		batch_as(b, &caller);
		batch_add(b, who, 0, NULL);
		assert_int_equal(db_run(t->db, b, &t->err), 0);
		assert_string_equal(str_cstr(t->arena, result_text(batch_result(b, 0), 0, 0)),
			"authenticated 00000000-0000-0000-0000-000000000007 {\"it's\": 1} 1234ms");
		assert_string_equal(ask(t, "select current_user"), "postgres");
	}
	struct session *s = session_open(t->db, &caller, &t->err);
	struct result *r;
	assert_int_equal(session_exec(s, t->arena, "select current_user", 0, NULL, &r, &t->err), 0);
	assert_string_equal(str_cstr(t->arena, result_text(r, 0, 0)), "authenticated");
	session_close(s);
}

static void outdated_statement_is_healed(struct dbt *t)
{
	static const struct stmt twice = {"twice", "select $1::int * 2"};
	struct db_param p = db_text("4");

	for (int i = 0; i < 2; i++) {
		struct batch *b = batch_new(t->arena);
		batch_add(b, "select 1", 0, NULL);
		batch_add_prepared(b, &twice, 1, &p);
		assert_int_equal(db_run(t->db, b, &t->err), 0);
		assert_int_equal(result_i64(batch_result(b, 1), 0, 0), 8);
		ask(t, "deallocate all");
	}
	assert_int_equal(stats_of(t).batches_again, 1);
}

#define CLUSTER_TEST(f) DB_TEST_WITH(f, .shared = 1, .framing = DB_FRAMING_CLUSTER)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLUSTER_TEST(committed_when_all_is_well),
		CLUSTER_TEST(failed_batch_leaves_no_aborted_transaction),
		CLUSTER_TEST(deferred_constraint_fails_at_the_commit),
		CLUSTER_TEST(preamble_runs_in_the_transaction),
		CLUSTER_TEST(outdated_statement_is_healed),
	};
	return cmocka_run_group_tests_name("db/frame", tests, dbt_group_setup, NULL);
}
