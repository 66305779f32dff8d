#include "app/service.h"

#include <stdlib.h>

#include "app/module.h"
#include "app/router.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"
#include "loop/fiber.h"

struct service {
	struct service_options options;
	struct http_server *http;
	struct token_keys *keys;
	int64_t started_us;
	bool stopping;
	struct fiber *waiting; /* for the drain */
	bool drained;
};

static void on_request(struct http_request *http, void *arg)
{
	struct service *s = arg;
	struct req *r = ARENA_NEW(http->arena, struct req);
	const struct route *route;
	struct str allow;

	r->http = http;
	r->service = s;
	switch (router_find(s->options.modules, http->method, http->raw_path, http->arena, &route,
		r->params, &allow)) {
	case ROUTER_FOUND: route->handle(r); break;
	case ROUTER_METHOD:
		http_reply_header(http, "Allow", allow);
		http_reply_problem(http, 405, "method",
			str_printf(http->arena, STR_FMT " does not take " STR_FMT ", only " STR_FMT,
				STR_ARG(http->path), STR_ARG(http->method), STR_ARG(allow)));
		break;
	case ROUTER_NOT_FOUND:
		http_reply_problem(http, 404, "absent",
			str_printf(http->arena, "there is nothing at " STR_FMT,
				STR_ARG(http->path)));
		break;
	}
}

static void stop_modules(struct service *s, size_t n)
{
	while (n--)
		if (s->options.modules[n]->stop)
			s->options.modules[n]->stop(s);
}

static int start_modules(struct service *s, struct err *e)
{
	for (size_t n = 0; s->options.modules[n]; n++) {
		const struct module *m = s->options.modules[n];
		if (m->start && m->start(s, e)) {
			stop_modules(s, n);
			return err_prefix(e, "starting %s", m->name);
		}
	}
	return 0;
}

static size_t count_modules(const struct service *s)
{
	size_t n = 0;

	while (s->options.modules[n])
		n++;
	return n;
}

struct service *service_start(const struct service_options *options, struct err *e)
{
	struct service *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->options = *options;
	s->started_us = now_us();
	s->keys = token_keys_new(&(struct token_keys_options){.loop = options->loop,
					 .db = options->db,
					 .keyring = options->keyring,
					 .secret = options->jwt_secret},
		e);
	if (!s->keys || start_modules(s, e)) {
		token_keys_free(s->keys);
		free(s);
		return NULL;
	}
	/* Who streams a body says how much it takes, in words of its own. */
	struct http_options http = {.listen = options->listen,
		.reuse_port = options->reuse_port,
		.max_target_bytes = 28 * 1024, /* next links of OData (docs/reso-odata.md) */
		.max_stream_bytes = INT64_MAX};
	s->http = http_server_new(options->loop, &http, on_request, s, e);
	if (!s->http) {
		stop_modules(s, count_modules(s));
		token_keys_free(s->keys);
		free(s);
		return NULL;
	}
	log_info("serve.ready", LOG_CSTR("listen", options->listen),
		LOG_INT("port", service_port(s)));
	return s;
}

static void on_drained(void *arg)
{
	struct service *s = arg;

	s->drained = true;
	if (s->waiting)
		fiber_wake(s->waiting);
}

void service_stop(struct service *s, int deadline_ms)
{
	if (!s)
		return;
	s->stopping = true;
	s->waiting = fiber_current();
	http_server_drain(s->http, deadline_ms, on_drained, s);
	while (!s->drained) /* surely ends, at the deadline */
		fiber_park_firmly();
	http_server_free(s->http);
	stop_modules(s, count_modules(s));
	token_keys_free(s->keys);
	log_info("serve.stopped");
	free(s);
}

struct loop *service_loop(const struct service *s)
{
	return s->options.loop;
}

struct db *service_db(const struct service *s)
{
	return s->options.db;
}

struct http_server *service_http(const struct service *s)
{
	return s->http;
}

const char *service_data(const struct service *s)
{
	return s->options.data;
}

const struct keyring *service_keyring(const struct service *s)
{
	return s->options.keyring;
}

const char *service_jwt_secret(const struct service *s)
{
	return s->options.jwt_secret;
}

struct token_keys *service_token_keys(const struct service *s)
{
	return s->keys;
}

const struct module *const *service_modules(const struct service *s)
{
	return s->options.modules;
}

int service_port(const struct service *s)
{
	return http_server_port(s->http);
}

int64_t service_started_us(const struct service *s)
{
	return s->started_us;
}

bool service_is_stopping(const struct service *s)
{
	return s->stopping;
}
