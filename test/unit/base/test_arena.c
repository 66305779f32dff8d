#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	arena_free(NULL);
}

static void aligns_every_allocation(void **state)
{
	for (size_t n = 0; n < 100; n++)
		assert_int_equal((uintptr_t)arena_alloc(*state, n) % _Alignof(max_align_t), 0);
}

static void serves_more_than_a_block(void **state)
{
	char *p = arena_alloc(*state, 1 << 20);

	p[0] = p[(1 << 20) - 1] = 'x';
	assert_string_equal(arena_printf(*state, "%d-%s", 7, "ok"), "7-ok");
}

static void allocations_do_not_overlap(void **state)
{
	static unsigned char *pieces[2000];

	for (size_t i = 0; i < 2000; i++) {
		size_t n = i * 37 % 3000;
		pieces[i] = arena_alloc(*state, n);
		memset(pieces[i], (int)(i & 0xff), n);
	}
	for (size_t i = 0; i < 2000; i++)
		for (size_t k = 0; k < i * 37 % 3000; k++)
			assert_int_equal(pieces[i][k], i & 0xff);
}

static void zeroed_memory_is_zero(void **state)
{
	struct {
		int a[20];
	} *thing;

	memset(arena_alloc(*state, 4000), 0xff, 4000);
	arena_reset(*state);
	thing = (void *)ARENA_NEW(*state, __typeof__(*thing));
	for (int i = 0; i < 20; i++)
		assert_int_equal(thing->a[i], 0);
	int *row = arena_array(*state, 10, sizeof(int));
	assert_int_equal(row[0] | row[9], 0);
}

static char order[8];
static int called;

static void note(void *p)
{
	order[called++] = *(char *)p;
}

static void runs_defers_last_first(void **state)
{
	static char x = 'x', y = 'y', z = 'z';
	struct arena *a = arena_new();

	(void)state;
	called = 0;
	arena_defer(a, note, &x);
	arena_defer(a, note, &y);
	arena_reset(a);
	assert_int_equal(called, 2);
	arena_defer(a, note, &z);
	arena_free(a);
	assert_int_equal(called, 3);
	assert_memory_equal(order, "yxz", 3);
}

static void a_defer_may_use_what_the_arena_holds(void **state)
{
	(void)state;
	called = 0;
	struct arena *a = arena_new();
	arena_defer(a, note, arena_dup(a, "q", 1));
	arena_free(a);
	assert_int_equal(order[0], 'q');
}

static void reset_keeps_one_block(void **state)
{
	struct arena *a = *state;

	arena_alloc(a, 100);
	size_t small = arena_total(a);
	for (int i = 0; i < 1000; i++)
		arena_alloc(a, 1000);
	arena_alloc(a, 1 << 20);
	assert_true(arena_total(a) > 2000000);
	arena_reset(a);
	assert_true(arena_total(a) <= small);
	memset(arena_alloc(a, 100), 1, 100);
	assert_true(arena_total(a) <= small);
}

static void small_allocations_share_blocks(void **state)
{
	for (int i = 0; i < 10000; i++)
		arena_alloc(*state, 16);
#ifndef ARENA_DEBUG
	assert_true(arena_total(*state) < 16 * 10000 * 3 / 2);
#endif
}

static void resize_keeps_the_content(void **state)
{
	static const size_t sizes[] = {10, 20, 100, 90, 5000, 20000, 1 << 20, 3 << 20, 4000, 6000,
		3};
	char *p = NULL;
	size_t old = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t n = sizes[i];
		p = arena_resize(*state, p, old, n);
		for (size_t k = 0; k < (old < n ? old : n); k++)
			assert_int_equal(p[k], (char)(k % 127));
		for (size_t k = 0; k < n; k++)
			p[k] = (char)(k % 127);
		old = n;
		arena_alloc(*state, i * 8 % 32);
	}
}

static void growing_a_large_piece_leaves_no_copies(void **state)
{
	size_t n = 1 << 16;
	void *p = arena_alloc(*state, n);

	for (; n < 1 << 24; n *= 2)
		p = arena_resize(*state, p, n, 2 * n);
	assert_true(arena_total(*state) < (1 << 24) + (1 << 17));
}

static void copies_end_with_a_nul(void **state)
{
	char *p = arena_dup(*state, "abcdef", 3);

	assert_string_equal(p, "abc");
	assert_string_equal(arena_dup(*state, NULL, 0), "");
	char *nul = arena_dup(*state, "a\0b", 3);
	assert_memory_equal(nul, "a\0b", 4);
}

#define IN_ARENA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freeing_nothing_is_fine),
		IN_ARENA(aligns_every_allocation),
		IN_ARENA(serves_more_than_a_block),
		IN_ARENA(allocations_do_not_overlap),
		IN_ARENA(zeroed_memory_is_zero),
		cmocka_unit_test(runs_defers_last_first),
		cmocka_unit_test(a_defer_may_use_what_the_arena_holds),
		IN_ARENA(reset_keeps_one_block),
		IN_ARENA(small_allocations_share_blocks),
		IN_ARENA(resize_keeps_the_content),
		IN_ARENA(growing_a_large_piece_leaves_no_copies),
		IN_ARENA(copies_end_with_a_nul),
	};
	return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
