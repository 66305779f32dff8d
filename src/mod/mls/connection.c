#include "mod/mls/connection.h"

#include "app/worker.h"
#include "base/arena.h"
#include "base/secret.h"
#include "db/db.h"
#include "db/session.h"
#include "model/mls/connection.h"
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

/* What is to stay of a connection that is there depends on what it was: one statement of our own. */
static int store(struct session *s, struct keyring *k, struct arena *a, struct str workspace_id,
	const struct connection *c, struct str *ret_id, struct err *e)
{
	struct db_param row[] = {db_str(workspace_id), db_str(c->provider), db_str(c->dataset),
		db_str(c->base_url)};
	struct mls_connection_list stored;
	struct result *r;

	if (session_exec(s, a,
		    "insert into mls.mls_connections as c (workspace_id, provider, dataset_id, base_url) "
		    "values ($1, $2, $3, coalesce($4, 'https://api.bridgedataoutput.com/api/v2/OData')) "
		    "on conflict (workspace_id, provider) do update set dataset_id = excluded.dataset_id, "
		    "base_url = case when $4 is null then c.base_url else excluded.base_url end, "
		    "status = case when c.status in ('error', 'paused') then 'pending' else c.status end, "
		    "last_sync_cursor = case when c.dataset_id = excluded.dataset_id "
		    "and ($4 is null or c.base_url = excluded.base_url) then c.last_sync_cursor end "
		    "returning workspace_id, id",
		    4, row, &r, e) ||
		mls_connection_read(r, a, &stored, e))
		return e->code;
	*ret_id = stored.row[0].id;
	/* The row's id is part of what the envelope is sealed for, so the token comes second. */
	struct secret_place place = {STR("mls.mls_connections"), *ret_id, STR("token_ciphertext")};
	stored.row[0].token_ciphertext = secret_seal(a, k, place, c->token);
	return mls_connection_update(s, a, &stored.row[0],
		MODEL_COLUMNS(MLS_CONNECTION_TOKEN_CIPHERTEXT), e);
}

int connection_store(struct db *db, struct keyring *k, struct arena *a, struct str workspace_id,
	const struct connection *c, struct str *ret_id, struct err *e)
{
	struct session *s = worker_session(db, e);

	if (!s || session_begin(s, e) || store(s, k, a, workspace_id, c, ret_id, e) ||
		session_commit(s, e)) {
		session_close(s);
		return e->code;
	}
	session_close(s);
	return 0;
}
