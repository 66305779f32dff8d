/* exchange: one request and its answer, the private half of struct http_request.
 *
 * Owner    the connection, from the first byte of the head until the last byte of the answer; while the
 *          handler owes the end (`owed`) it lives on without its connection. It lies in its own arena,
 *          which http_exchange_release() gives back at the end of the turn.
 * Failure  none.
 * Threads  one loop.
 *
 *   new ─ head read ─> queued ─ given to the handler ─> owed ─ ended ─> sent ─> released
 *                                                        └── connection closed: gone, still owed
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "http/body.h"
#include "http/head.h"
#include "http/out.h"
#include "http/reply.h"
#include "http/request.h"

struct http_conn;
struct http_server;

struct http_answer {
	int status;        /* 0 until begun */
	struct str reason; /* instead of the usual words; absent: those */
	bool ended;        /* the handler has said everything */
	bool chunked, bodyless, close, cut;
	bool own_date; /* among the fields */
	char *fields;  /* "Name: value\r\n" ... of http_reply_header() */
	size_t fields_len, fields_cap;
	int64_t announced; /* http_reply_length(); -1 */
	uint64_t written;  /* body bytes given */
	uint64_t sent;     /* bytes on the wire, head included */
	struct http_out out;
	http_drain_fn *on_drain;
	void *drain_arg;
	bool wants_drain; /* a write said false */
	/* Of a failure, for the log; fault is its status, also when another had been sent by then. */
	int fault;
	const char *code, *words;
};

struct http_exchange {
	struct http_request req; /* first: http_exchange_of() */
	struct http_server *server;
	struct http_conn *conn; /* NULL: closed */
	struct http_exchange *next;
	struct http_head head;
	struct http_body body;
	struct http_answer answer;
	int64_t start_us; /* the handler was called; 0: it was not */
	bool keeps_alive, expects, is_safe;
	bool is_queued; /* in the connection's queue */
	bool held_back; /* head complete, but it must wait for the requests before it */
	bool owed;      /* somebody will end it */
	bool counted;   /* in requests_in_flight */
	bool is_posted; /* http_exchange_tell() is due */
	http_gone_fn *on_gone;
	void *gone_arg;
	bool gone_told;
};

static inline struct http_exchange *http_exchange_of(const struct http_request *req)
{
	return (struct http_exchange *)(uintptr_t)req;
}

struct http_exchange *http_exchange_new(struct http_server *s, struct http_conn *conn);

/* Whoever owed the end has given it. */
void http_exchange_end(struct http_exchange *x);

/* The connection is closed. Released now or when the handler ends it. */
void http_exchange_detach(struct http_exchange *x);

/* Everything was sent, or never will be: counts it, logs it, gives the arena back at the end of the
 * turn. */
void http_exchange_release(struct http_exchange *x, bool is_sent);

/* Something changed that the connection (or, without one, http_exchange_tell()) must look at; happens
 * at the end of the turn, or now if the connection is having its turn. */
void http_exchange_kick(struct http_exchange *x);

/* Calls what is due of the handler: body, gone, drain. It may end the request in any of them. */
void http_exchange_tell(struct http_exchange *x);
