#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/parse.h"
#include "mod/rest/selects.h"

static struct rest_selects *kept;
static struct arena *a;

static int setup(void **state)
{
	(void)state;
	kept = rest_selects_new();
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rest_selects_free(kept);
	arena_free(a);
	return 0;
}

#define LONG "id,name:full_name,price::text,created_at,updated_at"

static void a_text_is_read_once(void **state)
{
	char copy[] = LONG;
	const struct rest_select_list *first = rest_selects_get(kept, a, STR(LONG));

	(void)state;
	assert_non_null(first);
	assert_int_equal(first->n, 5);
	assert_ptr_equal(rest_selects_get(kept, a, str_of(copy)), first);
	memset(copy, 'x', sizeof copy - 1);
	assert_string_equal(str_cstr(a, first->items->next->alias), "name");
}

static void what_is_no_flat_list_is_not_kept(void **state)
{
	static const char *const texts[] = {"id,name",
		"id,name,created_at,media(id,url),updated_at",
		"id,name,created_at,data->a->>b,updated_at,price",
		"id,name,created_at,updated_at,price.sum()",
		"id,,name,created_at,updated_at,price,rooms"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_null(rest_selects_get(kept, a, str_of(texts[i])));
}

/* Whether a list was kept or not makes no other plan. */
static void shapes_are_the_same_either_way(void **state)
{
	struct rest_fault f = {.arena = a};
	struct buf shapes[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct rest_parse p = {.arena = a,
			.query = STR("select=" LONG "&id=eq.5&order=id&limit=3"),
			.selects = i ? kept : NULL};
		struct rest_query q;
		struct rest_values values = {.arena = a};
		assert_int_equal(rest_parse_query(&p, &q, &f), 0);
		assert_int_equal(q.root.items_shape.p != NULL, i);
		buf_init(&shapes[i], 0);
		rest_shape_query(&shapes[i], &values, &q);
		assert_int_equal(values.n, 2);
	}
	assert_true(str_eq(buf_view(&shapes[0]), buf_view(&shapes[1])));
	buf_done(&shapes[0]);
	buf_done(&shapes[1]);
}

static void lists_outlive_the_forgetting_of_all(void **state)
{
	const struct rest_select_list *first = rest_selects_get(kept, a, STR(LONG));
	char text[SELECTS_TEXT_MAX];

	(void)state;
	for (int i = 0; i < 400; i++) {
		int len = snprintf(text, sizeof text, "n%d%0*d,second", i, 4000, 0);
		struct arena *own = arena_new();
		assert_non_null(rest_selects_get(kept, own, str_from(text, (size_t)len)));
		arena_free(own);
	}
	assert_string_equal(str_cstr(a, first->items->field.name), "id");
	assert_ptr_not_equal(rest_selects_get(kept, a, STR(LONG)), first);
}

/* A short text may stand for many items, which count as well. */
static void many_items_are_forgotten_as_soon_as_long_texts(void **state)
{
	const struct rest_select_list *first = rest_selects_get(kept, a, STR(LONG));
	char text[1024];

	(void)state;
	for (int i = 0; i < 40; i++) {
		int len = snprintf(text, sizeof text, "x%d", i);
		while (len < 1000)
			len += snprintf(text + len, sizeof text - (size_t)len, ",a");
		struct arena *own = arena_new();
		assert_non_null(rest_selects_get(kept, own, str_from(text, (size_t)len)));
		arena_free(own);
	}
	assert_ptr_not_equal(rest_selects_get(kept, a, STR(LONG)), first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_text_is_read_once, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_flat_list_is_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(shapes_are_the_same_either_way, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_outlive_the_forgetting_of_all, setup,
			teardown),
		cmocka_unit_test_setup_teardown(many_items_are_forgotten_as_soon_as_long_texts,
			setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/rest_selects", tests, NULL, NULL);
}
