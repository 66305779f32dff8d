#include <stdio.h>

#include "app/module.h"
#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "db/batch.h"
#include "db/listen.h"
#include "db/result.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "loop/timer.h"
#include "mod/mls/caller.h"
#include "mod/mls/run.h"

#define FOLLOWERS_MAX 200    /* in one process */
#define FOLLOWERS_MAX_OWN 20 /* of one login; of the service role, of one workspace */
#define TICK_MS 1000
#define LOOK_TICKS 2       /* what NOTIFY did not tell */
#define HEARTBEAT_TICKS 15 /* nothing else was sent */

static unsigned followers;
static struct follow *follows;

struct follow {
	struct follow *next;
	struct caller *c;
	struct str run_id;
	struct fiber *fiber;
	struct listener *listener;
	struct timer *timer;
	unsigned ticks, quiet;
	bool is_due;                  /* the row may have changed */
	char last[HASH_128_HEX_SIZE]; /* the state that the client knows */
};

static void on_notify(const char *channel, struct str payload, void *arg)
{
	struct follow *f = arg;

	(void)channel;
	if (payload.p && str_find(payload, f->run_id) < 0)
		return;
	f->is_due = true;
	fiber_wake(f->fiber);
}

static void on_tick(void *arg)
{
	struct follow *f = arg;

	f->quiet++;
	f->is_due |= ++f->ticks % LOOK_TICKS == 0;
	fiber_wake(f->fiber);
}

static void on_gone(struct http_request *req, void *arg)
{
	(void)req;
	fiber_wake(((struct follow *)arg)->fiber);
}

/* The row as this caller may see it, in an arena of its own: a run may be followed for hours. */
static int read_row(struct follow *f, struct arena *a, struct str *ret_json, bool *ret_ended,
	struct err *e)
{
	struct caller *c = f->c;
	struct db_param p[] = {db_str(c->workspace_id), db_str(f->run_id)};
	struct batch *b = batch_new(a);

	batch_as(b, &c->who);
	batch_read_only(b);
	batch_add(b,
		"select mls.run_json(r)::text, r.status <> 'running' from mls.sync_runs r where r.workspace_id = $1::uuid and r.id = $2::uuid",
		2, p);
	if (db_run(c->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "there is no run " STR_FMT, STR_ARG(f->run_id));
	*ret_json = result_text(r, 0, 0);
	*ret_ended = result_bool(r, 0, 1);
	return 0;
}

static int send_state(struct follow *f, struct arena *a, struct str json, bool ended)
{
	char hex[HASH_128_HEX_SIZE];

	hash_128_hex(hex, hash_128(json));
	if (str_eq(str_of(hex), str_of(f->last)) && !ended)
		return 0;
	snprintf(f->last, sizeof f->last, "%s", hex);
	f->quiet = 0;
	return req_fiber_write(f->c->req,
		str_printf(a, "id: %s\nevent: %s\ndata: " STR_FMT "\n\n", hex,
			ended ? "end" : "progress", STR_ARG(json)));
}

/* ret_ended: nothing follows. A database that is away for a moment ends nothing: the next look comes. */
static int look(struct follow *f, bool *ret_ended)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct str json;
	bool ended = false;
	int code = read_row(f, a, &json, &ended, &e);

	if (!code)
		code = send_state(f, a, json, ended);
	else if (e.code == E_BUSY || e.code == E_TIMEOUT)
		code = 0;
	else
		code = req_fiber_write(f->c->req,
			       STR("event: gone\ndata: {\"message\": \"the run cannot be read any more\"}\n\n"))
			? E_CANCEL
			: E_ABSENT;
	*ret_ended = ended;
	arena_free(a);
	return code;
}

/* What was asked for with a token is answered as long as that is good; clients come again with another. */
static int check_token(struct follow *f)
{
	if ((double)clock_now_us() / 1e6 < f->c->expires_s)
		return 0;
	return req_fiber_write(f->c->req,
		       STR("event: gone\ndata: {\"message\": \"the token has expired; come again with a new one\"}\n\n"))
		? E_CANCEL
		: E_INPUT;
}

static int beat(struct follow *f)
{
	if (f->quiet < HEARTBEAT_TICKS)
		return 0;
	f->quiet = 0;
	return req_fiber_write(f->c->req, STR(": waiting\n\n"));
}

static void watch(struct follow *f)
{
	bool ended = false;

	while (!ended && !service_is_stopping(f->c->service) && !http_is_gone(f->c->http)) {
		bool is_due = f->is_due;
		f->is_due = false;
		if (check_token(f) || (is_due && look(f, &ended)) || beat(f))
			return;
		if (!ended && !f->is_due && fiber_park())
			return;
	}
}

static void begin(struct follow *f)
{
	struct http_request *req = f->c->http;

	http_reply_header(req, "Content-Type", STR("text/event-stream"));
	http_reply_header(req, "Cache-Control", STR("no-store"));
	http_reply_header(req, "X-Accel-Buffering", STR("no"));
	http_reply_begin(req, 200);
	f->listener = db_listen(f->c->db, "plat_sync_runs", on_notify, f);
	f->timer = timer_new(service_loop(f->c->service), on_tick, f);
	timer_start(f->timer, TICK_MS, TICK_MS);
	http_on_gone(req, on_gone, f);
}

static void end(struct follow *f)
{
	db_unlisten(f->listener);
	timer_free(f->timer);
	http_on_gone(f->c->http, NULL, NULL);
	http_reply_end(f->c->http);
}

static struct str owner_of(const struct caller *c)
{
	return c->who.user_id.p ? c->who.user_id : c->workspace_id;
}

/* Nobody keeps the others out. */
static int check_room(struct caller *c)
{
	unsigned own = 0;

	for (const struct follow *f = follows; f; f = f->next)
		own += str_eq(owner_of(f->c), owner_of(c));
	if (own >= FOLLOWERS_MAX_OWN)
		return caller_fault(c, 429, "you are following %d runs already; close some first",
			FOLLOWERS_MAX_OWN);
	if (followers >= FOLLOWERS_MAX)
		return caller_fault(c, 503, "%d runs are being followed already; try again later",
			FOLLOWERS_MAX);
	return 0;
}

static void enter(struct follow *f)
{
	f->next = follows;
	follows = f;
	followers++;
}

static void leave(struct follow *f)
{
	struct follow **at = &follows;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	followers--;
}

static int follow(struct caller *c)
{
	struct follow f = {.c = c, .fiber = fiber_current(), .is_due = true};
	struct str known, json;
	bool ended;

	if (caller_param_id(c, 0, "run", &f.run_id))
		return -1;
	if (read_row(&f, c->arena, &json, &ended, &c->err))
		return caller_fail(c, &c->err);
	if (check_room(c))
		return -1;
	known = http_header(c->http, "Last-Event-ID");
	if (known.len < sizeof f.last)
		snprintf(f.last, sizeof f.last, STR_FMT, STR_ARG(known));
	enter(&f);
	begin(&f);
	watch(&f);
	end(&f);
	leave(&f);
	return 0;
}

void run_follow(struct req *r)
{
	caller_start(r, CALLER_AGENT, follow);
}
