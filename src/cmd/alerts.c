/* plat alerts: where the look at changed listings is, and what a saved search would find. */
#include <stdio.h>
#include <string.h>

#include "app/worker.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/uuid.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/alerts/alerts.h"

static long long limit = 20;

static const char status_sql[] =
	"select (select count(*) from mls.saved_searches s where s.alert <> 'off') as \"searches with alerts\","
	" nullif((select count(*) from mls.saved_searches s where s.alert <> 'off' and s.problem is not null), 0) as \"with a problem\","
	" (select count(*) from mls.alert_workspaces) as \"workspaces watched\","
	" nullif((select count(*) from mls.alert_workspaces w where w.ready_at is null), 0) as \"being counted\","
	" (select count(*) from mls.alert_listings) as \"listings watched\","
	" f.from_xid as \"listings read from transaction\","
	" (select count(*) from mls.listings l join mls.alert_workspaces w on w.workspace_id = l.workspace_id"
	" left join mls.alert_listings s on s.workspace_id = l.workspace_id and s.listing_id = l.id"
	" where l.changed_xid >= f.from_xid and l.changed_xid < pg_snapshot_xmax(pg_current_snapshot())"
	" and s.changed_xid is distinct from l.changed_xid) || ' listings' as behind,"
	" to_char(f.moved_at, 'YYYY-MM-DD HH24:MI:SS') as \"last change read\","
	" (select count(*) from mls.search_alerts a where a.found_at > now() - interval '1 day') as \"alerts in 24 hours\","
	" (select count(*) from mls.search_alerts a where a.by_mail and a.mailed_at is null) as \"waiting for their mail\","
	" (select count(*) from mls.due_alert_mails(100000)) as \"mails due\""
	" from (values (1)) one left join plat.followers f on f.name = 'alerts'";

static int print_status(struct login *l, struct arena *a, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b, status_sql, 0, NULL);
	if (db_run(l->db, b, e))
		return e->code;
	table_print_one(stdout, batch_result(b, 0), 0);
	return 0;
}

static struct str list_of(struct arena *a, const struct alerts_preview *p)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < p->n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? "," : "{", STR_ARG(p->ids[i]));
	buf_cstr(&b, p->n ? "}" : "{}");
	struct str list = str_copy(a, buf_view(&b));
	buf_done(&b);
	return list;
}

static int print_found(struct session *s, struct arena *a, const struct alerts_preview *p,
	struct err *e)
{
	struct db_param params[] = {db_str(p->workspace_id), db_str(list_of(a, p)),
		db_str(p->audience)};
	struct result *rows;

	if (session_exec(s, a,
		    "select d.mls_number, d.standard_status as status, mls.dollars(d.list_price) as price, d.bedrooms as beds, d.bathrooms as baths,"
		    " d.city, d.address_full as address from mls.displayed($1::uuid, $2::uuid[], $3) d",
		    3, params, &rows, e))
		return e->code;
	if (result_rows(rows))
		table_print(stdout, rows);
	printf("“" STR_FMT "” finds %lld of %lld listings as " STR_FMT " may see them\n",
		STR_ARG(p->name), (long long)p->found, (long long)p->of,
		STR_ARG(str_eq(p->audience, STR("agents")) ? STR("agents") : STR("clients")));
	return 0;
}

static int preview(struct login *l, struct arena *a, const char *id, struct err *e)
{
	struct session *s = worker_session(l->db, e);
	struct alerts_preview p;

	if (s && !alerts_preview(s, a, str_of(id), (size_t)limit, &p, e))
		(void)print_found(s, a, &p, e);
	session_close(s);
	return e->code;
}

static int work(struct task *t, struct err *e)
{
	const char *id = t->arg;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	if (id)
		(void)preview(&l, t->arena, id, e);
	else
		(void)print_status(&l, t->arena, e);
	login_close(&l);
	return e->code;
}

static int run(int n, char **operands)
{
	bool is_preview = n && !strcmp(operands[0], "preview");

	if ((n && !is_preview && strcmp(operands[0], "status") != 0) ||
		n !=
			(is_preview         ? 2
					: n ? 1
					    : 0) ||
		(is_preview && !uuid_is_valid(str_of(operands[1])))) {
		fprintf(stderr,
			"plat alerts: takes status, or preview and the id of a saved search; see plat alerts --help\n");
		return 2;
	}
	return task_run("alerts", work, is_preview ? operands[1] : NULL);
}

static const struct arg args[] = {
	{"limit", ARG_INT, &limit, "N", "with preview: show the first N; 20 unless said", 1, 1000},
	{0},
};

const struct command alerts_command = {
	.name = "alerts",
	.summary = "where saved searches with alerts are, and what one would find",
	.operands = "[status|preview SAVED_SEARCH_ID]",
	.details =
		"`status` says how many searches have alerts, how far the look at changed listings has come, and what waits to be mailed.\n"
		"`preview` holds a search against all listings that its person may see, the way alerts do: words as they are, without typos;\n"
		"it tells nobody.",
	.examples = "plat alerts\nplat alerts preview 0b4e7b1c-3c57-4c0e-9d0c-0e6a4f1f7f51\n"
		    "plat alerts preview 0b4e7b1c-3c57-4c0e-9d0c-0e6a4f1f7f51 --limit 100\n",
	.args = args,
	.run = run,
};
