#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "mod/search/run_filter.h"

#define FEW 4 /* intervals: each is compared with all values; more are looked up */

/* From low to high, both belong to it. */
struct interval {
	double low, high;
};

static int by_low(const void *a, const void *b)
{
	double x = ((const struct interval *)a)->low, y = ((const struct interval *)b)->low;

	return x < y ? -1 : x > y;
}

/* Those of a list that meet become one, in order. */
static size_t merge(struct interval *v, size_t n)
{
	size_t to = 0;

	qsort(v, n, sizeof(*v), by_low);
	for (size_t i = 0; i < n; i++) {
		if (to && v[i].low <= v[to - 1].high)
			v[to - 1].high = fmax(v[to - 1].high, v[i].high);
		else
			v[to++] = v[i];
	}
	return to;
}

static size_t intervals(struct arena *a, const struct search_filter *f, struct interval **ret)
{
	size_t n = 0;

	*ret = arena_array(a, f->operands_n, sizeof(**ret));
	for (size_t i = 0; i < f->operands_n; i++) {
		const struct search_operand *o = &f->operands[i];
		struct interval v = {o->is_open_low ? nextafter(o->low, INFINITY) : o->low,
			o->is_open_high ? nextafter(o->high, -INFINITY) : o->high};
		if (v.low <= v.high)
			(*ret)[n++] = v;
	}
	return merge(*ret, n);
}

static bool is_among(double x, const struct interval *v, size_t n)
{
	size_t from = 0;

	/* The last one that begins at x or before. */
	for (size_t half; n > 1; n -= half) {
		half = n / 2;
		if (v[from + half].low <= x)
			from += half;
	}
	/* Not &&: which documents are within is not to be guessed, neither here nor by the processor. */
	return (x >= v[from].low) & (x <= v[from].high);
}

static uint64_t compare_all(const double *x, const struct interval *v, size_t n)
{
	search_pair_bits bits = {0, 0};

	for (size_t i = 0; i < n; i++) {
		search_pair low = {v[i].low, v[i].low}, high = {v[i].high, v[i].high};
		search_pair_bits bit = {1, 2};
		for (int j = 0; j < 64; j += 2, bit <<= 2) {
			search_pair two = {x[j], x[j + 1]};
			bits |= (two >= low) & (two <= high) & bit;
		}
	}
	return (uint64_t)(bits[0] | bits[1]);
}

static uint64_t compare_some(const double *x, uint64_t which, const struct interval *v, size_t n)
{
	uint64_t bits = 0;

	for (; which; which &= which - 1)
		bits |= (which & -which) & -(uint64_t)is_among(x[__builtin_ctzll(which)], v, n);
	return bits;
}

void search_filter_number(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	const double *x = r->ix->columns[f->field].numbers;
	struct interval *v;
	size_t n = intervals(r->arena, f, &v), full = s->n / 64;

	if (!n) {
		search_set_clear(s);
		return;
	}
	size_t soon = search_set_word(s, 0);
	for (int j = 0; j < SEARCH_AHEAD; j++)
		soon = search_filter_prefetch(s, soon, x, sizeof(*x));
	SEARCH_EACH_WORD (s, i) {
		uint64_t which = s->bits[i];
		soon = search_filter_prefetch(s, soon, x, sizeof(*x));
		bool is_dense = n <= FEW && i < full && search_filter_is_dense(which);
		search_set_put_word(s, i,
			is_dense ? which & compare_all(x + 64 * i, v, n)
				 : compare_some(x + 64 * i, which, v, n));
	}
}
