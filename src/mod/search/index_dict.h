/* index_dict: the different values of a string field, and which documents have each.
 *
 * A value is a folded text (search_words_joined()). What is kept of one depends on the field: long ones (SEARCH_TEXT) have a hash of 64
 * bits under the process's key instead of their text; facets have their documents, and how often each spelling of them occurs.
 *
 * Owner    the column: search_dict_new() to search_dict_free(). Failure: memory ends the process. Threads: as the index.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/search/index_local.h"

struct search_dict *search_dict_new(unsigned flags) __attribute__((returns_nonnull));
void search_dict_free(struct search_dict *d);

uint32_t search_dict_find(const struct search_dict *d, struct str folded); /* SEARCH_NONE */

/* The document has this value from now on; shown: as it is written there. Returns its id. *ret_spelling: for search_dict_leave(). */
uint32_t search_dict_join(struct search_dict *d, uint32_t doc, struct str folded, struct str shown,
	uint8_t *ret_spelling);
/* The same in two steps, so that the memory of several is asked for before it is wanted. */
uint64_t search_dict_hash(const struct search_dict *d, struct str folded); /* asks for it */
uint32_t search_dict_join_hashed(struct search_dict *d, uint32_t doc, struct str folded,
	uint64_t hash, struct str shown, uint8_t *ret_spelling);
/* ... and no longer. */
void search_dict_leave(struct search_dict *d, uint32_t doc, uint32_t id, uint8_t spelling);
/* The same value, written in another way. */
uint8_t search_dict_respell(struct search_dict *d, uint32_t id, uint8_t spelling, struct str shown);

/* While many documents come in at first: the documents of values are not kept, but made at the end out of ids, those of the documents. */
void search_dict_build(struct search_dict *d);
void search_dict_built(struct search_dict *d, const uint32_t *ids, uint32_t docs_n);

struct str search_dict_text(const struct search_dict *d, uint32_t id);
/* One spelling of it; false: it was one too many to be kept. */
bool search_dict_written(const struct search_dict *d, uint32_t id, uint8_t spelling,
	struct str *ret_text);
struct str search_dict_shown(const struct search_dict *d, uint32_t id);
const struct search_docs *search_dict_docs(const struct search_dict *d, uint32_t id);
uint32_t search_dict_len(const struct search_dict *d); /* ids are below */
size_t search_dict_bytes(const struct search_dict *d); /* about */
