/* support_loopback: a server and its clients in one process and one loop (an idea of h2o's). Bytes go in
 * at one end of a socket pair (or of a TCP connection to ourselves), the answer comes out there.
 *
 * Owner    the test: loopback_new() ... loopback_free(). Texts live until then.
 * Failure  a test's assertion.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"
#include "loop/loop.h"

struct watch;

/* One client. */
struct peer {
	struct loopback *lb;
	int fd;
	struct watch *watch;
	struct buf in;  /* received, not yet looked at */
	bool is_closed; /* the server has closed (or reset: is_reset) */
	bool is_reset;
};

#define LOOPBACK_PEERS 64

struct loopback {
	struct loop *loop;
	struct http_server *server;
	struct arena *arena;
	struct peer peers[LOOPBACK_PEERS];
	size_t n;
	struct peer *first; /* the client that loopback_new() has connected */
};

/* opt NULL: defaults. Without opt.listen the clients are socket pairs. Access lines are off. */
struct loopback *loopback_new(const struct http_options *opt, http_request_fn *on_request,
	void *arg);
void loopback_free(struct loopback *lb);

struct peer *loopback_connect(struct loopback *lb);

/* Sends all of it, letting the loop run as needed. */
void peer_send(struct peer *p, struct str bytes);
#define SEND(p, lit) peer_send((p), STR(lit))

/* Runs the loop until nothing has happened for a while, then gives what came since the last look. */
const char *peer_answer(struct peer *p);
struct str peer_answer_str(struct peer *p);

/* Both in one. */
const char *peer_talk(struct peer *p, struct str bytes);
#define TALK(p, lit) peer_talk((p), STR(lit))

void peer_stop_reading(struct peer *p); /* its window fills up */
void peer_read_on(struct peer *p);
void peer_shutdown(struct peer *p); /* half-close: sends no more */
void peer_close(struct peer *p);
void peer_reset(struct peer *p); /* TCP only */

void loopback_run_ms(struct loopback *lb, int ms);

/* Runs until nothing has happened for a while. */
void loopback_settle(struct loopback *lb);

/* Runs until it holds, but 10 s at most; whether it does. */
bool loopback_wait(struct loopback *lb, bool (*holds)(void *arg), void *arg);
bool peer_is_closed_soon(struct peer *p);
bool loopback_is_deserted_soon(struct loopback *lb); /* no connection is open */

/* One turn of the loop at most. */
void loopback_turn(struct loopback *lb);

/* The text after the empty line of an answer; fails the test without one. */
const char *body_of(const char *answer);
int count_of(const char *text, const char *what);

#define assert_has(text, what)                                          \
	do {                                                            \
		const char *text_ = (text);                             \
		if (!strstr(text_, (what)))                             \
			fail_msg("'%s' is not in:\n%s", (what), text_); \
	} while (0)
#define assert_has_not(text, what)                                  \
	do {                                                        \
		const char *text_ = (text);                         \
		if (strstr(text_, (what)))                          \
			fail_msg("'%s' is in:\n%s", (what), text_); \
	} while (0)
