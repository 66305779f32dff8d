/* stream: an answer of any size in flat memory: what is added goes out in pieces, compressed when the client likes that, and the fiber waits
 * while the client is slower.
 *
 * Owner    the request's arena. reso_stream_end() or reso_stream_cut() ends the request.
 * Failure  E_CANCEL when the client has gone; its fiber is cancelled then, so that PostgreSQL stops too.
 * Threads  a fiber; reso_stream_flush(), _end() (wait).
 * Units    bytes.
 */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct err;
struct pack;
struct reso_call;

struct reso_stream {
	struct reso_call *call;
	struct fiber *fiber;
	struct buf out; /* to be added to */
	struct buf packed;
	struct pack *pack;
	bool has_begun, is_full, is_gone, is_late;
	int64_t patience_us; /* how much longer the client is waited for */
};

/* From here on the end of the client ends the fiber's waits. */
void reso_stream_init(struct reso_stream *s, struct reso_call *c);

/* The head of the answer: 200. */
void reso_stream_begin(struct reso_stream *s, const char *type);

/* Sends what was added when it is worth it. */
int reso_stream_flush(struct reso_stream *s, struct err *e) MUST_CHECK;

/* All of it. Ends the request, well or, when the client has gone or has to notice that something is missing, by closing. */
void reso_stream_end(struct reso_stream *s);
void reso_stream_cut(struct reso_stream *s, const struct err *e);

/* Not begun: the request is the caller's again. */
void reso_stream_drop(struct reso_stream *s);

/* The compressor that Accept-Encoding asks for, with Content-Encoding set; NULL: none. */
struct pack *reso_stream_pack(struct reso_call *c);
