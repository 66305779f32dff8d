#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/url.h"

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

#define assert_str(a, s, want) assert_string_equal((s).p ? str_cstr((a), (s)) : "(absent)", (want))

static void takes_a_url_apart(void **state)
{
	static const struct {
		const char *text, *scheme, *userinfo, *host;
		int port;
		const char *path, *query, *fragment;
	} table[] = {
		{"http://a", "http", "(absent)", "a", 80, "/", "(absent)", "(absent)"},
		{"HTTPS://a", "https", "(absent)", "a", 443, "/", "(absent)", "(absent)"},
		{"http://a:8080/b/c?d=e#f", "http", "(absent)", "a", 8080, "/b/c", "d=e", "f"},
		{"http://a?d=?/#", "http", "(absent)", "a", 80, "/", "d=?/", ""},
		{"http://a#f?g", "http", "(absent)", "a", 80, "/", "(absent)", "f?g"},
		{"http://a:/", "http", "(absent)", "a", 80, "/", "(absent)", "(absent)"},
		{"http://u:p@a/", "http", "u:p", "a", 80, "/", "(absent)", "(absent)"},
		{"http://u@b@a/", "http", "u@b", "a", 80, "/", "(absent)", "(absent)"},
		{"http://[::1]:81/x", "http", "(absent)", "::1", 81, "/x", "(absent)", "(absent)"},
		{"http://[::1]", "http", "(absent)", "::1", 80, "/", "(absent)", "(absent)"},
		{"http://a/?", "http", "(absent)", "a", 80, "/", "", "(absent)"},
		{"http://a//b/../c", "http", "(absent)", "a", 80, "//b/../c", "(absent)",
			"(absent)"},
	};
	struct arena *a = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct http_url u;
		assert_int_equal(http_url_parse(str_of(table[i].text), &u, NULL), 0);
		assert_str(a, u.scheme, table[i].scheme);
		assert_str(a, u.userinfo, table[i].userinfo);
		assert_str(a, u.host, table[i].host);
		assert_int_equal(u.port, table[i].port);
		assert_str(a, u.path, table[i].path);
		assert_str(a, u.query, table[i].query);
		assert_str(a, u.fragment, table[i].fragment);
	}
}

static void refuses_what_is_no_url(void **state)
{
	static const char *const bad[] = {"", "a", "/a", "ftp://a", "http:/a", "http:a", "http://",
		"http:///b", "http://:80/", "http://a:0/", "http://a:65536/", "http://a:+80/",
		"http://a:8 0/", "http://[::1/", "http://[::1]x/", "http://[]/", "http://[[]",
		"http://[x]/", "http://a]/", "http://a/b c", "http://a/\x01", "http://a/\xc3\xa9",
		"http://a/<b>", "javascript:alert(1)", "http://u@/"};
	struct err e = {.arena = *state};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http_url u;
		err_clear(&e);
		if (http_url_parse(str_of(bad[i]), &u, &e) != E_INPUT)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(strncmp(e.msg, "the URL ", 8), 0);
	}
}

static void shows_a_url_without_its_secrets(void **state)
{
	struct arena *a = *state;

	assert_str(a, http_url_shown(a, STR("https://u:p@h/p?token=x#f")), "https://h/p");
	assert_str(a, http_url_shown(a, STR("http://h:8080/p?token=x")), "http://h:8080/p");
	assert_str(a, http_url_shown(a, STR("http://[::1]:8080/p")), "http://[::1]:8080/p");
	assert_str(a, http_url_shown(a, STR("token=x")), "(not a URL)");
}

static void decodes_a_path_once(void **state)
{
	static const struct {
		const char *raw, *path;
	} table[] = {
		{"/", "/"},
		{"/a%20b", "/a b"},
		{"/a+b", "/a+b"},
		{"/%2541", "/%41"},
		{"/a%2Fb", "/a/b"},
		{"/%C3%A9", "/\xc3\xa9"},
		{"//a//", "//a//"},
		{"/...", "/..."},
		{"/.a/..b/c.", "/.a/..b/c."},
	};
	struct arena *a = *state;
	struct str path;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(http_path_decode(a, str_of(table[i].raw), &path, NULL), 0);
		assert_str(a, path, table[i].path);
	}
}

static void refuses_paths_that_mean_something_else_elsewhere(void **state)
{
	static const char *const bad[] = {"", "a", "/.", "/..", "/../a", "/a/..", "/a/./b", "/%2e",
		"/%2E%2e/a", "/a%2f..%2fb", "/%00", "/%0a", "/%7f", "/%", "/%4", "/%g1", "/%ff",
		"/%c0%af", "/%ed%a0%80"};
	struct arena *a = *state;
	struct str path = STR("untouched");

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = {.arena = a};
		if (http_path_decode(a, str_of(bad[i]), &path, &e) != E_INPUT)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(strncmp(e.msg, "the path ", 9), 0);
	}
	assert_str(a, path, "untouched");
}

static void walks_through_a_query(void **state)
{
	struct arena *a = *state;
	struct str rest = STR("a=1&&b=x+y%26z&c&=v&a==2&");
	const char *want[][2] = {{"a", "1"}, {"b", "x y&z"}, {"c", ""}, {"", "v"}, {"a", "=2"}};
	struct http_pair pair;

	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(http_query_next(a, &rest, &pair, NULL), 1);
		assert_str(a, pair.name, want[i][0]);
		assert_str(a, pair.value, want[i][1]);
	}
	assert_int_equal(http_query_next(a, &rest, &pair, NULL), 0);
	rest = STR_NULL;
	assert_int_equal(http_query_next(a, &rest, &pair, NULL), 0);
	rest = STR("");
	assert_int_equal(http_query_next(a, &rest, &pair, NULL), 0);
}

static void names_the_pair_that_cannot_be_decoded(void **state)
{
	static const char *const bad[] = {"a=%", "a=%zz", "a=%00", "a=%ff"};
	struct arena *a = *state;
	struct http_pair pair;

	for (size_t i = 0; i < 4; i++) {
		struct err e = {.arena = a};
		struct str rest = str_of(bad[i]);
		assert_int_equal(http_query_next(a, &rest, &pair, &e), E_INPUT);
		assert_string_equal(e.msg, "the value of 'a' in the query cannot be decoded");
	}
	struct err e = {.arena = a};
	struct str rest = STR("%zz=secret");
	assert_int_equal(http_query_next(a, &rest, &pair, &e), E_INPUT);
	assert_null(strstr(e.msg, "secret"));
}

static void finds_a_value_by_its_name(void **state)
{
	struct arena *a = *state;

	assert_str(a, http_query_get(a, STR("a=1&b=2&a=3"), "a"), "1");
	assert_str(a, http_query_get(a, STR("a=1&b=2"), "b"), "2");
	assert_str(a, http_query_get(a, STR("a"), "a"), "");
	assert_null(http_query_get(a, STR("a=1"), "A").p);
	assert_null(http_query_get(a, STR("%zz&a=1"), "a").p);
	assert_null(http_query_get(a, STR_NULL, "a").p);
}

static void puts_a_url_together(void **state)
{
	struct arena *a = *state;
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b, "http://a/x/");
	http_url_add_segment(&b, STR("b c/d"));
	http_url_add_segment(&b, STR("~e"));
	http_url_add_query(&b, STR("$filter"), STR("a eq 'b&c'"));
	http_url_add_query(&b, STR("\xc3\xa9"), STR(""));
	assert_str(a, buf_view(&b),
		"http://a/x/b%20c%2Fd/~e?%24filter=a%20eq%20%27b%26c%27&%C3%A9=");
	struct str query = buf_view(&b);
	str_cut(&query, '?');
	assert_str(a, http_query_get(a, query, "$filter"), "a eq 'b&c'");
	buf_done(&b);
}

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PLAIN(takes_a_url_apart),
		PLAIN(refuses_what_is_no_url),
		PLAIN(shows_a_url_without_its_secrets),
		PLAIN(decodes_a_path_once),
		PLAIN(refuses_paths_that_mean_something_else_elsewhere),
		PLAIN(walks_through_a_query),
		PLAIN(names_the_pair_that_cannot_be_decoded),
		PLAIN(finds_a_value_by_its_name),
		PLAIN(puts_a_url_together),
	};
	return cmocka_run_group_tests_name("http/url", tests, NULL, NULL);
}
