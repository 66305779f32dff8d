/* document_select: the statement that reads documents, with the columns that are asked for and no others.
 *
 * There are as many as there are choices of fields, and clients choose. The usual ones are kept prepared on the connections; the others are
 * sent as texts, so that nobody fills the server with plans.
 *
 * Owner    the arena given. Failure none. Threads one loop.
 * Source   which choices are usual: Misra and Gries, Finding repeated elements (1982): whatever is more than one in USUAL_MOST + 1 of all is.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "db/db.h"
#include "mod/search/look.h"

struct arena;

struct search_select {
	uint64_t fields;  /* a bit for each; extras behind the fields */
	struct stmt stmt; /* $1 workspace, $2 ids, $3 audience, $4 parts */
	struct str parts; /* of mls.displayed_parts() */
};

/* columns: where each field and extra stands in a row; -1: nowhere. */
void search_document_select(struct arena *a, const struct search_look *look, int columns[LOOK_ALL],
	struct search_select *ret);

#define USUAL_MOST 32

struct search_usual {
	uint64_t fields[USUAL_MOST];
	uint32_t counts[USUAL_MOST]; /* 0: the place is free */
};

/* Counts this one, and says whether it is among the usual. */
bool search_document_is_usual(struct search_usual *u, uint64_t fields);
