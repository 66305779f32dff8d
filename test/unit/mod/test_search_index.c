#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support_search.h"

#include "mod/search/index_docs.h"
#include "mod/search/index_words.h"
#include "mod/search/words.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define DOCS 300

/* The index, and beside it what was put in, as it was. */
struct both {
	struct arena *arena;
	struct search_index *ix;
	struct search_dice dice;
	struct search_doc docs[DOCS];
	bool is_there[DOCS];
	int remarks, address, city, price, location;
};

static void both_start(struct both *b)
{
	*b = (struct both){.arena = arena_new(), .ix = search_index_new(), .dice = {7}};
	for (uint32_t i = 0; i < DOCS; i++)
		b->docs[i] = search_support_doc(i);
	b->remarks = search_support_field("public_remarks");
	b->address = search_support_field("address_full");
	b->city = search_support_field("city");
	b->price = search_support_field("list_price");
	b->location = search_support_field("location");
}

static void both_end(struct both *b)
{
	search_index_free(b->ix);
	arena_free(b->arena);
}

static void put(struct both *b, uint32_t n)
{
	static const char *const cities[] = {"Miami", "MIAMI", "Miami Beach", "Fort Lauderdale",
		"fort lauderdale", "Fort  Lauderdale", "São Paulo", ""};
	struct search_doc d = search_support_doc(n);

	if (search_dice_roll(&b->dice, 8))
		d.values[b->remarks] = search_support_text(b->arena, &b->dice, 40);
	if (search_dice_roll(&b->dice, 8))
		d.values[b->address] = search_support_text(b->arena, &b->dice, 5);
	if (search_dice_roll(&b->dice, 8))
		d.values[b->city] = str_of(cities[search_dice_roll(&b->dice, N(cities))]);
	if (search_dice_roll(&b->dice, 8))
		d.values[b->price] = str_printf(b->arena, "%u", search_dice_roll(&b->dice, 1000));
	d.is_public = search_dice_roll(&b->dice, 4);
	d.is_address_public = search_dice_roll(&b->dice, 2);
	search_index_put(b->ix, &d);
	b->docs[n] = d;
	b->is_there[n] = true;
}

static void change(struct both *b, int times)
{
	for (int i = 0; i < times; i++) {
		uint32_t n = search_dice_roll(&b->dice, DOCS);
		if (search_dice_roll(&b->dice, 4)) {
			put(b, n);
		} else {
			assert_int_equal(search_index_remove(b->ix, b->docs[n].id), b->is_there[n]);
			b->is_there[n] = false;
		}
	}
}

static struct str folded(struct both *b, uint32_t n, int field)
{
	struct str value = b->docs[n].values[field];

	return b->is_there[n] && value.p ? search_words_joined(b->arena, value) : STR_NULL;
}

/* The documents of a set are those that the test says. */
static void assert_documents(struct both *b, const struct search_set *got, const bool *wanted,
	const char *what)
{
	size_t n = 0;

	for (uint32_t i = 0; i < DOCS; i++) {
		struct search_doc d = search_support_doc(i);
		uint32_t doc = search_index_number(b->ix, d.id);
		bool has = doc != SEARCH_NONE && search_set_has(got, doc);
		n += has;
		if (has != wanted[i])
			print_message("%s: document %u\n", what, i);
		assert_int_equal(has, wanted[i]);
	}
	assert_int_equal(search_set_count(got), n);
}

static bool has_words(struct str value, struct str words, bool is_prefix)
{
	struct str rest = value;

	while (rest.p) {
		if (str_starts(rest, words) &&
			(is_prefix || rest.len == words.len || rest.p[words.len] == ' '))
			return true;
		str_cut(&rest, ' ');
	}
	return false;
}

static void check_phrase(struct both *b, int field, size_t n, bool is_prefix)
{
	struct search_set got = search_set_new(b->arena, b->ix->docs_n);
	struct search_word *read;
	struct str words[3], text = STR("");
	bool wanted[DOCS] = {false};

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(search_words(b->arena, search_support_word(&b->dice), 1, &read),
			1);
		words[i] = read[0].text;
		if (is_prefix && i + 1 == n)
			words[i].len = words[i].len > 2 ? 2 : words[i].len;
		text = STR_JOIN(b->arena, text, i ? STR(" ") : STR(""), words[i]);
	}
	for (uint32_t i = 0; i < DOCS; i++)
		wanted[i] = has_words(folded(b, i, field), text, is_prefix);
	search_postings_phrase(b->ix->postings[field], b->arena, words, n, is_prefix, &got);
	assert_documents(b, &got, wanted, text.p);
}

static void check_equal(struct both *b, int field, struct str text, bool is_prefix)
{
	struct search_set got = search_set_new(b->arena, b->ix->docs_n);
	bool wanted[DOCS] = {false};

	for (uint32_t i = 0; i < DOCS; i++) {
		struct str f = folded(b, i, field);
		wanted[i] = f.p && (is_prefix ? str_starts(f, text) : str_eq(f, text));
	}
	search_column_equal(b->ix, field, text, is_prefix, &got);
	assert_documents(b, &got, wanted, text.p);
}

static void check_words_of(struct both *b, uint32_t n, int field)
{
	uint32_t doc = search_index_number(b->ix, b->docs[n].id), *ids;
	struct search_word *wanted;

	if (!b->is_there[n])
		return;
	size_t wanted_n = search_words(b->arena, b->docs[n].values[field], SIZE_MAX, &wanted);
	size_t got = search_postings_of(b->ix->postings[field], b->arena, doc, &ids);
	assert_int_equal(got, wanted_n);
	for (size_t i = 0; i < got; i++)
		assert_true(str_eq(search_postings_word(b->ix->postings[field], ids[i]),
			wanted[i].text));
}

static void check_columns(struct both *b)
{
	size_t there = 0, public = 0;

	for (uint32_t i = 0; i < DOCS; i++) {
		uint32_t doc = search_index_number(b->ix, b->docs[i].id);
		assert_int_equal(search_index_has(b->ix, b->docs[i].id), b->is_there[i]);
		if (!b->is_there[i])
			continue;
		there++;
		public += b->docs[i].is_public;
		assert_int_equal(search_set_has(&b->ix->is_public, doc), b->docs[i].is_public);
		assert_int_equal(search_set_has(&b->ix->is_address_public, doc),
			b->docs[i].is_public && b->docs[i].is_address_public);
		double x = b->ix->columns[b->price].numbers[doc];
		struct str price = b->docs[i].values[b->price];
		assert_true(price.p ? x == atof(price.p) : isnan(x));
	}
	assert_int_equal(search_index_len(b->ix), there);
	assert_int_equal(search_index_len_for(b->ix, SEARCH_AGENTS), there);
	assert_int_equal(search_index_len_for(b->ix, SEARCH_PUBLIC), public);
}

static void keeps_in_step_with_a_list(void **state)
{
	struct both b;

	(void)state;
	both_start(&b);
	for (int turn = 0; turn < 60; turn++) {
		const int fields[] = {b.remarks, b.address, b.city};
		change(&b, 40);
		check_columns(&b);
		for (size_t f = 0; f < N(fields); f++) {
			uint32_t n = search_dice_roll(&b.dice, DOCS);
			for (size_t words = 1; words <= 3; words++)
				check_phrase(&b, fields[f], words, turn % 2);
			check_words_of(&b, n, fields[f]);
			struct str text = folded(&b, n, fields[f]);
			check_equal(&b, fields[f], text.p ? text : STR("none"), false);
			check_equal(&b, fields[f], str_sub(text, 0, 4), true);
		}
	}
	both_end(&b);
}

/* What a look-up should give, by looking at every word. */
struct naive {
	struct str word;
	size_t docs;
	int typos;
	bool is_exact;
};

static int by_rank(const void *x, const void *y)
{
	const struct naive *a = x, *b = y;

	if (a->is_exact != b->is_exact)
		return a->is_exact ? -1 : 1;
	if (a->typos != b->typos)
		return a->typos - b->typos;
	if (a->docs != b->docs)
		return a->docs > b->docs ? -1 : 1;
	return str_cmp(a->word, b->word);
}

static int typos_of(struct str text, struct str word, bool is_prefix)
{
	int least = search_support_distance(text, word);

	for (size_t n = 0; is_prefix && n < word.len; n++) {
		if (((uint8_t)word.p[n] & 0xc0) == 0x80)
			continue;
		int d = search_support_distance(text, str_sub(word, 0, n));
		least = d < least ? d : least;
	}
	return least;
}

static void check_find(const struct search_postings *p, struct arena *a, struct str text, int typos,
	bool is_prefix, size_t most)
{
	struct naive wanted[20000];
	struct search_candidate *got;
	size_t n = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		struct str word = search_postings_word(p, i);
		int t = word.len ? typos_of(text, word, is_prefix) : 100;
		if (t <= typos)
			wanted[n++] =
				(struct naive){word, p->entries[i].docs.n, t, str_eq(word, text)};
	}
	qsort(wanted, n, sizeof(*wanted), by_rank);
	size_t got_n = search_postings_find(p, a, text, typos, is_prefix, most, &got);
	assert_int_equal(got_n, n < most ? n : most);
	for (size_t i = 0; i < got_n; i++) {
		struct str word = search_postings_word(p, got[i].word);
		if (!str_eq(word, wanted[i].word))
			print_message(STR_FMT " %d %d: " STR_FMT ", not " STR_FMT "\n",
				STR_ARG(text), typos, is_prefix, STR_ARG(word),
				STR_ARG(wanted[i].word));
		assert_true(str_eq(word, wanted[i].word));
		assert_int_equal(got[i].typos, wanted[i].typos);
		assert_int_equal(got[i].is_exact, wanted[i].is_exact);
	}
}

/* Words of few different letters, so that many are near each other; some are longer than the keys of the order. */
static struct str strange_word(struct arena *a, struct search_dice *d)
{
	static const char *const letters[] = {"a", "b", "c", "1", "ж", "日"};
	uint32_t n = 1 + search_dice_roll(d, search_dice_roll(d, 4) ? 7 : 14);
	struct str word = STR("");

	for (uint32_t i = 0; i < n; i++)
		word = STR_JOIN(a, word, str_of(letters[search_dice_roll(d, N(letters))]));
	return word;
}

static void finds_what_looking_at_every_word_finds(void **state)
{
	struct arena *a = arena_new();
	struct search_index *ix = search_index_new();
	struct search_dice dice = {3};
	int field = search_support_field("street_name");

	(void)state;
	for (uint32_t turn = 0; turn < 4000; turn++) {
		struct search_doc d = search_support_doc(search_dice_roll(&dice, 3000));
		d.values[field] = strange_word(a, &dice);
		if (search_dice_roll(&dice, 5))
			search_index_put(ix, &d);
		else
			search_index_remove(ix, d.id);
	}
	for (int turn = 0; turn < 150; turn++) {
		size_t most = search_dice_roll(&dice, 2) ? 4 : 10000;
		check_find(ix->postings[field], a, strange_word(a, &dice), turn % 3, turn % 2,
			most);
	}
	search_index_free(ix);
	arena_free(a);
}

static void finds_words_that_hold_a_text(void **state)
{
	struct arena *a = arena_new();
	struct search_index *ix = search_index_new();
	int field = search_support_field("subdivision");
	static const char *const words[] = {"beachfront", "beach", "longbeach", "peach",
		"beachfront", "lakefront"};
	struct search_candidate *got;

	(void)state;
	for (uint32_t i = 0; i < N(words); i++) {
		struct search_doc d = search_support_doc(i);
		d.values[field] = str_of(words[i]);
		search_index_put(ix, &d);
	}
	const struct search_postings *p = ix->postings[field];
	assert_int_equal(search_postings_infix(p, a, STR("beach"), 10, &got), 3);
	assert_true(str_eq(search_postings_word(p, got[0].word), STR("beach")));
	assert_true(got[0].is_exact);
	assert_true(str_eq(search_postings_word(p, got[1].word), STR("beachfront")));
	assert_true(str_eq(search_postings_word(p, got[2].word), STR("longbeach")));
	assert_int_equal(search_postings_infix(p, a, STR("front"), 1, &got), 1);
	assert_true(str_eq(search_postings_word(p, got[0].word), STR("beachfront")));
	assert_int_equal(search_postings_infix(p, a, STR("xyz"), 10, &got), 0);
	search_index_free(ix);
	arena_free(a);
}

/* Which of words with as many listings come first, whatever order they came in. */
static void words_that_hold_a_text_come_by_listings_then_by_bytes(void **state)
{
	struct arena *a = arena_new();
	struct search_index *ix = search_index_new();
	struct search_dice dice = {5};
	int field = search_support_field("mls_number");
	struct search_candidate *got, *all;

	(void)state;
	for (uint32_t i = 0; i < 500; i++) {
		struct search_doc d = search_support_doc(i);
		uint32_t n = search_dice_roll(&dice, 400);
		d.values[field] = str_printf(a, n % 5 ? "MLS0000%u" : "MLS00000000000000%u", n);
		search_index_put(ix, &d);
	}
	const struct search_postings *p = ix->postings[field];
	size_t n = search_postings_infix(p, a, STR("s0"), 1000, &all);
	for (size_t i = 1; i < n; i++) {
		uint32_t v = all[i - 1].word, w = all[i].word;
		uint32_t x = search_docs_count(search_postings_docs(p, v));
		uint32_t y = search_docs_count(search_postings_docs(p, w));
		assert_true(x > y ||
			(x == y &&
				str_cmp(search_postings_word(p, v), search_postings_word(p, w)) <
					0));
	}
	assert_true(n > 200);
	for (size_t most = 1; most < n; most += 7) {
		assert_int_equal(search_postings_infix(p, a, STR("s0"), most, &got), most);
		for (size_t i = 0; i < most; i++)
			assert_int_equal(got[i].word, all[i].word);
	}
	search_index_free(ix);
	arena_free(a);
}

static void shows_a_value_as_most_listings_write_it(void **state)
{
	struct search_index *ix = search_index_new();
	int field = search_support_field("city");
	static const char *const cities[] = {"MIAMI", "Miami", "miami", "Miami"};

	(void)state;
	for (uint32_t i = 0; i < N(cities); i++) {
		struct search_doc d = search_support_doc(i);
		d.values[field] = str_of(cities[i]);
		search_index_put(ix, &d);
	}
	const struct search_column *c = &ix->columns[field];
	uint32_t value = search_column_value(c, STR("miami"));
	assert_true(str_eq(search_column_shown(c, value), STR("Miami")));
	assert_int_equal(search_docs_count(search_column_docs(c, value)), 4);
	struct search_doc d = search_support_doc(1);
	d.values[field] = STR("MIAMI");
	search_index_put(ix, &d);
	assert_true(str_eq(search_column_shown(c, value), STR("MIAMI")));
	search_index_remove(ix, d.id);
	assert_true(str_eq(search_column_shown(c, value), STR("MIAMI")));
	assert_int_equal(search_docs_count(search_column_docs(c, value)), 3);
	search_index_free(ix);
}

static void takes_numbers_and_points_that_are_some(void **state)
{
	static const struct {
		const char *name, *text;
		double wanted;
	} cases[] = {{"list_price", "1250000", 1250000}, {"list_price", "-1", -1},
		{"bathrooms", "2.5", 2.5}, {"list_price", "many", NAN}, {"list_price", "", NAN},
		{"updated_at", "1764000000", 1764000000}};
	struct search_index *ix = search_index_new();

	(void)state;
	for (uint32_t i = 0; i < N(cases); i++) {
		struct search_doc d = search_support_doc(i);
		int field = search_support_field(cases[i].name);
		d.values[field] = str_of(cases[i].text);
		search_index_put(ix, &d);
		double x = ix->columns[field].numbers[search_index_number(ix, d.id)];
		assert_true(isnan(cases[i].wanted) ? isnan(x) : x == cases[i].wanted);
	}
	struct search_doc d = search_support_doc(0);
	int field = search_support_field("location");
	const struct search_point *at = ix->columns[field].points;
	d.values[field] = STR("25.79,-80.13");
	search_index_put(ix, &d);
	assert_true(at[0].lat == 25.79 && at[0].lng == -80.13);
	d.values[field] = STR("91,-80.13");
	search_index_put(ix, &d);
	assert_true(isnan(at[0].lat) && isnan(at[0].lng));
	search_index_free(ix);
}

static void finds_a_document_by_its_id(void **state)
{
	struct arena *a = arena_new();
	struct search_index *ix = search_index_new();
	struct search_doc d = search_support_doc(0xabcdef01);
	int field = search_support_field("id");

	(void)state;
	search_index_put(ix, &d);
	struct search_set got = search_set_new(a, ix->docs_n);
	struct str other = search_words_joined(a, STR("abcdef02-0000-0000-0000-000000000000"));
	search_column_equal(ix, field, other, false, &got);
	assert_true(search_set_is_empty(&got));
	struct str id = search_words_joined(a, STR("ABCDEF01-0000-0000-0000-000000000000"));
	search_column_equal(ix, field, id, false, &got);
	assert_int_equal(search_set_count(&got), 1);
	search_index_free(ix);
	arena_free(a);
}

/* Documents of a word in all the forms that they are kept in. */
static void keeps_documents_few_or_many(void **state)
{
	static const uint32_t ranges[] = {10, 700, 9000, 200000};
	static uint8_t is_in[200000];
	static uint32_t found[200000];
	struct search_dice dice = {11};
	struct arena *a = arena_new();

	(void)state;
	for (size_t r = 0; r < N(ranges); r++) {
		struct search_docs d = {0};
		memset(is_in, 0, sizeof is_in);
		for (int phase = 0; phase < 4; phase++) {
			for (uint32_t i = 0; i < ranges[r] && i < 60000; i++) {
				uint32_t doc = search_dice_roll(&dice, ranges[r]);
				if (phase % 2 && search_dice_roll(&dice, 8))
					assert_int_equal(search_docs_remove(&d, doc), is_in[doc]);
				else
					assert_int_equal(search_docs_add(&d, doc), !is_in[doc]);
				is_in[doc] = search_docs_has(&d, doc);
			}
			struct search_set all = search_set_new(a, ranges[r]);
			struct search_set even = search_set_new(a, ranges[r]);
			search_set_add_docs(&all, &d);
			uint32_t n = 0, evens = 0;
			for (uint32_t i = 0; i < ranges[r]; i++) {
				n += is_in[i];
				if (i % 2 == 0)
					search_set_add(&even, i);
				assert_int_equal(search_set_has(&all, i), is_in[i]);
			}
			assert_int_equal(search_docs_count(&d), n);
			assert_int_equal(search_set_count(&all), n);
			size_t got = search_docs_within(&d, &even, found);
			for (uint32_t i = 0; i < ranges[r]; i += 2)
				if (is_in[i])
					assert_int_equal(found[evens++], i);
			assert_int_equal(got, evens);
			struct search_set both = search_set_new(a, ranges[r]);
			search_set_add_docs_within(&both, &d, &even);
			assert_int_equal(search_set_count(&both), evens);
			search_set_minus(&both, &even);
			assert_true(search_set_is_empty(&both));
		}
		for (uint32_t i = 0; i < ranges[r]; i++)
			assert_int_equal(search_docs_remove(&d, i), is_in[i]);
		assert_int_equal(search_docs_count(&d), 0);
		search_docs_done(&d);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_in_step_with_a_list),
		cmocka_unit_test(finds_what_looking_at_every_word_finds),
		cmocka_unit_test(finds_words_that_hold_a_text),
		cmocka_unit_test(words_that_hold_a_text_come_by_listings_then_by_bytes),
		cmocka_unit_test(shows_a_value_as_most_listings_write_it),
		cmocka_unit_test(takes_numbers_and_points_that_are_some),
		cmocka_unit_test(finds_a_document_by_its_id),
		cmocka_unit_test(keeps_documents_few_or_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
