#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "db/stmt_cache.h"

static struct stmt_entry *use(struct stmt_cache *c, int i, char *evicted)
{
	char name[32];

	snprintf(name, sizeof(name), "statement_%d", i);
	return stmt_cache_use(c, name, evicted);
}

static void make_ready(struct stmt_entry *s)
{
	stmt_entry_set(s, STMT_ASKED);
	stmt_entry_set(s, STMT_READY);
}

static void remembers_by_name(void **state)
{
	struct stmt_cache *c = stmt_cache_new();
	char evicted[STMT_NAME_MAX];

	(void)state;
	struct stmt_entry *a = use(c, 1, evicted), *b = use(c, 2, evicted);
	assert_ptr_not_equal(a, b);
	assert_int_equal(a->state, STMT_NEW);
	make_ready(a);
	assert_ptr_equal(use(c, 1, evicted), a);
	assert_int_equal(a->state, STMT_READY);
	assert_int_equal(stmt_cache_len(c), 2);
	stmt_cache_clear(c);
	assert_int_equal(stmt_cache_len(c), 0);
	stmt_cache_free(c);
	stmt_cache_free(NULL);
}

static void least_recently_used_makes_room(void **state)
{
	struct stmt_cache *c = stmt_cache_new();
	char evicted[STMT_NAME_MAX];

	(void)state;
	for (int i = 0; i < STMT_CACHE_MAX; i++) {
		make_ready(use(c, i, evicted));
		assert_string_equal(evicted, "");
	}
	use(c, 0, evicted);
	use(c, 1, evicted)->users++; /* in flight */
	for (int i = 3; i < STMT_CACHE_MAX; i++)
		use(c, i, evicted);
	use(c, 1000, evicted);
	assert_string_equal(evicted, "statement_2");
	use(c, 1001, evicted);
	assert_string_equal(evicted, "statement_0");
	use(c, 1002, evicted);
	assert_string_equal(evicted, "statement_3"); /* not 1: it has a user */
	assert_int_equal(stmt_cache_len(c), STMT_CACHE_MAX);
	for (int i = 4; i < STMT_CACHE_MAX; i++) {
		use(c, i, evicted);
		assert_string_equal(evicted, "");
	}
	stmt_cache_free(c);
}

static void nothing_ready_nothing_evicted(void **state)
{
	struct stmt_cache *c = stmt_cache_new();
	char evicted[STMT_NAME_MAX];

	(void)state;
	for (int i = 0; i < STMT_CACHE_MAX + 20; i++) {
		stmt_entry_set(use(c, i, evicted), STMT_ASKED);
		assert_string_equal(evicted, "");
	}
	assert_int_equal(stmt_cache_len(c), STMT_CACHE_MAX + 20);
	stmt_cache_free(c);
}

static void lost_prepare_goes_back_to_where_it_came_from(void **state)
{
	struct stmt_entry s = {.state = STMT_NEW};

	(void)state;
	stmt_entry_set(&s, STMT_ASKED);
	stmt_entry_lost(&s);
	assert_int_equal(s.state, STMT_NEW);
	make_ready(&s);
	stmt_entry_set(&s, STMT_STALE);
	stmt_entry_set(&s, STMT_ASKED);
	stmt_entry_lost(&s);
	assert_int_equal(s.state, STMT_STALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers_by_name),
		cmocka_unit_test(least_recently_used_makes_room),
		cmocka_unit_test(nothing_ready_nothing_evicted),
		cmocka_unit_test(lost_prepare_goes_back_to_where_it_came_from),
	};
	return cmocka_run_group_tests_name("db/stmt_cache", tests, NULL, NULL);
}
