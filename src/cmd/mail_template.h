/* mail_template: `plat mail --template NAME` and `plat mail template set|reset NAME`.
 *
 * Owner    the command's; words live until exit.
 * Failure  one sentence. Threads mail_template_do() (waits).
 */
#pragma once
#include "base/err.h"

struct login;
struct task;

enum mail_template_verb {
	MAIL_TEMPLATE_NONE,
	MAIL_TEMPLATE_PRINT,
	MAIL_TEMPLATE_SET,
	MAIL_TEMPLATE_RESET
};

struct mail_template_words {
	enum mail_template_verb verb;
	const char *name, *print, *workspace, *subject, *text_file, *html_file;
};

/* Fills in verb and name. Answers what is wrong with the words, or NULL. */
const char *mail_template_parse(struct mail_template_words *w, int n, char **operands);

int mail_template_do(struct task *t, struct login *l, const struct mail_template_words *w,
	struct err *e);
