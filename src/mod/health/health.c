/* health: /live, /ready and /metrics, for whoever operates plat.
 *
 * /live says that the process turns its loop; /ready that it can answer from the database, and turns to 503 as soon as a stop was
 * asked for, so that a balancer sends no more. /metrics is Prometheus' text format 0.0.4. */
#include <stdio.h>

#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "db/db.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/server.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define METRICS_MAX 65536

static void get_live(struct req *r)
{
	http_reply(r->http, 200, "text/plain; charset=utf-8", STR("ok\n"));
}

static const char *unready(struct service *s)
{
	const char *why = NULL;

	for (const struct module *const *m = service_modules(s); *m && !why; m++)
		if ((*m)->unready)
			why = (*m)->unready(s);
	return why;
}

static void get_ready(struct req *r)
{
	struct db *db = service_db(r->service);
	const char *why = unready(r->service);

	if (service_is_stopping(r->service)) {
		http_reply_problem(r->http, 503, "stopping", STR("this process is stopping"));
	} else if (db && !db_is_ready(db)) {
		http_reply_header(r->http, "Retry-After", STR("1"));
		http_reply_problem(r->http, 503, "busy",
			STR("the database cannot be reached at the moment"));
	} else if (why) {
		http_reply_header(r->http, "Retry-After", STR("1"));
		http_reply_problem(r->http, 503, "starting", str_of(why));
	} else {
		http_reply(r->http, 200, "text/plain; charset=utf-8", STR("ready\n"));
	}
}

static void head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void counter(struct buf *b, const char *name, const char *help, uint64_t value)
{
	head(b, name, "counter", help);
	buf_printf(b, "%s %llu\n", name, (unsigned long long)value);
}

static void gauge(struct buf *b, const char *name, const char *help, double value)
{
	head(b, name, "gauge", help);
	buf_printf(b, "%s %.17g\n", name, value);
}

static void write_latency(struct buf *b, const struct http_counters *c)
{
	uint64_t sum = 0;

	head(b, "plat_http_request_seconds", "histogram",
		"Time from complete head to last byte written.");
	for (int i = 0; i < HTTP_LATENCY_BUCKETS; i++) {
		sum += c->latency[i];
		if (i < HTTP_LATENCY_BUCKETS - 1)
			buf_printf(b, "plat_http_request_seconds_bucket{le=\"%g\"} %llu\n",
				(double)http_latency_us[i] / 1e6, (unsigned long long)sum);
		else
			buf_printf(b, "plat_http_request_seconds_bucket{le=\"+Inf\"} %llu\n",
				(unsigned long long)sum);
	}
	buf_printf(b, "plat_http_request_seconds_sum %.6f\nplat_http_request_seconds_count %llu\n",
		(double)c->latency_sum_us / 1e6, (unsigned long long)sum);
}

static void write_http(struct buf *b, const struct http_counters *c)
{
	counter(b, "plat_http_connections_total", "Connections accepted.", c->connections);
	gauge(b, "plat_http_connections_open", "Connections open now.",
		(double)c->connections_open);
	gauge(b, "plat_http_requests_in_flight", "Requests being answered now.",
		(double)c->requests_in_flight);
	head(b, "plat_http_requests_total", "counter", "Requests ended, by class of status.");
	for (int i = 1; i <= 5; i++)
		buf_printf(b, "plat_http_requests_total{class=\"%dxx\"} %llu\n", i,
			(unsigned long long)c->by_class[i]);
	buf_printf(b, "plat_http_requests_total{class=\"gone\"} %llu\n",
		(unsigned long long)c->by_class[0]);
	counter(b, "plat_http_requests_refused_total",
		"Requests refused with 503 for lack of room.", c->refused);
	counter(b, "plat_http_received_bytes_total", "Bytes received.", c->bytes_in);
	counter(b, "plat_http_sent_bytes_total", "Bytes sent.", c->bytes_out);
	write_latency(b, c);
}

static void write_db(struct buf *b, const struct db *db)
{
	struct db_stats s;

	db_stats(db, &s);
	head(b, "plat_db_connections", "gauge", "Shared PostgreSQL connections, by state.");
	buf_printf(b,
		"plat_db_connections{state=\"closed\"} %u\nplat_db_connections{state=\"dialing\"} %u\n"
		"plat_db_connections{state=\"ready\"} %u\nplat_db_connections{state=\"busy\"} %u\n",
		s.conns_closed, s.conns_dialing, s.conns_ready, s.conns_busy);
	gauge(b, "plat_db_batches_in_flight", "Batches sent and not answered.", s.in_flight);
	gauge(b, "plat_db_batches_queued", "Batches waiting to be sent.", s.queued);
	gauge(b, "plat_db_sessions_lent", "Sessions lent.", s.pinned_lent);
	counter(b, "plat_db_batches_total", "Batches answered.", s.batches_done);
	counter(b, "plat_db_batches_failed_total", "Batches that PostgreSQL refused.",
		s.batches_failed);
	counter(b, "plat_db_batches_busy_total",
		"Batches given up because queues were full or the server away.", s.batches_busy);
	counter(b, "plat_db_statements_total", "Statements sent.", s.statements);
	counter(b, "plat_db_dials_total", "Attempts to connect.", s.dials);
	counter(b, "plat_db_connections_retired_total",
		"Connections closed because they were idle or old.", s.conns_retired);
	counter(b, "plat_db_connections_lost_total", "Connections that broke.", s.conns_lost);
	head(b, "plat_db_batch_seconds_total", "counter",
		"Time from submit to answer, summed over batches.");
	buf_printf(b, "plat_db_batch_seconds_total %.6f\n", (double)s.batch_us / 1e6);
}

static double resident_bytes(void)
{
	long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%ld %ld", &pages, &resident) != 2)
		resident = 0;
	fclose(f);
	return (double)resident * 4096;
}

static void get_metrics(struct req *r)
{
	struct buf b;

	buf_init(&b, METRICS_MAX);
	gauge(&b, "plat_start_time_seconds", "When this process started, in Unix time.",
		(double)service_started_us(r->service) / 1e6);
	gauge(&b, "process_resident_memory_bytes", "Resident memory.", resident_bytes());
	write_http(&b, http_server_counters(service_http(r->service)));
	if (service_db(r->service))
		write_db(&b, service_db(r->service));
	for (const struct module *const *m = service_modules(r->service); *m; m++)
		if ((*m)->metrics)
			(*m)->metrics(r->service, &b);
	struct str text = str_copy(r->http->arena, buf_view(&b));
	buf_done(&b);
	http_reply(r->http, 200, METRICS_TYPE, text);
}

static const struct route routes[] = {
	{"GET", "/live", get_live},
	{"GET", "/ready", get_ready},
	{"GET", "/metrics", get_metrics},
	{0},
};

const struct module health_module = {.name = "health", .routes = routes};
