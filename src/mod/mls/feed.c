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
#include "mod/mls/feed_model.h"

#define BRIDGE_ROOT "/api/v2/OData/"
#define RESO_ROOT "/reso/odata"

/* --- who asks, and when ----------------------------------------------------------------------------- */

static bool is_reso(const struct feed *f)
{
	return f->config.kind == FEED_RESO;
}

static bool is_token(const struct feed *f, struct str given)
{
	return crypto_eq(given, str_of(f->config.token)) || feed_token_is_good(f, given);
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
	feed_answer_error(f, req, 401, "The access token is missing or not valid");
}

/* Live feeds move in steps, so that the index is not built for each request. */
static void follow_clock(struct feed *f)
{
	int64_t step = (10 + gen_rows(f->gen) / 20000) * US_PER_SECOND;

	if (f->config.is_live)
		gen_set_as_of(f->gen,
			f->config.as_of_us + (now_us() - f->started_us) / step * step);
}

/* Where links lead: to the host that was asked for, when that looks like one; behind it the path that was asked for, up to the resource. */
static struct str base_of(const struct feed *f, struct http_request *req, struct str root)
{
	struct str host = http_header(req, "Host");

	for (size_t i = 0; i < host.len; i++) {
		char c = host.p[i];
		bool fits = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			c == '.' || c == ':' || c == '-' || c == '[' || c == ']';
		if (!fits)
			host = str_of(f->config.listen);
	}
	return str_printf(req->arena, "http://" STR_FMT STR_FMT, STR_ARG(host), STR_ARG(root));
}

/* --- listings --------------------------------------------------------------------------------------- */

/* Faults that need no page. True when the request has been answered. */
static bool fail_on_purpose(struct feed_job *job)
{
	struct feed *f = job->feed;

	if (job->due.is[FAULT_TOKEN_EXPIRED])
		feed_token_end_all(f);
	if (job->due.is[FAULT_UNAUTHORIZED] || job->due.is[FAULT_TOKEN_EXPIRED])
		say_unauthorized(f, job->req);
	else if (job->due.is[FAULT_429])
		feed_answer_limit(f, job->req, f->refused++ % 2 == 0);
	else if (job->due.is[FAULT_500])
		feed_answer_error(f, job->req, 500, "Something went wrong");
	else if (job->due.is[FAULT_REFUSED_FILTER] &&
		http_query_get(job->arena, job->req->query, "$filter").p)
		feed_answer_error(f, job->req, 400, "$filter is not supported for this resource");
	else
		return false;
	return true;
}

/* What this feed does not do, as some do not. True when the request has been answered. */
static bool is_beyond_us(struct feed_job *job)
{
	const struct feed_query *q = &job->query;

	if (q->rules.is_replication && job->feed->config.no_timestamp_filter &&
		str_find(q->filter_text, STR("Timestamp")) >= 0)
		feed_answer_error(job->feed, job->req, 400,
			"Replication of this dataset cannot be filtered by a timestamp");
	else if (job->due.is[FAULT_FORGOTTEN_LINK] && q->cursor.is_set &&
		q->cursor.as_of_us != gen_as_of(job->feed->gen))
		feed_answer_error(job->feed, job->req, 400,
			"This next link has expired; begin again");
	else
		return false;
	return true;
}

/* Counts it, and lets faults answer it that need no page. */
static bool is_answered(struct feed_job *job)
{
	job->feed->requests++;
	job->due = feed_faults_due(&job->feed->faults);
	return fail_on_purpose(job);
}

struct feed_rules feed_rules_of(const struct feed *f)
{
	return (struct feed_rules){
		.model = f->model,
		.link_key = str_from(f->link_key, sizeof(f->link_key)),
		.is_reso = is_reso(f),
		.page_max = f->config.page_max,
		.now_us = gen_as_of(f->gen),
	};
}

static void listings(struct feed_job *job, bool is_replication, struct str key)
{
	struct odata_fault fault = {.arena = job->arena};
	struct feed_rules rules = feed_rules_of(job->feed);
	int64_t prefers = odata_query_prefer(http_header_list(job->req, "Prefer"));

	rules.is_replication = is_replication;
	rules.prefers = rules.is_reso && prefers > 0 ? prefers : 0;
	if (is_answered(job))
		return;
	if (feed_query_parse(job->arena, job->req->query, &rules, &job->query, &fault))
		feed_answer_fault(job->feed, job->req, &fault);
	else if (is_beyond_us(job))
		return;
	else if (key.p)
		feed_page_single(job, key);
	else
		feed_page_answer(job);
}

static void metadata(struct feed *f, struct http_request *req)
{
	struct str xml = odata_metadata_xml(req->arena, f->model);

	feed_answer_headers(f, req);
	if (feed_faults_on(&f->faults, FAULT_HTML_METADATA))
		http_reply(req, 200, "text/html",
			STR("<!doctype html>\n<title>Maintenance</title>\n<p>Back soon &amp; sorry<br>\n"));
	else if (feed_faults_on(&f->faults, FAULT_BAD_METADATA))
		http_reply(req, 200, "application/xml", str_sub(xml, 0, xml.len / 2));
	else
		http_reply(req, 200, "application/xml", xml);
}

static void media(struct feed_job *job)
{
	if (!is_answered(job))
		feed_media_answer(job);
}

/* What stands behind the resource: a page, one listing, or all. */
static void property(struct feed_job *job, struct odata_path path)
{
	struct feed *f = job->feed;

	if (path.kind == ODATA_PATH_SET || path.kind == ODATA_PATH_ENTITY)
		listings(job, false, path.key);
	else if (path.kind == ODATA_PATH_REPLICATION && f->config.no_replication)
		feed_answer_error(f, job->req, 403, "Replication is not allowed for this token");
	else if (path.kind == ODATA_PATH_REPLICATION && !is_reso(f))
		listings(job, true, STR_NULL);
	else
		feed_answer_error(f, job->req, 404, "This feed does not serve that");
}

/* Bridge's plural forms are the same. */
static struct str without_plural(struct arena *a, struct str name)
{
	if (!str_starts(name, STR("Properties")))
		return name;
	return STR_JOIN(a, STR("Property"), str_sub(name, 10, name.len));
}

/* root: "/api/v2/OData/miamire_demo", what stands before the resource. */
static void resource(struct feed *f, struct http_request *req, struct str root, struct str name)
{
	struct feed_job *job = ARENA_NEW(req->arena, struct feed_job);
	struct odata_fault fault = {.arena = req->arena};
	struct odata_path path;

	*job = (struct feed_job){.feed = f,
		.req = req,
		.arena = req->arena,
		.base = base_of(f, req, root)};
	if (odata_path_parse(req->arena, f->model, without_plural(req->arena, name), &path, &fault))
		feed_answer_fault(f, req, &fault);
	else if (path.kind == ODATA_PATH_METADATA)
		metadata(f, req);
	else if (path.kind == ODATA_PATH_SERVICE)
		feed_answer_json(f, req, odata_metadata_service(req->arena, f->model, job->base));
	else if (str_eq(path.resource->name, STR("Property")))
		property(job, path);
	else if (path.kind == ODATA_PATH_SET)
		media(job);
	else
		feed_answer_error(f, req, 404, "This feed does not serve that");
}

/* Cuts "segment" or "segment/" off the path, when it begins so. */
static bool cut_segment(struct str *path, const char *segment)
{
	struct str rest = *path, first = str_cut(&rest, '/');

	if (!str_eq(first, str_of(segment)))
		return false;
	*path = rest.p ? rest : STR("");
	return true;
}

/* What was asked for, up to the name. */
static struct str root_of(const struct http_request *req, struct str name)
{
	struct str root = str_sub(req->path, 0, req->path.len - name.len);

	return str_ends(root, STR("/")) ? str_sub(root, 0, root.len - 1) : root;
}

static void bridge(struct feed *f, struct http_request *req, struct str path)
{
	struct str name = path, rest = path, dataset = str_cut(&rest, '/');

	if (str_eq(path, STR("DataSystem"))) {
		struct str root = str_printf(req->arena, BRIDGE_ROOT "%s", f->config.dataset);
		feed_answer_json(f, req, feed_meta_system(f, req->arena, base_of(f, req, root)));
	} else if (!cut_segment(&name, f->config.dataset)) {
		feed_answer_error(f, req, 404, "There is no dataset '" STR_FMT "' for this token",
			STR_ARG(dataset));
	} else if (f->config.feed_type && !cut_segment(&name, f->config.feed_type)) {
		feed_answer_error(f, req, 404, "This token is for the feed %s of the dataset %s",
			f->config.feed_type, f->config.dataset);
	} else {
		resource(f, req, root_of(req, name), name);
	}
}

/* Plain servers need no dataset; one that stands there is taken. */
static void reso(struct feed *f, struct http_request *req, struct str path)
{
	struct str name = str_starts(path, STR("/")) ? str_sub(path, 1, path.len) : path;

	cut_segment(&name, f->config.dataset);
	resource(f, req, root_of(req, name), name);
}

static void odata(struct feed *f, struct http_request *req)
{
	struct str path = req->path;

	if (!is_reso(f) && str_starts(path, STR(BRIDGE_ROOT)))
		bridge(f, req, str_sub(path, sizeof(BRIDGE_ROOT) - 1, path.len));
	else if (is_reso(f) && str_starts(path, STR(RESO_ROOT)))
		reso(f, req, str_sub(path, sizeof(RESO_ROOT) - 1, path.len));
	else
		feed_answer_error(f, req, 404, "There is nothing at " STR_FMT, STR_ARG(path));
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
	if (f->config.client_id && str_eq(req->path, STR("/oauth/token"))) {
		feed_token_answer(f, req);
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
		feed_answer_error(f, req, 405, "This feed can only be read");
	else
		odata(f, req);
}

static const char *copy(struct feed *f, const char *text)
{
	return text ? arena_printf(f->arena, "%s", text) : NULL;
}

static void copy_config(struct feed *f, const struct feed_config *c)
{
	f->config = *c;
	f->config.listen = copy(f, c->listen);
	f->config.token = copy(f, c->token);
	f->config.dataset = copy(f, c->dataset);
	f->config.feed_type = copy(f, c->feed_type);
	f->config.client_id = copy(f, c->client_id);
	f->config.client_secret = copy(f, c->client_secret);
}

void feed_apply_faults(struct feed *f)
{
	gen_set_twist(f->gen,
		&(struct gen_twist){
			.future = feed_faults_on(&f->faults, FAULT_FUTURE),
			.storm = feed_faults_on(&f->faults, FAULT_STORM),
			.backwards = feed_faults_on(&f->faults, FAULT_BACKWARDS),
			.vanish_percent = (int)feed_faults_on(&f->faults, FAULT_VANISH),
		});
	feed_select_forget(f);
}

struct feed *feed_new(struct loop *loop, const struct feed_config *config, struct err *e)
{
	struct arena *a = arena_new();
	struct feed *f = ARENA_NEW(a, struct feed);
	/* A next link is longer than the query that it goes on with. */
	struct http_options options = {.listen = config->listen, .max_target_bytes = 28 * 1024};

	f->arena = a;
	f->model = feed_model_new(a, config->kind == FEED_RESO);
	crypto_hmac_sha256(str_of(config->token), STR("next links of plat feed"), f->link_key);
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
		.one_timestamp = config->kind == FEED_RESO,
	});
	if (!feed_faults_parse(str_of(config->faults), &f->faults, e))
		f->http = http_server_new(loop, &options, on_request, f, e);
	if (!f->http) {
		feed_free(f);
		return NULL;
	}
	feed_apply_faults(f);
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
