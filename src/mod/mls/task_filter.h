/* task_filter: what an import task wants, as texts of OData's $filter.
 *
 * A task is its row as JSON: category, filter_config, status_filters, price_min, price_max. What must hold together is joined with
 * "and", a list of values means any of them. A list too long for one URL becomes several filters, whose union is the task.
 *
 * Names of places may be written as slugs: "coconut-grove" finds "Coconut Grove", in any case where the source knows tolower(), else in
 * the usual spellings.
 *
 * Owner    the arena.
 * Failure  E_INPUT with a sentence that names the key; the caller says which task.
 * Threads  pure apart from the arena.
 * Units    bytes of the text when percent-encoded.
 * Source   document 000, 6b; OData 4.01 part 2, 5.1.1; keys and their fields: docs/import-tasks.md.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct json;

#define TASK_VALUES_MAX 2000 /* values of one list */
#define TASK_FILTERS_MAX 200 /* filters that a task may become */

struct task_rules {
	size_t most;               /* bytes of one filter, percent-encoded */
	bool has_tolower;          /* the source knows tolower() */
	bool has_in;               /* ... and the operator in */
	const struct json *fields; /* of its Property, by name; NULL: not known */
};

struct task_filters {
	struct str *text; /* absent: everything */
	size_t n;         /* at least one */
};

int task_filter_compile(struct arena *a, const struct json *task, const struct task_rules *rules,
	struct task_filters *ret_filters, struct err *e) MUST_CHECK;

/* How long a text is in a URL, whatever its encoder leaves as it is. */
size_t task_filter_encoded(struct str text);
