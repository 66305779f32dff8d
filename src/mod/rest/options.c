#include "mod/rest/options.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/cache.h"
#include "mod/rest/call.h"
#include "mod/rest/reply.h"
#include "mod/rest/reply_local.h"
#include "mod/rest/request.h"

static struct str table_methods(struct rest_request *r)
{
	const struct rest_table *t = r->table;
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b, "OPTIONS,GET,HEAD");
	if (t->may_insert)
		buf_cstr(&b, ",POST");
	if (t->may_insert && t->may_update && t->n_pk)
		buf_cstr(&b, ",PUT");
	if (t->may_update)
		buf_cstr(&b, ",PATCH");
	if (t->may_delete)
		buf_cstr(&b, ",DELETE");
	struct str all = str_copy(r->arena, buf_view(&b));
	buf_done(&b);
	return all;
}

static struct str call_methods(const struct rest_func *f)
{
	return f->volatility == REST_VOLATILE ? STR("OPTIONS,POST") : STR("OPTIONS,GET,HEAD,POST");
}

void rest_options_serve(struct rest_request *r)
{
	struct str allow = STR("OPTIONS,GET,HEAD");

	if (r->target == REST_TARGET_CALL) {
		const struct rest_func *f = rest_cache_func(r->cache, r->schema, r->name);
		if (!f) {
			(void)rest_call_choose(r); /* says that there is none */
			rest_reply_fault(r);
			return;
		}
		allow = call_methods(f);
	} else if (r->target == REST_TARGET_TABLE) {
		allow = table_methods(r);
	}
	rest_answer_header(r, "Allow", allow);
	reply_common(r);
	rest_answer_send(r, 200, STR_NULL, STR(""));
}
