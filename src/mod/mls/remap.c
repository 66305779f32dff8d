#include "mod/mls/remap.h"

#include "app/job.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "mod/mls/corrections.h"
#include "mod/mls/remap_local.h"

#define PAUSE_MS 200
#define PASSES_MAX 50 /* without a row done: whoever writes them takes long */

/* From the first row to the last one that can be had. */
static int pass(struct remap *m, int64_t *ret_done, struct err *e)
{
	int64_t n;

	m->after = STR_NULL;
	*ret_done = 0;
	do {
		if (remap_batch(m, &n, e))
			return e->code;
		*ret_done += n;
		if (n && m->o->on_batch)
			m->o->on_batch(&m->stats, m->o->arg);
	} while (n);
	return 0;
}

static int all(struct remap *m, struct err *e)
{
	int64_t done;

	if (remap_count(m, m->arena, &m->stats.total, e))
		return e->code;
	for (int idle = 0; idle < PASSES_MAX;) {
		if (pass(m, &done, e) || remap_count(m, m->arena, &m->stats.left, e))
			return e->code;
		if (!m->stats.left)
			return 0;
		idle = done ? 0 : idle + 1;
		if (fiber_sleep_ms(PAUSE_MS))
			return err_set(e, E_CANCEL, "stopped");
	}
	return 0;
}

/* The run's row gets the outcome whatever it is; when not even that can be written, the first reason is what is told. */
static int finish(struct remap *m, int code, struct remap_stats *ret_stats, struct err *e)
{
	struct err second = {.arena = e->arena};

	if (code) { /* the batch's transaction, or the whole session, may be broken */
		session_close(m->s);
		m->s = fiber_is_cancelled() ? NULL : worker_session(m->o->db, &second);
	}
	m->stats.duration_ms = (mono_us() - m->began_us) / 1000;
	if (m->s && m->run_id.p && remap_end(m, code ? e : NULL, &second) && !code)
		code = err_set(e, second.code, "%s", second.msg);
	session_close(m->s);
	log_info("remap.done", LOG_STR("workspace_id", m->o->workspace_id),
		LOG_STR("provider", m->o->provider), LOG_INT("done", m->stats.done),
		LOG_INT("changed", m->stats.changed), LOG_INT("left", m->stats.left),
		LOG_INT("duration_ms", m->stats.duration_ms), LOG_BOOL("ok", !code));
	*ret_stats = m->stats;
	arena_free(m->arena);
	return code;
}

int remap_run(const struct remap_options *o, struct remap_stats *ret_stats, struct err *e)
{
	struct remap m = {.o = o, .arena = arena_new(), .began_us = mono_us()};

	m.corrections = corrections_new(m.arena);
	m.s = worker_session(o->db, e);
	int code = m.s ? 0 : e->code;
	if (!code)
		code = remap_begin(&m, e);
	if (!code)
		code = remap_prepare(&m, e);
	if (!code)
		code = all(&m, e);
	return finish(&m, code, ret_stats, e);
}

static int want_all(struct job *j, struct err *e)
{
	struct session *s = worker_session(j->db, e);
	int code = !s
		? e->code
		: session_exec(s, j->arena,
			  "select mls.want_remap(f.workspace_id, f.provider) from mls.field_mappings f where f.is_active",
			  0, NULL, NULL, e);

	session_close(s);
	return code;
}

int remap_job(struct job *j, struct err *e)
{
	struct remap_options o = {.db = j->db, .workspace_id = j->workspace_id};
	struct remap_stats stats;

	if (!j->workspace_id.p)
		return want_all(j, e);
	if (!json_to_str(json_get(j->payload, "provider"), &o.provider))
		return err_set(e, E_INPUT, "mls.remap of a workspace says {\"provider\": ...}");
	return remap_run(&o, &stats, e);
}
