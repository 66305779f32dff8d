#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mod/auth/redirect.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

#define SITE "https://app.example"

static void stars_take_what_they_say(void **state)
{
	static const struct {
		const char *pattern, *url;
		bool fits;
	} cases[] = {
		{"", "", true},
		{"", "x", false},
		{"abc", "abc", true},
		{"abc", "abcd", false},
		{"abc", "ab", false},
		{"*", "", true},
		{"*", "a-b.c", true},
		{"*", "a/b", false},
		{"*", "a?b", false},
		{"*", "a#b", false},
		{"*", "a@b", false},
		{"*", "a:b", false},
		{"*", "a\\b", false},
		{"**", "a/b?c#d@e:f", true},
		{"a*c", "ac", true},
		{"a*c", "abcbc", true},
		{"a*c", "ab/c", false},
		{"a**c", "ab/c", true},
		{"*a*", "bab", true},
		{"***", "a/b", true},
		{"https://*.x.example/**", "https://a.x.example/b/c", true},
		{"https://*.x.example/**", "https://a.b.x.example/", true},
		{"https://*.x.example/**", "https://evil.example/.x.example/", false},
		{"https://*.x.example/**", "https://evil.example?.x.example/", false},
		{"https://*.x.example/**", "https://evil.example#.x.example/", false},
		{"https://*.x.example/**", "https://evil.example:1@a.x.example/", false},
	};
	(void)state;

	for (size_t i = 0; i < N(cases); i++)
		if (redirect_fits(str_of(cases[i].pattern), str_of(cases[i].url)) != cases[i].fits)
			fail_msg("%s, %s", cases[i].pattern, cases[i].url);
}

static void many_stars_take_no_time(void **state)
{
	char url[2049];
	(void)state;

	memset(url, 'a', sizeof url - 1);
	url[sizeof url - 1] = 0;
	assert_false(redirect_fits(STR("**a**a**a**a**a**a**a**a**a**a**a**a**b"), str_of(url)));
	assert_true(redirect_fits(STR("**a**a**a**a**a**a**a**a**a**a**a**a**a"), str_of(url)));
}

static void a_browser_goes_where_it_may(void **state)
{
	static const struct {
		const char *url;
		bool may;
	} cases[] = {
		{SITE, true},
		{SITE "/", true},
		{SITE "/a/b?c=d#e", true},
		{"HTTPS://APP.EXAMPLE/x", true},
		{"https://app.example:443/x", true},
		{"https://app.example:444/x", false},
		{"http://app.example/", false},
		{"https://app.example.evil.example/", false},
		{"https://app.example@evil.example/", false},
		{"https://u:p@app.example/", false},
		{"//app.example/", false},
		{"/x", false},
		{"javascript:alert(1)//https://app.example", false},
		{"https://pr-1.preview.example/a", true},
		{"https://pr-1.preview.example/a#b", true},
		{"https://pr-1.preview.example@evil.example/a", false},
		{"https://evil.example/\\.preview.example/a", false},
		{"myapp://callback", true},
		{"myapp://callback/x", false},
		{"https://app.example/a b", false},
		{"https://app.example/\r\nSet-Cookie: a=b", false},
		{"https://app.example/\xc3\xa4", false},
		{"https://app.example/\"><script>", false},
		{"", false},
	};
	(void)state;

	for (size_t i = 0; i < N(cases); i++)
		if (redirect_may(str_of(cases[i].url), STR(SITE),
			    STR("https://*.preview.example/**, myapp://callback")) != cases[i].may)
			fail_msg("%s", cases[i].url);
	assert_false(redirect_may(STR("https://other.example"), STR(SITE), STR_NULL));
	assert_false(redirect_may(STR("https://other.example"), STR(SITE), STR(" , ,")));
}

static void what_is_too_long_leads_nowhere(void **state)
{
	char url[4096] = SITE "/";
	(void)state;

	memset(url + strlen(url), 'x', 2000);
	assert_true(redirect_may(str_of(url), STR(SITE), STR("**")));
	memset(url + strlen(url), 'x', 100);
	assert_false(redirect_may(str_of(url), STR(SITE), STR("**")));
	assert_false(redirect_fits(STR("**"), str_of(url)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stars_take_what_they_say),
		cmocka_unit_test(many_stars_take_no_time),
		cmocka_unit_test(a_browser_goes_where_it_may),
		cmocka_unit_test(what_is_too_long_leads_nowhere),
	};
	return cmocka_run_group_tests_name("mod/auth_redirect", tests, NULL, NULL);
}
