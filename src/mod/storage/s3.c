#include "mod/storage/s3.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "http/url.h"
#include "loop/fiber.h"
#include "mod/storage/s3_list.h"
#include "mod/storage/s3_local.h"

#define LONGEST_WAIT_MS 5000

/* --- asking ------------------------------------------------------------------------------------- */

struct http_fetch s3_fetch(struct s3 *g, struct arena *a, const struct s3_ask *ask)
{
	const char *url = arena_printf(a, "%s/" STR_FMT "%s" STR_FMT, g->root, STR_ARG(ask->key),
		ask->query.p ? "?" : "", STR_ARG(ask->query));

	return (struct http_fetch){.method = ask->method,
		.url = url,
		.headers = ask->headers,
		.n_headers = ask->n_headers,
		.source = ask->source,
		.source_arg = ask->source_arg,
		.source_len = ask->source_len,
		.aws = &g->aws,
		.timeout_ms = S3_TIMEOUT_MS,
		.stall_s = S3_STALL_S};
}

static bool is_passing(const struct http_result *r)
{
	if (r->err.code)
		return r->err.code == E_UPSTREAM || r->err.code == E_TIMEOUT;
	return r->status == 429 || (r->status >= 500 && r->status != 501 && r->status != 507);
}

bool s3_again(struct s3 *g, const struct http_result *r, int tries)
{
	int64_t wait_ms = (int64_t)g->first_wait_ms << (tries - 1);

	if (!is_passing(r) || tries >= S3_TRIES)
		return false;
	if (!r->err.code && http_result_retry_ms(r) > wait_ms)
		wait_ms = http_result_retry_ms(r);
	return fiber_sleep_ms((uint64_t)(wait_ms < LONGEST_WAIT_MS ? wait_ms : LONGEST_WAIT_MS)) ==
		0;
}

int s3_explain(struct arena *a, const struct http_result *r, struct err *e)
{
	if (r->err.code == E_CANCEL || r->err.code == E_BUG)
		return err_set(e, (enum err_code)r->err.code, "%s", r->err.msg);
	if (r->err.code)
		return err_set(e, E_BUSY, "the object service does not answer: %s", r->err.msg);
	if (r->status == 404)
		return err_set(e, E_ABSENT, "the object service has no such bytes");
	if (r->status == 507)
		return err_set(e, E_FULL, "the object service has no room");
	return err_set(e, is_passing(r) ? E_BUSY : E_UPSTREAM,
		"the object service answers %d " STR_FMT, r->status,
		STR_ARG(s3_list_code(a, r->body)));
}

int s3_call(struct s3 *g, struct arena *a, const struct s3_ask *ask,
	const struct http_result **ret_result, struct err *e)
{
	struct http_fetch fetch = s3_fetch(g, a, ask);
	const struct http_result *r;

	for (int tries = 1;; tries++) {
		r = http_fetch_wait(g->http, a, &fetch);
		if (!s3_again(g, r, tries))
			break;
	}
	*ret_result = r;
	if (fiber_is_cancelled())
		return err_set(e, E_CANCEL, "stopped while the object service was asked");
	if (r->err.code || (r->status >= 300 && r->status != 404))
		return s3_explain(a, r, e);
	return 0;
}

/* --- what goes without puts and gets ---------------------------------------------------------------- */

static int s3_remove(struct storage_engine *base, struct arena *a,
	const struct storage_entry *entry, struct err *e)
{
	struct s3_ask ask = {.method = "DELETE"};
	const struct http_result *r;
	int code = storage_place_key(a, &entry->place, &ask.key, e);

	return code ? code : s3_call((struct s3 *)base, a, &ask, &r, e);
}

static int s3_copy(struct storage_engine *base, struct arena *a, const struct storage_place *from,
	const struct storage_place *to, struct err *e)
{
	struct s3 *g = (struct s3 *)base;
	struct s3_ask ask = {.method = "PUT"};
	const struct http_result *r;
	struct str key;

	if (storage_place_key(a, from, &key, e) || storage_place_key(a, to, &ask.key, e))
		return e->code;
	struct http_fetch_header headers[] = {
		{"Content-Length", STR("0")},
		{"x-amz-copy-source", STR_JOIN(a, STR("/"), str_of(g->bucket), STR("/"), key)},
	};
	ask.headers = headers;
	ask.n_headers = 2;
	int code = s3_call(g, a, &ask, &r, e);
	if (code)
		return code;
	if (r->status == 404)
		return s3_explain(a, r, e);
	/* The service may find out after it has said 200. */
	if (str_find(r->body, STR("<CopyObjectResult")) < 0)
		return err_set(e, E_UPSTREAM, "the object service does not copy: " STR_FMT,
			STR_ARG(s3_list_code(a, r->body)));
	return 0;
}

static int list_page(struct s3 *g, struct arena *a, struct str *token, storage_entry_fn *fn,
	void *arg, struct err *e)
{
	struct s3_ask ask = {.key = STR(""), .query = STR("list-type=2")};
	const struct http_result *r;
	struct storage_entry entry;
	struct s3_object o;

	if (token->p)
		ask.query = STR_JOIN(a, STR("continuation-token="), enc_percent(a, *token),
			STR("&list-type=2"));
	int code = s3_call(g, a, &ask, &r, e);
	if (code)
		return code;
	if (r->status == 404)
		return err_set(e, E_UPSTREAM, "the object service has no bucket %s", g->bucket);
	for (struct str rest = r->body; s3_list_next(a, &rest, &o);) {
		if (!storage_place_parse(a, o.key, &entry.place)) /* somebody else's */
			continue;
		entry.size = o.size;
		entry.changed_us = o.changed_us;
		entry.is_part = false;
		if ((code = fn(&entry, arg, e)))
			return code;
	}
	*token = s3_list_token(a, r->body);
	return 0;
}

static int s3_list(struct storage_engine *base, storage_entry_fn *fn, void *arg, struct err *e)
{
	struct arena *page = arena_new(), *before = arena_new();
	struct str token = STR_NULL;
	int code;

	do {
		code = list_page((struct s3 *)base, page, &token, fn, arg, e);
		arena_reset(before);
		token = str_copy(before, token); /* outlives its page */
		arena_reset(page);
	} while (!code && token.p);
	arena_free(page);
	arena_free(before);
	return code;
}

/* --- life ------------------------------------------------------------------------------------------ */

static void s3_close(struct storage_engine *base)
{
	struct s3 *g = (struct s3 *)base;

	if (g->owns_http)
		http_client_free(g->http);
	free(g->root);
	free(g->bucket);
	free(g->spool);
	free((char *)g->aws.region);
	free((char *)g->aws.key);
	free((char *)g->aws.secret);
	free(g);
}

static const struct storage_engine_kind s3_kind = {.name = "s3",
	.close = s3_close,
	.put_open = s3_put_open,
	.put_write = s3_put_write,
	.put_finish = s3_put_finish,
	.put_abandon = s3_put_abandon,
	.get_open = s3_get_open,
	.get_read = s3_get_read,
	.get_close = s3_get_close,
	.remove = s3_remove,
	.copy = s3_copy,
	.list = s3_list};

static char *joined(const char *a, const char *between, const char *b)
{
	struct buf text;

	buf_init(&text, 0);
	buf_cstr(&text, a);
	buf_cstr(&text, between);
	buf_cstr(&text, b);
	return buf_take(&text, NULL);
}

static int check(const struct s3_options *o, struct err *e)
{
	struct http_url url;

	if (http_url_parse(str_of(o->url), &url, e))
		return err_prefix(e, "PLAT_S3_URL");
	if (!o->bucket || !o->key || !o->secret || !o->region)
		return err_set(e, E_INPUT,
			"PLAT_S3_URL needs PLAT_S3_BUCKET, PLAT_S3_KEY and PLAT_S3_SECRET beside it");
	if (mkdir(o->spool, 0700) && errno != EEXIST)
		return err_set(e, E_BUG, "%s: %s", o->spool, strerror(errno));
	return 0;
}

struct storage_engine *s3_open(const struct s3_options *o, struct err *e)
{
	if (check(o, e))
		return NULL;
	struct s3 *g = calloc(1, sizeof *g);
	if (!g)
		abort();
	g->base = (struct storage_engine){.kind = &s3_kind, .loop = o->loop};
	g->owns_http = !o->http;
	g->http = o->http ? o->http : http_client_new(o->loop, NULL);
	g->root = joined(o->url, "/", o->bucket);
	g->bucket = joined(o->bucket, "", "");
	g->spool = joined(o->spool, "", "");
	g->aws = (struct http_aws){.region = joined(o->region, "", ""),
		.service = "s3",
		.key = joined(o->key, "", ""),
		.secret = joined(o->secret, "", "")};
	g->first_wait_ms = o->first_wait_ms ? o->first_wait_ms : 200;
	return &g->base;
}

struct storage_engine *storage_engine_s3(const struct storage_engine_options *options,
	struct err *e)
{
	struct arena *a = arena_new();
	struct str url = str_of(setting(SET_S3_URL));

	while (str_ends(url, STR("/")))
		url.len--;
	struct storage_engine *g =
		s3_open(&(struct s3_options){.loop = options->loop,
				.http = options->http,
				.spool = arena_printf(a, "%s/spool", options->data),
				.url = str_cstr(a, url),
				.bucket = setting(SET_S3_BUCKET),
				.region = setting(SET_S3_REGION),
				.key = setting(SET_S3_KEY),
				.secret = setting(SET_S3_SECRET)},
			e);
	arena_free(a);
	return g;
}
