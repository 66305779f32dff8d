/* answer: one search, from what was asked to its answer in Typesense's shape.
 *
 * Owner    the arena of the call.
 * Failure  E_* with a sentence; then nothing was written.
 * Threads  (waits).
 * Source   Typesense 29.0, search results.
 */
#pragma once
#include "base/err.h"

struct json;
struct jsonw;
struct search_access;
struct search_call;

/* (waits) url, body: search_asked_read(). */
int search_answer(struct search_call *c, const struct search_access *who, const struct json *url,
	const struct json *body, struct jsonw *w, struct err *e) MUST_CHECK;
