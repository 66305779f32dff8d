#include "mod/mls/gen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "mod/mls/gen_key.h"
#include "mod/mls/gen_listing.h"

struct gen {
	struct arena *arena;
	struct gen_world world;
	int64_t as_of_us;
	struct gen_entry *index; /* index_n of index_us */
	uint32_t index_n;
	int64_t index_us;
	bool is_indexed;
};

struct gen *gen_new(const struct gen_config *config)
{
	struct arena *a = arena_new();
	struct gen *g = ARENA_NEW(a, struct gen);

	assert(config->rows <= GEN_ROWS_MAX && strlen(config->media_base) <= 200);
	g->arena = a;
	g->as_of_us = config->as_of_us;
	g->world = (struct gen_world){
		.seed = config->seed,
		.rows = config->rows,
		.dataset = arena_printf(a, "%s", config->dataset),
		.media_base = arena_printf(a, "%s", config->media_base),
		.one_timestamp = config->one_timestamp,
	};
	return g;
}

void gen_free(struct gen *g)
{
	if (g)
		arena_free(g->arena);
}

uint32_t gen_rows(const struct gen *g)
{
	return g->world.rows;
}

int64_t gen_as_of(const struct gen *g)
{
	return g->as_of_us;
}

void gen_set_as_of(struct gen *g, int64_t as_of_us)
{
	g->as_of_us = as_of_us;
}

void gen_set_twist(struct gen *g, const struct gen_twist *twist)
{
	g->world.twist = *twist;
	g->is_indexed = false;
}

static bool is_there(const struct gen *g, uint32_t slot)
{
	int percent = g->world.twist.vanish_percent;

	return !percent || (int)(gen_mix(g->world.seed ^ gen_mix(slot + 1)) % 100) >= percent;
}

/* When the slot is shown: now, unless it goes backwards. */
static int64_t shown_at(const struct gen *g, uint32_t slot, int64_t as_of_us)
{
	int64_t before = as_of_us - 20 * US_PER_DAY;

	if (!g->world.twist.backwards || slot % 4)
		return as_of_us;
	bool same = gen_life_at(g->world.seed, slot, before).turn ==
		gen_life_at(g->world.seed, slot, as_of_us).turn;
	return same ? before : as_of_us;
}

static int by_time_and_key(const void *a, const void *b)
{
	const struct gen_entry *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

struct gen_entry gen_entry_of(const struct gen *g, uint32_t slot)
{
	int64_t at = shown_at(g, slot, g->as_of_us);
	struct gen_life life = gen_life_at(g->world.seed, slot, at);

	return (struct gen_entry){
		.at = gen_is_of_future(&g->world, slot)
			? GEN_FUTURE
			: life.events[gen_life_seen(&life, at) - 1].at,
		.key = gen_key_high(g->world.seed, slot, life.turn),
		.slot = slot,
	};
}

const struct gen_entry *gen_index(struct gen *g)
{
	if (g->is_indexed && g->index_us == g->as_of_us)
		return g->index;
	if (!g->index)
		g->index = arena_array(g->arena, g->world.rows, sizeof(*g->index));
	g->index_n = 0;
	for (uint32_t i = 0; i < g->world.rows; i++)
		if (is_there(g, i))
			g->index[g->index_n++] = gen_entry_of(g, i);
	qsort(g->index, g->index_n, sizeof(*g->index), by_time_and_key);
	g->index_us = g->as_of_us;
	g->is_indexed = true;
	return g->index;
}

uint32_t gen_index_n(struct gen *g)
{
	gen_index(g);
	return g->index_n;
}

size_t gen_index_from(struct gen *g, int64_t at_us)
{
	const struct gen_entry *index = gen_index(g);
	size_t lo = 0, hi = g->index_n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (index[mid].at < at_us)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool gen_find(const struct gen *g, struct str listing_key, uint32_t *ret_slot)
{
	uint32_t slot;
	int32_t turn;

	if (!gen_key_parse(listing_key, g->world.seed, &slot, &turn) || slot >= g->world.rows ||
		!is_there(g, slot))
		return false;
	if (gen_life_at(g->world.seed, slot, g->as_of_us).turn != turn)
		return false;
	*ret_slot = slot;
	return true;
}

void gen_look(const struct gen *g, uint32_t slot, struct gen_listing *l)
{
	gen_look_at(g, slot, g->as_of_us, l);
}

void gen_look_at(const struct gen *g, uint32_t slot, int64_t as_of_us, struct gen_listing *l)
{
	gen_listing_at(l, &g->world, slot, shown_at(g, slot, as_of_us));
}

void gen_row(const struct gen *g, uint32_t slot, const struct gen_view *view, struct buf *b)
{
	struct gen_listing l;

	gen_look(g, slot, &l);
	gen_row_of(&l, view, b);
}
