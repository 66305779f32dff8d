/* document: listings as the database may show them, written as documents of the collection.
 *
 * Owner    the arena given; rows live in it.
 * Failure  the database's. A listing that may not be shown, or is gone, is not among the rows.
 * Threads  search_document_fetch() and _notice() (wait); the others are pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/search/look.h"

struct arena;
struct jsonw;
struct result;
struct search_access;

struct search_documents {
	const struct result *rows;
	int columns[LOOK_ALL]; /* of the result; -1: not fetched */
	int at;                /* the row that search_document_find() looks at next */
};

/* Rows in the order of ids (16 bytes each): what is shown of them, and what is marked in them. */
int search_document_fetch(struct arena *a, const struct search_access *who,
	const struct search_look *look, const uint8_t (*ids)[16], size_t n,
	struct search_documents *ret, struct err *e) MUST_CHECK;

/* The row of an id; -1: it is not shown. Ids come in the order in which they were fetched. */
int search_document_find(struct search_documents *d, const uint8_t id[16]);

void search_document_write(const struct search_documents *d, int row,
	const struct search_look *look, struct jsonw *w);

/* A string field's text; absent when there is none. */
struct str search_document_text(const struct search_documents *d, int row, int field);

/* What a workspace's MLS wants beside listings; as of a few seconds ago. */
struct search_notice {
	struct str json;                   /* an object */
	bool is_on_search;                 /* show it with searches */
	size_t most;                       /* listings that a search may show; 0: any number */
	bool is_hidden[SEARCH_FIELDS_MAX]; /* fields that are none of the public's */
};
int search_document_notice(struct arena *a, const char *workspace, struct search_notice *ret,
	struct err *e) MUST_CHECK;
