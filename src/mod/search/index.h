/* index: the listings of one workspace as searches want them, in memory.
 *
 * Owner    search_index_new() to search_index_free(). Documents are copied in.
 * Failure  memory ends the process; a document that is no good is a programming error (the follower reads them from the table).
 * Threads  one writer, or any number of searches, at a time: whoever owns it locks (store.h). No function waits or knows the loop.
 * Units    bytes, microseconds.
 *
 * Per field: a column (value of each document), bitmaps of documents per value for strings with few different ones, words -> documents, and
 * the words of each document in their order (phrases, places, removal). Documents have numbers, near ones those near each other (docs/search.md), which are used
 * again. Results borrow nothing from the index: it may change or go when the search is over.
 *
 * Which documents match q, for an audience: see docs/search.md ("What matches"), which is what the comparison with a naive evaluation
 * tests.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/search/fields.h"
#include "mod/search/query.h"

struct arena;
struct err;
struct search_index;

/* A listing: values as the SQL of fields.c writes them, by number of field; absent: no value. Values that are no number where one
 * belongs count as absent. */
struct search_doc {
	uint8_t id[16];
	struct str values[SEARCH_FIELDS_MAX];
	bool is_public;         /* may be displayed to anybody at all */
	bool is_address_public; /* ... with its address */
};

struct search_index *search_index_new(void) __attribute__((returns_nonnull));
void search_index_free(struct search_index *ix); /* NULL is fine */

/* Takes the place of the one with its id. */
void search_index_put(struct search_index *ix, const struct search_doc *doc);
bool search_index_remove(struct search_index *ix, const uint8_t id[16]); /* false: was not there */
bool search_index_has(const struct search_index *ix, const uint8_t id[16]);

size_t search_index_len(const struct search_index *ix);
size_t search_index_len_for(const struct search_index *ix, enum search_audience who); /* out_of */
size_t search_index_bytes(const struct search_index *ix);                             /* about */

/* What the words of q stood for, for highlights: words of the index, as they are spelled there. */
struct search_matched {
	struct str *words;
	size_t n;
};

/* What a listing has in a field, as its row has it; strings in text, points in point, all others in number. */
struct search_value {
	bool is_there; /* there is a value, and the audience may see it */
	union {
		double number;
		struct str text;
		struct search_point point;
	};
};

struct search_hit {
	uint8_t id[16];
	uint64_t text_match; /* 0 with is_all */
	uint64_t best_field_score;
	int best_field_weight;
	int fields_matched, words_matched, typos; /* text_match_info */
	double distance_m[SEARCH_SORTS_MAX];      /* of sorts by distance; negative: none */
	bool is_pinned;
	bool has_values;                   /* all of query.wanted */
	const struct search_value *values; /* in the order of the fields: search_index_value() */
};

struct search_group {
	struct str *key; /* group_n values; absent: missing */
	size_t found;
	struct search_hit *hits;
	size_t hits_n;
};

struct search_facet_count {
	struct str
		value; /* as the listings write it (the spelling of most); of ranges: the label */
	size_t count;
};

struct search_facet_result {
	struct search_facet_count *counts;
	size_t counts_n;
	size_t total_values; /* different ones among the results */
	bool has_stats;      /* numbers */
	double min, max, sum, avg;
};

struct search_result {
	size_t found;      /* listings; with group_by: groups */
	size_t found_docs; /* listings */
	size_t out_of;
	struct search_hit *hits; /* of the page */
	size_t hits_n;
	struct search_group *groups;
	size_t groups_n;
	struct search_facet_result *facets;              /* as many as query->facets_n */
	struct search_matched matched[SEARCH_WORDS_MAX]; /* per term */
	bool was_cut_off;                                /* search_cutoff_ms */
	/* Of the store: */
	uint64_t
		profile; /* hash of the compliance profile that is_public and is_address_public were made with */
	bool is_current; /* the index followed the table a moment ago, and is not about to be replaced */
};

/* Pure computation, in whatever thread; *ret in a. Only E_LIMIT (a query that would need too much memory). */
int search_index_run(const struct search_index *ix, const struct search_query *q, struct arena *a,
	struct search_result *ret, struct err *e);

/* Does the index know what the listings have in a field, as they write it? (Numbers, times, places, and what is counted; `id` is the hit's.) */
bool search_index_keeps(int field);
/* The value of one of query.wanted; the hit has_values. */
const struct search_value *search_index_value(const struct search_query *q,
	const struct search_hit *h, int field);
