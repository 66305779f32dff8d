/* Settings of a connection: defaults by provider and metadata, what may be said, and the sentences for the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/mls/source_settings.h"

static int read_with(const char *provider, const char *text, struct source_known known,
	struct source_settings *ret, struct err *e)
{
	const struct json *v = json_parse(e->arena, str_of(text), e);

	assert_non_null(v);
	return source_settings_read(e->arena, str_of(provider), v, &known, ret, e);
}

static struct source_settings good(struct arena *a, const char *provider, const char *text,
	struct source_known known)
{
	struct err e = {.arena = a};
	struct source_settings s;

	assert_int_equal(read_with(provider, text, known, &s, &e), 0);
	return s;
}

static void assert_refused(const char *text, const char *words)
{
	struct err e = {.arena = arena_new()};
	struct source_settings s;

	assert_int_equal(read_with("bridge", text, (struct source_known){0}, &s, &e), E_INPUT);
	assert_string_equal(e.msg, words);
	arena_free(e.arena);
}

static void defaults_are_those_of_the_provider(void **state)
{
	struct arena *a = arena_new();
	struct source_settings b = good(a, "bridge", "{}", (struct source_known){0});
	struct source_settings r = good(a, "reso", "{}", (struct source_known){0});

	(void)state;
	assert_true(str_eq(b.cursor_field, STR("BridgeModificationTimestamp")));
	assert_true(str_eq(r.cursor_field, STR("ModificationTimestamp")));
	assert_int_equal(b.replication, SOURCE_AUTO);
	assert_int_equal(r.replication, SOURCE_NO);
	assert_int_equal(b.media, SOURCE_MEDIA_EMBEDDED);
	assert_int_equal(r.media, SOURCE_MEDIA_EXPAND); /* until metadata say otherwise */
	assert_int_equal(b.requests_per_hour, 5000);
	assert_int_equal(r.requests_per_hour, 0);
	assert_int_equal(b.overlap_minutes, 10);
	assert_int_equal(b.url_max, 5000);
	assert_int_equal(b.purge_percent, 10);
	assert_null(b.feed.p);
	arena_free(a);
}

static void metadata_decides_what_is_left_to_it(void **state)
{
	struct arena *a = arena_new();
	struct source_known plain = {.has_metadata = true, .media = SOURCE_MEDIA_RESOURCE};
	struct source_known bridge = {.has_metadata = true, .has_bridge_time = true};

	(void)state;
	assert_true(
		str_eq(good(a, "bridge", "{}", plain).cursor_field, STR("ModificationTimestamp")));
	assert_true(str_eq(good(a, "reso", "{}", bridge).cursor_field,
		STR("BridgeModificationTimestamp")));
	assert_int_equal(good(a, "bridge", "{}", plain).media, SOURCE_MEDIA_RESOURCE);
	assert_int_equal(good(a, "reso", "{\"media\": \"auto\"}", plain).media,
		SOURCE_MEDIA_RESOURCE);
	assert_int_equal(good(a, "reso", "{\"media\": \"none\"}", plain).media, SOURCE_MEDIA_NONE);
	arena_free(a);
}

static void what_is_said_counts_in_each_way_it_can_be_written(void **state)
{
	struct arena *a = arena_new();
	struct source_settings s = good(a, "bridge",
		"{\"feed\": \"idx\", \"cursor_field\": \"X_1\", \"replication\": false, \"timestamp_filter\": \"yes\", "
		"\"page_size\": \"500\", \"next_link\": \"link, body\", \"overlap_minutes\": 0, \"url_max\": 2000, "
		"\"purge_guard_percent\": 100, \"requests_per_day\": 40000, \"media\": null}",
		(struct source_known){0});

	(void)state;
	assert_true(str_eq(s.feed, STR("idx")));
	assert_true(str_eq(s.cursor_field, STR("X_1")));
	assert_int_equal(s.replication, SOURCE_NO);
	assert_int_equal(s.timestamp_filter, SOURCE_YES);
	assert_int_equal(s.page_size, 500);
	assert_int_equal(s.next_links, SOURCE_LINK_LINK | SOURCE_LINK_BODY);
	assert_int_equal(s.overlap_minutes, 0);
	assert_int_equal(s.requests_per_day, 40000);
	assert_int_equal(s.media, SOURCE_MEDIA_EMBEDDED);
	arena_free(a);
}

static void each_mistake_has_its_sentence(void **state)
{
	(void)state;
	assert_refused("[]", "settings have to be an object");
	assert_refused("{\"page_siz\": 5}",
		"there is no setting 'page_siz'; did you mean page_size?");
	assert_refused("{\"zebra_stripes\": 5}",
		"there is no setting 'zebra_stripes'; docs/connections.md lists them");
	assert_refused("{\"page_size\": 0}",
		"the setting page_size has to be a whole number from 1 to 10000");
	assert_refused("{\"page_size\": 2.5}",
		"the setting page_size has to be a whole number from 1 to 10000");
	assert_refused("{\"replication\": \"maybe\"}",
		"the setting replication has to be yes, no or auto");
	assert_refused("{\"media\": [\"expand\"]}",
		"the setting media has to be embedded, expand, resource, none or auto");
	assert_refused("{\"next_link\": \"link,tail\"}",
		"the setting next_link has to be next, link, body, several of them with commas, or auto");
	assert_refused("{\"cursor_field\": \"a eq 1 or b\"}",
		"the setting cursor_field has to be the name of a field: letters, digits and _");
	assert_refused("{\"feed\": \"../x\"}",
		"the setting feed has to be one segment of a path: letters, digits, _ - and .");
	assert_refused("{\"feed\": \"a\\u0000b\"}",
		"the setting feed has to be one segment of a path: letters, digits, _ - and .");
	assert_refused("{\"feed\": \"\"}",
		"the setting feed has to be one segment of a path: letters, digits, _ - and .");
}

static void a_token_goes_over_https_or_stays_on_this_machine(void **state)
{
	static const struct {
		const char *url, *words;
	} cases[] = {
		{"https://api.example.com/odata", NULL},
		{"http://127.0.0.1:8080/odata", NULL},
		{"http://localhost/odata", NULL},
		{"http://[::1]:80/odata", NULL},
		{"http://api.example.com/odata",
			"base_url has to begin with https:// so that nobody on the way reads the token"},
		{"http://127.0.0.1.example.com/",
			"base_url has to begin with https:// so that nobody on the way reads the token"},
		{"http://localhost.example.com/",
			"base_url has to begin with https:// so that nobody on the way reads the token"},
		{"https://me:secret@api.example.com/",
			"base_url may not hold a user and password: the token is kept apart"},
		{"https://api.example.com/?access_token=x",
			"base_url may not hold a query or fragment"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = {.arena = arena_new()};
		int code = source_settings_check_url(e.arena, "base_url", str_of(cases[i].url), &e);
		assert_int_equal(code, cases[i].words ? E_INPUT : 0);
		if (cases[i].words)
			assert_string_equal(e.msg, cases[i].words);
		arena_free(e.arena);
	}
	struct err e = {.arena = arena_new()};
	assert_int_equal(source_settings_check_url(e.arena, "base_url", STR("ftp://x/"), &e),
		E_INPUT);
	arena_free(e.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_provider),
		cmocka_unit_test(metadata_decides_what_is_left_to_it),
		cmocka_unit_test(what_is_said_counts_in_each_way_it_can_be_written),
		cmocka_unit_test(each_mistake_has_its_sentence),
		cmocka_unit_test(a_token_goes_over_https_or_stays_on_this_machine),
	};
	return cmocka_run_group_tests_name("mod/source_settings", tests, NULL, NULL);
}
