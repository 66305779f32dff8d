/* store_local: the inside of the store, for its files. Not for others.
 *
 *   store.c          the indexes that are held: looking one up, waiting for it, searching it
 *   store_held.c     one of them: its life, its loads, who waits for it
 *   store_room.c     memory: which one has to go
 *   store_load.c     an index out of the table
 *   store_row.c      the statements that read listings, and a listing out of a row
 *   store_metrics.c  figures
 *   follow.c         the follower: when, and in which order
 *   follow_read.c    what changed since a snapshot
 *   follow_write.c   into the indexes, a little at a time
 *
 * Snapshots (pg_snapshot) say what an index has: all transactions that were visible in it. To follow means to read the rows whose
 * changed_xid is not visible in the snapshot of the last time. All indexes but those just loaded go along with one snapshot, st->since.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/uuid.h"
#include "mod/search/index.h"
#include "mod/search/store.h"
#include "mod/search/store_gate.h"

struct arena;
struct db;
struct err;
struct fiber;
struct listener;
struct loop;
struct session;
struct timer;

/* How a held index is about to be made (anew). */
enum search_load {
	SEARCH_LOAD_NONE,
	SEARCH_LOAD_WANTED,
	SEARCH_LOAD_RUNNING,
	SEARCH_LOAD_FRESH, /* made, and waits for the follower to bring it up to date */
};

#define SEARCH_WORDS_OF_FAILURE 200

struct search_held {
	struct search_store *st;
	struct uuid id;
	char text[UUID_SIZE];
	struct search_index *ix; /* NULL: none yet. Changes under the lock */
	size_t bytes, len;       /* of it */
	struct search_lock lock;
	int users;    /* fibers that hold a pointer to this */
	bool is_gone; /* not in the store any more; the last user frees it */
	int64_t used_us;
	uint64_t profile; /* what its compliance profile was when it was loaded */

	enum search_load load;
	bool is_outdated; /* what is being loaded is so already: once more */
	struct fiber *loader;
	struct search_index *next; /* what is being loaded */
	size_t next_bytes;
	size_t next_len;      /* listings that are in it so far */
	size_t next_expected; /* how many there will be, as PostgreSQL guesses; 0: it does not know */
	char *next_since;     /* its snapshot */
	uint64_t next_profile;
	char next_day[16];
	int failed; /* of the last load: E_*, with words; 0 */
	char words[SEARCH_WORDS_OF_FAILURE];
	int64_t not_before_us; /* no other try until then */
	struct search_patience *waiting;
};

struct search_stats {
	uint64_t searches, searches_busy, loads, loads_failed, given_up, rounds, rounds_failed,
		changes;
	uint64_t search_us, load_us, write_us;
	int64_t last_load_us;
};

struct search_store {
	struct loop *loop;
	struct db *db;
	size_t room; /* bytes */
	struct search_held **held;
	size_t n, cap; /* sorted by id */
	struct search_gate gate;
	int loading, freeing, users;
	bool is_stopping;
	struct search_stats stats;

	struct listener *changes, *renewals;
	struct fiber *follower;
	struct timer *timer;
	char *since;       /* NULL: nobody follows */
	char life[128];    /* which life of the server `since` is of */
	int64_t server_us; /* its clock then */
	char day[16];      /* what had been closed for too long on this day is hidden in all */
	char today[16];
	int64_t round_us; /* mono: when the last round began that went well */
	int64_t tried_us; /* mono: when the last one ended */
	bool has_heard, has_fresh, has_failed;
	bool must_check; /* notices may have been lost: are the profiles still the same? */
};

/* --- store_held.c ------------------------------------------------------------------------------------ */
struct search_held *search_held_find(struct search_store *st, struct uuid id); /* NULL */
struct search_held *search_held_new(struct search_store *st, struct uuid id);
void search_held_use(struct search_held *h);
void search_held_release(struct search_held *h);
void search_held_drop(struct search_held *h); /* out of the store */

void search_held_want(struct search_held *h);     /* a load, soon */
void search_held_outdated(struct search_held *h); /* want, or once more after the one that runs */
void search_held_failed(struct search_held *h, int code, const char *words);
int search_held_wait(struct search_held *h,
	struct err *e) MUST_CHECK; /* (waits) until it has an index */
/* What a search hears that waited in vain: how far the load is. */
void search_held_tell(const struct search_held *h, char out[SEARCH_WORDS_OF_FAILURE]);
void search_held_wake(struct search_held *h);
void search_held_start_loads(struct search_store *st); /* as many as may run now */
void search_held_take_next(struct search_held *h); /* (waits) serves what was loaded from now on */
void search_held_give_old(
	struct search_held *h); /* (waits) no room for both: searches wait for the new one */
void search_store_free_index(struct search_store *st, struct search_index *ix); /* in a thread */

/* --- store_room.c ------------------------------------------------------------------------------------ */
size_t search_room_default(void);
size_t search_room_used(const struct search_store *st);
/* Gives up what was used least lately until all fits; false: `keep` alone, with what it is loading, does not. */
bool search_room_make(struct search_store *st, const struct search_held *keep);
void search_room_idle(struct search_store *st); /* gives up what nobody searched for long */

/* --- store_load.c ------------------------------------------------------------------------------------ */
void search_load_run(void *held); /* a fiber of its own */

/* --- store_row.c ------------------------------------------------------------------------------------- */
/* The columns that both statements have before those of the fields. */
enum {
	SEARCH_ROW_WORKSPACE,
	SEARCH_ROW_ID,
	SEARCH_ROW_IS_ACTIVE,
	SEARCH_ROW_IS_PUBLIC,
	SEARCH_ROW_IS_ADDRESS_PUBLIC,
	SEARCH_ROW_FIELDS
};
#define SEARCH_ROW_MAX (SEARCH_ROW_FIELDS + SEARCH_FIELDS_MAX)

int search_row_columns(void);
const char *search_row_load_sql(
	struct arena *a);                  /* COPY of the workspace in plat.search_workspace */
const char *search_row_expected_sql(void); /* its plan, as JSON */
/* $1 since when, $2 workspaces, $3 most, null: all */
const char *search_row_changed_sql(struct arena *a); /* $1: a snapshot */
const char *search_row_expired_sql(
	struct arena *a); /* $1: a day. What its age alone hides since then */

/* Borrows the texts, which are search_row_columns() many. false: it is not there any more, only doc->id. */
bool search_row_doc(const struct str *texts, struct search_doc *ret_doc);
/* A line of COPY in its text format, without the newline, into columns; writes over it. false: it is none. */
bool search_row_split(char *line, size_t len, struct str *ret_texts, int n);

/* --- follow*.c --------------------------------------------------------------------------------------- */
void search_follow_start(struct search_store *st);
void search_follow_stop(struct search_store *st); /* (waits) */
void search_follow_soon(struct search_store *st);

struct search_change {
	struct search_held *held;
	struct search_doc doc;
	bool is_there;
	size_t number; /* in the order of the answer */
};

/* The rows of a statement of store_row.c in the workspaces of held[0..n), sorted by id, go to write() in portions. *ret_since (heap) is a
 * snapshot taken before the rows were read. */
struct search_follow {
	struct search_store *st;
	struct search_held **held;
	size_t n;
	const char *sql, *since;
	void (*write)(struct search_store *st, struct search_change *changes, size_t n);
};
int search_follow_read(const struct search_follow *r, char **ret_since, struct err *e) MUST_CHECK;

/* (waits) Into the index of each, a few at a time, searches in between. */
void search_follow_write(struct search_store *st, struct search_change *changes, size_t n);
/* (waits) Into what was loaded; all of one held. */
void search_follow_write_next(struct search_store *st, struct search_change *changes, size_t n);
