/* cors: browsers that call from pages of another origin (Fetch standard). Any origin may: who asks is told by tokens, never by cookies.
 *
 * Owner, failure none. Threads one loop.
 */
#pragma once
#include <stdbool.h>

struct http_request;
struct req;

/* The headers of an answer; nothing without an Origin. Before the answer begins. */
void cors_answer(struct http_request *http);

/* A route's handler for OPTIONS: answers a preflight, and any other OPTIONS with 204. */
void cors_preflight(struct req *r);
