/* Requests that come before the schema cache is there. */
#include <stddef.h>

#include "base/arena.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/timer.h"
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

void site_wait(struct rest_site *s, struct http_request *http, struct str path)
{
	struct site_waiting *w = ARENA_NEW(http->arena, struct site_waiting);

	*w = (struct site_waiting){.http = http, .path = path};
	*s->waiting_end = w;
	s->waiting_end = &w->next;
	http_on_gone(http, on_gone, s);
	if (!timer_is_running(s->waited))
		timer_start(s->waited, WAIT_MS, 0);
}

static void refuse(struct http_request *http)
{
	http_reply_header(http, "Retry-After", STR("1"));
	http_reply_header(http, "Proxy-Status", STR("PostgREST; error=PGRST002"));
	http_reply(http, 503, "application/json; charset=utf-8",
		STR("{\"code\":\"PGRST002\",\"details\":null,\"hint\":null,"
		    "\"message\":\"Could not query the database for the schema cache. Retrying.\"}"));
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
			refuse(w->http);
		w = next;
	}
}
