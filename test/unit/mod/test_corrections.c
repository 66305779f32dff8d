/* What a run could not type, or put right, counted by kind; its table is that of a migrated database, in a transaction that is rolled back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/mls/corrections.h"
#include "mod/mls/mapping.h"

struct test {
	struct loop *loop;
	struct arena *a;
	struct session *s;
	struct str workspace_id, run_id;
	struct err e;
	void (*fn)(struct test *t);
};

static struct str ask(struct test *t, const char *sql)
{
	struct db_param params[] = {db_str(t->workspace_id), db_str(t->run_id)};
	struct result *r;
	int n = t->run_id.p ? 2 : t->workspace_id.p ? 1 : 0;

	if (session_exec(t->s, t->a, sql, n, params, &r, &t->e))
		fail_msg("%s: %s", sql, t->e.msg);
	return result_rows(r) ? result_text(r, 0, 0) : STR_NULL;
}

static void assert_answer(struct test *t, const char *sql, const char *want)
{
	assert_string_equal(str_cstr(t->a, ask(t, sql)), want);
}

static void run(void *arg)
{
	struct test *t = arg;
	struct db_options o = {.url = getenv("PLAT_MIGRATED_URL")};
	struct db *db = db_open(t->loop, &o, &t->e);

	assert_non_null(db);
	t->s = session_open(db, NULL, &t->e);
	assert_non_null(t->s);
	assert_int_equal(session_begin(t->s, &t->e), 0);
	t->workspace_id = ask(t,
		"insert into mls.workspaces (slug, name) values ('corrections', 'C') returning id");
	t->run_id = ask(t,
		"insert into mls.sync_runs (workspace_id, kind) values ($1, 'import') returning id");
	t->fn(t);
	session_rollback(t->s, NULL);
	session_close(t->s);
	db_close(db);
}

static void with_database(void (*fn)(struct test *t))
{
	struct test t = {.loop = loop_new(), .a = arena_new(), .fn = fn};

	if (!getenv("PLAT_MIGRATED_URL"))
		skip();
	t.e.arena = t.a;
	loop_run_fiber(t.loop, run, &t);
	loop_free(t.loop);
	arena_free(t.a);
}

static void add(struct test *t, struct corrections *c, struct str field, const char *reason,
	struct str value)
{
	struct listing_row *row = arena_alloc(t->a, sizeof *row);

	memset(row, 0, sizeof *row);
	row->problems_n = 1;
	row->problems[0] = (struct listing_problem){field, value, reason};
	corrections_add(c, row);
}

static void save(struct test *t, struct corrections *c)
{
	if (corrections_save(c, t->s, t->a, t->workspace_id, t->run_id, &t->e))
		fail_msg("%s", t->e.msg);
}

#define OF_RUN " from mls.sync_corrections where workspace_id = $1 and sync_run_id = $2"

static void count_pages(struct test *t)
{
	struct corrections *c = corrections_new(t->a);

	save(t, c); /* nothing to say is nothing written */
	assert_answer(t, "select count(*)" OF_RUN, "0");
	for (int page = 0; page < 3; page++) {
		add(t, c, STR("YearBuilt"), "no whole number", STR("\"TBD\""));
		add(t, c, STR("YearBuilt"), "no whole number", STR("\"old\""));
		add(t, c, STR("YearBuilt"), "out of range", STR("99999"));
		save(t, c);
		corrections_keep(c);
	}
	assert_answer(t,
		"select string_agg(concat_ws(' ', field, reason, n, example), '; ' order by n)" OF_RUN,
		"YearBuilt out of range 3 99999; YearBuilt no whole number 6 \"TBD\"");
}

static void pages_add_up_and_the_first_example_stays(void **state)
{
	(void)state;
	with_database(count_pages);
}

static void forget_page(struct test *t)
{
	struct corrections *c = corrections_new(t->a);

	add(t, c, STR("City"), "too long", STR("\"x\""));
	corrections_forget(c); /* the page was rolled back, and comes again */
	add(t, c, STR("City"), "too long", STR("\"x\""));
	save(t, c);
	corrections_keep(c);
	save(t, c); /* a page without any */
	assert_answer(t, "select sum(n)" OF_RUN, "1");
}

static void a_page_that_was_rolled_back_does_not_count(void **state)
{
	(void)state;
	with_database(forget_page);
}

static void count_kinds(struct test *t)
{
	struct corrections *c = corrections_new(t->a);
	char name[40];

	for (int i = 0; i < CORRECTIONS_MAX + 20; i++) {
		snprintf(name, sizeof name, "Field%d", i);
		add(t, c, str_copy(t->a, str_of(name)), "no number", STR("null"));
	}
	save(t, c);
	assert_answer(t, "select count(*)" OF_RUN, "501");
	assert_answer(t, "select n" OF_RUN " and field = 'various' and reason = 'other'", "20");
	assert_answer(t, "select sum(n)" OF_RUN, "520");
}

static void beyond_so_many_kinds_only_the_number_is_kept(void **state)
{
	(void)state;
	with_database(count_kinds);
}

static void count_row(struct test *t)
{
	struct corrections *c = corrections_new(t->a);
	struct listing_row *row = arena_alloc(t->a, sizeof *row);
	char *field = arena_alloc(t->a, 600);

	memset(row, 0, sizeof *row);
	memset(field, 'f', 600);
	memcpy(field + 254, "\xc3\xa9", 2); /* a letter on the edge */
	row->problems_n = LISTING_PROBLEMS_MAX + 8;
	for (int i = 0; i < LISTING_PROBLEMS_MAX; i++)
		row->problems[i] = (struct listing_problem){str_from(field, 600), STR("1"), "bad"};
	row->fixes_n = 1;
	row->fixes[0] = (struct listing_problem){STR("State"), STR("\"Florida\""), "put right"};
	corrections_add(c, row);
	save(t, c);
	assert_answer(t, "select n" OF_RUN " and length(field) = 254 and reason = 'bad'", "32");
	assert_answer(t, "select n" OF_RUN " and field = 'various'", "8");
	assert_answer(t, "select n" OF_RUN " and field = 'State' and reason = 'put right'", "1");
}

static void what_a_row_did_not_keep_counts_and_names_are_cut_between_letters(void **state)
{
	(void)state;
	with_database(count_row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_add_up_and_the_first_example_stays),
		cmocka_unit_test(a_page_that_was_rolled_back_does_not_count),
		cmocka_unit_test(beyond_so_many_kinds_only_the_number_is_kept),
		cmocka_unit_test(what_a_row_did_not_keep_counts_and_names_are_cut_between_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
