#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "mod/search/words.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void folds_text_into_words(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{"", ""},
		{" - ", ""},
		{"Fort  Lauderdale", "fort lauderdale"},
		{"O'Neil", "o neil"},
		{"A-12_b/3", "a 12 b 3"},
		{"Señor SEÑOR Sen\xcc\x83or", "senor senor senor"},
		{"Straße STRASSE", "strasse strasse"},
		{"İstanbul", "istanbul"},
		{"½", "1 2"},
		{"2² ﬁne Ⅷ", "22 fine viii"},
		{"Москва", "москва"},
		{"東京タワー", "東京タワー"},
		{"soft\xc2\xadhyphen", "softhyphen"},
		{"a\xff"
		 "b\xc3",
			"a b"},
		{"one\ntwo\tthree", "one two three"},
		{"🏠home", "home"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str got = search_words_joined(a, str_of(cases[i].text));
		if (!str_eq(got, str_of(cases[i].wanted)))
			print_message("%s is " STR_FMT "\n", cases[i].text, STR_ARG(got));
		assert_true(str_eq(got, str_of(cases[i].wanted)));
	}
	arena_free(a);
}

static void tells_where_words_stand(void **state)
{
	struct arena *a = arena_new();
	struct search_word *w;
	struct str text = STR("  Señor, (Straße)½");

	(void)state;
	assert_int_equal(search_words(a, text, SIZE_MAX, &w), 4);
	assert_true(str_eq(str_sub(text, w[0].at, w[0].at + w[0].len), STR("Señor")));
	assert_true(str_eq(str_sub(text, w[1].at, w[1].at + w[1].len), STR("Straße")));
	assert_true(str_eq(str_sub(text, w[2].at, w[2].at + w[2].len), STR("½")));
	assert_true(str_eq(w[3].text, STR("2")));
	arena_free(a);
}

static void stops_after_as_many_words_as_are_asked_for(void **state)
{
	struct arena *a = arena_new();
	struct search_word *w;

	(void)state;
	assert_int_equal(search_words(a, STR("one two three"), 2, &w), 2);
	assert_true(str_eq(w[1].text, STR("two")));
	assert_int_equal(search_words(a, STR("one two"), 2, &w), 2);
	assert_int_equal(search_words(a, STR("one"), 0, &w), 0);
	assert_int_equal(search_words(a, STR("½ x"), 1, &w), 1);
	arena_free(a);
}

static void cuts_long_words_at_a_character(void **state)
{
	struct arena *a = arena_new();
	struct search_word *w;
	char text[200];

	(void)state;
	memset(text, 'x', sizeof text);
	assert_int_equal(search_words(a, str_from(text, sizeof text), SIZE_MAX, &w), 1);
	assert_int_equal(w[0].text.len, SEARCH_WORD_MAX);
	assert_int_equal(w[0].len, sizeof text);
	memcpy(text + 63, "\xd0\xb6", 2);
	assert_int_equal(search_words(a, str_from(text, sizeof text), SIZE_MAX, &w), 1);
	assert_int_equal(w[0].text.len, 63);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_text_into_words),
		cmocka_unit_test(tells_where_words_stand),
		cmocka_unit_test(stops_after_as_many_words_as_are_asked_for),
		cmocka_unit_test(cuts_long_words_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
