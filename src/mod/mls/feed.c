#include "mod/mls/feed.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"
#include "http/url.h"
#include "loop/fiber.h"
#include "mod/mls/feed_local.h"

#define ROOT "/api/v2/OData/"

/* --- who asks, and when ----------------------------------------------------------------------------- */

static bool is_token(const struct feed *f, struct str given)
{
	return crypto_eq(given, str_of(f->config.token));
}

static bool may_ask(struct feed *f, struct http_request *req)
{
	struct str header = http_header(req, "Authorization");

	if (header.p)
		return str_eq_nocase(str_sub(header, 0, 7), STR("Bearer ")) &&
			is_token(f, str_trim(str_sub(header, 7, header.len)));
	return is_token(f, http_query_get(req->arena, req->query, "access_token"));
}

static void say_unauthorized(struct feed *f, struct http_request *req)
{
	http_reply_header(req, "WWW-Authenticate", STR("Bearer"));
	feed_answer_error(f, req, 401, "Unauthorized", "The access token is missing or not valid");
}

/* Live feeds move in steps, so that the index is not built for each request. */
static void follow_clock(struct feed *f)
{
	int64_t step = (10 + gen_rows(f->gen) / 20000) * US_PER_SECOND;

	if (f->config.is_live)
		gen_set_as_of(f->gen,
			f->config.as_of_us + (now_us() - f->started_us) / step * step);
}

/* Where links lead: to the host that was asked for, when that looks like one. */
static struct str base_of(const struct feed *f, struct http_request *req)
{
	struct str host = http_header(req, "Host");

	for (size_t i = 0; i < host.len; i++) {
		char c = host.p[i];
		bool fits = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			c == '.' || c == ':' || c == '-' || c == '[' || c == ']';
		if (!fits)
			host = str_of(f->config.listen);
	}
	return str_printf(req->arena, "http://" STR_FMT ROOT "%s", STR_ARG(host),
		f->config.dataset);
}

/* --- listings --------------------------------------------------------------------------------------- */

/* Faults that need no page. True when the request has been answered. */
static bool fail_on_purpose(struct feed_job *job)
{
	struct feed *f = job->feed;

	if (job->due.is[FAULT_UNAUTHORIZED])
		say_unauthorized(f, job->req);
	else if (job->due.is[FAULT_429])
		feed_answer_limit(f, job->req, f->refused++ % 2 == 0);
	else if (job->due.is[FAULT_500])
		feed_answer_error(f, job->req, 500, "InternalServerError", "Something went wrong");
	else
		return false;
	return true;
}

static void listings(struct feed_job *job, bool is_replication, struct str key)
{
	struct err e = {.arena = job->arena};

	job->due = feed_faults_due(&job->feed->faults);
	if (fail_on_purpose(job))
		return;
	if (feed_query_parse(job->arena, job->req->query, is_replication,
		    job->feed->config.page_max, &job->query, &e))
		feed_answer_error(job->feed, job->req, 400, "BadRequest", "%s", e.msg);
	else if (key.p)
		feed_page_single(job, key);
	else
		feed_page_answer(job);
}

/* "('key')" behind the resource's name. */
static bool key_of(struct str rest, struct str *ret_key)
{
	if (!str_starts(rest, STR("('")) || !str_ends(rest, STR("')")) || rest.len < 4)
		return false;
	*ret_key = str_sub(rest, 2, rest.len - 2);
	return true;
}

static void resource(struct feed *f, struct http_request *req, struct str name)
{
	struct feed_job *job = ARENA_NEW(req->arena, struct feed_job);
	struct str key = STR_NULL, rest = name;

	*job = (struct feed_job){.feed = f,
		.req = req,
		.arena = req->arena,
		.base = base_of(f, req)};
	if (str_starts(rest, STR("Properties")))
		rest = str_sub(rest, 10, rest.len);
	else if (str_starts(rest, STR("Property")))
		rest = str_sub(rest, 8, rest.len);
	else
		rest = STR("?");
	if (str_eq(name, STR("$metadata"))) {
		feed_answer_headers(f, req);
		http_reply(req, 200, "application/xml", feed_meta_xml(req->arena));
	} else if (!rest.len || key_of(rest, &key)) {
		listings(job, false, key);
	} else if (str_eq(rest, STR("/replication"))) {
		listings(job, true, STR_NULL);
	} else {
		feed_answer_error(f, req, 404, "NotFound",
			"This feed has the resource Property, not '" STR_FMT "'", STR_ARG(name));
	}
}

static void odata(struct feed *f, struct http_request *req, struct str path)
{
	struct str rest = path, dataset = str_cut(&rest, '/');

	if (str_eq(path, STR("DataSystem")))
		feed_answer_json(f, req, feed_meta_system(f, req->arena, base_of(f, req)));
	else if (!str_eq(dataset, str_of(f->config.dataset)))
		feed_answer_error(f, req, 404, "NotFound",
			"There is no dataset '" STR_FMT "' for this token", STR_ARG(dataset));
	else
		resource(f, req, rest.p ? rest : STR(""));
}

/* --- requests --------------------------------------------------------------------------------------- */

static void on_request(struct http_request *req, void *arg)
{
	struct feed *f = arg;
	bool is_read = str_eq(req->method, STR("GET")) || str_eq(req->method, STR("HEAD"));
	bool is_control = str_starts(req->path, STR("/_control/"));

	if (str_eq(req->path, STR("/live"))) {
		http_reply(req, 200, "text/plain", STR("ok\n"));
		return;
	}
	if (!may_ask(f, req)) {
		say_unauthorized(f, req);
		return;
	}
	if (is_control) {
		feed_control(f, req);
		return;
	}
	follow_clock(f);
	if (!feed_rate_take(&f->rate, now_us()))
		feed_answer_limit(f, req, f->refused++ % 2 == 0);
	else if (!is_read)
		feed_answer_error(f, req, 405, "MethodNotAllowed", "This feed can only be read");
	else if (str_starts(req->path, STR(ROOT)))
		odata(f, req, str_sub(req->path, sizeof(ROOT) - 1, req->path.len));
	else
		feed_answer_error(f, req, 404, "NotFound", "There is nothing at " STR_FMT,
			STR_ARG(req->path));
}

static void copy_config(struct feed *f, const struct feed_config *c)
{
	f->config = *c;
	f->config.listen = arena_printf(f->arena, "%s", c->listen);
	f->config.token = arena_printf(f->arena, "%s", c->token);
	f->config.dataset = arena_printf(f->arena, "%s", c->dataset);
}

struct feed *feed_new(struct loop *loop, const struct feed_config *config, struct err *e)
{
	struct arena *a = arena_new();
	struct feed *f = ARENA_NEW(a, struct feed);
	struct http_options options = {.listen = config->listen};

	f->arena = a;
	f->loop = loop;
	f->started_us = now_us();
	copy_config(f, config);
	feed_rate_init(&f->rate, config->requests_per_hour, f->started_us);
	f->gen = gen_new(&(struct gen_config){
		.seed = config->seed,
		.rows = config->rows,
		.as_of_us = config->as_of_us,
		.dataset = config->dataset,
		.media_base = config->media_url,
	});
	if (!feed_faults_parse(str_of(config->faults), &f->faults, e))
		f->http = http_server_new(loop, &options, on_request, f, e);
	if (!f->http) {
		feed_free(f);
		return NULL;
	}
	gen_index(f->gen); /* before the first request rather than in it */
	return f;
}

int feed_port(const struct feed *f)
{
	return http_server_port(f->http);
}

static void on_drained(void *arg)
{
	struct feed *f = arg;

	f->drained = true;
	fiber_wake(f->draining);
}

void feed_drain(struct feed *f, int deadline_ms)
{
	f->draining = fiber_current();
	http_server_drain(f->http, deadline_ms, on_drained, f);
	while (!f->drained)
		fiber_park_firmly();
}

static void destroy(struct feed *f)
{
	feed_select_forget(f);
	gen_free(f->gen);
	arena_free(f->arena);
}

void feed_release(struct feed *f)
{
	if (--f->pages == 0 && f->is_leaving)
		destroy(f);
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	http_server_free(f->http);
	f->is_leaving = true;
	if (!f->pages)
		destroy(f);
}
