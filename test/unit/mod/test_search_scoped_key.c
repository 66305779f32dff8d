/* Scoped keys: which ones are signed with a parent, and that a request widens nothing of what they fix. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "mod/search/access.h"
#include "mod/search/asked.h"
#include "mod/search/scoped_key.h"

/* As typesense-js makes them. */
static struct str make(struct arena *a, struct str parent, struct str params)
{
	unsigned char mac[CRYPTO_SHA256_LEN];

	crypto_hmac_sha256(parent, params, mac);
	return enc_base64(a,
		STR_JOIN(a, enc_base64(a, str_from(mac, sizeof mac)),
			str_sub(parent, 0, SCOPED_KEY_PREFIX), params));
}

static void takes_the_example_of_the_documentation(void **state)
{
	struct arena *a = arena_new();
	struct search_scoped_key k;
	/* Typesense's own test of its clients. */
	struct str parent = STR("RN23GFr1s6jQ9kgSNg2O7fYcAUXU7127");
	struct str key = STR(
		"SC9sT0hncHFwTHNFc3U3d3psRDZBUGNXQUViQUdDNmRHSmJFQnNnczJ4VT1STjIzeyJmaWx0ZXJfYnkiOiJjb21wYW55X2lkOjEyNCJ9");

	(void)state;
	assert_true(search_scoped_key_read(a, key, &k));
	assert_true(str_eq(k.prefix, STR("RN23")));
	assert_true(str_eq(k.params, STR("{\"filter_by\":\"company_id:124\"}")));
	assert_true(search_scoped_key_is_of(a, &k, parent));
	assert_false(search_scoped_key_is_of(a, &k, STR("RN23GFr1s6jQ9kgSNg2O7fYcAUXU7128")));
	arena_free(a);
}

static void what_was_changed_is_not_signed(void **state)
{
	struct arena *a = arena_new();
	struct str parent = STR("abcdefghijklmnop"), plain;
	struct search_scoped_key k;

	(void)state;
	struct str key = make(a, parent, STR("{\"filter_by\":\"city:=Miami\"}"));
	assert_true(enc_base64_decode(a, key, &plain));
	for (size_t i = 0; i < plain.len; i++) {
		char *copy = str_cstr(a, plain);
		copy[i] ^= 1;
		if (search_scoped_key_read(a, enc_base64(a, str_from(copy, plain.len)), &k) &&
			str_eq(k.prefix, STR("abcd")))
			assert_false(search_scoped_key_is_of(a, &k, parent));
	}
	arena_free(a);
}

static void what_is_none_is_refused(void **state)
{
	static const char *const params[] = {"", "[]", "\"x\"", "{", "{\"a\":}", "null",
		"{\"expires_at\":\"soon\"}", "{\"expires_at\":-1}", "{\"expires_at\":null}",
		"{\"expires_at\":1e300}", "{\"a\":\"\xff\"}"};
	struct arena *a = arena_new();
	struct search_scoped_key k;

	(void)state;
	for (size_t i = 0; i < sizeof params / sizeof *params; i++)
		assert_false(
			search_scoped_key_read(a, make(a, STR("abcdefgh"), str_of(params[i])), &k));
	assert_false(search_scoped_key_read(a, STR(""), &k));
	assert_false(search_scoped_key_read(a, STR("RN23GFr1s6jQ9kgSNg2O7fYcAUXU7127"), &k));
	assert_true(search_scoped_key_read(a,
		make(a, STR("abcdefgh"), STR("{\"expires_at\":1700000000}")), &k));
	assert_int_equal(k.expires_s, 1700000000);
	arena_free(a);
}

/* --- nothing widens ------------------------------------------------------------------------------- */

static int ask(struct arena *a, const char *embedded, const char *url, const char *body,
	struct search_asked *ret, struct err *e)
{
	struct search_access who = {.who = SEARCH_AGENTS, .expires_s = INT64_MAX};
	struct err good = {.arena = a};

	*e = (struct err){.arena = a};
	who.embedded = embedded ? json_parse(a, str_of(embedded), &good) : NULL;
	const struct json *u = url ? json_parse(a, str_of(url), &good) : NULL;
	const struct json *b = body ? json_parse(a, str_of(body), &good) : NULL;
	assert_int_equal(good.code, 0);
	return search_asked_read(a, &who, u, b, ret, e);
}

static struct search_asked asked(struct arena *a, const char *embedded, const char *url,
	const char *body)
{
	struct search_asked got;
	struct err e;

	if (ask(a, embedded, url, body, &got, &e))
		fail_msg("%s", e.msg);
	return got;
}

static void the_keys_filter_holds_beside_the_requests(void **state)
{
	struct arena *a = arena_new();
	struct search_asked got = asked(a, "{\"filter_by\":\"city:=Miami\"}",
		"{\"q\":\"*\",\"filter_by\":\"bedrooms:>1 || bedrooms:<9\"}", NULL);
	const struct search_filter *f = got.query.filter;
	struct err e;

	(void)state;
	assert_int_equal(f->op, SEARCH_AND);
	assert_int_equal(f->left->op, SEARCH_MATCH);
	assert_string_equal(search_fields[f->left->field].name, "city");
	assert_int_equal(f->right->op, SEARCH_OR);
	assert_true(got.query.filter_pins); /* pins stay within the key's filter */
	/* A parenthesis of the request closes none of ours. */
	assert_int_equal(ask(a, "{\"filter_by\":\"city:=Miami\"}",
				 "{\"q\":\"*\",\"filter_by\":\"bedrooms:>1) || (bedrooms:<9\"}",
				 NULL, &got, &e),
		E_INPUT);
	arena_free(a);
}

static void all_filters_of_a_request_hold(void **state)
{
	struct arena *a = arena_new();
	const struct search_filter *f = asked(a, "{\"filter_by\":\"state:=FL\"}",
		"{\"q\":\"*\",\"filter_by\":\"city:=Miami\"}", "{\"filter_by\":\"bedrooms:>1\"}")
						.query.filter;

	(void)state;
	assert_string_equal(search_fields[f->left->field].name, "state");
	assert_int_equal(f->right->op, SEARCH_AND);
	arena_free(a);
}

static void what_the_key_fixes_wins(void **state)
{
	struct arena *a = arena_new();
	struct search_asked got = asked(a, "{\"per_page\":2,\"q\":\"pool\",\"query_by\":\"city\"}",
		"{\"q\":\"*\",\"per_page\":\"9\",\"limit\":\"100\",\"query_by\":\"county\"}",
		"{\"per_page\":50}");

	(void)state;
	assert_int_equal(got.query.limit, 2);
	assert_true(str_eq(got.q, STR("pool")));
	assert_int_equal(got.query.by_n, 1);
	assert_string_equal(search_fields[got.query.by[0].field].name, "city");
	got = asked(a, NULL, "{\"q\":\"*\",\"per_page\":\"9\"}", "{\"per_page\":50,\"page\":2}");
	assert_int_equal(got.query.limit, 9);
	assert_int_equal(got.query.offset, 9);
	arena_free(a);
}

static bool shows(const struct search_asked *got, const char *name)
{
	return got->look.is_shown[search_field_find(str_of(name), SEARCH_AGENTS)];
}

static void what_the_key_hides_is_nowhere(void **state)
{
	static const char hides[] = "{\"exclude_fields\":\"list_agent_name,public_remarks\"}";
	struct arena *a = arena_new();
	struct search_asked got = asked(a, hides,
		"{\"q\":\"x\",\"query_by\":\"public_remarks,city\",\"include_fields\":\"list_agent_name,city\","
		"\"highlight_full_fields\":\"public_remarks\"}",
		NULL);
	struct err e;

	(void)state;
	assert_true(shows(&got, "city"));
	assert_false(shows(&got, "list_agent_name"));
	assert_false(shows(&got, "list_price"));
	assert_int_equal(got.look.marked_n, 1);
	assert_string_equal(search_fields[got.look.marked[0]].name, "city");
	assert_int_equal(ask(a, hides, "{\"q\":\"*\",\"facet_by\":\"list_agent_name\"}", NULL, &got,
				 &e),
		E_INPUT);
	assert_string_equal(e.msg, "facet_by: the key does not show the field 'list_agent_name'");
	assert_int_equal(ask(a, hides, "{\"q\":\"*\",\"group_by\":\"list_agent_name\"}", NULL, &got,
				 &e),
		E_INPUT);
	got = asked(a, "{\"include_fields\":\"id,city\"}",
		"{\"q\":\"*\",\"include_fields\":\"list_price\"}", NULL);
	assert_true(shows(&got, "city"));
	assert_false(shows(&got, "list_price"));
	arena_free(a);
}

static void names_of_fields_are_checked(void **state)
{
	struct arena *a = arena_new();
	struct search_asked got;
	struct err e;

	(void)state;
	assert_int_equal(ask(a, NULL, "{\"q\":\"*\",\"include_fields\":\"list_prize\"}", NULL, &got,
				 &e),
		E_ABSENT);
	assert_string_equal(e.msg,
		"include_fields: there is no field 'list_prize'; did you mean 'list_price'?");
	got = asked(a, NULL, "{\"q\":\"*\",\"exclude_fields\":\"list_*,out_of\"}", NULL);
	assert_false(shows(&got, "list_price"));
	assert_true(shows(&got, "city"));
	assert_true(got.look.without_out_of);
	assert_int_equal(ask(a, NULL, "{\"q\":\"*\"}", "{\"x\":{}}", &got, &e), E_INPUT);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_example_of_the_documentation),
		cmocka_unit_test(what_was_changed_is_not_signed),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(the_keys_filter_holds_beside_the_requests),
		cmocka_unit_test(all_filters_of_a_request_hold),
		cmocka_unit_test(what_the_key_fixes_wins),
		cmocka_unit_test(what_the_key_hides_is_nowhere),
		cmocka_unit_test(names_of_fields_are_checked),
	};
	return cmocka_run_group_tests_name("mod/search_scoped_key", tests, NULL, NULL);
}
