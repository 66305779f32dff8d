#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/run_local.h"

#define ABSENT UINT64_MAX /* no id of a value, no key of a number */
#define FIRST_SLOTS 1024

struct grouping {
	struct search_run *r;
	const struct search_list *list;
	size_t others_n; /* of the list; then there are the pins */
	const struct search_order *order;
	struct search_view views[SEARCH_FACETS_MAX];
	size_t fields_n;
	uint32_t *group_of; /* of each of the list */
	/* Of each group: its values, how many documents, the best one (which pins are not). */
	uint64_t *keys;
	uint32_t *counts;
	struct search_ranked *best;
	bool *has_best;
	uint32_t n, room;
	uint32_t *slots; /* group + 1 */
	size_t slots_n;
};

static void *grow(struct grouping *g, void *p, size_t size)
{
	size_t from = g->room / 2 * size;

	return arena_resize(g->r->arena, g->room == FIRST_SLOTS ? NULL : p,
		g->room == FIRST_SLOTS ? 0 : from, g->room * size);
}

static void grow_all(struct grouping *g)
{
	g->room = g->room ? 2 * g->room : FIRST_SLOTS;
	g->keys = grow(g, g->keys, g->fields_n * sizeof(*g->keys));
	g->counts = grow(g, g->counts, sizeof(*g->counts));
	g->best = grow(g, g->best, sizeof(*g->best));
	g->has_best = grow(g, g->has_best, sizeof(*g->has_best));
}

static uint32_t add(struct grouping *g, const uint64_t *keys)
{
	if (g->n == g->room)
		grow_all(g);
	memcpy(g->keys + g->n * g->fields_n, keys, g->fields_n * sizeof(*keys));
	g->counts[g->n] = 0;
	g->has_best[g->n] = false;
	return g->n++;
}

static size_t slot_of(const struct grouping *g, const uint64_t *keys)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < g->fields_n; i++) {
		hash = (hash ^ keys[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash & (g->slots_n - 1);
}

/* Where the group with these values is, or belongs. */
static size_t find(const struct grouping *g, const uint64_t *keys)
{
	size_t i = slot_of(g, keys);

	while (g->slots[i] &&
		memcmp(g->keys + (g->slots[i] - 1) * g->fields_n, keys,
			g->fields_n * sizeof(*keys)))
		i = (i + 1) & (g->slots_n - 1);
	return i;
}

static void rehash(struct grouping *g)
{
	const uint32_t *old = g->slots;
	size_t n = g->slots_n;

	g->slots_n = n ? 2 * n : FIRST_SLOTS;
	g->slots = arena_array(g->r->arena, g->slots_n, sizeof(*g->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i])
			g->slots[find(g, g->keys + (old[i] - 1) * g->fields_n)] = old[i];
}

static uint64_t key_of(const struct search_view *v, uint32_t doc)
{
	if (v->seen && !search_set_has(v->seen, doc))
		return ABSENT;
	if (v->column->type == SEARCH_STRING)
		return v->column->ids[doc] == SEARCH_NONE ? ABSENT : v->column->ids[doc];
	double x = v->column->numbers[doc];
	return isnan(x) ? ABSENT : search_number_key(x);
}

static uint32_t group_of(struct grouping *g, uint32_t doc)
{
	uint64_t keys[SEARCH_FACETS_MAX];
	bool is_alone = false;

	for (size_t i = 0; i < g->fields_n; i++) {
		keys[i] = key_of(&g->views[i], doc);
		is_alone |= keys[i] == ABSENT && !g->r->q->group_missing;
	}
	if (is_alone)
		return add(g, keys);
	if (2 * (size_t)g->n >= g->slots_n)
		rehash(g);
	size_t slot = find(g, keys);
	if (!g->slots[slot])
		g->slots[slot] = add(g, keys) + 1;
	return g->slots[slot] - 1;
}

static void take(struct grouping *g, size_t at)
{
	uint32_t group = g->group_of[at] = group_of(g, g->list->docs[at]);

	g->counts[group]++;
	if (at >= g->others_n)
		return;
	struct search_ranked x = search_order_rank(g->order, at);
	if (!g->has_best[group] || search_order_compare(g->order, &x, &g->best[group]) < 0)
		g->best[group] = x;
	g->has_best[group] = true;
}

static struct str text_of(const struct grouping *g, size_t field, uint64_t key)
{
	const struct search_column *c = g->views[field].column;
	struct arena *a = g->r->arena;

	if (key == ABSENT)
		return STR_NULL;
	if (c->type == SEARCH_STRING)
		return str_copy(a, search_column_shown(c, (uint32_t)key));
	if (c->type == SEARCH_BOOL)
		return search_number_of_key(key) != 0 ? STR("true") : STR("false");
	return search_number_text(a, search_number_of_key(key));
}

/* Groups in the order of the page: numbers of groups. */
static size_t page(struct grouping *g, const struct search_pins *pins, uint32_t *ret)
{
	struct arena *a = g->r->arena;
	size_t end = search_run_page_end(g->r->q), offset = g->r->q->offset, n = 0, pinned_n = 0;
	uint32_t *pinned = arena_array(a, pins->n, sizeof(*pinned));
	size_t *wanted = arena_array(a, pins->n, sizeof(*wanted));
	bool *is_pinned = arena_array(a, g->n, sizeof(*is_pinned));

	end = end < g->n ? end : g->n;
	if (offset >= end)
		return 0;
	for (size_t i = 0; i < pins->n; i++) {
		uint32_t group = g->group_of[g->others_n + i];
		if (!is_pinned[group]) {
			wanted[pinned_n] = pins->v[i].place;
			pinned[pinned_n++] = group;
		}
		is_pinned[group] = true;
	}
	struct search_top top = search_top_new(a, g->order, end);
	for (uint32_t i = 0; i < g->n; i++)
		if (!is_pinned[i])
			search_top_offer(&top, g->best[i].at);
	search_top_sort(&top);
	struct search_merge m = search_merge_new(a, wanted, pinned_n, g->n - pinned_n, offset);
	bool is_pin;
	for (size_t at; n < end - offset && search_merge_next(&m, &at, &is_pin);)
		ret[n++] = is_pin ? pinned[at] : g->group_of[top.heap[at].at];
	return n;
}

static void add_hit(struct grouping *g, struct search_group *to, size_t at)
{
	const struct search_found *found = g->list->found;

	if (to->hits_n >= g->r->q->group_limit)
		return;
	to->hits[to->hits_n] = search_hit_of(g->r, g->list->docs[at], found ? &found[at] : NULL);
	to->hits[to->hits_n++].is_pinned = at >= g->others_n;
}

/* The hits of the groups that are on the page. */
static void fill(struct grouping *g, const uint32_t *groups, size_t n, struct search_group *ret)
{
	struct arena *a = g->r->arena;
	uint32_t *place = arena_array(a, g->n, sizeof(*place)); /* on the page, from 1 */
	struct search_top *tops = arena_array(a, n, sizeof(*tops));

	for (size_t i = 0; i < n; i++) {
		size_t found = g->counts[groups[i]], limit = g->r->q->group_limit;
		place[groups[i]] = (uint32_t)i + 1;
		limit = limit < found ? limit : found;
		tops[i] = search_top_new(a, g->order, limit);
		ret[i] = (struct search_group){.found = found,
			.hits = arena_array(a, limit, sizeof(*ret[i].hits)),
			.key = arena_array(a, g->fields_n, sizeof(*ret[i].key))};
		for (size_t k = 0; k < g->fields_n; k++)
			ret[i].key[k] = text_of(g, k, g->keys[groups[i] * g->fields_n + k]);
	}
	for (size_t i = 0; i < g->list->n; i++) {
		uint32_t at = place[g->group_of[i]];
		if (at && i < g->others_n)
			search_top_offer(&tops[at - 1], i);
		else if (at)
			add_hit(g, &ret[at - 1], i);
	}
	for (size_t i = 0; i < n; i++) {
		search_top_sort(&tops[i]);
		for (size_t k = 0; k < tops[i].n; k++)
			add_hit(g, &ret[i], tops[i].heap[k].at);
	}
}

void search_groups_run(struct search_run *r, const struct search_list *l,
	const struct search_pins *pins, struct search_result *ret)
{
	struct search_list others = {.docs = l->docs, .found = l->found, .n = l->n - pins->n};
	struct search_order order;
	struct grouping g = {.r = r, .list = l, .others_n = others.n, .order = &order};

	search_order_init(&order, r, &others);
	for (size_t i = 0; i < r->q->group_n; i++)
		g.views[g.fields_n++] = search_run_view(r, r->q->group_fields[i]);
	g.group_of = arena_array(r->arena, l->n, sizeof(*g.group_of));
	for (size_t i = 0; i < l->n; i++)
		take(&g, i);

	size_t end = search_run_page_end(r->q), offset = r->q->offset;
	size_t most = end > offset ? end - offset : 0;
	uint32_t *groups = arena_array(r->arena, most < g.n ? most : g.n, sizeof(*groups));
	ret->groups_n = page(&g, pins, groups);
	ret->groups = arena_array(r->arena, ret->groups_n, sizeof(*ret->groups));
	fill(&g, groups, ret->groups_n, ret->groups);
	ret->found = g.n;
}
