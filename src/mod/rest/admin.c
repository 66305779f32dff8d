#include "mod/rest/admin.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/metrics.h"
#include "mod/rest/site.h"

struct rest_admin {
	struct http_server *http;
	struct rest_site *site;
	const struct http_server *main;
};

static void answer_buf(struct http_request *http, const char *type, struct buf *b)
{
	struct str text = str_copy(http->arena, buf_view(b));

	buf_done(b);
	http_reply(http, 200, type, text);
}

static int live_status(const struct rest_admin *a)
{
	return http_server_is_reachable(a->main) ? 200 : 500;
}

static int ready_status(const struct rest_admin *a)
{
	bool is_ready = rest_site_is_ready(a->site) && db_is_ready(rest_site_db(a->site));

	return is_ready || live_status(a) != 200 ? live_status(a) : 503;
}

static void config(struct rest_admin *a, struct http_request *http)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	rest_config_print(out, rest_site_config(a->site));
	fclose(out);
	struct str copy = str_copy(http->arena, str_from(text, len));
	free(text);
	http_reply(http, 200, "text/plain; charset=utf-8", copy);
}

static void schema_cache(struct rest_admin *a, struct http_request *http)
{
	struct buf b;

	if (!rest_site_cache(a->site)) {
		http_reply(http, 503, NULL, STR(""));
		return;
	}
	buf_init(&b, 0);
	rest_cache_json(rest_site_cache(a->site), &b);
	answer_buf(http, "application/json; charset=utf-8", &b);
}

static void metrics(struct rest_admin *a, struct http_request *http)
{
	struct buf b;

	buf_init(&b, 0);
	rest_metrics(a->site, &b);
	answer_buf(http, "text/plain; version=0.0.4; charset=utf-8", &b);
}

static void on_request(struct http_request *http, void *arg)
{
	struct rest_admin *a = arg;
	bool is_get = str_eq(http->method, STR("GET")) || str_eq(http->method, STR("HEAD"));

	if (is_get && str_eq(http->path, STR("/live")))
		http_reply(http, live_status(a), NULL, STR(""));
	else if (is_get && str_eq(http->path, STR("/ready")))
		http_reply(http, ready_status(a), NULL, STR(""));
	else if (is_get && str_eq(http->path, STR("/config")))
		config(a, http);
	else if (is_get && str_eq(http->path, STR("/metrics")))
		metrics(a, http);
	else if (is_get && str_eq(http->path, STR("/schema_cache")))
		schema_cache(a, http);
	else
		http_reply(http, 404, NULL, STR(""));
}

struct rest_admin *rest_admin_start(struct loop *loop, const struct http_options *options,
	struct rest_site *site, const struct http_server *main, struct err *e)
{
	struct rest_admin *a = calloc(1, sizeof *a);

	if (!a)
		abort();
	a->site = site;
	a->main = main;
	a->http = http_server_new(loop, options, on_request, a, e);
	if (!a->http) {
		free(a);
		err_prefix(e, "admin server");
		return NULL;
	}
	return a;
}

void rest_admin_stop(struct rest_admin *a)
{
	if (!a)
		return;
	http_server_free(a->http);
	free(a);
}
