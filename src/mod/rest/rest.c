/* rest: every table under row level security over HTTP, in the dialect of PostgREST (docs/rest.md).
 *
 * This file is the module; site.h is one place where the dialect is served, flow.h the way of a request. */
#include <string.h>

#include "app/module.h"
#include "app/service.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/buf.h"
#include "http/request.h"
#include "mod/rest/config.h"
#include "mod/rest/house.h"
#include "mod/rest/metrics.h"
#include "mod/rest/site.h"

#define PREFIX "/rest/v1"

static struct rest_site *site; /* one service a process */

static void serve(struct req *r)
{
	struct str path = str_sub(r->http->raw_path, strlen(PREFIX), r->http->raw_path.len);

	rest_site_serve(site, r->http, path.len ? path : STR("/"));
}

/* A key that was revoked, or is new. */
static void on_keys(const struct jwk_set *keys, void *arg)
{
	(void)arg;
	if (site)
		rest_site_keys(site, keys);
}

static int start(struct service *s, struct err *e)
{
	struct arena *a;
	struct rest_config *c;

	if (!service_db(s))
		return 0;
	a = arena_new(); /* the site's, once there is one */
	c = rest_house_config(a, s, e);
	if (c)
		site = rest_site_new(&(struct rest_site_options){.loop = service_loop(s),
			.db = service_db(s),
			.prefix = PREFIX,
			.keyring = service_keyring(s),
			.config = c,
			.is_house = true});
	if (!site) {
		arena_free(a);
		return e->code;
	}
	if (service_jwt_secret(s))
		rest_site_keys(site, token_keys_set(service_token_keys(s)));
	token_keys_watch(service_token_keys(s), on_keys, NULL);
	return 0;
}

static void stop(struct service *s)
{
	(void)s;
	rest_site_free(site);
	site = NULL;
}

static void metrics(struct service *s, struct buf *out)
{
	(void)s;
	if (site)
		rest_metrics(site, out);
}

static const char *unready(struct service *s)
{
	(void)s;
	return site && !rest_site_is_ready(site) ? "the schema has not been read yet" : NULL;
}

static const struct route routes[] = {
	{"*", PREFIX, serve},
	{"*", PREFIX "/*", serve},
	{0},
};

const struct module rest_module = {
	.name = "rest",
	.routes = routes,
	.start = start,
	.stop = stop,
	.metrics = metrics,
	.unready = unready,
};
