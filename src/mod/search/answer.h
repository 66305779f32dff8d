/* answer: one search, from what was asked to its answer in Typesense's shape.
 *
 * Owner    the words of a failure are in e's arena.
 * Failure  E_* with a sentence; then nothing was written, but with E_LIMIT, when the answer gets too large.
 * Threads  (waits).
 * Source   Typesense 29.0, search results.
 */
#pragma once
#include "base/err.h"

struct json;
struct jsonw;
struct search_access;
struct search_call;

#define ANSWER_MAX ((size_t)64 * 1024 * 1024) /* bytes, of all searches of a request together */

/* (waits) url, body: search_asked_read(). What it takes besides the answer is given back when it returns. */
int search_answer(struct search_call *c, const struct search_access *who, const struct json *url,
	const struct json *body, struct jsonw *w, struct err *e) MUST_CHECK;
