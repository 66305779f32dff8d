/* Whose site a host name is, as it is remembered; and which names are the server's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "http/request.h"
#include "mod/site/host.h"
#include "mod/site/own.h"

static struct arena *a;
static struct site_hosts *h;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	h = site_hosts_new();
	unsetenv("PLAT_PUBLIC_URL");
	unsetenv("PLAT_SITE_URL");
	unsetenv("PLAT_TRUST_PROXY");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	site_hosts_free(h);
	arena_free(a);
	return 0;
}

static enum site_host recall(const char *host, struct site_place *ret)
{
	struct http_request http = {.arena = a, .host = str_of(host)};

	return site_host_recall(h, &http, ret);
}

static void keep(const char *host, const char *slug, uint64_t generation)
{
	struct site_place place = {.key = str_of(host),
		.workspace_id = STR("0b2f3c64-9d0e-4c1b-8a53-0d1f2e3a4b5c"),
		.slug = slug ? str_of(slug) : STR_NULL,
		.name = STR("North")};

	site_host_keep(h, &place, slug, generation);
}

static void a_host_is_known_until_domains_change(void **state)
{
	struct site_place place;

	(void)state;
	assert_int_equal(recall("a.example.org", &place), SITE_HOST_UNKNOWN);
	keep("a.example.org", "north", site_hosts_generation(h));
	assert_int_equal(recall("A.example.org.:8080", &place), SITE_HOST_HERE);
	assert_string_equal(str_cstr(a, place.slug), "north");
	assert_string_equal(str_cstr(a, place.name), "North");
	assert_string_equal(str_cstr(a, place.root), "https://a.example.org");
	keep("b.example.org", NULL, site_hosts_generation(h));
	assert_int_equal(recall("b.example.org", &place), SITE_HOST_ABSENT);
	site_hosts_forget(h);
	assert_int_equal(recall("a.example.org", &place), SITE_HOST_UNKNOWN);
	assert_int_equal(recall("b.example.org", &place), SITE_HOST_UNKNOWN);
	assert_int_equal(recall("no host", &place), SITE_HOST_ABSENT);
}

static void what_was_read_before_a_change_is_not_kept_after_it(void **state)
{
	uint64_t before = site_hosts_generation(h);
	struct site_place place;

	(void)state;
	site_hosts_forget(h);
	keep("a.example.org", "north", before);
	keep("b.example.org", NULL, before);
	assert_int_equal(recall("a.example.org", &place), SITE_HOST_UNKNOWN);
	assert_int_equal(recall("b.example.org", &place), SITE_HOST_UNKNOWN);
	keep("b.example.org", NULL, site_hosts_generation(h));
	keep("b.example.org", "north", site_hosts_generation(h));
	assert_int_equal(recall("b.example.org", &place), SITE_HOST_HERE);
}

static void strangers_make_no_room_among_the_hosts_that_are(void **state)
{
	struct site_place place;

	(void)state;
	keep("a.example.org", "north", site_hosts_generation(h));
	for (int i = 0; i < 50000; i++)
		keep(arena_printf(a, "x%d.example.org", i), NULL, site_hosts_generation(h));
	assert_int_equal(recall("a.example.org", &place), SITE_HOST_HERE);
	assert_int_equal(recall("x0.example.org", &place), SITE_HOST_UNKNOWN);
	assert_int_equal(recall("x49999.example.org", &place), SITE_HOST_ABSENT);
}

static void names_of_this_server_and_below_are_its_own(void **state)
{
	(void)state;
	assert_false(site_own_has(STR("api.example.com")));
	setenv("PLAT_PUBLIC_URL", "https://Api.example.com:8443/x", 1);
	setenv("PLAT_SITE_URL", "no URL", 1);
	assert_true(site_own_has(STR("api.example.com")));
	assert_true(site_own_has(STR("a.b.api.example.com")));
	assert_false(site_own_has(STR("example.com")));
	assert_false(site_own_has(STR("xapi.example.com")));
	assert_false(site_own_has(STR("")));
	assert_false(site_own_has(STR_NULL));
	setenv("PLAT_SITE_URL", "http://example.com", 1);
	assert_true(site_own_has(STR("www.example.com")));
}

static void a_server_is_on_trial_while_nobody_from_outside_is_told_to_come(void **state)
{
	(void)state;
	assert_true(site_own_is_trial());
	setenv("PLAT_PUBLIC_URL", "http://localhost:8080", 1);
	setenv("PLAT_SITE_URL", "http://127.0.0.1:3000", 1);
	assert_true(site_own_is_trial());
	setenv("PLAT_SITE_URL", "https://www.example.com", 1);
	assert_false(site_own_is_trial());
	setenv("PLAT_SITE_URL", "no URL", 1);
	assert_false(site_own_is_trial());
	unsetenv("PLAT_SITE_URL");
	setenv("PLAT_TRUST_PROXY", "1", 1);
	assert_false(site_own_is_trial());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_host_is_known_until_domains_change, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_was_read_before_a_change_is_not_kept_after_it,
			setup, teardown),
		cmocka_unit_test_setup_teardown(strangers_make_no_room_among_the_hosts_that_are,
			setup, teardown),
		cmocka_unit_test_setup_teardown(names_of_this_server_and_below_are_its_own, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_server_is_on_trial_while_nobody_from_outside_is_told_to_come, setup,
			teardown),
	};

	return cmocka_run_group_tests_name("mod/site/host", tests, NULL, NULL);
}
