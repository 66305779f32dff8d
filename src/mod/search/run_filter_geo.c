#include "mod/search/run_filter.h"

static void circle(const struct search_operand *o, const struct search_point *points,
	const struct search_set *s, struct search_set *to)
{
	struct search_circle c = search_geo_circle(o->centre, o->radius_m);

	for (size_t i = 0; i < (s->n + 63) / 64; i++)
		if (s->bits[i])
			to->bits[i] |= search_geo_in_circle(&c, points + 64 * i, s->bits[i]);
}

static void polygon(const struct search_operand *o, const struct search_point *points,
	const struct search_set *s, struct search_set *to)
{
	struct search_polygon g = search_geo_polygon(o->corners, o->corners_n);

	for (size_t i = 0; i < (s->n + 63) / 64; i++)
		if (s->bits[i])
			to->bits[i] |= search_geo_in_polygon(&g, points + 64 * i, s->bits[i]);
}

void search_filter_geo(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	const struct search_point *points = r->ix->columns[f->field].points;
	struct search_set to = search_run_take_set(r);

	for (size_t i = 0; i < f->operands_n && !search_run_is_over(r); i++) {
		if (f->operands[i].test == SEARCH_RADIUS)
			circle(&f->operands[i], points, s, &to);
		else if (f->operands[i].test == SEARCH_POLYGON && f->operands[i].corners_n)
			polygon(&f->operands[i], points, s, &to);
	}
	search_set_and(s, &to);
	search_run_give_set(r, to);
}
