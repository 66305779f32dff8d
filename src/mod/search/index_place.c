#include "mod/search/index_place.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE 0 /* cells: of what has no place; of all others */
#define WORLD 1
#define CELLS_FIRST 8
#define BLOCKS_FIRST 8
#define CELL_MOST 1024   /* documents: then it is parted */
#define CELL_SMALL 0.002 /* degrees: no smaller ones, whatever is in them */
#define DEPTH_MOST 32
#define FREE_SHARE 8 /* of the numbers */

struct search_cell {
	double lat, lng; /* where it is parted */
	uint32_t child;  /* the first of four; 0: a leaf */
	uint32_t open;   /* the block that gives numbers; SEARCH_NONE */
	uint32_t holes;  /* other blocks that may have free numbers, a chain; SEARCH_NONE */
	uint32_t docs;   /* about: so many since it was counted */
};

struct search_spot {
	uint32_t cell;
	uint32_t next; /* of a chain */
	bool is_open, is_chained;
};

struct search_places {
	struct search_cell *cells;
	uint32_t cells_n, cells_cap;
	struct search_spot *blocks;
	uint32_t blocks_n, blocks_cap;
	uint32_t cursor; /* where to look for free numbers of anybody */
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void add_cells(struct search_places *pl, uint32_t n)
{
	if (pl->cells_n + n > pl->cells_cap) {
		pl->cells_cap = pl->cells_cap ? 2 * pl->cells_cap : CELLS_FIRST;
		pl->cells = must(realloc(pl->cells, pl->cells_cap * sizeof(*pl->cells)));
	}
	for (uint32_t i = 0; i < n; i++)
		pl->cells[pl->cells_n++] =
			(struct search_cell){.open = SEARCH_NONE, .holes = SEARCH_NONE};
}

struct search_places *search_places_new(void)
{
	struct search_places *pl = must(calloc(1, sizeof(*pl)));

	add_cells(pl, WORLD + 1);
	return pl;
}

void search_places_free(struct search_places *pl)
{
	if (!pl)
		return;
	free(pl->cells);
	free(pl->blocks);
	free(pl);
}

size_t search_places_bytes(const struct search_places *pl)
{
	return sizeof(*pl) + pl->cells_cap * sizeof(*pl->cells) +
		pl->blocks_cap * sizeof(*pl->blocks);
}

/* --- cells ------------------------------------------------------------------------------------------- */

/* The leaf of a place. *ret_depth: how many are above. */
static uint32_t cell_of(const struct search_places *pl, struct search_point p, int *ret_depth)
{
	uint32_t at = WORLD;

	*ret_depth = 0;
	if (isnan(p.lat) && pl->cells[WORLD].child)
		return NOWHERE;
	for (; pl->cells[at].child; ++*ret_depth) {
		const struct search_cell *c = &pl->cells[at];
		at = c->child + 2u * (p.lat >= c->lat) + (p.lng >= c->lng);
	}
	return at;
}

/* What is in a cell: how many, around which middle, how far from each other. */
struct survey {
	uint32_t n, placed;
	double lat, lng;
	search_box box;
};

static void look_at_block(const struct search_index *ix, uint32_t block, struct survey *s)
{
	const struct search_point *points = ix->columns[ix->place_field].points;

	for (uint64_t w = ix->live.bits[block]; w; w &= w - 1) {
		struct search_point p = points[64 * block + (uint32_t)__builtin_ctzll(w)];
		s->n++;
		if (isnan(p.lat))
			continue;
		s->placed++;
		s->lat += p.lat;
		s->lng += p.lng;
		s->box = search_box_add(s->box, p);
	}
}

static bool is_wide(const struct survey *s)
{
	return s->placed && -(double)s->box[2] - (double)s->box[0] > CELL_SMALL &&
		-(double)s->box[3] - (double)s->box[1] > CELL_SMALL;
}

static void unchain_all(struct search_places *pl, struct search_cell *c)
{
	while (c->holes != SEARCH_NONE) {
		pl->blocks[c->holes].is_chained = false;
		c->holes = pl->blocks[c->holes].next;
	}
}

/* Parts a leaf, when it is worth it. Its blocks stay its own; they are few beside those of its quarters. */
static void part(struct search_index *ix, uint32_t cell)
{
	struct search_places *pl = ix->places;
	struct survey s = {.box = search_box_empty()};

	for (uint32_t i = 0; i < pl->blocks_n; i++)
		if (pl->blocks[i].cell == cell)
			look_at_block(ix, i, &s);
	pl->cells[cell].docs = 0;
	if (s.n < CELL_MOST) {
		pl->cells[cell].docs = s.n;
		return;
	}
	if (!is_wide(&s))
		return;
	uint32_t child = pl->cells_n;
	add_cells(pl, 4);
	struct search_cell *c = &pl->cells[cell];
	unchain_all(pl, c);
	c->child = child;
	c->lat = s.lat / s.placed;
	c->lng = s.lng / s.placed;
	assert(c->open == SEARCH_NONE);
}

/* --- blocks ------------------------------------------------------------------------------------------ */

static bool is_full(const struct search_index *ix, uint32_t block)
{
	return ix->live.bits[block] == UINT64_MAX;
}

static uint32_t add_block(struct search_places *pl)
{
	if (pl->blocks_n == pl->blocks_cap) {
		pl->blocks_cap = pl->blocks_cap ? 2 * pl->blocks_cap : BLOCKS_FIRST;
		pl->blocks = must(realloc(pl->blocks, pl->blocks_cap * sizeof(*pl->blocks)));
	}
	pl->blocks[pl->blocks_n] = (struct search_spot){.next = SEARCH_NONE};
	return pl->blocks_n++;
}

/* One of the cell's own that has free numbers. */
static uint32_t chained(struct search_index *ix, uint32_t cell)
{
	struct search_cell *c = &ix->places->cells[cell];

	while (c->holes != SEARCH_NONE) {
		uint32_t block = c->holes;
		struct search_spot *b = &ix->places->blocks[block];
		c->holes = b->next;
		b->is_chained = false;
		if (b->cell == cell && !b->is_open && !is_full(ix, block))
			return block;
	}
	return SEARCH_NONE;
}

/* One of anybody's. */
static uint32_t found(struct search_index *ix)
{
	struct search_places *pl = ix->places;

	for (uint32_t i = 0; i < pl->blocks_n; i++) {
		pl->cursor = pl->cursor + 1 < pl->blocks_n ? pl->cursor + 1 : 0;
		if (!pl->blocks[pl->cursor].is_open && !is_full(ix, pl->cursor))
			return pl->cursor;
	}
	return SEARCH_NONE;
}

static uint32_t open_block(struct search_index *ix, uint32_t cell)
{
	struct search_places *pl = ix->places;
	uint32_t block = chained(ix, cell);

	if (block == SEARCH_NONE && (ix->docs_n - ix->live_n) > ix->docs_n / FREE_SHARE)
		block = found(ix);
	if (block == SEARCH_NONE)
		block = add_block(pl);
	pl->blocks[block].cell = cell;
	pl->blocks[block].is_open = true;
	pl->cells[cell].open = block;
	return block;
}

static void close_block(struct search_places *pl, struct search_cell *c)
{
	pl->blocks[c->open].is_open = false;
	c->open = SEARCH_NONE;
}

uint32_t search_places_take(struct search_index *ix, struct search_point p)
{
	struct search_places *pl = ix->places;
	int depth;
	uint32_t cell = cell_of(pl, p, &depth), block = pl->cells[cell].open;

	if (block != SEARCH_NONE && is_full(ix, block)) {
		close_block(pl, &pl->cells[cell]);
		block = SEARCH_NONE;
		if (cell != NOWHERE && depth < DEPTH_MOST && ix->place_field >= 0 &&
			pl->cells[cell].docs >= CELL_MOST) {
			part(ix, cell);
			cell = cell_of(pl, p, &depth);
		}
	}
	if (block == SEARCH_NONE)
		block = open_block(ix, cell);
	pl->cells[cell].docs++;
	return 64 * block +
		(64 * block < ix->docs_n ? (uint32_t)__builtin_ctzll(~ix->live.bits[block]) : 0);
}

void search_places_give(struct search_index *ix, uint32_t doc)
{
	struct search_places *pl = ix->places;
	struct search_spot *b = &pl->blocks[doc / 64];
	struct search_cell *c = &pl->cells[b->cell];

	if (b->is_open || b->is_chained || c->child)
		return;
	b->is_chained = true;
	b->next = c->holes;
	c->holes = doc / 64;
}

bool search_places_is_astray(const struct search_index *ix, uint32_t doc, struct search_point p)
{
	if (ix->place_field < 0 || isnan(p.lat) || !ix->places->cells[WORLD].child)
		return false;
	return !search_box_has(ix->columns[ix->place_field].boxes[doc / 64], p);
}
