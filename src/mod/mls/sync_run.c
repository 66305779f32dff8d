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

#define STATS_MAX 4096
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
	} list[] = {{"fetched", s->fetched}, {"upserted", s->upserted}, {"indexed", s->indexed},
		{"errors", s->errors}, {"duration_ms", s->duration_ms}, {"inserted", s->inserted},
		{"unchanged", s->unchanged}, {"corrected", s->corrected}, {"media", s->media},
		{"pages", s->pages}, {"revived", s->revived}, {"vanished", s->vanished},
		{"refetched", s->refetched}, {"skipped_large", s->skipped_large}};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		jsonw_key(&w, list[i].key);
		jsonw_i64(&w, list[i].value);
	}
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* {"phase": "...", "done": n, "total": n or null, "note": "..."} */
static struct str progress_text(const struct sync *y, struct arena *a, const char *phase,
	int64_t done, int64_t total)
{
	char hash[HASH_128_HEX_SIZE];
	struct buf b;

	buf_init(&b, 4 * STATS_MAX);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "phase");
	jsonw_str(&w, str_of(phase));
	jsonw_key(&w, "done");
	jsonw_i64(&w, done);
	jsonw_key(&w, "total");
	if (total >= 0)
		jsonw_i64(&w, total);
	else
		jsonw_null(&w);
	if (y->scope && y->scope->task_id.p) {
		jsonw_key(&w, "scope");
		jsonw_str(&w, y->scope->name);
	}
	if (y->sweep_next.p) {
		jsonw_key(&w, "sweep_scope");
		jsonw_str(&w, y->scope->key);
		jsonw_key(&w, "sweep_hash");
		jsonw_cstr(&w, hash_128_hex(hash, y->scope->hash));
		jsonw_key(&w, "sweep_filter");
		jsonw_i64(&w, y->sweep_filter);
		jsonw_key(&w, "sweep_next");
		jsonw_str(&w, y->sweep_next);
	}
	if (y->note.p) {
		jsonw_key(&w, "note");
		jsonw_str(&w, y->note);
	}
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* A run that was killed says running for ever; whoever holds the lock knows that nobody is at it. Those that wait for a worker are not
 * meant. */
static int close_interrupted(struct sync *y, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->connection_id),
		db_str(y->o->run_id)};

	return session_exec(y->s, y->arena,
		"update mls.sync_runs set status = 'error', finished_at = now(), "
		"error = 'interrupted: the process ended before the run did; the next run goes on from the last committed page' "
		"where workspace_id = $1 and mls_connection_id is not distinct from $2 and status = 'running' "
		"and id is distinct from $3 and progress ->> 'phase' is distinct from 'queued' and kind <> 'remap'",
		3, params, NULL, e);
}

static int try_lock(struct sync *y, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->connection_id)};
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

static const char insert_sql[] =
	"insert into mls.sync_runs (workspace_id, mls_connection_id, import_task_id, kind, progress) "
	"values ($1, $2, $3, $4, '{\"phase\": \"opening\", \"done\": 0, \"total\": null}') returning id";

static const char take_sql[] =
	"update mls.sync_runs set started_at = now(), progress = '{\"phase\": \"opening\", \"done\": 0, \"total\": null}' "
	"where workspace_id = $1 and id = $2 and mls_connection_id is not distinct from $3 and status = 'running' returning id";

static const char *kind_name(const struct sync *y)
{
	if (!y->connection_id.p)
		return "import";
	return y->o->kind == SYNC_RECONCILE ? "reconcile" : "sync";
}

static int tell(struct sync *y, struct arena *a, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->run_id)};

	return session_exec(y->s, a,
		"select pg_notify('plat_sync_runs', jsonb_build_object('workspace_id', $1::text, 'id', $2::text)::text)",
		2, params, NULL, e);
}

static int make_row(struct sync *y, struct err *e)
{
	struct db_param made[] = {db_str(y->o->workspace_id), db_str(y->connection_id),
		db_str(y->o->task_id), db_text(kind_name(y))};
	struct db_param taken[] = {db_str(y->o->workspace_id), db_str(y->o->run_id),
		db_str(y->connection_id)};
	struct result *r;

	if (y->o->run_id.p ? session_exec(y->s, y->arena, take_sql, 3, taken, &r, e)
			   : session_exec(y->s, y->arena, insert_sql, 4, made, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_CONFLICT, "this run has ended already");
	y->run_id = result_text(r, 0, 0);
	return tell(y, y->arena, e);
}

int sync_run_begin(struct sync *y, struct err *e)
{
	if (take_lock(y, e) || close_interrupted(y, e))
		return e->code;
	return make_row(y, e);
}

/* What others have said of the run meanwhile. */
static int judge(struct sync *y, const struct result *r, struct err *e)
{
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "the run's row was deleted while it was at work");
	struct str status = result_text(r, 0, 1);
	if (y->connection_id.p && !status.p)
		return err_set(e, E_ABSENT,
			"the connection was deleted while the run was at work; what was committed stays");
	if (result_bool(r, 0, 0))
		y->stop =
			"cancelled as asked for; the next run goes on from the last committed page";
	else if (str_eq(status, STR("paused")))
		y->stop =
			"the connection was paused; the next run goes on from the last committed page";
	return 0;
}

static int write_row(struct sync *y, struct arena *a, struct str progress, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->run_id),
		db_str(stats_text(y, a)), db_str(progress), db_str(y->connection_id)};
	struct result *r;

	if (session_exec(y->s, a,
		    "update mls.sync_runs r set stats = $3, progress = $4 where r.workspace_id = $1 and r.id = $2 "
		    "returning r.cancel_requested, (select c.status from mls.mls_connections c where c.workspace_id = $1 and c.id = $5::uuid)",
		    5, params, &r, e) ||
		judge(y, r, e))
		return e->code;
	return tell(y, a, e);
}

int sync_run_page(struct sync *y, struct arena *a, struct err *e)
{
	struct sync_stats *s = &y->stats;

	if (write_row(y, a, progress_text(y, a, y->phase, s->fetched, s->total), e))
		return e->code;
	if (!y->scope || y->is_refetching)
		return 0;
	return scope_move(y->s, a, y->source, y->scope, sync_scope_cursor(y, a), e);
}

int sync_run_say(struct sync *y, const char *phase, int64_t done, int64_t total, struct err *e)
{
	struct arena *a = arena_new();

	y->phase = phase;
	int code = write_row(y, a, progress_text(y, a, phase, done, total), e);
	arena_free(a);
	return code;
}

int sync_run_stopped(const struct sync *y, struct err *e)
{
	return y->stop ? err_set(e, E_CANCEL, "%s", y->stop) : 0;
}

/* The lock goes in the moment in which the row ends: who waits for the one may have the other. Whoever gets it before this statement is
 * committed waits for the row, and then sees that it has ended. */
static const char end_sql[] =
	"with ended as (update mls.sync_runs set status = $3, stats = $4, error = $5, progress = $6, finished_at = now() "
	"where workspace_id = $1 and id = $2 and status = 'running' returning id) "
	"select pg_notify('plat_sync_runs', jsonb_build_object('workspace_id', $1::uuid, 'id', $2::uuid)::text), "
	"case when $7::boolean then pg_advisory_unlock(hashtext($1::text), hashtext(coalesce($8, 'file'))) end "
	"from (select count(*) from ended) e";

int sync_run_end(struct sync *y, const struct err *failure, struct err *e)
{
	struct str progress = progress_text(y, y->arena, failure ? "failed" : "done",
		y->stats.fetched, y->stats.total);
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->run_id),
		db_text(failure ? "error" : "success"), db_str(stats_text(y, y->arena)),
		failure ? db_text(failure->msg) : db_null(), db_str(progress),
		db_bool(y->lock_held), db_str(y->connection_id)};

	if (!y->run_id.p)
		return 0;
	if (session_exec(y->s, y->arena, "set synchronous_commit = on", 0, NULL, NULL, e) ||
		sync_breaker_note(y, failure, e))
		return e->code;
	return session_exec(y->s, y->arena, end_sql, 8, params, NULL, e);
}
