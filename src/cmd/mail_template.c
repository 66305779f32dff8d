#include "cmd/mail_template.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cmd/file.h"
#include "cmd/login.h"
#include "cmd/task.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/mail/builtin.h"
#include "mod/mail/letter.h"
#include "mod/mls/connection.h"

#define FILE_MAX 500000

static enum mail_template_verb spoken_verb(int n, char **operands)
{
	if (n == 3 && !strcmp(operands[1], "set"))
		return MAIL_TEMPLATE_SET;
	if (n == 3 && !strcmp(operands[1], "reset"))
		return MAIL_TEMPLATE_RESET;
	return MAIL_TEMPLATE_NONE;
}

const char *mail_template_parse(struct mail_template_words *w, int n, char **operands)
{
	bool parts = w->subject || w->text_file || w->html_file;

	w->verb = w->print ? MAIL_TEMPLATE_PRINT : MAIL_TEMPLATE_NONE;
	w->name = w->print;
	if (n && !strcmp(operands[0], "template")) {
		w->verb = spoken_verb(n, operands);
		if (!w->verb)
			return "takes template set NAME or template reset NAME";
		w->name = operands[2];
	}
	if (parts && w->verb != MAIL_TEMPLATE_SET)
		return "--subject, --text and --html are for template set";
	if (!parts && w->verb == MAIL_TEMPLATE_SET)
		return "template set needs --subject, --text or --html";
	return NULL;
}

static int absent(struct arena *a, const char *name, struct err *e)
{
	const char *names = "";

	for (const struct builtin_template *t = builtin_templates; t->name; t++)
		names = arena_printf(a, "%s%s%s", names, *names ? ", " : "", t->name);
	return err_set(e, E_ABSENT, "there is no mail template %s; there are %s", name, names);
}

static int print(struct task *t, struct login *l, const struct mail_template_words *w,
	struct str workspace, struct err *e)
{
	struct err why = {.arena = t->arena};
	struct mail_template found;

	if (mail_template_find(l->db, t->arena, str_of(w->name), workspace, &found, &why))
		return why.code == E_ABSENT ? absent(t->arena, w->name, e)
					    : err_set(e, (enum err_code)why.code, "%s", why.msg);
	printf("Subject: " STR_FMT "  (%s)\n\n" STR_FMT, STR_ARG(found.subject),
		found.replaced ? "replaced" : "built in", STR_ARG(found.text));
	if (found.html.p)
		printf("\n" STR_FMT, STR_ARG(found.html));
	return 0;
}

static int read_part(struct arena *a, const char *path, struct str *ret_text, struct err *e)
{
	struct buf b;

	if (!path)
		return 0;
	buf_init(&b, FILE_MAX);
	int code = file_read(path, &b, e);
	if (!code)
		*ret_text = str_copy(a, buf_view(&b));
	buf_done(&b);
	if (!code && !str_is_utf8(*ret_text))
		code = err_set(e, E_INPUT, "%s is not UTF-8", path);
	return code;
}

static int set(struct task *t, struct login *l, const struct mail_template_words *w,
	struct str workspace, struct err *e)
{
	struct arena *a = t->arena;
	struct mail_template m;
	struct batch *b = batch_new(a);

	if (!builtin_template(str_of(w->name)))
		return absent(a, w->name, e);
	if (mail_template_find(l->db, a, str_of(w->name), workspace, &m, e) ||
		read_part(a, w->text_file, &m.text, e) || read_part(a, w->html_file, &m.html, e))
		return e->code;
	if (w->subject)
		m.subject = str_of(w->subject);
	if (mail_template_check(&m, e))
		return e->code;
	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b,
		"insert into plat.mail_templates (name, workspace_id, subject, text_body, html_body) values ($1, $2::uuid, $3, $4, $5)"
		" on conflict on constraint mail_templates_name do update set subject = excluded.subject, text_body = excluded.text_body,"
		" html_body = excluded.html_body",
		5,
		(struct db_param[]){db_text(w->name), db_str(workspace), db_str(m.subject),
			db_str(m.text), db_str(m.html)});
	if (!db_run(l->db, b, e))
		printf("template %s is replaced\n", w->name);
	return e->code;
}

static int reset(struct task *t, struct login *l, const struct mail_template_words *w,
	struct str workspace, struct err *e)
{
	struct batch *b = batch_new(t->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b,
		"delete from plat.mail_templates where name = $1 and workspace_id is not distinct from $2::uuid",
		2, (struct db_param[]){db_text(w->name), db_str(workspace)});
	if (db_run(l->db, b, e))
		return e->code;
	printf(result_affected(batch_result(b, 0)) ? "template %s is as it was\n"
						   : "template %s was not replaced\n",
		w->name);
	return 0;
}

int mail_template_do(struct task *t, struct login *l, const struct mail_template_words *w,
	struct err *e)
{
	struct str workspace = STR_NULL;

	if (w->workspace &&
		connection_find_workspace(l->db, t->arena, str_of(w->workspace), &workspace, e))
		return e->code;
	switch (w->verb) {
	case MAIL_TEMPLATE_PRINT: return print(t, l, w, workspace, e);
	case MAIL_TEMPLATE_SET: return set(t, l, w, workspace, e);
	case MAIL_TEMPLATE_RESET: return reset(t, l, w, workspace, e);
	case MAIL_TEMPLATE_NONE: break;
	}
	return 0;
}
