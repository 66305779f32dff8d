#include "mod/rest/sql_guard.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "mod/rest/request.h"
#include "mod/rest/sql.h"

static bool has_bound(const struct rest_request *r)
{
	return r->prefer.has_max_affected && r->prefer.handling == REST_HANDLING_STRICT &&
		(r->target == REST_TARGET_CALL || r->method == REST_PATCH ||
			r->method == REST_DELETE);
}

static bool is_singular(const struct rest_request *r)
{
	return r->accept && r->accept->media == REST_MEDIA_SINGULAR;
}

enum rest_guard rest_guard_of(const struct rest_request *r)
{
	bool bound = has_bound(r);

	if (is_singular(r) && !(bound && r->prefer.max_affected < 1))
		return REST_GUARD_SINGULAR;
	return bound ? REST_GUARD_AFFECTED : REST_GUARD_NONE;
}

/* count is not known before the statement runs, so nothing of this is worked out while it is planned. */
void rest_guard_sql(const struct rest_request *r, struct rest_sql *s, const char *count)
{
	rest_sql(s, "case when ");
	rest_sql(s, count);
	if (rest_guard_of(r) == REST_GUARD_AFFECTED) {
		rest_sql(s, " > ");
		rest_sql_value(s, r->body.guard_value, "int8");
	} else {
		rest_sql(s, " <> 1");
	}
	rest_sql(s, " then ('plat rows=' || ");
	rest_sql(s, count);
	rest_sql(s, ")::int4 end");
}

void rest_guard_begin(struct rest_sql *s, const char *begin)
{
	rest_sql(s, begin);
	rest_sql(s, "q as materialized (");
}

void rest_guard_end(const struct rest_request *r, struct rest_sql *s)
{
	rest_sql(s, ") select q.* from q where (select ");
	rest_guard_sql(r, s, "count(*)");
	rest_sql(s, " from q) is null");
}

static int refuse(struct rest_request *r, enum rest_guard guard, int64_t rows)
{
	if (guard == REST_GUARD_SINGULAR) {
		rest_fault(&r->fault, 406, "PGRST116",
			"Cannot coerce the result to a single JSON object");
		return rest_fault_details(&r->fault, "The result contains %" PRId64 " rows", rows);
	}
	rest_fault(&r->fault, 400, "PGRST124",
		"Query result exceeds max-affected preference constraint");
	return rest_fault_details(&r->fault, "The query affects %" PRId64 " rows", rows);
}

int rest_guard_fault(struct rest_request *r, const struct db_error *e)
{
	const char *rows = strstr(e->message, "\"plat rows=");

	if (!r->plan || r->plan->guard == REST_GUARD_NONE || strcmp(e->sqlstate, "22P02") != 0 ||
		!rows)
		return 0;
	return refuse(r, r->plan->guard, strtoll(rows + strlen("\"plat rows="), NULL, 10));
}

int rest_guard_check(struct rest_request *r, int64_t affected, int64_t shown)
{
	int64_t rows = shown < 0 ? affected : shown;

	if (r->method == REST_PUT && r->target == REST_TARGET_TABLE && affected != 1)
		return rest_fault(&r->fault, 400, "PGRST115",
			"Payload values do not match URL in primary key column(s)");
	if (is_singular(r) && rows != 1)
		return refuse(r, REST_GUARD_SINGULAR, rows);
	if (has_bound(r) && affected > r->prefer.max_affected)
		return refuse(r, REST_GUARD_AFFECTED, affected);
	return 0;
}
