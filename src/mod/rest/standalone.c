#include "mod/rest/standalone.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "http/request.h"
#include "http/server.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/rest/admin.h"
#include "mod/rest/config.h"
#include "mod/rest/site.h"

#define HEADER_MAX (64 * 1024)

struct rest_standalone {
	struct loop *loop;
	const char *file;
	struct arena *arena;
	struct db *db;
	struct rest_site *site;
	struct http_server *http;
	struct rest_admin *admin;
	struct fiber *waiting;
	bool drained;
};

static void on_request(struct http_request *http, void *arg)
{
	struct rest_standalone *s = arg;

	rest_site_serve(s->site, http, http->raw_path);
}

/* PostgREST's names for "any address". */
static const char *address(struct arena *a, struct str host, long long port)
{
	if (str_eq(host, STR("*")) || str_eq(host, STR("!4")) || str_eq(host, STR("*4")))
		return arena_printf(a, "0.0.0.0:%lld", port);
	if (str_eq(host, STR("!6")) || str_eq(host, STR("*6")))
		return arena_printf(a, "[::]:%lld", port);
	if (str_find_char(host, ':') >= 0)
		return arena_printf(a, "[" STR_FMT "]:%lld", STR_ARG(host), port);
	return arena_printf(a, STR_FMT ":%lld", STR_ARG(host), port);
}

static void log_warnings(const struct rest_config *c)
{
	for (size_t i = 0; i < c->warnings.n; i++)
		log_warn("rest.config", LOG_STR("warning", c->warnings.at[i]));
}

/* File and environment; NULL with words. */
static struct rest_config *load(const char *file, struct err *e)
{
	struct arena *a = arena_new();
	struct rest_config *c = rest_config_new(a);

	if (rest_config_load(c, file, e) == 0)
		return c;
	arena_free(a);
	return NULL;
}

/* (waits) What the database says. */
static int read_database(struct rest_standalone *s, struct rest_config *c, struct err *e)
{
	struct batch *b = batch_new(c->arena);
	const struct result *rows;

	if (!c->db_config)
		return 0;
	batch_add(b, rest_config_sql(c->arena, c).p, 0, NULL);
	if (db_run(s->db, b, e))
		return e->code;
	rows = batch_result(b, 0);
	for (int i = 0; i < result_rows(rows); i++)
		if (rest_config_apply(c, result_text(rows, i, 0), result_text(rows, i, 1), e))
			return e->code;
	return 0;
}

static void on_config(struct rest_site *site, void *arg)
{
	struct rest_standalone *s = arg;
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct rest_config *c = load(s->file, &e);

	if (c && (read_database(s, c, &e) || rest_config_finish(c, &e))) {
		arena_free(c->arena);
		c = NULL;
	}
	if (c) {
		log_warnings(c);
		rest_site_take_config(site, c);
	} else {
		log_warn("rest.config", LOG_CSTR("error", e.msg)); /* the one before stays */
	}
	arena_free(a);
}

static int open_ports(struct rest_standalone *s, const struct rest_config *c, struct err *e)
{
	struct http_options http = {.listen = address(s->arena, c->server_host, c->server_port),
		.reuse_port = c->server_reuseport,
		.max_target_bytes = HEADER_MAX,
		.max_header_bytes = HEADER_MAX,
		.max_body_bytes = (size_t)c->max_body_bytes};
	struct str admin = c->admin_server_host.len ? c->admin_server_host : c->server_host;

	s->http = http_server_new(s->loop, &http, on_request, s, e);
	if (!s->http)
		return err_prefix(e, "server-host, server-port");
	if (c->admin_server_port >= 0)
		s->admin = rest_admin_start(s->loop, address(s->arena, admin, c->admin_server_port),
			s->site, e);
	return e->code;
}

static int open_all(struct rest_standalone *s, struct err *e)
{
	struct rest_config *c = load(s->file, e);

	if (!c)
		return e->code;
	if (rest_config_finish(c, e)) {
		arena_free(c->arena);
		return e->code;
	}
	struct db_options db = {.url = str_cstr(s->arena, c->db_uri),
		.app_name = "plat rest",
		.wait_ms = (unsigned)c->db_pool_acquisition_timeout * 1000};
	s->db = db_open(s->loop, &db, e);
	if (s->db)
		s->site = rest_site_new(&(struct rest_site_options){.loop = s->loop,
			.db = s->db,
			.prefix = "",
			.config = c,
			.on_config = on_config,
			.config_arg = s});
	if (!s->site) {
		arena_free(c->arena);
		return s->db ? e->code : err_prefix(e, "db-uri");
	}
	return open_ports(s, c, e);
}

struct rest_standalone *rest_standalone_start(struct loop *loop, const char *file, struct err *e)
{
	struct rest_standalone *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->loop = loop;
	s->file = file;
	s->arena = arena_new();
	if (open_all(s, e)) {
		rest_standalone_stop(s, 0);
		return NULL;
	}
	log_info("rest.ready", LOG_INT("port", http_server_port(s->http)));
	return s;
}

static void on_drained(void *arg)
{
	struct rest_standalone *s = arg;

	s->drained = true;
	fiber_wake(s->waiting);
}

void rest_standalone_stop(struct rest_standalone *s, int deadline_ms)
{
	if (!s)
		return;
	rest_admin_stop(s->admin);
	if (s->http) {
		s->waiting = fiber_current();
		http_server_drain(s->http, deadline_ms, on_drained, s);
		while (!s->drained)
			fiber_park_firmly();
		http_server_free(s->http);
	}
	rest_site_free(s->site);
	db_close(s->db);
	arena_free(s->arena);
	free(s);
}

void rest_standalone_reload(struct rest_standalone *s)
{
	rest_site_reload(s->site);
}

void rest_standalone_reload_config(struct rest_standalone *s)
{
	rest_site_reload_config(s->site);
}
