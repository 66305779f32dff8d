#include "mod/rest/site.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/cors.h"
#include "mod/rest/flow.h"
#include "mod/rest/if_match.h"
#include "mod/rest/login.h"
#include "mod/rest/openapi.h"
#include "mod/rest/options.h"
#include "mod/rest/plan.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/run.h"
#include "mod/rest/site_local.h"
#include "mod/rest/together.h"

static void on_cache_over(void *p)
{
	rest_cache_unref(p);
}

static void refuse(struct rest_request *r)
{
	rest_reply_fault(r);
}

/* The body of QUERY, and of POST that stands for a read, is a query string. */
static int check_query_type(struct rest_request *r, struct str type)
{
	struct str name = str_trim(str_cut(&type, ';'));

	if (!name.len || str_eq_nocase(name, STR("application/x-www-form-urlencoded")))
		return 0;
	return rest_fault(&r->fault, 400, "PGRST102", "Content-Type not acceptable: " STR_FMT,
		STR_ARG(name));
}

static void execute(struct rest_request *r)
{
	if (rest_if_match_asked(r))
		rest_if_match_run(r);
	else
		rest_run(r);
}

static void on_body(struct http_request *http, struct str body, const struct err *e, void *arg)
{
	struct rest_request *r = arg;

	if (e) {
		if (e->code == E_LIMIT)
			rest_fault(&r->fault, 413, "PGRST102", "The body is larger than %lld bytes",
				(long long)rest_site_config(r->site)->max_body_bytes);
		else if (e->code == E_CANCEL) {
			http_drop(http);
			return;
		} else
			rest_fault(&r->fault, 400, "PGRST102", "%s", e->msg);
		refuse(r);
		return;
	}
	bool is_query = r->has_query_body;
	struct str type = http_header(http, "Content-Type");
	if ((is_query && check_query_type(r, type)) ||
		rest_flow_plan(r, http->query, is_query ? body : STR_NULL, type,
			is_query ? STR_NULL : body))
		refuse(r);
	else
		execute(r);
}

static void go_on(struct rest_request *r)
{
	struct http_request *http = r->http;

	if (r->target == REST_TARGET_ROOT && r->method != REST_OPTIONS) {
		rest_openapi_serve(r);
		return;
	}
	if (r->method == REST_OPTIONS) {
		rest_options_serve(r);
		return;
	}
	if (rest_flow_has_body(r) || r->has_query_body) {
		http_read_body(http, (size_t)rest_site_config(r->site)->max_body_bytes, on_body, r);
		return;
	}
	if (rest_flow_plan(r, http->query, STR_NULL, STR_NULL, STR_NULL))
		refuse(r);
	else
		execute(r);
}

/* POST with X-HTTP-Method-Override, and QUERY: a read whose filters are in the body. */
static struct str effective_method(struct rest_request *r)
{
	struct str method = r->http->method,
		   instead = rest_request_header(r, "X-HTTP-Method-Override");

	if (str_eq(method, STR("QUERY")) ||
		(str_eq(method, STR("POST")) &&
			(str_eq(instead, STR("GET")) || str_eq(instead, STR("QUERY"))))) {
		r->has_query_body = true;
		return STR("GET");
	}
	return method;
}

static bool refuses_unfiltered(const struct rest_site *s)
{
	int allowed = s->config->allow_unfiltered_writes;

	return allowed < 0 ? s->options.is_house : !allowed;
}

/* db-root-spec: a function describes the place. */
static void root_function(struct rest_request *r)
{
	struct str name = rest_site_config(r->site)->db_root_spec.name;

	if (r->target != REST_TARGET_ROOT || r->method == REST_OPTIONS || !name.len)
		return;
	r->target = REST_TARGET_CALL;
	r->name = name;
}

void site_begin(struct rest_site *s, struct http_request *http, struct str path)
{
	struct rest_request *r = ARENA_NEW(http->arena, struct rest_request);

	r->arena = r->fault.arena = http->arena;
	r->http = http;
	r->site = s;
	r->role = -1;
	r->began_us = mono_us();
	r->keyring = s->options.keyring;
	r->refuse_unfiltered = refuses_unfiltered(s);
	r->cache = rest_cache_ref(s->cache);
	arena_defer(r->arena, on_cache_over, r->cache);
	int code = rest_flow_target(r, path, effective_method(r));
	if (code == 0 && str_eq(path, STR("/$batch"))) {
		rest_together_serve(r);
		return;
	}
	if (code == 0)
		root_function(r);
	if (code == 0 && rest_cors_preflight(r))
		return;
	if (code || rest_flow_head(r))
		refuse(r);
	else
		go_on(r);
}

/* A token may name the roles that people have, not those that the program works with. */
static int check_role(struct rest_request *r)
{
	static const char *const roles[] = {"anon", "authenticated", "service_role"};

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (str_eq(r->login.role, str_of(roles[i])))
			return 0;
	return rest_fault(&r->fault, 403, "42501", "permission denied to set role \"" STR_FMT "\"",
		STR_ARG(r->login.role));
}

int rest_site_login(struct rest_request *r)
{
	struct rest_site *s = r->site;
	struct str apikey = s->options.is_house ? rest_request_header(r, "apikey") : STR_NULL;

	if (rest_login_check(s->logins, r->arena, rest_request_header(r, "Authorization"), apikey,
		    &r->login, &r->fault))
		return -1;
	return s->options.is_house ? check_role(r) : 0;
}

void rest_site_serve(struct rest_site *s, struct http_request *http, struct str path)
{
	if (s->cache)
		site_begin(s, http, path);
	else
		site_wait(s, http, path);
}

const struct rest_config *rest_site_config(const struct rest_site *s)
{
	return s->config;
}

struct rest_cache *rest_site_cache(const struct rest_site *s)
{
	return s->cache;
}

struct rest_selects *rest_site_selects(const struct rest_site *s)
{
	return s->selects;
}

struct rest_site_stats *rest_site_stats(struct rest_site *s)
{
	return &s->stats;
}

struct db *rest_site_db(const struct rest_site *s)
{
	return s->options.db;
}

bool rest_site_is_house(const struct rest_site *s)
{
	return s->options.is_house;
}

const char *rest_site_prefix(const struct rest_site *s)
{
	return s->options.prefix;
}

bool rest_site_is_ready(const struct rest_site *s)
{
	return s->cache != NULL;
}
