#include "db/compat.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "loop/loop.h"
#include "loop/watch.h"

bool compat_send_sync(PGconn *pg)
{
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
	return PQsendPipelineSync(pg) == 1;
#else
	return PQpipelineSync(pg) == 1;
#endif
}

bool compat_send_close(PGconn *pg, const char *name)
{
#ifdef LIBPQ_HAS_CLOSE_PREPARED
	return PQsendClosePrepared(pg, name) == 1;
#else
	char sql[160];
	char *quoted = PQescapeIdentifier(pg, name, __builtin_strlen(name));

	if (!quoted)
		return false;
	snprintf(sql, sizeof(sql), "deallocate %s", quoted);
	PQfreemem(quoted);
	return PQsendQueryParams(pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
#endif
}

#ifdef LIBPQ_HAS_ASYNC_CANCEL

struct cancel {
	struct loop *loop;
	PGcancelConn *pg;
	struct watch *watch;
	void (*done)(void *arg);
	void *arg;
};

static void end_cancel(void *p)
{
	struct cancel *c = p;

	watch_free(c->watch);
	PQcancelFinish(c->pg);
	if (c->done)
		c->done(c->arg);
	loop_later_free(c->loop, c);
}

static void on_cancel_socket(struct watch *w, unsigned events, void *arg);

static void go_on(struct cancel *c, PostgresPollingStatusType wanted)
{
	if (wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING)
		c->watch = watch_new(c->loop, PQcancelSocket(c->pg), on_cancel_socket, c);
	if (c->watch)
		watch_set(c->watch, wanted == PGRES_POLLING_READING ? WATCH_READ : WATCH_WRITE);
	else
		loop_later(c->loop, end_cancel, c);
}

/* As in dial.c: no watch while libpq may change the socket. */
static void on_cancel_socket(struct watch *w, unsigned events, void *arg)
{
	struct cancel *c = arg;

	(void)events;
	watch_free(w);
	c->watch = NULL;
	go_on(c, PQcancelPoll(c->pg));
}

struct cancel *compat_cancel(struct loop *loop, PGconn *pg, void (*done)(void *arg), void *arg)
{
	struct cancel *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	*c = (struct cancel){.loop = loop, .pg = PQcancelCreate(pg), .done = done, .arg = arg};
	go_on(c, PQcancelStart(c->pg) == 1 ? PGRES_POLLING_WRITING : PGRES_POLLING_FAILED);
	return c;
}

void compat_cancel_forget(struct cancel *c)
{
	if (c)
		c->done = NULL;
}

#else

struct cancel {
	PGcancel *pg;
	void (*done)(void *arg);
	void *arg;
};

static void run_cancel(void *p)
{
	struct cancel *c = p;
	char why[256];

	if (c->pg && !PQcancel(c->pg, why, sizeof(why)))
		log_debug("db.cancel_failed", LOG_CSTR("why", why));
	PQfreeCancel(c->pg);
}

static void on_cancelled(void *p)
{
	struct cancel *c = p;

	if (c->done)
		c->done(c->arg);
	free(c);
}

struct cancel *compat_cancel(struct loop *loop, PGconn *pg, void (*done)(void *arg), void *arg)
{
	struct cancel *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	*c = (struct cancel){.pg = PQgetCancel(pg), .done = done, .arg = arg};
	loop_work(loop, run_cancel, on_cancelled, c);
	return c;
}

void compat_cancel_forget(struct cancel *c)
{
	if (c)
		c->done = NULL; /* only looked at on the loop's thread */
}

#endif
