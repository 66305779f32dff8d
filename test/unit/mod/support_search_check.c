#include "support_search_check.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mod/search/fields.h"
#include "mod/search/words.h"

struct search_query query_of_all(enum search_audience who)
{
	return (struct search_query){.who = who,
		.is_all = true,
		.q = STR("*"),
		.limit = 10,
		.max_facet_values = 10,
		.facet_query_field = -1,
		.facet_query_num_typos = 2,
		.group_limit = 3,
		.group_missing = true,
		.min_len_1typo = 4,
		.min_len_2typo = 7,
		.max_candidates = 4};
}

/* Pinned listings, by position; of as many the first asked for. */
static size_t naive_pins(const struct listings *l, const struct search_query *q,
	const struct listing **ret, size_t *positions)
{
	struct search_query all = *q;
	const struct listing **may = arena_array(l->a, l->n + 1, sizeof(*may));
	size_t n = 0;

	if (!q->filter_pins)
		all.filter = NULL;
	size_t may_n = naive_run(l, &all, may);
	for (size_t i = 0; i < q->pins_n; i++) {
		const struct listing *x = NULL;
		for (size_t j = 0; j < may_n; j++)
			if (!memcmp(may[j]->doc.id, q->pins[i].id, sizeof(q->pins[i].id)))
				x = may[j];
		for (size_t j = 0; j < n; j++)
			if (ret[j] == x)
				x = NULL;
		if (!x)
			continue;
		size_t at = n++;
		for (; at && positions[at - 1] > q->pins[i].position; at--) {
			positions[at] = positions[at - 1];
			ret[at] = ret[at - 1];
		}
		positions[at] = q->pins[i].position;
		ret[at] = x;
	}
	return n;
}

/* Puts things at their positions (from 1): items is n long and has room for them. */
static size_t put_in(const void **items, size_t n, const void *const *pins, const size_t *positions,
	size_t pins_n)
{
	size_t least = 0;

	for (size_t i = 0; i < pins_n; i++) {
		size_t at = positions[i] ? positions[i] - 1 : 0;
		at = at < least ? least : at;
		at = at > n ? n : at;
		memmove(items + at + 1, items + at, (n - at) * sizeof(*items));
		items[at] = pins[i];
		least = at + 1;
		n++;
	}
	return n;
}

static void check_hit(const struct search_query *q, const struct search_hit *hit,
	const struct listing *x)
{
	if (memcmp(hit->id, x->doc.id, sizeof(hit->id)))
		fail_msg("a hit is %02x..%02x%02x, should be %02x..%02x%02x", hit->id[0],
			hit->id[14], hit->id[15], x->doc.id[0], x->doc.id[14], x->doc.id[15]);
	for (size_t i = 0; i < q->sorts_n; i++) {
		const struct search_sort *s = &q->sorts[i];
		bool has = s->key == SEARCH_BY_DISTANCE && naive_has(x, q->who, s->field);
		assert_int_equal(hit->distance_m[i] >= 0, has);
	}
}

/* Is a value the same as another's? */
static bool is_same(const struct search_query *q, const struct listing *x, const struct listing *y,
	int f)
{
	bool has_x = naive_has(x, q->who, f), has_y = naive_has(y, q->who, f);

	if (!has_x || !has_y)
		return has_x == has_y;
	if (search_fields[f].type == SEARCH_STRING)
		return str_eq(x->folded[f], y->folded[f]);
	return x->numbers[f] == y->numbers[f];
}

static bool is_one_group(const struct search_query *q, const struct listing *x,
	const struct listing *y)
{
	for (size_t i = 0; i < q->group_n; i++) {
		int f = q->group_fields[i];
		if (!is_same(q, x, y, f) || (!q->group_missing && !naive_has(x, q->who, f)))
			return x == y;
	}
	return true;
}

/* --- facets ---------------------------------------------------------------------------------------- */

struct count {
	const struct listing *x; /* one that has the value */
	size_t n;
};

static const struct search_query *of_query;
static const struct search_facet *of_facet;

static int by_value(const struct listing *x, const struct listing *y)
{
	int f = of_facet->field;

	if (search_fields[f].type == SEARCH_STRING)
		return str_cmp(x->folded[f], y->folded[f]);
	return x->numbers[f] < y->numbers[f] ? -1 : x->numbers[f] > y->numbers[f];
}

static int by_facet(const void *a, const void *b)
{
	const struct count *x = a, *y = b;
	int order = by_value(x->x, y->x);

	if (of_facet->by_alpha)
		return of_facet->is_ascending ? order : -order;
	return x->n != y->n ? (x->n > y->n ? -1 : 1) : order;
}

static void check_stats(const struct search_facet_result *r, const struct listing **v, size_t n,
	int f)
{
	double low = INFINITY, high = -INFINITY, sum = 0;
	size_t some = 0;

	for (size_t i = 0; i < n; i++) {
		if (!naive_has(v[i], of_query->who, f))
			continue;
		low = fmin(low, v[i]->numbers[f]);
		high = fmax(high, v[i]->numbers[f]);
		sum += v[i]->numbers[f];
		some++;
	}
	assert_int_equal(r->has_stats, some > 0);
	if (!some)
		return;
	assert_true(r->min == low && r->max == high);
	assert_true(fabs(r->sum - sum) < 1e-6 * fabs(sum) + 1e-9);
	assert_true(fabs(r->avg - sum / (double)some) < 1e-6 * fabs(r->avg) + 1e-9);
}

static void check_counts(const struct listings *l, const struct search_facet_result *r,
	const struct count *counts, size_t n)
{
	size_t shown = (size_t)of_query->max_facet_values;
	int f = of_facet->field;

	assert_int_equal(r->total_values, n);
	assert_int_equal(r->counts_n, n < shown ? n : shown);
	for (size_t i = 0; i < r->counts_n; i++) {
		char text[STR_DECIMAL_SIZE * 3] = "";
		assert_int_equal(r->counts[i].count, counts[i].n);
		if (search_fields[f].type == SEARCH_STRING) {
			struct str value = naive_shown(l, f, counts[i].x->folded[f]);
			if (!str_eq(value, r->counts[i].value))
				fail_msg("\"" STR_FMT "\" should be \"" STR_FMT "\"",
					STR_ARG(r->counts[i].value), STR_ARG(value));
			continue;
		}
		assert_true(r->counts[i].value.len < sizeof(text));
		memcpy(text, r->counts[i].value.p, r->counts[i].value.len);
		assert_true(strtod(text, NULL) == counts[i].x->numbers[f]);
	}
}

static void check_facet(const struct listings *l, const struct search_facet_result *r,
	const struct listing **v, size_t n)
{
	int f = of_facet->field;
	struct count *counts = arena_array(l->a, n + 1, sizeof(*counts));
	size_t counts_n = 0;

	if (search_fields[f].type != SEARCH_STRING)
		check_stats(r, v, n, f);
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;
		if (!naive_has(v[i], of_query->who, f))
			continue;
		while (j < counts_n && !is_same(of_query, v[i], counts[j].x, f))
			j++;
		counts_n += j == counts_n;
		counts[j].x = v[i];
		counts[j].n++;
	}
	qsort(counts, counts_n, sizeof(*counts), by_facet);
	check_counts(l, r, counts, counts_n);
}

/* --- groups ---------------------------------------------------------------------------------------- */

struct group {
	const struct listing *first; /* of the group */
	const struct listing **v;
	size_t n;
	size_t pins_n; /* of v, at its beginning */
};

static size_t naive_groups(const struct listings *l, const struct listing **v, size_t n,
	size_t pins_n, struct group *ret)
{
	size_t groups_n = 0;

	for (size_t i = 0; i < n; i++) {
		size_t g = 0;
		while (g < groups_n && !is_one_group(of_query, v[i], ret[g].first))
			g++;
		if (g == groups_n) {
			ret[groups_n++] = (struct group){.first = v[i],
				.v = arena_array(l->a, n, sizeof(*ret->v))};
		}
		ret[g].v[ret[g].n++] = v[i];
		ret[g].pins_n += i < pins_n;
	}
	return groups_n;
}

static void check_group(const struct search_query *q, const struct search_group *r,
	const struct group *g)
{
	size_t shown = g->n < q->group_limit ? g->n : q->group_limit;

	assert_int_equal(r->found, g->n);
	assert_int_equal(r->hits_n, shown);
	for (size_t i = 0; i < q->group_n; i++)
		assert_int_equal(r->key[i].p != NULL,
			naive_has(g->first, q->who, q->group_fields[i]));
	for (size_t i = 0; i < shown; i++) {
		check_hit(q, &r->hits[i], g->v[i]);
		assert_int_equal(r->hits[i].is_pinned, i < g->pins_n);
	}
}

static size_t page_end(const struct search_query *q)
{
	size_t end = q->offset + q->limit;

	return q->limit_hits && q->limit_hits < end ? q->limit_hits : end;
}

/* v: the pinned ones, then the others in their order. */
static void check_groups(const struct listings *l, const struct search_result *r,
	const struct listing **v, size_t n, size_t pins_n, const size_t *positions)
{
	struct group *groups = arena_array(l->a, n + 1, sizeof(*groups));
	const void **order = arena_array(l->a, n + 1, sizeof(*order));
	const void **pinned = arena_array(l->a, n + 1, sizeof(*pinned));
	size_t *at = arena_array(l->a, n + 1, sizeof(*at)), order_n = 0, pinned_n = 0;
	size_t groups_n = naive_groups(l, v, n, pins_n, groups), end = page_end(of_query);

	for (size_t i = 0, pin = 0; i < groups_n; i++) {
		if (!groups[i].pins_n) {
			order[order_n++] = &groups[i];
			continue;
		}
		while (v[pin] != groups[i].first)
			pin++;
		at[pinned_n] = positions[pin];
		pinned[pinned_n++] = &groups[i];
	}
	order_n = put_in(order, order_n, pinned, at, pinned_n);
	assert_int_equal(r->found, groups_n);
	assert_int_equal(order_n, groups_n);
	end = end < groups_n ? end : groups_n;
	assert_int_equal(r->groups_n, end > of_query->offset ? end - of_query->offset : 0);
	for (size_t i = 0; i < r->groups_n; i++)
		check_group(of_query, &r->groups[i], order[of_query->offset + i]);
}

static void check_hits(const struct search_result *r, const void **order, size_t n,
	const struct listing **pins, size_t pins_n)
{
	size_t end = page_end(of_query);

	end = end < n ? end : n;
	assert_int_equal(r->hits_n, end > of_query->offset ? end - of_query->offset : 0);
	for (size_t i = 0; i < r->hits_n; i++) {
		const struct listing *x = order[of_query->offset + i];
		bool is_pinned = false;
		check_hit(of_query, &r->hits[i], x);
		for (size_t j = 0; j < pins_n; j++)
			is_pinned |= pins[j] == x;
		assert_int_equal(r->hits[i].is_pinned, is_pinned);
	}
}

static size_t out_of(const struct listings *l, const struct search_query *q)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += naive_is_shown(&l->v[i], q->who);
	return n;
}

struct search_result search_check(const struct listings *l, const struct search_query *q)
{
	const struct listing **all = arena_array(l->a, l->n + 1, sizeof(*all));
	const struct listing **v = arena_array(l->a, 2 * l->n + 1, sizeof(*v));
	size_t positions[SEARCH_PINS_MAX], n = naive_run(l, q, all);
	size_t pins_n = naive_pins(l, q, v, positions), to = pins_n;
	struct search_result r;

	assert_int_equal(search_index_run(l->ix, q, l->a, &r, NULL), 0);
	of_query = q;
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;
		while (j < pins_n && v[j] != all[i])
			j++;
		if (j == pins_n)
			v[to++] = all[i];
	}
	assert_int_equal(r.out_of, out_of(l, q));
	assert_int_equal(r.found_docs, to);
	if (q->group_n) {
		check_groups(l, &r, v, to, pins_n, positions);
	} else {
		const void **order = arena_array(l->a, to + 1, sizeof(*order));
		memcpy(order, v + pins_n, (to - pins_n) * sizeof(*order));
		put_in(order, to - pins_n, (const void *const *)v, positions, pins_n);
		assert_int_equal(r.found, to);
		check_hits(&r, order, to, v, pins_n);
	}
	for (size_t i = 0; i < q->facets_n; i++) {
		of_facet = &q->facets[i];
		check_facet(l, &r.facets[i], v, to);
	}
	return r;
}

/* --- words for tests ------------------------------------------------------------------------------- */

const char *hits_of(const struct listings *l, const struct search_hit *hits, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_printf(l->a, "%s%s%d", text, i ? " " : "", hits[i].id[15]);
	return text;
}

const char *found_by(const struct listings *l, const struct search_query *q)
{
	struct search_result r = search_check(l, q);

	return hits_of(l, r.hits, r.hits_n);
}

int naive_begin(void **state)
{
	*state = arena_new();
	return 0;
}

int naive_end(void **state)
{
	arena_free(*state);
	return 0;
}

void put_listing(struct listings *l, uint8_t n, const char *const *fields)
{
	struct listing x = {.doc.is_public = true, .doc.is_address_public = true};

	x.doc.id[15] = n;
	for (; *fields; fields += 2)
		listing_set(&x, fields[0], fields[1]);
	listings_put(l, x);
}

struct search_operand text_operand(const struct listings *l, enum search_test test,
	const char *text)
{
	struct search_operand o = {.test = test, .text = str_of(text)};

	if (o.text.len && text[o.text.len - 1] == '*') {
		o.text.len--;
		o.is_prefix = true;
	}
	o.words_n = search_words(l->a, o.text, SEARCH_WORDS_MAX, &o.words);
	return o;
}

struct search_operand range_operand(double low, double high)
{
	return (struct search_operand){.test = low == high ? SEARCH_EQUAL : SEARCH_RANGE,
		.low = low,
		.high = high};
}

const struct search_filter *match_filter(const struct listings *l, const char *name,
	struct search_operand o)
{
	struct search_filter *f = ARENA_NEW(l->a, struct search_filter);
	struct search_operand *operand = ARENA_NEW(l->a, struct search_operand);

	*operand = o;
	*f = (struct search_filter){.op = SEARCH_MATCH,
		.field = naive_field(name),
		.operands = operand,
		.operands_n = 1};
	return f;
}

const struct search_filter *not_filter(const struct listings *l, const struct search_filter *f)
{
	struct search_filter *n = ARENA_NEW(l->a, struct search_filter);

	*n = (struct search_filter){.op = SEARCH_NOT, .left = f};
	return n;
}
