#include "db/dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/url.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "loop/watch.h"

/* A little more than tcp_user_timeout in url.c, so that a silent host gives way to the next one. */
#define PER_HOST_MS 11000

struct lookup {
	struct dial *dial;
	struct url *own; /* a copy to work on, as the caller may be gone meanwhile */
	struct url *found;
	struct err err;
};

struct dial {
	struct loop *loop;
	const struct url *url;
	struct url *found; /* with addresses, or one option more; ours */
	struct work *work;
	struct lookup *lookup;
	PGconn *pg;
	struct watch *watch;
	struct timer *timer;
	unsigned limit_ms;
	bool is_second;
	void (*done)(struct dialled d, void *arg);
	void *arg;
};

static void quiet(void *arg, const PGresult *notice)
{
	(void)arg;
	log_debug("db.notice", LOG_CSTR("text", PQresultErrorMessage(notice)));
}

static void end(struct dial *d, struct dialled how)
{
	void (*done)(struct dialled, void *) = d->done;
	void *arg = d->arg;

	d->pg = NULL; /* it is given away, or the caller of end() finishes it */
	dial_stop(d);
	done(how, arg);
}

static bool is_hopeless(const char *why)
{
	static const char *const signs[] = {
		"password authentication failed",
		"no password supplied",
		"no pg_hba.conf entry",
		"\" does not exist",
		"is not permitted to log in",
		"invalid connection option",
		"invalid sslmode",
	};
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strstr(why, signs[i]))
			return true;
	return false;
}

/* libpq answers one line per host and then advice, indented by a tab. */
static char *one_sentence(struct arena *a, const struct dial *d, const char *words)
{
	char *text = arena_printf(a, "no connection to PostgreSQL (%s): ", url_name(d->url));
	struct str all = str_of(words), out = str_of(text);

	for (bool first = true; all.p;) {
		struct str line = str_cut(&all, '\n');
		if (line.len == 0 || line.p[0] == '\t')
			continue;
		out = str_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(out), first ? "" : "; ",
			STR_ARG(str_trim(line)));
		first = false;
	}
	return str_cstr(a, out);
}

static void fail_with(struct dial *d, const char *words)
{
	struct arena *a = arena_new();
	PGconn *pg = d->pg;
	struct dialled how = {.hopeless = is_hopeless(words), .why = one_sentence(a, d, words)};

	watch_free(d->watch); /* before the socket is closed */
	d->watch = NULL;
	log_debug("db.dial_failed", LOG_CSTR("why", how.why));
	PQfinish(pg);
	end(d, how);
	arena_free(a);
}

static void connect_now(struct dial *d, const struct url *url);

/* Whoever reads a timestamp relies on the ISO form. The order of day and month stays as it was set: input is read by it. */
static bool is_iso(PGconn *pg)
{
	const char *style = PQparameterStatus(pg, "DateStyle");

	return !style || strncmp(style, "ISO", 3) == 0;
}

/* A database or login that is set otherwise is dialled once more; asking everybody for ISO beforehand would shut out old poolers. */
static void ask_for_iso(struct dial *d)
{
	const char *comma = strchr(PQparameterStatus(d->pg, "DateStyle"), ',');
	struct url *url = url_copy(d->found ? d->found : d->url);
	char option[64];

	snprintf(option, sizeof(option), "-c datestyle=ISO%s%s", comma ? "," : "",
		comma ? comma + 1 + strspn(comma + 1, " ") : "");
	url_add_option(url, option);
	PQfinish(d->pg);
	d->pg = NULL;
	d->is_second = true;
	timer_free(d->timer);
	url_free(d->found);
	d->found = url;
	connect_now(d, url);
}

static void succeed(struct dial *d)
{
	PGconn *pg = d->pg;

	if (!d->is_second && !is_iso(pg)) {
		ask_for_iso(d);
		return;
	}
	if (PQsetnonblocking(pg, 1) != 0) {
		fail_with(d, "the socket does not become non-blocking");
		return;
	}
	PQsetNoticeReceiver(pg, quiet, NULL);
	end(d, (struct dialled){.pg = pg});
}

static void on_socket(struct watch *w, unsigned events, void *arg);

static void wait_for(struct dial *d, unsigned mask)
{
	d->watch = watch_new(d->loop, PQsocket(d->pg), on_socket, d);
	if (!d->watch) {
		fail_with(d, "the socket cannot be watched");
		return;
	}
	watch_set(d->watch, mask);
}

/* Also on WATCH_ERROR: a refused connection is one, and libpq then tries the next host. */
static void on_socket(struct watch *w, unsigned events, void *arg)
{
	struct dial *d = arg;

	(void)events;
	watch_free(w);
	d->watch = NULL;
	switch (PQconnectPoll(d->pg)) {
	case PGRES_POLLING_READING: wait_for(d, WATCH_READ); return;
	case PGRES_POLLING_WRITING: wait_for(d, WATCH_WRITE); return;
	case PGRES_POLLING_OK: succeed(d); return;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE: break;
	}
	fail_with(d, PQerrorMessage(d->pg));
}

static void on_time(void *arg)
{
	struct dial *d = arg;
	char words[64];

	snprintf(words, sizeof(words), "no answer within %u ms", d->limit_ms);
	fail_with(d, words);
}

static void on_failed_start(void *arg)
{
	struct dial *d = arg;

	fail_with(d, d->pg ? PQerrorMessage(d->pg) : "out of memory");
}

static void connect_now(struct dial *d, const struct url *url)
{
	unsigned hosts = (unsigned)url_hosts(url);

	d->timer = timer_new(d->loop, on_time, d);
	if (hosts > 1 && d->limit_ms < PER_HOST_MS)
		d->limit_ms = PER_HOST_MS;
	d->limit_ms *= hosts;
	timer_start(d->timer, d->limit_ms, 0);
	d->pg = PQconnectStartParams(url_keywords(url), url_values(url), 0);
	if (d->pg && PQstatus(d->pg) != CONNECTION_BAD && PQsocket(d->pg) >= 0) {
		wait_for(d, WATCH_WRITE);
		return;
	}
	/* done must not be called inside dial_start(): the timer calls it */
	timer_free(d->timer);
	d->timer = timer_new(d->loop, on_failed_start, d);
	timer_start(d->timer, 0, 0);
}

static void run_lookup(void *arg)
{
	struct lookup *l = arg;

	l->found = url_lookup(l->own, &l->err);
}

static void free_lookup(void *arg)
{
	struct lookup *l = arg;

	url_free(l->own);
	url_free(l->found);
	arena_free(l->err.arena);
	free(l);
}

static void on_looked_up(void *arg)
{
	struct lookup *l = arg;
	struct dial *d = l->dial;

	d->work = NULL;
	d->lookup = NULL;
	if (l->found) {
		d->found = l->found;
		l->found = NULL;
		connect_now(d, d->found);
	} else {
		fail_with(d, l->err.msg);
	}
	free_lookup(l);
}

struct dial *dial_start(struct loop *loop, const struct url *url, unsigned limit_ms,
	void (*done)(struct dialled d, void *arg), void *arg)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	*d = (struct dial){.loop = loop,
		.url = url,
		.limit_ms = limit_ms,
		.done = done,
		.arg = arg};
	if (!url_needs_lookup(url)) {
		connect_now(d, url);
		return d;
	}
	d->lookup = calloc(1, sizeof(*d->lookup));
	if (!d->lookup)
		abort();
	*d->lookup =
		(struct lookup){.dial = d, .own = url_copy(url), .err = {.arena = arena_new()}};
	d->work = loop_work(loop, run_lookup, on_looked_up, d->lookup);
	return d;
}

void dial_stop(struct dial *d)
{
	if (!d)
		return;
	if (d->work)
		loop_work_forget(d->work, free_lookup);
	watch_free(d->watch);
	timer_free(d->timer);
	PQfinish(d->pg);
	url_free(d->found);
	loop_later_free(d->loop, d);
}

unsigned dial_pause_ms(unsigned failures)
{
	unsigned shift = failures < 6 ? failures : 6;
	unsigned pause = 100u << shift;
	/* No cryptography: processes that lost the same server should not come back in step. */
	unsigned chance = (unsigned)((uint64_t)mono_us() * UINT64_C(6364136223846793005) >> 33);

	if (pause > 5000)
		pause = 5000;
	return pause / 2 + chance % (pause / 2 + 1);
}
