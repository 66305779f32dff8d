/* gen: a market of generated listings: RESO Property rows that look like Miami's.
 *
 * Deterministic: seed, number of rows and the time asked for decide every byte. The rows are never
 * stored: each is computed when it is wanted. How a listing lives and vanishes: gen_life.h.
 *
 * Two things hold at any time, and tests prove them: there are exactly `rows` listings, and a row
 * changes only together with its BridgeModificationTimestamp.
 *
 * Owner    the caller, from gen_new() to gen_free().
 * Failure  none; out of memory ends the process.
 * Threads  none while the time is changed or the index built; gen_row() is otherwise read-only.
 * Units    microseconds since 1970.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf;
struct gen;
struct gen_listing;

#define GEN_ROWS_MAX 10000000 /* fewer than GEN_SLOTS_MAX of gen_key.h */

struct gen_config {
	uint64_t seed;
	uint32_t rows; /* up to GEN_ROWS_MAX */
	int64_t as_of_us;
	const char *dataset;    /* "miamire_demo" */
	const char *media_base; /* what MediaURL begins with; at most 200 bytes */
	bool one_timestamp; /* ModificationTimestamp moves with every change, as at plain servers */
};

struct gen *gen_new(const struct gen_config *config) __attribute__((returns_nonnull)); /* copies */
void gen_free(struct gen *g); /* NULL is fine */

uint32_t gen_rows(const struct gen *g);
int64_t gen_as_of(const struct gen *g);
void gen_set_as_of(struct gen *g, int64_t as_of_us);

/* What can be wrong with a market; nothing is, at first. Other rows than before change without a new timestamp. */
#define GEN_STORM 500 /* photos */
struct gen_twist {
	bool future; /* one listing was changed in 2099 */
	bool storm;  /* one listing in forty has GEN_STORM photos */
	bool backwards; /* one in four is shown as it was twenty days before, with the timestamps of then */
	int vanish_percent; /* so many listings are not there */
};
void gen_set_twist(struct gen *g, const struct gen_twist *twist); /* copies */

/* Every listing of now, by (BridgeModificationTimestamp, ListingKey). */
struct gen_entry {
	int64_t at;
	uint64_t key; /* the high half: its order is ListingKey's */
	uint32_t slot;
};

/* gen_index_n() entries - gen_rows() unless some vanished -, valid until the time is changed. Costs about half a second a million rows,
 * once for each time. */
const struct gen_entry *gen_index(struct gen *g);
uint32_t gen_index_n(struct gen *g);

/* The first entry at or after that time; gen_index_n() when there is none. */
size_t gen_index_from(struct gen *g, int64_t at_us);

struct gen_entry gen_entry_of(const struct gen *g, uint32_t slot);

/* The slot of a listing that is in the feed now; false for any other key. */
bool gen_find(const struct gen *g, struct str listing_key, uint32_t *ret_slot);

/* The facts of what stands in the slot, now or at any other time (gen_listing.h). */
void gen_look(const struct gen *g, uint32_t slot, struct gen_listing *l);
void gen_look_at(const struct gen *g, uint32_t slot, int64_t as_of_us, struct gen_listing *l);

struct gen_view {
	const bool *fields; /* one for each of gen_fields: write it? NULL: all */
	struct str id_base; /* "http://.../Property": gives each row its @odata.id */
	bool numbers;       /* a photo's Order is a number, as it should be */
	bool odd_types;     /* "TBD" for dates, text for numbers, lists for text ... */
	bool odd_fields;    /* fields that nobody has heard of */
};

/* Appends the row as one JSON object. view NULL: all fields, no @odata.id. */
void gen_row(const struct gen *g, uint32_t slot, const struct gen_view *view, struct buf *b);
void gen_row_of(struct gen_listing *l, const struct gen_view *view, struct buf *b);

/* Appends photo n of the listing, from 1, as one JSON object. */
void gen_photo_of(struct gen_listing *l, int n, const struct gen_view *view, struct buf *b);
