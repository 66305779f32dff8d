/* conn: one connection of a client: reads requests, hands them to the handler, sends the answers in
 * their order, and closes. Private to src/http.
 *
 * Owner    the server, from http_conn_new() to the end of the turn in which http_conn_close() was
 *          called. Its exchanges survive it while handlers owe their end.
 * Failure  every failure is this connection's end at most.
 * Threads  one loop.
 *
 * All work happens in a turn of the connection: when the socket is ready, or at the end of the loop's
 * turn after http_conn_kick(). What handlers call only notes things down and kicks. So no call of a
 * handler ever closes a connection, frees an exchange or calls a handler.
 */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/conn_state.h"
#include "http/parser.h"

struct http_exchange;
struct http_server;
struct watch;

struct http_conn {
	struct http_server *server;
	struct http_conn *prev, *next; /* in the list of its state */
	enum http_conn_state state;    /* written by set_state() alone */
	int64_t since_ms;              /* begin of the state, or of its current span */
	uint64_t progress;             /* bytes in this span: of the body, or sent */
	int fd;
	struct watch *watch;

	struct http_parser parser;
	struct http_exchange *cur;          /* being read; queued once its head is complete */
	struct http_exchange *first, *last; /* heads complete, answers not sent, in order */
	int queued;                         /* how many those are */
	char *held;                         /* bytes read but not parsed yet; NULL: none */
	size_t held_at, held_len;

	bool in_turn, is_posted;
	bool again;      /* kicked within the turn */
	bool is_fresh;   /* a request began in this turn */
	bool is_eof;     /* the client sends no more */
	bool is_lost;    /* the socket is broken */
	bool is_last;    /* no request after those we have */
	bool is_over;    /* nothing more to send; linger or close */
	bool is_cut;     /* the end must look like an accident */
	bool has_rest;   /* bytes of the client's were or will be left unread */
	bool is_blocked; /* the socket takes no more now */
	char remote[INET6_ADDRSTRLEN];
};

/* fd is connected and becomes the connection's. */
void http_conn_new(struct http_server *s, int fd);

/* Now, without a word. The exchanges that handlers have are told at the end of the turn. */
void http_conn_close(struct http_conn *c);

/* The timeout of its state is over: gives a slow client a new span, an answer, or the end. */
void http_conn_expire(struct http_conn *c);

/* Something for the next turn of this connection, which comes at the end of the loop's turn. */
void http_conn_kick(struct http_conn *c);

static inline bool http_conn_is_eof(const struct http_conn *c)
{
	return c->is_eof || c->is_lost;
}

/* --- the halves of a turn, in files of their own ---------------------------------------------------- */

/* conn_read.c: reads from the socket, parses as far as the handlers let it, and starts requests. */
void http_conn_receive(struct http_conn *c);
void http_conn_read_held(struct http_conn *c); /* what an earlier receive had to leave */
bool http_conn_can_read_on(const struct http_conn *c);
/* What is being read will not be: its request is answered with status (or, when a handler has it, told
 * so), and it is the last one. */
void http_conn_refuse(struct http_conn *c, int status, const char *words);

/* conn_write.c: sends what can be sent and releases the exchanges that are through. */
void http_conn_flush(struct http_conn *c);
