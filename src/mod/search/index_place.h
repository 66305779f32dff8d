/* index_place: which number a document gets. Numbers come in blocks of 64, and a block is for a cell of the map, so that what a circle
 * or a polygon has is in few blocks (see geo_zone.c), and what is looked at of it stands next to each other in memory.
 *
 * A cell is a leaf until so many documents are in it that four of its quarters are worth blocks of their own; it is parted at the middle of
 * its documents, so cells are small where there are many. An index of a thousand listings is one cell. What has no place has a
 * cell of its own as soon as there are several.
 *
 * Numbers that became free are given to documents of the same cell; to others once an eighth of all is free.
 *
 * Owner    the index: search_places_new() to search_places_free().
 * Failure  memory ends the process. Threads: as the index.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "mod/search/index_local.h"

struct search_places *search_places_new(void) __attribute__((returns_nonnull));
void search_places_free(struct search_places *pl); /* NULL is fine */

/* A number that is not in use, for a document at p (absent: NaN). May be ix->docs_n: then there are 64 more from there on, for which
 * the caller makes room. */
uint32_t search_places_take(struct search_index *ix, struct search_point p);
/* It is not in use any more: the index has forgotten it, its columns too. */
void search_places_give(struct search_index *ix, uint32_t doc);
/* A document that is at p now should have another number. */
bool search_places_is_astray(const struct search_index *ix, uint32_t doc, struct search_point p);

size_t search_places_bytes(const struct search_places *pl);
