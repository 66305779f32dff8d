/* answer: the answer being put together: to a client, or kept as one part of a $batch.
 *
 * Owner    texts live in the request's arena.
 * Failure  none. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct buf;
struct rest_request;

struct rest_header {
	struct rest_header *next;
	const char *name;
	struct str value;
};

/* What a part of a $batch leaves behind. */
struct rest_answer {
	int status;
	struct str reason; /* words behind the status; absent: the usual ones */
	struct rest_header *headers;
	struct str content_type;
	struct str body;
};

void rest_answer_header(struct rest_request *r, const char *name, struct str value);
/* Takes the place of an earlier one of that name. */
void rest_answer_replace(struct rest_request *r, const char *name, struct str value);

/* May it stand as a header's name? What SQL asks for is looked at before. */
bool rest_answer_is_name(struct str name);

/* Ends the request: sends headers and body (compressed when the client takes that), or keeps them in r->part. */
void rest_answer_send(struct rest_request *r, int status, struct str content_type, struct str body);

/* As the above for a buf that now belongs to the request. */
void rest_answer_send_buf(struct rest_request *r, int status, struct str content_type,
	struct buf *body);
