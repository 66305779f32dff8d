/* support_search_sample: a small index, and queries as a client that says q and three fields alone would have them.
 *
 * Owner    search_sample_start() to search_sample_end().
 */
#pragma once
#include <stdint.h>

#include "support_search.h"

#define SAMPLE_DOCS 120

struct search_sample {
	struct arena *arena;
	struct search_index *ix;
	struct search_query *q;
	struct search_result found;
	struct search_doc docs[SAMPLE_DOCS];
	uint32_t docs_n;
	int remarks, address, city;
};

void search_sample_start(struct search_sample *s);
void search_sample_end(struct search_sample *s);

struct search_doc *search_sample_add(struct search_sample *s, const char *remarks,
	const char *address, const char *city);

/* For agents, by city (weight 3), address (2) and remarks (1), in each with typos and prefix. The query may be changed before it runs. */
struct search_query *search_sample_ask(struct search_sample *s, const char *text);
void search_sample_run(struct search_sample *s);
