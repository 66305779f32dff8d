/* The lock, the mappings and the sync_runs row of a remap. */
#include "mod/mls/remap_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "model/array.h"

#define LOCK_WAIT_MS 3000
#define LOCK_POLL_MS 100

struct str remap_hash(struct arena *a, const struct mapping *m)
{
	char hex[HASH_128_HEX_SIZE];

	return STR_JOIN(a, STR("\\x"), str_of(hash_128_hex(hex, mapping_hash(m))));
}

/* The lock goes with the session; of a killed process PostgreSQL hears a little later. */
static int take_lock(struct remap *m, struct err *e)
{
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->o->provider)};
	struct result *r;

	if (session_exec(m->s, m->arena, "set client_connection_check_interval = '500ms'", 0, NULL,
		    NULL, e))
		return e->code;
	for (int waited = 0;; waited += LOCK_POLL_MS) {
		if (session_exec(m->s, m->arena,
			    "select pg_try_advisory_lock(hashtext('mls.remap ' || $1), hashtext($2))",
			    2, params, &r, e))
			return e->code;
		if (result_bool(r, 0, 0))
			return 0;
		if (waited >= LOCK_WAIT_MS)
			return err_set(e, E_CONFLICT,
				"another process is mapping these listings again at the moment");
		if (fiber_sleep_ms(LOCK_POLL_MS))
			return err_set(e, E_CANCEL, "stopped");
	}
}

static struct mapping *compile(struct remap *m, const struct result *r, int row, struct err *e)
{
	const struct json *document =
		json_parse(m->arena, result_text(r, row, result_col(r, "mapping")), e);
	struct mapping *ret = document ? mapping_new(m->arena, document, e) : NULL;

	if (!ret)
		err_prefix(e, "field mapping version " STR_FMT,
			STR_ARG(result_text(r, row, result_col(r, "version"))));
	return ret;
}

static int read_mappings(struct remap *m, const struct result *r, struct err *e)
{
	size_t n = (size_t)result_rows(r);
	struct str *ids = arena_array(m->arena, n, sizeof *ids),
		   *hashes = arena_array(m->arena, n, sizeof *hashes);

	m->tasks = arena_array(m->arena, n, sizeof *m->tasks);
	for (int i = 0; i < (int)n; i++) {
		struct str id = result_text(r, i, result_col(r, "task_id"));
		struct mapping *mapping = compile(m, r, i, e);
		if (!mapping)
			return e->code;
		if (!id.p) {
			m->active = mapping;
			continue;
		}
		ids[m->tasks_n] = id;
		hashes[m->tasks_n] = remap_hash(m->arena, mapping);
		m->tasks[m->tasks_n++] = (struct remap_task){id, mapping};
	}
	m->task_ids = model_array_join(m->arena, m->tasks_n, ids);
	m->task_hashes = model_array_join(m->arena, m->tasks_n, hashes);
	return m->active
		? 0
		: err_set(e, E_ABSENT, "this workspace has no active field mapping for " STR_FMT,
			  STR_ARG(m->o->provider));
}

static int load_mappings(struct remap *m, struct err *e)
{
	static const char sql[] =
		"select null as task_id, f.version, f.mapping from mls.field_mappings f "
		"where f.workspace_id = $1 and f.provider = $2 and f.is_active "
		"union all select t.id, f.version, f.mapping from mls.import_tasks t "
		"join mls.mls_connections c on c.workspace_id = t.workspace_id and c.id = t.mls_connection_id and c.provider = $2 "
		"join mls.field_mappings f on f.workspace_id = t.workspace_id and f.id = t.field_mapping_id where t.workspace_id = $1";
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->o->provider)};
	struct result *r;

	return session_exec(m->s, m->arena, sql, 2, params, &r, e) ? e->code
								   : read_mappings(m, r, e);
}

/* Whoever holds the lock knows that nobody is at what says running. */
static int make_run(struct remap *m, struct err *e)
{
	static const char close_sql[] =
		"update mls.sync_runs set status = 'error', error = 'interrupted: the process ended before the run did; the next one goes on' "
		"where workspace_id = $1 and kind = 'remap' and status = 'running' and progress ->> 'provider' = $2";
	static const char insert_sql[] =
		"insert into mls.sync_runs (workspace_id, mls_connection_id, kind, status, progress) "
		"select $1, (select c.id from mls.mls_connections c where c.workspace_id = $1 and c.provider = $2), 'remap', 'running', "
		"jsonb_build_object('phase', 'remap', 'provider', $2::text, 'done', 0, 'total', null) returning id";
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->o->provider)};
	struct result *r;

	if (session_exec(m->s, m->arena, close_sql, 2, params, NULL, e) ||
		session_exec(m->s, m->arena, insert_sql, 2, params, &r, e))
		return e->code;
	m->run_id = result_text(r, 0, 0);
	return 0;
}

int remap_begin(struct remap *m, struct err *e)
{
	if (take_lock(m, e) || make_run(m, e))
		return e->code;
	return load_mappings(m, e);
}

int remap_count(struct remap *m, struct arena *a, int64_t *ret_n, struct err *e)
{
	static const char sql[] =
		"select count(*) from mls.listings l left join unnest($3::uuid[], $4::bytea[]) w (task_id, hash) on w.task_id = l.import_task_id "
		"where l.workspace_id = $1 and l.source_provider = $2 and l.content_hash is not null "
		"and l.mapping_hash is distinct from coalesce(w.hash, $5::bytea)";
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->o->provider),
		db_str(m->task_ids), db_str(m->task_hashes), db_str(remap_hash(a, m->active))};
	struct result *r;

	if (session_exec(m->s, a, sql, 5, params, &r, e))
		return e->code;
	*ret_n = result_i64(r, 0, 0);
	return 0;
}

/* --- the row ---------------------------------------------------------------------------------------- */

static struct str stats_text(const struct remap *m, struct arena *a)
{
	const struct remap_stats *s = &m->stats;

	return str_printf(a,
		"{\"fetched\": %lld, \"upserted\": %lld, \"indexed\": %lld, \"errors\": 0, \"duration_ms\": %lld, \"inserted\": 0, "
		"\"unchanged\": %lld, \"corrected\": %lld, \"media\": %lld, \"left\": %lld}",
		(long long)s->done, (long long)s->changed, (long long)s->changed,
		(long long)((mono_us() - m->began_us) / 1000), (long long)(s->done - s->changed),
		(long long)s->corrected, (long long)s->media, (long long)s->left);
}

static struct str progress_text(const struct remap *m, struct arena *a)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "phase"), jsonw_cstr(&w, "remap");
	jsonw_key(&w, "provider"), jsonw_str(&w, m->o->provider);
	jsonw_key(&w, "done"), jsonw_i64(&w, m->stats.done);
	jsonw_key(&w, "total"), jsonw_i64(&w, m->stats.total);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

#define TELL \
	"select r.cancel_requested, pg_notify('plat_sync_runs', json_build_object('workspace_id', $1::uuid, 'id', $2::uuid)::text) from r"

int remap_note(struct remap *m, struct arena *a, struct err *e)
{
	static const struct stmt note = {"mls_remap_note",
		"with r as (update mls.sync_runs set stats = $3, progress = $4 where workspace_id = $1 and id = $2 "
		"returning cancel_requested) " TELL};
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->run_id),
		db_str(stats_text(m, a)), db_str(progress_text(m, a))};
	struct result *r;

	if (session_exec_prepared(m->s, a, &note, 4, params, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_CANCEL, "the run's row is gone");
	return result_bool(r, 0, 0) ? err_set(e, E_CANCEL, "stopped, as somebody asked for") : 0;
}

/* A sync that began with the mapping of before goes on with it: what it still writes is done again a little later. */
static int look_again(struct remap *m, struct err *e)
{
	static const char sql[] =
		"select plat.enqueue('mls.remap', jsonb_build_object('provider', $2::text), $1::uuid, $1::uuid || ' ' || $2 || ' later', "
		"now() + interval '2 minutes') where $3 or exists (select from mls.sync_runs r "
		"where r.workspace_id = $1 and r.status = 'running' and r.kind <> 'remap' and r.started_at > now() - interval '1 day')";
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->o->provider),
		db_bool(m->stats.left > 0)};

	return session_exec(m->s, m->arena, sql, 3, params, NULL, e);
}

int remap_end(struct remap *m, const struct err *failure, struct err *e)
{
	static const char sql[] =
		"with r as (update mls.sync_runs set status = $3, stats = $4, progress = $5, error = $6 "
		"where workspace_id = $1 and id = $2 and status = 'running' returning cancel_requested) " TELL;
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->run_id),
		db_text(failure ? "error" : "success"), db_str(stats_text(m, m->arena)),
		db_str(progress_text(m, m->arena)), failure ? db_text(failure->msg) : db_null()};

	if (session_exec(m->s, m->arena, "set synchronous_commit = on", 0, NULL, NULL, e) ||
		session_exec(m->s, m->arena, sql, 6, params, NULL, e))
		return e->code;
	return failure ? 0 : look_again(m, e);
}
