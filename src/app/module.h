/* module: everything a domain tells the server about itself, in one constant.
 *
 * There are three things to do to add a domain: the folder src/mod/x with x.c holding `x_module`; a line in src/cmd/modules.c; its
 * SQL under sql/. Modules meet in SQL; C of one module uses another's only through mod/<name>/<name>.h.
 *
 * Owner    constants; they live as long as the program.
 * Threads  handlers run on the loop of the service that routed to them.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct buf;
struct http_request;
struct job_kind;
struct service;

#define REQ_PARAMS 6

/* One request on its way through a module; lives in the request's arena, so until its one answer (http/request.h). */
struct req {
	struct http_request *http;
	struct service *service;
	struct str params
		[REQ_PARAMS]; /* the parts of the path that matched ":name", decoded, in order; then a "*" */
};

struct route {
	const char *method; /* "GET" also answers HEAD; "*" any */
	const char *
		path; /* "/x/:id/parts", or "/x/" followed by a star for everything below; matched on whole segments */
	void (*handle)(struct req *r);
};

struct module {
	const char *name;
	const struct route *routes; /* ends with an empty entry; first match wins */
	/* Before the first request and after the last; may be NULL. */
	int (*start)(struct service *s, struct err *e);
	void (*stop)(struct service *s); /* in a fiber: may wait */
	/* What `plat work` does for it (app/job.h); ends with an empty entry; may be NULL. */
	const struct job_kind *jobs;
	/* Appends to /metrics (Prometheus text); may be NULL. */
	void (*metrics)(struct service *s, struct buf *out);
	/* NULL, or one sentence that says what is still to come: /ready is 503 until then; may be NULL. */
	const char *(*unready)(struct service *s);
};

/* The whole product, in the order it starts; ends with NULL. Defined in src/cmd/modules.c; tests define their own. */
extern const struct module *const modules[];
