/* reply: from results to the answer: status, headers, bytes (facts: PostgREST API reference, "Pagination and Count", "Prefer").
 *
 * Owner    ends the request (answer.h).
 * Failure  a fault becomes the answer. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct rest_request;
struct result;

/* What was found. */
struct rest_outcome {
	const struct result *main;
	int64_t total;      /* rows without paging; -1: not known */
	int64_t affected;   /* rows written */
	int64_t inserted;   /* of an upsert, how many were new; -1: not known, or no upsert */
	struct str headers; /* response.headers as set by SQL; absent: none */
	struct str status;  /* response.status; absent: none */
};

void rest_reply_rows(struct rest_request *r, const struct rest_outcome *o);
void rest_reply_fault(struct rest_request *r); /* r->fault */

/* The parts, for streams. */
struct str rest_reply_type(const struct rest_request *r); /* Content-Type */
int rest_reply_status(const struct rest_request *r, const struct rest_outcome *o, int64_t rows);
void rest_reply_headers(struct rest_request *r, const struct rest_outcome *o, int64_t rows);
/* Sets headers and status that SQL asked for. -1 with a fault (PGRST111, 112). */
int rest_reply_gucs(struct rest_request *r, const struct rest_outcome *o, int *status);
