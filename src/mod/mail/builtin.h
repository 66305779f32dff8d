/* builtin: the templates that are in the program, one for each kind of mail.
 *
 * Owner    constants. Failure none. Threads none.
 */
#pragma once
#include "base/str.h"

struct builtin_template {
	const char *name, *subject, *text, *html;
};

extern const struct builtin_template builtin_templates[]; /* ends with an empty entry */

/* NULL when there is none of this name. */
const struct builtin_template *builtin_template(struct str name);
