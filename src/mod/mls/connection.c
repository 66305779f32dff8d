#include "mod/mls/connection.h"

#include "app/worker.h"
#include "base/arena.h"
#include "base/secret.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"

int connection_find_workspace(struct db *db, struct arena *a, struct str slug, struct str *ret_id,
	struct err *e)
{
	struct db_param param = db_str(slug);
	struct session *s = worker_session(db, e);
	struct result *r;
	int code = s
		? session_exec(s, a,
			  "select id from mls.workspaces where ($1::text is null or slug = $1) and status <> 'archived' limit 2",
			  1, &param, &r, e)
		: e->code;

	session_close(s);
	if (code)
		return code;
	if (!result_rows(r))
		return slug.p
			? err_set(e, E_ABSENT, "there is no workspace '" STR_FMT "'", STR_ARG(slug))
			: err_set(e, E_ABSENT, "there is no workspace yet; plat demo makes one");
	if (result_rows(r) > 1)
		return err_set(e, E_INPUT,
			"there are several workspaces; say which one with --workspace SLUG");
	*ret_id = result_text(r, 0, 0);
	return 0;
}

static int store(struct session *s, struct keyring *k, struct arena *a, struct str workspace_id,
	const struct connection *c, struct str *ret_id, struct err *e)
{
	struct db_param row[] = {db_str(workspace_id), db_str(c->provider), db_str(c->dataset),
		db_str(c->base_url)};
	struct result *r;

	if (session_exec(s, a,
		    "insert into mls.mls_connections as c (workspace_id, provider, dataset_id, base_url) "
		    "values ($1, $2, $3, coalesce($4, 'https://api.bridgedataoutput.com/api/v2/OData')) "
		    "on conflict (workspace_id, provider) do update set dataset_id = excluded.dataset_id, "
		    "base_url = case when $4 is null then c.base_url else excluded.base_url end, "
		    "status = case when c.status in ('error', 'paused') then 'pending' else c.status end, "
		    "last_sync_cursor = case when c.dataset_id = excluded.dataset_id "
		    "and ($4 is null or c.base_url = excluded.base_url) then c.last_sync_cursor end "
		    "returning id",
		    4, row, &r, e))
		return e->code;
	*ret_id = result_text(r, 0, 0);
	/* The row's id is part of what the envelope is sealed for, so the token comes second. */
	struct secret_place place = {STR("mls.mls_connections"), *ret_id, STR("token_ciphertext")};
	struct db_param token[] = {db_str(workspace_id), db_str(*ret_id),
		db_str(secret_seal(a, k, place, c->token))};
	return session_exec(s, a,
		"update mls.mls_connections set token_ciphertext = $3 where workspace_id = $1 and id = $2",
		3, token, NULL, e);
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
