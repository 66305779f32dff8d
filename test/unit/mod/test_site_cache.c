/* Answers that stand ready, flights, and the limit for strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/site/cache.h"
#include "mod/site/flight.h"
#include "mod/site/rate.h"

#define ONE "0b2f3c64-9d0e-4c1b-8a53-0d1f2e3a4b5c"
#define TWO "1b2f3c64-9d0e-4c1b-8a53-0d1f2e3a4b5c"
#define ROOM ((size_t)1 << 20)

static struct arena *a;
static struct site_cache *c;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	c = site_cache_new(ROOM);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	site_cache_free(c);
	arena_free(a);
	return 0;
}

/* --- the cache ------------------------------------------------------------------------------------ */

static uint64_t generation(const char *id, enum site_life life)
{
	return site_cache_generation(site_cache_space(c, str_of(id)), life);
}

static void put_in(const char *id, enum site_life life, const char *key, struct str body,
	uint64_t born)
{
	struct site_answer answer = {.type = "text/plain",
		.etag = "e",
		.body = body,
		.packed = STR("packed"),
		.keys = STR("keys"),
		.until_us = mono_us() + US_PER_DAY};

	site_cache_put(c, str_of(id), life, str_of(key), born, &answer);
}

static void put(const char *id, enum site_life life, const char *key, const char *body)
{
	put_in(id, life, key, str_of(body), generation(id, life));
}

static const char *get(const char *id, enum site_life life, const char *key)
{
	struct site_answer answer;

	if (!site_cache_get(c, str_of(id), life, str_of(key), a, &answer))
		return "-";
	assert_true(str_eq(answer.packed, STR("packed")));
	assert_true(str_eq(answer.keys, STR("keys")));
	assert_string_equal(answer.type, "text/plain");
	return str_cstr(a, answer.body);
}

static void an_answer_stands_ready_for_its_workspace_alone(void **state)
{
	(void)state;
	put(ONE, SITE_LISTINGS, "k", "body");
	assert_string_equal(get(ONE, SITE_LISTINGS, "k"), "body");
	assert_string_equal(get(ONE, SITE_LISTINGS, "other"), "-");
	assert_string_equal(get(ONE, SITE_FIGURES, "k"), "-");
	assert_string_equal(get(TWO, SITE_LISTINGS, "k"), "-");
	put(ONE, SITE_LISTINGS, "k", "newer");
	assert_string_equal(get(ONE, SITE_LISTINGS, "k"), "newer");
}

static void a_change_forgets_listings_and_leaves_figures(void **state)
{
	(void)state;
	put(ONE, SITE_LISTINGS, "k", "listings");
	put(ONE, SITE_FIGURES, "k", "figures");
	put(TWO, SITE_LISTINGS, "k", "of another");
	site_cache_forget(c, STR(ONE), false);
	assert_string_equal(get(ONE, SITE_LISTINGS, "k"), "-");
	assert_string_equal(get(ONE, SITE_FIGURES, "k"), "figures");
	assert_string_equal(get(TWO, SITE_LISTINGS, "k"), "of another");
	site_cache_forget(c, STR(ONE), true);
	assert_string_equal(get(ONE, SITE_FIGURES, "k"), "-");
	site_cache_forget_all(c, false);
	assert_string_equal(get(TWO, SITE_LISTINGS, "k"), "-");
}

static void what_was_begun_before_a_change_is_not_kept(void **state)
{
	(void)state;
	uint64_t born = generation(ONE, SITE_LISTINGS), figures = generation(ONE, SITE_FIGURES);
	int64_t before_us = mono_us();
	site_cache_forget(c, STR(ONE), false);
	put_in(ONE, SITE_LISTINGS, "k", STR("stale"), born);
	assert_string_equal(get(ONE, SITE_LISTINGS, "k"), "-");
	assert_true(site_cache_changed_us(site_cache_space(c, STR(ONE))) >= before_us);
	/* Figures outlive it, so they may have been begun before it: or none were ever kept while listings keep changing. */
	put_in(ONE, SITE_FIGURES, "k", STR("figures"), figures);
	assert_string_equal(get(ONE, SITE_FIGURES, "k"), "figures");
	site_cache_forget_all(c, true);
	put_in(ONE, SITE_FIGURES, "k", STR("stale"), figures);
	assert_string_equal(get(ONE, SITE_FIGURES, "k"), "-");
}

static void what_changed_before_anybody_asked_is_not_known(void **state)
{
	(void)state;
	int64_t before_us = mono_us();
	assert_true(site_cache_changed_us(site_cache_space(c, STR(TWO))) >= before_us);
}

static void an_answer_is_not_given_after_its_time(void **state)
{
	struct site_answer late = {.type = "text/plain",
		.body = STR("late"),
		.until_us = mono_us() - 1};

	(void)state;
	site_cache_put(c, STR(ONE), SITE_LISTINGS, STR("k"), generation(ONE, SITE_LISTINGS), &late);
	assert_string_equal(get(ONE, SITE_LISTINGS, "k"), "-");
	put(ONE, SITE_LISTINGS, "k", "again");
	assert_string_equal(get(ONE, SITE_LISTINGS, "k"), "again");
}

static void one_workspace_does_not_take_the_room_of_all(void **state)
{
	struct str big = str_from(arena_zalloc(a, ROOM / 20), ROOM / 20);
	size_t kept = 0;

	(void)state;
	put(TWO, SITE_LISTINGS, "k", "of another");
	for (int i = 0; i < 50; i++)
		put_in(ONE, SITE_LISTINGS, arena_printf(a, "%d", i), big,
			generation(ONE, SITE_LISTINGS));
	for (int i = 0; i < 50; i++)
		kept += strcmp(get(ONE, SITE_LISTINGS, arena_printf(a, "%d", i)), "-") != 0;
	assert_in_range(kept, 1, 3);
	assert_string_equal(get(TWO, SITE_LISTINGS, "k"), "of another");
}

static void many_workspaces_have_room_for_the_latest(void **state)
{
	struct str big = str_from(arena_zalloc(a, ROOM / 10), ROOM / 10);

	(void)state;
	for (int i = 0; i < 1100; i++) {
		const char *id = arena_printf(a,
			"%08d"
			"-9d0e-4c1b-8a53-0d1f2e3a4b5c",
			i);
		put_in(id, SITE_LISTINGS, "k", big, generation(id, SITE_LISTINGS));
	}
	assert_string_equal(get("00000000-9d0e-4c1b-8a53-0d1f2e3a4b5c", SITE_LISTINGS, "k"), "-");
	assert_string_not_equal(get("00001099-9d0e-4c1b-8a53-0d1f2e3a4b5c", SITE_LISTINGS, "k"),
		"-");
}

/* --- flights -------------------------------------------------------------------------------------- */

static struct site_flights *flights;
static int told, cancelled;

static void passenger(void *arg)
{
	struct site_flight *f = site_flight_find(flights, STR("k"));
	struct site_outcome o;

	(void)arg;
	assert_non_null(f);
	if (site_flight_wait(f, a, &o)) {
		cancelled++;
		return;
	}
	assert_int_equal(o.status, 503);
	assert_string_equal(str_cstr(a, o.message), "not today");
	assert_string_equal(str_cstr(a, o.answer.body), "body");
	assert_null(o.answer.packed.p);
	told++;
}

static void pilot(void *arg)
{
	struct site_flight *f = site_flight_begin(flights, STR("k"));
	struct loop *loop = arg;
	struct fiber *one = fiber_start(loop, passenger, NULL),
		     *two = fiber_start(loop, passenger, NULL),
		     *leaver = fiber_start(loop, passenger, NULL);

	assert_null(site_flight_find(flights, STR("other")));
	assert_int_equal(fiber_sleep_ms(5), 0);
	fiber_cancel(leaver);
	fiber_join(leaver);
	assert_int_equal(told, 0);
	char body[] = "body";
	site_flight_land(flights, f,
		&(struct site_outcome){.status = 503,
			.message = STR("not today"),
			.answer = {.body = str_of(body)}});
	body[0] = 'x'; /* it is theirs now */
	assert_null(site_flight_find(flights, STR("k")));
	fiber_join(one);
	fiber_join(two);
}

static void who_waits_is_told_what_it_came_to(void **state)
{
	struct loop *loop = loop_new();

	(void)state;
	flights = site_flights_new();
	loop_run_fiber(loop, pilot, loop);
	assert_int_equal(told, 2);
	assert_int_equal(cancelled, 1);
	site_flights_free(flights);
	loop_free(loop);
}

/* --- the limit ------------------------------------------------------------------------------------ */

static void strangers_have_a_burst_and_then_their_rate(void **state)
{
	struct site_rate *r = site_rate_new(2);
	int64_t now = US_PER_DAY;

	(void)state;
	for (int i = 0; i < 20; i++)
		assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now), 0);
	assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now), 1);
	assert_int_equal(site_rate_take(r, STR("192.0.2.2"), now), 0);
	assert_int_equal(site_rate_take(r, STR_NULL, now), 0);
	now += US_PER_SECOND;
	assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now), 0);
	assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now), 0);
	assert_int_not_equal(site_rate_take(r, STR("192.0.2.1"), now), 0);
	now += US_PER_DAY;
	for (int i = 0; i < 20; i++)
		assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now), 0);
	assert_int_not_equal(site_rate_take(r, STR("192.0.2.1"), now), 0);
	site_rate_free(r);
}

static void what_cost_more_is_a_debt_that_ends(void **state)
{
	struct site_rate *r = site_rate_new(2);
	int64_t now = US_PER_DAY;

	(void)state;
	assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now), 0);
	site_rate_charge(r, STR("192.0.2.1"), 25, now);
	assert_in_range(site_rate_take(r, STR("192.0.2.1"), now), 3, 4);
	assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now + 4 * US_PER_SECOND), 0);
	site_rate_charge(r, STR("192.0.2.1"), 1000000, now);
	assert_in_range(site_rate_take(r, STR("192.0.2.1"), now), 60, 62);
	assert_int_equal(site_rate_take(r, STR("192.0.2.1"), now + US_PER_DAY), 0);
	site_rate_charge(r, STR_NULL, 1, now);
	site_rate_free(r);
}

static void no_limit_is_none(void **state)
{
	struct site_rate *r = site_rate_new(0);

	(void)state;
	site_rate_charge(r, STR("192.0.2.1"), 1000000, 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(site_rate_take(r, STR("192.0.2.1"), 0), 0);
	site_rate_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_answer_stands_ready_for_its_workspace_alone,
			setup, teardown),
		cmocka_unit_test_setup_teardown(a_change_forgets_listings_and_leaves_figures, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_was_begun_before_a_change_is_not_kept, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_changed_before_anybody_asked_is_not_known,
			setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_is_not_given_after_its_time, setup,
			teardown),
		cmocka_unit_test_setup_teardown(one_workspace_does_not_take_the_room_of_all, setup,
			teardown),
		cmocka_unit_test_setup_teardown(many_workspaces_have_room_for_the_latest, setup,
			teardown),
		cmocka_unit_test_setup_teardown(who_waits_is_told_what_it_came_to, setup, teardown),
		cmocka_unit_test(strangers_have_a_burst_and_then_their_rate),
		cmocka_unit_test(what_cost_more_is_a_debt_that_ends),
		cmocka_unit_test(no_limit_is_none),
	};

	return cmocka_run_group_tests_name("mod/site/cache", tests, NULL, NULL);
}
