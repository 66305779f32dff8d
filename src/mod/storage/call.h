/* call: one request to /storage/v1 on its way: who asks, with what, and how it is answered or refused.
 *
 * Every endpoint is a function `int storage_<what>(struct storage_call *c)`, run in a fiber. It answers (storage_reply*) and returns 0,
 * or returns what storage_fault() or storage_fail() gave it; then the frame here answers. Errors look as Supabase Storage's:
 *
 *     {"statusCode": "404", "code": "NoSuchKey", "error": "not_found", "message": "Object not found"}
 *
 * with HTTP status 400 for everything that is said by statusCode, as there, but for 413, 415, 416, 423, 429 and what is not the client's fault.
 *
 * Owner    the request's arena.
 * Failure  storage_fault(): a refusal. storage_fail(): err, logged, 500 and nothing told (E_BUSY 503, E_LIMIT 413, E_FULL 507, ...).
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
struct http_request;
struct json;
struct req;
struct service;
struct storage;
struct storage_engine;

struct storage_call {
	struct req *req;
	struct http_request *http; /* of req */
	struct arena *arena;
	struct service *service;
	struct storage *storage; /* the module in this process (storage_local.h) */
	struct storage_engine *engine;
	struct db *db;
	const struct json
		*body; /* STORAGE_JSON: the object that was sent; an empty one without a body */

	/* Of the token in Authorization, or else apikey: role, claims, login. "anon" without either. For batch_as(): row level security
	 * decides, with the user's own policies too. */
	struct db_caller caller;

	/* Of the path, checked (name.h); absent where the route has none. */
	struct str bucket, name;

	/* Set by storage_fault() and storage_fail(). */
	struct err err;
	int status;
	const char *code, *error;
	struct str message;
};

extern const struct db_caller storage_worker; /* plat_worker: past row level security */

/* What a route needs before its function runs; added up. */
enum storage_wants {
	STORAGE_JSON = 1,   /* reads the body, at most 1 MiB, as an object */
	STORAGE_BUCKET = 2, /* the first parameter of the path is a bucket */
	STORAGE_OBJECT = 4, /* what follows it is the name of an object */
	STORAGE_OPEN = 8,   /* no token is looked at: public and signed links */
};

typedef int storage_handler(struct storage_call *c);

/* What the handlers of routes call. */
void storage_call_start(struct req *r, unsigned wants, storage_handler *fn);

/* Returns -1. code: Supabase's name, one of call_fault.c's table, which knows the rest. */
int storage_fault(struct storage_call *c, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int storage_fault_absent(struct storage_call *c);               /* NoSuchKey */
int storage_fault_bucket(struct storage_call *c);               /* NoSuchBucket */
int storage_fault_key(struct storage_call *c, struct str name); /* InvalidKey */
int storage_fail(struct storage_call *c, const struct err *e);
/* The same for a batch: 42501, 23505 and what our functions raise are refusals with their words. */
int storage_fail_batch(struct storage_call *c, const struct batch *b);

/* (waits) Runs a batch; on failure -1 after storage_fail_batch(). */
int storage_run(struct storage_call *c, struct batch *b);
/* A batch in the caller's name, or the worker's. */
struct batch *storage_batch(struct storage_call *c, bool as_worker);

/* Members of the body. Absent and null: absent (fallback), without a fault. -1 with InvalidRequest when the type is another one. */
int storage_body_str(struct storage_call *c, const char *name, struct str *ret_text);
int storage_body_bool(struct storage_call *c, const char *name, bool fallback, bool *ret_value);
int storage_body_int(struct storage_call *c, const char *name, int64_t fallback, int64_t *ret_n);
int storage_body_need(struct storage_call *c, const char *name,
	struct str *ret_text); /* not empty */
/* A parameter of the query, decoded; absent without it. */
struct str storage_query(struct storage_call *c, const char *name);
/* A header is "true". */
bool storage_header_is_true(struct storage_call *c, const char *name);

/* Ends the request with JSON: a copy of b; a text of the arena. Returns 0. */
int storage_reply(struct storage_call *c, int status, struct buf *b);
int storage_reply_text(struct storage_call *c, int status, struct str json);
int storage_reply_message(struct storage_call *c, const char *message); /* {"message": …} */
