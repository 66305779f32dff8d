#include <math.h>

#include "mod/search/run_filter.h"

#define EARTH_M SEARCH_EARTH_M
#define RADIAN SEARCH_RADIAN
#define DOUBTFUL SEARCH_DOUBTFUL
#define SMALL 0.1       /* radians: where the polynomials are exact to nine digits */
#define FULL_TURN 360.0 /* degrees */

static double haversine(double x)
{
	double s = sin(x / 2);

	return s * s;
}

double search_geo_distance(struct search_point a, struct search_point b)
{
	double h = haversine((b.lat - a.lat) * RADIAN) +
		cos(a.lat * RADIAN) * cos(b.lat * RADIAN) * haversine((b.lng - a.lng) * RADIAN);

	return 2 * EARTH_M * asin(sqrt(h < 1 ? h : h >= 1 ? 1 : NAN));
}

double search_geo_distance_at_least(struct search_point a, struct search_point b)
{
	return EARTH_M * fabs(a.lat - b.lat) * RADIAN * (1 - 1e-9);
}

bool search_geo_inside(const struct search_point *corners, size_t n, struct search_point p)
{
	bool is_inside = false;

	for (size_t i = 0, j = n - 1; i < n; j = i++) {
		const struct search_point *a = &corners[i], *b = &corners[j];
		if ((a->lat > p.lat) != (b->lat > p.lat) &&
			p.lng < (b->lng - a->lng) * (p.lat - a->lat) / (b->lat - a->lat) + a->lng)
			is_inside = !is_inside;
	}
	return is_inside;
}

struct search_circle search_geo_circle(struct search_point centre, double radius_m)
{
	double angle = radius_m / EARTH_M, lat = centre.lat * RADIAN;
	double margin = angle * 1e-6 + 1e-9;
	struct search_circle c = {.centre = centre, .radius_m = radius_m};

	c.half_height = (angle + margin) / RADIAN;
	c.half_width = FULL_TURN;
	/* A pole within the circle: it meets every meridian. */
	if (fabs(lat) + angle + margin < M_PI / 2)
		c.half_width = (asin(sin(angle) / cos(lat)) + margin) / RADIAN;
	c.is_small = angle < SMALL && c.half_width * RADIAN < 2 * SMALL;
	c.is_plain = c.is_small && fabs(centre.lng) + c.half_width < FULL_TURN / 2;
	c.haversine = haversine(angle);
	c.sin_lat = sin(lat);
	c.cos_lat = cos(lat);
	double low = lat - c.half_height * RADIAN, high = lat + c.half_height * RADIAN;
	c.cos_least = fmin(cos(low), cos(high));
	c.cos_most = low < 0 && high > 0 ? 1 : fmax(cos(low), cos(high));
	return c;
}

/* The haversines of the angles to points north and east of the centre, without a call of the C library. */
static inline search_pair haversine_near(const struct search_circle *c, search_pair north,
	search_pair east)
{
	search_pair turn = search_haversine_small(north), q = north * north;
	/* cos(lat + x) = cos lat cos x - sin lat sin x; sin x by its series */
	search_pair cos_p = c->cos_lat * (1 - 2 * turn) -
		c->sin_lat * north * (1 - q * (1.0 / 6 - q * (1.0 / 120 - q / 5040)));

	return turn + c->cos_lat * cos_p * search_haversine_small(east);
}

/* Inside for sure, outside for sure, or to be computed. */
static bool is_within(const struct search_circle *c, struct search_point p, double north,
	double east)
{
	if (c->is_small) {
		double h = haversine_near(c, (search_pair){north * RADIAN, 0},
			(search_pair){east * RADIAN, 0})[0];
		if (h < c->haversine * (1 - DOUBTFUL))
			return true;
		if (h > c->haversine * (1 + DOUBTFUL))
			return false;
	}
	return search_geo_distance(c->centre, p) <= c->radius_m;
}

/* The same for 64 points, without a branch. *ret_doubtful: those to be computed. */
static uint64_t all_within(const struct search_circle *c, const struct search_point *points,
	uint64_t *ret_doubtful)
{
	double low = c->haversine * (1 - DOUBTFUL), high = c->haversine * (1 + DOUBTFUL);
	search_pair_bits in = {0, 0}, doubtful = {0, 0}, bit = {1, 2};

	for (int i = 0; i < 64; i += 2, bit <<= 2) {
		search_pair north = {points[i].lat, points[i + 1].lat};
		search_pair east = {points[i].lng, points[i + 1].lng};
		north -= c->centre.lat;
		east -= c->centre.lng;
		search_pair h = haversine_near(c, north * RADIAN, east * RADIAN);
		search_pair_bits is_boxed = bit & (north <= c->half_height) &
			(north >= -c->half_height) & (east <= c->half_width) &
			(east >= -c->half_width);
		in |= is_boxed & (h < low);
		doubtful |= is_boxed & (h >= low) & (h <= high);
	}
	*ret_doubtful = (uint64_t)(doubtful[0] | doubtful[1]);
	return (uint64_t)(in[0] | in[1]);
}

uint64_t search_geo_in_circle(const struct search_circle *c, const struct search_point *points,
	uint64_t which)
{
	uint64_t inside = 0;

	if (c->is_plain && search_filter_is_dense(which)) {
		uint64_t doubtful;
		inside = all_within(c, points, &doubtful) & which;
		which &= doubtful;
	}
	for (; which; which &= which - 1) {
		struct search_point p = points[__builtin_ctzll(which)];
		double north = p.lat - c->centre.lat, east = p.lng - c->centre.lng;
		if (!(fabs(north) <= c->half_height))
			continue;
		if (fabs(east) > FULL_TURN / 2)
			east = remainder(east, FULL_TURN);
		if (fabs(east) <= c->half_width && is_within(c, p, north, east))
			inside |= which & -which;
	}
	return inside;
}

struct search_polygon search_geo_polygon(const struct search_point *corners, size_t n)
{
	struct search_polygon g = {.corners = corners,
		.n = n,
		.low = corners[0],
		.high = corners[0]};

	for (size_t i = 1; i < n; i++) {
		g.low.lat = fmin(g.low.lat, corners[i].lat);
		g.low.lng = fmin(g.low.lng, corners[i].lng);
		g.high.lat = fmax(g.high.lat, corners[i].lat);
		g.high.lng = fmax(g.high.lng, corners[i].lng);
	}
	return g;
}

uint64_t search_geo_in_polygon(const struct search_polygon *g, const struct search_point *points,
	uint64_t which)
{
	uint64_t inside = 0;

	for (; which; which &= which - 1) {
		struct search_point p = points[__builtin_ctzll(which)];
		if (p.lat >= g->low.lat && p.lat <= g->high.lat && p.lng >= g->low.lng &&
			p.lng <= g->high.lng && search_geo_inside(g->corners, g->n, p))
			inside |= which & -which;
	}
	return inside;
}
