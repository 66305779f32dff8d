#include "mod/mls/caller.h"

#include <math.h>
#include <string.h>

#include "app/bearer.h"
#include "app/cors.h"
#include "app/module.h"
#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/client.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/mls/caller_local.h"

#define BODY_MAX (1024 * 1024)

static struct http_client *http; /* one service a process; made when it is first needed */

struct start {
	struct caller call;
	unsigned wants;
	caller_handler *fn;
};

/* --- who asks ----------------------------------------------------------------------------------- */

static int login(struct caller *c)
{
	struct bearer who = bearer_check(service_token_keys(c->service), c->arena, c->http);

	if (!who.is_there)
		return caller_fault(c, 401, "sign in first: there is no access token");
	if (who.reason != JWT_OK)
		return caller_fault(c, 401, "%s", bearer_words(who.reason));
	c->is_service = str_eq(who.role, STR("service_role"));
	if (!c->is_service && !str_eq(who.role, STR("authenticated")))
		return caller_fault(c, who.user_id.p ? 403 : 401,
			"sign in first: an API key alone does not say who is asking");
	c->expires_s = HUGE_VAL;
	json_to_f64(json_get(who.json, "exp"), &c->expires_s);
	c->who.role = who.role;
	c->who.claims = bearer_claims(c->arena, who.json, who.role);
	c->who.user_id = who.user_id;
	return 0;
}

static int enter_own(struct caller *c)
{
	struct batch *b = caller_batch(c);

	batch_read_only(b);
	batch_add(b,
		"select plat.ws(), coalesce(plat.me(3), ''), current_setting('transaction_read_only') = 'on'",
		0, NULL);
	if (caller_run(c, b))
		return -1;
	struct result *r = batch_result(b, 0);
	c->workspace_id = result_text(r, 0, 0);
	c->roles = result_text(r, 0, 1);
	c->is_read_only = result_bool(r, 0, 2);
	return 0;
}

/* Two rows are enough to see that one is not all. */
static int enter_named(struct caller *c)
{
	struct batch *b = batch_new(c->arena);
	struct str wanted = caller_query(c, "workspace");
	struct db_param params[] = {db_str(wanted)};

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b,
		"select w.id, w.status = 'paused' from mls.workspaces w where w.status <> 'archived' "
		"and ($1::text is null or w.slug = $1 or w.id::text = $1) limit 2",
		1, params);
	if (caller_run(c, b))
		return -1;
	struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return wanted.p ? caller_fault(c, 404, "there is no workspace '" STR_FMT "'",
					  STR_ARG(wanted))
				: caller_fault(c, 404, "there is no workspace yet");
	if (result_rows(r) > 1)
		return caller_fault(c, 400,
			"there are several workspaces; say which one with ?workspace=SLUG");
	c->workspace_id = result_text(r, 0, 0);
	c->is_read_only = result_bool(r, 0, 1);
	c->roles = STR("");
	return 0;
}

static bool has_role(const struct caller *c, const char *role)
{
	return str_find(c->roles, str_printf(c->arena, ",%s,", role)) >= 0;
}

int caller_require(struct caller *c, const char *role)
{
	if (c->is_service || has_role(c, role))
		return 0;
	if (!strcmp(role, "mls.agent") && has_role(c, "mls.admin"))
		return 0;
	return caller_fault(c, 403, "this needs the role %s in a workspace", role);
}

/* --- the frame ---------------------------------------------------------------------------------- */

static int read_body(struct caller *c)
{
	struct str text;

	if (req_fiber_body(c->req, BODY_MAX, &text, &c->err))
		return caller_fail(c, &c->err);
	c->body = json_parse(c->arena, str_trim(text).len ? text : STR("{}"), &c->err);
	if (!c->body)
		return caller_fault(c, 400, "the body is no JSON: %s", c->err.msg);
	if (json_type(c->body) != JSON_OBJECT)
		return caller_fault(c, 400, "the body has to be an object");
	return 0;
}

static int prepare(struct caller *c, unsigned wants)
{
	if (login(c) || (c->is_service ? enter_named(c) : enter_own(c)))
		return -1;
	if (wants & CALLER_ADMIN && caller_require(c, "mls.admin"))
		return -1;
	if (wants & CALLER_AGENT && caller_require(c, "mls.agent"))
		return -1;
	if (wants & CALLER_WRITES && c->is_read_only)
		return caller_fault(c, 403, "the workspace is paused: nothing can be changed");
	return wants & CALLER_BODY ? read_body(c) : 0;
}

static void run(struct req *r)
{
	struct start *s = r->http->user;

	cors_answer(r->http);
	if (prepare(&s->call, s->wants) || s->fn(&s->call))
		caller_refuse(&s->call);
}

void caller_start(struct req *r, unsigned wants, caller_handler *fn)
{
	struct start *s = ARENA_NEW(r->http->arena, struct start);

	s->wants = wants;
	s->fn = fn;
	s->call = (struct caller){
		.req = r,
		.http = r->http,
		.arena = r->http->arena,
		.service = r->service,
		.db = service_db(r->service),
		.err = {.arena = r->http->arena},
	};
	if (!s->call.db || !service_token_keys(r->service)) {
		http_reply_problem(r->http, 503, "busy",
			STR("there is no database in this process"));
		return;
	}
	r->http->user = s;
	req_fiber_go(r, run);
}

struct batch *caller_batch(struct caller *c)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b, &c->who);
	return b;
}

int caller_run(struct caller *c, struct batch *b)
{
	struct err e = {.arena = c->arena};

	return db_run(c->db, b, &e) ? caller_fail_batch(c, b) : 0;
}

struct http_client *caller_http(struct caller *c)
{
	if (!http)
		http = http_client_new(service_loop(c->service), NULL);
	return http;
}

void caller_close(void)
{
	http_client_free(http);
	http = NULL;
}
