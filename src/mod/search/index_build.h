/* index_build: an index that is made of many documents before anybody searches it, in a third of the time.
 *
 * Between search_index_build() and the last search_index_build_field() documents go into columns, and the words of long texts are
 * numbered; which documents have a word, and the order of words, follow at the end, a field at a time, in the order of documents. The index
 * is the same as one that was filled without it, but for the room that its lists have.
 *
 *     search_index_build(ix);
 *     search_index_put(ix, &doc); ...
 *     for (int i = 0; i < search_fields_n; i++) search_index_build_field(ix, search_index_build_turn(i));
 *
 * Owner    as the index. Failure: memory ends the process.
 * Threads  as a writer; but different fields may be built in as many threads at once.
 */
#pragma once

struct search_index;

void search_index_build(struct search_index *ix); /* empty */
void search_index_build_field(struct search_index *ix, int field);
int search_index_build_turn(int i); /* the i-th of search_fields_n fields, the longest work first */
