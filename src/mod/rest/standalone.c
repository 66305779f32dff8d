#include "mod/rest/standalone.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "http/request.h"
#include "http/server.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "mod/rest/admin.h"
#include "mod/rest/config.h"
#include "mod/rest/query_log.h"
#include "mod/rest/site.h"

#define HEADER_MAX (64 * 1024)
#define POOL_MIN 2
#define POOL_MAX 1000
#define SHARED_MIN 2
#define SHARED_MAX 16
#define WRITERS 4
#define TIME_MAX_S 86400
#define LOOK_MS 500 /* whether the database is gone */

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
	struct timer *look;
	void (*on_gone)(void *arg);
	void *gone_arg;
};

static void on_request(struct http_request *http, void *arg)
{
	struct rest_standalone *s = arg;

	rest_site_serve(s->site, http, http->raw_path);
}

/* PostgREST's names for "any address": one socket takes both families, where the machine has both. */
static const char *address(struct arena *a, struct str host, long long port)
{
	if (str_eq(host, STR("*")) || str_eq(host, STR("*4")) || str_eq(host, STR("*6")))
		return arena_printf(a, ":%lld", port);
	if (str_eq(host, STR("!4")))
		return arena_printf(a, "0.0.0.0:%lld", port);
	if (str_eq(host, STR("!6")))
		return arena_printf(a, "[::]:%lld", port);
	if (str_find_char(host, ':') >= 0 && !str_starts(host, STR("[")))
		return arena_printf(a, "[" STR_FMT "]:%lld", STR_ARG(host), port);
	return arena_printf(a, STR_FMT ":%lld", STR_ARG(host), port);
}

/* Where to listen, by the settings of the server or of its admin port. */
static struct http_options place(struct arena *a, struct str host, long long port,
	struct str unix_socket, unsigned unix_mode)
{
	if (unix_socket.len)
		return (struct http_options){.listen = arena_printf(a, "unix:" STR_FMT,
						     STR_ARG(unix_socket)),
			.unix_mode = unix_mode};
	return (struct http_options){.listen = address(a, host, port),
		.ipv6_only = str_eq(host, STR("!6"))};
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
	struct http_options http = place(s->arena, c->server_host, c->server_port,
		c->server_unix_socket, c->server_unix_socket_mode);
	struct http_options admin = place(s->arena, c->admin_server_host, c->admin_server_port,
		c->admin_server_unix_socket, c->admin_server_unix_socket_mode);

	http.reuse_port = c->server_reuseport;
	http.max_target_bytes = http.max_header_bytes = HEADER_MAX;
	http.max_body_bytes =
		SIZE_MAX / 2; /* each request has its own limit, of the settings as they are then */
	http.access_from = rest_query_log_from(c);
	admin.quiet = true;
	admin.access_from = REST_QUERY_LOG_NONE; /* probes come every few seconds */
	s->http = http_server_new(s->loop, &http, on_request, s, e);
	if (!s->http)
		return err_prefix(e, "%s",
			c->server_unix_socket.len ? "server-unix-socket"
						  : "server-host, server-port");
	if (c->admin_server_port >= 0 || c->admin_server_unix_socket.len)
		s->admin = rest_admin_start(s->loop, &admin, s->site, s->http, e);
	return e->code;
}

/* db-pool, divided: what all share is as many as cores, the others are for writing, for what is quick while those are slow, or lent for long
 * answers and transactions. One to share and one to lend there must be. */
static void divide_pool(const struct rest_config *c, struct db_options *db)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t pool = c->db_pool < POOL_MIN ? POOL_MIN
		: c->db_pool > POOL_MAX      ? POOL_MAX
					     : c->db_pool;
	int64_t shared = cores < SHARED_MIN ? SHARED_MIN : cores > SHARED_MAX ? SHARED_MAX : cores;

	if (shared > pool - 1)
		shared = pool - 1;
	db->shared = (unsigned)shared;
	pool -= shared;
	db->writers = (unsigned)(pool > 2 * WRITERS ? WRITERS : pool / 2);
	pool -= db->writers;
	db->spare = (unsigned)(pool / 2);
	db->pinned = (unsigned)pool - db->spare;
}

static unsigned wait_ms(const struct rest_config *c)
{
	int64_t s = c->db_pool_acquisition_timeout;

	return s > TIME_MAX_S ? TIME_MAX_S * 1000 : s < 1 ? 1 : (unsigned)s * 1000;
}

static unsigned milliseconds(int64_t s)
{
	return s > TIME_MAX_S ? TIME_MAX_S * 1000 : s < 0 ? 0 : (unsigned)s * 1000;
}

static void set_log(const struct rest_config *c)
{
	if (c->log_level == REST_LOG_CRIT)
		log_set_level(LOG_LEVEL_OFF);
	else if (c->log_level == REST_LOG_DEBUG)
		log_set_level(LOG_LEVEL_DEBUG);
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
		.wait_ms = wait_ms(c),
		.idle_ms = milliseconds(c->db_pool_max_idletime),
		.age_ms = milliseconds(c->db_pool_max_lifetime)};
	divide_pool(c, &db);
	set_log(c);
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

static void on_look(void *arg)
{
	struct rest_standalone *s = arg;

	if (!db_failed_dials(s->db))
		return;
	timer_stop(s->look);
	log_error("rest.gone",
		LOG_CSTR("error", "the database is gone, and db-pool-automatic-recovery is false"));
	s->on_gone(s->gone_arg);
}

void rest_standalone_on_gone(struct rest_standalone *s, void (*fn)(void *arg), void *arg)
{
	s->on_gone = fn;
	s->gone_arg = arg;
	if (rest_site_config(s->site)->db_pool_automatic_recovery)
		return;
	s->look = timer_new(s->loop, on_look, s);
	timer_start(s->look, LOOK_MS, LOOK_MS);
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
	timer_free(s->look);
	if (s->http) {
		s->waiting = fiber_current();
		http_server_drain(s->http, deadline_ms, on_drained, s);
		while (!s->drained)
			fiber_park_firmly();
	}
	rest_admin_stop(s->admin); /* until here it said that nobody should come any more */
	http_server_free(s->http);
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
