#include "mod/mls/sync.h"

#include "mod/mls/sync_local.h"

#include "app/worker.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "mod/mls/corrections.h"

/* After a failure the page's transaction is rolled back; where the session itself is broken, and the lock with it, another one writes
 * the end. */
static struct session *usable_session(struct sync *y, struct err *e)
{
	if (y->s && !session_rollback(y->s, NULL) &&
		!session_exec(y->s, y->arena, "select 1", 0, NULL, NULL, NULL))
		return y->s;
	session_close(y->s);
	y->lock_held = false;
	return fiber_is_cancelled() ? NULL : worker_session(y->o->db, e);
}

/* The run's row gets the outcome whatever it is; when not even that can be written, the first reason is what is told. */
static int finish(struct sync *y, int code, struct sync_stats *ret_stats, struct err *e)
{
	struct err second = {.arena = e->arena};
	struct session *s = y->s;

	if (code)
		s = usable_session(y, &second);
	y->s = s;
	if (s && sync_run_end(y, code ? e : NULL, &second) && !code)
		code = err_set(e, second.code, "%s", second.msg);
	session_close(s);
	if (y->source)
		source_save(y->source);
	log_info("sync.done", LOG_STR("workspace_id", y->o->workspace_id),
		LOG_INT("fetched", y->stats.fetched), LOG_INT("upserted", y->stats.upserted),
		LOG_INT("errors", y->stats.errors), LOG_INT("duration_ms", y->stats.duration_ms),
		LOG_BOOL("ok", !code));
	*ret_stats = y->stats;
	arena_free(y->arena);
	return code;
}

static int begin(struct sync *y, const struct sync_options *o, struct err *e)
{
	*y = (struct sync){.o = o,
		.arena = arena_new(),
		.stats = {.total = -1},
		.total = -1,
		.phase = "loading",
		.began_us = mono_us()};
	y->corrections = corrections_new(y->arena);
	y->s = worker_session(o->db, e);
	return y->s ? 0 : e->code;
}

/* A person who asks does not wait for the circuit breaker. */
static int lift_hold(struct sync *y, struct str provider, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->o->connection_id),
		db_str(provider)};

	return session_exec(y->s, y->arena,
		"update mls.mls_connections set held_until = null where held_until is not null and workspace_id = $1 "
		"and ($2::uuid is null or id = $2::uuid) and ($3::text is null or provider = $3)",
		3, params, NULL, e);
}

static int open_source(struct sync *y, struct str provider, struct err *e)
{
	struct source_from from = {.db = y->o->db,
		.keyring = y->o->keyring,
		.http = y->o->http,
		.s = y->s,
		.workspace_id = y->o->workspace_id,
		.connection_id = y->o->connection_id,
		.provider = provider};

	if ((y->o->by_hand && lift_hold(y, provider, e)) ||
		source_open(y->arena, &from, &y->source, e))
		return e->code;
	y->connection_id = y->source->connection_id;
	y->provider = y->source->provider;
	y->dataset = y->source->dataset;
	return 0;
}

static int run_scope(struct sync *y, const struct scope *scope, struct err *e)
{
	if (sync_scope_begin(y, scope, e))
		return e->code;
	return y->o->kind == SYNC_RECONCILE ? sync_sweep_scope(y, e) : sync_pass_scope(y, e);
}

/* One scope whose filter the feed refuses, or whose sweep is not believed, does not keep the others from being read. */
static int run_scopes(struct sync *y, const struct scope_list *scopes, struct err *e)
{
	struct err first = {.arena = y->arena};
	bool is_guarded = false;

	for (size_t i = 0; i < scopes->n; i++) {
		struct err why = {.arena = y->arena};
		if (y->o->only_due && !scopes->row[i].is_due)
			continue;
		y->status = 0;
		y->is_guarded = false;
		if (!run_scope(y, &scopes->row[i], &why))
			continue;
		bool is_its_own = (y->status == 400 || y->is_guarded) && scopes->row[i].task_id.p;
		if (!is_its_own || scopes->n == 1)
			return err_set(e, why.code, "%s", why.msg);
		err_set(&first, why.code, "%s", why.msg);
		is_guarded = y->is_guarded;
	}
	y->is_guarded = is_guarded;
	return first.code ? err_set(e, first.code, "%s", first.msg) : 0;
}

static int run_feed(struct sync *y, struct err *e)
{
	struct scope_list scopes;

	if (sync_scope_mappings(y, e) || sync_load_prepare(y, e) ||
		scope_find(y->s, y->arena, y->source, y->o->task_id, &scopes, e))
		return e->code;
	return run_scopes(y, &scopes, e);
}

int sync_workspace(const struct sync_options *o, struct str provider, struct sync_stats *ret_stats,
	struct err *e)
{
	struct sync y;
	int code = begin(&y, o, e);

	if (!code)
		code = open_source(&y, provider, e);
	if (!code)
		code = sync_run_begin(&y, e);
	if (!code)
		code = run_feed(&y, e);
	return finish(&y, code, ret_stats, e);
}

int sync_import(const struct sync_options *o, const char *name, struct str text,
	struct str provider, struct sync_stats *ret_stats, struct err *e)
{
	struct sync y;
	int code = begin(&y, o, e);

	y.provider = provider.p ? provider : STR("bridge");
	if (!code)
		code = sync_run_begin(&y, e);
	if (!code)
		code = sync_scope_mappings(&y, e);
	if (!code)
		code = sync_load_prepare(&y, e);
	if (!code)
		code = sync_file_load(&y, text, e);
	if (code)
		err_prefix(e, "%s", name);
	return finish(&y, code, ret_stats, e);
}
