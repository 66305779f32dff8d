#include "support_loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "loop/timer.h"
#include "loop/watch.h"

/* How long nothing must happen. Counted in steps, each of which looks at every socket: a machine that is
 * too busy to run us for a while must not look like silence. */
#define QUIET_STEPS 8
#define QUIET_STEP_MS 1

/* --- the clients' end ------------------------------------------------------------------------------ */

static bool something_happened;

static void on_readable(struct watch *w, unsigned events, void *arg)
{
	struct peer *p = arg;
	char piece[65536];
	ssize_t n;

	(void)events;
	something_happened = true;
	do
		n = recv(p->fd, piece, sizeof(piece), MSG_DONTWAIT);
	while (n > 0 && (buf_add(&p->in, piece, (size_t)n), true));
	if (n < 0 && errno == EAGAIN)
		return;
	p->is_closed = true;
	p->is_reset = n < 0;
	watch_set(w, 0);
}

static int dial(struct loopback *lb)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_port = htons((uint16_t)http_server_port(lb->server));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

struct peer *loopback_connect(struct loopback *lb)
{
	struct peer *p = &lb->peers[lb->n++];
	int fds[2];

	assert_true(lb->n <= LOOPBACK_PEERS);
	*p = (struct peer){.lb = lb};
	buf_init(&p->in, 0);
	if (http_server_port(lb->server)) {
		p->fd = dial(lb);
	} else {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
		http_server_adopt(lb->server, fds[1]);
		p->fd = fds[0];
	}
	p->watch = watch_new(lb->loop, p->fd, on_readable, p);
	assert_non_null(p->watch);
	watch_set(p->watch, WATCH_READ);
	return p;
}

void peer_close(struct peer *p)
{
	if (p->fd < 0)
		return;
	watch_free(p->watch);
	p->watch = NULL;
	close(p->fd);
	p->fd = -1;
}

void peer_reset(struct peer *p)
{
	struct linger reset = {.l_onoff = 1};

	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	peer_close(p);
}

void peer_shutdown(struct peer *p)
{
	shutdown(p->fd, SHUT_WR);
}

void peer_stop_reading(struct peer *p)
{
	watch_set(p->watch, 0);
}

void peer_read_on(struct peer *p)
{
	watch_set(p->watch, WATCH_READ);
}

/* --- running ----------------------------------------------------------------------------------------- */

static void on_time(void *arg)
{
	loop_stop(arg);
}

void loopback_run_ms(struct loopback *lb, int ms)
{
	struct timer *t = timer_new(lb->loop, on_time, lb->loop);

	timer_start(t, (uint64_t)ms, 0);
	loop_run(lb->loop);
	timer_free(t);
}

/* Not by a timer: from libuv 1.45 on those that are due come before the first turn, and would end the run without one. */
void loopback_turn(struct loopback *lb)
{
	loop_later(lb->loop, on_time, lb->loop);
	loop_run(lb->loop);
}

void loopback_settle(struct loopback *lb)
{
	for (int quiet = 0; quiet < QUIET_STEPS; quiet++) {
		something_happened = false;
		loopback_run_ms(lb, QUIET_STEP_MS);
		if (something_happened)
			quiet = -1;
	}
}

bool loopback_wait(struct loopback *lb, bool (*holds)(void *arg), void *arg)
{
	for (int ms = 0; ms < 10 * 1000 && !holds(arg); ms++)
		loopback_run_ms(lb, 1);
	return holds(arg);
}

static bool is_closed(void *arg)
{
	return ((struct peer *)arg)->is_closed;
}

bool peer_is_closed_soon(struct peer *p)
{
	return loopback_wait(p->lb, is_closed, p);
}

static bool has_none_open(void *arg)
{
	return !http_server_counters(arg)->connections_open;
}

bool loopback_is_deserted_soon(struct loopback *lb)
{
	return loopback_wait(lb, has_none_open, lb->server);
}

void peer_send(struct peer *p, struct str bytes)
{
	while (bytes.len) {
		ssize_t n = send(p->fd, bytes.p, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN) {
			loopback_turn(p->lb);
			continue;
		}
		if (n < 0) /* the server has had enough; what it said is looked at elsewhere */
			return;
		bytes = str_sub(bytes, (size_t)n, bytes.len);
	}
}

struct str peer_answer_str(struct peer *p)
{
	struct str s;

	loopback_settle(p->lb);
	s = str_copy(p->lb->arena, buf_view(&p->in));
	buf_clear(&p->in);
	return s;
}

const char *peer_answer(struct peer *p)
{
	return str_cstr(p->lb->arena, peer_answer_str(p));
}

const char *peer_talk(struct peer *p, struct str bytes)
{
	peer_send(p, bytes);
	return peer_answer(p);
}

/* --- life --------------------------------------------------------------------------------------------- */

struct loopback *loopback_new(const struct http_options *opt, http_request_fn *on_request,
	void *arg)
{
	struct loopback *lb = calloc(1, sizeof(*lb));
	struct http_options o = opt ? *opt : (struct http_options){0};

	assert_non_null(lb);
	log_set_level(LOG_LEVEL_ERROR);
	o.quiet = true;
	lb->loop = loop_new();
	lb->arena = arena_new();
	struct err e = {.arena = lb->arena};
	lb->server = http_server_new(lb->loop, &o, on_request, arg, &e);
	if (!lb->server)
		fail_msg("%s", e.msg);
	lb->first = loopback_connect(lb);
	return lb;
}

void loopback_free(struct loopback *lb)
{
	for (size_t i = 0; i < lb->n; i++) {
		peer_close(&lb->peers[i]);
		buf_done(&lb->peers[i].in);
	}
	http_server_free(lb->server);
	loop_free(lb->loop);
	arena_free(lb->arena);
	free(lb);
}

/* --- answers -------------------------------------------------------------------------------------------- */

const char *body_of(const char *answer)
{
	const char *end = strstr(answer, "\r\n\r\n");

	if (!end)
		fail_msg("not an answer: '%s'", answer);
	return end + 4;
}

int count_of(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}
