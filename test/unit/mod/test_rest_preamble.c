/* What a transaction is told before its statements, by asking PostgreSQL in that transaction. */
#include <stdio.h>

#include "db/batch.h"
#include "db/result.h"
#include "mod/rest/plan.h"
#include "mod/rest/preamble.h"
#include "mod/rest/run.h"
#include "support_rest_cache.h"
#include "support_rest_request.h"

static int make_schema(void **state)
{
	(void)state;
	rct_admin(
		"drop schema if exists test cascade; create schema test; drop schema if exists \"odd \"\"one\" cascade;"
		"create schema \"odd \"\"one\";"
		"do $$ begin create role pre_reader; exception when duplicate_object then null; end $$;"
		"grant usage on schema test to pre_reader;"
		"alter role pre_reader set work_mem = '5MB'; alter role pre_reader set datestyle = 'German';"
		"alter role pre_reader set client_encoding = 'LATIN1';"
		"alter role pre_reader set default_transaction_isolation = 'serializable';"
		"create function test.before() returns void language sql as $$"
		" select set_config('seen.role', current_user::text, true) $$;"
		/* reads them, so they are sent */
		"create function test.reads() returns text language sql as $$ select current_setting('request.method') ||"
		" current_setting('request.path') || current_setting('request.headers') || current_setting('request.cookies') $$;");
	return 0;
}

static struct rest_request *request(struct rct *t)
{
	struct rest_request *r = rrq_new();

	r->cache = t->cache;
	r->schema = STR("test");
	r->login.role = STR("postgres");
	return r;
}

/* The settings, joined by |, as the statement of the request would see them. */
static const char *seen(struct rct *t, struct rest_request *r, const char *settings)
{
	const char *isolation = rest_preamble_isolation(r), *pre = rest_run_pre_request(r);
	struct batch *b = batch_new(t->arena);
	struct rest_preamble preamble;
	struct rest_extra extra;
	int at;

	rest_preamble(r, &preamble);
	rest_preamble_extra(r, &extra);
	if (isolation)
		batch_add(b, isolation, 0, NULL);
	batch_add_prepared(b, preamble.stmt, preamble.n, preamble.params);
	if (extra.n)
		batch_add(b, extra.sql, extra.n, extra.params);
	if (pre)
		batch_add(b, pre, 0, NULL);
	at = batch_add(b,
		arena_printf(t->arena,
			"select string_agg(coalesce(current_setting(s, true), '~'), '|' order by n)"
			" from unnest(string_to_array('%s', ' ')) with ordinality u(s, n)",
			settings),
		0, NULL);
	if (db_run(t->db, b, &t->err))
		fail_msg("%s", batch_db_error(b) ? batch_db_error(b)->message : t->err.msg);
	return arena_printf(t->arena, STR_FMT, STR_ARG(result_text(batch_result(b, at), 0, 0)));
}

static void role_and_claims_are_told(struct rct *t)
{
	struct rest_request *r = request(t);

	r->login.role = STR("pre_reader");
	r->login.claims = STR("{\"role\":\"pre_reader\",\"a\":\"it's \\\"x\\\"\"}");
	assert_string_equal(seen(t, r, "role request.jwt.claims"),
		"pre_reader|{\"role\":\"pre_reader\",\"a\":\"it's \\\"x\\\"\"}");
	rrq_free(r);
	r = request(t);
	assert_string_equal(seen(t, r, "role request.jwt.claims"),
		"postgres|"); /* nothing is left */
	rrq_free(r);
}

static void reads_are_read_only(struct rct *t)
{
	struct rest_request *r = request(t);
	struct rest_plan plan = {.is_read_only = true};

	assert_string_equal(seen(t, r, "transaction_read_only"), "off");
	r->plan = &plan;
	assert_string_equal(seen(t, r, "transaction_read_only"), "on");
	rrq_free(r);
}

static void search_path_is_schema_and_extra(struct rct *t)
{
	struct rest_request *r = request(t);

	rrq_set("db-extra-search-path", "public, odd \"one");
	assert_string_equal(seen(t, r, "search_path"), "\"test\", \"public\", \"odd \"\"one\"");
	r->schema = STR("odd \"one");
	rrq_set("db-extra-search-path", "");
	assert_string_equal(seen(t, r, "search_path"), "\"odd \"\"one\"");
	rrq_free(r);
}

static void method_path_and_cookies_are_told_when_something_reads_them(struct rct *t)
{
	struct rest_request *r = request(t);

	r->method = REST_PATCH;
	r->path = STR("/films");
	rrq_header(r, "Cookie", "a=1; b = \"two\" ;c=x=y; ; =z; bare; d=");
	assert_string_equal(seen(t, r,
				    "request.method request.path request.cookies request.headers"),
		"PATCH|/films|{\"a\":\"1\",\"b \":\" \\\"two\\\"\",\"c\":\"x=y\",\"d\":\"\"}|{}");
	rrq_free(r);
}

static void settings_of_the_role_hold(struct rct *t)
{
	struct rest_request *r = request(t);

	r->login.role = STR("pre_reader");
	r->role = rest_cache_role(t->cache, r->login.role);
	assert_true(r->role >= 0);
	/* in answers dates stay ISO and texts UTF-8 */
	assert_string_equal(seen(t, r, "work_mem datestyle client_encoding transaction_isolation"),
		"5MB|ISO, DMY|UTF8|serializable");
	rrq_free(r);
}

static void settings_of_the_function_win(struct rct *t)
{
	static const struct str settings[] = {{STR_INIT("work_mem")}, {STR_INIT("7MB")},
		{STR_INIT("default_transaction_isolation")}, {STR_INIT("REPEATABLE READ")},
		{STR_INIT("DateStyle")}, {STR_INIT("SQL, YMD")}};
	struct rest_plan plan = {.settings = settings, .n_settings = 6};
	struct rest_request *r = request(t);

	r->login.role = STR("pre_reader");
	r->role = rest_cache_role(t->cache, r->login.role);
	r->plan = &plan;
	assert_string_equal(seen(t, r, "work_mem transaction_isolation datestyle"),
		"7MB|repeatable read|ISO, YMD");
	rrq_free(r);
}

static void order_of_dates_is_read_from_any_style(struct rct *t)
{
	static const char *const cases[][2] = {{"ISO", "ISO, MDY"}, {"iso, dmy", "ISO, DMY"},
		{"German", "ISO, DMY"}, {"German, MDY", "ISO, MDY"}, {"MDY, German", "ISO, MDY"},
		{"SQL, European", "ISO, DMY"}, {"Postgres, US", "ISO, MDY"}, {"YMD", "ISO, YMD"},
		{"NonEuropean", "ISO, MDY"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct str settings[] = {STR("datestyle"), str_of(cases[i][0])};
		struct rest_plan plan = {.settings = settings, .n_settings = 2};
		struct rest_request *r = request(t);

		r->plan = &plan;
		assert_string_equal(seen(t, r, "datestyle"), cases[i][1]);
		rrq_free(r);
	}
}

static void application_and_zone_are_told(struct rct *t)
{
	struct rest_request *r = request(t);

	rrq_set("app.settings.colour", "it's green");
	r->prefer.timezone = STR("Asia/Tokyo");
	assert_string_equal(seen(t, r, "app.settings.colour timezone"), "it's green|Asia/Tokyo");
	rrq_free(r);
}

static void few_settings_are_no_statement(struct rct *t)
{
	struct rest_request *r = request(t);
	struct rest_extra extra;

	rest_preamble_extra(r, &extra);
	assert_int_equal(extra.n, 0);
	assert_null(rest_preamble_isolation(r));
	assert_null(rest_run_pre_request(r));
	rrq_free(r);
}

static void function_before_each_request_runs_as_who_asks(struct rct *t)
{
	struct rest_request *r = request(t);

	rrq_set("db-pre-request", "test.before");
	r->login.role = STR("pre_reader");
	assert_string_equal(rest_run_pre_request(r), "select \"test\".\"before\"()");
	assert_string_equal(seen(t, r, "seen.role"), "pre_reader");
	rrq_set("db-pre-request", "before");
	assert_string_equal(rest_run_pre_request(r), "select \"before\"()");
	assert_string_equal(seen(t, r, "seen.role"), "pre_reader"); /* by the search path */
	rrq_free(r);
}

static void plan_rows_are_those_of_explain(struct rct *t)
{
	struct rest_request *r = request(t);
	struct batch *b = batch_new(t->arena);
	double cost = 0;

	batch_add(b, "explain (format json) select from generate_series(1, 77)", 0, NULL);
	batch_add(b, "select 'no plan'", 0, NULL);
	assert_int_equal(db_run(t->db, b, &t->err), 0);
	assert_int_equal(rest_run_plan_rows(r, batch_result(b, 0), &cost), 77);
	assert_true(cost > 0 && cost < 100);
	assert_int_equal(rest_run_plan_rows(r, batch_result(b, 0), NULL), 77);
	assert_int_equal(rest_run_plan_rows(r, batch_result(b, 1), NULL), -1);
	rrq_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(role_and_claims_are_told),
		RCT(reads_are_read_only),
		RCT(search_path_is_schema_and_extra),
		RCT(method_path_and_cookies_are_told_when_something_reads_them),
		RCT(settings_of_the_role_hold),
		RCT(settings_of_the_function_win),
		RCT(order_of_dates_is_read_from_any_style),
		RCT(application_and_zone_are_told),
		RCT(few_settings_are_no_statement),
		RCT(function_before_each_request_runs_as_who_asks),
		RCT(plan_rows_are_those_of_explain),
	};
	return cmocka_run_group_tests_name("mod/rest_preamble", tests, make_schema, NULL);
}
