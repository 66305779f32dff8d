/* caller: who asks /mls/v1, and how a request there is answered or refused.
 *
 * Every endpoint is a function `int mls_<what>(struct caller *c)`, run in a fiber. It answers (caller_reply*) and returns 0, or returns
 * what caller_fault() or caller_fail() gave it; then the frame here answers with the status and {"message": "one sentence"}.
 *
 *     static void on_list(struct req *r) { caller_start(r, CALLER_AGENT, list); }
 *
 *     static int list(struct caller *c)
 *     {
 *             struct batch *b = caller_batch(c);                in the caller's name: row level security decides
 *             batch_add(b, "select coalesce(jsonb_agg(...), '[]')::text from mls.x", 0, NULL);
 *             return caller_run(c, b) ? -1 : caller_reply_row(c, b);
 *     }
 *
 * What only plat_worker may write (secrets, what the work found out) is written with worker_session() and c->workspace_id, after
 * CALLER_AGENT and CALLER_WRITES were asked for.
 *
 * The service role is nobody's login and past row level security: it names a workspace with ?workspace=SLUG (or id), unless there is only
 * one, and its statements have to name c->workspace_id themselves. Statements for people may do so too.
 *
 * Owner    the request's arena.
 * Failure  401 no token, or one that counts for nothing; 403 not this login; else what the handler says.
 * Threads  a fiber of its own: may wait.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

struct arena;
struct batch;
struct buf;
struct http_client;
struct http_request;
struct json;
struct req;
struct service;

struct caller {
	struct req *req;           /* params of the path */
	struct http_request *http; /* of req */
	struct arena *arena;
	struct service *service;
	struct db *db;
	const struct json
		*body; /* CALLER_BODY: the object that was sent; an empty one without a body */

	/* For session_open(); caller_batch() has it. authenticated or service_role. */
	struct db_caller who;
	struct str workspace_id; /* absent: a login without one, when nothing was required */
	struct str roles;        /* ",mls.admin,org.user," */
	double expires_s;        /* when the token does, Unix time; HUGE_VAL: never */
	bool is_service;
	bool is_read_only; /* the workspace is paused */

	/* Set by caller_fault() and caller_fail(). */
	struct err err;
	int status;
	struct str message;
};

/* What a route needs before its function runs; added up. */
enum caller_wants {
	CALLER_BODY = 1,   /* reads the body, at most 1 MiB, as an object */
	CALLER_AGENT = 2,  /* an agent or admin of a workspace, or the service role */
	CALLER_ADMIN = 4,  /* an admin of a workspace, or the service role */
	CALLER_WRITES = 8, /* refused while the workspace is paused */
};

typedef int caller_handler(struct caller *c);

/* What the handlers of routes call. */
void caller_start(struct req *r, unsigned wants, caller_handler *fn);

/* 0, or -1 with 403: the login has none of "mls.agent" (admins are that too), "mls.admin" … The service role may everything. */
int caller_require(struct caller *c, const char *role);

/* Returns -1; the first refusal stays. */
int caller_fault(struct caller *c, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Returns -1: the status of the code, and its words; those of E_BUG stay in the log. */
int caller_fail(struct caller *c, const struct err *e);
/* The same for a batch: what our functions raise as PTnnn is answered with that status. */
int caller_fail_batch(struct caller *c, const struct batch *b);

/* A batch in the caller's name; (waits) runs it: on failure -1 after caller_fail_batch(). */
struct batch *caller_batch(struct caller *c);
int caller_run(struct caller *c, struct batch *b);

/* The process's way to feeds. */
struct http_client *caller_http(struct caller *c);
void caller_close(void); /* when the module stops */

/* Members of the body. Absent and null: absent (fallback), without a fault. -1 with 400 when the type is another one. */
int caller_body_str(struct caller *c, const char *name, struct str *ret_text);
int caller_body_bool(struct caller *c, const char *name, bool fallback, bool *ret_value);
int caller_body_object(struct caller *c, const char *name, const struct json **ret_object);
int caller_body_need(struct caller *c, const char *name, struct str *ret_text); /* not empty */
/* -1 with 400 naming a member that is none of these (NULL at the end), and the nearest one. */
int caller_body_only(struct caller *c, const char *const *names);
/* A parameter of the query, decoded; absent without it. */
struct str caller_query(struct caller *c, const char *name);
/* A parameter of the path that has to be a UUID; -1 with 404 "there is no <what> …". */
int caller_param_id(struct caller *c, int i, const char *what, struct str *ret_id);

/* Ends the request with JSON. Returns 0. */
int caller_reply(struct caller *c, int status, struct buf *b); /* a copy of b */
int caller_reply_text(struct caller *c, int status, struct str json);
int caller_reply_row(struct caller *c,
	const struct batch *b); /* the first value of b's last result, as it is */
