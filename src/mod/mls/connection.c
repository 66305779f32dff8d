#include "mod/mls/connection.h"

#include "app/worker.h"
#include "base/arena.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/connection_local.h"
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

int connection_pause(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_str(id)};

	return session_exec(s, a, CONNECTION_PAUSE_SQL, 2, params, NULL, e);
}

int connection_resume(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_str(id)};

	return session_exec(s, a, CONNECTION_RESUME_SQL, 2, params, NULL, e);
}

int connection_remove(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	int64_t *ret_listings, struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_str(id)};
	struct result *r;

	if (session_exec(s, a, CONNECTION_DELETE_SQL, 2, params, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "there is no such connection");
	*ret_listings = result_i64(r, 0, 1);
	return 0;
}
