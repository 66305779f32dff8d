#include "support_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <malloc.h>

#include "db/session.h"
#include "support_proxy.h"

static struct session *open_or_fail(struct dbt *t, const struct db_caller *caller)
{
	struct session *s = session_open(t->db, caller, &t->err);

	if (!s)
		fail_msg("session_open: %s", t->err.msg);
	return s;
}

static int put(struct dbt *t, struct session *s, const char *text)
{
	return session_copy_in_put(s, text, strlen(text), &t->err);
}

static void rows_go_in_and_come_out(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	int64_t rows = 0;

	ask(t, "delete from notes");
	assert_int_equal(session_copy_in_start(s, "copy notes from stdin", &t->err), 0);
	assert_int_equal(put(t, s, "1\to"), 0); /* pieces need not be lines */
	assert_int_equal(put(t, s, "ne\n2\ttwo\n"), 0);
	assert_int_equal(put(t, s, ""), 0);
	assert_int_equal(session_copy_in_end(s, &rows, &t->err), 0);
	assert_int_equal(rows, 2);
	assert_string_equal(ask(t, "select string_agg(text, ',' order by id) from notes"),
		"one,two");
	session_close(s);
}

/* What is allocated now. A sanitizer keeps freed memory for a while: that does not count. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#ifdef IS_SANITIZED
size_t __sanitizer_get_current_allocated_bytes(void);
static size_t heap_bytes(void)
{
	return __sanitizer_get_current_allocated_bytes();
}
#else
static size_t heap_bytes(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}
#endif

struct out {
	struct buf *text;
	size_t bytes, rows, stop_at, most; /* most: bytes on the heap at any time */
	bool slow;
};

static int on_data(struct str row, void *arg, struct err *e)
{
	struct out *o = arg;

	assert_true(str_ends(row, STR("\n")));
	o->bytes += row.len;
	o->rows++;
	if (o->rows % 100 == 0 && heap_bytes() > o->most)
		o->most = heap_bytes();
	if (o->slow && o->rows % 1000 == 0)
		assert_int_equal(fiber_sleep_ms(1), 0);
	if (o->rows == o->stop_at)
		return err_set(e, E_CONFLICT, "enough");
	return 0;
}

static void copy_out_comes_row_by_row(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	struct out o = {.slow = true};

	assert_int_equal(
		session_copy_out(s,
			"copy (select i, repeat('y', 100) from generate_series(1, 20000) i)"
			" to stdout",
			on_data, &o, &t->err),
		0);
	assert_int_equal(o.rows, 20000);

	o = (struct out){.stop_at = 5};
	assert_int_equal(session_copy_out(s,
				 "copy (select i from generate_series(1, 50000000) i) to stdout",
				 on_data, &o, &t->err),
		E_CONFLICT);
	assert_int_equal(o.rows, 5);
	err_clear(&t->err);
	o = (struct out){0};
	assert_int_equal(session_copy_out(s,
				 "copy (select 1 / (3 - i) from generate_series(1, 9) i) to stdout",
				 on_data, &o, &t->err),
		E_INPUT);
	assert_int_equal(o.rows, 2);
	assert_int_equal(session_exec(s, t->arena, "select 1", 0, NULL, NULL, NULL), 0);
	session_close(s);
}

/* PostgreSQL is much slower than we are: what it has not taken yet must not pile up here. */
static void hundred_megabytes_in_flat_memory(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	char row[1024];
	int64_t rows = 0;
	const int n = 100 * 1024;

	memset(row, 'z', sizeof(row));
	row[sizeof(row) - 1] = '\n';
	ask(t, "drop table if exists big");
	ask(t, "create unlogged table big (text text)");
	assert_int_equal(session_copy_in_start(s, "copy big from stdin", &t->err), 0);
	assert_int_equal(session_copy_in_put(s, row, sizeof(row), &t->err), 0);
	size_t before = heap_bytes(), most = 0;
	for (int i = 1; i < n; i++) {
		assert_int_equal(session_copy_in_put(s, row, sizeof(row), &t->err), 0);
		if (i % 100 == 0 && heap_bytes() > most)
			most = heap_bytes();
	}
	assert_true(most < before + (1 << 20));
	assert_int_equal(session_copy_in_end(s, &rows, &t->err), 0);
	assert_int_equal(rows, n);

	before = heap_bytes();
	struct out o = {0};
	assert_int_equal(session_copy_out(s, "copy big to stdout", on_data, &o, &t->err), 0);
	assert_int_equal(o.rows, n);
	assert_int_equal(o.bytes, (size_t)n * sizeof(row));
	assert_true(o.most < before + (1 << 20));
	ask(t, "drop table big");
	session_close(s);
}

static void others_run_while_copy_waits(struct dbt *t)
{
	struct proxy *p = proxy_new();
	struct db_options o = {.url = proxy_url(p)};
	struct dbt inner = *t;
	inner.db = db_open(t->loop, &o, &t->err);
	struct session *s = open_or_fail(&inner, NULL);
	char *piece = arena_alloc(t->arena, 4 << 20);

	memset(piece, '\n', 4 << 20);
	assert_int_equal(session_exec(s, t->arena, "create temp table lines (l text)", 0, NULL,
				 NULL, &t->err),
		0);
	assert_int_equal(session_copy_in_start(s, "copy lines from stdin", &t->err), 0);
	for (int i = 0; i < 4; i++) {
		proxy_stall(p, i % 2 == 0);
		if (i % 2)
			assert_int_equal(session_copy_in_put(s, piece, 4 << 20, &t->err), 0);
		assert_string_equal(ask(t, "select 5"), "5");
	}
	proxy_stall(p, false);
	assert_int_equal(session_copy_in_end(s, NULL, &t->err), 0);
	session_close(s);
	db_close(inner.db);
	proxy_free(p);
}

static void bad_row_is_told_at_the_end(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	ask(t, "delete from notes");
	assert_int_equal(session_copy_in_start(s, "copy notes from stdin", &t->err), 0);
	assert_int_equal(put(t, s, "1\tone\nnonsense\ttwo\n"), 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(put(t, s, "3\tthree, and the server has long stopped listening\n"),
			0);
	assert_int_equal(session_copy_in_end(s, NULL, &t->err), E_INPUT);
	assert_string_equal(session_db_error(s)->sqlstate, "22P02");
	assert_non_null(strstr(session_db_error(s)->context, "line 2"));
	assert_string_equal(ask(t, "select count(*) from notes"), "0");
	err_clear(&t->err);
	assert_int_equal(session_exec(s, t->arena, "select 1", 0, NULL, NULL, &t->err), 0);
	session_close(s);
}

/* A killed connection made this an assertion: the loader gives up after any failure. */
static void abort_after_a_failed_end_is_fine(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	ask(t, "delete from notes");
	assert_int_equal(session_copy_in_start(s, "copy notes from stdin", &t->err), 0);
	assert_int_equal(put(t, s, "no number\tx\n"), 0);
	assert_int_equal(session_copy_in_end(s, NULL, &t->err), E_INPUT);
	session_copy_in_abort(s);
	err_clear(&t->err);
	assert_int_equal(session_exec(s, t->arena, "select 1", 0, NULL, NULL, &t->err), 0);
	session_close(s);
}

static void abort_undoes_it(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);

	ask(t, "delete from notes");
	assert_int_equal(session_copy_in_start(s, "copy notes from stdin", &t->err), 0);
	assert_int_equal(put(t, s, "1\tone\n"), 0);
	session_copy_in_abort(s);
	assert_null(session_db_error(s));
	assert_int_equal(session_copy_in_start(s, "copy notes from stdin", &t->err), 0);
	assert_int_equal(put(t, s, "2\ttwo\n"), 0);
	session_close(s); /* gives it up as well */
	assert_string_equal(ask(t, "select count(*) from notes"), "0");
	assert_int_equal(stats_of(t).pinned_idle, 1);
}

static void wrong_statements_are_told(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	struct out o = {0};

	assert_int_equal(session_copy_in_start(s, "copy no_such from stdin", &t->err), E_BUG);
	assert_non_null(strstr(t->err.msg, "no_such"));
	err_clear(&t->err);
	assert_int_equal(session_copy_in_start(s, "select 1", &t->err), E_BUG);
	err_clear(&t->err);
	assert_int_equal(session_copy_out(s, "select 1", on_data, &o, &t->err), E_BUG);
	err_clear(&t->err);
	assert_int_equal(session_exec(s, t->arena, "select 1", 0, NULL, NULL, &t->err), 0);
	session_close(s);
}

static void caller_copies_with_his_own_rights(struct dbt *t)
{
	struct db_caller caller = {.role = STR("authenticated")};
	struct session *s = open_or_fail(t, &caller);
	int64_t rows = 0;

	ask(t, "delete from notes");
	assert_int_equal(session_copy_in_start(s, "copy notes from stdin", &t->err), 0);
	assert_int_equal(put(t, s, "1\tone\n"), 0);
	assert_int_equal(session_copy_in_end(s, &rows, &t->err), 0);
	assert_int_equal(rows, 1);
	assert_false(session_in_transaction(s));
	assert_string_equal(ask(t, "select count(*) from notes"), "1");
	assert_int_equal(session_copy_in_start(s, "copy pg_authid from stdin", &t->err), E_RIGHT);
	assert_false(session_in_transaction(s));
	session_close(s);
}

static void broken_connection_ends_a_copy(struct dbt *t)
{
	struct session *s = open_or_fail(t, NULL);
	char sql[80], row[8192];
	int code = 0;

	memset(row, '\n', sizeof(row));
	ask(t, "create unlogged table if not exists sink (text text)");
	assert_int_equal(session_copy_in_start(s, "copy sink from stdin", &t->err), 0);
	snprintf(sql, sizeof(sql), "select pg_terminate_backend(%d)", session_pid(s));
	admin(sql);
	for (int i = 0; i < 10000 && code == 0; i++)
		code = session_copy_in_put(s, row, sizeof(row), &t->err);
	if (code == 0)
		code = session_copy_in_end(s, NULL, &t->err);
	assert_int_equal(code, E_BUSY);
	session_close(s);
	ask(t, "drop table sink");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(rows_go_in_and_come_out),
		DB_TEST(copy_out_comes_row_by_row),
		DB_TEST(hundred_megabytes_in_flat_memory),
		DB_TEST(others_run_while_copy_waits),
		DB_TEST(bad_row_is_told_at_the_end),
		DB_TEST_WITH(abort_undoes_it, .pinned = 1),
		DB_TEST_WITH(abort_after_a_failed_end_is_fine, .pinned = 1),
		DB_TEST(wrong_statements_are_told),
		DB_TEST(caller_copies_with_his_own_rights),
		DB_TEST(broken_connection_ends_a_copy),
	};
	return cmocka_run_group_tests_name("db/copy", tests, dbt_group_setup, NULL);
}
