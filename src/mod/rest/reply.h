/* reply: from results to the HTTP answer: status, headers, bytes.
 *
 * Owner    ends the HTTP request (or hands the answer to the $batch that the request is a part of).
 * Failure  a fault becomes the answer. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct batch;
struct rest_request;
struct result;

/* What was found besides the rows. */
struct rest_outcome {
	const struct result *main;
	int64_t total;      /* -1: not known */
	int64_t affected;   /* rows written */
	int64_t inserted;   /* of an upsert; -1 */
	struct str headers; /* response.headers as set by SQL; absent: none */
	struct str status;  /* response.status; absent: none */
};

void rest_reply_rows(struct rest_request *r, const struct rest_outcome *o);
void rest_reply_fault(struct rest_request *r); /* r->fault */

/* Headers that every answer has: Content-Profile, Vary, CORS, Server-Timing, trace. */
void rest_reply_common(struct rest_request *r);
