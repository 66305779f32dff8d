/* Some rows: locked, read, typed and written in one transaction. */
#include "mod/mls/remap_local.h"

#include "base/arena.h"
#include "base/enc.h"
#include "base/json.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/corrections.h"
#include "model/array.h"

/* Rows are taken as long as their payloads, compressed, stay below this: they are all in memory once. */
#define ROWS "500"
#define BYTES "2000000"

/* Listings that people made have no payload, and no hash of one. Locked first and read in a statement of their own: a statement that locks reads what was there when it began. Rows that
 * somebody else has locked come in a later pass, so nobody waits for another. */
static const char lock_sql[] =
	"with locked as materialized (select l.id, pg_column_size(l.raw) as size from mls.listings l "
	"left join unnest($3::uuid[], $4::bytea[]) w (task_id, hash) on w.task_id = l.import_task_id "
	"where l.workspace_id = $1 and l.source_provider = $2 and l.content_hash is not null and ($6::uuid is null or l.id > $6) "
	"and l.mapping_hash is distinct from coalesce(w.hash, $5::bytea) order by l.id limit " ROWS
	" for no key update of l skip locked) "
	"select s.id from (select k.id, sum(k.size) over (order by k.id) - k.size as before from locked k) s where s.before < " BYTES
	" order by s.id";

static const char read_sql[] =
	"select l.id, l.import_task_id, l.media_hash, l.raw from mls.listings l where l.workspace_id = $1 and l.id = any ($2::uuid[]) "
	"order by l.id";

static int lock_rows(struct remap *m, struct arena *a, struct str *ret_ids, int *ret_n,
	struct err *e)
{
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(m->o->provider),
		db_str(m->task_ids), db_str(m->task_hashes), db_str(remap_hash(a, m->active)),
		db_str(m->after)};
	struct result *r;

	if (session_exec(m->s, a, lock_sql, 6, params, &r, e))
		return e->code;
	*ret_n = result_rows(r);
	struct str *ids = arena_array(a, (size_t)*ret_n, sizeof *ids);
	for (int i = 0; i < *ret_n; i++)
		ids[i] = result_text(r, i, 0);
	*ret_ids = model_array_join(a, (size_t)*ret_n, ids);
	return 0;
}

static const struct mapping *mapping_for(const struct remap *m, struct str task_id)
{
	for (size_t i = 0; task_id.p && i < m->tasks_n; i++)
		if (str_eq(m->tasks[i].id, task_id))
			return m->tasks[i].mapping;
	return m->active;
}

static bool is_same_media(struct arena *a, struct str known, const struct listing_row *row)
{
	char hex[HASH_128_HEX_SIZE];

	return str_eq(known, STR_JOIN(a, STR("\\x"), str_of(hash_128_hex(hex, row->media_hash))));
}

static int type_row(struct remap *m, struct arena *a, const struct result *r, int i,
	struct remap_lines *lines, struct err *e)
{
	struct str id = result_text(r, i, 0);
	const struct json *payload = json_parse(a, result_text(r, i, 3), e);
	struct listing_row row;

	if (!payload)
		return err_prefix(e, "the payload of listing " STR_FMT, STR_ARG(id));
	mapping_apply(mapping_for(m, result_text(r, i, 1)), a, payload, &row);
	corrections_add(m->corrections, &row);
	m->stats.corrected += row.problems_n;
	if (row.has_media && is_same_media(a, result_text(r, i, 2), &row))
		row.has_media = false;
	mapping_copy_text(&lines->listings, id);
	buf_char(&lines->listings, '\t');
	mapping_copy_typed(&lines->listings, &row);
	lines->n++;
	if (!row.has_media)
		return 0;
	struct str lead = STR_JOIN(a, id, STR("\t"));
	mapping_copy_media_under(&lines->media, lead, &row);
	lines->n_media += (int64_t)row.media_n;
	return 0;
}

static int type_rows(struct remap *m, struct arena *a, struct str ids, struct remap_lines *lines,
	struct err *e)
{
	struct db_param params[] = {db_str(m->o->workspace_id), db_str(ids)};
	struct result *r;
	int code = session_exec(m->s, a, read_sql, 2, params, &r, e);

	for (int i = 0; !code && i < result_rows(r); i++)
		code = type_row(m, a, r, i, lines, e);
	if (!code && result_rows(r))
		m->after = str_copy(m->arena, result_text(r, result_rows(r) - 1, 0));
	return code;
}

static int work(struct remap *m, struct arena *a, struct remap_lines *lines, int64_t *ret_n,
	struct err *e)
{
	struct str ids;
	int n = 0, code = session_begin(m->s, e);

	if (!code)
		code = lock_rows(m, a, &ids, &n, e);
	if (code || !n)
		return code ? code : session_commit(m->s, e);
	*ret_n = n;
	code = type_rows(m, a, ids, lines, e);
	if (!code)
		code = remap_write(m, a, lines, e);
	m->stats.done += lines->n;
	if (!code)
		code = corrections_save(m->corrections, m->s, a, m->o->workspace_id, m->run_id, e);
	if (!code)
		code = remap_note(m, a, e);
	if (!code)
		code = session_commit(m->s, e);
	if (!code)
		corrections_keep(m->corrections);
	return code;
}

int remap_batch(struct remap *m, int64_t *ret_n, struct err *e)
{
	struct arena *a = arena_new();
	struct remap_lines lines = {0};
	struct remap_stats before = m->stats;

	*ret_n = 0;
	buf_init(&lines.listings, 0);
	buf_init(&lines.media, 0);
	int code = work(m, a, &lines, ret_n, e);
	if (code) /* rolled back: nothing of this batch counts */
		m->stats = before;
	buf_done(&lines.media);
	buf_done(&lines.listings);
	arena_free(a);
	return code;
}
