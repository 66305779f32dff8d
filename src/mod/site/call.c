#include "mod/site/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/forwarded.h"
#include "app/module.h"
#include "app/req_fiber.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/sqlstate.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/site/answer.h"
#include "mod/site/flight.h"
#include "mod/site/rate.h"
#include "mod/site/site_local.h"

#define PARAMS_MAX 8
#define ASK_MS 20000
#define QUERY_MAX 4000

const struct db_caller site_worker = {.role = {STR_INIT("plat_worker")}};

/* --- faults --------------------------------------------------------------------------------------- */

int site_fault(struct site_call *c, int status, const char *fmt, ...)
{
	va_list ap;

	if (c->status)
		return -1;
	va_start(ap, fmt);
	c->status = status;
	c->message = str_of(arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
	return -1;
}

int site_fail(struct site_call *c, const struct err *e)
{
	if (e->code != E_BUG)
		return site_fault(c, err_http_status(e->code), "%s", e->msg);
	log_error("site.failed", LOG_REQUEST(c->http->id), LOG_ERR(e));
	return site_fault(c, 500, "something went wrong here; the request's id is " STR_FMT,
		STR_ARG(c->http->id));
}

void site_call_open(struct site_call *c)
{
	http_reply_header(c->http, "Access-Control-Allow-Origin", STR("*"));
	http_reply_header(c->http, "Access-Control-Expose-Headers",
		STR("ETag, X-Cache, Retry-After, X-Request-Id"));
}

void site_call_refuse(struct site_call *c)
{
	struct jsonw w;

	buf_clear(&c->out);
	w = jsonw_to(&c->out);
	jsonw_obj(&w);
	jsonw_key(&w, "message"), jsonw_str(&w, c->message);
	jsonw_end(&w);
	site_call_open(c);
	http_reply_header(c->http, "Cache-Control", STR("no-store"));
	if (c->status == 503)
		http_reply_header(c->http, "Retry-After", STR("1"));
	http_reply(c->http, c->status, "application/json", str_copy(c->arena, buf_view(&c->out)));
}

/* --- what pages ask ------------------------------------------------------------------------------- */

struct result *site_call_ask(struct site_call *c, const char *sql, int n,
	const struct db_param *more)
{
	struct db_param params[PARAMS_MAX] = {db_str(c->place.workspace_id)};
	struct db_caller who = site_worker;
	struct batch *b = batch_new(c->arena);
	struct err e = {.arena = c->arena};

	who.statement_timeout_ms = ASK_MS;
	if (n)
		memcpy(params + 1, more, (size_t)n * sizeof *more);
	batch_as(b, &who);
	batch_read_only(b);
	batch_add(b, sql, n + 1, params);
	if (!db_run(c->site->db, b, &e))
		return batch_result(b, 0);
	const struct db_error *why = batch_db_error(b);
	int status = why ? sqlstate_status(why->sqlstate) : 0;
	if (status >= 400)
		site_fault(c, status, "%s", why->message);
	else if (why)
		log_warn("site.sql", LOG_REQUEST(c->http->id), LOG_CSTR("sqlstate", why->sqlstate),
			LOG_CSTR("message", why->message));
	site_fail(c, &e);
	return NULL;
}

struct str site_call_query(struct site_call *c, const char *name)
{
	return http_query_get(c->arena, c->http->query, name);
}

int site_call_int(struct site_call *c, const char *name, int64_t min, int64_t max, int64_t *ret)
{
	struct str text = site_call_query(c, name);
	int64_t n;

	if (!text.p)
		return 0;
	if (!str_to_i64(text, &n) || n < min || n > max)
		return site_fault(c, 400, "%s has to be a whole number from %lld to %lld", name,
			(long long)min, (long long)max);
	*ret = n;
	return 0;
}

void site_call_of(struct site_call *c, struct str listing_id)
{
	buf_cstr(&c->keys, " listing-");
	buf_str(&c->keys, listing_id);
}

/* --- the frame ------------------------------------------------------------------------------------ */

int site_call_place(struct site_call *c)
{
	struct site_hosts *hosts = c->site->hosts;
	enum site_host found = site_host_recall(hosts, c->http, &c->place);

	if (found == SITE_HOST_HERE)
		return 0;
	if (found == SITE_HOST_ABSENT)
		return site_fault(c, 404, "this host is no site here");
	if (found == SITE_HOST_UNKNOWN && site_call_limit(c))
		return -1;
	if (site_host_look(hosts, c->site->db, c->arena, &c->place, &c->err))
		return site_fail(c, &c->err);
	if (found == SITE_HOST_UNKNOWN) /* only names that are none cost */
		site_rate_charge(c->site->rate, forwarded_network(c->http), -1, mono_us());
	return 0;
}

int site_call_limit(struct site_call *c)
{
	int64_t wait_s = site_rate_take(c->site->rate, forwarded_network(c->http), mono_us());

	if (!wait_s)
		return 0;
	http_reply_header(c->http, "Retry-After", str_printf(c->arena, "%lld", (long long)wait_s));
	return site_fault(c, 429, "too many requests: come again in %lld s", (long long)wait_s);
}

static struct str key_of(struct site_call *c)
{
	return STR_JOIN(c->arena, str_of(c->page->name), STR("\n"), c->place.root, STR("\n"),
		c->place.slug, STR("\n"), c->req->params[0], STR("\n"), c->http->query);
}

/* Of a part of the sitemap only the compressed form is kept. */
static bool recall(struct site_call *c, struct str key, struct site_answer *ret)
{
	return site_cache_get(c->site->cache, c->place.workspace_id, c->page->life, key, c->arena,
		       ret) &&
		(ret->body.len || !ret->packed.len || site_answer_may_pack(c));
}

static struct site_space *space_of(struct site_call *c)
{
	return site_cache_space(c->site->cache, c->place.workspace_id);
}

static uint64_t generation_of(struct site_call *c)
{
	return site_cache_generation(space_of(c), c->page->life);
}

static void keep(struct site_call *c, struct str key, uint64_t generation,
	const struct site_answer *answer)
{
	struct site_answer kept = *answer;

	if (c->page->is_kept_packed && kept.packed.len)
		kept.body.len = 0;
	site_cache_put(c->site->cache, c->place.workspace_id, c->page->life, key, generation,
		&kept);
}

/* The answer, kept unless something changed meanwhile, or the index that was asked has not heard of the last change. */
static int work(struct site_call *c, struct str key, struct site_answer *ret)
{
	uint64_t generation = generation_of(c);

	c->index_us = INT64_MAX;
	buf_cstr(&c->keys, "workspace-");
	buf_str(&c->keys, c->place.workspace_id);
	if (c->page->write(c))
		return -1;
	bool is_settled =
		generation == generation_of(c) && c->index_us > site_cache_changed_us(space_of(c));
	site_answer_make(c->arena, c->page, &c->out, &c->keys, is_settled, ret);
	if (is_settled)
		keep(c, key, generation, ret);
	return 0;
}

static int work_for_all(struct site_call *c, struct str key, struct str flight,
	struct site_answer *ret)
{
	struct site_flight *f = site_flight_begin(c->site->flights, flight);
	struct site_outcome o = {0};
	int code = work(c, key, &o.answer);

	o.status = c->status;
	o.message = c->message;
	site_flight_land(c->site->flights, f, &o);
	if (c->cost)
		site_rate_charge(c->site->rate, forwarded_network(c->http), c->cost, mono_us());
	*ret = o.answer;
	return code;
}

static int wait_for_it(struct site_call *c, struct site_flight *f, struct site_answer *ret)
{
	struct site_outcome o;

	if (site_flight_wait(f, c->arena, &o))
		return site_fault(c, 503, "the server is stopping");
	if (o.status)
		return site_fault(c, o.status, STR_FMT, STR_ARG(o.message));
	*ret = o.answer;
	return 0;
}

/* Who asks after a change does not wait for what was begun before it. */
static int find_answer(struct site_call *c, struct site_answer *ret, bool *ret_is_new)
{
	struct str key = key_of(c);
	struct str flight = str_printf(c->arena, "%llu\n" STR_FMT "\n" STR_FMT,
		(unsigned long long)generation_of(c), STR_ARG(c->place.workspace_id), STR_ARG(key));

	*ret_is_new = false;
	if (recall(c, key, ret))
		return 0;
	struct site_flight *f = site_flight_find(c->site->flights, flight);
	if (f)
		return wait_for_it(c, f, ret);
	*ret_is_new = true;
	return site_call_limit(c) ? -1 : work_for_all(c, key, flight, ret);
}

static void run(struct req *r)
{
	struct site_call *c = r->http->user;
	struct site_answer answer;
	bool is_new;

	if (c->http->query.len > QUERY_MAX)
		site_fault(c, 414, "the query has more than %d bytes", QUERY_MAX);
	if (c->status || site_call_place(c) || find_answer(c, &answer, &is_new))
		site_call_refuse(c);
	else
		site_answer_send(c, &answer, is_new);
}

static void release(void *p)
{
	struct site_call *c = p;

	buf_done(&c->out);
	buf_done(&c->keys);
}

static struct site_call *call_new(struct req *r)
{
	struct site_call *c = ARENA_NEW(r->http->arena, struct site_call);

	*c = (struct site_call){.req = r,
		.http = r->http,
		.arena = r->http->arena,
		.site = site_of(r->service),
		.err = {.arena = r->http->arena}};
	buf_init(&c->out, 0);
	buf_init(&c->keys, 0);
	arena_defer(c->arena, release, c);
	r->http->user = c;
	if (!c->site) {
		http_reply_problem(r->http, 503, "busy",
			STR("there is no database in this process"));
		return NULL;
	}
	return c;
}

void site_call_start(struct req *r, const struct site_page *page)
{
	struct site_call *c = call_new(r);

	if (!c)
		return;
	c->page = page;
	req_fiber_go(r, run);
}

/* --- without the cache ---------------------------------------------------------------------------- */

struct bare {
	struct site_call *call;
	void (*fn)(struct site_call *c);
};

static void run_bare(struct req *r)
{
	struct bare *b = r->http->user;

	b->fn(b->call);
}

void site_call_bare(struct req *r, void (*fn)(struct site_call *c))
{
	struct site_call *c = call_new(r);

	if (!c)
		return;
	struct bare *b = ARENA_NEW(c->arena, struct bare);
	*b = (struct bare){c, fn};
	r->http->user = b;
	req_fiber_go(r, run_bare);
}
