#include "mod/rest/admin.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"
#include "mod/rest/cache.h"
#include "mod/rest/metrics.h"
#include "mod/rest/site.h"

struct rest_admin {
	struct http_server *http;
	struct rest_site *site;
};

static void answer_buf(struct http_request *http, const char *type, struct buf *b)
{
	struct str text = str_copy(http->arena, buf_view(b));

	buf_done(b);
	http_reply(http, 200, type, text);
}

static void ready(struct rest_admin *a, struct http_request *http)
{
	bool is_ready = rest_site_is_ready(a->site) && db_is_ready(rest_site_db(a->site));

	http_reply(http, is_ready ? 200 : 503, NULL, STR(""));
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
		http_reply(http, 200, NULL, STR(""));
	else if (is_get && str_eq(http->path, STR("/ready")))
		ready(a, http);
	else if (is_get && str_eq(http->path, STR("/metrics")))
		metrics(a, http);
	else if (is_get && str_eq(http->path, STR("/schema_cache")))
		schema_cache(a, http);
	else
		http_reply(http, 404, NULL, STR(""));
}

struct rest_admin *rest_admin_start(struct loop *loop, const char *listen, struct rest_site *site,
	struct err *e)
{
	struct rest_admin *a = calloc(1, sizeof *a);

	if (!a)
		abort();
	a->site = site;
	a->http = http_server_new(loop, &(struct http_options){.listen = listen, .quiet = true},
		on_request, a, e);
	if (!a->http) {
		free(a);
		err_prefix(e, "admin-server-port");
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
