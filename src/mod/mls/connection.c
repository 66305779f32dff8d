#include "mod/mls/connection.h"

#include "app/worker.h"
#include "base/arena.h"
#include "db/db.h"
#include "db/session.h"
#include "model/mls/workspace.h"

int connection_find_workspace(struct db *db, struct arena *a, struct str slug, struct str *ret_id,
	struct err *e)
{
	struct model_query q = {
		.where = {{MLS_WORKSPACE_STATUS, MODEL_NE, MODEL_V("archived")}},
		.limit = 2,
	};
	struct mls_workspace_list found;

	if (slug.p)
		q.where[1] = (struct model_condition){MLS_WORKSPACE_SLUG, MODEL_EQ, MODEL_V(slug)};
	struct session *s = worker_session(db, e);
	int code = s ? mls_workspace_list(s, a, &q, &found, e) : e->code;

	session_close(s);
	if (code)
		return code;
	if (!found.n)
		return slug.p
			? err_set(e, E_ABSENT, "there is no workspace '" STR_FMT "'", STR_ARG(slug))
			: err_set(e, E_ABSENT, "there is no workspace yet; plat demo makes one");
	if (found.n > 1)
		return err_set(e, E_INPUT,
			"there are several workspaces; say which one with --workspace SLUG");
	*ret_id = found.row[0].id;
	return 0;
}
