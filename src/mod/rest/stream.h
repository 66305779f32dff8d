/* stream: an answer with more rows than fit comfortably in memory goes out as PostgreSQL sends them, on a connection of its own.
 *
 * Owner    the request; the fiber that reads ends when the client goes.
 * Failure  before the first byte: the fault is the answer. After it: the connection is cut, so nobody takes the part for the whole.
 * Threads  one loop.
 */
#pragma once
#include <stdint.h>

struct rest_request;

/* total: rows without paging, -1 unknown. */
void rest_stream(struct rest_request *r, int64_t total);
