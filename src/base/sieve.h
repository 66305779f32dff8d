/* sieve: a bounded cache from bytes to bytes, with SIEVE eviction (Zhang et al., NSDI 2024).
 *
 * Entries lie in the order they came. A hit only marks its entry; when room is needed a hand walks from the
 * oldest to the newest, clears marks and takes the first unmarked entry out. So a hit costs no more
 * than the look-up, and what is asked for once goes before what is asked for often.
 *
 * Owner    the cache copies keys and owns values; both are wiped when they go, since they are often
 *          credentials. sieve_free().
 * Failure  none: what does not fit is not kept.
 * Threads  none.
 * Units    bytes count keys, values and what it takes to keep them.
 *
 * Hashed with a secret key, so keys that a stranger chooses cannot make it slow; a hit compares the whole key.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct sieve;

struct sieve *sieve_new(size_t max_entries, size_t max_bytes) __attribute__((returns_nonnull));
void sieve_free(struct sieve *s); /* NULL is fine */

/* The value, aligned for any type, until the next put, limit, clear or free; NULL when it is not there. */
void *sieve_get(struct sieve *s, struct str key);

/* Room for a new value of len bytes, uninitialised, which the caller fills at once; valid as above. NULL when it
 * would not fit even alone. The key must not be there yet: assert. */
void *sieve_put(struct sieve *s, struct str key, size_t len);

void sieve_remove(struct sieve *s, struct str key); /* fine when it is not there */
void sieve_clear(struct sieve *s);                  /* counters stay */
void sieve_limit(struct sieve *s, size_t max_entries,
	size_t max_bytes); /* new bounds, kept at once */

struct sieve_stats {
	uint64_t requests, hits, evictions; /* since sieve_new() */
	size_t entries, bytes;
};
struct sieve_stats sieve_stats(const struct sieve *s);
