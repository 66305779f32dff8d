#include "mod/search/run_filter.h"

#define FEW 8 /* operands: more are not compared with each box beforehand */

struct shape {
	bool is_circle;
	struct search_circle circle;
	struct search_polygon polygon;
};

/* False: nothing is within. */
static bool shape_of(const struct search_operand *o, struct shape *ret)
{
	*ret = (struct shape){.is_circle = o->test == SEARCH_RADIUS};
	if (ret->is_circle)
		ret->circle = search_geo_circle(o->centre, o->radius_m);
	else if (o->test == SEARCH_POLYGON && o->corners_n)
		ret->polygon = search_geo_polygon(o->corners, o->corners_n);
	else
		return false;
	return true;
}

static enum search_zone zone_of(const struct shape *sh, search_box b)
{
	return sh->is_circle ? search_zone_in_circle(&sh->circle, b)
			     : search_zone_in_polygon(&sh->polygon, b);
}

static uint64_t within(const struct shape *sh, const struct search_column *c, size_t word,
	uint64_t which)
{
	const struct search_point *points = c->points + 64 * word;
	enum search_zone zone = zone_of(sh, c->boxes[word]);

	which &= c->placed[word];
	if (zone == SEARCH_ZONE_IN || !which)
		return which;
	if (zone == SEARCH_ZONE_OUT)
		return 0;
	return sh->is_circle ? search_geo_in_circle(&sh->circle, points, which)
			     : search_geo_in_polygon(&sh->polygon, points, which);
}

void search_filter_geo(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	const struct search_column *c = &r->ix->columns[f->field];
	struct search_set to = search_run_take_set(r);
	struct shape sh;

	for (size_t i = 0; i < f->operands_n && !search_run_is_over(r); i++)
		if (shape_of(&f->operands[i], &sh))
			SEARCH_EACH_WORD (s, j)
				search_set_or_word(&to, j, within(&sh, c, j, s->bits[j]));
	search_set_and(s, &to);
	search_run_give_set(r, to);
}

/* Of 64 boxes, those that may have a point within. The limit keeps most out by itself. */
static uint64_t meeting(const search_box *boxes, uint64_t which, const struct shape *shapes,
	const search_box *limits, size_t n)
{
	uint64_t may = 0;

	for (; which; which &= which - 1) {
		search_box b = boxes[__builtin_ctzll(which)];
		for (size_t i = 0; i < n; i++) {
			if (search_zone_is_beyond(b, limits[i]) ||
				zone_of(&shapes[i], b) == SEARCH_ZONE_OUT)
				continue;
			may |= which & -which;
			break;
		}
	}
	return may;
}

void search_filter_zones(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	const struct search_column *c = &r->ix->columns[f->field];
	search_box limits[FEW];
	struct shape shapes[FEW];
	size_t n = 0;

	if (f->operands_n > FEW)
		return;
	for (size_t i = 0; i < f->operands_n; i++) {
		struct shape *sh = &shapes[n];
		if (shape_of(&f->operands[i], sh))
			limits[n++] = sh->is_circle ? search_zone_circle_limit(&sh->circle)
						    : search_zone_polygon_limit(&sh->polygon);
	}
	for (size_t g = 0; g < (search_set_words(s->n) + 63) / 64; g++)
		s->some[g] = meeting(c->boxes + 64 * g, s->some[g], shapes, limits, n);
}
