/* letter: a mail filled in: the template in force with the values of one mail.
 *
 * Owner    the arena.
 * Failure  E_ABSENT: there is no such template; E_INPUT with the part and line of a template that is wrong; E_BUSY of the database.
 * Threads  mail_template_find() (waits).
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;

struct mail_template {
	struct str subject, text, html; /* html may be absent */
	bool replaced;                  /* by a row of plat.mail_templates */
};

/* The workspace's own (an absent id: everybody's), else everybody's, else the built-in one. */
int mail_template_find(struct db *db, struct arena *a, struct str name, struct str workspace_id,
	struct mail_template *ret_template, struct err *e) MUST_CHECK;

/* All three parts. */
int mail_template_check(const struct mail_template *t, struct err *e) MUST_CHECK;

struct letter {
	struct str subject, text, html; /* html may be absent */
	struct str shown_subject;       /* without codes: for the list of what was sent */
	struct str unsubscribe_url;     /* UnsubscribeURL of its data; may be absent */
};

/* data: JSON, an object. Email and SiteURL are there when it does not name them. */
int letter_write(struct arena *a, const struct mail_template *t, struct str address,
	struct str data, struct letter *ret_letter, struct err *e) MUST_CHECK;
