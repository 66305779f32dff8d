#include "mod/mls/scope.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/source.h"
#include "mod/mls/task_filter.h"

#define URL_REST 700   /* of a request's URL: resource, cursor, order, count */
#define FILTER_MIN 300 /* whatever a source says */
#define UNUSABLE "the filter cannot be used: "

/* What a connection says about filters, and whether it has tasks. */
struct terms {
	struct task_rules rules;
	bool has_tasks, is_due;
};

static int read_rules(struct session *s, struct arena *a, const struct source *source,
	struct terms *ret, struct err *e)
{
	struct db_param p[] = {db_str(source->workspace_id), db_str(source->connection_id)};
	size_t used = source->root.len + URL_REST;
	size_t most = source->settings.url_max > 0 ? (size_t)source->settings.url_max : 0;
	struct result *r;

	if (session_exec(s, a,
		    "select m.resources -> 'Property', mls.is_due(c.sync_cadence, c.last_synced_at, c.last_sync_cursor), "
		    "exists (select from mls.import_tasks t where t.workspace_id = c.workspace_id and t.mls_connection_id = c.id) "
		    "from mls.mls_connections c left join mls.source_metadata m on m.workspace_id = c.workspace_id and m.mls_connection_id = c.id "
		    "where c.workspace_id = $1 and c.id = $2",
		    2, p, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "the connection is gone");
	*ret = (struct terms){.rules = {.most = most > used + FILTER_MIN ? most - used : FILTER_MIN,
				      .has_tolower = source->settings.tolower != SOURCE_NO,
				      .has_in = source->settings.in != SOURCE_NO},
		.is_due = result_bool(r, 0, 1),
		.has_tasks = result_bool(r, 0, 2)};
	struct str fields = result_text(r, 0, 0);
	ret->rules.fields = fields.p ? json_parse(a, fields, e) : NULL;
	return fields.p && !ret->rules.fields ? e->code : 0;
}

static struct hash_128 hash_of(const struct scope *scope)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < scope->n_filters; i++) {
		buf_str(&b, scope->filters[i]);
		buf_char(&b, '\n');
	}
	buf_i64(&b, scope->limit);
	struct hash_128 hash = hash_128(buf_view(&b));
	buf_done(&b);
	return hash;
}

static int find_everything(struct arena *a, const struct source *source, bool is_due,
	struct scope_list *ret)
{
	struct scope *scope = arena_alloc(a, sizeof(*scope));

	*scope = (struct scope){.name = STR("all listings"),
		.key = source->connection_id,
		.filters = arena_alloc(a, sizeof(struct str)),
		.n_filters = 1,
		.cursor_text = source->cursor_text,
		.is_due = is_due};
	scope->filters[0] = STR_NULL;
	scope->hash = hash_of(scope);
	*ret = (struct scope_list){.row = scope, .n = 1};
	return 0;
}

enum { ID, NAME, CURSOR, MAPPING, LIMIT, HASH, DUE, REASON, TERMS };

static const char tasks_sql[] =
	"select t.id, t.name, t.last_sync_cursor, t.field_mapping_id, coalesce(t.max_import_limit, 0), encode(t.scope_hash, 'hex'), "
	"mls.is_due(t.sync_cadence, t.last_synced_at, t.last_sync_cursor), coalesce(t.status_reason, ''), "
	"jsonb_build_object('category', t.category, 'filter_config', t.filter_config, 'status_filters', t.status_filters, "
	"'price_min', t.price_min, 'price_max', t.price_max) "
	"from mls.import_tasks t where t.workspace_id = $1 and t.mls_connection_id = $2 and (t.id = $3 or ($3 is null and t.is_enabled)) "
	"order by t.last_synced_at nulls first, t.created_at, t.id";

static int read_scope(struct arena *a, const struct result *r, int row,
	const struct task_rules *rules, struct scope *ret, struct err *e)
{
	const struct json *task = json_parse(a, result_text(r, row, TERMS), e);
	struct task_filters filters;
	char hex[HASH_128_HEX_SIZE];

	if (!task || task_filter_compile(a, task, rules, &filters, e))
		return e->code;
	*ret = (struct scope){.task_id = result_text(r, row, ID),
		.name = result_text(r, row, NAME),
		.key = result_text(r, row, ID),
		.filters = filters.text,
		.n_filters = filters.n,
		.limit = result_i64(r, row, LIMIT),
		.mapping_id = result_text(r, row, MAPPING),
		.is_due = result_bool(r, row, DUE)};
	ret->hash = hash_of(ret);
	if (str_eq(result_text(r, row, HASH), str_of(hash_128_hex(hex, ret->hash))))
		ret->cursor_text = result_text(r, row, CURSOR);
	return 0;
}

/* reason absent: the filter can be used again. What else is said about a task stays. */
static int tell(struct session *s, struct arena *a, const struct source *source, struct str task_id,
	struct str was, struct str reason, struct err *e)
{
	struct str text = reason.p ? STR_JOIN(a, STR(UNUSABLE), reason) : STR("");
	struct db_param p[] = {db_str(source->workspace_id), db_str(task_id), db_str(text)};

	if (str_eq(was, text) || (!reason.p && !str_starts(was, STR(UNUSABLE))))
		return 0;
	return session_exec(s, a,
		"update mls.import_tasks set status_reason = nullif(left($3, 2000), '') where workspace_id = $1 and id = $2",
		3, p, NULL, e);
}

static int read_scopes(struct session *s, struct arena *a, const struct source *source,
	const struct result *r, const struct terms *terms, bool is_one, struct scope_list *ret,
	struct err *e)
{
	int n = result_rows(r);

	ret->row = arena_alloc(a, (size_t)(n ? n : 1) * sizeof(*ret->row));
	ret->n = 0;
	for (int i = 0; i < n; i++) {
		struct err bad = {.arena = a};
		int code = read_scope(a, r, i, &terms->rules, &ret->row[ret->n], &bad);
		if (code && code != E_INPUT)
			return err_set(e, code, "%s", bad.msg);
		if (tell(s, a, source, result_text(r, i, ID), result_text(r, i, REASON),
			    code ? str_of(bad.msg) : STR_NULL, e))
			return e->code;
		if (code && is_one)
			return err_set(e, E_INPUT, "import task \"" STR_FMT "\": %s",
				STR_ARG(result_text(r, i, NAME)), bad.msg);
		ret->n += !code;
	}
	return 0;
}

int scope_find(struct session *s, struct arena *a, const struct source *source, struct str task_id,
	struct scope_list *ret_list, struct err *e)
{
	struct db_param p[] = {db_str(source->workspace_id), db_str(source->connection_id),
		db_str(task_id)};
	struct terms terms;
	struct result *r;

	if (read_rules(s, a, source, &terms, e))
		return e->code;
	if (!task_id.p && !terms.has_tasks)
		return find_everything(a, source, terms.is_due, ret_list);
	if (session_exec(s, a, tasks_sql, 3, p, &r, e))
		return e->code;
	if (task_id.p && !result_rows(r))
		return err_set(e, E_ABSENT, "the connection has no such import task");
	return read_scopes(s, a, source, r, &terms, task_id.p != NULL, ret_list, e);
}

int scope_compile(struct session *s, struct arena *a, const struct source *source,
	const struct json *task, struct task_filters *ret_filters, struct err *e)
{
	struct terms terms;

	return read_rules(s, a, source, &terms, e)
		? e->code
		: task_filter_compile(a, task, &terms.rules, ret_filters, e);
}

static bool is_complete(struct arena *a, struct str cursor_text)
{
	struct err ignored = {.arena = a};
	bool complete = false;

	json_to_bool(json_get(json_parse(a, cursor_text, &ignored), "complete"), &complete);
	return complete;
}

int scope_move(struct session *s, struct arena *a, const struct source *source,
	const struct scope *scope, struct str cursor_text, struct err *e)
{
	char hex[HASH_128_HEX_SIZE];
	struct db_param p[] = {db_str(source->workspace_id),
		db_str(scope->task_id.p ? scope->task_id : source->connection_id),
		db_str(cursor_text), db_text(hash_128_hex(hex, scope->hash)),
		db_bool(is_complete(a, cursor_text))};

	if (!scope->task_id.p)
		return session_exec(s, a,
			"update mls.mls_connections set last_sync_cursor = $3, last_synced_at = now() where workspace_id = $1 and id = $2",
			3, p, NULL, e);
	return session_exec(s, a, "select mls.move_task($1, $2, $3, decode($4, 'hex'), $5)", 5, p,
		NULL, e);
}
