/* cache: answers of sites that stand ready, by workspace.
 *
 * A workspace has a generation for each life: an answer that was begun in an earlier one is given to who asked and is not kept. Answers of
 * figures (SITE_FIGURES: statistics, lists of pages) outlive a change of listings by minutes; those of listings do not.
 *
 * Owner    site_cache_new() to site_cache_free(). Answers are copied in; what is found lives in the arena given.
 * Failure  none: what does not fit is not kept.
 * Threads  the loop's.
 * Units    bytes, microseconds of the monotonic clock.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct buf;
struct loop;
struct site_cache;
struct site_space; /* of one workspace */

enum site_life { SITE_LISTINGS, SITE_FIGURES };

#define SITE_ETAG_SIZE 40

struct site_answer {
	const char *type;          /* a constant */
	char etag[SITE_ETAG_SIZE]; /* without quotes */
	struct str body, packed;   /* packed: gzip; absent when it is not worth it */
	struct str keys;           /* Surrogate-Key */
	int64_t until_us;
	bool is_settled; /* nothing changed meanwhile: may be kept */
};

struct site_cache *site_cache_new(size_t max_bytes) __attribute__((returns_nonnull));
void site_cache_free(struct site_cache *c); /* NULL is fine */

/* Made when it is not there; valid until the caller waits. */
struct site_space *site_cache_space(struct site_cache *c, struct str workspace_id);
uint64_t site_cache_generation(const struct site_space *s, enum site_life life);
/* When something of it changed last, as far as we know: before it was made it may have. */
int64_t site_cache_changed_us(const struct site_space *s);

bool site_cache_get(struct site_cache *c, struct str workspace_id, enum site_life life,
	struct str key, struct arena *a, struct site_answer *ret);
void site_cache_copy(struct arena *a, const struct site_answer *from, struct site_answer *ret);
/* Kept only while the generation is still the workspace's. */
void site_cache_put(struct site_cache *c, struct str workspace_id, enum site_life life,
	struct str key, uint64_t generation, const struct site_answer *answer);

/* whole: figures too. */
void site_cache_forget(struct site_cache *c, struct str workspace_id, bool whole);
void site_cache_forget_all(struct site_cache *c, bool whole);
bool site_cache_is_empty(const struct site_cache *c);

void site_cache_metrics(const struct site_cache *c, struct buf *out);
