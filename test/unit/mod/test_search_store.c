/* The store on a migrated database of its own, so that what tests commit is seen by others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "db/url.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/search/store.h"
#include "mod/search/store_local.h"
#include "mod/search/words.h"

#define WORKSPACE "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"
#define VISIBLE_MS 1000 /* the goal */
#define SANITIZED_MS 4000

static char own_url[2048], own_name[128], template_name[100];

struct test {
	struct loop *loop;
	struct arena *a;
	struct db *db;
	struct session *s;
	struct search_store *st;
	struct err e;
};

/* --- a database of this program's own --------------------------------------------------------------- */

static void name_database(void)
{
	struct url *u = url_parse(getenv("PLAT_MIGRATED_URL"), "plat test", NULL);
	size_t len = 0;

	assert_non_null(u);
	snprintf(template_name, sizeof template_name, "%s", url_get(u, "dbname"));
	snprintf(own_name, sizeof own_name, "%s_store", template_name);
	for (int i = 0; url_keywords(u)[i]; i++) {
		bool is_name = !strcmp(url_keywords(u)[i], "dbname");
		len += (size_t)snprintf(own_url + len, sizeof own_url - len, "%s='%s' ",
			url_keywords(u)[i], is_name ? own_name : url_values(u)[i]);
		assert_true(len < sizeof own_url);
	}
	url_free(u);
}

static struct result *run(struct test *t, struct session *s, const char *sql)
{
	struct result *r = NULL;

	if (session_exec(s, t->a, sql, 0, NULL, &r, &t->e)) {
		const struct db_error *d = session_db_error(s);
		fail_msg("%s: %s (%s)", sql, t->e.msg, d ? d->message : "");
	}
	return r;
}

static void sql(struct test *t, const char *text)
{
	run(t, t->s, text);
}

struct administrating {
	struct loop *loop;
	const char *sql[2];
};

static void administrate(void *p)
{
	struct administrating *x = p;
	struct test t = {.a = arena_new()};
	struct db_options o = {.url = getenv("DATABASE_URL")};

	t.e.arena = t.a;
	t.db = db_open(x->loop, &o, &t.e);
	t.s = session_open(t.db, NULL, &t.e);
	assert_non_null(t.s);
	for (int i = 0; i < 2 && x->sql[i]; i++)
		sql(&t, x->sql[i]);
	session_close(t.s);
	db_close(t.db);
	arena_free(t.a);
}

static void as_admin(const char *first, const char *second)
{
	struct administrating x = {loop_new(), {first, second}};

	loop_run_fiber(x.loop, administrate, &x);
	loop_free(x.loop);
}

static int create(void **state)
{
	char drop[200], make[400];

	(void)state;
	name_database();
	snprintf(drop, sizeof drop, "drop database if exists \"%s\" with (force)", own_name);
	snprintf(make, sizeof make, "create database \"%s\" template \"%s\"", own_name,
		template_name);
	as_admin(drop, make);
	return 0;
}

static int drop(void **state)
{
	char text[200];

	(void)state;
	snprintf(text, sizeof text, "drop database \"%s\" with (force)", own_name);
	as_admin(text, NULL);
	return 0;
}

struct test_case {
	void (*fn)(struct test *t);
	size_t memory;
};

struct running {
	const struct test_case *c;
	struct loop *loop;
};

static void run_case(void *p)
{
	struct running *r = p;
	struct test t = {.loop = r->loop, .a = arena_new()};
	struct db_options o = {.url = own_url, .pinned = 8};

	t.e.arena = t.a;
	t.db = db_open(t.loop, &o, &t.e);
	t.s = session_open(t.db, NULL, &t.e);
	assert_non_null(t.s);
	sql(&t, "truncate mls.listings cascade");
	sql(&t, "truncate mls.listing_removals");
	sql(&t,
		"insert into mls.workspaces (id, slug, name) values ('" WORKSPACE
		"', 'one', 'One'), ('" OTHER "', 'two', 'Two') on conflict do nothing");
	t.st = search_store_open(
		&(struct search_store_options){.loop = t.loop, .db = t.db, .memory = r->c->memory});
	r->c->fn(&t);
	search_store_free(t.st);
	session_close(t.s);
	db_close(t.db);
	arena_free(t.a);
}

static void in_fiber(void **state)
{
	struct running r = {*state, loop_new()};

	log_set_level(LOG_LEVEL_ERROR);
	loop_run_fiber(r.loop, run_case, &r);
	loop_free(r.loop);
}

/* --- what tests say ---------------------------------------------------------------------------------- */

static void add(struct test *t, struct session *s, const char *workspace, int n, const char *city)
{
	run(t, s,
		arena_printf(t->a,
			"insert into mls.listings (workspace_id, source_listing_key, standard_status, city, list_price) "
			"values ('%s', 'L%d', 'Active', '%s', %d)",
			workspace, n, city, 100000 + n));
}

/* Listings of the city, as a search of agents finds them. */
static size_t found_by(struct test *t, enum search_audience who, const char *workspace,
	const char *city)
{
	struct search_operand value = {.test = SEARCH_EQUAL, .text = str_of(city)};
	struct search_filter filter = {.op = SEARCH_MATCH, .operands = &value, .operands_n = 1};
	struct search_query q = {.who = who, .is_all = true, .facet_query_field = -1, .limit = 10};
	struct search_result r = {0};

	value.words_n = search_words(t->a, value.text, 20, &value.words);
	filter.field = search_field_find(STR("city"), who);
	q.filter = &filter;
	if (search_store_run(t->st, str_of(workspace), &q, t->a, &r, &t->e))
		fail_msg("search: %s", t->e.msg);
	return r.found;
}

static size_t found(struct test *t, const char *workspace, const char *city)
{
	return found_by(t, SEARCH_AGENTS, workspace, city);
}

static void becomes(struct test *t, enum search_audience who, const char *workspace,
	const char *city, size_t n)
{
	int64_t began = mono_us();

	while (found_by(t, who, workspace, city) != n) {
		int64_t ms = (mono_us() - began) / US_PER_MS;
		if (ms > SANITIZED_MS)
			fail_msg("%zu of %s, not %zu, after %lld ms",
				found_by(t, who, workspace, city), city, n, (long long)ms);
		assert_int_equal(fiber_sleep_ms(5), 0);
	}
}

static void stays(struct test *t, const char *workspace, const char *city, size_t n)
{
	for (int i = 0; i < 15; i++) {
		assert_int_equal(found(t, workspace, city), n);
		assert_int_equal(fiber_sleep_ms(10), 0);
	}
}

static struct session *another_session(struct test *t)
{
	struct session *s = session_open(t->db, NULL, &t->e);

	assert_non_null(s);
	return s;
}

/* --- tests ------------------------------------------------------------------------------------------- */

static void finds_what_is_committed(struct test *t)
{
	add(t, t->s, WORKSPACE, 1, "Miami");
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1); /* loaded now */
	assert_int_equal(found(t, OTHER, "Miami"), 0);
	add(t, t->s, WORKSPACE, 2, "Miami");
	add(t, t->s, OTHER, 3, "Miami");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 2);
	becomes(t, SEARCH_AGENTS, OTHER, "Miami", 1);
	sql(t, "update mls.listings set city = 'Naples' where source_listing_key = 'L1'");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Naples", 1);
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1);
}

static void is_searched_within_a_second(struct test *t)
{
	assert_int_equal(found(t, WORKSPACE, "Miami"), 0);
	assert_int_equal(fiber_sleep_ms(150), 0);
	int64_t began = mono_us();
	add(t, t->s, WORKSPACE, 1, "Miami");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 1);
	assert_true(mono_us() - began < VISIBLE_MS * US_PER_MS);
}

static void forgets_what_is_deleted_or_taken_down(struct test *t)
{
	for (int i = 0; i < 4; i++)
		add(t, t->s, WORKSPACE, i, "Miami");
	assert_int_equal(found(t, WORKSPACE, "Miami"), 4);
	sql(t, "delete from mls.listings where source_listing_key = 'L0'");
	sql(t, "update mls.listings set is_active = false, deactivated_reason = 'manual' where source_listing_key = 'L1'");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 2);
	sql(t, "update mls.listings set is_active = true where source_listing_key = 'L1'");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 3);
	/* The same id again, in the transaction that deleted it. */
	assert_int_equal(session_begin(t->s, &t->e), 0);
	sql(t, "create temp table kept on commit drop as select id from mls.listings where source_listing_key = 'L2'");
	sql(t, "delete from mls.listings where source_listing_key = 'L2'");
	sql(t,
		"insert into mls.listings (id, workspace_id, source_listing_key, standard_status, city) "
		"select id, '" WORKSPACE "', 'L9', 'Active', 'Naples' from kept");
	assert_int_equal(session_commit(t->s, &t->e), 0);
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Naples", 1);
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 2);
	sql(t, "truncate mls.listings cascade");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 0);
}

/* It has an older number than others that are long committed and searched. */
static void misses_no_transaction_that_commits_late(struct test *t)
{
	struct session *early = another_session(t);
	struct session *earlier = another_session(t);

	assert_int_equal(session_begin(earlier, &t->e), 0);
	add(t, earlier, WORKSPACE, 1, "Tampa");
	assert_int_equal(found(t, WORKSPACE, "Tampa"), 0); /* loaded while it is under way */
	assert_int_equal(session_begin(early, &t->e), 0);
	add(t, early, WORKSPACE, 2, "Tampa");
	for (int i = 10; i < 14; i++) {
		add(t, t->s, WORKSPACE, i, "Miami");
		becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", (size_t)i - 9);
	}
	assert_int_equal(found(t, WORKSPACE, "Tampa"), 0);
	add(t, early, WORKSPACE, 3, "Tampa");
	assert_int_equal(session_commit(early, &t->e), 0);
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Tampa", 2);
	add(t, t->s, WORKSPACE, 20, "Miami");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 5);
	assert_int_equal(session_commit(earlier, &t->e), 0);
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Tampa", 3);
	session_close(early);
	session_close(earlier);
}

static void shows_nothing_of_what_is_rolled_back(struct test *t)
{
	struct session *s = another_session(t);

	assert_int_equal(found(t, WORKSPACE, "Tampa"), 0);
	assert_int_equal(session_begin(s, &t->e), 0);
	add(t, s, WORKSPACE, 1, "Tampa");
	stays(t, WORKSPACE, "Tampa", 0);
	assert_int_equal(session_rollback(s, &t->e), 0);
	stays(t, WORKSPACE, "Tampa", 0);
	session_close(s);
}

static void follows_more_than_a_batch_takes(struct test *t)
{
	assert_int_equal(found(t, WORKSPACE, "Miami"), 0);
	sql(t,
		"insert into mls.listings (workspace_id, source_listing_key, standard_status, city) "
		"select '" WORKSPACE
		"', 'M' || n, 'Active', 'Miami' from generate_series(1, 2700) n");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 2700);
	sql(t, "delete from mls.listings where source_listing_key <> 'M7'");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 1);
}

/* A stamp out of a dump of another server is no change. */
static void takes_no_stamp_of_another_server_for_news(struct test *t)
{
	add(t, t->s, WORKSPACE, 1, "Miami");
	sql(t, "set session_replication_role = replica");
	sql(t, "update mls.listings set changed_xid = '999999999999'");
	sql(t, "set session_replication_role = origin");
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1);
	uint64_t changes = t->st->stats.changes;
	add(t, t->s, WORKSPACE, 2, "Miami");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 2);
	assert_int_equal(t->st->stats.changes - changes, 1);
	sql(t, "update mls.listings set city = 'Naples' where source_listing_key = 'L1'");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Naples", 1);
}

static void is_made_anew_when_the_profile_changes(struct test *t)
{
	sql(t, "update mls.compliance_profiles set shown_statuses = default");
	add(t, t->s, WORKSPACE, 1, "Miami");
	add(t, t->s, OTHER, 2, "Miami");
	sql(t, "update mls.compliance_profiles set shows_unstated = true");
	becomes(t, SEARCH_PUBLIC, WORKSPACE, "Miami", 1);
	becomes(t, SEARCH_PUBLIC, OTHER, "Miami", 1);
	uint64_t loads = t->st->stats.loads;
	sql(t,
		"update mls.compliance_profiles set shows_unstated = false where workspace_id = '" WORKSPACE
		"'");
	becomes(t, SEARCH_PUBLIC, WORKSPACE, "Miami", 0);
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1);
	assert_int_equal(found_by(t, SEARCH_PUBLIC, OTHER, "Miami"), 1);
	assert_int_equal(t->st->stats.loads, loads + 1);
	/* A notice that nobody heard. */
	sql(t, "alter table mls.compliance_profiles disable trigger compliance_profiles_tell_searches");
	sql(t, "update mls.compliance_profiles set shows_unstated = true");
	sql(t, "alter table mls.compliance_profiles enable trigger compliance_profiles_tell_searches");
	assert_int_equal(found_by(t, SEARCH_PUBLIC, WORKSPACE, "Miami"), 0);
	sql(t,
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
		"and query like 'listen %'");
	becomes(t, SEARCH_PUBLIC, WORKSPACE, "Miami", 1);
}

static void goes_on_after_lost_connections(struct test *t)
{
	assert_int_equal(found(t, WORKSPACE, "Miami"), 0);
	for (int i = 0; i < 3; i++) {
		sql(t,
			"select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
			"and pid <> pg_backend_pid()");
		add(t, t->s, WORKSPACE, i, "Miami");
		becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", (size_t)i + 1);
	}
}

/* As after a restore: what was followed is of another time. */
static void begins_anew_on_another_life_of_the_server(struct test *t)
{
	add(t, t->s, WORKSPACE, 1, "Miami");
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1);
	assert_int_equal(fiber_sleep_ms(200), 0);
	/* Lost without a trace. */
	sql(t, "set session_replication_role = replica");
	sql(t, "delete from mls.listings");
	sql(t, "set session_replication_role = origin");
	stays(t, WORKSPACE, "Miami", 1);
	snprintf(t->st->life, sizeof t->st->life, "another one");
	becomes(t, SEARCH_AGENTS, WORKSPACE, "Miami", 0);
}

static void hides_what_has_been_closed_for_long_when_a_day_begins(struct test *t)
{
	sql(t, "update mls.compliance_profiles set shows_unstated = true, closed_days = 30, shown_statuses = '{Active,Closed}'");
	add(t, t->s, WORKSPACE, 1, "Miami");
	sql(t, "update mls.listings set standard_status = 'Closed', close_date = (now() at time zone 'UTC')::date - 30");
	becomes(t, SEARCH_PUBLIC, WORKSPACE, "Miami", 1);
	/* As seen the day before: it was closed 31 days ago all along. */
	sql(t, "set session_replication_role = replica");
	sql(t, "update mls.listings set close_date = close_date - 1");
	sql(t, "set session_replication_role = origin");
	stays(t, WORKSPACE, "Miami", 1);
	assert_int_equal(found_by(t, SEARCH_PUBLIC, WORKSPACE, "Miami"), 1);
	struct result *r = run(t, t->s, "select ((now() at time zone 'UTC')::date - 1)::text");
	snprintf(t->st->day, sizeof t->st->day, "%s", result_text(r, 0, 0).p);
	becomes(t, SEARCH_PUBLIC, WORKSPACE, "Miami", 0);
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1);
}

static void fill(struct test *t, const char *workspace, int n)
{
	sql(t,
		arena_printf(t->a,
			"insert into mls.listings (workspace_id, source_listing_key, standard_status, city, public_remarks) "
			"select '%s', 'F' || n, 'Active', 'Miami', md5(n::text) || ' ' || md5((-n)::text) from generate_series(1, %d) n",
			workspace, n));
}

/* Each takes about two thirds of what there is. */
static void gives_up_what_was_searched_least_lately(struct test *t)
{
	fill(t, WORKSPACE, 1000);
	fill(t, OTHER, 1000);
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1000);
	t->st->room = search_room_used(t->st) * 3 / 2;
	assert_int_equal(found(t, OTHER, "Miami"), 1000);
	assert_int_equal(t->st->n, 1);
	assert_int_equal(t->st->stats.given_up, 1);
	assert_int_equal(found(t, WORKSPACE, "Miami"), 1000);
	assert_int_equal(t->st->stats.given_up, 2);
	assert_true(search_room_used(t->st) <= t->st->room);
}

static void refuses_what_is_larger_than_all_memory(struct test *t)
{
	size_t n;

	fill(t, WORKSPACE, 3000);
	assert_int_equal(search_store_len(t->st, STR(WORKSPACE), SEARCH_AGENTS, &n, &t->e), E_BUSY);
	assert_non_null(strstr(t->e.msg, "PLAT_SEARCH_MEMORY"));
	err_clear(&t->e);
	uint64_t loads = t->st->stats.loads_failed;
	assert_int_equal(search_store_len(t->st, STR(WORKSPACE), SEARCH_AGENTS, &n, &t->e), E_BUSY);
	assert_int_equal(t->st->stats.loads_failed, loads); /* not tried again at once */
	err_clear(&t->e);
	add(t, t->s, OTHER, 1, "Miami");
	assert_int_equal(found(t, OTHER, "Miami"), 1);
}

static void says_how_far_a_load_is(void **state)
{
	static const struct {
		size_t len, expected;
		const char *wanted;
	} cases[] = {
		{0, 1000, "the listings are being made searchable; please"},
		{7, 1000,
			"the listings are being made searchable, 7 of about 1,000 so far; please"},
		{340123, 1000000, "searchable, 340,123 of about 1,000,000 so far; please"},
		{1000, 999, "the listings are being made searchable, 1,000 so far; please"},
	};
	char words[SEARCH_WORDS_OF_FAILURE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct search_held h = {.load = SEARCH_LOAD_RUNNING,
			.next_len = cases[i].len,
			.next_expected = cases[i].expected};
		search_held_tell(&h, words);
		assert_non_null(strstr(words, cases[i].wanted));
		h.load = SEARCH_LOAD_WANTED;
		search_held_tell(&h, words);
		assert_non_null(strstr(words, cases[0].wanted));
	}
}

static void columns_of_copy_are_read_as_they_were(void **state)
{
	char line[] = "a\\tb\\\\\\n\t\\N\t\t\\\\N";
	char cut[] = "a\tb";
	struct str s[4];

	(void)state;
	assert_true(search_row_split(line, strlen(line), s, 4));
	assert_true(str_eq(s[0], STR("a\tb\\\n")));
	assert_null(s[1].p);
	assert_true(s[2].p && !s[2].len);
	assert_true(str_eq(s[3], STR("\\N")));
	assert_false(search_row_split(cut, strlen(cut), s, 3));
	assert_false(search_row_split(cut, strlen(cut), s, 1));
}

#define CASE(f, megabytes)             \
	{.name = #f,                   \
		.test_func = in_fiber, \
		.initial_state = &(struct test_case){f, (size_t)(megabytes) << 20}}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_how_far_a_load_is),
		cmocka_unit_test(columns_of_copy_are_read_as_they_were),
		CASE(finds_what_is_committed, 256),
		CASE(is_searched_within_a_second, 256),
		CASE(forgets_what_is_deleted_or_taken_down, 256),
		CASE(misses_no_transaction_that_commits_late, 256),
		CASE(shows_nothing_of_what_is_rolled_back, 256),
		CASE(follows_more_than_a_batch_takes, 256),
		CASE(takes_no_stamp_of_another_server_for_news, 256),
		CASE(is_made_anew_when_the_profile_changes, 256),
		CASE(goes_on_after_lost_connections, 256),
		CASE(begins_anew_on_another_life_of_the_server, 256),
		CASE(hides_what_has_been_closed_for_long_when_a_day_begins, 256),
		CASE(gives_up_what_was_searched_least_lately, 256),
		CASE(refuses_what_is_larger_than_all_memory, 1),
	};

	if (!getenv("PLAT_MIGRATED_URL")) {
		printf("1..0 # SKIP there is no migrated database (PLAT_MIGRATED_URL)\n");
		return 0;
	}
	return cmocka_run_group_tests_name("mod/search_store", tests, create, drop);
}
