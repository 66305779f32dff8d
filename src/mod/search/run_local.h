/* run_local: what the steps of a search hand to each other. For the run_*.c alone.
 *
 * Owner    the arena of the run.
 * Failure  none; a search that is over its time (search_run_is_over()) leaves out what it did not find yet.
 * Threads  as search_index_run().
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mod/search/index_local.h"

/* The column of a field, and the documents in which this run may look at it; seen NULL: in all. */
struct search_view {
	const struct search_column *column;
	const struct search_set *seen;
};

struct search_view search_run_view(const struct search_run *r, int field);

/* Past the cutoff? Remembers that it was. */
bool search_run_is_over(struct search_run *r);

/* Empty sets from those given back. A search with many parts takes few. */
struct search_set search_run_take_set(struct search_run *r);
void search_run_give_set(struct search_run *r, struct search_set s);

/* --- pinned hits (run_pin.c) ------------------------------------------------------------------------- */

struct search_pinned {
	uint32_t doc;
	size_t place;              /* from 0 */
	struct search_found found; /* what q found in it, too; nothing: zeroes */
};

struct search_pins {
	struct search_pinned *v; /* by place */
	size_t n;
};

/* Those of the query's pins that are in `may`, each once. */
struct search_pins search_pins_read(const struct search_run *r, const struct search_set *may);

/* Things in their order, and among them pinned ones at places of their own; places beyond the end are at the end. */
struct search_merge {
	const size_t *places; /* of the pinned ones, ascending */
	size_t pins_n, others_n;
	size_t pin, other; /* who is next */
};

struct search_merge search_merge_new(struct arena *a, const size_t *wanted, size_t pins_n,
	size_t others_n, size_t offset);
/* The next one: *ret_at is its index among the pinned ones (*ret_is_pin) or the others. False: there is no more. */
bool search_merge_next(struct search_merge *m, size_t *ret_at, bool *ret_is_pin);

/* --- groups (run_group.c) ------------------------------------------------------------------------------ */

/* Of the list's documents; its last ones are the pins'. */
void search_groups_run(struct search_run *r, const struct search_list *l,
	const struct search_pins *pins, struct search_result *ret);

/* One behind the last place of the page. */
size_t search_run_page_end(const struct search_query *q);

/* --- the order of hits (run_sort.c, run_sort_key.c) ----------------------------------------------- */

struct search_sort_key {
	const struct search_sort *sort;
	struct search_view view;
	uint64_t *of_value; /* strings of few values: the key of each */
	/* evals: where each is true */
	struct search_set *evals;
	/* buckets: scores, best first, and the bucket of each */
	uint64_t *scores;
	uint32_t *buckets;
	size_t scores_n;
};

struct search_order {
	const struct search_index *ix;
	const struct search_list *list;
	struct search_sort_key keys[SEARCH_SORTS_MAX];
	size_t n;
};

struct search_ranked {
	uint64_t keys[SEARCH_SORTS_MAX]; /* small ones first */
	uint32_t doc, at;                /* at: in the list */
};

/* The best k of what is offered. */
struct search_top {
	const struct search_order *order;
	struct search_ranked *heap; /* the worst one first */
	size_t n, k;
};

void search_order_init(struct search_order *o, struct search_run *r, const struct search_list *l);
struct search_ranked search_order_rank(const struct search_order *o, size_t at);
int search_order_compare(const struct search_order *o, const struct search_ranked *a,
	const struct search_ranked *b);

/* The key of a document, which is `at` of the list; small ones first. Several documents may have the same key though they differ:
 * search_sort_key_tie(). */
uint64_t search_sort_key_of(const struct search_order *o, size_t i, uint32_t doc, size_t at);
/* Never more than its key, found faster. */
uint64_t search_sort_key_at_least(const struct search_order *o, size_t i, uint32_t doc);
/* ... of all documents of a block of 64. */
uint64_t search_sort_key_of_block_at_least(const struct search_order *o, size_t i, uint32_t block);
int search_sort_key_tie(const struct search_order *o, size_t i, uint32_t a, uint32_t b);
void search_sort_key_init(struct search_order *o, size_t i, struct search_run *r,
	const struct search_sort *s);

struct search_top search_top_new(struct arena *a, const struct search_order *o, size_t k);
void search_top_offer(struct search_top *t, size_t at);
void search_top_offer_all(struct search_top *t); /* of the order's list */
void search_top_sort(struct search_top *t);      /* best first */

/* --- values ---------------------------------------------------------------------------------------- */

/* Ascending. room: as long as v. */
void search_radix_sort(uint64_t *v, size_t n, uint64_t *room);

/* A number's place among all numbers as an integer, and back. No number is 0 or UINT64_MAX. */
uint64_t search_number_key(double x);
double search_number_of_key(uint64_t key);
struct str search_number_text(struct arena *a, double x); /* 3, 2.5 */

/* The values that a hit brings along (run_shown.c); false: one of them is not known. */
bool search_run_values(const struct search_run *r, uint32_t doc, const struct search_value **ret);

/* What a hit tells of itself. */
struct search_hit search_hit_of(const struct search_run *r, uint32_t doc,
	const struct search_found *found);
