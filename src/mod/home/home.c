/* home: the plain page at /: what is in the demo workspace, its last sync runs, its logins, and where to go from here. Without a
 * demo workspace it shows no data: everything else is behind logins. */
#include "app/module.h"
#include "app/refusal.h"
#include "app/service.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/db.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/home/page.h"

#define TIMEOUT_MS 5000

/* In the order of the batch. */
static const struct stmt statements[] = {
	[HOME_WORKSPACE] = {"home_workspace",
		"select id, name, status from mls.workspaces where slug = $1"},
	[HOME_COUNTS] = {"home_counts",
		"select c.name, c.n from mls.workspaces w, lateral (values "
		"('mls.listings', (select count(*) from mls.listings x where x.workspace_id = w.id)), "
		"('mls.listings, active', (select count(*) from mls.listings x where x.workspace_id = w.id "
		"and x.standard_status = 'Active')), "
		"('mls.listing_media', (select count(*) from mls.listing_media x where x.workspace_id = w.id)), "
		"('mls.listing_events', (select count(*) from mls.listing_events x where x.workspace_id = w.id)), "
		"('mls.user_profiles', (select count(*) from mls.user_profiles x where x.workspace_id = w.id)), "
		"('marketing.content_pieces', (select count(*) from marketing.content_pieces x where x.workspace_id = w.id)), "
		"('ops.activities', (select count(*) from ops.activities x where x.workspace_id = w.id)), "
		"('ops.staff', (select count(*) from ops.staff x where x.workspace_id = w.id)), "
		"('crm.leads', (select count(*) from crm.leads x where x.workspace_id = w.id)), "
		"('crm.deals', (select count(*) from crm.deals x where x.workspace_id = w.id))) c (name, n) where w.slug = $1"},
	[HOME_SCHEMAS] = {"home_schemas",
		"select n.nspname, count(*), count(*) filter (where c.relrowsecurity) from pg_class c "
		"join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') "
		"and n.nspname in ('auth', 'mls', 'marketing', 'ops', 'org', 'crm', 'storage') group by 1 order by 1"},
	[HOME_RUNS] = {"home_runs",
		"select to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), r.status, coalesce(c.dataset_id, 'file'), "
		"r.stats ->> 'fetched', r.stats ->> 'upserted', r.stats ->> 'indexed', r.stats ->> 'errors', "
		"r.stats ->> 'duration_ms', r.error from mls.sync_runs r "
		"join mls.workspaces w on w.id = r.workspace_id left join mls.mls_connections c on "
		"c.workspace_id = r.workspace_id and c.id = r.mls_connection_id "
		"where w.slug = $1 order by r.started_at desc limit 5"},
	[HOME_PAYLOADS] = {"home_payloads",
		"select l.mls_number, l.address_full, l.city, l.state, l.standard_status, l.list_price, l.bedrooms, l.bathrooms, "
		"l.living_area_sqft, l.source_dataset_id from mls.listings l join mls.workspaces w on w.id = l.workspace_id "
		"where w.slug = $1 and l.is_active and l.source_dataset_id is distinct from $2 "
		"order by l.modification_ts desc nulls last limit 10"},
	[HOME_FEED] = {"home_feed",
		"select l.mls_number, l.address_full, l.city, l.state, l.standard_status, l.list_price, l.bedrooms, l.bathrooms, "
		"l.living_area_sqft, l.source_dataset_id from mls.listings l join mls.workspaces w on w.id = l.workspace_id "
		"where w.slug = $1 and l.is_active and l.source_dataset_id = $2 "
		"order by l.modification_ts desc nulls last limit 10"},
};

static void on_rows(struct batch *b, void *arg)
{
	struct req *r = arg;
	struct result *results[HOME_PARTS];

	if (batch_code(b)) {
		refusal_reply(r->http, b);
		return;
	}
	for (int i = 0; i < HOME_PARTS; i++)
		results[i] = batch_result(b, i);
	http_reply_header(r->http, "Cache-Control", STR("no-store"));
	http_reply_header(r->http, "Content-Security-Policy",
		STR("default-src 'none'; style-src 'unsafe-inline'"));
	http_reply(r->http, 200, "text/html; charset=utf-8", page_write(r->http->arena, results));
}

static void get_home(struct req *r)
{
	struct batch *b = batch_new(r->http->arena);
	struct db_caller caller = {.role = STR("plat_worker"), .statement_timeout_ms = TIMEOUT_MS};
	struct err e = {.arena = r->http->arena};
	/* The datasets are text of ours; both values travel as parameters. */
	struct db_param params[] = {db_text(HOME_SLUG), db_text(HOME_DATASET)};

	batch_as(b, &caller);
	batch_read_only(b);
	for (int i = 0; i < HOME_PARTS; i++)
		batch_add_prepared(b, &statements[i],
			i == HOME_SCHEMAS            ? 0
				: i >= HOME_PAYLOADS ? 2
						     : 1,
			params);
	if (db_submit(service_db(r->service), b, on_rows, r)) {
		err_set(&e, E_BUSY, "the database is busy; try again in a moment");
		http_reply_err(r->http, &e);
	}
}

static const struct route routes[] = {
	{"GET", "/", get_home},
	{0},
};

const struct module home_module = {.name = "home", .routes = routes};
