#include "mod/search/run_facet.h"

#include <math.h>

#include "base/arena.h"

/* Values best first: what the answer shows of a field. */
struct facet {
	struct search_run *r;
	const struct search_facet *f;
	const struct search_column *column;
};

static int by_value(const struct facet *f, uint64_t a, uint64_t b)
{
	if (f->column->type == SEARCH_STRING && !f->f->ranges_n && a != b)
		return str_cmp(search_column_text(f->column, (uint32_t)a),
			search_column_text(f->column, (uint32_t)b));
	return a < b ? -1 : a > b;
}

static int compare(const struct facet *f, const struct search_tally *a,
	const struct search_tally *b)
{
	if (f->f->by_alpha) {
		int order = by_value(f, a->key, b->key);
		return f->f->is_ascending ? order : -order;
	}
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return by_value(f, a->key, b->key);
}

/* heap[0], the last one in the order, let down to where it belongs. */
static void sift(const struct facet *f, struct search_tally *heap, size_t n, size_t i)
{
	struct search_tally x = heap[i];

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && compare(f, &heap[child], &heap[child + 1]) < 0)
			child++;
		if (compare(f, &x, &heap[child]) >= 0)
			break;
		heap[i] = heap[child];
	}
	heap[i] = x;
}

/* The best k of all, in order, at the front. */
static size_t best(const struct facet *f, struct search_tallies *t, size_t k)
{
	if (k > t->n)
		k = t->n;
	if (!k)
		return 0;
	for (size_t i = k / 2; i-- > 0;)
		sift(f, t->v, k, i);
	for (size_t i = k; i < t->n; i++) {
		if (compare(f, &t->v[i], &t->v[0]) < 0) {
			t->v[0] = t->v[i];
			sift(f, t->v, k, 0);
		}
	}
	for (size_t n = k; n-- > 1;) {
		struct search_tally last = t->v[0];
		t->v[0] = t->v[n];
		t->v[n] = last;
		sift(f, t->v, n, 0);
	}
	return k;
}

static struct str text_of(const struct facet *f, uint64_t key)
{
	struct arena *a = f->r->arena;

	if (f->f->ranges_n)
		return str_copy(a, f->f->ranges[key].label);
	if (f->column->type == SEARCH_STRING)
		return str_copy(a, search_column_shown(f->column, (uint32_t)key));
	if (f->column->type == SEARCH_BOOL)
		return search_number_of_key(key) != 0 ? STR("true") : STR("false");
	return search_number_text(a, search_number_of_key(key));
}

static size_t numbers_of(const struct search_view *v, const struct search_list *l, double *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		double x = v->column->numbers[l->docs[i]];
		ret[n] = x;
		n += !isnan(x) && (!v->seen || search_set_has(v->seen, l->docs[i]));
	}
	return n;
}

static void measure(const double *x, size_t n, struct search_facet_result *ret)
{
	ret->has_stats = n > 0;
	if (!n)
		return;
	ret->min = ret->max = x[0];
	for (size_t i = 0; i < n; i++) {
		ret->min = x[i] < ret->min ? x[i] : ret->min;
		ret->max = x[i] > ret->max ? x[i] : ret->max;
		ret->sum += x[i];
	}
	ret->avg = ret->sum / (double)n;
}

static struct search_tallies tally(const struct facet *f, const struct search_list *l,
	struct search_facet_result *ret)
{
	struct arena *a = f->r->arena;
	struct search_view v = search_run_view(f->r, f->f->field);

	if (v.column->type == SEARCH_STRING && l->n == f->r->ix->live_n && !v.seen)
		return search_tally_all(a, v.column);
	if (v.column->type == SEARCH_STRING)
		return search_tally_values(a, &v, l, search_column_values(v.column));
	double *x = arena_alloc(a, l->n * sizeof(*x));
	size_t n = numbers_of(&v, l, x);
	measure(x, n, ret);
	return f->f->ranges_n ? search_tally_ranges(a, x, n, f->f) : search_tally_numbers(a, x, n);
}

static void run(struct search_run *r, const struct search_facet *facet, const struct search_list *l,
	struct search_facet_result *ret)
{
	struct facet f = {r, facet, &r->ix->columns[facet->field]};
	struct search_tallies t = tally(&f, l, ret);

	search_facet_query(r, facet, &t);
	ret->total_values = t.n;
	ret->counts_n =
		best(&f, &t, r->q->max_facet_values > 0 ? (size_t)r->q->max_facet_values : 0);
	ret->counts = arena_array(r->arena, ret->counts_n, sizeof(*ret->counts));
	for (size_t i = 0; i < ret->counts_n; i++)
		ret->counts[i] = (struct search_facet_count){text_of(&f, t.v[i].key), t.v[i].count};
}

void search_facets_run(struct search_run *r, const struct search_list *l, struct search_result *ret)
{
	ret->facets = arena_array(r->arena, r->q->facets_n, sizeof(*ret->facets));
	for (size_t i = 0; i < r->q->facets_n && !search_run_is_over(r); i++)
		run(r, &r->q->facets[i], l, &ret->facets[i]);
}
