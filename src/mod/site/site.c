/* site: a brokerage's public web site as JSON, by Host, without any login (docs/site.md).
 *
 * This file is the module; site_local.h says where the rest is. */
#include "mod/site/site.h"

#include <stdlib.h>

#include "app/cors.h"
#include "app/job.h"
#include "app/module.h"
#include "app/service.h"
#include "app/settings.h"
#include "base/buf.h"
#include "http/client.h"
#include "mod/site/cache.h"
#include "mod/site/flight.h"
#include "mod/site/follow.h"
#include "mod/site/host.h"
#include "mod/site/rate.h"
#include "mod/site/site_local.h"

#define MIB ((size_t)1 << 20)

static struct site *site; /* one service a process */

struct site *site_of(const struct service *s)
{
	(void)s;
	return site;
}

struct http_client *site_http(struct site *s)
{
	if (!s->http)
		s->http = http_client_new(service_loop(s->service), NULL);
	return s->http;
}

static int start(struct service *s, struct err *e)
{
	(void)e;
	if (!service_db(s))
		return 0;
	site = calloc(1, sizeof *site);
	if (!site)
		abort();
	*site = (struct site){
		.service = s,
		.db = service_db(s),
		.cache = site_cache_new((size_t)setting_int(SET_SITE_CACHE_MB) * MIB),
		.flights = site_flights_new(),
		.hosts = site_hosts_new(),
		.rate = site_rate_new(setting_int(SET_SITE_RATE)),
	};
	site->follow = site_follow_new(site);
	return 0;
}

static void stop(struct service *s)
{
	(void)s;
	if (!site)
		return;
	site_follow_free(site->follow);
	http_client_free(site->http);
	site_rate_free(site->rate);
	site_hosts_free(site->hosts);
	site_flights_free(site->flights);
	site_cache_free(site->cache);
	free(site);
	site = NULL;
}

static void metrics(struct service *s, struct buf *out)
{
	(void)s;
	if (site)
		site_cache_metrics(site->cache, out);
}

static const struct route routes[] = {
	{"OPTIONS", "/site/v1/*", cors_preflight},
	{"GET", "/site/v1/site", site_about},
	{"GET", "/site/v1/listings", site_find},
	{"GET", "/site/v1/listings/:id", site_listing},
	{"GET", "/site/v1/listings/:id/similar", site_similar},
	{"GET", "/site/v1/listings/:id/jsonld", site_linked},
	{"GET", "/site/v1/market", site_market},
	{"GET", "/site/v1/rss.xml", site_rss},
	{"GET", "/site/v1/sitemap.xml", site_sitemap},
	{"GET", "/sitemap.xml", site_sitemap},
	{"GET", "/.well-known/plat-verify.txt", site_domain_file},
	{"POST", "/site/v1/domains/:id/verify", site_domain_route},
	{0},
};

static const struct job_kind jobs[] = {
	{.name = "site.domains",
		.run = site_domain_job,
		.timeout_s = 3600,
		.most = 1,
		.every = "1 hour",
		.summary =
			"looks again for the proofs of verified domains: weekly, and more often while one is missing"},
	{.name = "site.domain_free",
		.run = site_domain_free_job,
		.summary =
			"ends the 90 days in which a domain that a workspace had needs a TXT record of others"},
	{0},
};

const struct module site_module = {
	.name = "site",
	.routes = routes,
	.start = start,
	.stop = stop,
	.jobs = jobs,
	.metrics = metrics,
};
