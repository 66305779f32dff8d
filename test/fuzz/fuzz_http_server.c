/* Any bytes sent to a whole server in any rhythm, with handlers that read, stream, answer late, answer
 * with an error or go away: no answer is malformed, nothing leaks, every request ends. */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"
#include "loop/loop.h"
#include "loop/timer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEPT 64
static struct http_request *kept[KEPT]; /* answered later */
static size_t n_kept;

static void on_body(struct http_request *req, struct str body, const struct err *err, void *arg)
{
	(void)arg;
	if (err)
		http_reply_err(req, err);
	else
		http_reply(req, 200, "text/plain", body);
}

static void on_chunk(struct http_request *req, struct str chunk, void *arg)
{
	(void)arg;
	(void)!http_reply_write(req, chunk);
}

static void on_end(struct http_request *req, const struct err *err, void *arg)
{
	(void)arg;
	if (err)
		http_reply_err(req, err);
	else
		http_reply_end(req);
}

static void on_gone(struct http_request *req, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < n_kept; i++)
		if (kept[i] == req)
			kept[i] = kept[--n_kept];
	http_drop(req);
}

/* The second byte of the path chooses. */
static void on_request(struct http_request *req, void *arg)
{
	(void)arg;
	switch (req->path.len > 1 ? req->path.p[1] : 0) {
	case 'b': http_read_body(req, 100, on_body, NULL); break;
	case 's':
		http_stream_body(req, 100, on_chunk, on_end, NULL);
		http_reply_begin(req, 200);
		break;
	case 'g': http_on_gone(req, on_gone, NULL); /* fall through */
	case 'k':
		if (n_kept < KEPT)
			kept[n_kept++] = req;
		else
			http_drop(req);
		break;
	case 'd': http_drop(req); break;
	case 'e': http_reply_err(req, &(struct err){.code = E_BUSY, .msg = "busy"}); break;
	default: http_reply(req, 200, "text/plain", STR("hello"));
	}
}

static void answer_kept(void)
{
	while (n_kept)
		http_reply(kept[--n_kept], 200, NULL, STR("late"));
}

static void on_time(void *arg)
{
	loop_stop(arg);
}

static void turn(struct loop *loop)
{
	struct timer *t = timer_new(loop, on_time, loop);

	timer_start(t, 0, 0);
	loop_run(loop);
	timer_free(t);
}

/* An answer, if any, begins as one; afterwards anything may have been cut off. */
static void check_answer(int fd)
{
	char buf[64];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n >= 9)
		assert(!memcmp(buf, "HTTP/1.1 ", 9));
}

/* 0xf0: a turn. 0xf1: what was kept is answered. 0xf2: half-close. Everything else is sent. */
static void play(struct loop *loop, int fd, const uint8_t *data, size_t size)
{
	size_t start = 0;

	for (size_t i = 0; i <= size; i++) {
		if (i < size && (data[i] < 0xf0 || data[i] > 0xf2))
			continue;
		(void)!send(fd, data + start, i - start, MSG_NOSIGNAL | MSG_DONTWAIT);
		start = i + 1;
		if (i == size || data[i] == 0xf0)
			turn(loop);
		else if (data[i] == 0xf1)
			answer_kept();
		else
			shutdown(fd, SHUT_WR);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_options opt = {.max_header_bytes = 1000,
		.max_target_bytes = 100,
		.max_body_bytes = 200,
		.max_pipelined = 3,
		.max_requests_in_flight = 2,
		.quiet = true};
	struct loop *loop = loop_new();
	struct http_server *s;
	int fds[2];

	log_set_level(LOG_LEVEL_OFF);
	s = http_server_new(loop, &opt, on_request, NULL, NULL);
	assert(s && !socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	http_server_adopt(s, fds[1]);
	play(loop, fds[0], data, size);
	check_answer(fds[0]);
	if (size % 2)
		answer_kept();
	close(fds[0]);
	do {
		answer_kept(); /* which may let the next one begin */
		turn(loop);
		turn(loop);
	} while (n_kept);
	assert(http_server_counters(s)->requests_in_flight == 0);
	http_server_free(s);
	loop_free(loop);
	return 0;
}
