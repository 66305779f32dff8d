/* held: the saved searches of a workspace, kept ready between two looks at its listings.
 *
 * Each look reads what changed since the last one (saved_searches.changed_xid, as listings are followed). What was deleted or switched off
 * stays until the next making anew, and finds nothing: who is told is asked of the table.
 *
 * Owner    this file: a few workspaces, those used last (process-wide; one job at a time uses them).
 * Failure  as the session.
 * Threads  alerts_held_get() (waits); what it answers is good until the next call.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct alerts_brief;
struct alerts_search;
struct arena;
struct session;

struct alerts_held {
	struct arena *arena; /* of the searches; compile them there */
	struct alerts_search **searches;
	struct alerts_brief *briefs; /* of each */
	size_t n;
};

int alerts_held_get(struct session *s, struct arena *a, struct str workspace_id,
	struct alerts_held *ret_held, struct err *e) MUST_CHECK;

void alerts_held_forget(void); /* all of them */
