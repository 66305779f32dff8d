/* plat tasks: which part of a feed is imported. */
#include "cmd/tasks.h"

#include <stdio.h>
#include <string.h>

#include "app/database.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/json.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/connection.h"
#include "mod/mls/scope.h"
#include "mod/mls/source.h"
#include "mod/mls/task_filter.h"
#include "mod/mls/task_preview.h"

static const char *workspace, *provider, *category = "custom", *filter = "{}", *status,
					 *cadence = "manual";
static long long price_min = -1, price_max = -1, most = -1, mapping = -1;
static bool hidden, yes;

enum verb { LIST, SHOW, ADD, ENABLE, DISABLE, REMOVE, PREVIEW, VERBS };
static const char *const verbs[VERBS] = {"list", "show", "add", "enable", "disable", "remove",
	"preview"};

struct question {
	enum verb verb;
	const char *name;
};

/* What a verb works with. */
struct place {
	struct login *login;
	struct arena *arena;
	struct str workspace_id;
};

/* --- which one ---------------------------------------------------------------------------------- */

static int refuse_name(struct db *db, struct arena *a, struct str workspace_id, struct str name,
	struct err *e)
{
	struct db_param p[] = {db_str(workspace_id)};
	struct result *r;

	if (login_ask(db, a,
		    "select string_agg(t.name, ', ' order by t.name) from mls.import_tasks t where t.workspace_id = $1::uuid",
		    1, p, &r, e))
		return e->code;
	struct str names = result_text(r, 0, 0);
	return names.p ? err_set(e, E_ABSENT,
				 "there is no import task \"" STR_FMT "\"; there are: " STR_FMT,
				 STR_ARG(name), STR_ARG(names))
		       : err_set(e, E_ABSENT,
				 "there is no import task \"" STR_FMT
				 "\": the workspace has none yet, plat tasks add makes one",
				 STR_ARG(name));
}

int tasks_find(struct db *db, struct arena *a, struct str workspace_id, struct str from,
	struct str name, struct tasks_found *ret, struct err *e)
{
	struct db_param p[] = {db_str(workspace_id), db_str(name), db_str(from)};
	struct result *r;

	if (login_ask(db, a,
		    "select t.id, t.mls_connection_id, t.name from mls.import_tasks t "
		    "join mls.mls_connections c on c.workspace_id = t.workspace_id and c.id = t.mls_connection_id "
		    "where t.workspace_id = $1::uuid and (lower(t.name) = lower($2) or t.id::text = $2) and ($3::text is null or c.provider = $3) limit 2",
		    3, p, &r, e))
		return e->code;
	if (!result_rows(r))
		return refuse_name(db, a, workspace_id, name, e);
	if (result_rows(r) > 1)
		return err_set(e, E_INPUT,
			"there are several import tasks \"" STR_FMT
			"\"; say which one with --provider, or by its id",
			STR_ARG(name));
	*ret = (struct tasks_found){result_text(r, 0, 0), result_text(r, 0, 1),
		result_text(r, 0, 2)};
	return 0;
}

/* --- verbs -------------------------------------------------------------------------------------- */

static const char list_sql[] =
	"select t.name, c.provider as connection, t.category, t.sync_cadence as cadence, case when t.is_enabled then 'yes' else 'no' end as enabled, "
	"(select count(*) from mls.import_task_listings m where m.workspace_id = t.workspace_id and m.import_task_id = t.id) as listings, "
	"coalesce(to_char(t.last_synced_at, 'YYYY-MM-DD HH24:MI:SS'), 'never') as synced, coalesce(t.status_reason, t.filter_config::text) as filter "
	"from mls.import_tasks t join mls.mls_connections c on c.workspace_id = t.workspace_id and c.id = t.mls_connection_id "
	"where t.workspace_id = $1::uuid and ($2::text is null or c.provider = $2) order by c.provider, t.name";

static int list(const struct place *at, struct err *e)
{
	struct db_param p[] = {db_str(at->workspace_id), db_text(provider)};
	struct result *r;

	if (login_ask(at->login->db, at->arena, list_sql, 2, p, &r, e))
		return e->code;
	if (result_rows(r))
		table_print(stdout, r);
	else
		printf("There are no import tasks, so everything that a feed has is imported; plat tasks add makes one.\n");
	return 0;
}

static const char show_sql[] =
	"select t.id, t.name, t.description, c.provider as connection, t.category, t.filter_config, t.status_filters, t.price_min, t.price_max, "
	"t.max_import_limit, m.version as mapping, t.sync_cadence, t.is_enabled, t.is_agent_visible, t.last_synced_at, t.status_reason, "
	"(select count(*) from mls.import_task_listings i where i.workspace_id = t.workspace_id and i.import_task_id = t.id) as listings, "
	"p ->> 'disable' as if_disabled, p ->> 'enable' as if_enabled, p ->> 'narrow' as if_narrowed, p ->> 'delete' as if_removed "
	"from mls.import_tasks t join mls.mls_connections c on c.workspace_id = t.workspace_id and c.id = t.mls_connection_id "
	"left join mls.field_mappings m on m.workspace_id = t.workspace_id and m.id = t.field_mapping_id, "
	"mls.preview_task_change(t.id, t.workspace_id) p where t.workspace_id = $1::uuid and t.id = $2::uuid";

static int show(const struct place *at, const struct tasks_found *found, struct err *e)
{
	struct db_param p[] = {db_str(at->workspace_id), db_str(found->id)};
	struct result *r;

	if (login_ask(at->login->db, at->arena, show_sql, 2, p, &r, e))
		return e->code;
	table_print_one(stdout, r, 0);
	return 0;
}

static struct db_param number(struct arena *a, long long n)
{
	return n < 0 ? db_null() : db_i64(a, n);
}

static const char add_sql[] =
	"insert into mls.import_tasks (workspace_id, mls_connection_id, name, category, filter_config, status_filters, price_min, price_max, "
	"max_import_limit, field_mapping_id, sync_cadence, is_agent_visible) "
	"select c.workspace_id, c.id, $3, $4, $5::jsonb, string_to_array($6, ','), $7::int, $8::int, $9::int, "
	"(select m.id from mls.field_mappings m where m.workspace_id = c.workspace_id and m.provider = c.provider and m.version = $10::int), $11, $12::boolean "
	"from mls.mls_connections c where c.workspace_id = $1::uuid and ($2::text is null or c.provider = $2) returning id";

static int add(const struct place *at, const char *name, struct err *e)
{
	struct arena *a = at->arena;
	struct db_param p[] = {db_str(at->workspace_id), db_text(provider), db_text(name),
		db_text(category), db_text(filter), db_text(status), number(a, price_min),
		number(a, price_max), number(a, most), number(a, mapping), db_text(cadence),
		db_bool(!hidden)};
	struct result *r;

	if (!json_parse(a, str_of(filter), e))
		return err_prefix(e, "--filter is no JSON");
	if (login_ask(at->login->db, a,
		    "select count(*) from mls.mls_connections c where c.workspace_id = $1::uuid and ($2::text is null or c.provider = $2)",
		    2, p, &r, e))
		return e->code;
	if (result_i64(r, 0, 0) != 1)
		return result_i64(r, 0, 0)
			? err_set(e, E_INPUT,
				  "this workspace has several MLS connections; say which one with --provider")
			: err_set(e, E_ABSENT,
				  "this workspace has no such MLS connection; plat connect makes one");
	if (login_ask(at->login->db, a, add_sql, 12, p, &r, e))
		return e->code;
	printf("import task \"%s\" is made; plat tasks preview '%s' tells what it brings, plat sync --task '%s' reads it\n",
		name, name, name);
	return 0;
}

/* What would happen to the listings, and then it does. */
static int change(const struct place *at, const struct tasks_found *found, enum verb verb,
	struct err *e)
{
	static const char *const keys[VERBS] =
		{[ENABLE] = "enable", [DISABLE] = "disable", [REMOVE] = "delete"};
	static const char *const sql[VERBS] = {
		[ENABLE] =
			"update mls.import_tasks set is_enabled = true where workspace_id = $1::uuid and id = $2::uuid",
		[DISABLE] =
			"update mls.import_tasks set is_enabled = false where workspace_id = $1::uuid and id = $2::uuid",
		[REMOVE] =
			"delete from mls.import_tasks where workspace_id = $1::uuid and id = $2::uuid",
	};
	struct db_param p[] = {db_str(at->workspace_id), db_str(found->id), db_text(keys[verb])};
	struct result *r;

	if (login_ask(at->login->db, at->arena,
		    "select mls.preview_task_change($2::uuid, $1::uuid) ->> $3", 3, p, &r, e))
		return e->code;
	printf("%s: " STR_FMT "\n", verbs[verb], STR_ARG(result_text(r, 0, 0)));
	if (verb != ENABLE && !yes) {
		printf("nothing is changed; --yes does it\n");
		return 0;
	}
	if (login_ask(at->login->db, at->arena, sql[verb], 2, p, &r, e))
		return e->code;
	printf("done\n");
	return 0;
}

/* --- preview ------------------------------------------------------------------------------------ */

static int compile(const struct place *at, const struct tasks_found *found, struct session *s,
	struct source **ret_source, struct task_filters *ret_filters, struct err *e)
{
	struct source_from from = {.db = at->login->db,
		.keyring = database_keyring(at->login->database),
		.http = at->login->http,
		.s = s,
		.workspace_id = at->workspace_id,
		.connection_id = found->connection_id,
		.even_if_held = true};
	struct db_param p[] = {db_str(at->workspace_id), db_str(found->id)};
	struct result *r;

	if (source_open(at->arena, &from, ret_source, e) ||
		session_exec(s, at->arena,
			"select to_jsonb(t) from mls.import_tasks t where t.workspace_id = $1::uuid and t.id = $2::uuid",
			2, p, &r, e))
		return e->code;
	const struct json *task =
		result_rows(r) ? json_parse(at->arena, result_text(r, 0, 0), e) : NULL;
	if (!task)
		return err_set(e, E_ABSENT, "the import task is not there any more");
	return scope_compile(s, at->arena, *ret_source, task, ret_filters, e);
}

static int preview(const struct place *at, const struct tasks_found *found, struct err *e)
{
	struct session *s = worker_session(at->login->db, e);
	struct err why = {.arena = at->arena};
	struct task_filters filters;
	struct source *source;
	int64_t n;
	int code = s ? compile(at, found, s, &source, &filters, e) : e->code;

	session_close(s);
	if (code)
		return code;
	for (size_t i = 0; i < filters.n; i++)
		printf("$filter=" STR_FMT "\n",
			STR_ARG(filters.text[i].p ? filters.text[i] : STR("(everything)")));
	if (task_preview_count(source, at->arena, &filters, &n, &why))
		printf("not counted: %s\n", why.msg);
	else
		printf("the source counts %lld listings\n", (long long)n);
	return 0;
}

/* --- the command -------------------------------------------------------------------------------- */

static int answer(const struct place *at, const struct question *q, struct err *e)
{
	struct tasks_found found;

	if (q->verb == LIST)
		return list(at, e);
	if (q->verb == ADD)
		return add(at, q->name, e);
	if (tasks_find(at->login->db, at->arena, at->workspace_id, str_of(provider),
		    str_of(q->name), &found, e))
		return e->code;
	if (q->verb == SHOW)
		return show(at, &found, e);
	if (q->verb == PREVIEW)
		return preview(at, &found, e);
	return change(at, &found, q->verb, e);
}

static int tasks(struct task *t, struct err *e)
{
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	struct place at = {.login = &l, .arena = t->arena};
	int code =
		connection_find_workspace(l.db, t->arena, str_of(workspace), &at.workspace_id, e);
	if (!code)
		code = answer(&at, t->arg, e);
	login_close(&l);
	return code;
}

static int run(int n, char **operands)
{
	struct question q = {.verb = n ? VERBS : LIST};

	for (int v = 0; n && v < VERBS; v++)
		if (!strcmp(operands[0], verbs[v]))
			q.verb = (enum verb)v;
	if (q.verb == VERBS || (q.verb == LIST ? n > 1 : n != 2)) {
		fprintf(stderr,
			"plat tasks: takes list, or one of show, add, enable, disable, remove and preview with a name; see plat tasks --help\n");
		return 2;
	}
	q.name = n == 2 ? operands[1] : NULL;
	return task_run("tasks", tasks, &q);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"provider", ARG_TEXT, &provider, "NAME",
		"which connection; may be left out when there is one", 0, 0},
	{"category", ARG_TEXT, &category, "NAME",
		"with add: personal, office, search or custom (the default)", 0, 0},
	{"filter", ARG_TEXT, &filter, "JSON", "with add: what is wanted; docs/import-tasks.md", 0,
		0},
	{"status", ARG_TEXT, &status, "LIST", "with add: only these StandardStatus, with commas", 0,
		0},
	{"price-min", ARG_INT, &price_min, "N", "with add: from this list price on", 0, 2147483647},
	{"price-max", ARG_INT, &price_max, "N", "with add: up to this list price", 0, 2147483647},
	{"most", ARG_INT, &most, "N", "with add: not more listings than this", 1, 2147483647},
	{"mapping", ARG_INT, &mapping, "VERSION",
		"with add: a field mapping of its own instead of the active one", 1, 2147483647},
	{"cadence", ARG_TEXT, &cadence, "NAME", "with add: manual (the default), hourly or daily",
		0, 0},
	{"hidden", ARG_FLAG, &hidden, NULL, "with add: not in the agents' dashboard", 0, 0},
	{"yes", ARG_FLAG, &yes, NULL,
		"with disable and remove: do it, not only say what would happen", 0, 0},
	{0},
};

const struct command tasks_command = {
	.name = "tasks",
	.summary = "list, make, preview, enable, disable and remove import tasks",
	.operands = "[list | show|add|enable|disable|remove|preview NAME]",
	.details =
		"Without import tasks a connection imports everything that its feed has; with tasks, what the enabled ones ask for. The same\n"
		"listing wanted by two of them is one row. What nobody wants any more is taken down, not deleted: `disable` and `remove` say\n"
		"first what that would do, and do it with --yes.",
	.examples =
		"plat tasks\nplat tasks add 'My listings' --category personal --filter '{\"agentMlsId\": \"12345\"}' --cadence hourly\n"
		"plat tasks add Grove --category search --filter '{\"cities\": [\"miami\"], \"subdivisions\": [\"coconut-grove\"]}'\n"
		"plat tasks preview Grove\nplat tasks disable Grove --yes\n",
	.args = args,
	.run = run,
};
