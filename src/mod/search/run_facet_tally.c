/* Counting without a table of hashes: a counter for each possible value, or sorted values where there would be too many counters. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/run_facet.h"

#define SPARSE 16      /* so many counters for each value counted are too many */
#define COUNTERS 65536 /* this many are always fine */
#define FEW_COUNTERS 4096
#define LARGE 1e12 /* beyond, eighths are not exact */

static void add(struct search_tallies *t, uint64_t key, uint32_t count)
{
	t->v[t->n++] = (struct search_tally){.key = key, .count = count};
}

/* Equal ones stand next to each other once they are sorted. */
static struct search_tallies count_sorted(struct arena *a, uint64_t *keys, size_t n)
{
	struct search_tallies t = {0};
	size_t from = 0;

	search_radix_sort(keys, n, arena_alloc(a, n * sizeof(*keys)));
	t.v = arena_alloc(a, n * sizeof(*t.v));
	for (size_t i = 1; i <= n; i++) {
		if (i < n && keys[i] == keys[from])
			continue;
		add(&t, keys[from], (uint32_t)(i - from));
		from = i;
	}
	return t;
}

static size_t used(const uint32_t *counters, size_t n)
{
	size_t some = 0;

	for (size_t i = 0; i < n; i++)
		some += counters[i] != 0;
	return some;
}

static struct search_tallies of_counters(struct arena *a, const uint32_t *counters, size_t n)
{
	struct search_tallies t = {0};

	t.v = arena_alloc(a, used(counters, n) * sizeof(*t.v));
	for (size_t i = 0; i < n; i++)
		if (counters[i])
			add(&t, i, counters[i]);
	return t;
}

struct search_tallies search_tally_all(struct arena *a, const struct search_column *c)
{
	uint32_t values = search_column_values(c);
	uint32_t *counters = arena_alloc(a, (size_t)values * sizeof(*counters));

	for (uint32_t i = 0; i < values; i++)
		counters[i] = search_docs_count(search_column_docs(c, i));
	return of_counters(a, counters, values);
}

static uint32_t value_of(const struct search_view *v, uint32_t doc)
{
	return !v->seen || search_set_has(v->seen, doc) ? v->column->ids[doc] : SEARCH_NONE;
}

static struct search_tallies of_many_values(struct arena *a, const struct search_view *v,
	const struct search_list *l)
{
	uint64_t *keys = arena_alloc(a, l->n * sizeof(*keys));
	size_t some = 0;

	for (size_t i = 0; i < l->n; i++) {
		keys[some] = value_of(v, l->docs[i]);
		some += keys[some] != SEARCH_NONE;
	}
	return some ? count_sorted(a, keys, some) : (struct search_tallies){0};
}

struct search_tallies search_tally_values(struct arena *a, const struct search_view *v,
	const struct search_list *l, uint32_t most)
{
	if (!l->n || most / SPARSE > l->n + COUNTERS / SPARSE)
		return of_many_values(a, v, l);
	/* The last counter is for absent values. Of many documents there are two of each: one would wait for itself where values are alike. */
	bool is_double = l->n > most;
	uint32_t *counters =
		arena_array(a, (is_double + 1) * ((size_t)most + 1), sizeof(*counters));
	uint32_t *odd = is_double ? counters + most + 1 : counters;
	for (size_t i = 0; i < l->n; i++) {
		uint32_t id = value_of(v, l->docs[i]);
		(i % 2 ? odd : counters)[id < most ? id : most]++;
	}
	for (uint32_t i = 0; is_double && i < most; i++)
		counters[i] += odd[i];
	return of_counters(a, counters, most);
}

/* By how much values must be multiplied to be integers, up to eighths; 0: they are finer. They are small. */
static int scale_of(const double *x, size_t n)
{
	int scale = 1;

	for (size_t i = 0; i < n; i++)
		while (x[i] * scale != (double)(int64_t)(x[i] * scale))
			if ((scale *= 2) > 8)
				return 0;
	return scale;
}

struct search_tallies search_tally_numbers(struct arena *a, const double *x, size_t n)
{
	double low = INFINITY, high = -INFINITY;

	if (!n)
		return (struct search_tallies){0};
	for (size_t i = 0; i < n; i++) {
		low = x[i] < low ? x[i] : low;
		high = x[i] > high ? x[i] : high;
	}
	double wide = high - low, room = (double)(FEW_COUNTERS + SPARSE * n);
	int scale = fabs(low) < LARGE && wide < room ? scale_of(x, n) : 0;
	if (scale && wide * scale < (room < COUNTERS ? room : COUNTERS)) {
		size_t most = (size_t)(wide * scale) + 1;
		uint32_t *counters = arena_array(a, most, sizeof(*counters));
		for (size_t i = 0; i < n; i++)
			counters[(size_t)((x[i] - low) * scale)]++;
		struct search_tallies t = of_counters(a, counters, most);
		for (size_t i = 0; i < t.n; i++)
			t.v[i].key = search_number_key(low + (double)t.v[i].key / scale);
		return t;
	}
	uint64_t *keys = arena_alloc(a, n * sizeof(*keys));
	for (size_t i = 0; i < n; i++)
		keys[i] = search_number_key(x[i]);
	return count_sorted(a, keys, n);
}

struct search_tallies search_tally_ranges(struct arena *a, const double *x, size_t n,
	const struct search_facet *f)
{
	struct search_tallies t = {.v = arena_alloc(a, f->ranges_n * sizeof(*t.v))};

	for (size_t i = 0; i < f->ranges_n; i++) {
		double low = f->ranges[i].low, high = f->ranges[i].high;
		uint32_t count = 0;
		for (size_t j = 0; j < n; j++)
			count += (x[j] >= low) & (x[j] < high);
		if (count)
			add(&t, i, count);
	}
	return t;
}
