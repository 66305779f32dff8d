/* refusal: answers a request whose batch failed.
 *
 * The client gets what batch_err() says; PostgreSQL's own words, which may show what is none of the client's business, go to the log
 * with the request's id.
 *
 * Owner    ends the request (http/reply.h). Failure none. Threads the loop's.
 */
#pragma once

struct batch;
struct http_request;

void refusal_reply(struct http_request *http, const struct batch *b);
