/* call: the way of a request to /site/v1: whose site, an answer that stands ready, the limit for strangers, or the work.
 *
 * A page is a function that writes its whole answer into c->out, in a fiber, and returns 0, or what site_fault() or site_fail() gave it.
 * The frame keeps the answer, and sends it with ETag, Cache-Control and X-Cache. Refusals are {"message": "one sentence"}.
 *
 * Owner    the request's arena.
 * Failure  404 no site of this host; 429 with Retry-After; else what the page says.
 * Threads  a fiber of its own: may wait.
 */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "mod/site/cache.h"
#include "mod/site/host.h"

struct arena;
struct db_param;
struct http_request;
struct req;
struct result;
struct site;

struct site_call {
	struct req *req; /* params of the path */
	struct http_request *http;
	struct arena *arena;
	struct site *site;
	struct site_place place;
	const struct site_page *page;
	struct buf out;  /* the answer */
	struct buf keys; /* Surrogate-Key */
	int64_t cost;    /* what the page adds to the one that every answer costs of the limit */
	int64_t index_us; /* of a search: its index had what was committed until then (monotonic clock) */

	struct err err;
	int status; /* 0: no fault */
	struct str message;
};

struct site_page {
	const char *name; /* of the page, in keys of the cache */
	const char *type; /* Content-Type */
	enum site_life life;
	const char *cache_control; /* NULL: as its life has it */
	bool is_kept_packed;       /* large: no other form of it is kept */
	int (*write)(struct site_call *c);
};

void site_call_start(struct req *r, const struct site_page *page);

/* What does not go through the cache: fn gives the request its end itself, in a fiber. */
void site_call_bare(struct req *r, void (*fn)(struct site_call *c));
void site_call_refuse(struct site_call *c); /* with what was the fault */
int site_call_limit(struct site_call *c);   /* -1 with 429 */
int site_call_place(struct site_call *c);   /* -1 with 404: whose site */
void site_call_open(struct site_call *c);   /* the headers that let other origins read the answer */

/* Both return -1; the first refusal stays. */
int site_fault(struct site_call *c, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int site_fail(struct site_call *c, const struct err *e);

/* (waits) One statement as plat_worker that changes nothing, $1 of which is the workspace: NULL after site_fail(). more: the others. */
struct result *site_call_ask(struct site_call *c, const char *sql, int n,
	const struct db_param *more);

/* A parameter of the query, decoded; absent without it. */
struct str site_call_query(struct site_call *c, const char *name);
/* A whole number of the query within bounds; -1 with 400. Absent: *ret stays. */
int site_call_int(struct site_call *c, const char *name, int64_t min, int64_t max, int64_t *ret);

/* The answer tells of this listing. */
void site_call_of(struct site_call *c, struct str listing_id);
