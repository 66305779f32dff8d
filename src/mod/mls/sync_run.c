#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "model/mls/sync_run.h"

#define STATS_MAX 4096
#define CURSOR_MAX 16384
#define LOCK_WAIT_MS 3000
#define LOCK_POLL_MS 100

static struct str stats_text(struct sync *y, struct arena *a)
{
	struct sync_stats *s = &y->stats;
	struct buf b;

	s->duration_ms = (mono_us() - y->began_us) / 1000;
	buf_init(&b, STATS_MAX);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	const struct {
		const char *key;
		int64_t value;
	} list[] = {{"fetched", s->fetched}, {"upserted", s->upserted},
		{"indexed",
			s->upserted}, /* the search index is the table: nothing else has to follow */
		{"errors", s->errors}, {"duration_ms", s->duration_ms}, {"inserted", s->inserted},
		{"unchanged", s->unchanged}, {"corrected", s->corrected}, {"media", s->media},
		{"pages", s->pages}};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		jsonw_key(&w, list[i].key);
		jsonw_i64(&w, list[i].value);
	}
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static struct str cursor_text(const struct sync *y, struct arena *a)
{
	struct buf b;

	buf_init(&b, CURSOR_MAX);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	if (y->cursor.seen.p) {
		jsonw_key(&w, "seen");
		jsonw_str(&w, y->cursor.seen);
	}
	if (y->cursor.next.p) {
		jsonw_key(&w, "next");
		jsonw_str(&w, y->cursor.next);
	}
	jsonw_key(&w, "complete");
	jsonw_bool(&w, y->cursor.complete);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* A run that was killed says running for ever; whoever holds the lock knows that nobody is at it. */
static int close_interrupted(struct sync *y, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->source.connection_id)};

	return session_exec(y->s, y->arena,
		"update mls.sync_runs set status = 'error', finished_at = now(), "
		"error = 'interrupted: the process ended before the run did; the next run goes on from the last committed page' "
		"where workspace_id = $1 and mls_connection_id is not distinct from $2 and status = 'running'",
		2, params, NULL, e);
}

static int try_lock(struct sync *y, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->source.connection_id)};
	struct result *r;

	if (session_exec(y->s, y->arena,
		    "select pg_try_advisory_lock(hashtext($1), hashtext(coalesce($2, 'file'))) as is_ours",
		    2, params, &r, e))
		return e->code;
	y->lock_held = result_bool(r, 0, result_col(r, "is_ours"));
	return 0;
}

/* The lock goes with the session. PostgreSQL notices only now and then, in the middle of a statement, that the process behind a
 * session was killed, so it is told to look, and a run that begins right after the kill waits a little. */
static int take_lock(struct sync *y, struct err *e)
{
	if (session_exec(y->s, y->arena, "set client_connection_check_interval = '500ms'", 0, NULL,
		    NULL, e))
		return e->code;
	for (int waited = 0; !y->lock_held; waited += LOCK_POLL_MS) {
		if (try_lock(y, e))
			return e->code;
		if (!y->lock_held && waited >= LOCK_WAIT_MS)
			return err_set(e, E_CONFLICT,
				"another process is syncing this connection at the moment");
		if (!y->lock_held && fiber_sleep_ms(LOCK_POLL_MS))
			return err_set(e, E_CANCEL, "stopped");
	}
	return 0;
}

int sync_run_begin(struct sync *y, struct err *e)
{
	struct mls_sync_run run = {.workspace_id = y->o->workspace_id,
		.mls_connection_id = y->source.connection_id,
		.status = STR("running")};

	if (take_lock(y, e) || close_interrupted(y, e) ||
		mls_sync_run_insert(y->s, y->arena, &run, e))
		return e->code;
	y->run_id = run.id;
	return 0;
}

int sync_run_page(struct sync *y, struct arena *a, struct err *e)
{
	struct mls_sync_run run = {.workspace_id = y->o->workspace_id,
		.id = y->run_id,
		.stats = stats_text(y, a)};
	struct db_param cursor[] = {db_str(y->o->workspace_id), db_str(y->source.connection_id),
		db_str(cursor_text(y, a))};

	if (mls_sync_run_update(y->s, a, &run, MODEL_COLUMNS(MLS_SYNC_RUN_STATS), e))
		return e->code;
	if (!y->source.connection_id.p)
		return 0;
	return session_exec(y->s, a,
		"update mls.mls_connections set last_sync_cursor = $3, last_synced_at = now() where workspace_id = $1 and id = $2",
		3, cursor, NULL, e);
}

/* The connection works, or its token does not; other failures pass and say nothing about it. */
static int set_connection_status(struct sync *y, const struct err *failure, int status,
	struct err *e)
{
	bool refused = failure && (status == 401 || status == 403);
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->source.connection_id),
		db_text(refused ? "error" : "active")};

	if (!y->source.connection_id.p || (failure && !refused))
		return 0;
	return session_exec(y->s, y->arena,
		"update mls.mls_connections set status = $3 where workspace_id = $1 and id = $2 and status not in ($3, 'paused')",
		3, params, NULL, e);
}

int sync_run_end(struct sync *y, const struct err *failure, int status, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->run_id),
		db_text(failure ? "error" : "success"), db_str(stats_text(y, y->arena)),
		failure ? db_text(failure->msg) : db_null()};

	if (!y->run_id.p)
		return 0;
	if (session_exec(y->s, y->arena, "set synchronous_commit = on", 0, NULL, NULL, e) ||
		session_exec(y->s, y->arena,
			"update mls.sync_runs set status = $3, stats = $4, error = $5, finished_at = now() "
			"where workspace_id = $1 and id = $2",
			5, params, NULL, e) ||
		set_connection_status(y, failure, status, e))
		return e->code;
	return 0;
}
