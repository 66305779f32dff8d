#include "http/server.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "http/conn.h"
#include "http/server_local.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "loop/watch.h"

#define ACCEPT_AT_ONCE 32

/* Pooled arenas would hide a use after the end from AddressSanitizer. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_LIMIT 0
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POOL_LIMIT 0
#endif
#ifndef POOL_LIMIT
#define POOL_LIMIT HTTP_POOL
#endif

/* --- arenas -------------------------------------------------------------------------------------- */

struct arena *http_server_take_arena(struct http_server *s)
{
	return s->pooled ? s->pool[--s->pooled] : arena_new();
}

void http_server_give_arena(struct http_server *s, struct arena *a)
{
	if (s->pooled + 1 > POOL_LIMIT || s->is_freed) {
		arena_free(a);
		return;
	}
	arena_reset(a);
	s->pool[s->pooled++] = a;
}

/* --- accepting ------------------------------------------------------------------------------------ */

static void accept_or_wait(struct http_server *s, bool accept)
{
	s->is_accepting = accept;
	if (s->accept_watch)
		watch_set(s->accept_watch, accept ? WATCH_READ : 0);
}

/* Room for another: the connection that has been idle for longest goes. */
static bool evict(struct http_server *s)
{
	struct http_conn *c = s->conns[HTTP_CONN_IDLE].first;

	if (c)
		http_conn_close(c);
	return c;
}

static bool is_full(const struct http_server *s)
{
	return s->counters.connections_open >= (uint64_t)s->opt.max_connections;
}

static bool is_out_of_resources(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void start_sweep(struct http_server *s);

/* false: enough for now. */
static bool accept_one(struct http_server *s)
{
	if (is_full(s) && !s->conns[HTTP_CONN_IDLE].first) {
		accept_or_wait(s, false); /* until one closes */
		return false;
	}
	int fd = accept4(s->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		if (is_full(s))
			evict(s);
		http_conn_new(s, fd);
		start_sweep(s);
		return true;
	}
	if (is_out_of_resources(errno)) {
		s->counters.accept_failures++;
		evict(s);
		accept_or_wait(s, false);
		timer_start(s->retry, HTTP_ACCEPT_RETRY_MS, 0);
		return false;
	}
	return errno != EAGAIN; /* anything else is that connection's failure, not ours */
}

static void on_acceptable(struct watch *w, unsigned events, void *arg)
{
	(void)w;
	(void)events;
	for (int i = 0; i < ACCEPT_AT_ONCE && accept_one(arg); i++)
		;
}

static void on_retry(void *arg)
{
	struct http_server *s = arg;

	accept_or_wait(s, true);
}

void http_server_adopt(struct http_server *s, int fd)
{
	http_conn_new(s, fd);
	start_sweep(s);
}

/* --- timeouts ------------------------------------------------------------------------------------- */

static int timeout_of(const struct http_server *s, enum http_conn_state state)
{
	switch (state) {
	case HTTP_CONN_IDLE: return s->opt.idle_timeout_ms;
	case HTTP_CONN_HEAD: return s->opt.header_timeout_ms;
	case HTTP_CONN_BODY: return s->opt.body_timeout_ms;
	case HTTP_CONN_SEND: return s->opt.send_timeout_ms;
	case HTTP_CONN_LINGER: return HTTP_LINGER_MS;
	case HTTP_CONN_WORK:
	case HTTP_CONN_CLOSED:
	case HTTP_CONN_STATES: break;
	}
	return -1;
}

static int sweep_ms(const struct http_server *s)
{
	int least = HTTP_LINGER_MS;

	for (int state = 0; state < HTTP_CONN_STATES; state++) {
		int timeout = timeout_of(s, (enum http_conn_state)state);
		if (timeout >= 0 && timeout < least)
			least = timeout;
	}
	return least / 4 < 5 ? 5 : least / 4;
}

static void close_all(struct http_server *s)
{
	for (int state = 0; state < HTTP_CONN_CLOSED; state++)
		while (s->conns[state].first)
			http_conn_close(s->conns[state].first);
}

/* All connections of a state have the same timeout, so the first ones of its list are due first. */
static void on_sweep(void *arg)
{
	struct http_server *s = arg;
	int64_t now = loop_now_ms(s->loop);

	for (int state = 0; state < HTTP_CONN_CLOSED; state++) {
		int timeout = timeout_of(s, (enum http_conn_state)state);
		size_t n = timeout < 0 ? 0 : s->conns[state].n;
		for (; n > 0; n--) {
			struct http_conn *c = s->conns[state].first;
			if (!c || now - c->since_ms < timeout)
				break;
			http_conn_expire(c);
		}
	}
	if (s->is_draining && now >= s->drain_until_ms)
		close_all(s);
	if (!s->counters.connections_open)
		timer_stop(s->sweep);
}

static void start_sweep(struct http_server *s)
{
	if (timer_is_running(s->sweep) || !s->counters.connections_open)
		return;
	uint64_t every = (uint64_t)sweep_ms(s);
	timer_start(s->sweep, every, every);
}

/* --- life ------------------------------------------------------------------------------------------ */

static void set_defaults(struct http_options *o)
{
	const struct http_options d = {
		.backlog = 1024,
		.max_target_bytes = 8 * 1024,
		.max_header_bytes = 32 * 1024,
		.max_body_bytes = 16 * 1024 * 1024,
		.header_timeout_ms = 10 * 1000,
		.body_timeout_ms = 15 * 1000,
		.min_body_rate = 512,
		.send_timeout_ms = 30 * 1000,
		.idle_timeout_ms = 60 * 1000,
		.max_connections = 10000,
		.max_requests_in_flight = 1000,
		.max_pipelined = 16,
	};
#define DEFAULT(field) o->field = o->field ? o->field : d.field
	DEFAULT(backlog);
	DEFAULT(max_target_bytes);
	DEFAULT(max_header_bytes);
	DEFAULT(max_body_bytes);
	o->max_stream_bytes = o->max_stream_bytes ? o->max_stream_bytes : o->max_body_bytes;
	DEFAULT(header_timeout_ms);
	DEFAULT(body_timeout_ms);
	DEFAULT(min_body_rate);
	DEFAULT(send_timeout_ms);
	DEFAULT(idle_timeout_ms);
	DEFAULT(max_connections);
	DEFAULT(max_requests_in_flight);
	DEFAULT(max_pipelined);
#undef DEFAULT
}

static struct http_server *server_new(struct loop *loop, const struct http_options *opt)
{
	struct http_server *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->loop = loop;
	s->opt = *opt;
	set_defaults(&s->opt);
	s->opt.listen = NULL; /* the caller's string */
	s->listener.fd = -1;
	s->sweep = timer_new(loop, on_sweep, s);
	s->retry = timer_new(loop, on_retry, s);
	return s;
}

struct http_server *http_server_new(struct loop *loop, const struct http_options *opt,
	http_request_fn *on_request, void *arg, struct err *e)
{
	struct http_server *s = server_new(loop, opt);
	struct http_options o = s->opt;

	s->on_request = on_request;
	s->arg = arg;
	o.listen = opt->listen;
	if (o.listen && http_listen(&o, &s->listener, e)) {
		http_server_free(s);
		return NULL;
	}
	if (s->listener.fd >= 0) {
		s->accept_watch = watch_new(loop, s->listener.fd, on_acceptable, s);
		assert(s->accept_watch); /* a new socket can be watched */
		accept_or_wait(s, true);
	}
	return s;
}

static void stop_listening(struct http_server *s)
{
	timer_stop(s->retry);
	watch_free(s->accept_watch);
	s->accept_watch = NULL;
	http_unlisten(&s->listener);
}

static void release(struct http_server *s)
{
	while (s->pooled)
		arena_free(s->pool[--s->pooled]);
	free(s);
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	stop_listening(s);
	s->is_freed = true;
	s->on_drained = NULL;
	s->exchanges++; /* keeps it while the connections go */
	close_all(s);
	timer_free(s->sweep);
	timer_free(s->retry);
	if (--s->exchanges == 0)
		release(s);
}

/* --- drain ------------------------------------------------------------------------------------------- */

static void on_empty(void *p)
{
	struct http_server *s = p;
	void (*on_drained)(void *arg) = s->on_drained;
	void *arg = s->drained_arg;

	s->on_drained = NULL;
	if (--s->exchanges == 0 && s->is_freed)
		release(s);
	else if (on_drained)
		on_drained(arg);
}

void http_server_note_end(struct http_server *s)
{
	if (s->is_freed) {
		if (s->exchanges == 0)
			release(s);
		return;
	}
	if (!s->is_accepting && !timer_is_running(s->retry))
		accept_or_wait(s, true);
	if (s->is_draining && s->on_drained && !s->counters.connections_open &&
		!s->is_empty_posted) {
		s->is_empty_posted = true;
		s->exchanges++; /* keeps it until then */
		loop_later(s->loop, on_empty, s);
	}
}

void http_server_drain(struct http_server *s, int deadline_ms, void (*on_drained)(void *arg),
	void *arg)
{
	assert(!s->is_draining);
	stop_listening(s);
	s->is_draining = true;
	s->on_drained = on_drained;
	s->drained_arg = arg;
	s->drain_until_ms = loop_now_ms(s->loop) + deadline_ms;
	while (evict(s))
		;
	http_server_note_end(s);
}

int http_server_port(const struct http_server *s)
{
	return s->listener.port;
}

bool http_server_is_reachable(const struct http_server *s)
{
	return http_listener_is_reachable(&s->listener);
}

const struct http_counters *http_server_counters(const struct http_server *s)
{
	struct http_server *mine = (struct http_server *)(uintptr_t)s;

	mine->counters.connections_idle = s->conns[HTTP_CONN_IDLE].n;
	return &s->counters;
}
