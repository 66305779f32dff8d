#include <math.h>

#include "base/arena.h"
#include "base/clock.h"
#include "mod/search/run_local.h"

struct search_spare {
	struct search_spare *next;
	struct search_set set;
};

struct search_set search_run_take_set(struct search_run *r)
{
	struct search_spare *spare = r->spare;

	if (!spare)
		return search_set_new(r->arena, r->shown.n);
	r->spare = spare->next;
	search_set_clear(&spare->set);
	return spare->set;
}

void search_run_give_set(struct search_run *r, struct search_set s)
{
	struct search_spare *spare = arena_alloc(r->arena, sizeof(*spare));

	*spare = (struct search_spare){.next = r->spare, .set = s};
	r->spare = spare;
}

bool search_run_is_over(struct search_run *r)
{
	if (r->stop_us && !r->was_cut_off)
		r->was_cut_off = mono_us() >= r->stop_us;
	return r->was_cut_off;
}

/* For whom a field is in no document, in some, or (NULL) in all. */
static const struct search_set *seen(const struct search_run *r, int field)
{
	static const struct search_set none;

	if (r->q->who == SEARCH_AGENTS)
		return NULL;
	if (search_fields[field].flags & SEARCH_AGENT)
		return &none;
	return search_fields[field].flags & SEARCH_ADDRESS ? &r->address : NULL;
}

struct search_view search_run_view(const struct search_run *r, int field)
{
	return (struct search_view){.column = &r->ix->columns[field], .seen = seen(r, field)};
}

bool search_run_sees(const struct search_run *r, int field, uint32_t doc)
{
	const struct search_set *s = seen(r, field);

	return !s || search_set_has(s, doc);
}

size_t search_run_page_end(const struct search_query *q)
{
	size_t end = q->offset + q->limit;

	if (end < q->offset)
		end = SIZE_MAX;
	return q->limit_hits && q->limit_hits < end ? q->limit_hits : end;
}

static double distance_of(const struct search_run *r, const struct search_sort *s, uint32_t doc)
{
	if (s->key != SEARCH_BY_DISTANCE || !search_run_sees(r, s->field, doc))
		return -1;
	double metres = search_geo_distance(r->ix->columns[s->field].points[doc], s->centre);
	return isnan(metres) ? -1 : metres;
}

struct search_hit search_hit_of(const struct search_run *r, uint32_t doc,
	const struct search_found *found)
{
	struct search_hit h = {0};

	for (size_t i = 0; i < sizeof(h.id); i++)
		h.id[i] = r->ix->ids[doc][i];
	for (size_t i = 0; i < SEARCH_SORTS_MAX; i++)
		h.distance_m[i] = i < r->q->sorts_n ? distance_of(r, &r->q->sorts[i], doc) : -1;
	if (found) {
		h.text_match = found->score;
		h.best_field_score = found->best_field_score;
		h.best_field_weight = found->best_weight;
		h.fields_matched = found->fields_matched;
		h.words_matched = found->words_matched;
		h.typos = found->typos;
	}
	h.has_values = search_run_values(r, doc, &h.values);
	return h;
}

static void show(struct search_run *r)
{
	bool is_agent = r->q->who == SEARCH_AGENTS;

	r->shown = is_agent ? r->ix->live : r->ix->is_public;
	r->address = is_agent ? r->ix->live : r->ix->is_address_public;
}

/* Shown, not hidden, and (matched) where the filter is true, but for what search_text_run() does. may: for pins. */
static void filter(struct search_run *r, struct search_set *may, struct search_set *matched)
{
	*may = search_run_take_set(r);
	search_set_copy(may, &r->shown);
	for (size_t i = 0; i < r->q->hidden_n; i++) {
		uint32_t doc = search_index_number(r->ix, r->q->hidden[i]);
		if (doc != SEARCH_NONE)
			search_set_drop(may, doc);
	}
	*matched = *may;
	if (!r->q->filter)
		return;
	if (r->q->pins_n) {
		*matched = search_run_take_set(r);
		search_set_copy(matched, may);
	}
	if (r->q->is_all || r->q->pins_n)
		search_filter_run(r, r->q->filter, matched);
	else
		search_filter_begin(r, r->q->filter, matched);
}

static struct search_pinned *pin_of(const struct search_pins *pins, uint32_t doc)
{
	for (size_t i = 0; i < pins->n; i++)
		if (pins->v[i].doc == doc)
			return &pins->v[i];
	return NULL;
}

/* Every document of the set, then the pins. */
static struct search_list list_all(struct search_run *r, const struct search_set *matched,
	const struct search_pins *pins)
{
	struct search_set others = search_run_take_set(r);

	search_set_copy(&others, matched);
	for (size_t i = 0; i < pins->n; i++)
		search_set_drop(&others, pins->v[i].doc);
	uint32_t *docs =
		arena_alloc(r->arena, (search_set_count(&others) + pins->n) * sizeof(*docs));
	size_t n = 0;
	SEARCH_EACH_WORD (&others, i)
		for (uint64_t bits = others.bits[i]; bits; bits &= bits - 1)
			docs[n++] = (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(bits);
	for (size_t i = 0; i < pins->n; i++)
		docs[n++] = pins->v[i].doc;
	search_run_give_set(r, others);
	return (struct search_list){.docs = docs, .n = n};
}

/* What q found, then the pins, found by it or not. */
static struct search_list list_found(struct search_run *r, const struct search_set *matched,
	struct search_pins *pins, struct search_matched *words)
{
	size_t n = 0, to = 0;
	struct search_found *all = search_text_run(r, matched, &n, words);

	struct search_found *found =
		pins->n ? arena_alloc(r->arena, (n + pins->n) * sizeof(*found)) : all;
	uint32_t *docs = arena_alloc(r->arena, (n + pins->n) * sizeof(*docs));
	for (size_t i = 0; i < n; i++) {
		struct search_pinned *pin = pins->n ? pin_of(pins, all[i].doc) : NULL;
		if (pin) {
			pin->found = all[i];
			continue;
		}
		docs[to] = all[i].doc;
		if (pins->n)
			found[to] = all[i];
		to++;
	}
	for (size_t i = 0; i < pins->n; i++) {
		docs[to] = pins->v[i].doc;
		found[to++] = pins->v[i].found;
	}
	return (struct search_list){.docs = docs, .found = found, .n = to};
}

static void page(struct search_run *r, const struct search_list *l, const struct search_pins *pins,
	struct search_result *ret)
{
	struct search_list others = {.docs = l->docs, .found = l->found, .n = l->n - pins->n};
	size_t end = search_run_page_end(r->q), offset = r->q->offset;
	size_t *wanted = arena_array(r->arena, pins->n, sizeof(*wanted));
	struct search_order order;

	end = end < l->n ? end : l->n;
	if (offset >= end)
		return;
	search_order_init(&order, r, &others);
	struct search_top top = search_top_new(r->arena, &order, end < others.n ? end : others.n);
	search_top_offer_all(&top);
	search_top_sort(&top);

	for (size_t i = 0; i < pins->n; i++)
		wanted[i] = pins->v[i].place;
	struct search_merge m = search_merge_new(r->arena, wanted, pins->n, others.n, offset);
	ret->hits = arena_array(r->arena, end - offset, sizeof(*ret->hits));
	while (ret->hits_n < end - offset) {
		size_t at;
		bool is_pin;
		if (!search_merge_next(&m, &at, &is_pin))
			break;
		size_t i = is_pin ? others.n + at : top.heap[at].at;
		struct search_hit *hit = &ret->hits[ret->hits_n++];
		*hit = search_hit_of(r, l->docs[i], l->found ? &l->found[i] : NULL);
		hit->is_pinned = is_pin;
	}
}

int search_index_run(const struct search_index *ix, const struct search_query *q, struct arena *a,
	struct search_result *ret, struct err *e)
{
	struct search_run r = {.ix = ix, .q = q, .arena = a};
	struct search_result result = {.out_of = search_index_len_for(ix, q->who)};
	struct search_set may, matched;

	(void)e;
	r.stop_us = q->cutoff_us > 0 ? mono_us() + q->cutoff_us : 0;
	show(&r);
	filter(&r, &may, &matched);
	struct search_pins pins = search_pins_read(&r, q->filter_pins ? &matched : &may);
	struct search_list l = q->is_all ? list_all(&r, &matched, &pins)
					 : list_found(&r, &matched, &pins, result.matched);
	result.found = result.found_docs = l.n;
	if (q->group_n)
		search_groups_run(&r, &l, &pins, &result);
	else
		page(&r, &l, &pins, &result);
	search_facets_run(&r, &l, &result);
	result.was_cut_off = r.was_cut_off;
	*ret = result;
	return 0;
}
