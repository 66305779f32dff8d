#include "support_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support_proxy.h"

static void full_queue_answers_busy(struct dbt *t)
{
	struct waiting w = {0};
	int sent = 0, refused = 0;

	ask(t, "select 1");
	for (int i = 0; i < 40; i++) {
		struct batch *b = batch_of(t, "select pg_sleep(0.005)");
		w.fiber = fiber_current();
		int code = db_submit(t->db, b, on_waited, &w);
		assert_true(code == 0 || code == E_BUSY);
		sent += code == 0;
		refused += code != 0;
	}
	assert_int_equal(sent, 16 + 4);
	assert_false(db_is_ready(t->db));
	assert_int_equal(stats_of(t).queued, 4);
	wait_done(&w, sent);
	assert_int_equal(stats_of(t).batches_busy, refused);
	assert_true(db_is_ready(t->db));
}

static void heap_of_large_batches_answers_busy(struct dbt *t)
{
	struct waiting w = {0};
	size_t len = 400 * 1000;
	char *text = arena_alloc(t->arena, len);
	int sent = 0;

	ask(t, "select 1");
	memset(text, 'x', len);
	struct db_param p = db_str(str_from(text, len));
	for (int i = 0; i < 60; i++) {
		struct batch *b = batch_new(t->arena);
		batch_add(b, "select length($1)", 1, &p);
		w.fiber = fiber_current();
		sent += db_submit(t->db, b, on_waited, &w) == 0;
	}
	assert_true(sent >= 3 && sent <= 7);
	wait_done(&w, sent);
}

static void long_running_head_does_not_hold_up_others(struct dbt *t)
{
	struct waiting slow = {0}, quick = {0};

	ask(t, "select 1");
	submit(t, batch_of(t, "select pg_sleep(1.5)"), &slow);
	assert_int_equal(fiber_sleep_ms(30), 0);
	for (int i = 0; i < 60; i++)
		submit(t, batch_of(t, "select 1"), &quick);
	wait_done(&quick, 60);
	assert_int_equal(slow.done, 0);
	wait_done(&slow, 1);
}

/* Also when there are as many slow ones as shared connections. */
static void spare_connections_are_for_when_all_are_slow(struct dbt *t)
{
	struct waiting slow = {0}, quick = {0};

	for (int i = 0; i < 50; i++)
		ask(t, "select 1");
	assert_int_equal(stats_of(t).dials, 1);
	for (int i = 0; i < 2; i++) {
		submit(t, batch_of(t, "select pg_sleep(1.5)"), &slow);
		assert_int_equal(fiber_sleep_ms(30), 0);
	}
	for (int i = 0; i < 60; i++)
		submit(t, batch_of(t, "select 1"), &quick);
	wait_done(&quick, 60);
	assert_int_equal(slow.done, 0);
	assert_int_equal(stats_of(t).dials, 3);
	wait_done(&slow, 2);
	for (int i = 0; i < 50; i++)
		ask(t, "select 1");
	assert_int_equal(stats_of(t).dials, 3);
}

static void connection_is_used_before_a_second_batch_waits(struct dbt *t)
{
	struct waiting w = {0};

	assert_int_equal(db_wait(t->db, 1000, &t->err), 0);
	while (stats_of(t).conns_ready < 3)
		assert_int_equal(fiber_sleep_ms(5), 0);
	for (int i = 0; i < 3; i++)
		submit(t, batch_of(t, "select pg_sleep(0.1)"), &w);
	assert_int_equal(stats_of(t).conns_busy, 3);
	wait_done(&w, 3);
}

/* Only one connection is for reading; each of these would hold it up. */
static void writes_go_to_connections_of_their_own(struct dbt *t)
{
	struct waiting writes = {0}, reads = {0};

	for (int i = 0; i < 20 && stats_of(t).conns_ready < 4; i++) {
		struct waiting w = {0};
		for (int k = 0; k < 3; k++)
			submit(t, batch_of(t, "select pg_sleep(0.02)"), &w);
		wait_done(&w, 3);
	}
	assert_int_equal(stats_of(t).conns_ready, 4);
	for (int i = 0; i < 3; i++)
		submit(t, batch_of(t, "select pg_sleep(1)"), &writes);
	assert_int_equal(stats_of(t).conns_busy, 3);
	for (int i = 0; i < 20; i++) {
		struct batch *b = batch_of(t, "select 1");
		batch_read_only(b);
		submit(t, b, &reads);
	}
	wait_done(&reads, 20);
	assert_int_equal(writes.done, 0);
	wait_done(&writes, 3);
}

static void kill_backend(const char *query)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		"select pg_terminate_backend(pid) from pg_stat_activity"
		" where datname = current_database()"
		" and query like '%%%s%%' and pid <> pg_backend_pid() and state = 'active'",
		query);
	while (strcmp(admin_text(sql), "t") != 0)
		usleep(1000);
}

static void backend_killed_mid_batch(struct dbt *t)
{
	struct waiting w = {0};
	struct batch *b = batch_new(t->arena), *behind = batch_of(t, "select 2");

	ask(t, "delete from notes");
	batch_add(b, "insert into notes values (50, 'x')", 0, NULL);
	batch_add(b, "select pg_sleep(30) as killed_mid_batch", 0, NULL);
	batch_read_only(behind);
	submit(t, b, &w);
	submit(t, behind, &w);
	assert_int_equal(fiber_sleep_ms(10), 0);
	kill_backend("killed_mid_batch");
	wait_done(&w, 2);
	assert_int_equal(batch_code(b), E_BUSY);
	assert_int_equal(batch_code(behind), 0);
	assert_int_equal(result_i64(batch_result(behind, 0), 0, 0), 2);
	assert_string_equal(ask(t, "select count(*) from notes"), "0");
	assert_int_equal(stats_of(t).conns_lost, 1);
}

static void idle_connection_that_was_killed_is_dialled_again(struct dbt *t)
{
	ask(t, "select 1");
	admin("select pg_terminate_backend(pid) from pg_stat_activity"
	      " where datname = current_database()"
	      " and application_name = 'plat'");
	while (stats_of(t).conns_lost < 1)
		assert_int_equal(fiber_sleep_ms(1), 0);
	assert_string_equal(ask(t, "select 2"), "2");
	assert_true(stats_of(t).dials >= 2);
}

static void with_proxy(struct dbt *t, void (*fn)(struct dbt *t, struct proxy *p), unsigned wait_ms)
{
	struct proxy *p = proxy_new();
	struct db_options o = {.url = proxy_url(p),
		.wait_ms = wait_ms,
		.dial_ms = 200,
		.shared = 2};
	struct dbt inner = *t;

	inner.db = db_open(t->loop, &o, &t->err);
	assert_non_null(inner.db);
	fn(&inner, p);
	db_close(inner.db);
	proxy_free(p);
}

/* Whatever was in flight is answered, each once; what only reads is sent again. */
static void in_cut(struct dbt *t, struct proxy *p)
{
	struct waiting w = {0};
	struct batch *b[30];
	int ok = 0, busy = 0;

	ask(t, "select 1");
	proxy_stall(p, true);
	for (int i = 0; i < 30; i++) {
		b[i] = batch_of(t, "select 1");
		if (i % 2)
			batch_read_only(b[i]);
		submit(t, b[i], &w);
	}
	assert_int_equal(fiber_sleep_ms(20), 0);
	proxy_stall(p, false);
	proxy_cut(p);
	wait_done(&w, 30);
	for (int i = 0; i < 30; i++) {
		assert_true(batch_code(b[i]) == 0 || batch_code(b[i]) == E_BUSY);
		if (i % 2)
			assert_int_equal(batch_code(b[i]), 0);
		ok += batch_code(b[i]) == 0;
		busy += batch_code(b[i]) == E_BUSY;
		if (batch_code(b[i]))
			assert_non_null(strstr(batch_err(b[i])->msg, "may or may not"));
	}
	assert_true(ok >= 15 && ok + busy == 30);
	assert_int_equal(w.done, 30);
}

static void lost_connection_answers_every_batch_once(struct dbt *t)
{
	with_proxy(t, in_cut, 5000);
}

static void in_away(struct dbt *t, struct proxy *p)
{
	struct waiting w = {0};
	struct batch *b = batch_of(t, "select 1");

	proxy_refuse(p, true);
	submit(t, b, &w);
	wait_done(&w, 1);
	assert_int_equal(batch_code(b), E_BUSY);
	assert_null(batch_db_error(b));
	assert_false(db_is_ready(t->db));
	assert_true(stats_of(t).dials_failed > 0);

	/* it comes back while somebody waits */
	b = batch_of(t, "select 4");
	submit(t, b, &w);
	assert_int_equal(fiber_sleep_ms(50), 0);
	proxy_refuse(p, false);
	wait_done(&w, 2);
	assert_true(batch_code(b) == 0 || batch_code(b) == E_BUSY);
	while (ask_err(t, "select 1"))
		;
	assert_int_equal(proxy_accepted(p) > 2, 1);
}

static void database_that_is_away_answers_busy_and_comes_back(struct dbt *t)
{
	with_proxy(t, in_away, 300);
}

static void in_pauses(struct dbt *t, struct proxy *p)
{
	proxy_refuse(p, true);
	assert_int_equal(db_wait(t->db, 1000, &t->err), E_BUSY);
	/* 100, 200, 400 ms, half of it by chance, two connections: not more than this */
	assert_true(proxy_accepted(p) <= 20);
	assert_true(proxy_accepted(p) >= 4);
}

static void dialling_again_makes_pauses(struct dbt *t)
{
	with_proxy(t, in_pauses, 300);
}

static void on_closed_early(struct batch *b, void *arg)
{
	int *codes = arg;

	codes[batch_code(b) == 0 ? 0 : 1]++;
}

/* Not in a fiber: db_close() returns at once, and the loop does the rest. */
static void close_lets_batches_end(void **state)
{
	struct loop *loop = loop_new();
	struct db_options o = {.url = dbt_url()};
	struct db *db = db_open(loop, &o, NULL);
	struct arena *a = arena_new();
	int codes[2] = {0};

	(void)state;
	for (int i = 0; i < 10; i++) {
		struct batch *b = batch_new(a);
		batch_add(b, "select pg_sleep(0.01)", 0, NULL);
		assert_int_equal(db_submit(db, b, on_closed_early, codes), 0);
	}
	db_close(db);
	loop_run(loop);
	assert_int_equal(codes[0], 10);
	arena_free(a);
	db_close(NULL);
	loop_free(loop);
}

static void close_before_anything_was_asked(void **state)
{
	struct loop *loop = loop_new();
	struct db *db = db_open(loop, &(struct db_options){.url = dbt_url()}, NULL);

	(void)state;
	db_close(db);
	loop_run(loop);
	loop_free(loop);
}

static void copy_in_a_batch_is_refused(struct dbt *t)
{
	assert_int_equal(ask_err(t, "copy notes from stdin"), E_BUG);
	assert_int_equal(ask_err(t, "copy notes to stdout"), E_BUG);
	assert_string_equal(ask(t, "select 1"), "1");
}

/* BEGIN in a batch would make the next one, another user's, part of that transaction. */
static void explicit_begin_does_not_reach_the_next_batch(struct dbt *t)
{
	struct batch *b = batch_new(t->arena);

	ask(t, "delete from notes");
	batch_add(b, "begin", 0, NULL);
	batch_add(b, "insert into notes values (1, 'x')", 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), E_BUG);
	assert_int_equal(ask_err(t, "select 1/0"), E_INPUT);
	assert_string_equal(ask(t, "select count(*) from notes"), "0");
}

static void in_half_an_answer(struct dbt *t, struct proxy *p)
{
	struct waiting w = {0};
	struct batch *b = batch_of(t, "select repeat('x', 5000000)");

	ask(t, "select 1");
	submit(t, b, &w);
	assert_int_equal(fiber_sleep_ms(3), 0); /* a part of it may be here */
	proxy_stall(p, true);
	int64_t start = loop_now_ms(t->loop);
	for (int i = 0; i < 20; i++)
		assert_int_equal(fiber_sleep_ms(2), 0);
	assert_true(loop_now_ms(t->loop) - start < 2000);
	proxy_stall(p, false);
	wait_done(&w, 1);
	assert_int_equal(result_text(batch_result(b, 0), 0, 0).len, 5000000);
}

/* PQgetResult() blocks when the result is not complete. */
static void half_an_answer_does_not_block_the_loop(struct dbt *t)
{
	with_proxy(t, in_half_an_answer, 5000);
}

static void in_reset(struct dbt *t, struct proxy *p)
{
	struct db_options o = {.shared = 1, .wait_ms = 5000};
	struct dbt inner = *t;
	struct waiting w = {0};
	struct batch *b[8];
	char url[200];

	snprintf(url, sizeof(url), "host=127.0.0.1 port=%d user=postgres dbname=postgres",
		proxy_port(p));
	o.url = url;
	inner.db = db_open(t->loop, &o, &t->err);
	ask(&inner, "select 1");
	for (int i = 0; i < 8; i++) {
		b[i] = batch_of(&inner, "select pg_sleep(5)");
		submit(&inner, b[i], &w);
	}
	assert_int_equal(fiber_sleep_ms(20), 0);
	proxy_reset(p);
	wait_done(&w, 8);
	for (int i = 0; i < 8; i++)
		assert_int_equal(batch_code(b[i]), E_BUSY);
	assert_string_equal(ask(&inner, "select 1"), "1");
	db_close(inner.db);
}

/* A reset connection is a poll error without events: whoever looks at events only, waits for
 * ever. */
static void reset_connection_answers_all_batches(struct dbt *t)
{
	with_proxy(t, in_reset, 5000);
}

static void in_hanging_cancel(struct dbt *t, struct proxy *p)
{
	struct arena *a = arena_new();
	struct batch *b = batch_new(a);
	struct waiting w = {0};

	ask(t, "select 1");
	batch_add(b, "select pg_sleep(1)", 0, NULL);
	submit(t, b, &w);
	assert_int_equal(fiber_sleep_ms(20), 0);
	proxy_stall(p, true);
	arena_free(a);
	while (stats_of(t).cancels == 0)
		assert_int_equal(fiber_sleep_ms(10), 0);
	int64_t start = loop_now_ms(t->loop);
	for (int i = 0; i < 20; i++)
		assert_int_equal(fiber_sleep_ms(5), 0);
	assert_true(loop_now_ms(t->loop) - start < 2000);
	proxy_stall(p, false);
	assert_string_equal(ask(t, "select 1"), "1");
}

/* PQcancel() of libpq 15 blocks for as long as the server takes to answer. */
static void cancel_that_hangs_does_not_stop_the_loop(struct dbt *t)
{
	with_proxy(t, in_hanging_cancel, 5000);
}

static int backends(void)
{
	return atoi(admin_text(
		"select count(*) from pg_stat_activity where application_name = 'retiring'"));
}

static void idle_connections_are_closed_and_come_back_when_needed(struct dbt *t)
{
	ask(t, "select 1");
	assert_true(backends() > 0);
	for (int i = 0; i < 100 && backends() > 0; i++)
		assert_int_equal(fiber_sleep_ms(20), 0);
	assert_int_equal(backends(), 0);
	assert_true(stats_of(t).conns_retired > 0);
	assert_int_equal(stats_of(t).conns_lost, 0);
	assert_true(db_is_ready(t->db));
	assert_string_equal(ask(t, "select 2"), "2");
}

static void old_connections_are_made_anew_while_work_goes_on(struct dbt *t)
{
	char first[16];
	int64_t begin = loop_now_ms(t->loop);

	snprintf(first, sizeof first, "%s", ask(t, "select pg_backend_pid()"));
	while (loop_now_ms(t->loop) - begin < 700) {
		struct waiting w = {0};
		for (int i = 0; i < 8; i++)
			submit(t, batch_of(t, "select pg_sleep(0.002)"), &w);
		wait_done(&w, 8);
	}
	assert_true(stats_of(t).conns_retired >= 2);
	assert_int_equal(stats_of(t).conns_lost, 0);
	assert_string_not_equal(ask(t, "select pg_backend_pid()"), first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST_WITH(idle_connections_are_closed_and_come_back_when_needed,
			.app_name = "retiring", .idle_ms = 150),
		DB_TEST_WITH(old_connections_are_made_anew_while_work_goes_on, .age_ms = 100),
		DB_TEST_WITH(full_queue_answers_busy, .shared = 1, .queue = 4),
		DB_TEST_WITH(heap_of_large_batches_answers_busy, .shared = 1),
		DB_TEST(long_running_head_does_not_hold_up_others),
		DB_TEST_WITH(spare_connections_are_for_when_all_are_slow, .shared = 1, .spare = 2),
		DB_TEST_WITH(connection_is_used_before_a_second_batch_waits, .shared = 3),
		DB_TEST_WITH(writes_go_to_connections_of_their_own, .shared = 1, .writers = 3),
		DB_TEST_WITH(backend_killed_mid_batch, .shared = 1),
		DB_TEST_WITH(idle_connection_that_was_killed_is_dialled_again, .shared = 1),
		DB_TEST(lost_connection_answers_every_batch_once),
		DB_TEST(database_that_is_away_answers_busy_and_comes_back),
		DB_TEST(dialling_again_makes_pauses),
		cmocka_unit_test(close_lets_batches_end),
		cmocka_unit_test(close_before_anything_was_asked),
		DB_TEST(copy_in_a_batch_is_refused),
		DB_TEST_WITH(explicit_begin_does_not_reach_the_next_batch, .shared = 1),
		DB_TEST(half_an_answer_does_not_block_the_loop),
		DB_TEST(reset_connection_answers_all_batches),
		DB_TEST(cancel_that_hangs_does_not_stop_the_loop),
	};
	return cmocka_run_group_tests_name("db/pool", tests, dbt_group_setup, NULL);
}
