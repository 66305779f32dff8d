/* document: listings as they may be shown, written as documents of the collection.
 *
 * Out of the database, which decides what is shown of a row; or, when nothing is asked for that the index does not have, out of what the
 * hits of a search brought along: the index was made with the same decisions (mls.is_displayed(), mls.is_address_displayed()), and fields
 * that the profile hides are left out by the notice.
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
struct batch;
struct jsonw;
struct result;
struct search_access;
struct search_hit;
struct search_query;

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

/* A row, or a hit that has the values its query wanted. */
struct search_document {
	const struct search_documents *rows;
	int row;
	const struct search_hit *hit; /* NULL: a row */
	const struct search_query *query;
};

/* The fields that a query has to want so that its hits can be written without the database; false: the index has not all of them. is_hidden:
 * as in the notice. */
bool search_document_wanted(const struct search_look *look, const struct search_query *q,
	const bool *is_hidden, uint64_t *ret_fields);

void search_document_write(const struct search_document *d, const struct search_look *look,
	struct jsonw *w);

/* A string field's text; absent when there is none. */
struct str search_document_text(const struct search_document *d, int field);
/* What a row has as a field, or as an extra, in the database's words. */
struct str search_document_column(const struct search_document *d, int i);

/* What a workspace's MLS wants beside listings; as of a few seconds ago, and of now when its profile changed. */
struct search_notice {
	struct str json;                   /* an object */
	bool is_on_search;                 /* show it with searches */
	size_t most;                       /* listings that a search may show; 0: any number */
	bool is_hidden[SEARCH_FIELDS_MAX]; /* fields that are none of the public's */
	uint64_t profile;                  /* hash of the profile that says so */
};
int search_document_notice(struct arena *a, const char *workspace, struct search_notice *ret,
	struct err *e) MUST_CHECK;
/* Hears plat_search; arg: the search_site. */
void search_document_renewed(const char *channel, struct str payload, void *arg);

/* For the files of document: what only reads, with the rights of a worker. */
struct batch *search_document_batch(struct arena *a);
int search_document_run(struct batch *b, struct err *e) MUST_CHECK; /* (waits) */
