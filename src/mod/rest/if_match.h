/* if_match: PATCH, PUT and DELETE on the condition that the row is still as the client knows it (RFC 9110 13.1.1).
 *
 * The row is read as a GET with the same query gives it, its tags (of the object, and of an array of it) are compared, and it is written,
 * all in one transaction with one snapshot: a change in between makes PostgreSQL refuse the write, and the answer is 412 too.
 *
 * Owner    ends the request. Failure PLAT005 (412). Threads one loop.
 */
#pragma once
#include <stdbool.h>

struct rest_request;

bool rest_if_match_asked(const struct rest_request *r);
void rest_if_match_run(struct rest_request *r); /* r->plan is there */
