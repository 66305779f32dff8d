/* dial: from a URL to a connection, without ever blocking the loop. Private to src/db.
 *
 * Owner    whoever called dial_start(), until done was called or dial_stop(). The connection that
 *          done gets is the receiver's.
 * Failure  told by done with pg == NULL and a sentence that is valid during the call.
 * Threads  the loop's; names are looked up in the thread pool.
 *
 * libpq closes and opens sockets behind our back, often with the same number. So the watch is freed
 * before every PQconnectPoll() and a new one made after it.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>

struct dial;
struct loop;
struct url;

struct dialled {
	PGconn *pg;      /* connected and non-blocking; NULL: failed */
	const char *why; /* one sentence without the password */
	bool hopeless;   /* trying again will not help: wrong password, no such database */
};

/* done is called once, in a later turn. url outlives the dial. */
struct dial *dial_start(struct loop *loop, const struct url *url, unsigned limit_ms,
	void (*done)(struct dialled d, void *arg), void *arg) __attribute__((returns_nonnull));
void dial_stop(struct dial *d); /* done is not called; NULL is fine */

/* How long to wait after so many failures in a row: 100 ms, doubled up to 5 s, half of it by
 * chance. */
unsigned dial_pause_ms(unsigned failures);
