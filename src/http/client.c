#include "http/client.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/call.h"
#include "http/client_local.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "loop/watch.h"

/* A socket of libcurl's. Freed at the end of the turn, so that one may look at it after libcurl had it. */
struct http_socket {
	struct http_client *client;
	struct http_socket *prev, *next;
	struct watch *watch; /* NULL: libcurl has given the socket up */
	unsigned mask;
};

/* --- libcurl's sockets and timer on our loop -------------------------------------------------------- */

static void finish_done(struct http_client *c)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(c->multi, &left))) {
		struct http_call *call;
		CURLcode code = msg->data.result; /* msg is gone once the handle is removed */

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &call);
		http_call_finish(call, code);
	}
}

static void act(struct http_client *c, curl_socket_t fd, int events)
{
	int running;

	c->in_curl++;
	curl_multi_socket_action(c->multi, fd, events, &running);
	c->in_curl--;
	finish_done(c);
}

static void on_ready(struct watch *w, unsigned events, void *arg)
{
	struct http_socket *s = arg;
	int bits = 0;

	if (events & WATCH_READ)
		bits |= CURL_CSELECT_IN;
	if (events & WATCH_WRITE)
		bits |= CURL_CSELECT_OUT;
	if (events & WATCH_ERROR)
		bits |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
	act(s->client, watch_fd(w), bits);
	/* After an error nothing is watched any more, but libcurl may still have something to read. */
	if ((events & WATCH_ERROR) && s->watch)
		watch_set(s->watch, s->mask);
}

static void drop_socket(struct http_socket *s)
{
	struct http_client *c = s->client;

	watch_free(s->watch);
	s->watch = NULL;
	*(s->prev ? &s->prev->next : &c->sockets) = s->next;
	if (s->next)
		s->next->prev = s->prev;
	loop_later_free(c->loop, s);
}

static struct http_socket *add_socket(struct http_client *c, curl_socket_t fd)
{
	struct http_socket *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->client = c;
	s->watch = watch_new(c->loop, fd, on_ready, s);
	assert(s->watch); /* libcurl gives up a number before it is used again */
	s->next = c->sockets;
	if (s->next)
		s->next->prev = s;
	c->sockets = s;
	curl_multi_assign(c->multi, fd, s);
	return s;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket)
{
	struct http_client *c = arg;
	struct http_socket *s = socket;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s)
			drop_socket(s);
		curl_multi_assign(c->multi, fd, NULL);
		return 0;
	}
	if (!s)
		s = add_socket(c, fd);
	s->mask = (what & CURL_POLL_IN ? WATCH_READ : 0) | (what & CURL_POLL_OUT ? WATCH_WRITE : 0);
	watch_set(s->watch, s->mask);
	return 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
	struct http_client *c = arg;

	(void)multi;
	if (timeout_ms < 0)
		timer_stop(c->timer);
	else
		timer_start(c->timer, (uint64_t)timeout_ms, 0);
	return 0;
}

static void on_timer(void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* --- life -------------------------------------------------------------------------------------------- */

static char *must_copy(const char *s)
{
	char *copy = s ? strdup(s) : NULL;

	if (s && !copy)
		abort();
	return copy;
}

/* Our own machine is never asked for through a proxy of the environment. */
static char *no_proxy_list(void)
{
	const char *env = getenv("no_proxy");
	char *list;

	if (!env)
		env = getenv("NO_PROXY");
	if (!env || !*env)
		return must_copy("localhost,127.0.0.1,::1");
	if (asprintf(&list, "%s,localhost,127.0.0.1,::1", env) < 0)
		abort();
	return list;
}

struct http_client *http_client_new(struct loop *loop, const struct http_client_options *opt)
{
	static const struct http_client_options none;
	struct http_client *c = calloc(1, sizeof(*c));

	if (!opt)
		opt = &none;
	if (!c || curl_global_init(CURL_GLOBAL_DEFAULT))
		abort();
	c->loop = loop;
	c->multi = curl_multi_init();
	if (!c->multi)
		abort();
	c->timer = timer_new(loop, on_timer, c);
	c->user_agent = must_copy(opt->user_agent ? opt->user_agent : "plat/" PLAT_VERSION);
	c->ca_file = must_copy(opt->ca_file);
	c->no_proxy = no_proxy_list();
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
		(long)(opt->max_connections ? opt->max_connections : 64));
	curl_multi_setopt(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
		(long)(opt->max_connections_per_host ? opt->max_connections_per_host : 8));
	return c;
}

void http_client_free(struct http_client *c)
{
	if (!c)
		return;
	assert(!c->in_curl);
	while (c->calls)
		http_call_free(c->calls);
	curl_multi_cleanup(c->multi);
	while (c->sockets)
		drop_socket(c->sockets);
	timer_free(c->timer);
	curl_global_cleanup();
	free(c->user_agent);
	free(c->ca_file);
	free(c->no_proxy);
	loop_later_free(c->loop, c); /* a call's end may still be due in this turn */
}

size_t http_client_calls(const struct http_client *c)
{
	return c->n_calls;
}

/* --- calls ------------------------------------------------------------------------------------------- */

static void on_stillborn(void *p)
{
	struct http_call *call = p;

	if (!call->is_over)
		http_call_finish(call, CURLE_FAILED_INIT);
}

struct http_call *http_fetch(struct http_client *c, struct arena *a, const struct http_fetch *fetch,
	http_done_fn *on_done, void *arg)
{
	struct http_call *call = http_call_new(c, a, fetch);

	call->on_done = on_done;
	call->arg = arg;
	if (fetch->ret_call)
		*fetch->ret_call = call;
	if (call->result->err.code || curl_multi_add_handle(c->multi, call->easy)) {
		err_set(&call->result->err, E_BUG, "the call could not be started");
		loop_later(c->loop, on_stillborn, call);
	}
	return call;
}

static void on_cancelled(void *p)
{
	struct http_call *call = p;

	if (call->client) /* which was not freed meanwhile */
		http_call_free(call);
}

void http_call_cancel(struct http_call *call)
{
	assert(!call->is_over);
	call->is_over = true;
	if (call->client->in_curl)
		loop_later(call->client->loop, on_cancelled, call);
	else
		http_call_free(call);
}

static void on_resumed(void *p)
{
	struct http_call *call = p;
	struct http_client *c = call->client;

	if (call->is_over || !call->easy) /* c may be gone as well */
		return;
	c->in_curl++;
	curl_easy_pause(call->easy, CURLPAUSE_CONT);
	c->in_curl--;
	finish_done(c);
}

void http_call_resume(struct http_call *call)
{
	loop_later(call->client->loop, on_resumed, call);
}

/* --- in fibers --------------------------------------------------------------------------------------- */

struct wait {
	struct fiber *fiber;
	const struct http_result *result;
};

static void on_awaited(const struct http_result *result, void *arg)
{
	struct wait *w = arg;

	w->result = result;
	fiber_wake(w->fiber);
}

const struct http_result *http_fetch_wait(struct http_client *c, struct arena *a,
	const struct http_fetch *fetch)
{
	struct wait w = {.fiber = fiber_current()};
	struct http_call *call = http_fetch(c, a, fetch, on_awaited, &w);

	while (!w.result) {
		if (!fiber_park())
			continue;
		if (w.result) /* it came in the same turn as the cancel */
			break;
		struct http_result *cancelled = call->result;
		http_call_cancel(call);
		err_set(&cancelled->err, E_CANCEL, "the call was cancelled");
		return cancelled;
	}
	return w.result;
}
