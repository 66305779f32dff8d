#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/jwt.h"
#include "mod/rest/config.h"
#include "mod/rest/fault.h"
#include "mod/rest/login.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

#define SECRET "reallyreallyreallyreallyverysafe"
#define NOW INT64_C(1700000000)

static struct arena *a;
static struct rest_config *config;
static struct rest_login_cache *cache;
static struct rest_fault fault;
static struct rest_login login;

static void set(const char *key, const char *value)
{
	struct err e = {.arena = a};

	if (rest_config_set(config, str_of(key), str_of(value), &e))
		fail_msg("%s", e.msg);
}

static void use(void)
{
	struct err e = {.arena = a};

	if (rest_config_finish(config, &e))
		fail_msg("%s", e.msg);
	if (cache)
		rest_login_configure(cache, config);
	else
		cache = rest_login_cache_new(config);
}

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	clock_freeze(NOW * US_PER_SECOND);
	config = rest_config_new(a);
	set("jwt-secret", SECRET);
	set("db-anon-role", "anon");
	use();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rest_login_cache_free(cache);
	cache = NULL;
	clock_freeze(0);
	arena_free(a);
	return 0;
}

static struct str token(const char *claims)
{
	const struct jwk_set *set = jwk_set_of_secret(a, STR(SECRET), NULL);

	return jwt_sign(a, set->keys[0], str_of(claims));
}

static int check(struct str authorization, struct str apikey)
{
	memset(&login, 0x55, sizeof(login));
	fault = (struct rest_fault){.arena = a};
	return rest_login_check(cache, a, authorization, apikey, &login, &fault);
}

static struct str bearer(struct str token_text)
{
	return str_printf(a, "Bearer " STR_FMT, STR_ARG(token_text));
}

/* "role claims user_id anonymous", or the fault: "401 PGRST301 message | details | authenticate". */
static const char *said(struct str authorization, struct str apikey)
{
	if (check(authorization, apikey))
		return arena_printf(a, "%d %s %s | %s | %s", fault.status, fault.code,
			fault.message, fault.details ? fault.details : "",
			fault.authenticate ? fault.authenticate : "");
	return arena_printf(a, STR_FMT " " STR_FMT " %s %s", STR_ARG(login.role),
		STR_ARG(login.claims), login.user_id.p ? login.user_id.p : "-",
		login.anonymous ? "anonymous" : "known");
}

static const char *said_of(const char *claims)
{
	return said(bearer(token(claims)), STR_NULL);
}

static void without_a_token_it_is_the_anonymous_role(void **state)
{
	(void)state;
	assert_string_equal(said(STR_NULL, STR_NULL), "anon {\"role\":\"anon\"} - anonymous");
	assert_string_equal(said(STR("Basic YTpi"), STR_NULL),
		"anon {\"role\":\"anon\"} - anonymous");
	assert_string_equal(said(STR(""), STR("")), "anon {\"role\":\"anon\"} - anonymous");
	assert_string_equal(said(STR("Bearerx y"), STR_NULL),
		"anon {\"role\":\"anon\"} - anonymous");
	set("db-anon-role", "");
	use();
	assert_string_equal(said(STR_NULL, STR_NULL),
		"401 PGRST302 Anonymous access is disabled |  | Bearer");
	assert_string_equal(said_of("{\"sub\":\"x\"}"),
		"401 PGRST302 Anonymous access is disabled |  | Bearer");
	assert_string_equal(said_of("{\"role\":\"web\"}"), "web {\"role\":\"web\"} - known");
}

static void a_token_says_who_it_is(void **state)
{
	static const struct {
		const char *claims, *said;
	} cases[] = {
		{"{\"role\":\"web\"}", "web {\"role\":\"web\"} - known"},
		{"{\"role\":\"anon\"}", "anon {\"role\":\"anon\"} - anonymous"},
		{"{}", "anon {\"role\":\"anon\"} - anonymous"},
		{"{ \"id\" : 1.50, \"x\" : [ null , true ] }",
			"anon {\"id\":1.50,\"x\":[null,true],\"role\":\"anon\"} - anonymous"},
		{"{\"role\":\"a\",\"n\":1,\"role\":\"b\"}", "b {\"n\":1,\"role\":\"b\"} - known"},
		{"{\"role\":\"q\\\"é\"}", "q\"é {\"role\":\"q\\\"é\"} - known"},
		{"{\"role\":7}", "7 {\"role\":\"7\"} - known"},
		{"{\"role\":null}", "null {\"role\":\"null\"} - known"},
		{"{\"role\":{\"a\":[1]}}", "{\"a\":[1]} {\"role\":\"{\\\"a\\\":[1]}\"} - known"},
		{"{\"role\":\"\"}", " {\"role\":\"\"} - known"},
		{"{\"sub\":\"0B0C9A3E-0000-4000-8000-00000000000F\",\"role\":\"web\"}",
			"web {\"sub\":\"0B0C9A3E-0000-4000-8000-00000000000F\",\"role\":\"web\"} "
			"0b0c9a3e-0000-4000-8000-00000000000f known"},
		{"{\"sub\":\"fun\",\"role\":\"web\"}",
			"web {\"sub\":\"fun\",\"role\":\"web\"} - known"},
		{"{\"sub\":7,\"role\":\"web\"}", "web {\"sub\":7,\"role\":\"web\"} - known"},
		{"{\"a\\u0000b\":\"c\\u0000d\",\"role\":\"web\"}",
			"web {\"ab\":\"cd\",\"role\":\"web\"} - known"},
	};

	(void)state;
	for (int turn = 0; turn < 2; turn++) /* new, and kept */
		for (size_t i = 0; i < N(cases); i++)
			assert_string_equal(said_of(cases[i].claims), cases[i].said);
	assert_int_equal(rest_login_stats(cache).requests, 2 * N(cases));
	assert_int_equal(rest_login_stats(cache).hits, N(cases));
}

#define INVALID(words) " | Bearer error=\"invalid_token\", error_description=\"" words "\""
#define NO_KEY "401 PGRST301 No suitable key or wrong key type | "

static void tokens_that_are_none_are_refused_in_the_words_of_postgrest(void **state)
{
	static const struct {
		const char *authorization, *said;
	} cases[] = {
		{"Bearer",
			"401 PGRST301 Empty JWT is sent in Authorization header | " INVALID(
				"Empty JWT is sent in Authorization header")},
		{"bearer \t ",
			"401 PGRST301 Empty JWT is sent in Authorization header | " INVALID(
				"Empty JWT is sent in Authorization header")},
		{"Bearer a.b",
			"401 PGRST301 Expected 3 parts in JWT; got 2 | " INVALID(
				"Expected 3 parts in JWT; got 2")},
		{"BEARER a",
			"401 PGRST301 Expected 3 parts in JWT; got 1 | " INVALID(
				"Expected 3 parts in JWT; got 1")},
		{"Bearer a.b.c",
			"401 PGRST301 JWT cryptographic operation failed | " INVALID(
				"JWT cryptographic operation failed")},
		{"Bearer e30.e30.e30",
			"401 PGRST301 JWT cryptographic operation failed | " INVALID(
				"JWT cryptographic operation failed")},
		{"Bearer eyJhbGciOiJub25lIn0.e30.",
			"401 PGRST301 Wrong or unsupported encoding algorithm | JWT is unsecured but expected 'alg' was not "
			"'none'" INVALID("Wrong or unsupported encoding algorithm")},
		{"Bearer eyJhbGciOiJSUzI1NiJ9.e30.AA",
			NO_KEY "No suitable key was found to decode the JWT" INVALID(
				"No suitable key or wrong key type")},
		{"Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6IngifQ.e30.AA",
			NO_KEY "No suitable key was found to decode the JWT" INVALID(
				"No suitable key or wrong key type")},
		{"Bearer eyJhbGciOiJIUzI1NiJ9.e30.AA",
			NO_KEY "None of the keys was able to decode the JWT" INVALID(
				"No suitable key or wrong key type")},
		{"Bearer eyJhbGciOiJIUzI1NiIsImNyaXQiOltdfQ.e30.AA",
			"401 PGRST301 JWT couldn't be decoded | The header names extensions in 'crit', and none is supported" INVALID(
				"JWT couldn't be decoded")},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(said(str_of(cases[i].authorization), STR_NULL), cases[i].said);
	assert_int_equal(rest_login_stats(cache).entries, 0);
	assert_string_equal(said_of("[1]"),
		"401 PGRST303 Parsing claims failed | " INVALID("Parsing claims failed"));
	assert_string_equal(said_of("{\"role\":\"a\\u0000b\"}"),
		"401 PGRST303 Parsing claims failed | " INVALID("Parsing claims failed"));
	assert_string_equal(said_of("{\"role\":\"none\"}"),
		"401 22023 role \"none\" does not exist |  | ");
	assert_int_equal(rest_login_stats(cache).entries, 0);
	set("jwt-secret", "");
	use();
	assert_string_equal(said_of("{}"), "500 PGRST300 Server lacks JWT secret |  | ");
	assert_string_equal(said(STR("Bearer"), STR_NULL),
		"500 PGRST300 Server lacks JWT secret |  | ");
	assert_string_equal(said(STR_NULL, STR_NULL), "anon {\"role\":\"anon\"} - anonymous");
}

static void claims_that_do_not_hold_are_refused(void **state)
{
	static const struct {
		const char *claims, *said;
	} cases[] = {
		{"{\"exp\":1699999969}",
			"401 PGRST303 JWT expired | Invalid by 31 seconds" INVALID("JWT expired")},
		{"{\"nbf\":1700000031}",
			"401 PGRST303 JWT not yet valid | Invalid by 31 seconds" INVALID(
				"JWT not yet valid")},
		{"{\"iat\":1700000100}",
			"401 PGRST303 JWT issued at future | Invalid by 100 seconds" INVALID(
				"JWT issued at future")},
		{"{\"exp\":\"x\"}",
			"401 PGRST303 The JWT 'exp' claim must be a number | " INVALID(
				"The JWT 'exp' claim must be a number")},
		{"{\"nbf\":\"x\"}",
			"401 PGRST303 The JWT 'nbf' claim must be a number | " INVALID(
				"The JWT 'nbf' claim must be a number")},
		{"{\"iat\":\"x\"}",
			"401 PGRST303 The JWT 'iat' claim must be a number | " INVALID(
				"The JWT 'iat' claim must be a number")},
		{"{\"aud\":{}}",
			"401 PGRST303 The JWT 'aud' claim must be a string or an array of strings | " INVALID(
				"The JWT 'aud' claim must be a string or an array of strings")},
		{"{\"aud\":\"them\"}",
			"401 PGRST303 JWT not in audience | " INVALID("JWT not in audience")},
	};

	(void)state;
	set("jwt-aud", "us");
	use();
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < N(cases); i++)
			assert_string_equal(said_of(cases[i].claims), cases[i].said);
	assert_string_equal(said_of("{\"aud\":[\"them\",\"us\"]}"),
		"anon {\"aud\":[\"them\",\"us\"],\"role\":\"anon\"} - anonymous");
	/* Their signatures are right, so asking again is cheap. */
	assert_int_equal(rest_login_stats(cache).hits, N(cases));
}

static void a_kept_token_expires_all_the_same(void **state)
{
	struct str t = bearer(token("{\"exp\":1700000100,\"nbf\":1699999990,\"role\":\"web\"}"));

	(void)state;
	assert_int_equal(check(t, STR_NULL), 0);
	clock_freeze((NOW + 130) * US_PER_SECOND);
	assert_int_equal(check(t, STR_NULL), 0);
	clock_freeze((NOW + 131) * US_PER_SECOND);
	assert_string_equal(said(t, STR_NULL),
		"401 PGRST303 JWT expired | Invalid by 31 seconds" INVALID("JWT expired"));
	clock_freeze((NOW - 41) * US_PER_SECOND);
	assert_int_equal(check(t, STR_NULL), -1);
	assert_string_equal(fault.message, "JWT not yet valid");
	assert_int_equal(rest_login_stats(cache).hits, 3);
}

/* The role is looked for where the setting says, and "role" in the claims is always the one that counts. */
static void the_role_may_stand_elsewhere(void **state)
{
	static const struct {
		const char *path, *claims, *said;
	} cases[] = {
		{"$.app.roles[0]", "{\"app\":{\"roles\":[\"x\"]},\"role\":\"y\"}",
			"x {\"app\":{\"roles\":[\"x\"]},\"role\":\"x\"} - known"},
		{".app.roles[?(@ ^== \"web_\")]", "{\"app\":{\"roles\":[\"x\",\"web_y\"]}}",
			"web_y {\"app\":{\"roles\":[\"x\",\"web_y\"]},\"role\":\"web_y\"} - known"},
		{"$.none", "{\"role\":\"y\"}", "anon {\"role\":\"anon\"} - anonymous"},
		{".aud", "{\"aud\":\"x\"}", "x {\"aud\":\"x\",\"role\":\"x\"} - known"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		set("jwt-role-claim-key", cases[i].path);
		use();
		assert_string_equal(said_of(cases[i].claims), cases[i].said);
	}
}

static void an_apikey_is_a_token_when_there_is_no_other(void **state)
{
	struct str anon = token("{\"role\":\"anon\"}"),
		   service = token("{\"role\":\"service_role\"}");
	struct str user = token("{\"role\":\"authenticated\"}");

	(void)state;
	assert_int_equal(check(STR_NULL, service), 0);
	assert_true(str_eq(login.role, STR("service_role")));
	assert_int_equal(check(bearer(service), service), 0);
	assert_true(str_eq(login.role, STR("service_role")));
	assert_int_equal(check(bearer(user), anon), 0);
	assert_true(str_eq(login.role, STR("authenticated")));
	assert_false(login.anonymous);
	assert_int_equal(check(STR_NULL, anon), 0);
	assert_true(login.anonymous);
	assert_int_equal(check(STR("Basic x"), service), 0);
	assert_true(str_eq(login.role, STR("service_role")));
	assert_int_equal(check(STR_NULL, STR("not a token")), -1);
	assert_string_equal(fault.message, "Expected 3 parts in JWT; got 1");
	assert_int_equal(check(STR("Bearer"), service), -1);
}

static void other_keys_forget_what_was_kept(void **state)
{
	struct str t = bearer(token("{\"role\":\"web\"}"));

	(void)state;
	assert_int_equal(check(t, STR_NULL), 0);
	assert_int_equal(check(t, STR_NULL), 0);
	set("jwt-secret", "another secret that is long enough now");
	use();
	assert_int_equal(check(t, STR_NULL), -1);
	assert_int_equal(rest_login_stats(cache).hits, 1);
	assert_int_equal(rest_login_stats(cache).requests, 3);
}

/* PostgREST's own cases: two places; what was asked for again stays. */
static void the_cache_is_bounded(void **state)
{
	struct str t[3];

	(void)state;
	set("jwt-cache-max-entries", "2");
	use();
	for (int i = 0; i < 3; i++)
		t[i] = bearer(token(arena_printf(a, "{\"role\":\"r%d\"}", i)));
	for (int i = 0; i < 6; i++)
		assert_int_equal(check(t[i % 3], STR_NULL), 0);
	assert_int_equal(rest_login_stats(cache).hits, 0);
	assert_int_equal(rest_login_stats(cache).evictions, 4);
	rest_login_configure(cache, config);
	static const int order[] = {0, 1, 0, 2, 0, 2};
	for (size_t i = 0; i < N(order); i++) {
		assert_int_equal(check(t[order[i]], STR_NULL), 0);
		assert_true(str_ends(login.role, str_printf(a, "%d", order[i])));
	}
	assert_int_equal(rest_login_stats(cache).hits, 3);
	assert_int_equal(rest_login_stats(cache).evictions, 5);
	assert_int_equal(rest_login_stats(cache).entries, 2);
}

static void without_a_cache_each_token_is_checked(void **state)
{
	struct str t = bearer(token("{\"role\":\"web\"}"));

	(void)state;
	set("jwt-cache-max-entries", "0");
	use();
	for (int i = 0; i < 3; i++)
		assert_int_equal(check(t, STR_NULL), 0);
	assert_int_equal(rest_login_stats(cache).requests, 0);
	assert_int_equal(rest_login_stats(cache).bytes, 0);
}

/* Texts of an answer stay when their entry goes. */
static void what_was_answered_outlives_the_cache(void **state)
{
	(void)state;
	assert_int_equal(check(bearer(token("{\"role\":\"web\"}")), STR_NULL), 0);
	assert_int_equal(check(bearer(token("{\"role\":\"web\"}")), STR_NULL), 0);
	struct rest_login kept = login;
	rest_login_configure(cache, config);
	assert_true(str_eq(kept.role, STR("web")));
	assert_true(str_eq(kept.claims, STR("{\"role\":\"web\"}")));
}

static void keys_of_a_set_are_taken_by_their_kid(void **state)
{
	const struct jwk *keys[] = {jwk_new(a, JWK_ES256), jwk_new(a, JWK_EDDSA)};
	const struct jwk_set set_of_keys = {.keys = keys, .n = N(keys)};
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jwk_set_write(&w, &set_of_keys);
	set("jwt-secret", b.p);
	buf_done(&b);
	use();
	for (size_t i = 0; i < N(keys); i++)
		assert_string_equal(said(bearer(jwt_sign(a, keys[i], STR("{\"role\":\"web\"}"))),
					    STR_NULL),
			"web {\"role\":\"web\"} - known");
	assert_int_equal(check(bearer(token("{\"role\":\"web\"}")), STR_NULL), -1);
	assert_string_equal(fault.details, "No suitable key was found to decode the JWT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_token_it_is_the_anonymous_role, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_token_says_who_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(
			tokens_that_are_none_are_refused_in_the_words_of_postgrest, setup,
			teardown),
		cmocka_unit_test_setup_teardown(claims_that_do_not_hold_are_refused, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_kept_token_expires_all_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(the_role_may_stand_elsewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(an_apikey_is_a_token_when_there_is_no_other, setup,
			teardown),
		cmocka_unit_test_setup_teardown(other_keys_forget_what_was_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(the_cache_is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_cache_each_token_is_checked, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_was_answered_outlives_the_cache, setup,
			teardown),
		cmocka_unit_test_setup_teardown(keys_of_a_set_are_taken_by_their_kid, setup,
			teardown),
	};

	return cmocka_run_group_tests_name("mod/rest/login", tests, NULL, NULL);
}
