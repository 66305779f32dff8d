#include "mod/site/domain.h"

#include "app/job.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/client.h"
#include "loop/fiber.h"
#include "mod/site/own.h"
#include "mod/site/site_local.h"
#include "mod/site/txt.h"

#define FILE_BYTES 4096
#define FILE_MS 5000
#define FILE_PATH "/.well-known/plat-verify.txt"

struct search {
	struct db *db;
	struct http_client *http;
	struct arena *a;
};

/* --- looking for a proof -------------------------------------------------------------------------- */

static bool has_record(struct search *s, struct str domain, struct str token, const char **ret_why)
{
	struct err e = {.arena = s->a};
	struct site_txt found;

	if (site_txt_ask(s->a, STR_JOIN(s->a, STR("_plat."), domain), &found, &e)) {
		*ret_why = e.msg;
		return false;
	}
	for (size_t i = 0; i < found.n; i++) {
		struct str text = str_trim(found.texts[i]);
		if (str_starts(text, STR("plat-verify=")) &&
			str_eq(str_sub(text, sizeof "plat-verify=" - 1, text.len), token))
			return true;
	}
	*ret_why = arena_printf(s->a,
		"the TXT record _plat." STR_FMT " does not say plat-verify=" STR_FMT,
		STR_ARG(domain), STR_ARG(token));
	return false;
}

/* Without redirects: where they lead to says nothing about the domain. */
static bool has_file(struct search *s, const char *scheme, struct str domain, struct str token,
	const char **ret_why)
{
	struct http_fetch fetch = {
		.url = arena_printf(s->a, "%s://" STR_FMT FILE_PATH, scheme, STR_ARG(domain)),
		.timeout_ms = FILE_MS,
		.max_body_bytes = FILE_BYTES,
		.public_only = !setting_is(SET_PRIVATE_FEEDS, "on"),
	};
	const struct http_result *r = http_fetch_wait(s->http, s->a, &fetch);

	if (r->err.code)
		*ret_why = arena_printf(s->a, "%s: %s", fetch.url, r->err.msg);
	else if (r->status != 200)
		*ret_why = arena_printf(s->a, "%s answered %d", fetch.url, r->status);
	else if (!str_eq(str_trim(r->body), token))
		*ret_why = arena_printf(s->a, "%s has another content", fetch.url);
	else
		return true;
	return false;
}

/* What comes to us whoever has the domain, or came here for another workspace, our own file would prove to anybody. */
static const char *why_no_file(struct str domain, bool was_of_another)
{
	if (site_own_has(domain))
		return "no file proves a name of this server itself (PLAT_PUBLIC_URL, PLAT_SITE_URL), or one below it";
	if (was_of_another)
		return "no file proves a domain that another workspace has, or had within 90 days";
	return NULL;
}

/* NULL: none, and why. */
static const char *find_proof(struct search *s, struct str domain, struct str token,
	bool was_of_another, struct str *ret_problem)
{
	const char *record = "", *secure = "", *plain = "",
		   *why = why_no_file(domain, was_of_another);

	if (has_record(s, domain, token, &record))
		return "dns";
	if (why) {
		*ret_problem = str_printf(s->a, "%s; %s", record, why);
		return NULL;
	}
	if (has_file(s, "https", domain, token, &secure) ||
		has_file(s, "http", domain, token, &plain))
		return "file";
	*ret_problem = str_printf(s->a, "%s; %s; %s", record, secure, plain);
	return NULL;
}

/* --- whose it is ---------------------------------------------------------------------------------- */

static struct result *ask(struct search *s, const char *sql, int n, const struct db_param *params,
	struct err *e)
{
	struct batch *b = batch_new(s->a);

	batch_as(b, &site_worker);
	batch_add(b, sql, n, params);
	return db_run(s->db, b, e) ? NULL : batch_result(b, 0);
}

/* Takes the domain away from workspaces that cannot prove it any more: who asks has the TXT record, so they need theirs. */
static int settle_rivals(struct search *s, struct str id, struct site_domain_proof *p,
	struct err *e)
{
	struct result *r = ask(s,
		"select o.id, o.verification_token from mls.workspace_domains o"
		" where o.domain = $1 and o.verified_at is not null and o.id <> $2",
		2, (struct db_param[]){db_str(p->domain), db_str(id)}, e);

	for (int i = 0; r && i < result_rows(r); i++) {
		const char *problem = NULL;
		if (has_record(s, p->domain, result_text(r, i, 1), &problem)) {
			p->by = NULL;
			p->problem = str_printf(s->a,
				STR_FMT
				" is verified by another workspace, whose proof is still there",
				STR_ARG(p->domain));
		} else if (!fiber_is_cancelled() &&
			!ask(s, "select mls.lose_domain($1, $2)", 2,
				(struct db_param[]){db_str(result_text(r, i, 0)),
					db_str(str_printf(s->a,
						"another workspace proved that it has " STR_FMT
						", and of this one there is no record: %s",
						STR_ARG(p->domain), problem))},
				e)) {
			return e->code;
		}
	}
	return r ? 0 : e->code;
}

int site_domain_verify(struct db *db, struct http_client *http, struct arena *a, struct str id,
	struct site_domain_proof *ret, struct err *e)
{
	struct search s = {db, http, a};
	struct site_domain_proof p = {0};
	struct result *r = ask(&s,
		"select d.domain, d.verification_token, mls.domain_wants_record(d.domain, d.workspace_id)"
		" from mls.workspace_domains d where d.id = $1",
		1, (struct db_param[]){db_str(id)}, e);

	if (!r)
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "there is no domain '" STR_FMT "'", STR_ARG(id));
	p.domain = result_text(r, 0, 0);
	p.by = find_proof(&s, p.domain, result_text(r, 0, 1), result_bool(r, 0, 2), &p.problem);
	if (p.by && settle_rivals(&s, id, &p, e))
		return e->code;
	if (fiber_is_cancelled())
		return err_set(e, E_CANCEL, "stopped while looking for the proof");
	r = ask(&s, "select mls.note_domain_check($1, $2, $3)", 3,
		(struct db_param[]){db_str(id), db_text(p.by), db_str(p.problem)}, e);
	if (!r)
		return e->code;
	p.is_verified = result_bool(r, 0, 0);
	*ret = p;
	return 0;
}

/* --- again ---------------------------------------------------------------------------------------- */

int site_domain_job(struct job *j, struct err *e)
{
	struct search s = {j->db, j->http, j->arena};
	struct result *due = ask(&s, "select mls.due_domains()", 0, NULL, e);

	for (int i = 0; due && i < result_rows(due); i++) {
		struct site_domain_proof p;
		struct err why = {.arena = j->arena};

		if (site_domain_verify(j->db, j->http, j->arena, result_text(due, i, 0), &p,
			    &why)) {
			if (why.code != E_ABSENT)
				return err_set(e, (enum err_code)why.code, "%s", why.msg);
		} else if (!p.by) {
			log_warn(p.is_verified ? "site.domain_fails" : "site.domain_lost",
				LOG_STR("domain", p.domain), LOG_STR("problem", p.problem));
		}
	}
	return due ? 0 : e->code;
}

/* That it is not queued any more is all (mls.domain_wants_record()). */
int site_domain_free_job(struct job *j, struct err *e)
{
	(void)j, (void)e;
	return 0;
}
