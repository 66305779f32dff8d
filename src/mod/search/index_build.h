/* index_build: an index that is made of many documents before anybody searches it.
 *
 * Documents go into columns, many at a time and a field after the other, and the words of long texts are numbered. Which documents have a
 * word or a value, and the order of words, follow at the end, in the order of documents. The index is the same as one that was filled by
 * search_index_put(), but for the room that its lists have; search_index_put() and search_index_remove() may come in between.
 *
 *     search_index_build(ix);
 *     search_index_build_number(ix, docs, n, numbers);
 *     for (int i = 0; i < search_fields_n; i++) search_index_build_put(ix, search_index_build_turn(i), docs, n, numbers);
 *     ... more documents
 *     for (int i = 0; i < search_fields_n; i++) search_index_build_field(ix, search_index_build_turn(i));
 *
 * Owner    as the index. Failure: memory ends the process.
 * Threads  as a writer; but put and field may be called for different fields in different threads at once.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct search_doc;
struct search_index;

void search_index_build(struct search_index *ix); /* empty */
/* Takes them in without their values. */
void search_index_build_number(struct search_index *ix, const struct search_doc *docs, size_t n,
	uint32_t *ret_numbers);
void search_index_build_put(struct search_index *ix, int field, const struct search_doc *docs,
	size_t n, const uint32_t *numbers);
void search_index_build_field(struct search_index *ix, int field);
int search_index_build_turn(int i); /* the i-th of search_fields_n fields, the longest work first */
