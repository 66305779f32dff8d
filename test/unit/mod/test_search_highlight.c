/* What is marked in a text, and which part of it is the snippet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/map.h"
#include "mod/search/highlight.h"
#include "mod/search/look.h"

static struct search_look look_of(size_t affix_n, size_t threshold)
{
	return (struct search_look){.affix_n = affix_n,
		.threshold = threshold,
		.start_tag = STR("<"),
		.end_tag = STR(">")};
}

/* words: as the index spells them, with spaces between. */
static bool marked(struct arena *a, const char *text, const char *words, struct search_look look,
	struct search_highlight *ret)
{
	struct str list[16];
	struct search_matched matched = {.words = list};

	for (struct str rest = str_of(words); rest.p;)
		list[matched.n++] = str_cut(&rest, ' ');
	return search_highlight(a, str_of(text), search_highlight_words(a, &matched, 1), &look,
		true, ret);
}

static void assert_marked(const char *text, const char *words, const char *wanted)
{
	struct arena *a = arena_new();
	struct search_highlight h;

	assert_true(marked(a, text, words, look_of(4, 30), &h));
	assert_string_equal(str_cstr(a, h.value), wanted);
	assert_string_equal(str_cstr(a, h.snippet), wanted);
	arena_free(a);
}

static void marks_whole_words_as_they_stand(void **state)
{
	(void)state;
	assert_marked("Ocean View, ocean front", "ocean", "<Ocean> View, <ocean> front");
	assert_marked("Señor Straße", "senor strasse", "<Señor> <Straße>");
	assert_marked("O'Neil (pool)", "neil pool", "O'<Neil> (<pool>)");
	assert_marked("pool", "pool", "<pool>");
}

static void marks_nothing_where_nothing_was_found(void **state)
{
	struct arena *a = arena_new();
	struct search_highlight h;
	struct search_look look = look_of(4, 30);

	(void)state;
	assert_false(marked(a, "poolside", "pool", look, &h));
	assert_false(marked(a, "", "pool", look, &h));
	assert_false(search_highlight(a, STR("pool"), search_highlight_words(a, NULL, 0), &look,
		false, &h));
	arena_free(a);
}

static void cuts_a_long_text_around_the_first_match(void **state)
{
	struct arena *a = arena_new();
	struct search_highlight h;

	(void)state;
	assert_true(marked(a, "a b c d e f g, pool! h i j k l m", "pool", look_of(2, 5), &h));
	assert_string_equal(str_cstr(a, h.snippet), "f g, <pool>! h i");
	assert_string_equal(str_cstr(a, h.value), "a b c d e f g, <pool>! h i j k l m");
	assert_true(marked(a, "pool b c d e f", "pool", look_of(2, 5), &h));
	assert_string_equal(str_cstr(a, h.snippet), "<pool> b c");
	assert_true(marked(a, "a b c d e pool", "pool", look_of(0, 5), &h));
	assert_string_equal(str_cstr(a, h.snippet), "<pool>");
	assert_true(marked(a, "a b c d e f big pool g h i j", "pool big", look_of(1, 5), &h));
	assert_string_equal(str_cstr(a, h.snippet), "f <big> <pool> g");
	arena_free(a);
}

static void a_snippet_is_no_longer_than_its_threshold_and_affixes(void **state)
{
	struct arena *a = arena_new();
	struct search_highlight h;
	char text[4000] = "";

	(void)state;
	for (int i = 0; i < 500; i++)
		strcat(text, "pool ");
	assert_true(marked(a, text, "pool", look_of(2, 10), &h));
	size_t n = 0;
	for (size_t i = 0; i < h.snippet.len; i++)
		n += h.snippet.p[i] == '<';
	assert_int_equal(n, 12);
	arena_free(a);
}

static void tells_each_token_once_as_it_stands(void **state)
{
	struct arena *a = arena_new();
	struct search_highlight h;

	(void)state;
	assert_true(marked(a, "Pool, POOL and a View", "pool view", look_of(4, 30), &h));
	assert_int_equal(h.tokens_n, 2);
	assert_string_equal(str_cstr(a, h.tokens[0]), "Pool");
	assert_string_equal(str_cstr(a, h.tokens[1]), "View");
	arena_free(a);
}

static void marks_the_words_of_a_facet_that_begin_so(void **state)
{
	struct arena *a = arena_new();
	struct search_look look = look_of(4, 30);

	(void)state;
	assert_string_equal(str_cstr(a,
				    search_highlight_facet(a, STR("Coral Gables"), STR("gab"),
					    &look)),
		"Coral <Gables>");
	assert_string_equal(str_cstr(a, search_highlight_facet(a, STR("Miami"), STR("x"), &look)),
		"Miami");
	assert_string_equal(str_cstr(a, search_highlight_facet(a, STR("Miami"), STR(""), &look)),
		"Miami");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_whole_words_as_they_stand),
		cmocka_unit_test(marks_nothing_where_nothing_was_found),
		cmocka_unit_test(cuts_a_long_text_around_the_first_match),
		cmocka_unit_test(a_snippet_is_no_longer_than_its_threshold_and_affixes),
		cmocka_unit_test(tells_each_token_once_as_it_stands),
		cmocka_unit_test(marks_the_words_of_a_facet_that_begin_so),
	};
	return cmocka_run_group_tests_name("mod/search_highlight", tests, NULL, NULL);
}
