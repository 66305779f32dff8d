#include "mod/mail/mail.h"

#include <stdio.h>

#include "app/job.h"
#include "app/module.h"
#include "app/settings.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/db.h"
#include "http/smtp.h"
#include "mod/mail/send.h"

#define SEND_TIMEOUT_S 90

int mail_check(struct err *e)
{
	struct arena *a = arena_new();
	struct err why = {.arena = a};
	struct smtp_server server;
	struct smtp_address from;
	const char *wrong = NULL;

	if (setting(SET_SMTP_URL) &&
		smtp_server_parse(a, str_of(setting(SET_SMTP_URL)), &server, &why))
		wrong = "PLAT_SMTP_URL";
	else if (smtp_address_parse(a, str_of(setting(SET_MAIL_FROM)), &from, &why))
		wrong = "PLAT_MAIL_FROM";
	if (wrong)
		fprintf(stderr, "plat: %s %s\n", wrong, why.msg);
	arena_free(a);
	return wrong ? err_set(e, E_INPUT, "%s", wrong) : 0;
}

static int forget(struct job *j, struct err *e)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b, "select plat.forget_mails()", 0, NULL);
	return db_run(j->db, b, e);
}

static const struct job_kind kinds[] = {
	{.name = "mail.send",
		.run = mail_send,
		.timeout_s = SEND_TIMEOUT_S,
		.summary = "fills in a mail and sends it, or puts it into the outbox"},
	{.name = "mail.forget",
		.run = forget,
		.every = "1 day",
		.summary = "deletes mail of more than 30 days ago"},
	{0},
};

const struct module mail_module = {.name = "mail", .jobs = kinds};
