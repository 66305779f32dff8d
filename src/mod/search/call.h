/* call: one request for the search's HTTP API, from who asks to the answer or the refusal.
 *
 * Every endpoint is a function `int search_call_<what>(struct search_call *c)`, run in a fiber. It answers and returns 0, or returns what
 * err_set() on c->err gave it, or search_call_fault(); then the frame here answers with the status and {"message": "one sentence"}.
 *
 * Owner    the request's arena.
 * Failure  401 without a key that counts, or one that may not do this; else what the handler says.
 * Threads  a fiber of its own: may wait.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/search/access.h"
#include "mod/search/key.h"

struct arena;
struct buf;
struct http_request;
struct json;
struct req;
struct search_site;

struct search_call {
	struct req *req; /* params of the path */
	struct http_request *http;
	struct arena *arena;
	struct search_site *site;
	struct search_access who;
	const struct json *url; /* parameters of the query, as an object of texts */
	struct err err;
	int status; /* 0: that of err */
};

typedef int search_handler(struct search_call *c);

/* What a route calls. needs: enum search_action, one of them. */
void search_call_start(struct req *r, unsigned needs, search_handler *fn);

/* Returns -1: refused with a status that no code stands for. */
int search_call_fault(struct search_call *c, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* -1 with 404 unless :name of the path is the collection. */
int search_call_collection(struct search_call *c);

/* (waits) The body as an object. */
int search_call_body(struct search_call *c, size_t max, const struct json **ret_body);

int search_call_reply(struct search_call *c, int status, struct buf *b); /* JSON; a copy of b */

/* {"message": ...}, or {"code": ..., "error": ...} within multi_search; the words of E_BUG stay in the log. */
struct jsonw;
void search_call_write_fault(struct search_call *c, struct jsonw *w, const struct err *e,
	bool is_within);

/* The endpoints. */
int search_call_search(struct search_call *c);
int search_call_multi(struct search_call *c);
int search_call_export(struct search_call *c);
int search_call_document(struct search_call *c);
int search_call_collections(struct search_call *c);
int search_call_collection_info(struct search_call *c);
int search_call_make_key(struct search_call *c);
int search_call_keys(struct search_call *c);
int search_call_key(struct search_call *c);
int search_call_revoke_key(struct search_call *c);
