#include "mod/auth/jobs.h"

#include "app/job.h"
#include "base/arena.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/onetime_local.h"

static struct batch *new_batch(struct job *j)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

struct invited {
	struct str login, address, data;
};

/* The mail and its link are one transaction; a job that is done again sends another one, and the first link is void. */
static int mail_invitation(struct job *j, const struct invited *who, struct err *e)
{
	struct batch *b = new_batch(j);
	const struct auth_site *site = auth_site_new(j->arena, j->keyring, e);

	if (!site)
		return e->code;
	struct auth_onetime made =
		onetime_new(j->arena, site, AUTH_INVITE, who->address, site->site_url);
	struct onetime_mail mail = {.address = who->address,
		.redirect_to = site->site_url,
		.data = who->data};
	struct db_param params[] = {db_str(who->login), db_text(onetime_token_type(AUTH_INVITE)),
		db_bytes(auth_sha256(j->arena, made.hash)), db_str(who->address),
		db_str(site->site_url), db_text(onetime_template(AUTH_INVITE)),
		db_str(onetime_mail_data(j->arena, site, &made, &mail))};
	batch_add(b, "select auth.make_token($1, $2, $3, $4, $5, null, null, $6, $7)", 7, params);
	return db_run(j->db, b, e);
}

static int run_invite(struct job *j, struct err *e)
{
	struct batch *b = new_batch(j);
	struct str id;

	if (!json_to_str(json_get(j->payload, "id"), &id))
		return err_set(e, E_INPUT, "the payload has no id");
	batch_add(b, "select login, address, data from auth.login_for_invitation($1)", 1,
		(struct db_param[]){db_str(id)});
	if (db_run(j->db, b, e))
		return e->code;
	struct result *r = batch_result(b, 0);
	if (result_is_null(r, 0, 0))
		return 0; /* withdrawn, or accepted already */
	struct invited who = {result_text(r, 0, 0), result_text(r, 0, 1), result_text(r, 0, 2)};
	return mail_invitation(j, &who, e);
}

static int run_sweep(struct job *j, struct err *e)
{
	struct batch *b = new_batch(j);

	batch_add(b, "select auth.sweep()", 0, NULL);
	return db_run(j->db, b, e);
}

const struct job_kind auth_jobs[] = {
	{.name = "auth.invite",
		.run = run_invite,
		.timeout_s = 60,
		.summary = "mails an invitation with a link to accept it"},
	{.name = "auth.sweep",
		.run = run_sweep,
		.every = "1 hour",
		.summary = "deletes sessions, links and counters that are over"},
	{0},
};
