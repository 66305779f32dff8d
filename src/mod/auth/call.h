/* call: one request to /auth/v1 on its way: who asks, with what, and how it is answered or refused.
 *
 * Every endpoint is a function `int auth_<what>(struct auth_call *c)` in a file of its own, run in a fiber. It answers (auth_reply*)
 * and returns 0, or returns what auth_fault() or auth_fail() gave it; then the frame here answers. Errors look as GoTrue's, whose
 * clients know them:
 *
 *     {"code": 422, "error_code": "weak_password", "msg": "…"}          with X-Supabase-Api-Version >= 2024-01-01: {"code": "weak_password",
 *                                                                       "message": "…"}
 *
 * Owner    the request's arena.
 * Failure  auth_fault(): a refusal the client's code can read. auth_fail(): err, logged, 500 "unexpected_failure" and nothing told
 *          (503 with Retry-After for E_BUSY).
 * Threads  a fiber of its own: may wait.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct auth;
struct batch;
struct buf;
struct db;
struct json;
struct req;
struct service;

struct auth_call {
	struct req *req;
	struct arena *arena;
	struct service *service;
	struct auth *auth; /* the module in this process (auth_local.h) */
	struct db *db;
	const struct json *
		body; /* the object that was sent; an empty one without a body. Also of a form, for /token */

	/* Of the token in Authorization, or else apikey; "anon" without either where the route takes anybody. */
	struct str role;                     /* anon, authenticated, service_role */
	struct str user_id, session_id, aal; /* absent when it is nobody's */
	const struct json *claims;           /* an object; NULL without a token */
	struct str remote,
		user_agent; /* of the client; behind proxies what they say (PLAT_TRUST_PROXY); remote is absent when it is no address */
	int64_t started_us;
	bool is_answered;

	/* Set by auth_fault() and auth_fail(). */
	struct err err;
	int status;
	const char *code;
	struct str words;
	const struct json *details; /* more members for the error body; mostly NULL */
};

enum auth_who {
	AUTH_ANYBODY, /* with or without a token */
	AUTH_LOGIN, /* a signed-in person whose session is still there: 401 no_authorization, 403 session_not_found, bad_jwt, user_banned */
	AUTH_ADMIN, /* the service role: 401, 403 not_admin */
};

typedef int auth_handler(struct auth_call *c);

/* What the handlers of routes call: reads token and body, runs fn in a fiber, answers when it refuses. */
void auth_call_start(struct req *r, enum auth_who who, auth_handler *fn);

/* Returns -1. code: GoTrue's name ("invalid_credentials"). */
int auth_fault(struct auth_call *c, int status, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Returns -1. */
int auth_fail(struct auth_call *c, const struct err *e);
/* As auth_fail() for a batch that failed; PTnnn raised by our SQL becomes a fault with that status and its words, its code the detail that was
 * raised with it, or else code. */
int auth_fail_batch(struct auth_call *c, const struct batch *b, const char *code);

/* A batch with the rights of plat_worker, and running it: -1 as auth_fail_batch(). */
struct batch *auth_call_batch(struct auth_call *c);
int auth_call_run(struct auth_call *c, struct batch *b);

/* Members of the body. Absent and null: absent, without a fault. -1 with "validation_failed" when the type is another one. */
int auth_body_str(struct auth_call *c, const char *name, struct str *ret_text);
int auth_body_bool(struct auth_call *c, const char *name, bool *ret_value);
int auth_body_object(struct auth_call *c, const char *name,
	const struct json **ret_object); /* NULL when absent */
/* What a person says of themselves, `data`, as text: it ends up in every token, so -1 with "validation_failed" beyond AUTH_DATA_MAX bytes. Absent
 * without it. */
#define AUTH_DATA_MAX 16384
int auth_body_data(struct auth_call *c, struct str *ret_data);
/* A member that has to be there: -1 with "validation_failed". */
int auth_body_need(struct auth_call *c, const char *name, struct str *ret_text);
/* A parameter of the query, decoded; absent without it. */
struct str auth_query(struct auth_call *c, const char *name);

/* (waits) Until the call has taken a whole number of quarters of a second: answers that say the same take the same time. */
void auth_call_even(struct auth_call *c);

/* Ends the request with JSON (a copy of b). Cache-Control: no-store on everything here. Returns 0. */
int auth_reply(struct auth_call *c, int status, struct buf *b);
int auth_reply_empty(struct auth_call *c); /* 200 {} */
int auth_reply_none(struct auth_call *c);  /* 204 */
/* 200 with the first value of b's first result, which is JSON. Returns 0. */
int auth_reply_row(struct auth_call *c, const struct batch *b);
/* 303 to url, where a person's browser is to go. */
int auth_reply_redirect(struct auth_call *c, struct str url);
