#include "mod/mls/sync_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/result.h"
#include "db/session.h"

#define SQL_MAX 65536
#define COPY_PIECE 65536 /* libpq copies what it is given: small pieces keep memory flat */

/* Columns in the order in which mapping_copy_columns[] encodes them; texts of ours, so they may become SQL. */
static void add_columns(struct buf *b)
{
	for (const char *const *column = mapping_copy_columns; *column; column++)
		buf_printf(b, "%s%s", column == mapping_copy_columns ? "" : ", ", *column);
}

/* A null media hash means that this payload says nothing about media: what was known stays. */
static void add_assignments(struct buf *b)
{
	for (const char *const *column = mapping_copy_columns; *column; column++) {
		const char *comma = column == mapping_copy_columns ? "" : ", ";
		if (strcmp(*column, "media_hash"))
			buf_printf(b, "%s%s = excluded.%s", comma, *column, *column);
		else
			buf_printf(b, "%smedia_hash = coalesce(excluded.media_hash, l.media_hash)",
				comma);
	}
}

static struct str taken(struct arena *a, struct buf *b)
{
	struct str text = str_copy(a, buf_view(b));

	buf_done(b);
	return text;
}

/* toast_tuple_target: a compressed payload stays in its row here, instead of being cut into chunks which the next statement
 * would have to fetch again. */
static const char *stage_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_cstr(&b,
		"create temp table stage_listings with (toast_tuple_target = 8160) on commit delete rows as select ");
	add_columns(&b);
	buf_cstr(&b,
		" from mls.listings with no data;\n"
		"create temp table stage_media on commit delete rows as select ''::text as source_listing_key, url, sort_order, "
		"caption, media_key, category, is_public from mls.listing_media with no data;\n"
		"create temp table stage_ids (source_listing_key text, listing_id uuid, is_new boolean, has_media boolean, is_active boolean) "
		"on commit delete rows;\n");
	return taken(a, &b).p;
}

static const char *copy_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_cstr(&b, "copy stage_listings (");
	add_columns(&b);
	buf_cstr(&b, ") from stdin");
	return taken(a, &b).p;
}

/* What an agent took down by hand stays down, whatever the feed says. A listing without a media hash keeps its media. With the stamp set here the
 * trigger that would set it is not called. */
static const char *upsert_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_cstr(&b,
		"with u as (insert into mls.listings as l (workspace_id, source_provider, source_dataset_id, import_task_id, ");
	add_columns(&b);
	buf_cstr(&b, ") select $1, $2, $3, $4::uuid, ");
	add_columns(&b);
	buf_cstr(&b,
		" from stage_listings on conflict (workspace_id, source_provider, source_listing_key) do update set "
		"source_dataset_id = excluded.source_dataset_id, import_task_id = coalesce(l.import_task_id, excluded.import_task_id), ");
	add_assignments(&b);
	buf_cstr(&b,
		", changed_xid = pg_current_xact_id(), is_active = (l.is_active or l.deactivated_reason <> 'manual'), "
		"deactivated_at = case when l.deactivated_reason = 'manual' then l.deactivated_at end, "
		"deactivated_reason = case when l.deactivated_reason = 'manual' then l.deactivated_reason end, "
		"missing_since = null "
		"returning source_listing_key, id, xmax = 0 as is_new, l.is_active) "
		"insert into stage_ids select u.source_listing_key, u.id, u.is_new, s.media_hash is not null, u.is_active "
		"from u join stage_listings s using (source_listing_key)");
	return taken(a, &b).p;
}

static const char delete_media_sql[] =
	"delete from mls.listing_media m using stage_ids i "
	"where m.workspace_id = $1 and m.listing_id = i.listing_id and i.has_media and not i.is_new "
	"and not exists (select from stage_media s where s.source_listing_key = i.source_listing_key and s.url = m.url)";

static const char insert_media_sql[] =
	"insert into mls.listing_media as m (workspace_id, listing_id, url, sort_order, caption, media_key, category, is_public) "
	"select $1, i.listing_id, s.url, s.sort_order, s.caption, s.media_key, s.category, s.is_public "
	"from stage_media s join stage_ids i using (source_listing_key) where i.has_media "
	"on conflict (workspace_id, listing_id, url) do update set sort_order = excluded.sort_order, caption = excluded.caption, "
	"media_key = excluded.media_key, category = excluded.category, is_public = excluded.is_public "
	"where (m.sort_order, m.caption, m.media_key, m.category, m.is_public) "
	"is distinct from (excluded.sort_order, excluded.caption, excluded.media_key, excluded.category, excluded.is_public)";

static const char count_sql[] =
	"select count(*) as upserted, count(*) filter (where is_new) as inserted, count(*) filter (where is_active) as indexed from stage_ids";

static const char clear_sql[] = "truncate stage_listings, stage_media, stage_ids";

/* A page's rows and the cursor behind them are one transaction: when a crash of the machine takes the last ones, the next run
 * reads them again. So no page waits for the disk; the end of the run does (sync_run_end).
 * The tables grow many times over between two pages: a plan made for the empty table, and kept, would read it from end to end
 * ever after. */
static const char *const settings[] = {
	"set synchronous_commit = off",
	"set enable_seqscan = off",
};

int sync_load_prepare(struct sync *y, struct err *e)
{
	struct str script = str_of(stage_sql(y->arena));

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (session_exec(y->s, y->arena, settings[i], 0, NULL, NULL, e))
			return e->code;

	/* One statement at a time: a session with a caller takes no scripts. */
	while (script.p) {
		struct str statement = str_trim(str_cut(&script, ';'));
		if (statement.len &&
			session_exec(y->s, y->arena, str_cstr(y->arena, statement), 0, NULL, NULL,
				e))
			return err_prefix(e, "preparing the staging tables");
	}
	return 0;
}

int sync_load_copy(struct sync *y, const char *sql, const struct buf *text, struct err *e)
{
	if (session_copy_in_start(y->s, sql, e))
		return e->code;
	for (size_t at = 0; at < text->len; at += COPY_PIECE) {
		size_t n = text->len - at < COPY_PIECE ? text->len - at : COPY_PIECE;
		if (session_copy_in_put(y->s, text->p + at, n, e)) {
			session_copy_in_abort(y->s);
			return e->code;
		}
	}
	return session_copy_in_end(y->s, NULL, e);
}

static int load_media(struct sync *y, struct sync_part *p, struct err *e)
{
	struct db_param workspace = db_str(y->o->workspace_id);
	struct result *removed, *written;

	if (p->n_changed_media &&
		sync_load_copy(y,
			"copy stage_media (source_listing_key, url, sort_order, caption, media_key, category, is_public) from stdin",
			&p->changed_media, e))
		return e->code;
	if (session_exec(y->s, p->arena, delete_media_sql, 1, &workspace, &removed, e) ||
		session_exec(y->s, p->arena, insert_media_sql, 1, &workspace, &written, e))
		return e->code;
	y->stats.media += result_affected(removed) + result_affected(written);
	return 0;
}

static int upsert(struct sync *y, struct sync_part *p, struct err *e)
{
	struct str task = y->scope ? y->scope->task_id : STR_NULL;
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->provider),
		db_str(y->dataset), db_str(task)};

	if (sync_load_copy(y, copy_sql(p->arena), &p->changed, e) ||
		session_exec(y->s, p->arena, upsert_sql(p->arena), 4, params, NULL, e))
		return e->code;
	return load_media(y, p, e);
}

/* The temporary tables are empty again afterwards: a page has several parts. */
int sync_load_changed(struct sync *y, struct sync_part *p, struct err *e)
{
	struct result *counts;

	if (!p->n_changed)
		return 0;
	if (upsert(y, p, e) || session_exec(y->s, p->arena, count_sql, 0, NULL, &counts, e) ||
		session_exec(y->s, p->arena, clear_sql, 0, NULL, NULL, e))
		return err_prefix(e, "loading a page");
	y->stats.upserted += result_i64(counts, 0, result_col(counts, "upserted"));
	y->stats.indexed += result_i64(counts, 0, result_col(counts, "indexed"));
	y->stats.inserted += result_i64(counts, 0, result_col(counts, "inserted"));
	y->stats.revived += p->n_back;
	return 0;
}
