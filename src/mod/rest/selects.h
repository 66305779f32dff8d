/* selects: select lists as they were parsed before. Front ends ask for the same columns again and again, and to read the names of fifty costs
 * more than all else about a request's shape.
 *
 * Only flat lists are kept (columns, aliases, casts): in them nothing is written after the parsing. One list is shared by all requests that
 * have its text.
 *
 * Owner    the site. A list lives as long as the arenas of the requests that got it.
 * Failure  none: what is not kept is parsed as always.
 * Threads  one loop.
 * Units    bytes; at most SELECTS_BYTES of texts, shapes and items, then all are forgotten.
 */
#pragma once
#include <stddef.h>

#include "base/str.h"

struct arena;
struct rest_item;
struct rest_selects;

#define SELECTS_BYTES ((size_t)1024 * 1024)
#define SELECTS_TEXT_MIN 32 /* shorter ones are parsed as fast as they are found */
#define SELECTS_TEXT_MAX 4096

struct rest_select_list {
	struct rest_item *items;
	size_t n;
	struct str shape; /* what rest_shape_items() makes of them */
};

struct rest_selects *rest_selects_new(void) __attribute__((returns_nonnull));
void rest_selects_free(struct rest_selects *s); /* NULL is fine */

/* The list of this text, decoded; NULL when it is none to be kept, also when it cannot be read. a: who holds it. */
const struct rest_select_list *rest_selects_get(struct rest_selects *s, struct arena *a,
	struct str text);
