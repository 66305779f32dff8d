#include "mod/mls/sync_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/map.h"
#include "db/result.h"
#include "db/session.h"
#include "model/array.h"

/* Not kept prepared: a plan made for the empty table of the first page would read all of it for every later one. */
static const char find_sql[] =
	"select l.source_listing_key, encode(l.content_hash, 'hex'), encode(l.mapping_hash, 'hex'), encode(l.media_hash, 'hex'), "
	"l.is_active, l.deactivated_reason, l.missing_since is not null, l.import_task_id, "
	"$4::uuid is not null and exists (select from mls.import_task_listings t where t.workspace_id = l.workspace_id "
	"and t.import_task_id = $4::uuid and t.listing_id = l.id and t.seen_at >= coalesce((select case when $5::boolean "
	"then '-infinity' else i.pass_started_at end from mls.import_tasks i where i.workspace_id = $1 and i.id = $4::uuid), 'infinity')) "
	"from mls.listings l "
	"where l.workspace_id = $1 and l.source_provider = $2 and l.source_listing_key = any ($3::text[])";

enum { KEY, CONTENT, MAPPING, MEDIA, ACTIVE, REASON, MISSING, OWNER, WANTED, COLUMNS };

static bool is_hash(struct str hex, struct hash_128 h)
{
	char ours[HASH_128_HEX_SIZE];

	return str_eq(hex, str_of(hash_128_hex(ours, h)));
}

static bool is_true(struct str bool_text)
{
	return str_eq(bool_text, STR("t"));
}

/* A row that the feed's silence took down is written again even when it is unchanged. */
static void note_known(const struct sync *y, struct sync_row *row, const struct str *c,
	struct arena *a)
{
	bool is_active = is_true(c[ACTIVE]), by_hand = str_eq(c[REASON], STR("manual"));
	bool stays = (is_active || by_hand) && !is_true(c[MISSING]);

	row->is_known = true;
	row->is_wanted = is_true(c[WANTED]);
	row->is_back = !is_active && !by_hand;
	row->known_media = str_copy(a, c[MEDIA]);
	row->mapping = sync_scope_mapping(y,
		c[OWNER].p         ? c[OWNER]
			: y->scope ? y->scope->task_id
				   : STR_NULL);
	row->fate = stays && is_hash(c[CONTENT], row->head.hash) &&
			is_hash(c[MAPPING], mapping_hash(row->mapping))
		? SYNC_ROW_SAME
		: SYNC_ROW_CHANGED;
}

/* Only the last of several rows of a key counts. */
static struct map *sort_rows(struct sync *y, struct sync_part *p)
{
	struct map *rows = map_new(p->arena, p->n);

	for (size_t i = 0; i < p->n; i++) {
		struct sync_row *row = &p->rows[i];
		row->mapping = sync_scope_mapping(y, y->scope ? y->scope->task_id : STR_NULL);
		if (row->problem) {
			row->fate = SYNC_ROW_OUT;
			p->n_bad++;
			log_warn("sync.bad_row", LOG_STR("run_id", y->run_id),
				LOG_CSTR("why", row->problem));
			continue;
		}
		struct sync_row *before = map_put(rows, row->head.key, row);
		if (before)
			before->fate = SYNC_ROW_OUT;
	}
	return rows;
}

/* Rows that are about to be loaded. */
static void compare_pending(struct map *rows, const struct sync_part *pending)
{
	for (size_t i = 0; pending && i < pending->n; i++) {
		const struct sync_row *old = &pending->rows[i];
		struct sync_row *row =
			old->fate == SYNC_ROW_OUT ? NULL : map_get(rows, old->head.key);
		if (!row)
			continue;
		row->is_known = row->is_wanted = true;
		row->is_back = false;
		row->known_media = STR_NULL;
		row->mapping = old->mapping;
		row->fate = hash_128_eq(row->head.hash, old->head.hash) ? SYNC_ROW_SAME
									: SYNC_ROW_CHANGED;
	}
}

/* A scope with a limit takes no more listings than that. */
static void admit(struct sync *y, struct sync_part *p)
{
	if (!y->scope || !y->scope->limit)
		return;
	for (size_t i = 0; i < p->n; i++) {
		struct sync_row *row = &p->rows[i];
		if (row->fate == SYNC_ROW_OUT || row->is_wanted)
			continue;
		if (y->admitted < y->scope->limit)
			y->admitted++;
		else
			row->fate = SYNC_ROW_OUT;
	}
	p->is_full = y->is_full = y->admitted >= y->scope->limit;
}

int sync_known_find(struct sync *y, struct sync_part *p, const struct sync_part *pending,
	struct err *e)
{
	struct map *rows = sort_rows(y, p);
	size_t n = map_len(rows);
	struct str *keys = arena_array(p->arena, n ? n : 1, sizeof *keys);
	struct arena *a = arena_new();
	struct result *r;

	for (size_t i = 0; i < n; i++)
		keys[i] = map_key_at(rows, i);
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->provider),
		db_str(model_array_join(a, n, keys)),
		db_str(y->scope ? y->scope->task_id : STR_NULL), db_bool(y->cursor.complete)};
	int code = n ? session_exec(y->s, a, find_sql, 5, params, &r, e) : 0;
	for (int i = 0; n && !code && i < result_rows(r); i++) {
		struct str c[COLUMNS];
		result_row(r, i, c);
		struct sync_row *row = map_get(rows, c[KEY]);
		if (row)
			note_known(y, row, c, p->arena);
	}
	arena_free(a);
	if (code)
		return code;
	compare_pending(rows, pending);
	admit(y, p);
	return 0;
}
