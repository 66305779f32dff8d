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

int sync_new_load(struct sync *y, struct sync_part *p, struct err *e)
{
	if (!p->n_fresh)
		return 0;
	if (sync_load_copy(y, copy_sql(p->arena), &p->fresh, e) ||
		(p->n_fresh_media &&
			sync_load_copy(y,
				"copy mls.listing_media (workspace_id, listing_id, url, sort_order, caption, media_key, category) from stdin",
				&p->fresh_media, e)))
		return err_prefix(e, "loading a page");
	y->stats.upserted += p->n_fresh;
	y->stats.inserted += p->n_fresh;
	y->stats.media += p->n_fresh_media;
	return 0;
}
