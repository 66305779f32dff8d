/* Prepared statements on shared connections: what is remembered, and what happens when it is
 * wrong. */
#include "support_db.h"

#include <stdio.h>
#include <stdlib.h>

static const struct stmt twice = {"twice", "select $1::int * 2"};
static const struct stmt all_notes = {"all_notes", "select * from notes order by id"};
static const struct stmt broken = {"broken", "select nonsense"};

static struct batch *batch_with(struct dbt *t, const struct stmt *s, int n)
{
	struct batch *b = batch_new(t->arena);
	struct db_param p = db_i64(t->arena, n);

	batch_add_prepared(b, s, strchr(s->sql, '$') ? 1 : 0, &p);
	return b;
}

static int64_t run_twice(struct dbt *t, int n)
{
	struct batch *b = batch_with(t, &twice, n);

	assert_int_equal(db_run(t->db, b, &t->err), 0);
	return result_i64(batch_result(b, 0), 0, 0);
}

static const char *const uses =
	"select generic_plans + custom_plans from pg_prepared_statements where name = 'twice'";

static void statement_is_prepared_once(struct dbt *t)
{
	for (int i = 0; i < 10; i++)
		assert_int_equal(run_twice(t, i), 2 * i);
	assert_string_equal(ask(t, uses), "10");
}

/* The second batch is sent before the answer to the first PREPARE: it may not count on it. */
static void while_the_answer_is_awaited_others_send_the_text(struct dbt *t)
{
	struct waiting w = {0};
	struct batch *b[5];

	for (int i = 0; i < 5; i++) {
		b[i] = batch_with(t, &twice, i);
		submit(t, b[i], &w);
	}
	wait_done(&w, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(result_i64(batch_result(b[i], 0), 0, 0), 2 * i);
	assert_string_equal(ask(t, uses), "1");
	assert_int_equal(stats_of(t).batches_again, 0);
}

static void same_statement_twice_in_a_batch(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);
	struct db_param p = db_i64(t->arena, 4);

	for (int i = 0; i < 3; i++)
		batch_add_prepared(b, &twice, 1, &p);
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	assert_int_equal(result_i64(batch_result(b, 2), 0, 0), 8);
	assert_string_equal(ask(t, uses), "3");
}

static void failed_prepare_is_not_remembered(struct dbt *t)
{
	for (int i = 0; i < 3; i++) {
		struct batch *b = batch_with(t, &broken, 0);
		assert_int_equal(db_run(t->db, b, &t->err), E_BUG);
		assert_string_equal(batch_db_error(b)->sqlstate, "42703");
		err_clear(&t->err);
	}
	assert_int_equal(stats_of(t).batches_again, 0);
}

/* The PREPARE never ran because something before it failed. */
static void skipped_prepare_is_not_remembered(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);
	struct db_param p = db_i64(t->arena, 4);

	batch_add(b, "select 1/0", 0, NULL);
	batch_add_prepared(b, &twice, 1, &p);
	assert_int_equal(db_run(t->db, b, &t->err), E_INPUT);
	assert_int_equal(run_twice(t, 5), 10);
	assert_int_equal(stats_of(t).batches_again, 0);
}

/* 26000: somebody threw our statements away. */
static void vanished_statement_is_prepared_again(struct dbt *t)
{
	assert_int_equal(run_twice(t, 1), 2);
	ask(t, "deallocate all");
	struct waiting w = {0};
	struct batch *b[4];
	for (int i = 0; i < 4; i++) {
		b[i] = batch_with(t, &twice, i);
		submit(t, b[i], &w);
	}
	wait_done(&w, 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(batch_code(b[i]), 0);
		assert_int_equal(result_i64(batch_result(b[i], 0), 0, 0), 2 * i);
	}
	assert_int_equal(run_twice(t, 7), 14);
	assert_true(stats_of(t).batches_again >= 1);
}

/* 42P05: the name is taken by a statement that we do not know of. */
static void name_that_is_taken_is_taken_over(struct dbt *t)
{
	ask(t, "prepare twice as select 'something else'");
	assert_int_equal(run_twice(t, 3), 6);
	assert_int_equal(run_twice(t, 4), 8);
	assert_int_equal(stats_of(t).batches_again, 1);
}

/* 0A000 "cached plan must not change result type": after a migration, in a running server. */
static void changed_result_type_prepares_again(struct dbt *t)
{
	ask(t, "delete from notes");
	ask(t, "insert into notes values (1, 'one')");
	for (int i = 0; i < 3; i++) {
		struct batch *b = batch_with(t, &all_notes, 0);
		assert_int_equal(db_run(t->db, b, &t->err), 0);
		assert_int_equal(result_cols(batch_result(b, 0)), 2 + i);
		char sql[80];
		snprintf(sql, sizeof(sql), "alter table notes add column extra%d int", i);
		ask(t, sql);
	}
	assert_int_equal(stats_of(t).batches_again, 2);
	ask(t, "alter table notes drop column extra0, drop column extra1, drop column extra2");
}

/* A write that was rolled back for this reason is repeated whole, and once. */
static void batch_is_repeated_whole(struct dbt *t)
{
	assert_int_equal(run_twice(t, 1), 2);
	ask(t, "delete from notes");
	ask(t, "deallocate all");
	struct batch *b = batch_new(t->arena);
	struct db_param p = db_i64(t->arena, 21);
	batch_add(b, "insert into notes values (1, 'once')", 0, NULL);
	batch_add_prepared(b, &twice, 1, &p);
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	assert_int_equal(result_i64(batch_result(b, 1), 0, 0), 42);
	assert_string_equal(ask(t, "select count(*) from notes"), "1");
}

static void ever_new_statements_do_not_pile_up(struct dbt *t)
{
	struct waiting w = {0};
	int done = 0;

	for (int i = 0; i < 700; i++) {
		struct stmt *s = arena_alloc(t->arena, sizeof(*s));
		s->name = arena_printf(t->arena, "s%d", i % 350);
		s->sql = arena_printf(t->arena, "select %d", i % 350);
		struct batch *b = batch_with(t, s, 0);
		submit(t, b, &w);
		if (i % 10 == 9)
			wait_done(&w, done += 10);
		if (i % 10 == 9)
			assert_int_equal(batch_code(b), 0);
	}
	assert_true(atoi(ask(t, "select count(*) from pg_prepared_statements")) <= 256);
}

static void lost_connection_forgets_its_statements(struct dbt *t)
{
	assert_int_equal(run_twice(t, 1), 2);
	admin("select pg_terminate_backend(pid) from pg_stat_activity"
	      " where datname = current_database()"
	      " and application_name = 'plat'");
	while (stats_of(t).conns_lost < 1)
		assert_int_equal(fiber_sleep_ms(1), 0);
	assert_int_equal(run_twice(t, 2), 4);
	assert_string_equal(ask(t, uses), "1");
}

static void preamble_is_prepared_too(struct dbt *t)
{
	struct db_caller caller = {.role = STR("authenticated")};

	for (int i = 0; i < 3; i++) {
		struct batch *b = batch_new(t->arena);
		batch_as(b, &caller);
		batch_add(b, "select 1", 0, NULL);
		assert_int_equal(db_run(t->db, b, &t->err), 0);
	}
	assert_string_equal(
		ask(t,
			"select generic_plans + custom_plans from pg_prepared_statements"
			" where name = 'plat_enter'"),
		"3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST_WITH(statement_is_prepared_once, .shared = 1),
		DB_TEST_WITH(while_the_answer_is_awaited_others_send_the_text, .shared = 1),
		DB_TEST_WITH(same_statement_twice_in_a_batch, .shared = 1),
		DB_TEST_WITH(failed_prepare_is_not_remembered, .shared = 1),
		DB_TEST_WITH(skipped_prepare_is_not_remembered, .shared = 1),
		DB_TEST_WITH(vanished_statement_is_prepared_again, .shared = 1),
		DB_TEST_WITH(name_that_is_taken_is_taken_over, .shared = 1),
		DB_TEST_WITH(changed_result_type_prepares_again, .shared = 1),
		DB_TEST_WITH(batch_is_repeated_whole, .shared = 1),
		DB_TEST_WITH(ever_new_statements_do_not_pile_up, .shared = 1),
		DB_TEST_WITH(lost_connection_forgets_its_statements, .shared = 1),
		DB_TEST_WITH(preamble_is_prepared_too, .shared = 1),
	};
	return cmocka_run_group_tests_name("db/prepared", tests, dbt_group_setup, NULL);
}
