/* Parameters of renditions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/storage/rendition.h"

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

static const char *name_of(const char *query)
{
	struct err e = {.arena = a};
	struct rendition want;

	if (rendition_of_query(a, str_of(query), &want, &e))
		return e.msg;
	rendition_settle(&want, STR_NULL);
	return rendition_name(a, &want).p;
}

static void nothing_said_is_the_picture_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(name_of(NULL), "0x0-cover-80-origin");
	assert_string_equal(name_of(""), "0x0-cover-80-origin");
	assert_string_equal(name_of("token=x&download="), "0x0-cover-80-origin");
}

static void reads_all_parameters(void **state)
{
	(void)state;
	assert_string_equal(name_of("width=300&height=2500&resize=contain&quality=20&format=avif"),
		"300x2500-contain-20-avif");
	assert_string_equal(name_of("format=jpg&resize=fill&quality=100"), "0x0-fill-100-jpeg");
	assert_string_equal(name_of("width=%33"), "3x0-cover-80-origin");
}

static void refusals_name_the_parameter(void **state)
{
	(void)state;
	assert_string_equal(name_of("width=0"), "width must be a whole number from 1 to 2500");
	assert_string_equal(name_of("height=2501"), "height must be a whole number from 1 to 2500");
	assert_string_equal(name_of("quality=19"), "quality must be a whole number from 20 to 100");
	assert_string_equal(name_of("width=1&width=x"),
		"width must be a whole number from 1 to 2500");
	assert_string_equal(name_of("resize=COVER"), "resize is not one of those that there are");
	assert_string_equal(name_of("format=../x"), "format is not one of those that there are");
}

static void a_link_says_the_same_in_json(void **state)
{
	struct err e = {.arena = a};
	struct rendition want;
	const struct json *v = json_parse(a,
		STR("{\"width\": 12, \"height\": \"34\", \"quality\": null, \"more\": {}}"), &e);

	(void)state;
	assert_int_equal(rendition_of_json(a, v, &want, &e), 0);
	rendition_settle(&want, STR("image/webp"));
	assert_string_equal(rendition_name(a, &want).p, "12x34-cover-80-webp");
	v = json_parse(a, STR("{\"width\": 1.5}"), &e);
	assert_int_equal(rendition_of_json(a, v, &want, &e), E_INPUT);
}

static void webp_is_for_who_takes_it(void **state)
{
	struct rendition want = RENDITION_PLAIN;

	(void)state;
	rendition_settle(&want, STR("text/html,image/webp;q=0.9"));
	assert_string_equal(want.format, "webp");
	rendition_settle(&want, STR("image/png"));
	assert_string_equal(want.format, "webp"); /* settled is settled */
	want = RENDITION_PLAIN;
	rendition_settle(&want, STR("image/png"));
	assert_string_equal(want.format, "origin");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_said_is_the_picture_as_it_is, setup,
			teardown),
		cmocka_unit_test_setup_teardown(reads_all_parameters, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals_name_the_parameter, setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_says_the_same_in_json, setup, teardown),
		cmocka_unit_test_setup_teardown(webp_is_for_who_takes_it, setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/storage/rendition", tests, NULL, NULL);
}
