#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "db/session.h"

#define SQL_MAX 65536

static const char *copy_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_cstr(&b,
		"copy mls.listings (workspace_id, source_provider, source_dataset_id, import_task_id, id");
	for (const char *const *column = mapping_copy_columns; *column; column++)
		buf_printf(&b, ", %s", *column);
	buf_cstr(&b, ") from stdin");
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text.p;
}

struct str sync_new_lead(const struct sync *y, struct arena *a)
{
	const struct str values[] = {y->o->workspace_id, y->provider, y->dataset,
		y->scope ? y->scope->task_id : STR_NULL};
	struct buf b;

	buf_init(&b, SQL_MAX);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		mapping_copy_text(&b, values[i]);
		buf_char(&b, '\t');
	}
	struct str lead = str_copy(a, buf_view(&b));
	buf_done(&b);
	return lead;
}

/* After the first rows, and each time that there are a hundred times as many: before the foreign keys of what refers to them are checked. */
static int keep_statistics(struct sync *y, struct sync_part *p, struct err *e)
{
	int64_t loaded = y->stats.inserted + p->n_fresh;

	if (loaded < 100 * y->analyzed_rows)
		return 0;
	y->analyzed_rows = loaded;
	return session_exec(y->s, p->arena, "select mls.keep_statistics($1)", 1,
		(struct db_param[]){db_i64(p->arena, loaded)}, NULL, e);
}

int sync_new_load(struct sync *y, struct sync_part *p, struct err *e)
{
	if (!p->n_fresh)
		return 0;
	if (sync_load_copy(y, copy_sql(p->arena), &p->fresh, e) || keep_statistics(y, p, e) ||
		(p->n_fresh_media &&
			sync_load_copy(y,
				"copy mls.listing_media (workspace_id, listing_id, url, sort_order, caption, media_key, category, is_public) from stdin",
				&p->fresh_media, e)))
		return err_prefix(e, "loading a page");
	y->stats.upserted += p->n_fresh;
	y->stats.indexed += p->n_fresh;
	y->stats.inserted += p->n_fresh;
	y->stats.media += p->n_fresh_media;
	return 0;
}
