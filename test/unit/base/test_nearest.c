#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/nearest.h"

static const char *nearest_of(const char *word)
{
	static const char *const names[] = {"serve", "sync", "secrets", "migrate", "import",
		"models"};
	struct nearest n = nearest_to(word);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		nearest_offer(&n, names[i]);
	return n.best ? n.best : "";
}

static void offers_the_name_that_was_meant(void **state)
{
	static const struct {
		const char *word, *name;
	} cases[] = {
		{"serve", "serve"},
		{"serv", "serve"},
		{"srve", "serve"},
		{"snyc", "sync"},
		{"secret", "secrets"},
		{"migrat", "migrate"},
		{"imoprt", "import"},
		{"quit", ""},
		{"completely", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(nearest_of(cases[i].word), cases[i].name);
}

static void the_first_of_equals_stays(void **state)
{
	struct nearest n = nearest_to("--rows");

	(void)state;
	nearest_offer(&n, "--row1");
	nearest_offer(&n, "--row2");
	assert_string_equal(n.best, "--row1");
}

static void a_very_long_word_is_near_to_nothing(void **state)
{
	char word[400];

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_string_equal(nearest_of(word), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offers_the_name_that_was_meant),
		cmocka_unit_test(the_first_of_equals_stays),
		cmocka_unit_test(a_very_long_word_is_near_to_nothing),
	};
	return cmocka_run_group_tests_name("base/nearest", tests, NULL, NULL);
}
