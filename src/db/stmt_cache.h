/* stmt_cache: which statements a connection has prepared. Private to src/db.
 *
 * Owner    the connection; emptied when that is closed. Entries stay valid until
 * stmt_cache_clear(), or
 *          until stmt_cache_use() names them as ret_evicted.
 * Failure  none. Threads: the loop's.
 *
 *   NEW ──> ASKED <──> STALE       when the answer to a PREPARE is a failure, ASKED goes back to
 *    ^        │          ^        where it came from
 *    │        v          │
 *    └───── READY ───────┘
 *
 * A statement counts as prepared when PostgreSQL has said so. Between asking and the answer other
 * batches on the same connection use the text: they cannot know whether the PREPARE will succeed.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STMT_CACHE_MAX 256
#define STMT_NAME_MAX 64

enum stmt_state {
	STMT_NEW,   /* the server does not know it */
	STMT_ASKED, /* a PREPARE is on its way */
	STMT_READY,
	STMT_STALE, /* the server has it, but it has to be dropped and prepared again */
	STMT_STATES
};

struct stmt_entry {
	char name[STMT_NAME_MAX];
	enum stmt_state state; /* written by stmt_entry_set() only */
	bool was_stale;        /* before ASKED */
	unsigned users;        /* batches in flight that name it: it is not evicted meanwhile */
	uint64_t asked_by;     /* number of the batch that carries the PREPARE */
	uint64_t used;         /* for eviction */
	uint64_t hash;
};

struct stmt_cache;

struct stmt_cache *stmt_cache_new(void) __attribute__((returns_nonnull));
void stmt_cache_free(struct stmt_cache *c); /* NULL is fine */
void stmt_cache_clear(struct stmt_cache *c);
size_t stmt_cache_len(const struct stmt_cache *c);

/* The entry of that name, made when it is not there. When the cache is full, the READY entry
 * without users that was not used for longest makes room: its name is written to ret_evicted
 * (otherwise ""), and the server has to forget it too. */
struct stmt_entry *stmt_cache_use(struct stmt_cache *c, const char *name,
	char ret_evicted[STMT_NAME_MAX]);

void stmt_entry_set(struct stmt_entry *s, enum stmt_state to);

/* ASKED, and the PREPARE failed or was skipped because something before it failed. */
void stmt_entry_lost(struct stmt_entry *s);
