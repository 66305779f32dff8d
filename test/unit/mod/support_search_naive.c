#include "support_search_naive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mod/search/fields.h"
#include "mod/search/words.h"

#define WORDS_MOST 1000
#define EARTH_M 6371008.8
#define RADIAN (M_PI / 180)

bool naive_is_shown(const struct listing *x, enum search_audience who)
{
	return !x->is_gone && (who == SEARCH_AGENTS || x->doc.is_public);
}

bool naive_has(const struct listing *x, enum search_audience who, int f)
{
	unsigned flags = search_fields[f].flags;

	if (who == SEARCH_PUBLIC && (flags & SEARCH_AGENT))
		return false;
	if (who == SEARCH_PUBLIC && (flags & SEARCH_ADDRESS) && !x->doc.is_address_public)
		return false;
	return x->doc.values[f].p;
}

static bool has_words(const struct listings *l, struct str value, const struct search_operand *o)
{
	struct search_word *v;
	size_t n = search_words(l->a, value, WORDS_MOST, &v);

	for (size_t i = 0; o->words_n && i + o->words_n <= n; i++) {
		size_t j = 0;
		for (; j < o->words_n; j++)
			if (!(o->is_prefix && j + 1 == o->words_n
					    ? str_starts(v[i + j].text, o->words[j].text)
					    : str_eq(v[i + j].text, o->words[j].text)))
				break;
		if (j == o->words_n)
			return true;
	}
	return false;
}

static bool is_inside(struct search_point p, const struct search_operand *o)
{
	bool is = false;

	for (size_t i = 0; i < o->corners_n; i++) {
		struct search_point a = o->corners[i], b = o->corners[(i + 1) % o->corners_n];
		if ((a.lat > p.lat) != (b.lat > p.lat) &&
			p.lng < a.lng + (p.lat - a.lat) / (b.lat - a.lat) * (b.lng - a.lng))
			is = !is;
	}
	return is;
}

/* By the angle between two directions from the middle of the earth. */
static bool is_near(struct search_point p, const struct search_operand *o)
{
	double lat = p.lat * RADIAN, centre = o->centre.lat * RADIAN;
	double dot = sin(lat) * sin(centre) +
		cos(lat) * cos(centre) * cos((p.lng - o->centre.lng) * RADIAN);

	return EARTH_M * acos(fmin(1, dot)) <= o->radius_m;
}

static bool is_true(const struct listings *l, const struct listing *x, int f,
	const struct search_operand *o)
{
	double n = x->numbers[f];
	struct str text;

	switch (o->test) {
	case SEARCH_EQUAL:
		if (search_fields[f].type != SEARCH_STRING)
			return n == o->low;
		text = search_words_joined(l->a, o->text);
		return o->is_prefix ? str_starts(x->folded[f], text) : str_eq(x->folded[f], text);
	case SEARCH_HAS: return has_words(l, x->doc.values[f], o);
	case SEARCH_RANGE:
		return (o->is_open_low ? n > o->low : n >= o->low) &&
			(o->is_open_high ? n < o->high : n <= o->high);
	case SEARCH_RADIUS: return is_near(x->at, o);
	case SEARCH_POLYGON: break;
	}
	return is_inside(x->at, o);
}

static bool matches(const struct listings *l, const struct listing *x, enum search_audience who,
	const struct search_filter *f)
{
	switch (f->op) {
	case SEARCH_AND: return matches(l, x, who, f->left) && matches(l, x, who, f->right);
	case SEARCH_OR: return matches(l, x, who, f->left) || matches(l, x, who, f->right);
	case SEARCH_NOT: return !matches(l, x, who, f->left);
	case SEARCH_ALL: return true;
	case SEARCH_MATCH: break;
	}
	for (size_t i = 0; naive_has(x, who, f->field) && i < f->operands_n; i++)
		if (is_true(l, x, f->field, &f->operands[i]))
			return true;
	return false;
}

/* The weight of the first filter that is true. */
static double eval(const struct listings *l, const struct search_query *q,
	const struct search_sort *s, const struct listing *x)
{
	for (size_t i = 0; i < s->evals_n; i++)
		if (matches(l, x, q->who, s->evals[i].filter))
			return (double)s->evals[i].weight;
	return 0;
}

static double distance(const struct search_sort *s, const struct listing *x)
{
	double south = sin((x->at.lat - s->centre.lat) * RADIAN / 2);
	double east = sin((x->at.lng - s->centre.lng) * RADIAN / 2);
	double h =
		south * south + cos(x->at.lat * RADIAN) * cos(s->centre.lat * RADIAN) * east * east;
	double metres = 2 * EARTH_M * asin(sqrt(h));

	if (metres <= s->exclude_radius_m)
		metres = 0;
	return s->precision_m > 0 ? floor(metres / s->precision_m) : metres;
}

static int compare_by(const struct listings *l, const struct search_query *q,
	const struct search_sort *s, const struct listing *x, const struct listing *y)
{
	double a = 0, b = 0;
	int order = 0;

	if (s->key == SEARCH_BY_FIELD || s->key == SEARCH_BY_DISTANCE) {
		bool has_x = naive_has(x, q->who, s->field), has_y = naive_has(y, q->who, s->field);
		if (!has_x || !has_y)
			return has_x == has_y ? 0 : has_x == s->is_missing_first ? 1 : -1;
	}
	if (s->key == SEARCH_BY_FIELD && search_fields[s->field].type == SEARCH_STRING) {
		order = str_cmp(x->folded[s->field], y->folded[s->field]);
		return s->is_ascending ? order : -order;
	}
	if (s->key == SEARCH_BY_FIELD) {
		a = x->numbers[s->field];
		b = y->numbers[s->field];
	} else if (s->key == SEARCH_BY_DISTANCE) {
		a = distance(s, x);
		b = distance(s, y);
	} else if (s->key == SEARCH_BY_EVAL) {
		a = eval(l, q, s, x);
		b = eval(l, q, s, y);
	}
	order = a < b ? -1 : a > b;
	return s->is_ascending ? order : -order;
}

/* For qsort(), which hands nothing on. */
static const struct listings *of_listings;
static const struct search_query *of_query;

static int by_order(const void *a, const void *b)
{
	const struct listing *x = *(const struct listing *const *)a;
	const struct listing *y = *(const struct listing *const *)b;
	const struct search_query *q = of_query;
	struct search_sort newest = {.key = SEARCH_BY_FIELD, .field = naive_field("updated_at")};
	int order = q->sorts_n ? 0 : compare_by(of_listings, q, &newest, x, y);

	for (size_t i = 0; i < q->sorts_n && !order; i++)
		order = compare_by(of_listings, q, &q->sorts[i], x, y);
	return order ? order : memcmp(x->doc.id, y->doc.id, sizeof(x->doc.id));
}

static bool is_hidden(const struct search_query *q, const struct listing *x)
{
	for (size_t i = 0; i < q->hidden_n; i++)
		if (!memcmp(q->hidden[i], x->doc.id, sizeof(x->doc.id)))
			return true;
	return false;
}

size_t naive_run(const struct listings *l, const struct search_query *q, const struct listing **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct listing *x = &l->v[i];
		if (naive_is_shown(x, q->who) && !is_hidden(q, x) &&
			(!q->filter || matches(l, x, q->who, q->filter)))
			ret[n++] = x;
	}
	of_listings = l;
	of_query = q;
	qsort(ret, n, sizeof(struct listing *), by_order);
	return n;
}

struct str naive_shown(const struct listings *l, int f, struct str folded)
{
	struct str best = STR_NULL;
	size_t most = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct str value = l->v[i].doc.values[f];
		size_t n = 0;
		if (l->v[i].is_gone || !value.p || !str_eq(l->v[i].folded[f], folded) ||
			(best.p && str_eq(best, value)))
			continue;
		for (size_t j = 0; j < l->n; j++)
			n += !l->v[j].is_gone && str_eq(l->v[j].doc.values[f], value);
		if (n > most || (n == most && str_cmp(value, best) < 0)) {
			most = n;
			best = value;
		}
	}
	return best;
}
