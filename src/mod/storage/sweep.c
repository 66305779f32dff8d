#include "mod/storage/sweep.h"

#include <stdlib.h>

#include "app/worker.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/storage/engine.h"

#define LISTED 500 /* files that are told to PostgreSQL at once */
#define GARBAGE_AT_ONCE 200
#define MISSING_SHOWN "20"

/* --- garbage -------------------------------------------------------------------------------------- */

static int remove_row(struct storage_engine *g, struct arena *a, const struct result *r, int row,
	struct err *e)
{
	struct storage_place place = {result_text(r, row, 1), result_text(r, row, 2)};
	struct err bad = {.arena = a};
	struct str key;

	if (result_bool(r, row, 3))
		return 0; /* a row names them again */
	if (storage_place_key(a, &place, &key, &bad))
		return 0; /* never were bytes of ours */
	return storage_remove(g, a, &place, e);
}

static struct batch *worker_batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

/* *ret_n: how many; 0 when there are none left. */
static int remove_some(struct db *db, struct storage_engine *g, struct arena *a, int *ret_n,
	struct err *e)
{
	struct batch *b = worker_batch(a), *done = worker_batch(a);
	struct buf ids;
	int code = 0;

	batch_add(b,
		"select g.id, g.workspace_id, g.version, exists (select from storage.objects o where o.version = g.version"
		" and o.workspace_id is not distinct from g.workspace_id)"
		" from storage.garbage g order by g.id limit $1",
		1, (struct db_param[]){db_i64(a, GARBAGE_AT_ONCE)});
	if (db_run(db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	*ret_n = result_rows(r);
	if (!*ret_n)
		return 0;
	buf_init(&ids, 0);
	for (int row = 0; row < *ret_n && !code; row++) {
		code = remove_row(g, a, r, row, e);
		buf_printf(&ids, "%s" STR_FMT, row ? "," : "{", STR_ARG(result_text(r, row, 0)));
	}
	buf_char(&ids, '}');
	batch_add(done, "delete from storage.garbage where id = any ($1::bigint[])", 1,
		(struct db_param[]){db_str(buf_view(&ids))});
	if (!code)
		code = db_run(db, done, e);
	buf_done(&ids);
	return code;
}

int storage_sweep_garbage(struct db *db, struct storage_engine *g, int64_t *ret_n, struct err *e)
{
	int n = 1, code = 0;

	*ret_n = 0;
	while (n && !code) {
		struct arena *a = arena_new();
		struct err own = {.arena = a};
		code = remove_some(db, g, a, &n, &own);
		if (code)
			err_set(e, (enum err_code)code, "%s", own.msg);
		arena_free(a);
		*ret_n += n;
	}
	return code;
}

/* --- what is there ---------------------------------------------------------------------------------- */

struct sweeping {
	struct session *session;
	struct storage_engine *engine;
	struct storage_swept swept;
	struct buf json;
	struct jsonw w;
	int n;
};

static int flush(struct sweeping *s, struct err *e)
{
	struct arena *a = arena_new();
	int code = 0;

	if (s->n) {
		jsonw_end(&s->w);
		code = session_exec(s->session, a,
			"insert into pg_temp.seen select * from jsonb_to_recordset($1::jsonb)"
			" as x (workspace_id uuid, version text, is_part boolean, size bigint, changed_us bigint)",
			1, (struct db_param[]){db_str(buf_view(&s->json))}, NULL, e);
	}
	s->n = 0;
	arena_free(a);
	return code;
}

static int on_entry(const struct storage_entry *entry, void *arg, struct err *e)
{
	struct sweeping *s = arg;

	if (!s->n++) {
		buf_clear(&s->json);
		s->w = jsonw_to(&s->json);
		jsonw_arr(&s->w);
	}
	jsonw_obj(&s->w);
	jsonw_key(&s->w, "workspace_id"), jsonw_str(&s->w, entry->place.workspace_id);
	jsonw_key(&s->w, "version"), jsonw_str(&s->w, entry->place.version);
	jsonw_key(&s->w, "is_part"), jsonw_bool(&s->w, entry->is_part);
	jsonw_key(&s->w, "size"), jsonw_i64(&s->w, entry->size);
	jsonw_key(&s->w, "changed_us"), jsonw_i64(&s->w, entry->changed_us);
	jsonw_end(&s->w);
	s->swept.files++;
	s->swept.bytes += entry->size;
	return s->n == LISTED ? flush(s, e) : 0;
}

/* --- compared --------------------------------------------------------------------------------------- */

static int remove_orphans(struct sweeping *s, struct arena *a, int64_t min_age_s, struct err *e)
{
	struct result *r;
	int code = session_exec(s->session, a,
		"select s.workspace_id, s.version, s.is_part, s.size from pg_temp.seen s"
		" where s.changed_us <= (extract(epoch from clock_timestamp()) - $1::bigint) * 1000000"
		" and (s.is_part or not exists (select from storage.objects o where o.version = s.version"
		"   and o.workspace_id is not distinct from s.workspace_id))"
		" and not exists (select from storage.tus_uploads t where t.version = s.version)"
		" and not exists (select from storage.s3_multipart_uploads m where m.version = s.version)",
		1, (struct db_param[]){db_i64(a, min_age_s)}, &r, e);

	for (int row = 0; !code && row < result_rows(r); row++) {
		struct storage_entry entry = {.place = {result_text(r, row, 0),
						      result_text(r, row, 1)},
			.is_part = result_bool(r, row, 2),
			.size = result_i64(r, row, 3)};
		code = storage_remove_entry(s->engine, a, &entry, e);
		s->swept.orphans++;
		s->swept.orphan_bytes += entry.size;
	}
	return code;
}

/* Rows that were there before the files were looked at. */
static int report_missing(struct sweeping *s, struct arena *a, struct str since, struct err *e)
{
	struct result *r;
	int code = session_exec(s->session, a,
		"select o.bucket_id, o.name, count(*) over () from storage.objects o"
		" where o.version is not null and o.updated_at < $1::timestamptz and not exists"
		"  (select from pg_temp.seen s where s.version = o.version and not s.is_part"
		"   and s.workspace_id is not distinct from o.workspace_id)"
		" order by o.bucket_id, o.name limit " MISSING_SHOWN,
		1, (struct db_param[]){db_str(since)}, &r, e);

	for (int row = 0; !code && row < result_rows(r); row++) {
		s->swept.missing = result_i64(r, row, 2);
		log_warn("storage.no_bytes", LOG_STR("bucket", result_text(r, row, 0)),
			LOG_STR("object", result_text(r, row, 1)));
	}
	return code;
}

static int sweep(struct sweeping *s, struct arena *a, int64_t min_age_s, struct err *e)
{
	struct result *since;
	int code = session_exec(s->session, a,
		"create temporary table seen (workspace_id uuid, version text, is_part boolean, size bigint,"
		" changed_us bigint)",
		0, NULL, NULL, e);

	if (!code)
		code = session_exec(s->session, a, "select clock_timestamp()", 0, NULL, &since, e);
	if (!code)
		code = storage_list(s->engine, on_entry, s, e);
	if (!code)
		code = flush(s, e);
	if (!code)
		code = session_exec(s->session, a, "create index on pg_temp.seen (version)", 0,
			NULL, NULL, e);
	if (!code)
		code = remove_orphans(s, a, min_age_s, e);
	return code ? code : report_missing(s, a, result_text(since, 0, 0), e);
}

int storage_sweep(struct db *db, struct storage_engine *g, int64_t min_age_s,
	struct storage_swept *ret_swept, struct err *e)
{
	struct sweeping s = {.engine = g, .session = worker_session(db, e)};
	struct arena *a = arena_new();

	buf_init(&s.json, 0);
	int code = s.session ? sweep(&s, a, min_age_s, e) : e->code;
	session_close(s.session);
	buf_done(&s.json);
	arena_free(a);
	*ret_swept = s.swept;
	return code;
}
