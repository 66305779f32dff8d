/* scope: which part of a source is wanted. A connection without import tasks wants everything; with tasks, each enabled one is a scope
 * of its own: filters, limit, mapping, cadence and cursor. The same listing in two scopes is one row (mls.import_task_listings says who
 * wants it).
 *
 * Owner    the arena.
 * Failure  E_INPUT a filter_config that cannot be used, naming the task and what in it; such a task is skipped with that sentence in its
 *          status_reason, the others go on.
 * Threads  (waits).
 * Source   document 000, import_tasks; filter_config shapes in docs/import-tasks.md.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

struct arena;
struct json;
struct session;
struct source;
struct task_filters;

struct scope {
	struct str task_id; /* absent: everything, by the connection's own cursor */
	struct str name;    /* for people: the task's, or "all listings" */
	struct str key;     /* of mls.sweep_keys.scope: the id of the task, or of the connection */
	/* OData $filter texts, not encoded; each fits the source's url_max with room for a cursor. Their union is the scope. One that is absent
	 * means everything. At least one. */
	struct str *filters;
	size_t n_filters;
	int64_t limit; /* listings at most; 0: no limit */
	struct hash_128
		hash; /* of the filters and the limit: with another one than the cursor's, everything is read again */
	struct str mapping_id;  /* field_mappings.id of its own; absent: the active one */
	struct str cursor_text; /* last_sync_cursor; absent: none, or of another hash */
	bool is_due;            /* by its cadence; manual is never due */
};

struct scope_list {
	struct scope *row;
	size_t n;
};

/* The scopes of a source, or only that task's (task_id present, enabled or not). None when the source has tasks and all of them are
 * disabled, or cannot be used: then nothing is wanted. */
int scope_find(struct session *s, struct arena *a, const struct source *source, struct str task_id,
	struct scope_list *ret_list, struct err *e) MUST_CHECK;

/* Inside the page's transaction: the cursor of a scope (of its task, or of the connection). The first cursor of a task with these filters
 * begins a pass; the first that says {"complete": true} ends it: what the task does not want any more, by import_task_listings.seen_at, is
 * let go in the same transaction (mls.settle_task). So whoever loads a page stamps seen_at of every row on it, unchanged ones too. */
int scope_move(struct session *s, struct arena *a, const struct source *source,
	const struct scope *scope, struct str cursor_text, struct err *e) MUST_CHECK;

/* What a task, as JSON of its row, would ask this source for (task_filter.h). */
int scope_compile(struct session *s, struct arena *a, const struct source *source,
	const struct json *task, struct task_filters *ret_filters, struct err *e) MUST_CHECK;
