/* Sets of documents beside a list of bools. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support_search.h"

#define ROOM 9000

struct pair {
	struct search_set set;
	bool has[ROOM];
};

static struct search_dice dice = {3};

/* Some, with stretches where there are none. */
static void fill(struct pair *p, struct arena *a)
{
	uint32_t n = search_dice_roll(&dice, 400);

	p->set = search_set_new(a, ROOM);
	memset(p->has, 0, sizeof p->has);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t doc = search_dice_roll(&dice, ROOM) / (1 + search_dice_roll(&dice, 4));
		search_set_add(&p->set, doc);
		p->has[doc] = true;
	}
}

static void check(const struct pair *p)
{
	uint32_t n = 0, next = search_set_next(&p->set, 0);

	for (uint32_t doc = 0; doc < ROOM; doc++) {
		assert_int_equal(search_set_has(&p->set, doc), p->has[doc]);
		n += p->has[doc];
		if (!p->has[doc])
			continue;
		assert_int_equal(next, doc);
		next = search_set_next(&p->set, doc + 1);
	}
	assert_int_equal(next, SEARCH_NONE);
	assert_int_equal(search_set_count(&p->set), n);
	assert_int_equal(search_set_is_empty(&p->set), !n);
}

/* One that an index keeps: without a word of which of its words have any. */
static struct search_set kept(const struct pair *p)
{
	struct search_set s = {.bits = calloc(search_set_words(ROOM), 8), .n = ROOM};

	assert_non_null(s.bits);
	for (uint32_t doc = 0; doc < ROOM; doc++)
		if (p->has[doc])
			s.bits[doc / 64] |= UINT64_C(1) << doc % 64;
	return s;
}

static void combine(struct pair *to, const struct pair *with, const struct search_set *set, int how)
{
	switch (how) {
	case 0: search_set_and(&to->set, set); break;
	case 1: search_set_or(&to->set, set); break;
	case 2: search_set_minus(&to->set, set); break;
	default: search_set_copy(&to->set, set);
	}
	for (uint32_t i = 0; i < ROOM; i++) {
		bool a = to->has[i], b = with->has[i];
		to->has[i] = how == 0 ? a && b : how == 1 ? a || b : how == 2 ? a && !b : b;
	}
}

static void sets_are_what_lists_are(void **state)
{
	static struct pair a, b;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct arena *arena = arena_new();
		fill(&a, arena);
		fill(&b, arena);
		struct search_set same = kept(&b);
		combine(&a, &b, i % 2 ? &same : &b.set, i / 2 % 4);
		check(&a);
		uint32_t doc = search_dice_roll(&dice, ROOM);
		search_set_drop(&a.set, doc);
		a.has[doc] = false;
		check(&a);
		free(same.bits);
		arena_free(arena);
	}
}

static void what_was_in_a_set_before_it_was_emptied_is_forgotten(void **state)
{
	struct arena *a = arena_new();
	struct search_set s = search_set_new(a, ROOM);

	(void)state;
	for (uint32_t doc = 0; doc < ROOM; doc++)
		search_set_add(&s, doc);
	assert_int_equal(search_set_count_words(&s), search_set_words(ROOM));
	search_set_clear(&s);
	assert_true(search_set_is_empty(&s));
	assert_false(search_set_has(&s, 70));
	search_set_add(&s, 70);
	assert_int_equal(search_set_count(&s), 1);
	assert_int_equal(search_set_count_words(&s), 1);
	assert_false(search_set_has(&s, 71));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_what_lists_are),
		cmocka_unit_test(what_was_in_a_set_before_it_was_emptied_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
