#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "mod/auth/provider.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static bool is(struct str s, const char *text)
{
	return str_eq(s, str_of(text));
}

static void presets_know_the_rest(void **state)
{
	struct auth_providers p;
	struct err e = {.arena = a};

	(void)state;
	assert_int_equal(
		auth_providers_parse(a,
			STR("{\"google\": {\"client_id\": \"g\", \"client_secret\": \"s\"},"
			    " \"github\": {\"client_id\": \"h\"},"
			    " \"work\": {\"preset\": \"google\", \"client_id\": \"w\"}}"),
			&p, &e),
		0);
	assert_int_equal(p.n, 3);
	const struct auth_provider *g = auth_provider_find(&p, STR("google"));
	assert_int_equal(g->kind, AUTH_PROVIDER_OPENID);
	assert_true(is(g->issuer, "https://accounts.google.com"));
	assert_true(is(g->scopes, "openid email profile"));
	const struct auth_provider *h = auth_provider_find(&p, STR("github"));
	assert_int_equal(h->kind, AUTH_PROVIDER_GITHUB);
	assert_true(is(h->authorize_url, "https://github.com/login/oauth/authorize"));
	assert_true(is(h->api_url, "https://api.github.com"));
	assert_null(h->client_secret.p);
	assert_true(is(auth_provider_find(&p, STR("work"))->issuer, "https://accounts.google.com"));
	assert_null(auth_provider_find(&p, STR("apple")));
}

static void others_say_who_they_are(void **state)
{
	struct auth_providers p;
	struct err e = {.arena = a};

	(void)state;
	assert_int_equal(
		auth_providers_parse(a,
			STR("{\"acme\": {\"issuer\": \"https://acme.example/x\", \"client_id\": \"c\","
			    " \"scopes\": \"openid\", \"additional_client_ids\": [\"d\", \"e\"]},"
			    " \"ghe\": {\"preset\": \"github\", \"client_id\": \"c\", \"url\": \"https://ghe.example/\","
			    " \"api_url\": \"http://127.0.0.1:1/api/v3/\"}}"),
			&p, &e),
		0);
	assert_true(is(p.list[0].issuer, "https://acme.example/x"));
	assert_int_equal(p.list[0].n_audiences, 3);
	assert_true(is(p.list[0].audiences[0], "c") && is(p.list[0].audiences[2], "e"));
	assert_true(is(p.list[1].token_url, "https://ghe.example/login/oauth/access_token"));
	assert_true(is(p.list[1].api_url, "http://127.0.0.1:1/api/v3"));
}

static void what_is_wrong_is_named(void **state)
{
	static const char *const bad[][2] = {
		{"", "JSON"},
		{"[]", "an object of providers"},
		{"{\"acme\": 1}", "provider acme must be an object"},
		{"{\"ac me\": {}}", "no name of a provider"},
		{"{\"email\": {}}", "no name of a provider"},
		{"{\"acme\": {\"client_id\": \"c\"}}", "\"issuer\" is missing"},
		{"{\"acme\": {\"issuer\": \"https://x.example\"}}", "\"client_id\" is missing"},
		{"{\"google\": {\"client_id\": \"\"}}", "\"client_id\" must be a text"},
		{"{\"google\": {\"client_id\": 7}}", "\"client_id\" must be a text"},
		{"{\"google\": {\"client_id\": \"a\\u0000b\"}}", "NUL"},
		{"{\"google\": {\"clientid\": \"c\"}}", "there is no member \"clientid\""},
		{"{\"acme\": {\"issuer\": \"http://x.example\", \"client_id\": \"c\"}}",
			"https://"},
		{"{\"acme\": {\"issuer\": \"htTps://x.example\", \"client_id\": \"c\"}}",
			"https://"},
		{"{\"acme\": {\"issuer\": \"ftp://x.example\", \"client_id\": \"c\"}}",
			"no http or https URL"},
		{"{\"acme\": {\"issuer\": \"https://x.example?a=1\", \"client_id\": \"c\"}}",
			"more than scheme, host and path"},
		{"{\"acme\": {\"preset\": \"okta\", \"client_id\": \"c\"}}",
			"neither google nor github"},
		{"{\"google\": {\"client_id\": \"c\", \"additional_client_ids\": \"d\"}}",
			"a list of texts"},
		{"{\"google\": {\"client_id\": \"c\", \"additional_client_ids\": [1]}}",
			"a list of texts"},
		{"{\"google\": {\"client_id\": \"c\"}, \"google\": {\"client_id\": \"d\"}}",
			"there twice"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {.arena = a};
		struct auth_providers p;
		assert_int_equal(auth_providers_parse(a, str_of(bad[i][0]), &p, &e), E_INPUT);
		if (i && !strstr(e.msg, bad[i][1]))
			fail_msg("%s: %s", bad[i][0], e.msg);
	}
}

#define IN_ARENA(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ARENA(presets_know_the_rest),
		IN_ARENA(others_say_who_they_are),
		IN_ARENA(what_is_wrong_is_named),
	};
	return cmocka_run_group_tests_name("mod/auth_provider", tests, NULL, NULL);
}
