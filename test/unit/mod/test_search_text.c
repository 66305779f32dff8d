#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "support_search_sample.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* The documents found, best first, are these. */
static void assert_found(struct search_sample *s, size_t n, const int *wanted)
{
	search_sample_run(s);
	assert_int_equal(s->found.found, n);
	for (size_t i = 0; i < n; i++)
		assert_memory_equal(s->found.hits[i].id, s->docs[wanted[i]].id, 16);
}

#define ASSERT_FOUND(s, ...) \
	assert_found((s), N(((const int[]){__VA_ARGS__})), (const int[]){__VA_ARGS__})
#define ASSERT_NOTHING(s) assert_found((s), 0, NULL)

static void wants_every_word_in_whatever_field(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "A sunny pool", "12 Ocean Drive", "Miami");
	search_sample_add(&s, "No water at all", "14 Ocean Drive", "Hialeah");
	search_sample_ask(&s, "pool miami");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].words_matched, 2);
	assert_int_equal(s.found.hits[0].fields_matched, 2);
	search_sample_ask(&s, "OCEAN  drive");
	search_sample_run(&s);
	assert_int_equal(s.found.found, 2);
	search_sample_end(&s);
}

static void takes_the_last_word_for_a_beginning(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "a pool", "1 First Street", "Miami");
	search_sample_add(&s, "a poolside bar", "2 First Street", "Miami");
	search_sample_ask(&s, "poo");
	search_sample_run(&s);
	assert_int_equal(s.found.found, 2);
	search_sample_ask(&s, "poo miami")->drop_tokens_threshold = 0;
	ASSERT_NOTHING(&s);
	search_sample_ask(&s, "poo")->by[2].prefix = false;
	ASSERT_NOTHING(&s);
	search_sample_end(&s);
}

static void allows_typos_by_the_length_of_the_word(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "a new renovation with view", "", "");
	search_sample_ask(&s, "renovatoin");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].typos, 1);
	search_sample_ask(&s, "rneovatoin");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].typos, 2);
	search_sample_ask(&s, "reovatoinx");
	ASSERT_NOTHING(&s);
	search_sample_ask(&s, "vieq");
	ASSERT_FOUND(&s, 0);
	search_sample_ask(&s, "nww");
	ASSERT_NOTHING(&s);
	search_sample_ask(&s, "renovatoin")->by[2].num_typos = 0;
	ASSERT_NOTHING(&s);
	search_sample_end(&s);
}

static void looks_for_typos_only_when_little_was_found(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "pool", "", "");
	search_sample_add(&s, "poll", "", "");
	search_sample_ask(&s, "pool");
	ASSERT_FOUND(&s, 0);
	search_sample_ask(&s, "pool")->typo_tokens_threshold = 2;
	ASSERT_FOUND(&s, 0, 1);
	search_sample_ask(&s, "pool")->is_exhaustive = true;
	ASSERT_FOUND(&s, 0, 1);
	search_sample_end(&s);
}

static void leaves_out_what_is_excluded(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "pool and garage", "", "Miami");
	search_sample_add(&s, "pool and garden", "", "Miami");
	search_sample_add(&s, "pool garden", "", "Miami");
	search_sample_ask(&s, "pool -garage -\"pool garden\"");
	ASSERT_FOUND(&s, 1);
	search_sample_ask(&s, "-garage -\"pool garden\"");
	ASSERT_FOUND(&s, 1);
	assert_int_equal(s.found.hits[0].text_match, 0);
	search_sample_ask(&s, "pool -gar");
	search_sample_run(&s);
	assert_int_equal(s.found.found, 3);
	search_sample_end(&s);
}

static void finds_phrases_as_they_stand(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "ocean view from the house", "", "Fort Lauderdale");
	search_sample_add(&s, "view of the ocean", "", "Lauderdale Fort");
	search_sample_ask(&s, "\"ocean view\"");
	ASSERT_FOUND(&s, 0);
	search_sample_ask(&s, "\"fort lauderdale\" house");
	ASSERT_FOUND(&s, 0);
	search_sample_ask(&s, "\"ocean vi\"");
	ASSERT_NOTHING(&s);
	search_sample_ask(&s, "\"house fort\"");
	ASSERT_NOTHING(&s);
	search_sample_end(&s);
}

static void drops_words_when_nothing_has_them_all(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "pool", "", "");
	search_sample_add(&s, "garage", "", "");
	search_sample_ask(&s, "pool garage");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].words_matched, 1);
	search_sample_ask(&s, "pool garage")->drop_mode = SEARCH_DROP_LEFT;
	ASSERT_FOUND(&s, 1);
	search_sample_ask(&s, "pool garage")->drop_tokens_threshold = 0;
	ASSERT_NOTHING(&s);
	search_sample_add(&s, "pool garage", "", "");
	search_sample_ask(&s, "pool garage")->drop_tokens_threshold = 2;
	ASSERT_FOUND(&s, 2, 0);
	search_sample_end(&s);
}

static void splits_and_joins_words_when_nothing_was_found(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "water front house", "", "");
	search_sample_add(&s, "oceanfront house", "", "");
	search_sample_ask(&s, "waterfront house");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.matched[0].n, 2);
	search_sample_ask(&s, "ocean front");
	ASSERT_FOUND(&s, 1);
	assert_int_equal(s.found.matched[1].n, 1);
	assert_true(str_eq(s.found.matched[1].words[0], STR("oceanfront")));
	search_sample_ask(&s, "ocean front")->split_join = false;
	ASSERT_NOTHING(
		&s); /* front is dropped, but ocean is not the last word of q: no beginning */
	search_sample_end(&s);
}

/* Highlights look at them when the index may be another one already. */
static void words_that_were_found_outlive_the_index(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "oceanfront house", "", "Naples");
	search_sample_ask(&s, "naples");
	ASSERT_FOUND(&s, 0);
	search_index_free(s.ix);
	s.ix = NULL;
	assert_true(str_eq(s.found.matched[0].words[0], STR("naples")));
	search_sample_end(&s);
}

static void finds_the_middle_of_words_when_asked_to(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "longbeach", "", "");
	search_sample_add(&s, "beach", "", "");
	search_sample_ask(&s, "beach");
	ASSERT_FOUND(&s, 1);
	search_sample_ask(&s, "beach")->by[2].infix = SEARCH_INFIX_ALWAYS;
	ASSERT_FOUND(&s, 1, 0);
	search_sample_ask(&s, "beach")->by[2].infix = SEARCH_INFIX_FALLBACK;
	ASSERT_FOUND(&s, 1);
	search_sample_ask(&s, "ongbeac")->by[2].infix = SEARCH_INFIX_FALLBACK;
	s.q->by[2].num_typos = 0;
	ASSERT_FOUND(&s, 0);
	search_sample_end(&s);
}

static void hides_addresses_that_are_opted_out_from_the_public(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	struct search_doc *d = search_sample_add(&s, "pool", "77 Secret Street", "");
	d->is_address_public = false;
	search_index_put(s.ix, d);
	search_sample_add(&s, "pool", "78 Known Street", "");
	search_sample_ask(&s, "secret");
	ASSERT_FOUND(&s, 0);
	s.q->who = SEARCH_PUBLIC;
	ASSERT_NOTHING(&s);
	search_sample_ask(&s, "pool -street")->who = SEARCH_PUBLIC;
	ASSERT_FOUND(&s, 0);
	search_sample_ask(&s, "street")->who = SEARCH_PUBLIC;
	ASSERT_FOUND(&s, 1);
	d->is_public = false;
	search_index_put(s.ix, d);
	search_sample_ask(&s, "pool")->who = SEARCH_PUBLIC;
	ASSERT_FOUND(&s, 1);
	search_sample_end(&s);
}

static void puts_the_better_ones_first(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "the ocean has a view", "", "");
	search_sample_add(&s, "ocean view here", "", "");
	search_sample_add(&s, "x", "", "Ocean View");
	search_sample_add(&s, "ocean view", "", "");
	search_sample_ask(&s, "ocean view");
	ASSERT_FOUND(&s, 2, 3, 1, 0);
	search_sample_ask(&s, "ocean view")->prioritize_exact_match = false;
	search_sample_run(&s);
	assert_memory_equal(s.found.hits[0].id, s.docs[2].id, 16);
	assert_int_equal(s.found.hits[1].text_match, s.found.hits[2].text_match);
	search_sample_ask(&s, "view")->prioritize_token_position = true;
	ASSERT_FOUND(&s, 2, 1, 3, 0);
	search_sample_end(&s);
}

static void weighs_fields_as_it_is_told(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "ocean view", "", "");
	search_sample_add(&s, "", "", "ocean view x");
	search_sample_ask(&s, "ocean view");
	ASSERT_FOUND(&s, 0, 1); /* the whole field */
	search_sample_ask(&s, "ocean view")->score = SEARCH_MAX_WEIGHT;
	ASSERT_FOUND(&s, 1, 0);
	search_sample_ask(&s, "ocean view")->score = SEARCH_SUM_SCORE;
	ASSERT_FOUND(&s, 1, 0);
	assert_int_equal(s.found.hits[0].best_field_weight, 3);
	search_sample_end(&s);
}

static void ends_when_its_time_is_over(void **state)
{
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	search_sample_add(&s, "pool", "", "");
	search_sample_ask(&s, "pool")->cutoff_us = 1;
	for (int64_t end = mono_us() + 10; mono_us() < end;)
		;
	search_sample_run(&s);
	assert_true(s.found.found <= 1);
	search_sample_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wants_every_word_in_whatever_field),
		cmocka_unit_test(takes_the_last_word_for_a_beginning),
		cmocka_unit_test(allows_typos_by_the_length_of_the_word),
		cmocka_unit_test(looks_for_typos_only_when_little_was_found),
		cmocka_unit_test(leaves_out_what_is_excluded),
		cmocka_unit_test(finds_phrases_as_they_stand),
		cmocka_unit_test(drops_words_when_nothing_has_them_all),
		cmocka_unit_test(splits_and_joins_words_when_nothing_was_found),
		cmocka_unit_test(words_that_were_found_outlive_the_index),
		cmocka_unit_test(finds_the_middle_of_words_when_asked_to),
		cmocka_unit_test(hides_addresses_that_are_opted_out_from_the_public),
		cmocka_unit_test(puts_the_better_ones_first),
		cmocka_unit_test(weighs_fields_as_it_is_told),
		cmocka_unit_test(ends_when_its_time_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
