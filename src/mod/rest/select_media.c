/* The rows of the root in the form of the media type that is answered: columns, CSV, GeoJSON, what a handler makes of them, or how
 * PostgreSQL would find them. */
#include "base/arena.h"
#include "mod/rest/keyset.h"
#include "mod/rest/media.h"
#include "mod/rest/select_local.h"

#define OID_BYTEA 17

static int write_rows(struct select *x)
{
	struct rest_plan *p = x->p;
	struct select_level l = {.node = x->root};

	l.is_keyset = l.adds_key = !x->source->is_done && !x->source->sql.p &&
		rest_keyset_is_on(x->r) && !x->root->is_grouped;
	p->result = x->root->is_known ? REST_RESULT_ROWS : REST_RESULT_VALUES;
	p->may_restart = true;
	p->is_csv = x->is_csv;
	if (select_level_write(x, &l, NULL, SELECT_PLAIN, &p->out))
		return -1;
	p->n_cols = l.out->n_columns;
	return 0;
}

/* One value made of all rows. before and behind stand around the rows' alias. */
static int write_body(struct select *x, const char *before, const char *behind, bool of_table)
{
	struct select_level l = {.node = x->root, .is_json = true, .no_columns = of_table};
	struct str alias = rest_sql_alias(x->s, x->r->arena);

	rest_sql(x->s, before);
	rest_sql(x->s, "(");
	rest_sql_str(x->s, alias);
	rest_sql(x->s, ".*)");
	rest_sql(x->s, behind);
	rest_sql(x->s, " from (");
	if (select_level_rows(x, &l, NULL, NULL))
		return -1;
	if (of_table)
		select_column_add(x, l.out, STR_NULL,
			str_printf(x->r->arena, STR_FMT ".*", STR_ARG(x->root->alias)));
	select_scope_write(x, l.out, of_table ? SELECT_PLAIN : SELECT_KEYS);
	rest_sql(x->s, ") ");
	rest_sql_str(x->s, alias);
	x->p->result = REST_RESULT_BODY;
	x->p->n_cols = 1;
	return 0;
}

static int write_geojson(struct select *x)
{
	return write_body(x,
		"select json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(ST_AsGeoJSON(",
		")::json), '[]'))", false);
}

/* --- handlers ---------------------------------------------------------------------------------- */

static bool is_default(const struct rest_request *r)
{
	const struct rest_item *i = r->query.root.items;

	return i && i->kind == REST_ITEM_STAR && !i->next;
}

/* For this table before any, for any media type before this one. */
static int rank(const struct select *x, const struct rest_handler *h, struct str type)
{
	bool is_own = h->table && h->table == x->root->table && is_default(x->r);

	if (!h->aggregate.p || (h->table && !is_own))
		return 0;
	if (is_own && h->is_any)
		return 3;
	if (!str_eq(h->media, type) || h->is_any)
		return 0;
	return is_own ? 2 : 1;
}

static const struct rest_handler *find_handler(const struct select *x)
{
	const struct rest_accept *a = x->r->accept;
	const struct rest_handler *best = NULL;
	int best_rank = 0;

	if (!a || a->media == REST_MEDIA_SINGULAR || a->media == REST_MEDIA_ARRAY ||
		a->media == REST_MEDIA_PLAN)
		return NULL;
	for (const struct rest_handler *h = rest_cache_handlers(x->r->cache, x->r->schema); h;
		h = h->next) {
		int n = rank(x, h, a->type);
		if (n > best_rank) {
			best = h;
			best_rank = n;
		}
	}
	return best;
}

static bool is_bytea(const struct rest_request *r, const struct rest_handler *h)
{
	struct str quoted = str_printf(r->arena, "\"" STR_FMT "\"", STR_ARG(h->media));
	const struct rest_type *t = rest_cache_type_named(r->cache, r->schema, quoted);

	while (t && t->base)
		t = t->base;
	return t && t->oid == OID_BYTEA;
}

static int write_handled(struct select *x, const struct rest_handler *h)
{
	struct str sql = h->table ? h->table->sql : STR("");
	const char *before =
		arena_printf(x->r->arena, "select " STR_FMT "(", STR_ARG(h->aggregate));
	const char *behind =
		arena_printf(x->r->arena, "%s" STR_FMT ")", h->table ? "::" : "", STR_ARG(sql));

	x->p->is_bytea = is_bytea(x->r, h);
	x->p->content_type = rest_media_type(h);
	return write_body(x, before, behind, h->table);
}

/* --- plans ------------------------------------------------------------------------------------- */

static const struct option {
	enum rest_plan_option bit;
	const char *name;
} options[] = {{REST_PLAN_ANALYZE, "analyze"}, {REST_PLAN_VERBOSE, "verbose"},
	{REST_PLAN_SETTINGS, "settings"}, {REST_PLAN_BUFFERS, "buffers"}, {REST_PLAN_WAL, "wal"}};

static struct str plan_type(struct arena *a, const struct rest_accept *accept)
{
	const char *list = "", *between = "; options=";

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (accept->plan_options & options[i].bit) {
			list = arena_printf(a, "%s%s%s", list, between, options[i].name);
			between = "|";
		}
	return str_printf(a, "application/vnd.pgrst.plan+%s; for=\"" STR_FMT "\"%s; charset=utf-8",
		accept->plan_text ? "text" : "json", STR_ARG(accept->plan_for), list);
}

static int write_plan(struct select *x)
{
	const struct rest_accept *a = x->r->accept;

	rest_sql(x->s, a->plan_text ? "explain (format text" : "explain (format json");
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (a->plan_options & options[i].bit) {
			rest_sql(x->s, ", ");
			rest_sql(x->s, options[i].name);
		}
	rest_sql(x->s, ") ");
	x->is_csv = str_eq(a->plan_for, STR("text/csv"));
	if (write_rows(x))
		return -1;
	x->p->result = REST_RESULT_BODY;
	x->p->content_type = plan_type(x->p->arena, a);
	x->p->may_restart = x->p->is_csv = false;
	x->p->n_cols = 1;
	return 0;
}

int select_media_write(struct select *x)
{
	const struct rest_accept *a = x->r->accept;
	const struct rest_handler *h = find_handler(x);

	if (h)
		return write_handled(x, h);
	if (a && a->media == REST_MEDIA_PLAN)
		return write_plan(x);
	if (a && a->media == REST_MEDIA_GEOJSON)
		return write_geojson(x);
	if (a && a->media > REST_MEDIA_GEOJSON)
		return rest_fault(&x->r->fault, 406, "PGRST107",
			"None of these media types are available: " STR_FMT, STR_ARG(a->type));
	x->is_csv = a && a->media == REST_MEDIA_CSV;
	return write_rows(x);
}
