#include "mod/reso/resource.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "mod/reso/call.h"
#include "mod/reso/catalog.h"
#include "mod/reso/consumer.h"
#include "mod/reso/reso_sql.h"

#define IS_NO(field) "lower(%s.raw ->> '" field "') in ('false', 'n', 'no', '0')"

/* Listings as alias: active ones of the workspace; without the scope full only those that their sellers and brokers show on the internet,
 * in a status that may be advertised. VOW, whose readers are registered, has those that are coming and gone too. */
static const char *shown(const struct reso_call *c, const char *alias)
{
	bool is_vow = (c->who.scopes & RESO_VOW) != 0;
	const char *all =
		arena_printf(c->arena, "%s.workspace_id = $1::uuid and %s.is_active", alias, alias);

	if (c->who.is_full)
		return all;
	const char *rules = arena_printf(c->arena,
		"%s and %s.standard_status = any ('{Active,Active Under Contract,Pending%s}')"
		" and (" IS_NO("InternetEntireListingDisplayYN") ") is not true",
		all, alias, is_vow ? ",Coming Soon,Closed" : "", alias);
	return is_vow
		? rules
		: arena_printf(c->arena, "%s and (" IS_NO("IDXParticipationYN") ") is not true",
			  rules, alias);
}

/* --- resources ------------------------------------------------------------------------------------ */

/* An empty object has a few bytes, and no other payload has as few: asked without unpacking it. */
#define PAYLOAD(composed) "case when pg_column_size(r.raw) < 12 then " composed " else r.raw end"

/* Who follows Bridge's stamp shall come by what was made by hand, too. */
#define STAMPED \
	"mls.reso_compose(r) || jsonb_build_object('BridgeModificationTimestamp', mls.reso_stamp(r.source_modified_at))"

static void property(struct reso_call *c, const struct reso_catalog *cat, struct reso_source *s)
{
	*s = (struct reso_source){
		.from = "mls.listings r",
		.where = shown(c, "r"),
		.payload =
			cat->has_bridge_stamp ? PAYLOAD(STAMPED) : PAYLOAD("mls.reso_compose(r)"),
		.key = "r.source_listing_key",
		.orders = {"r.source_modified_at::timestamptz", "r.source_listing_key::text",
			"r.id::uuid"},
		.stamps = 1,
		.is_property = true,
		.has_media = (c->who.scopes & (RESO_FULL | RESO_MEDIA)) != 0,
	};
}

static void media(struct reso_call *c, struct reso_source *s)
{
	*s = (struct reso_source){
		.from = "mls.listing_media m join mls.listings l on l.workspace_id = m.workspace_id and l.id = m.listing_id",
		.where =
			arena_printf(c->arena, "m.workspace_id = $1::uuid and m.is_active and %s%s",
				shown(c, "l"), c->who.is_full ? "" : " and m.is_public"),
		.payload = "mls.reso_media(m, l.source_listing_key, l.mls_number)",
		.key = "coalesce(m.media_key, m.id::text)",
		.orders = {"m.listing_id::uuid", "m.id::uuid"},
		.parent_key = "l.source_listing_key",
	};
}

/* Who lists, as the listing that changed last says. key: "list_agent_key". */
static void people(struct reso_call *c, struct reso_source *s, const char *key, const char *payload)
{
	*s = (struct reso_source){
		.from = arena_printf(c->arena,
			"(select distinct on (l.%s) l.id from mls.listings l where %s and l.%s is not null"
			" order by l.%s, l.source_modified_at desc nulls last, l.id) k"
			" join mls.listings r on r.workspace_id = $1::uuid and r.id = k.id",
			key, shown(c, "l"), key, key),
		.where = "true",
		.payload = payload,
		.key = arena_printf(c->arena, "r.%s", key),
		.orders = {arena_printf(c->arena, "r.%s::text", key)},
	};
}

/* The dictionary's values of the lists that this consumer's fields have, and the names of those lists. */
static struct str lookups(struct reso_call *c, const struct reso_catalog *cat)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	for (size_t i = 0; i < cat->model->resources_n; i++) {
		const struct odata_resource *r = cat->model->resources[i];
		for (size_t k = 0; k < r->fields_n; k++) {
			struct str name = r->fields[k]->lookup;
			const struct odata_lookup *l =
				name.p ? odata_model_lookup(cat->model, name) : NULL;
			if (!name.p)
				continue;
			jsonw_key_str(&w, name);
			jsonw_arr(&w);
			for (size_t v = 0; l && v < l->n; v++)
				jsonw_str(&w, l->values[v].value);
			jsonw_arr_end(&w);
		}
	}
	jsonw_end(&w);
	struct str text = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

static void lookup(struct reso_call *c, const struct reso_catalog *cat, struct reso_source *s)
{
	*s = (struct reso_source){
		.from = "(select n.name, v.value, true as is_standard, null::timestamptz as seen_at"
			" from jsonb_each($2::jsonb) n (name, list) cross join lateral jsonb_array_elements_text(n.list) v (value)"
			" union all"
			" select l.name, l.value, false, l.seen_at from mls.reso_lookups l"
			" where l.workspace_id = $1::uuid and $2::jsonb ? l.name and not ($2::jsonb -> l.name) ? l.value) r",
		.where = "true",
		.payload =
			"jsonb_strip_nulls(jsonb_build_object('LookupKey', r.name || ':' || r.value, 'LookupName', r.name,"
			" 'LookupValue', r.value, 'StandardLookupValue', case when r.is_standard then r.value end,"
			" 'LegacyODataValue', regexp_replace(r.value, '[^A-Za-z0-9]', '', 'g'),"
			" 'ModificationTimestamp', mls.reso_stamp(coalesce(r.seen_at, '2022-05-24T00:00:00Z'))))",
		.key = "(r.name || ':' || r.value)",
		.orders = {"r.name::text", "r.value::text"},
		.extra = lookups(c, cat),
	};
}

int reso_resource_source(struct reso_call *c, const struct reso_catalog *cat,
	const struct odata_resource *r, struct reso_source *ret_source)
{
	if (str_eq(r->name, STR("Property"))) {
		property(c, cat, ret_source);
		return 0;
	}
	if (str_eq(r->name, STR("Lookup"))) {
		lookup(c, cat, ret_source);
		return 0;
	}
	if (str_eq(r->name, STR("Media"))) {
		media(c, ret_source);
		return reso_consumer_require(c, RESO_FULL | RESO_MEDIA, "Media");
	}
	if (str_eq(r->name, STR("Member"))) {
		people(c, ret_source, "list_agent_key", "mls.reso_member(r)");
		return reso_consumer_require(c, RESO_FULL | RESO_MEMBER, "Member");
	}
	people(c, ret_source, "list_office_key", "mls.reso_office(r)");
	return reso_consumer_require(c, RESO_FULL | RESO_OFFICE, "Office");
}

/* --- $expand --------------------------------------------------------------------------------------- */

static const char *const columns[][2] = {
	{"Media",
		"'Media', case when jsonb_typeof(r.raw -> 'Media') = 'array' then null else"
		" (select coalesce(jsonb_agg(mls.reso_media(m, r.source_listing_key, r.mls_number) order by m.sort_order, m.id), '[]')"
		" from mls.listing_media m where m.workspace_id = r.workspace_id and m.listing_id = r.id) end"},
	{"ListAgent",
		"'ListAgent', case when r.list_agent_key is not null then mls.reso_member(r) end"},
	{"ListOffice",
		"'ListOffice', case when r.list_office_key is not null then mls.reso_office(r) end"},
};

static int may_expand(struct reso_call *c, const struct odata_expand *x)
{
	if (x->orders_n)
		return odata_fault_set(&c->fault, 501, "$expand", 0,
			"$orderby inside $expand is not served");
	if (str_eq(x->navigation->name, STR("Media")))
		return reso_consumer_require(c, RESO_FULL | RESO_MEDIA, "Media");
	if (str_eq(x->navigation->name, STR("ListAgent")))
		return reso_consumer_require(c, RESO_FULL | RESO_MEMBER, "Member");
	return reso_consumer_require(c, RESO_FULL | RESO_OFFICE, "Office");
}

int reso_resource_expand(struct reso_call *c, const struct odata_query *query,
	const char **ret_column)
{
	struct buf b;
	int n = 0;

	*ret_column = NULL;
	buf_init(&b, 0);
	buf_cstr(&b, "jsonb_strip_nulls(jsonb_build_object(");
	for (size_t i = 0; i < query->expands_n; i++) {
		if (may_expand(c, &query->expands[i])) {
			buf_done(&b);
			return -1;
		}
		for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
			if (str_eq(query->expands[i].navigation->name, str_of(columns[k][0])))
				buf_printf(&b, "%s%s", n++ ? ", " : "", columns[k][1]);
	}
	buf_cstr(&b, "))");
	if (n)
		*ret_column = str_cstr(c->arena, buf_view(&b));
	buf_done(&b);
	return 0;
}
