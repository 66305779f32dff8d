/* plat mail: what was sent or waits in the outbox, and the templates. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "cmd/mail_template.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"

static const char *status;
static long long limit = 20;
static bool html;
static struct mail_template_words words;

static const char list_sql[] =
	"select left(id::text, 8) as id, to_char(created_at, 'YYYY-MM-DD HH24:MI:SS') as time, status, template, address as to,"
	" coalesce(subject, error, '') as subject from plat.mails where $1::text is null or status = $1 order by created_at desc, id limit $2::int";

static const char show_sql[] =
	"select id, status, template, address as to, subject, workspace_id, created_at, sent_at, error, text, html from plat.mails"
	" where starts_with(id::text, lower($1)) order by created_at desc limit 2";

enum { COL_TEXT = 9, COL_HTML, HEAD_COLS = COL_TEXT };

static struct batch *batch_of(struct task *t)
{
	struct batch *b = batch_new(t->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

static int list(struct task *t, struct login *l, struct err *e)
{
	struct batch *b = batch_of(t);

	batch_add(b, list_sql, 2, (struct db_param[]){db_text(status), db_i64(t->arena, limit)});
	if (db_run(l->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (result_rows(r))
		table_print(stdout, r);
	else if (status)
		printf("No mail is %s.\n", status);
	else
		printf("There is no mail yet.\n");
	return 0;
}

static void print_mail(const struct result *r)
{
	struct str body = result_text(r, 0, html ? COL_HTML : COL_TEXT);

	if (html && body.p) {
		printf(STR_FMT, STR_ARG(body));
		return;
	}
	for (int col = 0; col < HEAD_COLS; col++)
		if (!result_is_null(r, 0, col))
			printf("%-12s  " STR_FMT "\n", result_name(r, col),
				STR_ARG(result_text(r, 0, col)));
	if (body.p)
		printf("\n" STR_FMT, STR_ARG(body));
	else
		printf("\n(no %s is kept: the mail %s)\n", html ? "html" : "text",
			str_eq(result_text(r, 0, 1), STR("sent")) ? "was sent"
								  : "is not filled in yet");
}

static int show(struct task *t, struct login *l, struct err *e)
{
	const char *id = t->arg;
	struct batch *b = batch_of(t);

	batch_add(b, show_sql, 1, (struct db_param[]){db_text(id)});
	if (db_run(l->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "there is no mail %s", id);
	if (result_rows(r) > 1)
		return err_set(e, E_CONFLICT, "more than one mail begins with %s", id);
	print_mail(r);
	return 0;
}

static int mail(struct task *t, struct err *e)
{
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	if (words.verb)
		mail_template_do(t, &l, &words, e);
	else if (t->arg)
		show(t, &l, e);
	else
		list(t, &l, e);
	login_close(&l);
	return e->code;
}

static int misused(const char *what)
{
	fprintf(stderr, "plat mail: %s; see plat mail --help\n", what);
	return 2;
}

static int run(int n, char **operands)
{
	bool is_show = n == 2 && !strcmp(operands[0], "show");

	if (status && strcmp(status, "queued") && strcmp(status, "sent") &&
		strcmp(status, "failed") && strcmp(status, "outbox"))
		return misused("--status takes queued, sent, failed or outbox");
	const char *wrong = mail_template_parse(&words, n, operands);
	if (wrong)
		return misused(wrong);
	if (n && !is_show && !words.verb)
		return misused("takes show ID, template set NAME or template reset NAME");
	return task_run("mail", mail, is_show ? operands[1] : NULL);
}

static const struct arg args[] = {
	{"status", ARG_TEXT, &status, "STATUS", "only queued, sent, failed or outbox", 0, 0},
	{"limit", ARG_INT, &limit, "N", "the latest N; 20 unless said", 1, 100000},
	{"as-html", ARG_FLAG, &html, NULL, "with show: the html part as it is", 0, 0},
	{"template", ARG_TEXT, &words.print, "NAME", "print the template in force", 0, 0},
	{"workspace", ARG_TEXT, &words.workspace, "SLUG",
		"with templates: the workspace's own; unless said, everybody's", 0, 0},
	{"subject", ARG_TEXT, &words.subject, "TEXT", "with template set: the subject", 0, 0},
	{"text", ARG_TEXT, &words.text_file, "FILE", "with template set: the text part", 0, 0},
	{"html", ARG_TEXT, &words.html_file, "FILE", "with template set: the html part", 0, 0},
	{0},
};

const struct command mail_command = {
	.name = "mail",
	.summary = "show the outbox and what was sent, and change mail templates",
	.operands = "[show ID | template set|reset NAME]",
	.details =
		"Without PLAT_SMTP_URL mail is not sent but kept, readable, with the status outbox. An ID may be shortened. What `template set`\n"
		"is not given stays as it is in force; variables are listed in docs/mail.md.",
	.examples =
		"plat mail\nplat mail show 1f0c2a9e\nplat mail --template invite\n"
		"plat mail template set invite --subject 'Come to {{ .Data.workspace }}' --text invite.txt --html invite.html\n"
		"plat mail template reset invite\n",
	.args = args,
	.run = run,
};
