/* Numbers by place, and the boxes of 64 of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "support_search.h"

#define DOCS 12000

static struct search_dice dice;

static double chance(void)
{
	return search_dice_roll(&dice, 1000000) / 1e6;
}

/* Half of them in two towns, the others anywhere; some nowhere. */
static struct search_point some_place(void)
{
	double spread = search_dice_roll(&dice, 2) ? 0.05 : 2;

	if (!search_dice_roll(&dice, 10))
		return (struct search_point){NAN, NAN};
	return search_dice_roll(&dice, 2)
		? (struct search_point){25 + spread * chance(), -80 - spread * chance()}
		: (struct search_point){26.4 + spread * chance(), -81 - spread * chance()};
}

static void put(struct search_index *ix, struct arena *a, uint32_t n, struct search_point p)
{
	struct search_doc d = search_support_doc(n);

	if (!isnan(p.lat))
		d.values[search_support_field("location")] =
			str_printf(a, "%.17g,%.17g", p.lat, p.lng);
	search_index_put(ix, &d);
}

static void check_boxes(const struct search_index *ix, const struct search_point *places,
	const bool *is_there)
{
	const struct search_column *c = &ix->columns[search_support_field("location")];
	uint32_t n = 0;

	for (uint32_t i = 0; i < DOCS; i++) {
		struct search_doc d = search_support_doc(i);
		uint32_t doc = search_index_number(ix, d.id);
		assert_int_equal(doc != SEARCH_NONE, is_there[i]);
		if (!is_there[i])
			continue;
		n++;
		assert_true(search_set_has(&ix->live, doc));
		bool is_placed = c->placed[doc / 64] >> doc % 64 & 1;
		assert_int_equal(is_placed, !isnan(places[i].lat));
		if (!is_placed)
			continue;
		assert_true(c->points[doc].lat == places[i].lat);
		assert_true(search_box_has(c->boxes[doc / 64], places[i]));
	}
	assert_int_equal(search_index_len(ix), n);
	assert_int_equal(search_set_count(&ix->live), n);
}

static void every_document_is_in_the_box_of_its_number(void **state)
{
	static struct search_point places[DOCS];
	static bool is_there[DOCS];
	struct search_index *ix = search_index_new();
	struct arena *a = arena_new();

	(void)state;
	dice.state = 5;
	for (int i = 0; i < 5 * DOCS; i++) {
		uint32_t n = search_dice_roll(&dice, DOCS);
		if (is_there[n] && search_dice_roll(&dice, 3)) {
			struct search_doc d = search_support_doc(n);
			assert_true(search_index_remove(ix, d.id));
			is_there[n] = false;
			continue;
		}
		if (!is_there[n] || !search_dice_roll(&dice, 3))
			places[n] = some_place();
		put(ix, a, n, places[n]);
		is_there[n] = true;
		arena_reset(a);
		if (i % 20000 == 0)
			check_boxes(ix, places, is_there);
	}
	check_boxes(ix, places, is_there);
	/* What became free is used again. */
	assert_true(ix->docs_n < 4 * search_index_len(ix) / 3 + 5000);
	arena_free(a);
	search_index_free(ix);
}

static void a_small_index_has_few_numbers(void **state)
{
	struct search_index *ix = search_index_new();
	struct arena *a = arena_new();

	(void)state;
	dice.state = 1;
	for (uint32_t i = 0; i < 1000; i++)
		put(ix, a, i, some_place());
	assert_int_equal(ix->docs_n, 1024);
	arena_free(a);
	search_index_free(ix);
}

static void neighbours_are_in_few_boxes(void **state)
{
	struct search_index *ix = search_index_new();
	struct arena *a = arena_new();
	uint32_t near = 0, met = 0;

	(void)state;
	dice.state = 9;
	struct search_circle c = search_geo_circle((struct search_point){25.5, -80.5}, 10000);
	for (uint32_t i = 0; i < 4 * DOCS; i++) {
		struct search_point p = {25 + chance(), -80 - chance()};
		near += search_geo_distance(p, c.centre) <= 10000;
		put(ix, a, i, p);
		arena_reset(a);
	}
	const search_box *boxes = ix->columns[search_support_field("location")].boxes;
	for (uint32_t i = 0; i < ix->docs_n / 64; i++)
		met += search_zone_in_circle(&c, boxes[i]) != SEARCH_ZONE_OUT;
	assert_true(near > 1000);
	assert_true(64 * met < 8 * near);
	assert_true(ix->docs_n < 4 * DOCS * 11 / 10);
	arena_free(a);
	search_index_free(ix);
}

static void many_at_one_place_are_no_matter(void **state)
{
	struct search_index *ix = search_index_new();
	struct arena *a = arena_new();

	(void)state;
	for (uint32_t i = 0; i < DOCS; i++) {
		put(ix, a, i, (struct search_point){25.5, -80.5});
		arena_reset(a);
	}
	assert_int_equal(ix->docs_n, (DOCS + 63) / 64 * 64);
	arena_free(a);
	search_index_free(ix);
}

/* --- boxes ------------------------------------------------------------------------------------------- */

#define POINTS 64

struct cloud {
	struct search_point points[POINTS];
	search_box box;
};

static struct cloud some_cloud(double wide)
{
	struct cloud c = {.box = search_box_empty()};
	double lat = 24 + 3 * chance(), lng = -82 + 3 * chance();

	for (int i = 0; i < POINTS; i++) {
		c.points[i] = (struct search_point){lat + wide * chance(), lng + wide * chance()};
		c.box = search_box_add(c.box, c.points[i]);
		assert_true(search_box_has(c.box, c.points[i]));
	}
	return c;
}

static void check_zone(enum search_zone zone, bool is_beyond, uint64_t inside)
{
	if (is_beyond)
		assert_int_equal(zone, SEARCH_ZONE_OUT);
	if (zone == SEARCH_ZONE_OUT)
		assert_true(!inside);
	if (zone == SEARCH_ZONE_IN)
		assert_true(inside == UINT64_MAX);
}

static void a_box_tells_of_a_circle_what_is_so(void **state)
{
	static const double metres[] = {10, 500, 5000, 20000, 100000, 600000};
	int seen[3] = {0};

	(void)state;
	dice.state = 21;
	for (int i = 0; i < 20000; i++) {
		struct cloud cloud = some_cloud(i % 3 ? 0.03 : 1);
		struct search_point centre = {24 + 3 * chance(), -82 + 3 * chance()};
		struct search_circle c = search_geo_circle(centre, metres[i % 6]);
		uint64_t inside = search_geo_in_circle(&c, cloud.points, UINT64_MAX);
		enum search_zone zone = search_zone_in_circle(&c, cloud.box);
		check_zone(zone, search_zone_is_beyond(cloud.box, search_zone_circle_limit(&c)),
			inside);
		seen[zone]++;
	}
	for (int i = 0; i < 3; i++)
		assert_true(seen[i] > 500);
}

static void a_box_says_nothing_of_a_circle_around_a_pole_or_the_date_line(void **state)
{
	struct search_circle pole = search_geo_circle((struct search_point){89.99, 10}, 5000);
	struct search_circle line = search_geo_circle((struct search_point){10, 179.99}, 5000);
	search_box box = search_box_add(search_box_empty(), (struct search_point){10, -179.99});

	(void)state;
	assert_int_equal(search_zone_in_circle(&pole, box), SEARCH_ZONE_PARTLY);
	assert_int_equal(search_zone_in_circle(&line, box), SEARCH_ZONE_PARTLY);
	assert_false(search_zone_is_beyond(box, search_zone_circle_limit(&pole)));
	assert_false(search_zone_is_beyond(box, search_zone_circle_limit(&line)));
}

static void no_point_of_a_box_is_nearer_than_the_box(void **state)
{
	(void)state;
	dice.state = 23;
	for (int i = 0; i < 5000; i++) {
		struct cloud cloud = some_cloud(i % 3 ? 0.03 : 1);
		struct search_point from = {24 + 3 * chance(), -82 + 3 * chance()};
		if (i % 5 == 0)
			from = (struct search_point){180 * chance() - 90, 360 * chance() - 180};
		double least = search_zone_distance_at_least(from, cloud.box), nearest = INFINITY;
		for (int j = 0; j < POINTS; j++)
			nearest = fmin(nearest, search_geo_distance(from, cloud.points[j]));
		assert_true(least <= nearest);
		assert_true(least > nearest / 2 - 100000);
	}
	/* Across the date line. */
	search_box east = search_box_add(search_box_empty(), (struct search_point){0, 179.5});
	double metres = search_zone_distance_at_least((struct search_point){0, -179.5}, east);
	assert_true(metres > 111000 && metres < 111400);
	assert_true(isinf(
		search_zone_distance_at_least((struct search_point){0, 0}, search_box_empty())));
}

static void a_box_tells_of_a_polygon_what_is_so(void **state)
{
	int seen[3] = {0};

	(void)state;
	dice.state = 22;
	for (int i = 0; i < 20000; i++) {
		struct cloud cloud = some_cloud(i % 3 ? 0.03 : 1);
		struct search_point corners[7];
		size_t n = 1 + search_dice_roll(&dice, 7);
		for (size_t j = 0; j < n; j++)
			corners[j] = (struct search_point){24 + 3 * chance(), -82 + 3 * chance()};
		if (n > 3 && i % 2) /* edges along meridians and parallels */
			corners[1].lat = corners[0].lat, corners[2].lng = corners[1].lng;
		struct search_polygon g = search_geo_polygon(corners, n);
		uint64_t inside = search_geo_in_polygon(&g, cloud.points, UINT64_MAX);
		enum search_zone zone = search_zone_in_polygon(&g, cloud.box);
		check_zone(zone, search_zone_is_beyond(cloud.box, search_zone_polygon_limit(&g)),
			inside);
		seen[zone]++;
	}
	for (int i = 0; i < 3; i++)
		assert_true(seen[i] > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_document_is_in_the_box_of_its_number),
		cmocka_unit_test(a_small_index_has_few_numbers),
		cmocka_unit_test(neighbours_are_in_few_boxes),
		cmocka_unit_test(many_at_one_place_are_no_matter),
		cmocka_unit_test(a_box_tells_of_a_circle_what_is_so),
		cmocka_unit_test(a_box_says_nothing_of_a_circle_around_a_pole_or_the_date_line),
		cmocka_unit_test(no_point_of_a_box_is_nearer_than_the_box),
		cmocka_unit_test(a_box_tells_of_a_polygon_what_is_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
