/* remap_local: what the parts of remap share. Not for others.
 *
 *   remap.c       the order of things, and the job
 *   remap_run.c   the lock, the sync_runs row, the mappings
 *   remap_batch.c some rows: locked, read, typed
 *   remap_write.c ... and written
 */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "mod/mls/mapping.h"
#include "mod/mls/remap.h"

struct corrections;
struct session;

/* The mapping of an import task. */
struct remap_task {
	struct str id;
	struct mapping *mapping;
};

struct remap {
	const struct remap_options *o;
	struct arena *arena; /* of the run */
	struct session *s;
	struct str connection_id; /* absent: the rows came from files */
	struct str run_id;
	struct mapping *active;
	struct remap_task *tasks;
	size_t tasks_n;
	struct str task_ids, task_hashes; /* arrays of PostgreSQL */
	struct corrections *corrections;
	struct remap_stats stats;
	int64_t began_us;
	struct str after; /* id of the last row done in this pass; absent: at the beginning */
};

/* What a batch writes. */
struct remap_lines {
	struct buf listings, media; /* COPY text */
	int64_t n, n_media;
};

/* remap_run.c */
int remap_begin(struct remap *m, struct err *e) MUST_CHECK;
int remap_note(struct remap *m, struct arena *a,
	struct err *e) MUST_CHECK; /* in the batch's transaction */
int remap_end(struct remap *m, const struct err *failure, struct err *e) MUST_CHECK;
int remap_count(struct remap *m, struct arena *a, int64_t *ret_n, struct err *e) MUST_CHECK;
struct str remap_hash(struct arena *a, const struct mapping *m); /* as bytea is written */

/* remap_batch.c: one transaction. ret_n 0: there is nothing behind m->after. */
int remap_batch(struct remap *m, int64_t *ret_n, struct err *e) MUST_CHECK;

/* remap_write.c */
int remap_prepare(struct remap *m, struct err *e) MUST_CHECK; /* once per session */
int remap_write(struct remap *m, struct arena *a, const struct remap_lines *lines,
	struct err *e) MUST_CHECK;
