/* task_preview: what an import task would bring, before it is saved: POST /mls/v1/tasks/preview.
 *
 * {"task_id": …} previews a task as it is; further members (filter_config, status_filters, price_min, price_max, category) as it would be
 * with them. Without a task_id they are a new task, of the connection "connection_id". The answer has the filters, how many listings the
 * source counts for them, and what changing the task would do to its rows.
 *
 * Owner    the arena.
 * Failure  a filter that cannot be used is 400 with the sentence; a source that does not count is no failure: "count" is null then, and
 *          "problem" says why.
 * Threads  a fiber; task_preview_count() asks the source, so it (waits).
 */
#pragma once
#include <stdint.h>

#include "base/err.h"

struct arena;
struct req;
struct source;
struct task_filters;

void task_preview(struct req *r);

/* Of the union at most: a listing that two of the filters find counts twice. */
int task_preview_count(struct source *source, struct arena *a, const struct task_filters *filters,
	int64_t *ret_n, struct err *e) MUST_CHECK;
