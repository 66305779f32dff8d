#include "support_rest_cache.h"

#include <stdio.h>
#include <stdlib.h>

/* Whom a login may become, and what each of them may see. */
static const char roles[] =
	"do $$ declare r text; begin"
	" foreach r in array array['rct_login', 'rct_web', 'rct_anon', 'rct_base', 'rct_stranger'] loop"
	"  if to_regrole(r) is null then execute 'create role ' || r; end if; end loop; end $$;"
	"alter role rct_login login noinherit; grant rct_web, rct_anon to rct_login; grant rct_base to rct_web;"
	"alter role rct_web set statement_timeout = '5s'; alter role rct_web set default_transaction_isolation = 'serializable';"
	"alter role rct_web set \"app.own\" = 'x'; alter role rct_web set work_mem = '8MB';"
	"alter role rct_anon set log_min_messages = 'error';" /* only a superuser sets that */
	"do $$ begin execute format('alter role rct_web in database %I set work_mem = ''16MB''', current_database()); end $$;";

static const char script[] =
	"drop schema if exists test cascade; create schema test; grant usage on schema test to rct_web, rct_anon;"
	"create table test.open (id int, secret text); grant select, insert, update on test.open to rct_web;"
	"create table test.partly (id int primary key, name text, gone int, secret text, \"from base\" int);"
	"alter table test.partly drop column gone;"
	"grant select (id, name), insert (id), update (name) on test.partly to rct_web;"
	"grant select (\"from base\") on test.partly to rct_base; grant select on test.partly to rct_anon;"
	"create table test.closed (id int); create table test.only_base (id int, name text);"
	"grant select (id) on test.only_base to rct_base;"
	"create view test.seen as select id, secret from test.partly; grant select (id) on test.seen to rct_web;"
	"create policy p on test.open using (true);";

static int setup(void **state)
{
	(void)state;
	rct_admin(roles);
	rct_admin(script);
	return 0;
}

static bool is_denied(struct rct *t, uint64_t bits, const char *role)
{
	int bit = rest_cache_role(t->cache, str_of(role));

	assert_in_range(bit, 0, 63);
	return bits >> bit & 1;
}

static const struct rest_column *column(struct rct *t, const char *table, const char *name)
{
	return rct_column(rct_table(t, "test", table), name);
}

static void the_login_and_whom_it_may_become(struct rct *t)
{
	assert_int_equal(rest_cache_role(t->cache, STR("rct_login")), 0);
	assert_int_equal(rest_cache_role(t->cache, STR("rct_anon")), 1);
	assert_int_equal(rest_cache_role(t->cache, STR("rct_web")), 2);
	assert_int_equal(rest_cache_role(t->cache, STR("rct_base")), 3);
	assert_int_equal(rest_cache_role(t->cache, STR("rct_stranger")), -1);
	assert_int_equal(rest_cache_role(t->cache, STR("nobody")), -1);
	rct_eq(rest_cache_role_at(t->cache, 2)->name, "rct_web");
	assert_null(rest_cache_role_at(t->cache, -1));
	assert_null(rest_cache_role_at(t->cache, 64));
}

static void settings_of_roles_that_the_login_may_set(struct rct *t)
{
	const struct rest_role *web =
		rest_cache_role_at(t->cache, rest_cache_role(t->cache, STR("rct_web")));
	const struct rest_role *anon =
		rest_cache_role_at(t->cache, rest_cache_role(t->cache, STR("rct_anon")));

	rct_eq(web->isolation, "serializable");
	assert_int_equal(web->n_settings, 4);
	rct_eq(web->settings[0], "statement_timeout");
	rct_eq(web->settings[1], "5s");
	rct_eq(web->settings[2], "work_mem");
	rct_eq(web->settings[3], "16MB"); /* this database's own */
	assert_int_equal(anon->n_settings, 0);
	rct_eq(anon->isolation, NULL);
}

static void columns_without_a_grant_beside_others_with_one(struct rct *t)
{
	assert_true(rct_table(t, "test", "partly")->has_column_grants);
	assert_false(is_denied(t, column(t, "partly", "id")->denied, "rct_web"));
	assert_true(is_denied(t, column(t, "partly", "secret")->denied, "rct_web"));
	assert_false(is_denied(t, column(t, "partly", "from base")->denied, "rct_web"));
	assert_true(is_denied(t, column(t, "partly", "name")->denied, "rct_base"));
	assert_false(is_denied(t, column(t, "partly", "secret")->denied, "rct_anon"));
	assert_true(is_denied(t, column(t, "seen", "secret")->denied, "rct_web"));
	/* web inherits from base */
	assert_true(is_denied(t, column(t, "only_base", "name")->denied, "rct_web"));
	assert_false(is_denied(t, column(t, "only_base", "id")->denied, "rct_web"));
}

static void writing_is_looked_at_by_itself(struct rct *t)
{
	assert_false(is_denied(t, column(t, "partly", "id")->no_insert, "rct_web"));
	assert_true(is_denied(t, column(t, "partly", "name")->no_insert, "rct_web"));
	assert_true(is_denied(t, column(t, "partly", "id")->no_update, "rct_web"));
	assert_false(is_denied(t, column(t, "partly", "name")->no_update, "rct_web"));
	assert_int_equal(column(t, "partly", "id")->no_insert >> 1 & 1,
		0); /* anon may not at all */
}

static void whole_tables_have_no_bits(struct rct *t)
{
	assert_int_equal(column(t, "open", "secret")->denied, 0);
	assert_int_equal(column(t, "closed", "id")->denied, 0);
	assert_false(rct_table(t, "test", "open")->has_column_grants);
	assert_false(is_denied(t, column(t, "only_base", "id")->denied, "rct_anon"));
}

static void nothing_reads_the_request(struct rct *t)
{
	const struct rest_cache_uses *u = rest_cache_uses(t->cache);

	assert_false(u->request_headers || u->request_cookies || u->request_path ||
		u->request_method || u->response);
}

/* Each in its own place; the cache is read again after each. */
static const struct {
	const char *sql;
	struct rest_cache_uses uses;
} readers[] = {
	{"create function test.f() returns text language sql as"
	 " $$ select current_setting('Request.Headers', true) $$",
		{.request_headers = true}},
	{"create function test.f() returns text language sql return current_setting('request.cookies', true)",
		{.request_cookies = true}},
	{"create policy q on test.open using (current_setting('request.path', true) = '/')",
		{.request_path = true}},
	{"create policy q on test.open for insert with check (current_setting('request.method') = 'x')",
		{.request_method = true}},
	{"create view test.v as select current_setting('request.headers', true)::json ->> 'x'",
		{.request_headers = true}},
	{"alter table test.open alter secret set default current_setting('request.path')",
		{.request_path = true}},
	{"alter table test.open add constraint c check (id > 0 or current_setting('request.method') = 'x')",
		{.request_method = true}},
	{"create function test.f() returns void language plpgsql as"
	 " $$ begin perform set_config('response.status', '418', true); end $$",
		{.response = true}},
	{"create view test.v as select set_config('response.headers', '[]', true)",
		{.response = true}},
	{"create function test.f() returns text language sql as $$ select 'the request came' $$",
		{0}},
};

static void where_settings_of_the_request_are_read(struct rct *t)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		rct_admin(script);
		rct_admin(readers[i].sql);
		struct rest_cache *c = rct_load(t, "test", "");
		assert_non_null(c);
		if (memcmp(rest_cache_uses(c), &readers[i].uses, sizeof readers[i].uses) != 0)
			fail_msg("%s", readers[i].sql);
		rest_cache_unref(c);
	}
	rct_admin(script);
}

/* DATABASE_URL with another user; its server trusts everybody. */
static const char *login_url(void)
{
	static char text[1024];
	const char *url = getenv("DATABASE_URL"), *at = url ? strchr(url, '@') : NULL;

	if (!at)
		return NULL;
	snprintf(text, sizeof text, "postgresql://rct_login%s", at);
	return text;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(the_login_and_whom_it_may_become),
		RCT(settings_of_roles_that_the_login_may_set),
		RCT(columns_without_a_grant_beside_others_with_one),
		RCT(writing_is_looked_at_by_itself),
		RCT(whole_tables_have_no_bits),
		RCT(nothing_reads_the_request),
		RCT(where_settings_of_the_request_are_read),
	};
	rct_url = login_url();
	return cmocka_run_group_tests_name("mod/rest_cache_roles", tests, setup, NULL);
}
