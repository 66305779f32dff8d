/* site_local: what the files of the module share. Not for others.
 *
 *   site.c       the module: routes, what it starts
 *   host.c       whose site a host name is
 *   own.c        the host names of this server itself
 *   call.c       the way of a request: host, cache, limit, answer
 *   answer.c     what is kept and sent of an answer
 *   cache.c      answers that stand ready
 *   flight.c     requests that wait for the same one
 *   follow.c     hears what changed, and forgets those answers
 *   rate.c       how much strangers may ask for
 *   row.c        a displayed listing as JSON
 *   slug.c       its name in URLs
 *   detail.c, find.c, market.c, sitemap.c, rss.c, linked.c     the answers
 *   domain.c, domain_route.c, txt.c                            proof of domains
 */
#pragma once

#include "db/db.h"

struct err;
struct http_client;
struct job;
struct req;
struct service;
struct site_cache;
struct site_flights;
struct site_follow;
struct site_hosts;
struct site_rate;

struct site {
	struct service *service;
	struct db *db;
	struct site_cache *cache;
	struct site_flights *flights;
	struct site_hosts *hosts;
	struct site_rate *rate;
	struct site_follow *follow;
	struct http_client *http; /* NULL until a domain is looked at */
};

extern const struct db_caller site_worker;

struct site *site_of(const struct service *s); /* NULL: there is no database in this process */
struct http_client *site_http(struct site *s);

/* Handlers of routes, one file each. */
void site_about(struct req *r);
void site_listing(struct req *r);
void site_similar(struct req *r);
void site_linked(struct req *r);
void site_find(struct req *r);
void site_market(struct req *r);
void site_rss(struct req *r);
void site_sitemap(struct req *r);
void site_domain_file(struct req *r);
void site_domain_route(struct req *r);

int site_domain_job(struct job *j, struct err *e);
int site_domain_free_job(struct job *j, struct err *e);
