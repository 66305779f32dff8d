/* mapping_preview: what a mapping would make of some listings, as a table.
 *
 * Owner, failure, threads: cmd/task.h. Nothing is written.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct login;
struct task;

struct mapping_preview_wish {
	struct str workspace_id, provider;
	struct str mapping; /* the document */
	int most;           /* listings */
};

int mapping_preview_print(struct task *t, struct login *l, const struct mapping_preview_wish *wish,
	struct err *e) MUST_CHECK;
