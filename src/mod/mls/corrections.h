/* corrections: counts what a run put right or had to empty, by field and reason, for mls.sync_corrections.
 *
 * Owner    the arena; at most CORRECTIONS_MAX kinds are told apart, further ones count as reason "other".
 * Failure  saving: as sessions do. Threads none; saving (waits).
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;
struct corrections;
struct listing_row;
struct session;

#define CORRECTIONS_MAX 500

struct corrections *corrections_new(struct arena *a);

/* Adds all problems of a row. */
void corrections_add(struct corrections *c, const struct listing_row *row);

/* Inside the page's transaction, once: adds what came since the last transaction to the run's rows. Afterwards corrections_keep() says
 * that it was committed, corrections_forget() that it was rolled back: both begin anew. */
int corrections_save(struct corrections *c, struct session *s, struct arena *a,
	struct str workspace_id, struct str run_id, struct err *e) MUST_CHECK;
void corrections_keep(struct corrections *c);
void corrections_forget(struct corrections *c);
