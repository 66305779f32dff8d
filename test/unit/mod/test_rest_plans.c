/* The plans that are kept: found by shape, bounded, those used lately stay, and a plan in use outlives its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/plan.h"
#include "mod/rest/plans.h"

static struct rest_plans *plans;

static int setup(void **state)
{
	(void)state;
	plans = rest_plans_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rest_plans_free(plans);
	return 0;
}

static struct rest_plan *plan(void)
{
	struct arena *a = arena_new();
	struct rest_plan *p = ARENA_NEW(a, struct rest_plan);

	p->arena = a;
	p->refs = 1;
	return p;
}

static struct str shape(char text[32], int i)
{
	return str_from(text, (size_t)snprintf(text, 32, "shape %d", i));
}

/* Kept by nobody else. */
static struct rest_plan *add(int i)
{
	char text[32];
	struct rest_plan *p = plan();

	rest_plans_add(plans, shape(text, i), p);
	rest_plan_unref(p);
	return p;
}

static struct rest_plan *find(int i)
{
	char text[32];

	return rest_plans_find(plans, shape(text, i));
}

static void plan_is_found_by_its_shape(void **state)
{
	(void)state;
	assert_null(find(1));
	struct rest_plan *one = add(1), *two = add(2);
	assert_ptr_equal(find(1), one);
	assert_ptr_equal(find(2), two);
	assert_null(find(3));
	assert_int_equal(rest_plans_len(plans), 2);
}

static void shapes_are_bytes(void **state)
{
	struct rest_plan *a = plan(), *b = plan(), *c = plan();

	(void)state;
	rest_plans_add(plans, STR("a\0b"), a);
	rest_plans_add(plans, STR("a\0c"), b);
	rest_plans_add(plans, STR(""), c);
	assert_ptr_equal(rest_plans_find(plans, STR("a\0b")), a);
	assert_ptr_equal(rest_plans_find(plans, STR("a\0c")), b);
	assert_ptr_equal(rest_plans_find(plans, STR("")), c);
	assert_null(rest_plans_find(plans, STR("a")));
	rest_plan_unref(a);
	rest_plan_unref(b);
	rest_plan_unref(c);
}

static void text_of_a_shape_is_copied(void **state)
{
	char text[32];
	struct rest_plan *p = plan();

	(void)state;
	rest_plans_add(plans, shape(text, 7), p);
	rest_plan_unref(p);
	memset(text, 'x', sizeof text);
	assert_ptr_equal(find(7), p);
}

static void as_many_as_fit_stay(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * REST_PLANS_MAX; i++)
		add(i);
	assert_int_equal(rest_plans_len(plans), REST_PLANS_MAX);
	for (int i = 0; i < 3 * REST_PLANS_MAX; i++)
		assert_true((find(i) != NULL) == (i >= 2 * REST_PLANS_MAX));
}

static void unused_for_longest_goes_first(void **state)
{
	(void)state;
	for (int i = 0; i < REST_PLANS_MAX; i++)
		add(i);
	assert_non_null(find(0)); /* used again */
	assert_non_null(find(500));
	add(REST_PLANS_MAX);
	assert_null(find(1));
	assert_non_null(find(0));
	for (int i = 1; i < REST_PLANS_MAX - 2; i++)
		add(REST_PLANS_MAX + i);
	assert_non_null(find(0));
	assert_non_null(find(500));
	assert_null(find(499));
	assert_null(find(REST_PLANS_MAX - 1));
	assert_int_equal(rest_plans_len(plans), REST_PLANS_MAX);
}

static void plan_in_use_outlives_its_place(void **state)
{
	(void)state;
	struct rest_plan *p = add(0);
	p->refs++; /* a request */
	for (int i = 1; i <= REST_PLANS_MAX; i++)
		add(i);
	assert_null(find(0));
	assert_int_equal(p->refs, 1);
	assert_non_null(arena_alloc(p->arena, 8)); /* still there */
	rest_plan_unref(p);
}

static void plan_in_use_outlives_all(void **state)
{
	(void)state;
	struct rest_plan *p = add(0);
	p->refs++;
	rest_plans_free(plans);
	plans = NULL;
	assert_int_equal(p->refs, 1);
	rest_plan_unref(p);
	rest_plan_unref(NULL);
}

static void note(void *arg)
{
	(*(int *)arg)++;
}

static void arenas_given_end_with_it(void **state)
{
	int ended = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct arena *a = arena_new();
		arena_defer(a, note, &ended);
		rest_plans_own(plans, a);
	}
	assert_int_equal(ended, 0);
	rest_plans_free(plans);
	plans = NULL;
	assert_int_equal(ended, 2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(plan_is_found_by_its_shape),
		CASE(shapes_are_bytes),
		CASE(text_of_a_shape_is_copied),
		CASE(as_many_as_fit_stay),
		CASE(unused_for_longest_goes_first),
		CASE(plan_in_use_outlives_its_place),
		CASE(plan_in_use_outlives_all),
		CASE(arenas_given_end_with_it),
	};
	return cmocka_run_group_tests_name("mod/rest_plans", tests, NULL, NULL);
}
