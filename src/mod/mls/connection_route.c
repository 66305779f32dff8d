#include "mod/mls/connection_route.h"

#include "db/batch.h"
#include "mod/mls/caller.h"
#include "mod/mls/connection_local.h"

static int list(struct caller *c)
{
	struct batch *b = caller_batch(c);
	struct db_param params[] = {db_str(c->workspace_id)};

	batch_read_only(b);
	batch_add(b,
		"select coalesce(jsonb_agg(" CONNECTION_JSON
		" order by c.provider), '[]') from mls.mls_connections c where c.workspace_id = $1",
		1, params);
	return caller_run(c, b) ? -1 : caller_reply_row(c, b);
}

void connection_route_list(struct req *r)
{
	caller_start(r, CALLER_AGENT, list);
}
