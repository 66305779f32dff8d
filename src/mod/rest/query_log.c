#include "mod/rest/query_log.h"

#include "base/log.h"
#include "http/request.h"
#include "mod/rest/config.h"
#include "mod/rest/plan.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

int rest_query_log_from(const struct rest_config *c)
{
	switch (c->log_level) {
	case REST_LOG_CRIT: return REST_QUERY_LOG_NONE;
	case REST_LOG_ERROR: return 500;
	case REST_LOG_WARN: return 400;
	case REST_LOG_INFO:
	case REST_LOG_DEBUG: break;
	}
	return 0;
}

void rest_query_log(const struct rest_request *r, int status)
{
	const struct rest_config *c = rest_site_config(r->site);

	/* an answer that was kept for later comes a second time, with r->http */
	if (!c->log_query || !r->plan || !r->plan->main.stmt.sql || (r->on_answer && r->http) ||
		status < rest_query_log_from(c))
		return;
	log_info("rest.query", LOG_REQUEST(r->http ? r->http->id : STR("")),
		LOG_INT("status", status), LOG_CSTR("sql", r->plan->main.stmt.sql));
}
