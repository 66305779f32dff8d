/* plat connections: what feeds there are, whether they work, and pausing them. */
#include <stdio.h>
#include <string.h>

#include "app/database.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/json.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/connection.h"
#include "mod/mls/connection_test.h"
#include "mod/mls/metadata_fetch.h"
#include "mod/mls/source.h"

static const char *workspace;
static bool apply, as_json;

struct work {
	struct task *t;
	struct login l;
	struct session *s;
	struct str workspace_id;
	const char *provider; /* or the only one */
};

#define MOMENT(column) "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"')"

static const char list_sql[] =
	"select c.provider, c.dataset_id as dataset, c.status, c.sync_cadence as cadence, "
	"coalesce(" MOMENT(
		"c.last_synced_at") ", 'never') as synced, "
				    "case when c.token_ciphertext is null then 'none' else c.token_type end as token, coalesce(c.status_reason, '') as reason "
				    "from mls.mls_connections c where c.workspace_id = $1 order by c.provider";

static const char show_sql[] =
	"select c.id, c.provider, c.dataset_id, c.base_url, c.token_type, c.client_id, c.token_url, c.token_scope, "
	"case when c.token_ciphertext is null then 'none' else 'stored, encrypted' end as token, c.status, c.status_reason, "
	"c.sync_cadence, c.settings, " MOMENT("c.last_synced_at") " as last_synced_at, " MOMENT(
		"c.tested_at") " as tested_at, "
			       "c.test_report ->> 'ok' as test_ok, nullif(c.failures, 0) as failures, " MOMENT("c.held_until") " as held_until, " MOMENT(
				       "m.fetched_at") " as metadata_read_at, m.problem as metadata_problem, "
						       "(select string_agg(k.name || ' (' || (select count(*) from jsonb_object_keys(m.resources -> k.name)) || ')', ', ' order by k.name) "
						       "from jsonb_object_keys(m.resources) k (name)) as resources "
						       "from mls.mls_connections c left join mls.source_metadata m on m.workspace_id = c.workspace_id and m.mls_connection_id = c.id "
						       "where c.workspace_id = $1 and c.id = $2";

static const char mapping_sql[] =
	"select p.\"column\", p.field, p.problem, coalesce(p.suggestion, '') as suggestion from mls.mls_connections c "
	"join mls.field_mappings f on f.workspace_id = c.workspace_id and f.provider = c.provider and f.is_active, "
	"lateral mls.check_mapping(f.workspace_id, f.provider, f.mapping) p where c.workspace_id = $1 and c.id = $2";

static const char fields_sql[] =
	"select r.key as resource, f.key as field, f.value ->> 'type' as type, case when (f.value ->> 'is_list')::boolean then 'list' else '' end as list, "
	"coalesce(f.value ->> 'lookup', '') as lookup from mls.source_metadata m, lateral jsonb_each(m.resources) r, "
	"lateral jsonb_each(r.value) f where m.workspace_id = $1 and m.mls_connection_id = $2 order by 1, 2";

/* --- what there is ------------------------------------------------------------------------------ */

static int ask(struct work *w, const char *sql, struct str id, struct result **ret, struct err *e)
{
	struct db_param params[] = {db_str(w->workspace_id), db_str(id)};

	return session_exec(w->s, w->t->arena, sql, id.p ? 2 : 1, params, ret, e);
}

static int list(struct work *w, struct err *e)
{
	struct result *r;

	if (ask(w, list_sql, STR_NULL, &r, e))
		return e->code;
	if (result_rows(r))
		table_print(stdout, r);
	else
		printf("There is no connection yet; plat connect makes one.\n");
	return 0;
}

static int find(struct work *w, struct str *ret_id, struct err *e)
{
	struct db_param params[] = {db_str(w->workspace_id), db_text(w->provider)};
	struct result *r;

	if (session_exec(w->s, w->t->arena,
		    "select id from mls.mls_connections where workspace_id = $1 and ($2::text is null or provider = $2 or id::text = $2) limit 2",
		    2, params, &r, e))
		return e->code;
	if (result_rows(r) > 1)
		return err_set(e, E_INPUT,
			"there are several connections; say which: bridge or reso");
	if (!result_rows(r))
		return w->provider
			? err_set(e, E_ABSENT, "this workspace has no connection '%s'", w->provider)
			: err_set(e, E_ABSENT,
				  "this workspace has no MLS connection; plat connect makes one");
	*ret_id = result_text(r, 0, 0);
	return 0;
}

static int show(struct work *w, struct str id, struct err *e)
{
	struct result *one, *problems;

	if (ask(w, show_sql, id, &one, e) || ask(w, mapping_sql, id, &problems, e))
		return e->code;
	table_print_one(stdout, one, 0);
	if (result_rows(problems)) {
		printf("\nThe active mapping names what the feed does not have:\n");
		table_print(stdout, problems);
	}
	return 0;
}

/* --- what asks the feed ------------------------------------------------------------------------- */

static struct source_from from(struct work *w, struct str id)
{
	return (struct source_from){.db = w->l.db,
		.keyring = database_keyring(w->l.database),
		.http = w->l.http,
		.s = w->s,
		.workspace_id = w->workspace_id,
		.connection_id = id,
		.even_if_held = true};
}

static void print_report(const struct connection_report *report, const struct json *v)
{
	for (struct json_iter it = json_each(json_get(v, "steps")); json_next(&it);) {
		struct str step = STR(""), state = STR(""), words = STR("");
		json_to_str(json_get(it.value, "step"), &step);
		json_to_str(json_get(it.value, "state"), &state);
		json_to_str(json_get(it.value, "words"), &words);
		printf("%-20.*s %-8.*s " STR_FMT "\n", STR_ARG(step), STR_ARG(state),
			STR_ARG(words));
	}
	if (!str_eq(report->suggested, STR("{}")))
		printf("\n%s: " STR_FMT "\n",
			apply ? "settings stored"
			      : "settings that would suit (--apply stores them)",
			STR_ARG(report->suggested));
}

static int test(struct work *w, struct str id, struct err *e)
{
	struct source_from of = from(w, id);
	struct connection_report report;

	if (connection_test(w->t->arena, &of, apply, &report, e))
		return e->code;
	const struct json *v = json_parse(w->t->arena, report.json, e);
	if (!v)
		return e->code;
	if (as_json)
		printf(STR_FMT "\n", STR_ARG(report.json));
	else
		print_report(&report, v);
	return report.is_ok ? 0 : err_set(e, E_UPSTREAM, "listings cannot be read from this feed");
}

static int metadata(struct work *w, struct str id, struct err *e)
{
	struct source_from of = from(w, id);
	struct source *source;
	struct result *r;

	if (source_open(w->t->arena, &of, &source, e) ||
		metadata_refresh(source, w->s, w->t->arena, e))
		return e->code;
	source_save(source);
	if (ask(w, fields_sql, id, &r, e))
		return e->code;
	table_print(stdout, r);
	return 0;
}

/* --- pausing and removing ----------------------------------------------------------------------- */

static int pause(struct work *w, struct str id, struct err *e)
{
	if (connection_pause(w->s, w->t->arena, w->workspace_id, id, e))
		return e->code;
	printf("paused: nothing is asked of the feed until plat connections resume\n");
	return 0;
}

static int resume(struct work *w, struct str id, struct err *e)
{
	if (connection_resume(w->s, w->t->arena, w->workspace_id, id, e))
		return e->code;
	printf("resumed: the next run will tell whether it works\n");
	return 0;
}

static int remove_one(struct work *w, struct str id, struct err *e)
{
	int64_t left;

	if (connection_remove(w->s, w->t->arena, w->workspace_id, id, &left, e))
		return e->code;
	printf("removed; its %lld listings stay, and nobody keeps them current\n", (long long)left);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ */

static const struct verb {
	const char *name;
	int (*run)(struct work *w, struct str id, struct err *e);
} verbs[] = {
	{"show", show},
	{"test", test},
	{"pause", pause},
	{"resume", resume},
	{"remove", remove_one},
	{"metadata", metadata},
};

struct question {
	const struct verb *verb; /* NULL: list */
	const char *provider;
};

static int answer(struct work *w, const struct verb *verb, struct err *e)
{
	struct str id;

	w->s = worker_session(w->l.db, e);
	if (!w->s)
		return e->code;
	if (!verb)
		list(w, e);
	else if (!find(w, &id, e))
		verb->run(w, id, e);
	session_close(w->s);
	return e->code;
}

static int connections(struct task *t, struct err *e)
{
	const struct question *q = t->arg;
	struct work w = {.t = t, .provider = q->provider};

	if (login_open(t, &w.l, e))
		return e->code;
	int code =
		connection_find_workspace(w.l.db, t->arena, str_of(workspace), &w.workspace_id, e);
	if (!code)
		code = answer(&w, q->verb, e);
	login_close(&w.l);
	return code;
}

static int run(int n, char **operands)
{
	struct question q = {.provider = n > 1 ? operands[1] : NULL};
	bool is_list = !n || !strcmp(operands[0], "list");

	for (size_t i = 0; n && i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(operands[0], verbs[i].name))
			q.verb = &verbs[i];
	if ((!q.verb && !is_list) || n > (is_list ? 1 : 2)) {
		fprintf(stderr,
			"plat connections: say list, show, test, pause, resume, remove or metadata, and which connection\n");
		return 2;
	}
	return task_run("connections", connections, &q);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"apply", ARG_FLAG, &apply, NULL, "test: store the settings that it suggests", 0, 0},
	{"json", ARG_FLAG, &as_json, NULL, "test: print the report as JSON", 0, 0},
	{0},
};

const struct command connections_command = {
	.name = "connections",
	.summary = "list, test, pause and remove connections to MLS feeds",
	.operands = "[list|show|test|pause|resume|remove|metadata] [PROVIDER]",
	.details =
		"list (the default) has a line for each; show has everything but the token, and what the active mapping names although the feed\n"
		"does not have it. test asks the feed some fifteen questions and says of each step whether it works. metadata reads what the feed\n"
		"says that it has, and prints the fields. remove leaves the listings as they are.",
	.examples =
		"plat connections\nplat connections test bridge --apply\nplat connections metadata | grep Timestamp\nplat connections pause reso\n",
	.args = args,
	.run = run,
};
