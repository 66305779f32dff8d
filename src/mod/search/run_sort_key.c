/* The key of a document for one part of sort_by: an integer, small ones first. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/run_local.h"

#define HEAD \
	7 /* bytes of a text that are in its key, below a byte that tells it from absent ones */
#define HEAD_BITS (8 * HEAD)
#define HEAD_MASK ((UINT64_C(1) << HEAD_BITS) - 1)

/* So many values for each document that their keys are not worth making beforehand. */
#define WORTH 4

static uint64_t missing(const struct search_sort *s)
{
	return s->is_missing_first ? 0 : UINT64_MAX;
}

static bool is_seen(const struct search_view *v, uint32_t doc)
{
	return !v->seen || search_set_has(v->seen, doc);
}

static uint64_t of_number(const struct search_sort *s, double x)
{
	uint64_t key = search_number_key(x);

	return s->is_ascending ? key : ~key;
}

static uint64_t of_text(const struct search_sort *s, struct str text)
{
	unsigned char head[HEAD] = {0};
	uint64_t key = 0;

	if (text.len)
		memcpy(head, text.p, text.len < HEAD ? text.len : HEAD);
	for (int i = 0; i < HEAD; i++)
		key = key << 8 | head[i];
	return UINT64_C(1) << HEAD_BITS | (s->is_ascending ? key : ~key & HEAD_MASK);
}

static uint64_t of_field(const struct search_sort_key *k, uint32_t doc)
{
	const struct search_column *c = k->view.column;

	if (!is_seen(&k->view, doc))
		return missing(k->sort);
	if (c->type == SEARCH_STRING) {
		uint32_t value = c->ids[doc];
		if (value == SEARCH_NONE)
			return missing(k->sort);
		return k->of_value ? k->of_value[value]
				   : of_text(k->sort, search_column_text(c, value));
	}
	double x = c->numbers[doc];
	return isnan(x) ? missing(k->sort) : of_number(k->sort, x);
}

static uint64_t of_distance(const struct search_sort *s, double metres)
{
	if (metres <= s->exclude_radius_m)
		metres = 0;
	if (s->precision_m > 0)
		metres = floor(metres / s->precision_m) * s->precision_m;
	return of_number(s, metres);
}

static uint64_t of_point(const struct search_sort_key *k, uint32_t doc)
{
	if (!is_seen(&k->view, doc))
		return missing(k->sort);
	double metres = search_geo_distance(k->view.column->points[doc], k->sort->centre);
	return isnan(metres) ? missing(k->sort) : of_distance(k->sort, metres);
}

static uint64_t of_evals(const struct search_sort_key *k, uint32_t doc)
{
	int64_t weight = 0;

	for (size_t i = 0; i < k->sort->evals_n; i++) {
		if (search_set_has(&k->evals[i], doc)) {
			weight = k->sort->evals[i].weight;
			break;
		}
	}
	return of_number(k->sort, (double)weight);
}

/* The index of a score among the different ones, best first. */
static size_t place_of(const struct search_sort_key *k, uint64_t score)
{
	size_t from = 0;

	for (size_t n = k->scores_n, half; n > 1; n -= half) {
		half = n / 2;
		if (k->scores[from + half] >= score)
			from += half;
	}
	return from;
}

static uint64_t of_score(const struct search_order *o, const struct search_sort_key *k, size_t at)
{
	uint64_t key;

	if (!o->list->found)
		return 0;
	key = o->list->found[at].score;
	if (!k->scores)
		return k->sort->is_ascending ? key : ~key;
	key = k->buckets[place_of(k, key)];
	return k->sort->is_ascending ? ~key : key;
}

uint64_t search_sort_key_of(const struct search_order *o, size_t i, uint32_t doc, size_t at)
{
	const struct search_sort_key *k = &o->keys[i];

	switch (k->sort->key) {
	case SEARCH_BY_FIELD: return of_field(k, doc);
	case SEARCH_BY_TEXT_MATCH: return of_score(o, k, at);
	case SEARCH_BY_DISTANCE: return of_point(k, doc);
	case SEARCH_BY_EVAL: return of_evals(k, doc);
	}
	return 0;
}

/* Far ones last: what is not near has a key that is not small. */
static bool is_nearest_first(const struct search_sort *s)
{
	return s->key == SEARCH_BY_DISTANCE && s->is_ascending && !s->is_missing_first;
}

uint64_t search_sort_key_of_block_at_least(const struct search_order *o, size_t i, uint32_t block)
{
	const struct search_sort_key *k = &o->keys[i];

	if (!is_nearest_first(k->sort))
		return 0;
	return of_distance(k->sort,
		search_zone_distance_at_least(k->sort->centre, k->view.column->boxes[block]));
}

uint64_t search_sort_key_at_least(const struct search_order *o, size_t i, uint32_t doc)
{
	const struct search_sort_key *k = &o->keys[i];

	if (!is_nearest_first(k->sort))
		return 0;
	double metres = search_geo_distance_at_least(k->view.column->points[doc], k->sort->centre);
	return isnan(metres) ? UINT64_MAX : of_distance(k->sort, metres);
}

int search_sort_key_tie(const struct search_order *o, size_t i, uint32_t a, uint32_t b)
{
	const struct search_sort_key *k = &o->keys[i];
	const struct search_column *c = k->view.column;

	if (k->sort->key != SEARCH_BY_FIELD || c->type != SEARCH_STRING || c->ids[a] == c->ids[b] ||
		!is_seen(&k->view, a) || !is_seen(&k->view, b))
		return 0;
	int order = str_cmp(search_column_text(c, c->ids[a]), search_column_text(c, c->ids[b]));
	return k->sort->is_ascending ? order : -order;
}

/* Equal parts of the list in the order of scores. As many documents as share a score are in one part: that of the first of them. */
static void make_buckets(struct search_sort_key *k, struct search_run *r,
	const struct search_list *l)
{
	uint64_t *all = arena_alloc(r->arena, l->n * sizeof(*all)), *room;
	size_t size = (l->n + (size_t)k->sort->buckets - 1) / (size_t)k->sort->buckets;

	room = arena_alloc(r->arena, l->n * sizeof(*room));
	for (size_t i = 0; i < l->n; i++)
		all[i] = ~l->found[i].score;
	search_radix_sort(all, l->n, room);
	k->scores = room;
	k->buckets = arena_alloc(r->arena, l->n * sizeof(*k->buckets));
	for (size_t i = 0; i < l->n; i++) {
		if (i && all[i] == all[i - 1])
			continue;
		k->scores[k->scores_n] = ~all[i];
		k->buckets[k->scores_n++] = (uint32_t)(i / size);
	}
}

static void make_texts(struct search_sort_key *k, struct search_run *r, const struct search_list *l)
{
	const struct search_column *c = k->view.column;
	uint32_t values = search_column_values(c);

	if (values > l->n / WORTH)
		return;
	k->of_value = arena_alloc(r->arena, (values + 1) * sizeof(*k->of_value));
	for (uint32_t i = 0; i < values; i++)
		k->of_value[i] = of_text(k->sort, search_column_text(c, i));
}

static void make_evals(struct search_sort_key *k, struct search_run *r, const struct search_list *l)
{
	struct search_set all = search_set_new(r->arena, r->shown.n);

	for (size_t i = 0; i < l->n; i++)
		search_set_add(&all, l->docs[i]);
	k->evals = arena_array(r->arena, k->sort->evals_n, sizeof(*k->evals));
	for (size_t i = 0; i < k->sort->evals_n; i++) {
		k->evals[i] = search_set_new(r->arena, r->shown.n);
		search_set_copy(&k->evals[i], &all);
		search_filter_run(r, k->sort->evals[i].filter, &k->evals[i]);
		search_set_minus(&all, &k->evals[i]);
	}
}

void search_sort_key_init(struct search_order *o, size_t i, struct search_run *r,
	const struct search_sort *s)
{
	struct search_sort_key *k = &o->keys[i];

	*k = (struct search_sort_key){.sort = s};
	if (s->key == SEARCH_BY_FIELD || s->key == SEARCH_BY_DISTANCE)
		k->view = search_run_view(r, s->field);
	if (s->key == SEARCH_BY_FIELD && k->view.column->type == SEARCH_STRING)
		make_texts(k, r, o->list);
	if (s->key == SEARCH_BY_EVAL)
		make_evals(k, r, o->list);
	if (s->key == SEARCH_BY_TEXT_MATCH && s->buckets > 0 && o->list->found && o->list->n)
		make_buckets(k, r, o->list);
}
