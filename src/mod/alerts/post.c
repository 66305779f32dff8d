#include "mod/alerts/post.h"

#include "app/job.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/log.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/alerts/letter.h"

#define MAILS_MOST 5000 /* that are looked for at once */

struct post {
	struct job *job;
	struct session *session;
	struct arena *arena; /* of one mail */
	struct str moment;   /* everything that was found before is committed */
	int64_t mails;
};

static int send(struct post *p, struct str workspace_id, const struct alerts_letter *l,
	struct err *e)
{
	struct db_param params[] = {db_str(l->address), db_str(l->data), db_str(workspace_id)};

	p->mails++;
	return session_exec(p->session, p->arena,
		"select plat.send_mail('search_alert', $1, $2::jsonb, $3::uuid)", 3, params, NULL,
		e);
}

static int post_one(struct post *p, struct str workspace_id, struct str user_id, struct str cadence,
	struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_str(user_id), db_str(cadence),
		db_str(p->moment)};
	struct alerts_letter_for who = {.arena = p->arena,
		.keyring = p->job->keyring,
		.workspace_id = workspace_id,
		.user_id = user_id};
	struct alerts_letter letter;
	struct result *r;

	if (session_begin(p->session, e) ||
		session_exec(p->session, p->arena,
			"select mls.take_alert_mail($1::uuid, $2::uuid, $3, moment => $4::timestamptz)",
			4, params, &r, e))
		return e->code;
	if (!result_is_null(r, 0, 0) &&
		(alerts_letter_write(&who, result_text(r, 0, 0), &letter, e) ||
			send(p, workspace_id, &letter, e)))
		return e->code;
	return session_commit(p->session, e);
}

static int post_some(struct post *p, struct arena *a, int *ret_n, struct err *e)
{
	struct db_param params[] = {db_i64(a, MAILS_MOST), db_null()};
	struct result *r;

	if (session_exec(p->session, a, "select mls.alerts_settled()", 0, NULL, &r, e))
		return e->code;
	params[1] = db_str(p->moment = result_text(r, 0, 0));
	if (session_exec(p->session, a,
		    "select workspace_id, user_id, cadence from mls.due_alert_mails($1::int, $2::timestamptz)",
		    2, params, &r, e))
		return e->code;
	*ret_n = result_rows(r);
	for (int row = 0; row < *ret_n; row++) {
		arena_reset(p->arena);
		if (post_one(p, result_text(r, row, 0), result_text(r, row, 1),
			    result_text(r, row, 2), e))
			return e->code;
	}
	return 0;
}

int alerts_post(struct job *j, struct err *e)
{
	struct post p = {.job = j, .arena = arena_new(), .session = worker_session(j->db, e)};

	for (int n = MAILS_MOST; p.session && n == MAILS_MOST;) {
		struct arena *a = arena_new();
		int code = post_some(&p, a, &n, e);
		arena_free(a);
		if (code)
			break;
	}
	session_close(p.session);
	arena_free(p.arena);
	if (p.mails)
		log_info("alerts.mailed", LOG_INT("mails", p.mails));
	return e->code;
}
