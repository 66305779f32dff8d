/* What a source says of its limits, and how long one waits because of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "http/client.h"
#include "mod/mls/pace_window.h"

#define S US_PER_SECOND
#define NOW INT64_C(1793275200000000) /* 2026-10-29T12:00:00Z */

static void fresh(struct pace_window w[PACE_SPANS])
{
	for (int i = 0; i < PACE_SPANS; i++)
		w[i] = (struct pace_window){.remaining = -1, .started_us = NOW};
}

static bool read(struct pace_window w[PACE_SPANS], size_t n, struct http_fetch_header *headers)
{
	struct http_result r = {.status = 200, .headers = headers, .n_headers = n};

	return pace_window_read(w, &r, NOW);
}

static void nothing_known_means_no_wait(void **state)
{
	struct pace_window w[PACE_SPANS];

	(void)state;
	fresh(w);
	for (int i = 0; i < 100000; i++)
		pace_window_count(w, NOW);
	assert_int_equal(pace_window_wait(w, NOW), 0);
}

static void nine_tenths_of_a_limit_are_used(void **state)
{
	struct pace_window w[PACE_SPANS];
	int n = 0;

	(void)state;
	fresh(w);
	w[PACE_MINUTE].limit = 180;
	for (; n < 1000 && !pace_window_wait(w, NOW); n++)
		pace_window_count(w, NOW);
	assert_int_equal(n, 162);
	assert_int_equal(pace_window_wait(w, NOW + 20 * S), 40 * S);
	assert_int_equal(pace_window_wait(w, NOW + 60 * S), 0);
}

static void a_used_up_budget_of_bridge_waits_for_its_reset(void **state)
{
	struct pace_window w[PACE_SPANS];
	struct http_fetch_header iso[] = {{"Burst-RateLimit-Limit", STR("334")},
		{"Burst-RateLimit-Remaining", STR("0")},
		{"Burst-RateLimit-Reset", STR("2026-10-29T12:00:41.500000Z")}};
	struct http_fetch_header epoch[] = {{"Application-RateLimit-Limit", STR("5000")},
		{"Application-RateLimit-Remaining", STR("90")},
		{"Application-RateLimit-Reset", STR("1793276100")}};

	(void)state;
	fresh(w);
	assert_true(read(w, 3, iso));
	assert_int_equal(pace_window_wait(w, NOW), 41 * S + S / 2);
	assert_int_equal(pace_window_wait(w, NOW + 42 * S), 0);
	fresh(w);
	assert_true(read(w, 3, epoch));
	assert_int_equal(pace_window_wait(w, NOW), 900 * S);
}

static void trestle_and_seconds_from_now_are_understood(void **state)
{
	struct pace_window w[PACE_SPANS];
	struct http_fetch_header trestle[] = {{"Minute-Quota-Limit", STR("180")},
		{"Minute-Quota-Available", STR("0")},
		{"Minute-Quota-ResetTime", STR("1793275230000")}};
	struct http_fetch_header plain[] = {{"RateLimit-Limit", STR("100")},
		{"RateLimit-Remaining", STR("0")}, {"RateLimit-Reset", STR("17")}};

	(void)state;
	fresh(w);
	read(w, 3, trestle);
	assert_int_equal(pace_window_wait(w, NOW), 30 * S);
	fresh(w);
	read(w, 3, plain);
	assert_int_equal(pace_window_wait(w, NOW), 17 * S);
}

static void resets_are_by_the_clock_of_the_source(void **state)
{
	struct pace_window w[PACE_SPANS];
	struct http_fetch_header ahead[] = {{"Date", STR("Thu, 29 Oct 2026 12:10:00 GMT")},
		{"Burst-RateLimit-Limit", STR("334")}, {"Burst-RateLimit-Remaining", STR("0")},
		{"Burst-RateLimit-Reset", STR("2026-10-29T12:10:30Z")}};

	(void)state;
	fresh(w);
	read(w, 4, ahead);
	assert_int_equal(pace_window_wait(w, NOW), 30 * S);
}

static void a_reset_that_makes_no_sense_is_a_window(void **state)
{
	struct pace_window w[PACE_SPANS];
	struct http_fetch_header odd[] = {{"Burst-RateLimit-Limit", STR("334")},
		{"Burst-RateLimit-Remaining", STR("0")},
		{"Burst-RateLimit-Reset", STR("2099-01-01T00:00:00Z")}};
	struct http_fetch_header words[] = {{"Burst-RateLimit-Limit", STR("many")},
		{"Burst-RateLimit-Remaining", STR("0")}, {"Burst-RateLimit-Reset", STR("soon")}};

	(void)state;
	fresh(w);
	read(w, 3, odd);
	assert_int_equal(pace_window_wait(w, NOW), 60 * S);
	fresh(w);
	read(w, 3, words);
	assert_int_equal(pace_window_wait(w, NOW), 60 * S);
}

static void plenty_left_is_no_reason_to_wait(void **state)
{
	struct pace_window w[PACE_SPANS];
	struct http_fetch_header plenty[] = {{"Burst-RateLimit-Limit", STR("334")},
		{"Burst-RateLimit-Remaining", STR("200")},
		{"Burst-RateLimit-Reset", STR("2026-10-29T12:00:41Z")}};

	(void)state;
	fresh(w);
	assert_false(read(w, 3, plenty));
	assert_int_equal(pace_window_wait(w, NOW), 0);
	for (int i = 0; i < 194; i++)
		pace_window_count(w, NOW);
	assert_int_equal(pace_window_wait(w, NOW), 41 * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_known_means_no_wait),
		cmocka_unit_test(nine_tenths_of_a_limit_are_used),
		cmocka_unit_test(a_used_up_budget_of_bridge_waits_for_its_reset),
		cmocka_unit_test(trestle_and_seconds_from_now_are_understood),
		cmocka_unit_test(resets_are_by_the_clock_of_the_source),
		cmocka_unit_test(a_reset_that_makes_no_sense_is_a_window),
		cmocka_unit_test(plenty_left_is_no_reason_to_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
