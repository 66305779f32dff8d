#include "mod/rest/metrics.h"

#include "base/buf.h"
#include "db/db.h"
#include "mod/rest/cache.h"
#include "mod/rest/login.h"
#include "mod/rest/plans.h"
#include "mod/rest/site.h"
#include "mod/rest/site_local.h"

static void one(struct buf *b, const char *name, const char *type, const char *help, double value)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name,
		value);
}

/* The names that PostgREST's users watch. */
static void familiar(const struct rest_site *s, struct buf *b)
{
	struct db_stats db;
	struct rest_login_stats logins = rest_login_stats(s->logins);

	db_stats(s->options.db, &db);
	one(b, "pgrst_schema_cache_query_time_seconds", "gauge",
		"The query time in seconds of the last schema cache load",
		(double)s->stats.cache_us / 1e6);
	buf_printf(b,
		"# HELP pgrst_schema_cache_loads_total The total number of times the schema cache was loaded\n"
		"# TYPE pgrst_schema_cache_loads_total counter\n"
		"pgrst_schema_cache_loads_total{status=\"SUCCESS\"} %llu\npgrst_schema_cache_loads_total{status=\"FAIL\"} %llu\n",
		(unsigned long long)s->stats.cache_loads,
		(unsigned long long)s->stats.cache_failures);
	one(b, "pgrst_db_pool_timeouts_total", "counter",
		"The total number of pool connection timeouts", (double)db.batches_busy);
	one(b, "pgrst_db_pool_available", "gauge", "Available connections in the pool",
		db.conns_ready);
	one(b, "pgrst_db_pool_waiting", "gauge", "Requests waiting to acquire a pool connection",
		db.queued);
	one(b, "pgrst_db_pool_max", "gauge", "Max pool connections",
		db.conns_closed + db.conns_dialing + db.conns_ready + db.conns_busy);
	one(b, "pgrst_jwt_cache_requests_total", "counter", "The total number of JWT cache lookups",
		(double)logins.requests);
	one(b, "pgrst_jwt_cache_hits_total", "counter", "The total number of JWT cache hits",
		(double)logins.hits);
	one(b, "pgrst_jwt_cache_evictions_total", "counter",
		"The total number of JWT cache evictions", (double)logins.evictions);
}

void rest_metrics(const struct rest_site *s, struct buf *b)
{
	familiar(s, b);
	one(b, "plat_rest_plans", "gauge", "Shapes of requests whose plan is kept.",
		s->cache ? (double)rest_plans_len(rest_cache_plans(s->cache)) : 0);
	one(b, "plat_rest_plans_made_total", "counter", "Plans made for new shapes.",
		(double)s->stats.plans_made);
	one(b, "plat_rest_plans_used_total", "counter", "Requests whose plan was there.",
		(double)s->stats.plans_used);
	one(b, "plat_rest_plan_seconds_total", "counter", "Time spent on making plans.",
		(double)s->stats.plans_us / 1e6);
	one(b, "plat_rest_shape_seconds_total", "counter",
		"Time spent on parsing requests and finding their plans.",
		(double)s->stats.shape_us / 1e6);
	one(b, "plat_rest_shapes_total", "counter", "Requests that were parsed.",
		(double)s->stats.shapes);
	one(b, "plat_rest_streams_total", "counter", "Answers that went out as a stream.",
		(double)s->stats.streams);
	one(b, "plat_rest_schema_cache_bytes", "gauge", "Memory of the schema cache.",
		s->cache ? (double)rest_cache_bytes(s->cache) : 0);
}
