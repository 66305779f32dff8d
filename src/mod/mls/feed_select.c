/* Which listings a query means. A filter that names keys or a first time is answered from the index;
 * any other looks at every listing, about a microsecond each. */
#include "mod/mls/feed_local.h"

#include <stdlib.h>

#include "base/arena.h"
#include "mod/mls/feed_filter.h"
#include "mod/mls/feed_model.h"
#include "mod/mls/gen_listing.h"

/* Candidates in the order of the index. */
struct candidates {
	const struct gen_entry *entries;
	size_t n;
};

static int by_time_and_key(const void *a, const void *b)
{
	const struct gen_entry *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static int by_key(const void *a, const void *b)
{
	const struct gen_entry *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static struct candidates of_keys(struct feed *f, struct arena *a, const struct str *keys, size_t n,
	int (*order)(const void *, const void *))
{
	struct gen_entry *found = arena_array(a, n, sizeof(*found));
	struct candidates c = {found, 0};
	uint32_t slot;

	for (size_t i = 0; i < n; i++)
		if (gen_find(f->gen, keys[i], &slot))
			found[c.n++] = gen_entry_of(f->gen, slot);
	qsort(found, c.n, sizeof(*found), order);
	size_t kept = c.n > 0;
	for (size_t i = 1; i < c.n; i++) /* a key that was named twice is one listing */
		if (found[i].slot != found[kept - 1].slot)
			found[kept++] = found[i];
	c.n = kept;
	return c;
}

static struct candidates candidates_of(struct feed *f, struct arena *a, const struct feed_query *q)
{
	const struct str *keys;
	size_t n, from = 0;
	int64_t since = feed_filter_since(q->filter,
		q->rules.is_reso ? "ModificationTimestamp" : "BridgeModificationTimestamp");

	if (feed_filter_keys(a, q->filter, "ListingKey", &keys, &n))
		return of_keys(f, a, keys, n, by_time_and_key);
	const struct gen_entry *index = gen_index(f->gen);
	if (q->cursor.is_set && q->cursor.at > since)
		since = q->cursor.at;
	if (since > INT64_MIN)
		from = gen_index_from(f->gen, since);
	return (struct candidates){index + from, gen_index_n(f->gen) - from};
}

/* One look after the other: texts that a filter makes are dropped now and then. */
struct looker {
	struct feed *feed;
	const struct odata_node *filter;
	struct arena *scratch;
	unsigned looks;
	struct gen_listing l;
};

#define LOOKS 1024

static struct looker *looker_of(struct feed *f, struct arena *a, const struct feed_query *q)
{
	struct looker *k = ARENA_NEW(a, struct looker);

	k->feed = f;
	k->filter = q->filter;
	k->scratch = arena_new();
	return k;
}

static void looker_done(struct looker *k)
{
	arena_free(k->scratch);
}

static bool is_match(struct looker *k, uint32_t slot)
{
	struct odata_row row = {&feed_model_listing, &k->l};

	if (!k->filter)
		return true;
	if (++k->looks % LOOKS == 0)
		arena_reset(k->scratch);
	gen_look(k->feed->gen, slot, &k->l);
	return odata_filter_holds(k->filter, &row, k->scratch);
}

bool feed_select_named(struct feed *f, struct arena *a, const struct odata_node *filter,
	uint32_t **ret_slots, size_t *ret_n)
{
	const struct str *keys;
	size_t n;

	if (!feed_filter_keys(a, filter, "ResourceRecordKey", &keys, &n))
		return false;
	struct candidates c = of_keys(f, a, keys, n, by_key);
	*ret_slots = arena_array(a, c.n, sizeof(**ret_slots));
	*ret_n = c.n;
	for (size_t i = 0; i < c.n; i++)
		(*ret_slots)[i] = c.entries[i].slot;
	return true;
}

/* --- a walk along the index ------------------------------------------------------------------------------------ */

static bool is_behind(const struct feed_cursor *c, const struct gen_entry *e)
{
	return !c->is_set || e->at > c->at || (e->at == c->at && e->key > c->key);
}

static size_t count_of(struct feed *f, struct arena *a, const struct feed_query *q)
{
	struct feed_query all = *q;
	size_t n = 0;

	all.cursor.is_set = false;
	struct candidates c = candidates_of(f, a, &all);
	struct looker *k = looker_of(f, a, q);
	for (size_t i = 0; i < c.n; i++)
		n += is_match(k, c.entries[i].slot);
	looker_done(k);
	return n;
}

/* A plain server names a next page when there is one, and when one is wanted. As Bridge: a full page names one even if that turns
 * out to be empty. */
static bool names_next(const struct feed_query *q, const struct feed_page *page, bool more)
{
	if (q->rules.is_reso)
		return more && (q->wants < 0 || q->wants > (int64_t)page->n);
	return q->top > 0 && page->n == (size_t)q->top;
}

static void select_walk(struct feed *f, struct arena *a, const struct feed_query *q,
	struct feed_page *page)
{
	struct candidates c = candidates_of(f, a, q);
	struct looker *k = looker_of(f, a, q);
	int64_t skip = q->skip;
	bool more = false;

	page->slots = arena_array(a, (size_t)q->top, sizeof(*page->slots));
	for (size_t i = 0; i < c.n && !more; i++) {
		const struct gen_entry *e = &c.entries[i];
		if (!is_behind(&q->cursor, e) || !is_match(k, e->slot) || skip-- > 0)
			continue;
		more = page->n == (size_t)q->top;
		if (more)
			break;
		page->slots[page->n++] = e->slot;
		page->last = (struct feed_cursor){true, e->at, e->key, page->as_of_us};
	}
	looker_done(k);
	page->has_next = names_next(q, page, more);
	if (q->count)
		page->total = (int64_t)count_of(f, a, q);
}

/* --- Property --------------------------------------------------------------------------------------- */

struct sorting {
	int64_t by[FEED_ORDERS];
	uint32_t slot;
};

static int compare_sorting(const void *a, const void *b, void *arg)
{
	const struct sorting *x = a, *y = b;
	const struct feed_query *q = arg;

	for (size_t i = 0; i < q->orders_n; i++) {
		int order = (x->by[i] > y->by[i]) - (x->by[i] < y->by[i]);
		if (order)
			return q->orders[i].is_descending ? -order : order;
	}
	return (x->slot > y->slot) - (x->slot < y->slot);
}

/* Keys are texts of hexadecimal digits: their high half orders them. */
static int64_t sort_value(struct feed *f, struct gen_listing *l, const struct gen_field *field)
{
	if (field->kind == GEN_TEXT)
		return (int64_t)(gen_entry_of(f->gen, l->slot).key ^ (UINT64_C(1) << 63));
	return gen_field_number(l, field);
}

static void sort_slots(struct feed *f, const struct feed_query *q, uint32_t *slots, size_t n)
{
	struct arena *a = arena_new();
	struct sorting *all = arena_array(a, n, sizeof(*all));
	struct gen_listing *l = ARENA_NEW(a, struct gen_listing);

	for (size_t i = 0; i < n; i++) {
		gen_look(f->gen, slots[i], l);
		all[i].slot = slots[i];
		for (size_t k = 0; k < q->orders_n; k++)
			all[i].by[k] = sort_value(f, l, q->orders[k].field);
	}
	qsort_r(all, n, sizeof(*all), compare_sorting, (void *)(uintptr_t)q);
	for (size_t i = 0; i < n; i++)
		slots[i] = all[i].slot;
	arena_free(a);
}

void feed_select_forget(struct feed *f)
{
	arena_free(f->result.arena);
	f->result = (struct feed_result){0};
}

static bool is_known(const struct feed *f, const struct feed_query *q)
{
	return f->result.arena && f->result.as_of_us == gen_as_of(f->gen) &&
		str_eq(f->result.filter, q->filter_text) && str_eq(f->result.order, q->order_text);
}

/* Every match of the query, in its order; kept until another query or another time is asked for. */
static const struct feed_result *result_of(struct feed *f, struct arena *a,
	const struct feed_query *q)
{
	struct feed_result *r = &f->result;

	if (is_known(f, q))
		return r;
	struct candidates c = candidates_of(f, a, q);
	feed_select_forget(f);
	r->arena = arena_new();
	r->slots = arena_array(r->arena, c.n, sizeof(*r->slots));
	struct looker *k = looker_of(f, a, q);
	for (size_t i = 0; i < c.n; i++)
		if (is_match(k, c.entries[i].slot))
			r->slots[r->n++] = c.entries[i].slot;
	looker_done(k);
	if (q->orders_n)
		sort_slots(f, q, r->slots, r->n);
	r->filter = str_copy(r->arena, q->filter_text);
	r->order = str_copy(r->arena, q->order_text);
	r->as_of_us = gen_as_of(f->gen);
	return r;
}

static void select_standard(struct feed *f, struct arena *a, const struct feed_query *q,
	struct feed_page *page)
{
	const struct feed_result *r = q->filter || q->orders_n ? result_of(f, a, q) : NULL;
	size_t all = r ? r->n : gen_index_n(f->gen), from = (size_t)q->skip;
	size_t left = from < all ? all - from : 0;

	page->n = left < (size_t)q->top ? left : (size_t)q->top;
	page->slots = arena_array(a, page->n, sizeof(*page->slots));
	for (size_t i = 0; i < page->n; i++)
		page->slots[i] = r ? r->slots[from + i] : gen_index(f->gen)[from + i].slot;
	page->total = q->count ? (int64_t)all : -1;
	page->has_next =
		page->n > 0 && left > page->n && (q->wants < 0 || q->wants > (int64_t)page->n);
}

void feed_select(struct feed *f, struct arena *a, const struct feed_query *q,
	struct feed_page *ret_page)
{
	*ret_page = (struct feed_page){.as_of_us = gen_as_of(f->gen), .total = -1};
	if (q->is_walk)
		select_walk(f, a, q, ret_page);
	else
		select_standard(f, a, q, ret_page);
}
