/* cors: cross-origin requests (Fetch standard; facts 1.10).
 *
 * Owner, failure none. Threads one loop.
 */
#pragma once
#include <stdbool.h>

struct rest_request;

/* Answers a preflight: OPTIONS with Origin and Access-Control-Request-Method. False: it is none. */
bool rest_cors_preflight(struct rest_request *r);

/* The headers of an answer to a request that has an Origin. */
void rest_cors_answer(struct rest_request *r);
