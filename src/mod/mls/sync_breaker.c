/* What a run means for its connection: it works, its token is refused, or its feed fails so often that it is left alone for a while. */
#include "mod/mls/sync_local.h"

#include "db/session.h"

/* Ours, PostgreSQL's, or somebody's wish: nothing that the feed has to answer for. */
static bool is_the_feeds(const struct sync *y, const struct err *failure)
{
	int code = failure->code;

	if (code == E_CANCEL)
		return false;
	return code == E_UPSTREAM || code == E_TIMEOUT || code == E_RATE || code == E_LOGIN ||
		code == E_RIGHT || y->status != 0;
}

/* A sweep that was not believed is no failure of the feed, but people want to see why nothing is taken down any more; the next sweep that
 * is believed ends it, not every sync in between. */
int sync_breaker_note(struct sync *y, const struct err *failure, struct err *e)
{
	bool refused =
		failure && (y->status == 401 || y->status == 403 || failure->code == E_LOGIN);
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->connection_id),
		failure ? db_text(failure->msg) : db_null(), db_bool(refused)};
	struct db_param kind[] = {params[0], params[1], db_bool(y->o->kind == SYNC_RECONCILE)};

	if (!y->connection_id.p || !y->source)
		return 0;
	if (failure && y->is_guarded)
		return session_exec(y->s, y->arena,
			"update mls.mls_connections set status_reason = left($3, 2000) where workspace_id = $1 and id = $2",
			3, params, NULL, e);
	if (!failure)
		return session_exec(y->s, y->arena,
			"update mls.mls_connections set failures = 0, held_until = null, status_reason = null, "
			"status = case status when 'paused' then status else 'active' end "
			"where workspace_id = $1 and id = $2 and (failures > 0 or held_until is not null "
			"or (status_reason is not null and $3::boolean) or status not in ('active', 'paused'))",
			3, kind, NULL, e);
	if (!is_the_feeds(y, failure))
		return 0;
	return session_exec(y->s, y->arena,
		"update mls.mls_connections set failures = failures + 1, status_reason = left($3, 2000), "
		"held_until = now() + least(interval '6 hours', interval '5 minutes' * 2 ^ least(failures, 7)), "
		"status = case when $4::boolean and status <> 'paused' then 'error' else status end "
		"where workspace_id = $1 and id = $2",
		4, params, NULL, e);
}
