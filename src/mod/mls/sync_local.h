/* sync_local: what the parts of the sync engine share. Not for others.
 *
 *   sync.c         the order of things
 *   sync_run.c     the sync_runs row: begin, page, end
 *   sync_breaker.c what a run says about its connection
 *   sync_scope.c   a scope's cursor, mapping and limit
 *   sync_pass.c    one pass: fetching, reading and loading beside each other
 *   sync_url.c     what a pass asks for
 *   sync_fetch.c   pages from the feed, with patience
 *   sync_answer.c  what is around the rows: next link, count, errors
 *   sync_scan.c    an answer's bytes into rows (sync_row.c: a row's key and hash)
 *   sync_part.c    some rows of a page, as they come; keys, stamps and hashes found (in a thread)
 *   sync_media.c   media that are a resource of their own
 *   sync_known.c   what the tables know of a part's rows
 *   sync_encode.c  new and changed rows as lines for COPY (in a thread)
 *   sync_page.c    a page's parts into the tables: one transaction
 *   sync_new.c     rows that the tables do not have: COPY straight into them
 *   sync_load.c    rows that changed: by way of temporary tables
 *   sync_sweep.c   reconciling by keys
 */
#pragma once

#include "base/buf.h"
#include "db/db.h"
#include "mod/mls/mapping.h"
#include "mod/mls/scope.h"
#include "mod/mls/source.h"
#include "mod/mls/sync.h"
#include "mod/mls/sync_row.h"

struct corrections;
struct fiber_queue;
struct json;
struct map;
struct session;

#define SYNC_LINKS_SIZE 2000           /* rows of a page of a replication */
#define SYNC_KEYS_SIZE 200             /* ... of the plain resource */
#define SYNC_ROW_MAX ((size_t)8 << 20) /* bytes of a row; larger ones are left out */
#define SYNC_PART_SIZE ((size_t)1 << 20)

/* Where a scope stands: last_sync_cursor, as JSON. Strings live in the run's arena. */
struct sync_cursor {
	struct str seen;  /* greatest source timestamp committed, ISO 8601; absent: none */
	struct str from;  /* the round under way brings what changed since; absent: everything */
	struct str next;  /* where an unfinished pass goes on; absent: at the beginning of filter */
	struct str began; /* the source's time when the round began */
	int filter;       /* of the scope's filters, under way in this round */
	bool is_open;     /* a round is under way */
	bool complete;    /* a first round over the whole scope was finished */
	/* Learnt from refusals of the feed. */
	bool no_replication, no_stamp_filter, no_expand;
};

struct sync {
	const struct sync_options *o;
	struct arena *arena; /* of the run */
	struct session *s;
	struct source *source;    /* NULL: a file */
	struct str connection_id; /* absent: a file */
	struct str provider, dataset;
	struct mapping *mapping;   /* the active one */
	struct map *task_mappings; /* id of an import task -> its own mapping */
	struct sync_row_fields fields;
	const struct scope *scope; /* under way; NULL: a file */
	struct sync_cursor cursor; /* of the scope */
	int64_t admitted;          /* listings of the scope, where it has a limit */
	int64_t analyzed_rows;     /* inserted when the statistics were last looked at */
	bool is_full;
	bool is_guarded; /* the sweep was not believed */
	struct corrections *corrections;
	struct str run_id;
	struct str note; /* for the progress */
	struct sync_stats stats;
	int64_t began_us; /* mono */
	int64_t total;    /* rows of the filter under way, as the feed counts; -1 unknown */
	int64_t skew_us;  /* how far the source's clock is ahead of ours */
	int status;       /* HTTP status behind the failure; 0 without one */
	const char *phase;
	const char *stop;      /* somebody wants the run to end: why */
	bool is_refetching;    /* rows by key, after a sweep: no cursor moves */
	struct map *arrived;   /* keys of rows that came; NULL: nobody asks */
	bool no_in;            /* the feed does not take `in` */
	struct str sweep_next; /* where a sweep goes on; absent: nowhere */
	int sweep_filter;
	bool lock_held;
};

enum sync_row_fate {
	SYNC_ROW_NEW,
	SYNC_ROW_CHANGED,
	SYNC_ROW_SAME,
	SYNC_ROW_OUT, /* not to be kept: no key, a later one of the same key, beyond the limit */
};

struct sync_row {
	size_t at, len; /* in the part's text */
	struct listing_head head;
	const char *problem; /* why it cannot be kept; NULL */
	const struct mapping *mapping;
	struct str known_media; /* media_hash of the table, as hexadecimal digits */
	enum sync_row_fate fate;
	bool is_known, is_wanted, is_back;
};

enum sync_part_kind {
	SYNC_PART_ROWS,
	SYNC_PART_END,    /* and the page ends with it */
	SYNC_PART_BROKEN, /* the page does; nothing of it counts. It comes again, unless is_final */
};

/* Rows of a page. At most a few at a time exist. */
struct sync_part {
	struct arena *arena; /* owns everything below; freed by sync_part_free() */
	enum sync_part_kind kind;
	struct buf text; /* the rows, BUF_SLACK bytes behind each; scrambled once they are parsed */
	struct sync_row *rows;
	size_t n, cap;
	int64_t skipped; /* too large */
	bool is_full;    /* the scope's limit was reached with it */
	/* SYNC_PART_END */
	struct str next; /* where the pass goes on; absent: this was its last page */
	int64_t total;   /* rows in all, when the feed says so; else -1 */
	/* SYNC_PART_BROKEN */
	struct err err;
	int status;
	bool is_final, is_stale; /* is_stale: the link that an earlier run left behind is refused */
	/* sync_encode.c */
	struct buf fresh, fresh_media, changed, changed_media;
	int64_t n_fresh, n_fresh_media, n_changed, n_changed_media, n_back, n_bad, corrected;
	struct listing_row **noted; /* rows with problems: these alone */
	size_t n_noted;
};

/* sync_part.c */
struct sync_part *sync_part_new(enum sync_part_kind kind) __attribute__((returns_nonnull));
void sync_part_free(struct sync_part *p);                       /* NULL is fine */
void sync_part_add(struct sync_part *p, size_t at, size_t len); /* a row that is in its text */
/* Heads of all rows, as those need that are to be recognised. In a thread. */
void sync_part_read(struct sync_part *p, const struct mapping *m,
	const struct sync_row_fields *fields);
/* The row's text as a buffer that can be parsed where it lies. */
struct buf sync_part_text(struct sync_part *p, const struct sync_row *row);

/* sync_known.c: decides each row's fate. pending: not loaded yet, so the tables do not know its rows; may be NULL. */
int sync_known_find(struct sync *y, struct sync_part *p, const struct sync_part *pending,
	struct err *e) MUST_CHECK;

/* sync_encode.c: in a thread. */
struct sync_encode {
	struct str workspace_id;
	struct str lead; /* of each new listing's line: columns that are alike in all */
	struct sync_part *part;
};
void sync_encode_part(struct sync_encode *w);

/* sync_new.c, sync_load.c: within the page's transaction. E_CONFLICT when somebody made a listing of the same key since the
 * look-up. */
struct str sync_new_lead(const struct sync *y, struct arena *a);
int sync_new_load(struct sync *y, struct sync_part *p, struct err *e) MUST_CHECK;
int sync_load_prepare(struct sync *y, struct err *e) MUST_CHECK; /* once per session */
int sync_load_changed(struct sync *y, struct sync_part *p, struct err *e) MUST_CHECK;
int sync_load_copy(struct sync *y, const char *sql, const struct buf *text,
	struct err *e) MUST_CHECK;

/* sync_page.c: takes parts from the queue until the pass ends. */
int sync_page_load_all(struct sync *y, struct fiber_queue *parts, bool *ret_stale,
	struct err *e) MUST_CHECK;

/* sync_pass.c */
struct sync_pass {
	struct sync *y;
	struct arena *arena;
	struct fiber_queue *raw, *ready; /* parts as they came; with heads */
	struct str first;
	bool by_keys;    /* pages by our own filters, not by links */
	bool is_resumed; /* an earlier run read the beginning */
	struct http_call *call;
	bool is_paused;
	struct map *visited; /* URLs of this pass */
	int64_t fetched, total;
};
/* The scope, to its end: every filter, resumed or from the beginning. */
int sync_pass_scope(struct sync *y, struct err *e) MUST_CHECK;
int sync_pass_run(struct sync *y, struct str first, bool by_keys, bool *ret_stale,
	struct err *e) MUST_CHECK;
int64_t sync_pass_count(struct sync *y); /* rows of the filter under way; -1 unknown */
void sync_pass_end(struct sync *y);      /* the cursor, when the filter under way has been read */

/* sync_fetch.c: fetches page after page into pass->raw, and closes it. */
void sync_fetch_all(struct sync_pass *pass);
/* Somebody took a part: there is room again. */
void sync_fetch_resume(struct sync_pass *pass);
/* A small answer as a whole, with the same patience: NULL with the reason in e, and *ret_status. */
const struct json *sync_fetch_json(struct sync *y, struct arena *a, struct str url,
	const struct http_result **ret_result, int *ret_status, struct err *e);

/* sync_answer.c */
struct sync_answer {
	struct str next; /* absent: none */
	int64_t total;
	bool is_listing; /* no `value`: the text itself is a listing */
};
int sync_answer_read(struct arena *a, struct str envelope, struct sync_answer *ret,
	struct err *e) MUST_CHECK;
struct str sync_answer_link(struct arena *a, const struct source *s, const struct http_result *r,
	struct str in_body);
struct str sync_answer_body(const struct http_result *r); /* "" unless the answer is good */
int sync_answer_refused(struct arena *a, const struct http_result *r,
	struct err *e); /* the status in words */

/* sync_url.c */
bool sync_url_by_keys(const struct sync *y);
enum source_media sync_url_media(const struct sync *y); /* never SOURCE_MEDIA_AUTO */
struct str sync_url_first(const struct sync *y, struct arena *a);
struct str sync_url_after(const struct sync *y, struct arena *a, const struct listing_head *last);
struct str sync_url_count(const struct sync *y, struct arena *a);
struct str sync_url_keys(const struct sync *y, struct arena *a, const struct str *keys, size_t n);
int sync_url_size(const struct sync *y);
struct str sync_url_in(const struct sync *y, struct arena *a, struct str field,
	const struct str *keys, size_t n);
bool sync_url_sweeps_by_keys(const struct sync *y);
struct str sync_url_sweep(const struct sync *y, struct arena *a, int filter, struct str after);

/* sync_scope.c */
int sync_scope_begin(struct sync *y, const struct scope *scope, struct err *e) MUST_CHECK;
struct str sync_scope_cursor(const struct sync *y, struct arena *a);
int sync_scope_mappings(struct sync *y, struct err *e) MUST_CHECK;
const struct mapping *sync_scope_mapping(const struct sync *y, struct str owner);

/* sync_run.c */
int sync_run_begin(struct sync *y, struct err *e) MUST_CHECK;
int sync_run_page(struct sync *y, struct arena *a,
	struct err *e) MUST_CHECK; /* in its transaction */
int sync_run_say(struct sync *y, const char *phase, int64_t done, int64_t total,
	struct err *e) MUST_CHECK; /* between pages */
int sync_run_stopped(const struct sync *y, struct err *e) MUST_CHECK;
int sync_run_end(struct sync *y, const struct err *failure, struct err *e) MUST_CHECK;

/* sync_breaker.c */
int sync_breaker_note(struct sync *y, const struct err *failure, struct err *e) MUST_CHECK;

/* sync_file.c: a saved answer, or one listing. */
int sync_file_load(struct sync *y, struct str text, struct err *e) MUST_CHECK;

/* sync_media.c: puts the media of their own resource into the rows. (waits) */
int sync_media_add(struct sync *y, struct sync_part **part, int *ret_status,
	struct err *e) MUST_CHECK;

/* sync_sweep.c */
int sync_sweep_scope(struct sync *y, struct err *e) MUST_CHECK;
