/* sync_local: what the parts of the sync engine share. Not for others.
 *
 *   sync.c         the order of things
 *   sync_source.c  the connection, its token, the mapping
 *   sync_run.c     the sync_runs row and the cursor
 *   sync_fetch.c   one page from the feed, with patience
 *   sync_page.c    a page's text into rows, without the unchanged ones
 *   sync_new.c     rows that the tables do not have: COPY straight into them
 *   sync_load.c    rows that changed: by way of temporary tables
 */
#pragma once

#include "base/buf.h"
#include "db/db.h"
#include "mod/mls/mapping.h"
#include "mod/mls/sync.h"

struct json;
struct session;

#define SYNC_PAGE_SIZE 2000
#define SYNC_PAGE_MAX (256u << 20) /* bytes of one page */
#define SYNC_OVERLAP_US \
	300000000LL /* increments look back this far: feeds are not strictly ordered */

/* Where the feed is and what was read of it. Strings live in the run's arena. */
struct sync_source {
	struct str connection_id; /* absent: a file */
	struct str provider, dataset, base_url;
	struct str envelope; /* of the token; absent: none stored */
	struct str token;    /* wiped with the arena */
	struct mapping *mapping;
};

/* mls_connections.last_sync_cursor, as {"next": "...", "seen": "...", "complete": true}. */
struct sync_cursor {
	struct str next; /* where an unfinished pass goes on; absent: nowhere */
	struct str seen; /* greatest source timestamp committed, ISO 8601; absent: none */
	bool complete;   /* the first pass over the whole dataset was finished */
};

struct sync {
	const struct sync_options *o;
	struct arena *arena; /* of the run */
	struct session *s;
	struct sync_source source;
	struct sync_cursor cursor;
	struct str run_id;
	struct sync_stats stats;
	int64_t began_us; /* mono */
	bool lock_held;
};

/* One page as it came. */
struct sync_page {
	struct arena *arena;     /* owns everything below; freed by sync_page_free() */
	struct str url;          /* where it came from */
	struct buf text;         /* scrambled by parsing; the rows point into it */
	const struct json *rows; /* the array of rows, or the one row */
	size_t rows_n;
	int64_t total;   /* rows in all, when the feed says so; else -1 */
	struct str next; /* link to the following page; absent: this is the last one */
	struct err err;  /* why there is no page */
	int status;      /* HTTP status behind err, 0 without one */
};

void sync_page_free(struct sync_page *p); /* NULL is fine */

/* sync_source.c */
int sync_source_find(struct sync *y, struct str provider,
	struct err *e) MUST_CHECK;                              /* the connection's row */
int sync_source_open(struct sync *y, struct err *e) MUST_CHECK; /* token and mapping */

/* sync_run.c */
int sync_run_begin(struct sync *y, struct err *e) MUST_CHECK;
int sync_run_page(struct sync *y, struct arena *a,
	struct err *e) MUST_CHECK; /* inside the page's transaction */
int sync_run_end(struct sync *y, const struct err *failure, int status, struct err *e) MUST_CHECK;

/* sync_fetch.c: never NULL; look at p->err. Tries again what may pass: 429 as long as the feed asks for, faults of the feed or the
 * line a few times. */
struct sync_page *sync_fetch_page(const struct sync *y, struct str url);

/* Where this run begins: the unfinished pass's next link, or what changed since the cursor, or everything. */
struct str sync_fetch_first_url(const struct sync *y);

/* Rows that a whole pass would bring, for the progress; -1 when the feed does not say. */
int64_t sync_fetch_count(const struct sync *y);

/* sync_page.c. Finds rows and next link in the text of p; one listing without `value` is a page of one. Failure goes into p->err. */
void sync_page_parse(struct sync_page *p);
struct sync_page *sync_page_new(struct str url);
struct sync_page *sync_page_failed(struct str url, enum err_code code, const char *sentence);
struct sync_page *sync_page_of_text(struct str text); /* never NULL; look at p->err */

/* sync_page.c: loads one page within one transaction. */
int sync_page_load(struct sync *y, struct sync_page *p, struct err *e) MUST_CHECK;

/* sync_load.c: rows of one page. */
struct sync_batch {
	struct buf *listings, *media; /* COPY text */
	int64_t n, n_media;
};
int sync_load_prepare(struct sync *y, struct err *e) MUST_CHECK; /* once per session */
int sync_load_batch(struct sync *y, const struct sync_batch *b, struct arena *a,
	struct err *e) MUST_CHECK;

/* sync_new.c: within the page's transaction. Lines go out while the next ones are being made, so PostgreSQL works meanwhile.
 * E_CONFLICT when somebody made a listing of the same key since the look-up. */
struct sync_new {
	struct sync *y;
	struct buf lines, media; /* listings not sent yet; all media */
	struct str lead;         /* columns that are alike in all lines */
	int64_t n, n_media;
};
int sync_new_begin(struct sync_new *w, struct sync *y, struct arena *a, struct err *e) MUST_CHECK;
int sync_new_add(struct sync_new *w, const struct listing_head *head, struct str raw,
	const struct listing_row *row, struct err *e) MUST_CHECK;

/* code: what begin and add came to. Sends the rest and counts, or takes everything back; answers code or its own failure. */
int sync_new_end(struct sync_new *w, int code, struct err *e) MUST_CHECK;
