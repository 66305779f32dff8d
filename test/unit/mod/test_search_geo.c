/* Distances on the globe, circles and polygons. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "mod/search/index_local.h"

#define MIAMI ((struct search_point){25.7617, -80.1918})
#define KEY_WEST ((struct search_point){24.5551, -81.7800})
#define LONDON ((struct search_point){51.5074, -0.1278})
#define NOWHERE ((struct search_point){NAN, NAN})
#define DEGREE_M 111195.08 /* of a meridian, on this sphere */

static void assert_near(double a, double b, double within)
{
	if (!(fabs(a - b) <= within))
		fail_msg("%.6f is not within %g of %.6f", a, within, b);
}

static void distances_are_those_of_the_great_circle(void **state)
{
	(void)state;
	assert_near(search_geo_distance(MIAMI, MIAMI), 0, 0);
	assert_near(search_geo_distance(MIAMI, KEY_WEST), 208780, 300);
	assert_near(search_geo_distance(MIAMI, LONDON), 7131000, 15000);
	assert_near(search_geo_distance((struct search_point){0, 10}, (struct search_point){1, 10}),
		DEGREE_M, 0.1);
	assert_near(search_geo_distance((struct search_point){60, 10},
			    (struct search_point){60, 11}),
		DEGREE_M / 2, 5);
	/* Halfway around, where rounding might leave the domain of the arc sine. */
	assert_near(search_geo_distance((struct search_point){0, 0}, (struct search_point){0, 180}),
		180 * DEGREE_M, 10);
	assert_near(search_geo_distance((struct search_point){37, 20},
			    (struct search_point){-37, -160}),
		180 * DEGREE_M, 10);
}

static void a_distance_to_nowhere_is_no_number(void **state)
{
	(void)state;
	assert_true(isnan(search_geo_distance(MIAMI, NOWHERE)));
	assert_true(isnan(search_geo_distance(NOWHERE, NOWHERE)));
	assert_true(isnan(search_geo_distance_at_least(NOWHERE, MIAMI)));
}

static void the_least_distance_is_never_more_than_the_distance(void **state)
{
	(void)state;
	srand(1);
	for (int i = 0; i < 10000; i++) {
		struct search_point a = {rand() % 180 - 90, rand() % 360 - 180};
		struct search_point b = {a.lat + rand() % 100 / 1e4 - 0.005,
			a.lng + rand() % 10 / 1e6};
		double exact = search_geo_distance(a, b);
		assert_true(search_geo_distance_at_least(a, b) <= exact + 1e-6);
	}
}

static uint64_t exactly_within(struct search_point centre, double radius,
	const struct search_point *points, uint64_t which)
{
	uint64_t inside = 0;

	for (int i = 0; i < 64; i++)
		if (which >> i & 1 && search_geo_distance(centre, points[i]) <= radius)
			inside |= UINT64_C(1) << i;
	return inside;
}

static double uniform(double low, double high)
{
	return low + (high - low) * rand() / RAND_MAX;
}

/* Around the centre, about as far as the radius; some far away, some nowhere. */
static void scatter(struct search_point c, double radius, struct search_point *points)
{
	double degrees = 1.2 * radius / DEGREE_M, narrow = fmax(0.01, cos(c.lat * M_PI / 180));

	for (int i = 0; i < 64; i++) {
		points[i].lat = fmax(-90, fmin(90, c.lat + uniform(-degrees, degrees)));
		points[i].lng = remainder(c.lng + uniform(-degrees, degrees) / narrow, 360);
		if (i % 16 == 14)
			points[i] = (struct search_point){uniform(-90, 90), uniform(-180, 180)};
		if (i % 16 == 15)
			points[i] = NOWHERE;
	}
}

static void a_circle_holds_what_is_no_farther_than_its_radius(void **state)
{
	static const double radii[] = {0, 1, 500, 8000, 50000, 400000, 2500000, 19000000, 30000000};
	static const struct search_point centres[] = {{25.76, -80.19}, {0, 0}, {89.9, 30}, {-90, 0},
		{52, 179.99}, {-17, -179.9}, {64.8, -147.7}};
	struct search_point points[64];
	size_t inside = 0, outside = 0;

	(void)state;
	srand(2);
	for (size_t i = 0; i < sizeof(radii) / sizeof(*radii) * 40; i++) {
		double radius = radii[i % (sizeof(radii) / sizeof(*radii))];
		struct search_point c = centres[i / 7 % (sizeof(centres) / sizeof(*centres))];
		struct search_circle circle = search_geo_circle(c, radius);
		uint64_t which = i % 3 ? UINT64_MAX : UINT64_C(0x5a5aff00deadbeef);
		scatter(c, radius, points);
		uint64_t found = search_geo_in_circle(&circle, points, which);
		if (found != exactly_within(c, radius, points, which))
			fail_msg("%g m around %g, %g", radius, c.lat, c.lng);
		inside += (size_t)__builtin_popcountll(found);
		outside += (size_t)__builtin_popcountll(which & ~found);
	}
	assert_true(inside > 5000 && outside > 5000);
}

static void a_circle_of_no_radius_holds_its_centre(void **state)
{
	struct search_point points[64] = {MIAMI, {25.7617, -80.19181}};
	struct search_circle c = search_geo_circle(MIAMI, 0);

	(void)state;
	assert_int_equal(search_geo_in_circle(&c, points, 3), 1);
}

static void a_polygon_may_have_a_dent(void **state)
{
	/* Like the letter U. */
	struct search_point u[] = {{0, 0}, {0, 3}, {3, 3}, {3, 2}, {1, 2}, {1, 1}, {3, 1}, {3, 0}};
	struct search_point points[64] = {{2, 0.5}, {2, 1.5}, {2, 2.5}, {0.5, 1.5}, {4, 1}, {-1, 1},
		{2, -1}, {2, 4}, NOWHERE};
	struct search_polygon g = search_geo_polygon(u, 8);

	(void)state;
	assert_int_equal(search_geo_in_polygon(&g, points, 0x1ff), 0x0d);
	assert_int_equal(search_geo_in_polygon(&g, points, 0x1f4), 0x04);
	assert_true(search_geo_inside(u, 8, points[0]));
	assert_false(search_geo_inside(u, 8, points[1]));
	assert_false(search_geo_inside(u, 0, points[0]));
}

static void a_polygon_that_crosses_itself_is_hollow_where_it_covers_twice(void **state)
{
	/* A star of five points: its middle is covered twice. */
	struct search_point star[5], points[64] = {{0, 0}, {0.8, 0}, {2, 2}};

	(void)state;
	for (int i = 0; i < 5; i++)
		star[i] = (struct search_point){cos(i * 4 * M_PI / 5), sin(i * 4 * M_PI / 5)};
	struct search_polygon g = search_geo_polygon(star, 5);
	assert_int_equal(search_geo_in_polygon(&g, points, 7), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances_are_those_of_the_great_circle),
		cmocka_unit_test(a_distance_to_nowhere_is_no_number),
		cmocka_unit_test(the_least_distance_is_never_more_than_the_distance),
		cmocka_unit_test(a_circle_holds_what_is_no_farther_than_its_radius),
		cmocka_unit_test(a_circle_of_no_radius_holds_its_centre),
		cmocka_unit_test(a_polygon_may_have_a_dent),
		cmocka_unit_test(a_polygon_that_crosses_itself_is_hollow_where_it_covers_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
