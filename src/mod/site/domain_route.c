/* domain_route: POST /site/v1/domains/:id/verify for admins of the workspace, and the file that proves a domain that leads here. */
#include "app/bearer.h"
#include "app/cors.h"
#include "app/forwarded.h"
#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/site/call.h"
#include "mod/site/domain.h"
#include "mod/site/own.h"
#include "mod/site/site_local.h"

/* --- the file ------------------------------------------------------------------------------------- */

/* Who fetches it over the domain's name has come to us: so the domain leads here. */
static void give_file(struct site_call *c)
{
	struct batch *b = batch_new(c->arena);
	struct str host = forwarded_host(c->http);

	batch_as(b, &site_worker);
	batch_read_only(b);
	batch_add(b, "select mls.domain_file($1)", 1,
		(struct db_param[]){db_str(site_own_has(host) ? STR_NULL : host)});
	if (site_call_limit(c))
		goto refused;
	if (db_run(c->site->db, b, &c->err)) {
		site_fail(c, &c->err);
		goto refused;
	}
	struct str token = result_text(batch_result(b, 0), 0, 0);
	if (token.p) {
		http_reply_header(c->http, "Cache-Control", STR("no-store"));
		http_reply(c->http, 200, "text/plain; charset=utf-8",
			STR_JOIN(c->arena, token, STR("\n")));
		return;
	}
	site_fault(c, 404,
		"no workspace, or more than one, says that this host is theirs, or only a TXT record can prove it");
refused:
	site_call_refuse(c);
}

void site_domain_file(struct req *r)
{
	site_call_bare(r, give_file);
}

/* --- verify --------------------------------------------------------------------------------------- */

static int login(struct site_call *c, struct db_caller *ret)
{
	struct bearer who = bearer_check(service_token_keys(c->site->service), c->arena, c->http);

	if (!who.is_there)
		return site_fault(c, 401, "sign in first: there is no access token");
	if (who.reason != JWT_OK)
		return site_fault(c, 401, "%s", bearer_words(who.reason));
	if (!str_eq(who.role, STR("authenticated")) && !str_eq(who.role, STR("service_role")))
		return site_fault(c, 401,
			"sign in first: an API key alone does not say who is asking");
	*ret = (struct db_caller){.role = who.role,
		.claims = bearer_claims(c->arena, who.json, who.role),
		.user_id = who.user_id};
	return 0;
}

static struct result *ask(struct site_call *c, const struct db_caller *who, const char *sql,
	struct str id)
{
	struct batch *b = batch_new(c->arena);
	struct err e = {.arena = c->arena};

	batch_as(b, who);
	batch_add(b, sql, 1, (struct db_param[]){db_str(id)});
	if (!db_run(c->site->db, b, &e))
		return batch_result(b, 0);
	site_fail(c, &e);
	return NULL;
}

/* Row level security shows the domains of the caller's workspace alone. */
static int check_right(struct site_call *c, struct str id)
{
	struct db_caller who = {0};
	struct result *r;

	if (login(c, &who))
		return -1;
	r = uuid_is_valid(id)
		? ask(c, &who,
			  "select plat.has_role('mls.admin') or current_user = 'service_role',"
			  " coalesce(d.checked_at > now() - interval '5 seconds', false)"
			  " from mls.workspace_domains d where d.id = $1",
			  id)
		: NULL;
	if (c->status)
		return -1;
	if (!r || !result_rows(r))
		return site_fault(c, 404, "there is no domain '" STR_FMT "'", STR_ARG(id));
	if (!result_bool(r, 0, 0))
		return site_fault(c, 403, "this needs the role mls.admin in a workspace");
	if (result_bool(r, 0, 1)) {
		http_reply_header(c->http, "Retry-After", STR("5"));
		return site_fault(c, 429,
			"this domain was looked at a moment ago: come again in 5 s");
	}
	return 0;
}

static void verify(struct site_call *c)
{
	struct str id = c->req->params[0];
	struct site_domain_proof proof;
	struct result *r = NULL;

	if (!check_right(c, id)) {
		if (site_domain_verify(c->site->db, site_http(c->site), c->arena, id, &proof,
			    &c->err))
			site_fail(c, &c->err);
		else
			r = ask(c, &site_worker,
				"select " SITE_DOMAIN_JSON
				" from mls.workspace_domains d where d.id = $1",
				id);
	}
	if (!c->status && r && !result_rows(r))
		site_fault(c, 404, "there is no domain '" STR_FMT "'", STR_ARG(id));
	if (c->status) {
		site_call_refuse(c);
		return;
	}
	site_call_open(c);
	http_reply_header(c->http, "Cache-Control", STR("no-store"));
	http_reply(c->http, 200, "application/json", result_text(r, 0, 0));
}

void site_domain_route(struct req *r)
{
	site_call_bare(r, verify);
}
