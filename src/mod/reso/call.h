/* call: one request for /reso/odata, from who asks to the answer or the fault.
 *
 * Every endpoint is a function `int reso_<what>(struct reso_call *c)`, run in a fiber. It answers and returns 0, or returns what
 * reso_fault() or reso_fail() gave it; then the frame here answers with OData's error body.
 *
 * Owner    the request's arena; struct reso, the module's own, lives from its start to its stop.
 * Failure  401 with WWW-Authenticate without a token that counts; 403 beyond its scopes; 429 with Retry-After; else what the handler says.
 * Threads  a fiber of its own: may wait.
 * Source   OData 4.01 Protocol 8 and 9; RFC 6750; limits as MLS vendors announce them (docs/reso.md).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/err.h"
#include "base/str.h"
#include "mod/reso/odata_fault.h"

struct arena;
struct batch;
struct db;
struct http_request;
struct keyring;
struct req;
struct reso_catalogs;
struct reso_usage;
struct service;

/* The module in this process. */
struct reso {
	struct arena *arena;
	struct service *service;
	struct db *db;
	struct reso_usage *usage;
	struct reso_catalogs *catalogs;
	struct str root; /* "https://host/reso/odata"; absent: as the client's Host header has it */
	unsigned char link_key[CRYPTO_KEY_LEN]; /* seals next links, the same in all processes */
};

struct reso *reso_of(const struct service *s); /* NULL: not in this process */

enum reso_scope {
	RESO_IDX = 1,
	RESO_VOW = 2,
	RESO_FULL = 4,
	RESO_MEDIA = 8,
	RESO_MEMBER = 16,
	RESO_OFFICE = 32,
};

struct reso_consumer {
	struct str id, workspace_id;
	unsigned scopes;
	bool is_full; /* payloads as they are, all listings that are active */
	int64_t generation;
	int64_t per_minute, per_hour;
	/* What all processes together had answered, as the database knew; which minute and hour since 1970 that was. */
	int64_t minute_at, minute_used, hour_at, hour_used;
};

struct reso_call {
	struct req *req;
	struct http_request *http; /* of req */
	struct arena *arena;
	struct reso *site;
	struct db *db;
	struct str root; /* of this service, without '/' at its end */
	struct reso_consumer who;
	struct odata_fault fault;
	struct err err;
	int64_t now_us;
};

typedef int reso_handler(struct reso_call *c);

/* What a route's handler calls. Without with_login the handler sees to that itself. */
void reso_call_start(struct req *r, bool with_login, reso_handler *fn);

/* Return -1; the first fault stays. */
int reso_fault(struct reso_call *c, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int reso_fail(struct reso_call *c, const struct err *e);
int reso_fail_batch(struct reso_call *c, const struct batch *b);

/* (waits) As plat_worker, past row level security: statements name the consumer's workspace. -1 after reso_fail_batch(). */
struct batch *reso_batch(struct reso_call *c);
int reso_run(struct reso_call *c, struct batch *b);

/* Ends the request: 200, compressed when the client likes that. Returns 0. type: "application/json" and the like. */
int reso_reply(struct reso_call *c, const char *type, struct str body);

#define RESO_JSON "application/json;odata.metadata=minimal;charset=utf-8"
#define RESO_STATEMENT_MS 30000
