/* The values of conditions on geopoints: (lat, lng, 5 km), (lat, lng, lat, lng, lat, lng), ([lat, lng], radius: 5 km). */
#include "mod/search/filter_local.h"

#include "base/arena.h"

/* What stands between the parentheses. */
struct shape {
	size_t at; /* of the ( */
	double *numbers;
	size_t n, cap;
	bool has_radius;
	double radius_m;
};

static int add(struct search_scan *s, struct shape *g, size_t at, double x)
{
	if (g->n == 2 * SEARCH_SCAN_CORNERS)
		return search_scan_wrong(s, at, "polygons have more than %d corners here",
			SEARCH_SCAN_CORNERS);
	if (g->n == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 8;
		g->numbers = arena_resize(s->a, g->numbers, g->cap * sizeof(double),
			cap * sizeof(double));
		g->cap = cap;
	}
	g->numbers[g->n++] = x;
	return 0;
}

/* Numbers with commas between, and of the short form the radius. */
static int read_numbers(struct search_scan *s, struct shape *g, bool may_end_with_radius)
{
	double x;
	size_t at;

	do {
		struct str part = search_scan_until(s, ",)]([`", &at);
		if (str_to_f64(part, &x)) {
			if (add(s, g, at, x))
				return E_INPUT;
		} else if (may_end_with_radius && g->n == 2 && part.len) {
			g->has_radius = true;
			return search_scan_distance(s, at, part, &g->radius_m);
		} else {
			return search_scan_wrong(s, at,
				"a latitude or longitude is wanted here, not `" STR_FMT "`",
				STR_ARG(search_scan_shown(s->a, part)));
		}
	} while (search_scan_take(s, ","));
	return 0;
}

/* How exact Typesense is to be within a radius is one of the options; we always are. */
static int read_options(struct search_scan *s, struct shape *g)
{
	size_t at, value_at;
	double m;

	while (search_scan_take(s, ",")) {
		struct str name = search_scan_until(s, ":,)", &at);
		bool is_radius = str_eq(name, STR("radius"));
		if (!is_radius && !str_eq(name, STR("exact_filter_radius")))
			return search_scan_wrong(s, at,
				"radius or exact_filter_radius is wanted here");
		if (!search_scan_take(s, ":"))
			return search_scan_wrong(s, at, "this option has no colon");
		struct str value = search_scan_until(s, ",)", &value_at);
		if (search_scan_distance(s, value_at, value, &m))
			return E_INPUT;
		if (is_radius) {
			g->has_radius = true;
			g->radius_m = m;
		}
	}
	return 0;
}

static int read_shape(struct search_scan *s, struct shape *g)
{
	search_scan_space(s);
	g->at = s->at;
	if (!search_scan_take(s, "("))
		return search_scan_wrong(s, g->at,
			"a circle (lat, lng, 5 km) or a polygon (lat, lng, lat, lng, lat, lng) is wanted here");
	bool is_bracketed = search_scan_take(s, "[");
	if (read_numbers(s, g, !is_bracketed))
		return E_INPUT;
	if (is_bracketed && !search_scan_take(s, "]"))
		return search_scan_wrong(s, g->at, "the coordinates that begin here have no ]");
	if (is_bracketed && read_options(s, g))
		return E_INPUT;
	if (!search_scan_take(s, ")"))
		return search_scan_wrong(s, g->at, "what begins here with ( has no )");
	return 0;
}

static int to_polygon(struct search_scan *s, const struct shape *g, struct search_operand *ret)
{
	if (g->n == 3)
		return search_scan_wrong(s, g->at,
			"the third number is no radius without its unit: `km` or `mi`");
	if (g->n < 6 || g->n % 2)
		return search_scan_wrong(s, g->at,
			"a polygon has three corners or more, of a latitude and a longitude each; a circle has a radius");
	ret->test = SEARCH_POLYGON;
	ret->corners_n = g->n / 2;
	s->corners += ret->corners_n;
	if (s->corners > SEARCH_SCAN_CORNERS)
		return search_scan_wrong(s, g->at, "polygons have more than %d corners here",
			SEARCH_SCAN_CORNERS);
	ret->corners = arena_array(s->a, ret->corners_n, sizeof *ret->corners);
	for (size_t i = 0; i < ret->corners_n; i++)
		if (search_scan_point(s, g->at, g->numbers[2 * i], g->numbers[2 * i + 1],
			    &ret->corners[i]))
			return E_INPUT;
	return 0;
}

int search_filter_value_geo(struct search_scan *s, const struct search_condition *c,
	struct search_operand *ret)
{
	struct shape g = {0};

	(void)c;
	if (read_shape(s, &g))
		return E_INPUT;
	ret->text = str_sub(s->all, g.at, s->at);
	if (!g.has_radius)
		return to_polygon(s, &g, ret);
	if (g.n != 2)
		return search_scan_wrong(s, g.at, "a circle has one latitude and one longitude");
	ret->test = SEARCH_RADIUS;
	ret->radius_m = g.radius_m;
	return search_scan_point(s, g.at, g.numbers[0], g.numbers[1], &ret->centre);
}
