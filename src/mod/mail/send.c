#include "mod/mail/send.h"

#include "app/job.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "http/smtp.h"
#include "loop/fiber.h"
#include "mod/mail/letter.h"

#define NOTE_TRIES 30
#define NOTE_PAUSE_MS 500

struct post {
	struct job *job;
	struct str id, template, address, data, workspace_id;
	bool done; /* it was sent before */
};

static struct batch *batch_of(struct job *j)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

static int load(struct post *p, struct err *e)
{
	struct batch *b = batch_of(p->job);

	if (!json_to_str(json_get(p->job->payload, "id"), &p->id))
		return err_set(e, E_INPUT, "the payload names no mail");
	batch_read_only(b);
	batch_add(b,
		"select template, address, data, workspace_id, status in ('sent', 'outbox') from plat.mails where id = $1::uuid",
		1, (struct db_param[]){db_str(p->id)});
	if (db_run(p->job->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "the mail is gone");
	p->template = result_text(r, 0, 0);
	p->address = result_text(r, 0, 1);
	p->data = result_text(r, 0, 2);
	p->workspace_id = result_text(r, 0, 3);
	p->done = result_bool(r, 0, 4);
	return 0;
}

static int fill_in(const struct post *p, struct letter *ret_letter, struct err *e)
{
	struct mail_template t;

	if (mail_template_find(p->job->db, p->job->arena, p->template, p->workspace_id, &t, e))
		return e->code;
	if (letter_write(p->job->arena, &t, p->address, p->data, ret_letter, e))
		return err_prefix(e, "mail template " STR_FMT, STR_ARG(p->template));
	return 0;
}

static int keep_in_outbox(const struct post *p, const struct letter *l, struct err *e)
{
	struct batch *b = batch_of(p->job);
	struct arena *a = p->job->arena;
	struct db_param params[] = {db_str(p->id), db_str(str_without_nul(a, l->subject)),
		db_str(str_without_nul(a, l->text)), db_str(str_without_nul(a, l->html))};

	batch_add(b,
		"update plat.mails set status = 'outbox', subject = $2, text = $3, html = $4, error = null where id = $1::uuid",
		4, params);
	return db_run(p->job->db, b, e);
}

/* Settings that cannot be read are no fault of the mail, which waits for the operator. */
static int read_settings(struct arena *a, struct smtp_server *server, struct smtp_address *from,
	struct err *e)
{
	struct err why = {.arena = a};

	if (smtp_server_parse(a, str_of(setting(SET_SMTP_URL)), server, &why))
		return err_set(e, E_UPSTREAM, "PLAT_SMTP_URL %s", why.msg);
	if (smtp_address_parse(a, str_of(setting(SET_MAIL_FROM)), from, &why))
		return err_set(e, E_UPSTREAM, "PLAT_MAIL_FROM %s", why.msg);
	return 0;
}

static int hand_over(const struct post *p, const struct letter *l, struct err *e)
{
	struct arena *a = p->job->arena;
	struct smtp_mail mail = {.to = p->address};
	struct smtp_message m = {.to = {.address = p->address},
		.id = p->id,
		.date_us = now_us(),
		.subject = l->subject,
		.text = l->text,
		.html = l->html,
		.unsubscribe_url = l->unsubscribe_url};
	struct buf b;

	if (read_settings(a, &mail.server, &m.from, e))
		return e->code;
	buf_init(&b, 0);
	smtp_message_write(&b, &m);
	mail.message = buf_view(&b);
	mail.from = m.from.address;
	int code = smtp_send(a, &mail, e);
	buf_done(&b);
	return code;
}

/* What one could sign in with is no longer needed here. */
static int note_once(const struct post *p, const struct letter *l, struct err *e)
{
	struct batch *b = batch_of(p->job);

	batch_add(b,
		"update plat.mails set status = 'sent', sent_at = now(), subject = $2, text = null, html = null, data = '{}', error = null"
		" where id = $1::uuid",
		2,
		(struct db_param[]){db_str(p->id),
			db_str(str_without_nul(p->job->arena, l->shown_subject))});
	return db_run(p->job->db, b, e);
}

/* A mail that is out is not to go out again because the database was away for a moment. */
static int note_sent(const struct post *p, const struct letter *l, struct err *e)
{
	int code = note_once(p, l, e);

	for (int i = 1; code == E_BUSY && i < NOTE_TRIES && !fiber_sleep_ms(NOTE_PAUSE_MS); i++) {
		err_clear(e);
		code = note_once(p, l, e);
	}
	return code;
}

static void note_failure(const struct post *p, const struct err *why)
{
	struct job *j = p->job;
	struct err e = {.arena = j->arena};
	struct batch *b = batch_of(j);
	bool last = j->attempt >= j->max_attempts || why->code == E_INPUT || why->code == E_ABSENT;

	batch_add(b,
		"update plat.mails set error = $2, status = case when $3::boolean then 'failed' else 'queued' end where id = $1::uuid",
		3, (struct db_param[]){db_str(p->id), db_text(why->msg), db_bool(last)});
	(void)!db_run(j->db, b, &e); /* the job says it too */
}

int mail_send(struct job *j, struct err *e)
{
	struct post p = {.job = j};
	struct letter l;

	if (load(&p, e) || p.done)
		return e->code;
	int code = fill_in(&p, &l, e);
	if (!code && !setting(SET_SMTP_URL))
		return keep_in_outbox(&p, &l, e);
	if (!code)
		code = hand_over(&p, &l, e);
	if (!code)
		return note_sent(&p, &l, e);
	if (code != E_CANCEL)
		note_failure(&p, e);
	return code;
}
