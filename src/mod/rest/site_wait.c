/* Requests that come before the schema cache is there. */
#include <stddef.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/request.h"
#include "loop/timer.h"
#include "mod/rest/reply.h"
#include "mod/rest/request.h"
#include "mod/rest/site_local.h"

#define WAIT_MS 10000

static void forget(struct rest_site *s, const struct http_request *http)
{
	struct site_waiting **at = &s->waiting;

	while (*at && (*at)->http != http)
		at = &(*at)->next;
	if (*at)
		*at = (*at)->next;
	s->waiting_end = &s->waiting;
	while (*s->waiting_end)
		s->waiting_end = &(*s->waiting_end)->next;
}

static void on_gone(struct http_request *http, void *arg)
{
	forget(arg, http);
	http_drop(http);
}

static void refuse(struct rest_site *s, struct http_request *http)
{
	struct rest_request *r = ARENA_NEW(http->arena, struct rest_request);

	r->arena = r->fault.arena = http->arena;
	r->http = http;
	r->site = s;
	r->began_us = mono_us();
	rest_fault(&r->fault, 503, "PGRST002",
		"Could not query the database for the schema cache. Retrying.");
	r->fault.retry_after = (int)((site_pause_ms(s) + 999) / 1000);
	rest_reply_fault(r);
}

void site_wait(struct rest_site *s, struct http_request *http, struct str path)
{
	struct site_waiting *w;

	if (s->failures) {
		refuse(s, http);
		return;
	}
	w = ARENA_NEW(http->arena, struct site_waiting);
	*w = (struct site_waiting){.http = http, .path = path};
	*s->waiting_end = w;
	s->waiting_end = &w->next;
	http_on_gone(http, on_gone, s);
	if (!timer_is_running(s->waited))
		timer_start(s->waited, WAIT_MS, 0);
}

void site_wake(struct rest_site *s)
{
	struct site_waiting *w = s->waiting;

	s->waiting = NULL;
	s->waiting_end = &s->waiting;
	timer_stop(s->waited);
	while (w) {
		struct site_waiting *next = w->next; /* w goes with its request */
		http_on_gone(w->http, NULL, NULL);
		if (s->cache)
			site_begin(s, w->http, w->path);
		else
			refuse(s, w->http);
		w = next;
	}
}
