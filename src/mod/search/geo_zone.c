/* 64 documents at once: neighbours have numbers near each other (index_place.c), so a circle or a polygon has most of them outside, and
 * of the others many inside, to be told by the box that they are in. */
#include <math.h>

#include "mod/search/run_filter.h"

#define FULL_TURN 360.0 /* degrees */
#define TOUCHING 1e-9   /* a cross product: a corner so near to an edge may be on either side */

static float down(double x)
{
	float f = (float)x;

	return (double)f > x ? nextafterf(f, -INFINITY) : f;
}

static float up(double x)
{
	return -down(-x);
}

search_box search_box_empty(void)
{
	return (search_box){INFINITY, INFINITY, INFINITY, INFINITY};
}

static float less(float a, float b)
{
	return b < a ? b : a;
}

search_box search_box_add(search_box b, struct search_point p)
{
	return (search_box){less(b[0], down(p.lat)), less(b[1], down(p.lng)),
		less(b[2], down(-p.lat)), less(b[3], down(-p.lng))};
}

bool search_box_has(search_box b, struct search_point p)
{
	return (double)b[0] <= p.lat && (double)b[1] <= p.lng && (double)b[2] <= -p.lat &&
		(double)b[3] <= -p.lng;
}

static search_box limit(struct search_point low, struct search_point high)
{
	return (search_box){up(high.lat), up(high.lng), up(-low.lat), up(-low.lng)};
}

/* --- circles ----------------------------------------------------------------------------------------- */

search_box search_zone_circle_limit(const struct search_circle *c)
{
	if (!c->is_plain)
		return search_box_empty();
	return limit((struct search_point){c->centre.lat - c->half_height,
			     c->centre.lng - c->half_width},
		(struct search_point){c->centre.lat + c->half_height,
			c->centre.lng + c->half_width});
}

/* How far from x a stretch is, at the least and at the most. */
struct span {
	double least, most;
};

static struct span span_of(double x, double low, double high)
{
	double below = x - low, above = high - x;

	return (struct span){.least = below < 0 ? -below
			: above < 0             ? -above
						: 0,
		.most = below > above ? below : above};
}

static double haversine(double degrees)
{
	return search_haversine_small((search_pair){degrees * SEARCH_RADIAN, 0})[0];
}

enum search_zone search_zone_in_circle(const struct search_circle *c, search_box b)
{
	if (!c->is_plain)
		return SEARCH_ZONE_PARTLY;
	struct span north = span_of(c->centre.lat, b[0], -(double)b[2]);
	struct span east = span_of(c->centre.lng, b[1], -(double)b[3]);

	if (!(north.least <= c->half_height) || !(east.least <= c->half_width))
		return SEARCH_ZONE_OUT;
	if (haversine(north.least) + c->cos_lat * c->cos_least * haversine(east.least) >
		c->haversine * (1 + SEARCH_DOUBTFUL))
		return SEARCH_ZONE_OUT;
	if (north.most > c->half_height || east.most > c->half_width)
		return SEARCH_ZONE_PARTLY;
	return haversine(north.most) + c->cos_lat * c->cos_most * haversine(east.most) <
			c->haversine * (1 - SEARCH_DOUBTFUL)
		? SEARCH_ZONE_IN
		: SEARCH_ZONE_PARTLY;
}

double search_zone_distance_at_least(struct search_point from, search_box b)
{
	double low = b[0], high = -(double)b[2];
	struct span north = span_of(from.lat, low, high);
	struct span east = span_of(from.lng, b[1], -(double)b[3]);
	double around = FULL_TURN - east.most;

	if (!isfinite(low))
		return INFINITY;
	double lng = (around < east.least ? around : east.least) * SEARCH_RADIAN;
	double cos_least = fmin(cos(low * SEARCH_RADIAN), cos(high * SEARCH_RADIAN));
	double n = sin(north.least * SEARCH_RADIAN / 2), e = sin((lng > 0 ? lng : 0) / 2);
	double h = n * n + cos(from.lat * SEARCH_RADIAN) * fmax(cos_least, 0) * e * e;
	return 2 * SEARCH_EARTH_M * asin(sqrt(h < 1 ? h : 1)) * (1 - 1e-9);
}

/* --- polygons ---------------------------------------------------------------------------------------- */

search_box search_zone_polygon_limit(const struct search_polygon *g)
{
	return limit(g->low, g->high);
}

/* Of the line through a and b: 1 and -1, 0: on it, or nearly. */
static int side(struct search_point a, struct search_point b, double lat, double lng)
{
	double cross = (b.lng - a.lng) * (lat - a.lat) - (b.lat - a.lat) * (lng - a.lng);

	return cross > TOUCHING ? 1 : cross < -TOUCHING ? -1 : 0;
}

/* May the edge have a point in the box? */
static bool meets(struct search_point a, struct search_point b, search_box x)
{
	double low_lat = x[0], low_lng = x[1], high_lat = -(double)x[2], high_lng = -(double)x[3];

	if (fmax(a.lat, b.lat) < low_lat || fmin(a.lat, b.lat) > high_lat ||
		fmax(a.lng, b.lng) < low_lng || fmin(a.lng, b.lng) > high_lng)
		return false;
	int sides = side(a, b, low_lat, low_lng) + side(a, b, low_lat, high_lng) +
		side(a, b, high_lat, low_lng) + side(a, b, high_lat, high_lng);
	return sides != 4 && sides != -4;
}

enum search_zone search_zone_in_polygon(const struct search_polygon *g, search_box b)
{
	if (search_zone_is_beyond(b, search_zone_polygon_limit(g)))
		return SEARCH_ZONE_OUT;
	for (size_t i = 0, j = g->n - 1; i < g->n; j = i++)
		if (meets(g->corners[j], g->corners[i], b))
			return SEARCH_ZONE_PARTLY;
	return search_geo_inside(g->corners, g->n, (struct search_point){b[0], b[1]})
		? SEARCH_ZONE_IN
		: SEARCH_ZONE_OUT;
}
