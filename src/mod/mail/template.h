/* template: texts with places to fill in, in the words that Supabase's mail templates use.
 *
 *     {{ .ConfirmationURL }}   {{ .Data.first_name }}   {{ if .Data.inviter }}…{{ else }}…{{ end }}
 *     {{ range .Data.listings }}{{ .price }} for {{ $.Email }}{{ else }}none{{ end }}
 *
 * Owner    borrows; results live in the arena or the buf.
 * Failure  E_INPUT with the line and what is wrong there. An absent value is nothing, and false.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct buf;
struct json;

enum template_form {
	TEMPLATE_TEXT,
	TEMPLATE_HTML, /* values are escaped */
	TEMPLATE_LINE, /* controls of values become spaces: subjects */
};

/* The names that a template may use, without what is below Data; ends with NULL. */
extern const char *const template_names[];

/* Where values come from: an object {"Token": "…", "Data": {…}}. */
struct template_values {
	const struct json *values;
	bool masked; /* what one could sign in with is shown as … */
};

int template_check(struct str text, struct err *e) MUST_CHECK;

/* Appends to out. */
int template_render(struct buf *out, struct str text, enum template_form form,
	const struct template_values *values, struct err *e) MUST_CHECK;
