#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/router.h"
#include "base/arena.h"

static void take(struct req *r)
{
	(void)r;
}

static const struct route first[] = {
	{"GET", "/", take},
	{"GET", "/things", take},
	{"POST", "/things", take},
	{"GET", "/things/:id", take},
	{"*", "/files/*", take},
	{0},
};

static const struct route second[] = {
	{"DELETE", "/things", take},
	{"GET", "/a/:x/b/:y", take},
	{0},
};

static const struct module one = {.name = "one", .routes = first};
static const struct module two = {.name = "two", .routes = second};
static const struct module empty = {.name = "empty"};
static const struct module *const list[] = {&empty, &one, &two, NULL};

static struct arena *a;
static const struct route *route;
static struct str params[REQ_PARAMS], allow;

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

static enum router_answer find(const char *method, const char *path)
{
	return router_find(list, str_of(method), str_of(path), a, &route, params, &allow);
}

static void finds_by_method_and_whole_path(void **state)
{
	static const struct {
		const char *method, *path;
		enum router_answer want;
		const struct route *route;
	} cases[] = {
		{"GET", "/", ROUTER_FOUND, &first[0]},
		{"HEAD", "/", ROUTER_FOUND, &first[0]},
		{"GET", "/things", ROUTER_FOUND, &first[1]},
		{"POST", "/things", ROUTER_FOUND, &first[2]},
		{"DELETE", "/things", ROUTER_FOUND, &second[0]},
		{"GET", "/things/7", ROUTER_FOUND, &first[3]},
		{"PUT", "/files/x", ROUTER_FOUND, &first[4]},
		{"GET", "/thing", ROUTER_NOT_FOUND, NULL},
		{"GET", "/things/", ROUTER_NOT_FOUND, NULL},
		{"GET", "/things/7/8", ROUTER_NOT_FOUND, NULL},
		{"GET", "//things", ROUTER_NOT_FOUND, NULL},
		{"GET", "", ROUTER_NOT_FOUND, NULL},
		{"GET", "*", ROUTER_NOT_FOUND, NULL},
		{"PUT", "/things", ROUTER_METHOD, NULL},
		{"POST", "/things/7", ROUTER_METHOD, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(find(cases[i].method, cases[i].path), cases[i].want);
		if (cases[i].want == ROUTER_FOUND)
			assert_ptr_equal(route, cases[i].route);
	}
}

static void a_wrong_method_is_told_what_the_path_takes(void **state)
{
	(void)state;
	assert_int_equal(find("PUT", "/things"), ROUTER_METHOD);
	assert_true(str_eq(allow, STR("GET, HEAD, POST, DELETE")));
}

static void params_come_decoded_and_in_order(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/a/x%20y/b/%C3%A9"), ROUTER_FOUND);
	assert_true(str_eq(params[0], STR("x y")));
	assert_true(str_eq(params[1], STR("\xc3\xa9")));
	assert_null(params[2].p);
}

static void a_star_takes_the_rest_as_it_was_sent(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/files/a/b%2Fc"), ROUTER_FOUND);
	assert_true(str_eq(params[0], STR("a/b%2Fc")));
}

static void an_encoded_slash_stays_within_its_segment(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/things/a%2Fb"), ROUTER_FOUND);
	assert_true(str_eq(params[0], STR("a/b")));
}

static void segments_that_are_no_text_match_nothing(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/things/%00"), ROUTER_NOT_FOUND);
	assert_int_equal(find("GET", "/things/%ff"), ROUTER_NOT_FOUND);
	assert_int_equal(find("GET", "/things/%2"), ROUTER_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_by_method_and_whole_path, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_method_is_told_what_the_path_takes, setup,
			teardown),
		cmocka_unit_test_setup_teardown(params_come_decoded_and_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(a_star_takes_the_rest_as_it_was_sent, setup,
			teardown),
		cmocka_unit_test_setup_teardown(an_encoded_slash_stays_within_its_segment, setup,
			teardown),
		cmocka_unit_test_setup_teardown(segments_that_are_no_text_match_nothing, setup,
			teardown),
	};
	return cmocka_run_group_tests_name("app/router", tests, NULL, NULL);
}
