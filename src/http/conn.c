#include "http/conn.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/exchange.h"
#include "http/server_local.h"
#include "loop/loop.h"
#include "loop/watch.h"

/* How often a turn goes round (read, answer, write, read on) before other connections have theirs. */
#define ROUNDS 4

/* --- state -------------------------------------------------------------------------------------- */

static void unlink_from(struct http_conn_list *list, struct http_conn *c)
{
	*(c->prev ? &c->prev->next : &list->first) = c->next;
	*(c->next ? &c->next->prev : &list->last) = c->prev;
	c->prev = c->next = NULL;
	list->n--;
}

static void append_to(struct http_conn_list *list, struct http_conn *c)
{
	c->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = c;
	list->last = c;
	list->n++;
}

/* Enters the state, or begins a new span of the same one. */
static void set_state(struct http_conn *c, enum http_conn_state state)
{
	struct http_conn_list *lists = c->server->conns;

	assert(c->state == state || http_conn_state_may(c->state, state));
	unlink_from(&lists[c->state], c);
	c->state = state;
	c->since_ms = loop_now_ms(c->server->loop);
	c->progress = 0;
	if (state != HTTP_CONN_CLOSED)
		append_to(&lists[state], c);
}

static enum http_conn_state find_state(const struct http_conn *c)
{
	const struct http_exchange *x = c->cur;

	if (c->is_blocked)
		return HTTP_CONN_SEND;
	if (x && x->is_queued && !x->held_back && http_body_wants(x))
		return HTTP_CONN_BODY;
	if (c->first)
		return HTTP_CONN_WORK;
	return x ? HTTP_CONN_HEAD : HTTP_CONN_IDLE;
}

/* --- the end ------------------------------------------------------------------------------------- */

static void detach_all(struct http_conn *c)
{
	struct http_exchange *x = c->first;

	if (c->cur && !c->cur->is_queued)
		http_exchange_detach(c->cur);
	c->first = c->last = c->cur = NULL;
	c->queued = 0;
	while (x) {
		struct http_exchange *next = x->next;
		http_exchange_detach(x);
		x = next;
	}
}

void http_conn_close(struct http_conn *c)
{
	struct http_server *s = c->server;
	struct linger reset = {.l_onoff = 1};

	watch_free(c->watch);
	if (c->is_cut)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(c->fd);
	free(c->held);
	c->held = NULL;
	detach_all(c);
	set_state(c, HTTP_CONN_CLOSED);
	s->counters.connections_open--;
	loop_later_free(s->loop, c);
	http_server_note_end(s);
}

/* A close with bytes of the client unread would reset the connection and could destroy the answer on
 * its way: so say that we are done, and read until the client is as well (RFC 9112 9.6). */
static void start_linger(struct http_conn *c)
{
	detach_all(c);
	free(c->held);
	c->held = NULL;
	c->held_len = 0;
	shutdown(c->fd, SHUT_WR);
	set_state(c, HTTP_CONN_LINGER);
	watch_set(c->watch, WATCH_READ);
}

static void linger_on(struct http_conn *c, unsigned events)
{
	ssize_t n = recv(c->fd, c->server->scratch, HTTP_SCRATCH, 0);

	if ((events & WATCH_ERROR) || n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		http_conn_close(c);
}

/* --- turns ---------------------------------------------------------------------------------------- */

static void tell_all(struct http_conn *c)
{
	for (struct http_exchange *x = c->first; x; x = x->next)
		http_exchange_tell(x);
}

static bool has_more(const struct http_conn *c)
{
	const struct http_exchange *x = c->first;
	bool drain = x && x->owed && x->answer.wants_drain && x->answer.on_drain && !c->is_blocked;
	bool read = c->held_len || (c->cur && c->cur->held_back);

	return c->again || drain || (read && http_conn_can_read_on(c));
}

static unsigned find_mask(const struct http_conn *c)
{
	/* After the last request we still want to see the client leave. */
	bool read = http_conn_can_read_on(c) || (c->is_last && !c->cur && !c->has_rest);

	return (read && !c->is_eof && !c->held_len ? WATCH_READ : 0) |
		(c->is_blocked ? WATCH_WRITE : 0);
}

static bool has_unread(const struct http_conn *c)
{
	char byte;

	return c->has_rest || c->held_len || c->cur ||
		recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static void finish(struct http_conn *c)
{
	if (!c->is_lost && !c->is_cut && !c->is_eof && has_unread(c))
		start_linger(c);
	else
		http_conn_close(c);
}

/* What follows from the turn. */
static void settle(struct http_conn *c)
{
	enum http_conn_state state;

	c->is_over |= c->is_eof && !c->first && !c->cur;
	if (c->is_lost || c->is_over) {
		finish(c);
		return;
	}
	state = find_state(c);
	if (state == HTTP_CONN_IDLE && c->server->is_draining) {
		http_conn_close(c);
		return;
	}
	if (state != c->state || (c->is_fresh && state <= HTTP_CONN_HEAD))
		set_state(c, state);
	c->is_fresh = false;
	watch_set(c->watch, find_mask(c));
}

static void take_turn(struct http_conn *c, unsigned events)
{
	c->in_turn = true;
	if (events & WATCH_ERROR)
		c->is_lost = true;
	if (events & WATCH_WRITE)
		c->is_blocked = false;
	if (events & WATCH_READ)
		http_conn_receive(c);
	for (int round = 0; round < ROUNDS && !c->is_lost && (round == 0 || has_more(c)); round++) {
		c->again = false;
		http_conn_read_held(c);
		tell_all(c);
		http_conn_flush(c);
	}
	c->in_turn = false;
	if (!c->is_lost && !c->is_over && has_more(c))
		http_conn_kick(c);
	settle(c);
}

static void on_ready(struct watch *w, unsigned events, void *arg)
{
	struct http_conn *c = arg;

	(void)w;
	if (c->state == HTTP_CONN_LINGER)
		linger_on(c, events);
	else
		take_turn(c, events);
}

static void on_kicked(void *p)
{
	struct http_conn *c = p;

	c->is_posted = false;
	if (c->state < HTTP_CONN_LINGER)
		take_turn(c, 0);
}

void http_conn_kick(struct http_conn *c)
{
	if (c->in_turn) {
		c->again = true;
	} else if (!c->is_posted) {
		c->is_posted = true;
		loop_later(c->server->loop, on_kicked, c);
	}
}

/* --- timeouts -------------------------------------------------------------------------------------- */

static bool body_is_fast_enough(const struct http_conn *c)
{
	const struct http_options *opt = &c->server->opt;

	return c->progress * 1000 >= (uint64_t)opt->min_body_rate * (uint64_t)opt->body_timeout_ms;
}

void http_conn_expire(struct http_conn *c)
{
	switch (c->state) {
	case HTTP_CONN_HEAD:
		http_conn_refuse(c, 408, "the request's head did not come in time");
		take_turn(c, 0);
		return;
	case HTTP_CONN_BODY:
		if (body_is_fast_enough(c)) {
			set_state(c, HTTP_CONN_BODY);
			return;
		}
		http_conn_refuse(c, 408, "the body comes too slowly");
		take_turn(c, 0);
		return;
	case HTTP_CONN_SEND:
		if (c->progress) {
			set_state(c, HTTP_CONN_SEND);
			return;
		}
		c->is_cut = true; /* what the kernel still holds is of no use to anyone */
		http_conn_close(c);
		return;
	case HTTP_CONN_IDLE:
	case HTTP_CONN_LINGER: http_conn_close(c); return;
	case HTTP_CONN_WORK:
	case HTTP_CONN_CLOSED:
	case HTTP_CONN_STATES: return;
	}
}

/* --- the beginning --------------------------------------------------------------------------------- */

static void name_peer(struct http_conn *c)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} peer;
	socklen_t len = sizeof(peer);

	memset(&peer, 0, sizeof(peer));
	if (getpeername(c->fd, &peer.any, &len))
		return;
	if (peer.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &peer.v4.sin_addr, c->remote, sizeof(c->remote));
	else if (peer.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&peer.v6.sin6_addr))
		inet_ntop(AF_INET, &peer.v6.sin6_addr.s6_addr[12], c->remote, sizeof(c->remote));
	else if (peer.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &peer.v6.sin6_addr, c->remote, sizeof(c->remote));
}

void http_conn_new(struct http_server *s, int fd)
{
	struct http_conn *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->server = s;
	c->fd = fd;
	c->watch = watch_new(s->loop, fd, on_ready, c);
	if (!c->watch) {
		s->counters.accept_failures++;
		close(fd);
		free(c);
		return;
	}
	name_peer(c);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	http_parser_init(&c->parser, s->opt.max_header_bytes, s->opt.max_target_bytes);
	c->since_ms = loop_now_ms(s->loop);
	append_to(&s->conns[c->state], c);
	s->counters.connections++;
	s->counters.connections_open++;
	watch_set(c->watch, WATCH_READ);
}
