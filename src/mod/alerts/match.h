/* match: changed listings of a workspace against all of its saved searches at once (percolation).
 *
 * The listings become a small index of their own; each search is first held against each listing by its guard, and runs on the index only
 * when that lets one through. For agents and the public apart: what may not be displayed is not in the public's index at all.
 *
 * What listings were before becomes a second one, for searches that find now what has changed in the fields that they read: those that find
 * it there as well are told nothing.
 *
 * Owner    the batch's arena; searches are borrowed.
 * Failure  none: a search that cannot be read has its problem, and finds nothing.
 * Threads  alerts_match() computes for milliseconds to seconds: in the pool, while nobody else touches the batch or its searches.
 */
#pragma once
#include "mod/alerts/event.h"
#include "mod/alerts/query.h"

struct arena;
struct json;

struct alerts_listing {
	struct search_doc doc;
	unsigned kinds_public, kinds_agents; /* what happened to it; 0: nothing, for them */
	const struct search_doc *before;     /* what it was; NULL: ALERTS_FITS counts for nothing */
};

/* A saved search. Those that read it (by rows of the table) make it zeroed but for what is marked *. */
struct alerts_search {
	struct str id, user_id, query; /* * */
	size_t at;                     /* its place among them */
	unsigned kinds;                /* * what its person wants to be told */
	bool is_agent;                 /* * as whom its person searches now */
	struct str stored_problem;     /* * */
	bool is_read;                  /* for ... */
	enum search_audience read_for;
	struct str problem; /* why not; absent: compiled */
	struct alerts_query compiled;
};

/* Of a search, what is looked at first; those of all searches lie side by side. */
struct alerts_brief {
	struct alerts_gist gist;
	bool is_ready, is_agent;
	uint8_t kinds; /* 0: it cannot be read */
};

struct alerts_found {
	const struct alerts_search *search;
	const struct alerts_listing *listing;
	unsigned kinds; /* of the listing that its person wants to be told */
};

struct alerts_batch {
	struct arena *arena;
	const struct alerts_listing *listings;
	size_t n;
	const bool *hidden; /* by field: the workspace's MLS keeps it from the public; NULL: none */
	struct arena *searches_arena;
	struct alerts_search **searches;
	struct alerts_brief *briefs; /* of each; zeroed: not looked at yet */
	size_t searches_n;
	size_t found_most; /* behind that many it ends, somewhere; 0: it does not */
	/* Results. */
	struct alerts_found *found;
	size_t found_n, found_cap;
	size_t compiled, run; /* searches: read anew; held against the index */
	size_t run_before;    /* ... and against that of what was before */
};

void alerts_match(struct alerts_batch *b);

/* Reads its query when that was not done for this audience. */
void alerts_match_compile(struct arena *a, struct alerts_search *s);
