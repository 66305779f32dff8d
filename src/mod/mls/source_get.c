/* One request to a source. */
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/log.h"
#include "http/client.h"
#include "http/url.h"
#include "mod/mls/pace.h"
#include "mod/mls/source.h"
#include "mod/mls/source_oauth.h"
#include "mod/mls/source_reach.h"

#define TIMEOUT_MS 120000
#define STALL_S 60

static const struct http_result *failed(struct arena *a, const struct err *e)
{
	struct http_result *r = ARENA_NEW(a, struct http_result);

	r->err = *e;
	r->body = STR("");
	return r;
}

/* A next link is the feed's word; our token is not. */
bool source_has(const struct source *s, struct arena *a, struct str url)
{
	struct err ignored = {.arena = a};
	struct http_url r, u;

	if (http_url_parse(s->root, &r, &ignored) || http_url_parse(url, &u, &ignored))
		return false;
	return str_eq(r.scheme, u.scheme) && str_eq_nocase(r.host, u.host) && r.port == u.port &&
		!u.userinfo.p;
}

static const struct http_result *fetch(struct source *s, struct arena *a,
	const struct source_call *call)
{
	struct str bearer = STR_JOIN(a, STR("Bearer "), s->token);
	struct http_fetch_header headers[] = {
		{"Authorization", bearer},
		{"Accept", str_of(call->accept ? call->accept : "application/json")},
		{"Prefer", call->prefer},
	};
	const char *fetched = str_cstr(a, call->url);
	struct http_fetch fetch = {.url = fetched,
		.headers = headers,
		.n_headers = call->prefer.p ? 3 : 2,
		.timeout_ms = call->timeout_ms ? call->timeout_ms : TIMEOUT_MS,
		.stall_s = STALL_S,
		.max_body_bytes = call->max_bytes,
		.gzip = true,
		.public_only = source_is_public_only(str_of(fetched)),
		.sink = call->sink,
		.sink_arg = call->arg,
		.ret_call = call->ret_call};

	crypto_wipe_later(a, (void *)(uintptr_t)bearer.p, bearer.len);
	const struct http_result *r = http_fetch_wait(s->http, a, &fetch);
	log_debug("mls.request", LOG_STR("connection_id", s->connection_id),
		LOG_STR("url", http_url_shown(a, call->url)), LOG_INT("status", r->status),
		LOG_INT("bytes", r->body_bytes), LOG_US("took_us", r->took_us));
	return r;
}

/* With a token that is good as far as we know. */
static const struct http_result *try(struct source *s, struct arena *a,
	const struct source_call *call, bool renew)
{
	struct err e = {.arena = a};

	if (s->oauth && source_oauth_token(s->oauth, s->arena, renew, &s->token, &e))
		return failed(a, &e);
	if (pace_before(s->pace, s->patience_ms, &e))
		return failed(a, &e);
	const struct http_result *r = fetch(s, a, call);
	int64_t again_ms = pace_after(s->pace, r);
	if (call->ret_again_ms)
		*call->ret_again_ms = again_ms;
	return r;
}

const struct http_result *source_get(struct source *s, struct arena *a,
	const struct source_call *call)
{
	struct err e = {.arena = a};

	if (call->ret_again_ms)
		*call->ret_again_ms = -1;
	if (!source_has(s, a, call->url)) {
		err_set(&e, E_UPSTREAM,
			"the feed's link leads to another host than its own and is not followed");
		return failed(a, &e);
	}
	struct str sent = s->token;
	const struct http_result *r = try(s, a, call, false);
	/* Several may have been refused with the same token: the first one renews it for all. */
	if (r->status == 401 && s->oauth)
		r = try(s, a, call, str_eq(sent, s->token) || !sent.p);
	return r;
}

void source_save(struct source *s)
{
	pace_save(s->pace);
}
