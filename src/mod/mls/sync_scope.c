#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "base/map.h"
#include "db/result.h"
#include "db/session.h"

#define CURSOR_MAX 65536

struct str sync_scope_cursor(const struct sync *y, struct arena *a)
{
	const struct sync_cursor *c = &y->cursor;
	const struct {
		const char *key;
		struct str value;
	} texts[] = {{"seen", c->seen}, {"from", c->from}, {"next", c->next}, {"began", c->began}};
	const struct {
		const char *key;
		bool value;
	} facts[] = {{"open", c->is_open}, {"no_replication", c->no_replication},
		{"no_stamp_filter", c->no_stamp_filter}, {"no_expand", c->no_expand}};
	struct buf b;

	buf_init(&b, CURSOR_MAX);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].value.p) {
			jsonw_key(&w, texts[i].key);
			jsonw_str(&w, texts[i].value);
		}
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (facts[i].value) {
			jsonw_key(&w, facts[i].key);
			jsonw_bool(&w, true);
		}
	if (c->filter) {
		jsonw_key(&w, "filter");
		jsonw_i64(&w, c->filter);
	}
	jsonw_key(&w, "complete");
	jsonw_bool(&w, c->complete);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* A cursor that cannot be read is no cursor: reading everything again is slow, not wrong. */
static void read_cursor(struct sync *y, struct str text)
{
	struct err ignored = {.arena = y->arena};
	const struct json *v =
		text.p && !y->o->from_scratch ? json_parse(y->arena, text, &ignored) : NULL;
	struct sync_cursor *c = &y->cursor;
	int64_t filter = 0;

	*c = (struct sync_cursor){0};
	json_to_str(json_get(v, "seen"), &c->seen);
	json_to_str(json_get(v, "from"), &c->from);
	json_to_str(json_get(v, "next"), &c->next);
	json_to_str(json_get(v, "began"), &c->began);
	json_to_bool(json_get(v, "complete"), &c->complete);
	json_to_bool(json_get(v, "open"), &c->is_open);
	json_to_bool(json_get(v, "no_replication"), &c->no_replication);
	json_to_bool(json_get(v, "no_stamp_filter"), &c->no_stamp_filter);
	json_to_bool(json_get(v, "no_expand"), &c->no_expand);
	if (json_to_i64(json_get(v, "filter"), &filter) && filter > 0 &&
		(size_t)filter < y->scope->n_filters)
		c->filter = (int)filter;
	c->is_open = c->is_open || c->next.p;
}

static int count_admitted(struct sync *y, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->scope->task_id),
		db_bool(y->cursor.complete)};
	struct result *r;

	y->admitted = 0;
	y->is_full = false;
	if (!y->scope->limit)
		return 0;
	if (session_exec(y->s, y->arena,
		    "select count(*) from mls.import_task_listings m join mls.import_tasks t on t.workspace_id = m.workspace_id and "
		    "t.id = m.import_task_id where m.workspace_id = $1 and m.import_task_id = $2 and "
		    "($3::boolean or m.seen_at >= t.pass_started_at)",
		    3, params, &r, e))
		return e->code;
	y->admitted = result_i64(r, 0, 0);
	return 0;
}

/* Who counts towards a limit is told by the time at which the pass began, so it is there before the first page is looked at. */
static int begin_limited(struct sync *y, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->scope->task_id)};

	if (y->o->kind != SYNC_CHANGES || !y->scope->limit || y->cursor.is_open ||
		y->cursor.complete)
		return 0;
	return session_exec(y->s, y->arena,
		"update mls.import_tasks set last_sync_cursor = null, pass_started_at = now() where workspace_id = $1 and id = $2",
		2, params, NULL, e);
}

int sync_scope_begin(struct sync *y, const struct scope *scope, struct err *e)
{
	y->scope = scope;
	y->stats.total = -1;
	read_cursor(y, scope->cursor_text);
	if (begin_limited(y, e))
		return e->code;
	return count_admitted(y, e);
}

static struct mapping *compile(struct sync *y, struct str document, struct str name, struct err *e)
{
	const struct json *v = json_parse(y->arena, document, e);
	struct mapping *m = v ? mapping_new(y->arena, v, e) : NULL;

	if (!m)
		err_prefix(e, STR_FMT, STR_ARG(name));
	return m;
}

/* A listing is typed with the mapping of the import task that it belongs to. */
static int read_own(struct sync *y, struct err *e)
{
	struct db_param workspace = db_str(y->o->workspace_id);
	struct result *r;

	y->task_mappings = map_new(y->arena, 0);
	if (session_exec(y->s, y->arena,
		    "select t.id, m.mapping, format('the field mapping of import task \"%s\"', t.name) from mls.import_tasks t "
		    "join mls.field_mappings m on m.workspace_id = t.workspace_id and m.id = t.field_mapping_id where t.workspace_id = $1",
		    1, &workspace, &r, e))
		return e->code;
	for (int i = 0; i < result_rows(r); i++) {
		struct mapping *m = compile(y, result_text(r, i, 1), result_text(r, i, 2), e);
		if (!m)
			return e->code;
		map_put(y->task_mappings, result_text(r, i, 0), m);
	}
	return 0;
}

int sync_scope_mappings(struct sync *y, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->provider)};
	struct result *r;

	if (session_exec(y->s, y->arena,
		    "select mapping, format('field mapping version %s', version) from mls.field_mappings "
		    "where workspace_id = $1 and provider = $2 and is_active",
		    2, params, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT,
			"this workspace has no active field mapping for " STR_FMT,
			STR_ARG(y->provider));
	y->mapping = compile(y, result_text(r, 0, 0), result_text(r, 0, 1), e);
	if (!y->mapping)
		return e->code;
	mapping_head_fields(y->mapping, &y->fields.key, y->fields.stamps);
	if (y->source) {
		y->fields.stamps[0] = y->source->settings.cursor_field;
		y->fields.stamps[1] = STR_NULL;
	}
	return read_own(y, e);
}

const struct mapping *sync_scope_mapping(const struct sync *y, struct str owner)
{
	const struct mapping *own = owner.p ? map_get(y->task_mappings, owner) : NULL;

	return own ? own : y->mapping;
}
