#include <string.h>

#include "base/arena.h"
#include "mod/search/fields.h"
#include "mod/search/run_local.h"

static int field_of(const char *name)
{
	return search_field_find(str_of(name), SEARCH_AGENTS);
}

void search_order_init(struct search_order *o, struct search_run *r, const struct search_list *l)
{
	static const struct search_sort by_score = {.key = SEARCH_BY_TEXT_MATCH};

	*o = (struct search_order){.ix = r->ix, .list = l};
	if (r->q->sorts_n) {
		for (size_t i = 0; i < r->q->sorts_n; i++)
			search_sort_key_init(o, o->n++, r, &r->q->sorts[i]);
		return;
	}
	struct search_sort *newest = ARENA_NEW(r->arena, struct search_sort);
	*newest = (struct search_sort){.key = SEARCH_BY_FIELD, .field = field_of("updated_at")};
	if (l->found)
		search_sort_key_init(o, o->n++, r, &by_score);
	search_sort_key_init(o, o->n++, r, newest);
}

static int by_id(const struct search_order *o, uint32_t a, uint32_t b)
{
	return memcmp(o->ix->ids[a], o->ix->ids[b], sizeof(o->ix->ids[a]));
}

/* By the i-th key alone. */
static int compare_key(const struct search_order *o, size_t i, const struct search_ranked *a,
	const struct search_ranked *b)
{
	if (a->keys[i] != b->keys[i])
		return a->keys[i] < b->keys[i] ? -1 : 1;
	return search_sort_key_tie(o, i, a->doc, b->doc);
}

int search_order_compare(const struct search_order *o, const struct search_ranked *a,
	const struct search_ranked *b)
{
	int order = 0;

	for (size_t i = 0; i < o->n && !order; i++)
		order = compare_key(o, i, a, b);
	return order ? order : by_id(o, a->doc, b->doc);
}

/* Keys from the i-th on. */
static void rank_from(const struct search_order *o, struct search_ranked *x, size_t i)
{
	for (; i < o->n; i++)
		x->keys[i] = search_sort_key_of(o, i, x->doc, x->at);
}

struct search_ranked search_order_rank(const struct search_order *o, size_t at)
{
	struct search_ranked x = {.doc = o->list->docs[at], .at = (uint32_t)at};

	rank_from(o, &x, 0);
	return x;
}

struct search_top search_top_new(struct arena *a, const struct search_order *o, size_t k)
{
	return (struct search_top){.order = o,
		.k = k,
		.heap = arena_alloc(a, k * sizeof(struct search_ranked))};
}

/* The first of n, let down to where it belongs: above those that are better. */
static void sift_down(const struct search_order *o, struct search_ranked *heap, size_t n)
{
	struct search_ranked x = heap[0];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && search_order_compare(o, &heap[child], &heap[child + 1]) < 0)
			child++;
		if (search_order_compare(o, &x, &heap[child]) >= 0)
			break;
		heap[i] = heap[child];
	}
	heap[i] = x;
}

static void sift_up(const struct search_order *o, struct search_ranked *heap, size_t i)
{
	struct search_ranked x = heap[i];

	for (size_t parent; i; i = parent) {
		parent = (i - 1) / 2;
		if (search_order_compare(o, &heap[parent], &x) >= 0)
			break;
		heap[i] = heap[parent];
	}
	heap[i] = x;
}

/* Is x before the worst one that is kept? Keys are made one by one: most documents are out by the first. */
static bool is_better(const struct search_top *t, struct search_ranked *x)
{
	const struct search_order *o = t->order;

	for (size_t i = 0; i < o->n; i++) {
		if (search_sort_key_at_least(o, i, x->doc) > t->heap[0].keys[i])
			return false;
		x->keys[i] = search_sort_key_of(o, i, x->doc, x->at);
		int order = compare_key(o, i, x, &t->heap[0]);
		if (order > 0)
			return false;
		if (order < 0) {
			rank_from(o, x, i + 1);
			return true;
		}
	}
	return by_id(o, x->doc, t->heap[0].doc) < 0;
}

/* By the score, or the number, or both, that the first keys are made of: most documents need no key at all to be out. */
struct limit {
	const struct search_found *found; /* NULL: not by score first */
	uint64_t score;                   /* less is out */
	const double *numbers;            /* NULL: not by number next */
	double sign, most;                /* a number times sign is no more */
};

static void limit_number(struct limit *l, const struct search_sort_key *k, uint64_t key)
{
	if (k->sort->key != SEARCH_BY_FIELD || k->view.seen || !k->view.column->numbers ||
		key == 0 || key == UINT64_MAX)
		return;
	l->numbers = k->view.column->numbers;
	l->sign = k->sort->is_ascending ? 1 : -1;
	l->most = l->sign * search_number_of_key(k->sort->is_ascending ? key : ~key);
}

static struct limit limit_of(const struct search_top *t)
{
	const struct search_order *o = t->order;
	struct limit l = {0};

	if (!o->n || t->n < t->k)
		return l;
	const struct search_ranked *worst = &t->heap[0];
	const struct search_sort *by = o->keys[0].sort;
	bool is_by_score = by->key == SEARCH_BY_TEXT_MATCH && !by->is_ascending &&
		!o->keys[0].scores && o->list->found;
	if (is_by_score) {
		l.found = o->list->found;
		l.score = ~worst->keys[0];
	}
	if (is_by_score < o->n)
		limit_number(&l, &o->keys[is_by_score], worst->keys[is_by_score]);
	return l;
}

static bool is_out(const struct limit *l, const struct search_list *list, size_t i)
{
	if (l->found && l->found[i].score != l->score)
		return l->found[i].score < l->score;
	/* An absent number is not more than anything. */
	return l->numbers && l->sign * l->numbers[list->docs[i]] > l->most;
}

/* Where another block begins. */
static size_t block_end(const struct search_list *list, size_t i)
{
	size_t end = i + 1;

	while (end < list->n && list->docs[end] / 64 == list->docs[i] / 64)
		end++;
	return end;
}

static bool is_block_out(const struct search_top *t, uint32_t block)
{
	return search_sort_key_of_block_at_least(t->order, 0, block) > t->heap[0].keys[0];
}

void search_top_offer_all(struct search_top *t)
{
	const struct search_list *list = t->order->list;
	size_t i = 0;

	for (; i < list->n && t->n < t->k; i++)
		search_top_offer(t, i);
	if (!t->k)
		return;
	/* Of the documents whose block was looked at. */
	size_t end = t->order->n && t->order->keys[0].sort->key == SEARCH_BY_DISTANCE ? i : list->n;
	for (struct limit l = limit_of(t); i < list->n; i++) {
		if (i == end) {
			end = block_end(list, i);
			if (is_block_out(t, list->docs[i] / 64)) {
				i = end - 1;
				continue;
			}
		}
		if (is_out(&l, list, i))
			continue;
		search_top_offer(t, i);
		l = limit_of(t);
	}
}

void search_top_offer(struct search_top *t, size_t at)
{
	struct search_ranked x = {.doc = t->order->list->docs[at], .at = (uint32_t)at};

	if (t->n < t->k) {
		rank_from(t->order, &x, 0);
		t->heap[t->n++] = x;
		sift_up(t->order, t->heap, t->n - 1);
	} else if (t->k && is_better(t, &x)) {
		t->heap[0] = x;
		sift_down(t->order, t->heap, t->n);
	}
}

void search_top_sort(struct search_top *t)
{
	for (size_t n = t->n; n > 1; n--) {
		struct search_ranked worst = t->heap[0];
		t->heap[0] = t->heap[n - 1];
		sift_down(t->order, t->heap, n - 1);
		t->heap[n - 1] = worst;
	}
}
