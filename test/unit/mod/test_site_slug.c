/* A listing's name in URLs: what it is made of, and what is found in it again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "mod/site/slug.h"

#define ID "0b2f3c64-9d0e-4c1b-8a53-0d1f2e3a4b5c"

static struct arena *a;
static struct site_slug_parts parts;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	parts = (struct site_slug_parts){
		.id = STR(ID),
		.number = STR("A11234567"),
		.street = {STR("123"), STR("Main St"), STR("#4B")},
		.address = STR("123 Main St #4B, Miami, FL 33101"),
		.area = {STR("Miami"), STR("FL"), STR("33101")},
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void is_made(const char *wanted)
{
	assert_string_equal(str_cstr(a, site_slug_make(a, &parts)), wanted);
}

static void names_the_home_and_its_number(void **state)
{
	(void)state;
	is_made("123-main-st-4b-miami-fl-33101-A11234567");
	parts.street[1] = STR("Señor O'Neil’s Straße");
	is_made("123-senor-oneil-s-strasse-4b-miami-fl-33101-A11234567");
}

static void has_no_address_when_there_is_none_to_show(void **state)
{
	(void)state;
	parts.street[0] = parts.street[1] = parts.street[2] = parts.address = STR_NULL;
	is_made("miami-fl-33101-A11234567");
	for (int i = 0; i < 3; i++)
		parts.area[i] = STR_NULL;
	is_made("A11234567");
}

static void takes_the_whole_address_where_it_has_no_parts(void **state)
{
	(void)state;
	parts.street[1] = STR_NULL;
	is_made("123-main-st-4b-miami-fl-33101-A11234567");
}

static void takes_the_id_where_no_number_can_stand(void **state)
{
	static const char *const bad[] = {"", "A/1", "A 1", "1-2-3-4-5-6-7-8-9", "-1", ".", "ü1",
		ID, "1234567890123456789012345678901234567890123456789012345678901234567890"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		parts.number = str_of(bad[i]);
		is_made("123-main-st-4b-miami-fl-33101-" ID);
	}
	parts.number = STR_NULL;
	is_made("123-main-st-4b-miami-fl-33101-" ID);
}

static void long_words_leave_the_number_whole(void **state)
{
	char words[1000];

	(void)state;
	for (size_t i = 0; i < sizeof words; i++)
		words[i] = 'x';
	parts.street[1] = str_from(words, sizeof words);
	struct str slug = site_slug_make(a, &parts);
	assert_true(slug.len < 200);
	assert_true(str_ends(slug, STR("-A11234567")));
}

static bool has_number(const struct site_slug *s, const char *number)
{
	for (size_t i = 0; i < s->numbers_n; i++)
		if (str_eq(s->numbers[i], str_of(number)))
			return true;
	return false;
}

static void what_was_made_is_found(void **state)
{
	static const char *const numbers[] = {"A11234567", "MFR-T123", "x_1.2~3", "lower",
		"1-2-3-4-5-6-7-8"};
	struct site_slug s;

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		parts.number = str_of(numbers[i]);
		assert_true(site_slug_read(a, site_slug_make(a, &parts), &s));
		assert_true(has_number(&s, numbers[i]));
		assert_null(s.id.p);
	}
	parts.number = STR_NULL;
	assert_true(site_slug_read(a, site_slug_make(a, &parts), &s));
	assert_true(str_eq(s.id, STR(ID)));
	assert_int_equal(s.numbers_n, 0);
}

static void other_cases_are_tried_and_longer_ends_first(void **state)
{
	struct site_slug s;

	(void)state;
	assert_true(site_slug_read(a, STR("main-st-mfr-t123"), &s));
	assert_true(has_number(&s, "MFR-T123"));
	assert_true(has_number(&s, "T123"));
	assert_true(str_eq(s.numbers[0], STR("main-st-mfr-t123")));
	assert_true(str_eq(s.numbers[s.numbers_n - 1], STR("T123")));
}

static void an_id_stands_alone_in_either_case(void **state)
{
	struct site_slug s;

	(void)state;
	assert_true(site_slug_read(a, STR("0B2F3C64-9D0E-4C1B-8A53-0D1F2E3A4B5C"), &s));
	assert_true(str_eq(s.id, STR(ID)));
	assert_true(site_slug_read(a, STR("x" ID), &s));
	assert_null(s.id.p);
}

static void nothing_is_behind_nonsense(void **state)
{
	struct site_slug s;

	(void)state;
	assert_false(site_slug_read(a, STR(""), &s));
	assert_false(site_slug_read(a, STR("--"), &s));
	assert_false(site_slug_read(a, STR("\"},{"), &s));
	assert_false(site_slug_read(a, STR("123 main"), &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_the_home_and_its_number, setup, teardown),
		cmocka_unit_test_setup_teardown(has_no_address_when_there_is_none_to_show, setup,
			teardown),
		cmocka_unit_test_setup_teardown(takes_the_whole_address_where_it_has_no_parts,
			setup, teardown),
		cmocka_unit_test_setup_teardown(takes_the_id_where_no_number_can_stand, setup,
			teardown),
		cmocka_unit_test_setup_teardown(long_words_leave_the_number_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_made_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(other_cases_are_tried_and_longer_ends_first, setup,
			teardown),
		cmocka_unit_test_setup_teardown(an_id_stands_alone_in_either_case, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_behind_nonsense, setup, teardown),
	};

	return cmocka_run_group_tests_name("mod/site/slug", tests, NULL, NULL);
}
