/* run_text: what the words of q find, and how well. docs/search.md, "What matches", says it in full.
 *
 * A stage is a list of terms that are wanted, and how many typos are allowed (its level). Stages follow each other until enough was found;
 * each looks among the documents that those before it did not find.
 *
 * Owner    the arena of the run. Failure: none; what is not looked at before the time is over is not found.
 * Threads  as search_index_run().
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mod/search/index_local.h"

#define SEARCH_LEVELS 3
#define SEARCH_NEAR_MAX 2000 /* documents of a stage of which proximity is looked at */
#define SEARCH_INFIX_TYPOS 2 /* what a word counts that was found by its middle */

/* A term that is wanted. */
struct search_want {
	const struct str *words;
	size_t n;
	bool is_phrase;       /* also: found as it is, no typos, not as a beginning */
	bool is_last;         /* may be a beginning */
	int term, other_term; /* of the query; other_term: -1, or the one it is joined with */
};

/* The words that a term may stand for in a field. */
struct search_choice {
	struct search_candidate *words;
	size_t n;
	bool is_known;
};

struct map;

struct search_text {
	struct search_run *run;
	const struct search_query *q;
	struct search_want wants[SEARCH_WORDS_MAX];
	size_t wants_n;
	/* Of wants; those made by splitting and joining are not kept. Infix has the place behind the levels. */
	struct search_choice choices[SEARCH_WORDS_MAX][SEARCH_BY_MAX][SEARCH_LEVELS + 1];
	struct map *matched[SEARCH_WORDS_MAX]; /* per term: words that it stood for */
	struct search_set left;                /* documents not found yet */
	struct search_set term, address;       /* for use within a step */
	struct search_found *found;
	size_t found_n, found_cap;
};

/* A list of wants at a level. */
struct search_stage {
	const struct search_want *wants[SEARCH_WORDS_MAX];
	size_t n;
	int level;
	bool is_infix; /* the fallback */
};

/* Adds what the stage finds. */
void search_text_stage(struct search_text *t, const struct search_stage *s);

/* When nothing was found: terms joined, and terms split. */
void search_text_split_join(struct search_text *t);

/* Typos allowed for a term in a field at a level. */
int search_text_typos(const struct search_text *t, const struct search_want *w, size_t by,
	int level);

/* The words that a term may stand for in a field; not of phrases. */
const struct search_choice *search_text_choice(struct search_text *t, const struct search_stage *s,
	const struct search_want *w, size_t by);

/* Documents where the phrase stands in the field, at least those within. Adds to *to. */
void search_text_phrase(struct search_text *t, const struct search_want *w, size_t by,
	const struct search_set *within, struct search_set *to);

/* Does this audience see the field only where addresses are shown? */
bool search_text_is_address(const struct search_text *t, size_t by);

/* Scores of the documents in `docs`, all of which every want of the stage matches; within: the same as a set. */
void search_text_score(struct search_text *t, const struct search_stage *s,
	const struct search_set *within, struct search_found *docs, size_t n);

/* --- proximity (run_text_near.c) --------------------------------------------------------------------- */

struct search_near {
	unsigned gap;   /* words too many in the shortest stretch that has all of them */
	unsigned first; /* words before the first one */
};

struct search_near_table; /* word of a field -> wants of the stage, a bit each */

struct search_near_table *search_near_table_new(struct search_text *t, const struct search_stage *s,
	size_t by);
/* wants: bits, of those that the field of the document has a word of. */
struct search_near search_near_look(struct search_text *t, const struct search_near_table *table,
	size_t by, uint32_t doc, uint32_t wants);
