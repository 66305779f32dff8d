/* index_column: values into the columns of an index, and out. Searches read them through index_local.h.
 *
 * Owner    the index embeds its columns: search_column_init() to search_column_done().
 * Failure  memory ends the process. Threads: as the index.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/search/index_local.h"

void search_column_init(struct search_column *c, int field);
void search_column_done(struct search_column *c);
void search_column_grow(struct search_column *c, uint32_t from, uint32_t to); /* absent ones */

/* Strings: folded and as it was written, absent ones for no value. Others: the text of the number or the point. */
void search_column_put_text(struct search_column *c, uint32_t doc, struct str folded,
	struct str shown);
void search_column_put_number(struct search_column *c, uint32_t doc, struct str text);

/* A string as the document itself writes it; absent: no value. false: not known (it is kept for SEARCH_FACET alone, and not for the 256th
 * spelling of a value). */
bool search_column_written(const struct search_column *c, uint32_t doc, struct str *ret_text);

/* Absent: NaN. */
struct search_point search_column_point(struct str text);

size_t search_column_bytes(const struct search_column *c, uint32_t docs_cap); /* about */
