#include "support_db.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/sqlstate.h"

static void several_batches_in_flight_get_their_own_answers(struct dbt *t)
{
	struct batch *b[50];
	struct waiting w = {0};

	for (int i = 0; i < 50; i++) {
		b[i] = batch_new(t->arena);
		struct db_param p = db_i64(t->arena, i);
		for (int k = 0; k <= i % 4; k++)
			batch_add(b[i], "select $1::int * 2", 1, &p);
		submit(t, b[i], &w);
	}
	assert_int_equal(w.done, 0);
	wait_done(&w, 50);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(batch_code(b[i]), 0);
		assert_int_equal(batch_len(b[i]), i % 4 + 1);
		for (int k = 0; k <= i % 4; k++)
			assert_int_equal(result_i64(batch_result(b[i], k), 0, 0), i * 2);
	}
}

static void one_batch_is_one_transaction(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);

	ask(t, "delete from notes");
	batch_add(b, "insert into notes values (1, 'one')", 0, NULL);
	batch_add(b, "insert into notes values (2, 'two')", 0, NULL);
	batch_add(b, "insert into notes values (1, 'again')", 0, NULL);
	batch_add(b, "select 1", 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), E_CONFLICT);
	assert_non_null(batch_result(b, 1));
	assert_null(batch_result(b, 2));
	assert_null(batch_result(b, 3));
	assert_int_equal(batch_db_error(b)->statement, 2);
	assert_string_equal(batch_db_error(b)->sqlstate, "23505");
	assert_string_equal(batch_db_error(b)->constraint, "notes_pkey");
	assert_string_equal(batch_db_error(b)->table, "notes");
	assert_string_equal(ask(t, "select count(*) from notes"), "0");
}

/* Sent together over one connection: the failure of the first must not poison the second. */
static void aborted_batch_does_not_touch_the_next(struct dbt *t)
{
	struct waiting w = {0};
	struct batch *bad = batch_new(t->arena), *good = batch_new(t->arena);

	ask(t, "delete from notes");
	batch_add(bad, "select set_config('plat.leak', 'yes', true)", 0, NULL);
	batch_add(bad, "insert into notes values (1, 'one')", 0, NULL);
	batch_add(bad, "select 1/0", 0, NULL);
	batch_add(bad, "select nonsense", 0, NULL);
	batch_add(good, "insert into notes values (2, 'two')", 0, NULL);
	batch_add(good, "select current_setting('plat.leak', true)", 0, NULL);
	submit(t, bad, &w);
	submit(t, good, &w);
	wait_done(&w, 2);
	assert_int_equal(batch_code(bad), E_INPUT); /* 22012 */
	assert_int_equal(batch_db_error(bad)->statement, 2);
	assert_int_equal(batch_code(good), 0);
	assert_int_equal(result_text(batch_result(good, 1), 0, 0).len, 0);
	assert_string_equal(ask(t, "select string_agg(id::text, ',') from notes"), "2");
}

static void results_larger_than_16k(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);

	batch_add(b, "select repeat('x', 1000000)", 0, NULL);
	batch_add(b, "select i, repeat('y', 1000) from generate_series(1, 3000) i", 0, NULL);
	batch_add(b, "select 7", 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	assert_int_equal(result_text(batch_result(b, 0), 0, 0).len, 1000000);
	assert_int_equal(result_rows(batch_result(b, 1)), 3000);
	assert_int_equal(result_i64(batch_result(b, 1), 2999, 0), 3000);
	assert_int_equal(result_i64(batch_result(b, 2), 0, 0), 7);
}

/* Both sides have more to say than a socket holds: whoever only writes, hangs. */
static void large_question_and_large_answer_at_the_same_time(struct dbt *t)
{
	struct waiting w = {0};
	struct batch *b[6];
	size_t len = 3 * 1000 * 1000;
	char *text = arena_alloc(t->arena, len);

	memset(text, 'q', len);
	struct db_param p = db_str(str_from(text, len));
	for (int i = 0; i < 6; i++) {
		b[i] = batch_new(t->arena);
		batch_add(b[i], "select $1 || 'x'", 1, &p);
		batch_add(b[i], "select $1 || 'xy'", 1, &p);
		while (db_submit(t->db, b[i], on_waited, &w)) /* queue full: the usual answer */
			assert_int_equal(fiber_sleep_ms(5), 0);
	}
	w.fiber = fiber_current();
	wait_done(&w, 6);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(batch_code(b[i]), 0);
		assert_int_equal(result_text(batch_result(b[i], 1), 0, 0).len, len + 2);
	}
}

static struct db_caller somebody(unsigned timeout_ms)
{
	return (struct db_caller){
		.role = STR("authenticated"),
		.claims = STR("{\"sub\":\"x\"}"),
		.user_id = STR("00000000-0000-0000-0000-000000000007"),
		.statement_timeout_ms = timeout_ms,
	};
}

static const char *const who = "select current_user || ' ' ||"
			       " coalesce(current_setting('plat.me', true), '') || ' ' ||"
			       " coalesce(current_setting('request.jwt.claims', true), '')";

static void caller_is_set_for_this_batch_only(struct dbt *t)
{
	struct db_caller caller = somebody(0), nobody = {.role = STR("authenticated")};

	for (int i = 0; i < 3; i++) {
		struct batch *b = batch_new(t->arena), *c = batch_new(t->arena);
		batch_as(b, &caller);
		batch_add(b, who, 0, NULL);
		assert_int_equal(db_run(t->db, b, &t->err), 0);
		assert_string_equal(str_cstr(t->arena, result_text(batch_result(b, 0), 0, 0)),
			"authenticated 00000000-0000-0000-0000-000000000007 {\"sub\":\"x\"}");
		batch_as(c, &nobody);
		batch_add(c, who, 0, NULL);
		assert_int_equal(db_run(t->db, c, &t->err), 0);
		assert_string_equal(str_cstr(t->arena, result_text(batch_result(c, 0), 0, 0)),
			"authenticated  ");
		assert_string_equal(ask(t, who), "postgres  ");
	}
}

static void preamble_of_ones_own_holds_for_this_batch_only(struct dbt *t)
{
	static const struct stmt preamble = {"t_preamble",
		"select set_config('plat.me', $2, true), set_config('role', $1, true)"};
	struct batch *b = batch_new(t->arena);

	batch_enter(b, &preamble, 2, (struct db_param[]){db_text("authenticated"), db_text("me")});
	batch_add(b, who, 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	assert_string_equal(str_cstr(t->arena, result_text(batch_result(b, 0), 0, 0)),
		"authenticated me ");
	assert_string_equal(ask(t, who), "postgres  ");
}

static void failing_preamble_is_told_as_such(struct dbt *t)
{
	struct db_caller caller = somebody(0);
	struct batch *b = batch_new(t->arena);

	caller.role = STR("no such role");
	batch_as(b, &caller);
	batch_add(b, "insert into notes values (99, 'never')", 0, NULL);
	assert_int_not_equal(db_run(t->db, b, &t->err), 0);
	assert_int_equal(batch_db_error(b)->statement, -1);
	assert_string_equal(ask(t, "select count(*) from notes where id = 99"), "0");
}

/* Not documented by PostgreSQL: it starts the time anew with each Execute, with the value of
 * then. */
static void statement_timeout_set_by_first_statement_bounds_later_ones(struct dbt *t)
{
	struct db_caller caller = somebody(50);
	struct batch *b = batch_new(t->arena);

	batch_as(b, &caller);
	batch_add(b, "select pg_sleep(0.02)", 0, NULL);
	batch_add(b, "select pg_sleep(0.02)", 0, NULL);
	batch_add(b, "select pg_sleep(0.02)", 0, NULL);
	batch_add(b, "select pg_sleep(10)", 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), E_TIMEOUT);
	assert_int_equal(batch_db_error(b)->statement, 3);
	assert_string_equal(batch_db_error(b)->sqlstate, "57014");
	/* and is gone with the batch, on every connection */
	for (int i = 0; i < 4; i++)
		ask(t, "select pg_sleep(0.08)");
}

static void deferred_constraint_fails_at_the_sync(struct dbt *t)
{
	struct waiting w = {0};
	struct batch *bad = batch_new(t->arena), *good = batch_of(t, "select 5");

	ask(t, "drop table if exists child");
	ask(t, "create table child (id int references notes deferrable initially deferred)");
	batch_add(bad, "insert into child values (12345)", 0, NULL);
	submit(t, bad, &w);
	submit(t, good, &w);
	wait_done(&w, 2);
	assert_int_equal(batch_code(bad), E_CONFLICT);
	assert_string_equal(batch_db_error(bad)->sqlstate, "23503");
	assert_int_equal(batch_db_error(bad)->statement, -1);
	assert_int_equal(result_i64(batch_result(good, 0), 0, 0), 5);
	assert_string_equal(ask(t, "select count(*) from child"), "0");
	ask(t, "drop table child");
}

static void own_words_go_out_others_stay(struct dbt *t)
{
	assert_int_equal(ask_err(t,
				 "do $$ begin raise exception using errcode = 'PT409',"
				 " message = 'the deal is closed'; end $$"),
		E_CONFLICT);
	assert_string_equal(t->err.msg, "the deal is closed");
	assert_int_equal(ask_err(t, "do $$ begin raise exception 'say why'; end $$"), E_INPUT);
	assert_string_equal(t->err.msg, "say why");
	assert_int_equal(ask_err(t, "select * from secret_table"), E_BUG);
	assert_null(strstr(t->err.msg, "secret_table"));
	assert_int_equal(ask_err(t, "insert into notes values (3, 'bad')"), E_INPUT);
	assert_null(strstr(t->err.msg, "notes"));
}

static void nul_in_a_text_is_refused(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);
	struct db_param p = db_str(STR("a\0b"));

	batch_add(b, "select $1::text", 1, &p);
	assert_int_equal(db_run(t->db, b, &t->err), E_INPUT);
	assert_non_null(strstr(t->err.msg, "U+0000"));
	assert_null(batch_db_error(b));
	assert_null(batch_result(b, 0));
}

static void parameters_of_every_kind(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);
	char text[] = "slice, not ended by NUL";
	struct db_param p[] = {
		db_null(),
		db_text("it's"),
		db_str(str_from(text, 5)),
		db_bool(true),
		db_i64(t->arena, INT64_MIN),
		db_f64(t->arena, 0.1),
		db_bytes(STR("a\0\xff")),
		db_str(STR("")),
		db_text(NULL),
		db_f64(t->arena, 1.0 / 0.0),
	};

	batch_add(b,
		"select $1::text, $2::text, $3::text, $4::bool, $5::bigint, $6::float8, $7,"
		" $8::text, $9::text, $10::float8",
		10, p);
	memset(text, 0, sizeof(text)); /* they are copied */
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	struct result *r = batch_result(b, 0);
	assert_true(result_is_null(r, 0, 0));
	assert_null(result_text(r, 0, 0).p);
	assert_string_equal(result_text(r, 0, 1).p, "it's");
	assert_string_equal(result_text(r, 0, 2).p, "slice");
	assert_true(result_bool(r, 0, 3));
	assert_true(result_i64(r, 0, 4) == INT64_MIN);
	assert_true(result_f64(r, 0, 5) == 0.1);
	struct str bytes = result_bytes(r, 0, 6, t->arena);
	assert_int_equal(bytes.len, 3);
	assert_memory_equal(bytes.p, "a\0\xff", 3);
	assert_true(result_text(r, 0, 7).p && result_text(r, 0, 7).len == 0);
	assert_true(result_is_null(r, 0, 8));
	assert_true(result_f64(r, 0, 9) > 1e300);
}

static void result_tells_its_shape(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);

	ask(t, "delete from notes");
	batch_add(b, "insert into notes select i, 'n' from generate_series(1, 5) i", 0, NULL);
	batch_add(b, "select n.id, n.text, 1 as one from notes n order by id", 0, NULL);
	batch_add(b, "select nullif(1, 1) as nothing, false as no, 'NaN'::float8 as nan", 0, NULL);
	batch_add(b, "delete from notes where id > 2", 0, NULL);
	batch_add(b, "create temp table if not exists zz (i int)", 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	assert_int_equal(result_affected(batch_result(b, 0)), 5);
	assert_string_equal(result_command(batch_result(b, 0)), "INSERT 0 5");
	struct result *r = batch_result(b, 1);
	assert_int_equal(result_rows(r), 5);
	assert_int_equal(result_cols(r), 3);
	assert_string_equal(result_name(r, 1), "text");
	assert_int_equal(result_oid(r, 0), 23);
	assert_int_not_equal(result_table_oid(r, 0), 0);
	assert_int_equal(result_table_oid(r, 2), 0);
	assert_int_equal(result_col(r, "one"), 2);
	assert_int_equal(result_col(r, "two"), -1);
	r = batch_result(b, 2);
	assert_false(result_bool(r, 0, 1));
	assert_true(result_f64(r, 0, 2) != result_f64(r, 0, 2));
	assert_null(result_bytes(r, 0, 0, t->arena).p);
	assert_int_equal(result_affected(batch_result(b, 3)), 3);
	assert_int_equal(result_affected(batch_result(b, 4)), 0);
}

struct gone {
	struct arena *mine, *other;
	int calls;
	struct batch *other_batch;
};

static void on_done_other_leaves(struct batch *b, void *arg)
{
	struct gone *g = arg;

	(void)b;
	g->calls++;
	if (g->other)
		arena_free(g->other); /* its answer has arrived too, and was not delivered yet */
	g->other = NULL;
}

/* Two answers arrive together; the first on_done closes the other's client. */
static void client_gone_in_the_turn_its_answer_arrives(struct dbt *t)
{
	for (int round = 0; round < 20; round++) {
		struct gone g = {.mine = arena_new(), .other = arena_new()};
		struct batch *a = batch_new(g.mine), *b = batch_new(g.other);
		batch_add(a, "select 1", 0, NULL);
		batch_add(b, "select 2", 0, NULL);
		assert_int_equal(db_submit(t->db, a, on_done_other_leaves, &g), 0);
		assert_int_equal(db_submit(t->db, b, on_done_other_leaves, &g), 0);
		while (g.calls == 0)
			assert_int_equal(fiber_sleep_ms(1), 0);
		assert_int_equal(fiber_sleep_ms(1), 0);
		arena_free(g.mine);
		if (g.other)
			arena_free(g.other);
		assert_true(g.calls == 1 || g.calls == 2);
	}
	assert_string_equal(ask(t, "select 3"), "3");
}

static void on_done_never(struct batch *b, void *arg)
{
	(void)b;
	(void)arg;
	fail();
}

static void arena_freed_at_any_time_forgets_the_batch(struct dbt *t)
{
	for (int i = 0; i < 100; i++) {
		struct arena *a = arena_new();
		struct batch *b = batch_new(a);
		batch_add(b, "select i, repeat('x', 100) from generate_series(1, 100) i", 0, NULL);
		if (i % 5)
			while (db_submit(t->db, b, on_done_never, NULL))
				assert_int_equal(fiber_sleep_ms(1), 0);
		arena_free(a);
		if (i % 7 == 0)
			assert_int_equal(fiber_yield(), 0);
	}
	assert_string_equal(ask(t, "select 3"), "3");
	assert_true(stats_of(t).batches_forgotten > 0);
}

static void on_done_again(struct batch *b, void *arg)
{
	struct waiting *w = arg;

	assert_int_equal(batch_code(b), 0);
	if (++w->done == 3)
		fiber_wake(w->fiber);
}

struct chain {
	struct dbt *t;
	struct waiting w;
};

static void on_first_done(struct batch *b, void *arg)
{
	struct chain *c = arg;

	assert_int_equal(batch_code(b), 0);
	c->w.done++;
	for (int i = 0; i < 2; i++)
		assert_int_equal(db_submit(c->t->db, batch_of(c->t, "select 1"), on_done_again,
					 &c->w),
			0);
}

static void on_done_may_submit(struct dbt *t)
{
	struct chain c = {.t = t, .w.fiber = fiber_current()};

	assert_int_equal(db_submit(t->db, batch_of(t, "select 1"), on_first_done, &c), 0);
	wait_done(&c.w, 3);
}

static void cancelled(void *p)
{
	struct dbt *t = p;
	struct arena *a = arena_new();
	struct batch *b = batch_new(a);

	batch_add(b, "select pg_sleep(60)", 0, NULL);
	assert_int_equal(db_run(t->db, b, NULL), E_CANCEL);
	arena_free(a);
}

/* The query is cancelled on the server too, and whatever waits behind it goes on. */
static void forgotten_batch_that_takes_long_is_cancelled(struct dbt *t)
{
	struct waiting w = {0};
	struct fiber *f = fiber_start(t->loop, cancelled, t);

	ask(t, "select 1");
	assert_int_equal(fiber_yield(), 0);
	for (int i = 0; i < 6; i++)
		submit(t, batch_of(t, "select pg_sleep(0.01)"), &w);
	assert_int_equal(fiber_sleep_ms(10), 0);
	fiber_cancel(f);
	fiber_join(f);
	wait_done(&w, 6);
	while (stats_of(t).in_flight > 0)
		assert_int_equal(fiber_sleep_ms(20), 0);
	assert_true(stats_of(t).cancels >= 1);
	assert_string_equal(admin_text(
				    "select count(*) from pg_stat_activity"
				    " where datname = current_database() and state = 'active'"
				    " and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()"),
		"0");
}

static void two_failures_before_a_sync(struct dbt *t)
{
	struct waiting w = {0};
	struct batch *b[3];

	for (int i = 0; i < 3; i++) {
		b[i] = batch_new(t->arena);
		batch_add(b[i], "select 1/0", 0, NULL);
		batch_add(b[i], "select nonsense", 0, NULL);
		batch_add(b[i], "insert into notes values (1), (1), (1)", 0, NULL);
		submit(t, b[i], &w);
	}
	wait_done(&w, 3);
	for (int i = 0; i < 3; i++)
		assert_string_equal(batch_db_error(b[i])->sqlstate, "22012");
}

static void empty_and_multiple_statements(struct dbt *t)
{
	assert_string_equal(ask(t, ""), "");
	assert_int_equal(ask_err(t, "select 1; select 2"), E_BUG); /* 42601 */
	assert_string_equal(ask(t, "select 1"), "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(several_batches_in_flight_get_their_own_answers),
		DB_TEST(one_batch_is_one_transaction),
		DB_TEST_WITH(aborted_batch_does_not_touch_the_next, .shared = 1),
		DB_TEST(results_larger_than_16k),
		DB_TEST(large_question_and_large_answer_at_the_same_time),
		DB_TEST_WITH(caller_is_set_for_this_batch_only, .shared = 1),
		DB_TEST(preamble_of_ones_own_holds_for_this_batch_only),
		DB_TEST(failing_preamble_is_told_as_such),
		DB_TEST(statement_timeout_set_by_first_statement_bounds_later_ones),
		DB_TEST_WITH(deferred_constraint_fails_at_the_sync, .shared = 1),
		DB_TEST(own_words_go_out_others_stay),
		DB_TEST(nul_in_a_text_is_refused),
		DB_TEST(parameters_of_every_kind),
		DB_TEST(result_tells_its_shape),
		DB_TEST_WITH(client_gone_in_the_turn_its_answer_arrives, .shared = 1),
		DB_TEST(arena_freed_at_any_time_forgets_the_batch),
		DB_TEST(on_done_may_submit),
		DB_TEST_WITH(forgotten_batch_that_takes_long_is_cancelled, .shared = 1),
		DB_TEST_WITH(two_failures_before_a_sync, .shared = 1),
		DB_TEST(empty_and_multiple_statements),
	};
	return cmocka_run_group_tests_name("db/batch", tests, dbt_group_setup, NULL);
}
