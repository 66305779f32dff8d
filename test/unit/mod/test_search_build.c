/* An index made with index_build.h against one that was filled without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support_search.h"

#include "mod/search/index_build.h"
#include "mod/search/index_docs.h"
#include "mod/search/index_words.h"

#define MANY 40000 /* more than are turned at a time */
#define TOGETHER 50

struct two {
	struct arena *arena;
	struct search_dice dice;
	struct search_index *plain, *built;
};

static void two_start(struct two *t)
{
	*t = (struct two){arena_new(), {11}, search_index_new(), search_index_new()};
	search_index_build(t->built);
}

static void two_end(struct two *t)
{
	search_index_free(t->plain);
	search_index_free(t->built);
	arena_free(t->arena);
}

static void build(struct two *t)
{
	for (int i = 0; i < search_fields_n; i++)
		search_index_build_field(t->built, search_index_build_turn(i));
}

static void put(struct two *t, const struct search_doc *d)
{
	search_index_put(t->plain, d);
	search_index_put(t->built, d);
}

/* In the same way as search_index_put() one by one. */
static void put_together(struct two *t, const struct search_doc *docs, size_t n)
{
	uint32_t numbers[TOGETHER];

	assert_true(n <= TOGETHER);
	for (size_t i = 0; i < n; i++)
		search_index_put(t->plain, &docs[i]);
	search_index_build_number(t->built, docs, n, numbers);
	for (int i = 0; i < search_fields_n; i++)
		search_index_build_put(t->built, search_index_build_turn(i), docs, n, numbers);
}

static struct search_doc random_doc(struct two *t, uint32_t docs)
{
	static const char *const fields[] = {"public_remarks", "marketing_description", "city",
		"address_full", "mls_number"};
	struct search_doc d = search_support_doc(search_dice_roll(&t->dice, docs));

	for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
		if (search_dice_roll(&t->dice, 6))
			d.values[search_support_field(fields[f])] =
				search_support_text(t->arena, &t->dice, f ? 3 : 40);
	if (search_dice_roll(&t->dice, 6))
		d.values[search_support_field("location")] = str_printf(t->arena, "25.%u,-80.%u",
			search_dice_roll(&t->dice, 1000), search_dice_roll(&t->dice, 1000));
	return d;
}

static void change(struct two *t, uint32_t docs, int times)
{
	for (int i = 0; i < times; i++) {
		struct search_doc d = random_doc(t, docs);
		if (search_dice_roll(&t->dice, 5))
			put(t, &d);
		else
			assert_int_equal(search_index_remove(t->plain, d.id),
				search_index_remove(t->built, d.id));
	}
}

static void fill(struct two *t, uint32_t docs, int times)
{
	struct search_doc together[TOGETHER];

	for (int i = 0; i < times; i++) {
		size_t n = search_dice_roll(&t->dice, TOGETHER + 1);
		for (size_t j = 0; j < n; j++)
			together[j] = random_doc(t, docs);
		put_together(t, together, n);
	}
}

static void assert_same_docs(struct two *t, const struct search_docs *x,
	const struct search_docs *y)
{
	struct search_set a = search_set_new(t->arena, t->plain->docs_n);
	struct search_set b = search_set_new(t->arena, t->plain->docs_n);

	assert_int_equal(search_docs_count(x), search_docs_count(y));
	search_set_add_docs(&a, x);
	search_set_add_docs(&b, y);
	assert_memory_equal(a.bits, b.bits, (a.n + 63) / 64 * sizeof(*a.bits));
}

/* Word by word in their order: the same words, of the same documents, and no list that a block does not know of. */
static void assert_same_words(struct two *t, const struct search_postings *x,
	const struct search_postings *y)
{
	struct search_place i = {0, 0}, j = {0, 0};

	while (i.at < x->order_n && j.at < y->order_n) {
		uint32_t v = search_place_block(x, i)->words[i.i];
		uint32_t w = search_place_block(y, j)->words[j.i];
		assert_true(str_eq(search_postings_word(x, v), search_postings_word(y, w)));
		assert_same_docs(t, search_postings_docs(x, v), search_postings_docs(y, w));
		assert_int_equal(search_postings_word_of(y, search_postings_word(x, v)), w);
		assert_true(y->docs_most[y->entries[w].block] >= y->entries[w].docs.n);
		i = search_words_order_next(x, i);
		j = search_words_order_next(y, j);
	}
	assert_int_equal(i.at, x->order_n);
	assert_int_equal(j.at, y->order_n);
	assert_int_equal(x->postings_n, y->postings_n);
	assert_int_equal(x->n - x->unused_n, y->n - y->unused_n);
}

/* By what they say, as the two may number values differently. */
static void assert_same_value(struct two *t, int field, uint32_t doc)
{
	const struct search_column *x = &t->plain->columns[field], *y = &t->built->columns[field];
	uint32_t v = x->ids[doc], w = y->ids[doc];

	assert_int_equal(v == SEARCH_NONE, w == SEARCH_NONE);
	if (v == SEARCH_NONE)
		return;
	assert_true(str_eq(search_column_text(x, v), search_column_text(y, w)));
	assert_true(str_eq(search_column_shown(x, v), search_column_shown(y, w)));
	if (x->flags & SEARCH_FACET)
		assert_same_docs(t, search_column_docs(x, v), search_column_docs(y, w));
}

static void assert_same_text(struct two *t, int field, uint32_t doc)
{
	uint32_t *v, *w;
	size_t n = search_postings_of(t->plain->postings[field], t->arena, doc, &v);

	assert_int_equal(search_postings_of(t->built->postings[field], t->arena, doc, &w), n);
	for (size_t i = 0; i < n; i++)
		assert_true(str_eq(search_postings_word(t->plain->postings[field], v[i]),
			search_postings_word(t->built->postings[field], w[i])));
}

static void assert_same(struct two *t)
{
	assert_int_equal(t->plain->docs_n, t->built->docs_n);
	for (int field = 0; field < search_fields_n; field++) {
		if (!t->plain->postings[field])
			continue;
		assert_same_words(t, t->plain->postings[field], t->built->postings[field]);
		for (uint32_t doc = 0; doc < t->plain->docs_n; doc++) {
			assert_same_text(t, field, doc);
			assert_same_value(t, field, doc);
		}
	}
	arena_reset(t->arena);
}

static void is_the_same_as_one_filled_bit_by_bit(void **state)
{
	struct two t;

	(void)state;
	for (int seed = 1; seed <= 5; seed++) {
		two_start(&t);
		t.dice.state = (uint64_t)seed;
		change(&t, 400, seed * 100);
		fill(&t, 400, seed * 5);
		change(&t, 400, seed * 30);
		build(&t);
		assert_same(&t);
		change(&t, 400, 300);
		assert_same(&t);
		two_end(&t);
	}
}

static void has_more_documents_than_are_turned_at_a_time(void **state)
{
	struct two t;
	int city = search_support_field("city"), number = search_support_field("mls_number");

	(void)state;
	two_start(&t);
	for (uint32_t i = 0; i < MANY; i++) {
		struct search_doc d = search_support_doc(i);
		d.values[city] = i % 3 ? STR("Fort Fort Lauderdale") : STR("Fort Myers");
		if (i % 64 == 0)
			d.values[number] = str_printf(t.arena, "A%u", i / 2);
		put(&t, &d);
	}
	build(&t);
	assert_same_words(&t, t.plain->postings[city], t.built->postings[city]);
	assert_same_words(&t, t.plain->postings[number], t.built->postings[number]);
	two_end(&t);
}

static void may_be_empty(void **state)
{
	struct two t;

	(void)state;
	two_start(&t);
	build(&t);
	assert_same(&t);
	change(&t, 10, 20);
	assert_same(&t);
	two_end(&t);
}

static void may_go_before_it_is_made(void **state)
{
	struct two t;

	(void)state;
	two_start(&t);
	change(&t, 10, 20);
	assert_true(search_index_bytes(t.built) > 0);
	two_end(&t);
}

static void takes_each_field_once(void **state)
{
	bool had[SEARCH_FIELDS_MAX] = {false};

	(void)state;
	for (int i = 0; i < search_fields_n; i++) {
		int field = search_index_build_turn(i);
		assert_in_range(field, 0, search_fields_n - 1);
		assert_false(had[field]);
		had[field] = true;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_same_as_one_filled_bit_by_bit),
		cmocka_unit_test(has_more_documents_than_are_turned_at_a_time),
		cmocka_unit_test(may_be_empty),
		cmocka_unit_test(may_go_before_it_is_made),
		cmocka_unit_test(takes_each_field_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
