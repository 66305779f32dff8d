/* vet: what HTTP asks of a head beyond its grammar (RFC 9112 3.2, 6.1; RFC 9110 7.2, 10.1.1), and the
 * struct http_request made from a head that passes. Private to src/http.
 *
 * Owner    decoded text lives in the request's arena.
 * Failure  false, with the status and the words of the answer.
 * Threads  pure apart from the arena.
 */
#pragma once
#include <stdbool.h>

struct http_exchange;
struct http_parser;

struct http_fault {
	int status;
	const char *words; /* static, or in the request's arena */
};

/* Fills x->req (apart from remote) and what x notes about the request. On failure as much of it as
 * could be read is filled, for the log. */
bool http_vet(struct http_exchange *x, const struct http_parser *p, struct http_fault *ret_fault);

/* Gives a request an id that has none yet. */
void http_vet_id(struct http_exchange *x);
