/* task_local: what the parts of task_filter.h share. Not for others.
 *
 *   task_filter.c   from the row to the filters
 *   task_term.c     one key of filter_config, as a term
 *   task_odata.c    the free filter
 *   task_write.c    terms as text, split where they are too long
 */
#pragma once
#include "mod/mls/task_filter.h"

#define TASK_TERMS_MAX 32

enum task_term_kind {
	TASK_EXACT, /* texts, as they are written */
	TASK_NAME,  /* texts, in whatever case; slugs too */
	TASK_LEAST, /* a number: at least */
	TASK_MOST,  /* a number: at most */
	TASK_FREE,  /* the free filter */
};

/* One condition. Several fields: any of them. */
struct task_term {
	enum task_term_kind kind;
	const char *fields[2]; /* the second may be NULL */
	struct str *values;
	size_t n;
};

struct task_terms {
	struct task_term row[TASK_TERMS_MAX];
	size_t n;
};

/* Adds the term of one key; unknown keys are refused naming the nearest. */
int task_term_add(struct task_terms *t, struct arena *a, struct str key, const struct json *value,
	const struct task_rules *rules, struct err *e) MUST_CHECK;

/* Adds "field is one of the values"; fine when the source has no such field: refused with a sentence. */
int task_term_values(struct task_terms *t, struct arena *a, const char *field,
	const struct json *list, const struct task_rules *rules, struct err *e) MUST_CHECK;
int task_term_number(struct task_terms *t, struct arena *a, const char *field,
	enum task_term_kind kind, struct str number, const struct task_rules *rules,
	struct err *e) MUST_CHECK;

/* Whether a text can stand in parentheses as a part of a filter. */
int task_odata_check(struct str text, struct err *e) MUST_CHECK;

int task_write(struct arena *a, const struct task_terms *t, const struct task_rules *rules,
	struct task_filters *ret_filters, struct err *e) MUST_CHECK;
