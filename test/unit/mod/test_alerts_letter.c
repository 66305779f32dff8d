#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/keyring.h"
#include "mod/alerts/letter.h"

static struct arena *a;
static struct keyring *ring;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	ring = keyring_new();
	setenv("PLAT_PUBLIC_URL", "https://api.example.org/", 1);
	setenv("PLAT_SITE_URL", "https://homes.example/", 1);
	return keyring_add(ring, 1, NULL);
}

static int teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	arena_free(a);
	return 0;
}

#define SEARCH \
	"{\"id\": \"00000000-0000-0000-0000-000000000003\", \"name\": \"By the \\\"sea\\\"\"}"
#define LISTING \
	"{\"id\": \"00000000-0000-0000-0000-000000000009\", \"label\": \"New\", \"place\": \"Miami FL\", \"price\": \"$1\"}"

static const struct json *written(const char *taken)
{
	struct alerts_letter_for who = {.arena = a,
		.keyring = ring,
		.workspace_id = STR("00000000-0000-0000-0000-000000000001"),
		.user_id = STR("00000000-0000-0000-0000-000000000002")};
	struct err e = {.arena = a};
	struct alerts_letter l;

	assert_int_equal(alerts_letter_write(&who, str_of(taken), &l, &e), 0);
	assert_true(str_eq(l.address, STR("x@example.org")));
	const struct json *data = json_parse(a, l.data, &e);
	assert_non_null(data);
	return data;
}

static const char *part(const struct json *v, const char *key)
{
	struct str text;

	return json_to_str(json_get(v, key), &text) ? str_cstr(a, text) : "";
}

static void one_listing_is_its_own_subject(void **state)
{
	(void)state;
	const struct json *v =
		written("{\"email\": \"x@example.org\", \"count\": 1, \"searches\": [" SEARCH
			"], \"listings\": [" LISTING "], \"domain\": \"oak.example\"}");
	const struct json *data = json_get(v, "Data"), *l = json_at(json_get(data, "listings"), 0);

	assert_string_equal(part(data, "subject"), "New: Miami FL, $1");
	assert_string_equal(part(l, "url"),
		"https://oak.example/listings/00000000-0000-0000-0000-000000000009");
	assert_string_equal(part(l, "place"), "Miami FL");
}

static void links_end_one_search_or_all(void **state)
{
	(void)state;
	const char *one = "{\"email\": \"x@example.org\", \"count\": 2, \"searches\": [" SEARCH
			  "], \"listings\": [" LISTING ", " LISTING "]}";
	const struct json *v = written(one), *data = json_get(v, "Data");
	const char *of_search = part(json_at(json_get(data, "searches"), 0), "unsubscribe_url");

	assert_string_equal(part(data, "subject"), "2 listings for “By the \"sea\"”");
	assert_int_equal(strncmp(of_search,
				 "https://api.example.org/alerts/v1/unsubscribe?token=", 52),
		0);
	assert_string_equal(part(v, "UnsubscribeURL"), of_search);
	assert_string_not_equal(part(data, "unsubscribe_all_url"), of_search);
	assert_string_equal(part(json_at(json_get(data, "listings"), 1), "url"),
		"https://homes.example/listings/00000000-0000-0000-0000-000000000009");

	v = written(
		"{\"email\": \"x@example.org\", \"count\": 2, \"has_favorites\": true, \"searches\": [" SEARCH
		"], \"listings\": []}");
	assert_string_equal(part(v, "UnsubscribeURL"),
		part(json_get(v, "Data"), "unsubscribe_all_url"));
	v = written(
		"{\"email\": \"x@example.org\", \"count\": 2, \"searches\": [], \"listings\": []}");
	assert_string_equal(part(json_get(v, "Data"), "subject"), "2 of your favorites changed");
	v = written("{\"email\": \"x@example.org\", \"count\": 2, \"searches\": [" SEARCH
		    ", " SEARCH "], \"listings\": []}");
	assert_string_equal(part(json_get(v, "Data"), "subject"), "2 listings for your searches");
}

static void a_search_that_found_more_is_opened(void **state)
{
	(void)state;
	const struct json *data = json_get(
		written("{\"email\": \"x@example.org\", \"count\": 1, \"searches\": [{\"id\": \"00000000-0000-0000-0000-000000000003\","
			" \"name\": \"Sea\", \"more\": \"1,234\"}], \"listings\": [" LISTING "]}"),
		"Data");
	const struct json *search = json_at(json_get(data, "searches"), 0);

	assert_string_equal(part(search, "more"), "1,234");
	assert_string_equal(part(search, "url"),
		"https://homes.example/searches/00000000-0000-0000-0000-000000000003");
}

static void nobody_gets_nothing(void **state)
{
	(void)state;
	struct alerts_letter_for who = {.arena = a};
	struct err e = {.arena = a};
	struct alerts_letter l;

	assert_int_not_equal(alerts_letter_write(&who, STR("{}"), &l, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_listing_is_its_own_subject, setup, teardown),
		cmocka_unit_test_setup_teardown(links_end_one_search_or_all, setup, teardown),
		cmocka_unit_test_setup_teardown(a_search_that_found_more_is_opened, setup,
			teardown),
		cmocka_unit_test_setup_teardown(nobody_gets_nothing, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
