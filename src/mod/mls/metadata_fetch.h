/* metadata_fetch: asks a source for its $metadata and keeps what it says in mls.source_metadata.
 *
 * A document that cannot be had or read leaves the one that is there, and its problem beside it.
 *
 * Owner    the arena.
 * Failure  as source_get() and metadata.h; storing as sessions do.
 * Threads  (waits): in a fiber.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct job;
struct session;
struct source;

struct metadata_found {
	struct str json; /* metadata.h */
	size_t resources, fields;
	int status; /* HTTP's; 0: no answer */
};

/* (waits) Asks; stores nothing. */
int metadata_fetch(struct source *s, struct arena *a, struct metadata_found *ret,
	struct err *e) MUST_CHECK;

/* (waits) Stores what came, or the problem. w of plat_worker. */
int metadata_keep(struct session *w, struct arena *a, const struct source *s,
	const struct metadata_found *found, const struct err *problem, struct err *e) MUST_CHECK;

/* (waits) Both. Code and words are those of asking; what cannot be stored is only logged. */
int metadata_refresh(struct source *s, struct session *w, struct arena *a, struct err *e);

/* The job mls.metadata: all connections that are in use, one after another; payload {"connection_id": …}: that one. */
int metadata_job(struct job *j, struct err *e);
