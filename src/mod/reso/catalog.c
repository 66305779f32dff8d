#include "mod/reso/catalog.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/reso/call.h"
#include "mod/reso/catalog_local.h"
#include "mod/reso/dictionary.h"

#define KEPT_US (60 * US_PER_SECOND)
#define KEPT_MOST 64

struct reso_catalogs {
	struct reso_catalog *list; /* the one used last comes first */
};

struct reso_catalogs *reso_catalogs_new(void)
{
	struct reso_catalogs *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	return s;
}

static void unref(void *p)
{
	struct reso_catalog *cat = p;

	if (--cat->refs == 0)
		arena_free(cat->arena);
}

void reso_catalogs_free(struct reso_catalogs *s)
{
	if (!s)
		return;
	for (struct reso_catalog *cat = s->list, *next; cat; cat = next) {
		next = cat->next;
		unref(cat);
	}
	free(s);
}

/* --- what is not shown ---------------------------------------------------------------------------- */

/* Sources put themselves before a name of their own: MRD_LockBoxType. */
static bool behind_prefix(struct str *name)
{
	ptrdiff_t at = str_find_char(*name, '_');

	if (at > 0)
		*name = str_sub(*name, (size_t)at + 1, name->len);
	return at > 0;
}

bool reso_catalog_is_address(const struct reso_catalog *cat, struct str field)
{
	static const char *const names[] = {"UnparsedAddress", "StreetNumber",
		"StreetNumberNumeric", "StreetDirPrefix", "StreetName", "StreetSuffix",
		"StreetSuffixModifier", "StreetDirSuffix", "StreetAdditionalInfo", "UnitNumber",
		"PostalCodePlus4", "Latitude", "Longitude", "Coordinates", "MapCoordinate",
		"MapURL", "Directions", "CrossStreet", "ParcelNumber", "TaxLot", "TaxBlock",
		"TaxLegalDescription", "BuildingName", "CarrierRoute"};

	for (bool more = !cat->is_full; more; more = behind_prefix(&field))
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (str_eq_nocase(field, str_of(names[i])))
				return true;
	return false;
}

/* '*' stands for anything. */
static bool fits(struct str pattern, struct str name)
{
	struct str head = str_cut(&pattern, '*');

	if (!pattern.p)
		return str_eq_nocase(head, name);
	if (!str_eq_nocase(str_sub(name, 0, head.len), head))
		return false;
	for (size_t at = head.len; at <= name.len; at++)
		if (fits(pattern, str_sub(name, at, name.len)))
			return true;
	return false;
}

/* As mls.is_hidden_field() has it. */
bool reso_catalog_shows(const struct reso_catalog *cat, struct str field)
{
	for (bool more = !cat->is_full; more; more = behind_prefix(&field))
		for (size_t i = 0; i < cat->hidden_n; i++)
			if (fits(cat->hidden[i], field))
				return false;
	return true;
}

/* --- reading -------------------------------------------------------------------------------------- */

static const char sources_sql[] =
	"select f.key, f.value ->> 'type', coalesce(f.value ->> 'is_list', 'false') = 'true', f.value ->> 'lookup'"
	" from mls.source_metadata s cross join lateral jsonb_each(s.resources -> 'Property') f"
	" where s.workspace_id = $1 and jsonb_typeof(s.resources -> 'Property') = 'object' order by f.key";
static const char fields_sql[] =
	"select name, array_to_string(array_remove(kinds, 'null'), ' ') from mls.reso_fields where workspace_id = $1 order by name";
static const char hidden_sql[] = "select unnest(mls.hidden_fields())";
static const char plain_sql[] =
	"select coalesce(bit_or(c.bit) filter (where not exists (select from mls.field_mappings m"
	" where m.workspace_id = $1 and m.mapping ->> c.name is distinct from c.field)), 0)"
	" from (values (1, 'source_listing_key', 'ListingKey'), (2, 'mls_number', 'ListingId'),"
	" (4, 'standard_status', 'StandardStatus'), (8, 'city', 'City'), (16, 'subdivision', 'SubdivisionName'),"
	" (32, 'building_name', 'BuildingName')) c (bit, name, field)";
static const char scanned_sql[] =
	"select exists (select from mls.reso_scans where workspace_id = $1)";

static struct batch *ask(struct arena *a, struct str workspace_id)
{
	struct batch *b = batch_new(a);
	struct db_param p[] = {db_str(workspace_id)};

	batch_as(b,
		&(struct db_caller){.role = STR("plat_worker"),
			.statement_timeout_ms = RESO_STATEMENT_MS});
	batch_read_only(b);
	batch_add(b, scanned_sql, 1, p);
	batch_add(b, sources_sql, 1, p);
	batch_add(b, fields_sql, 1, p);
	batch_add(b, hidden_sql, 0, NULL);
	batch_add(b, plain_sql, 1, p);
	return b;
}

static void read_hidden(struct reso_catalog *cat, const struct result *r)
{
	cat->hidden_n = (size_t)result_rows(r);
	cat->hidden = arena_array(cat->arena, cat->hidden_n + 1, sizeof *cat->hidden);
	for (size_t i = 0; i < cat->hidden_n; i++)
		cat->hidden[i] = str_copy(cat->arena, result_text(r, (int)i, 0));
}

/* --- looking through payloads ---------------------------------------------------------------------- */

static void add_text(struct buf *b, struct str s)
{
	buf_cstr(b, b->len > 1 ? ",\"" : "\"");
	buf_str(b, s); /* names of our own: letters and digits */
	buf_char(b, '"');
}

int reso_catalog_scan(struct db *db, struct arena *a, struct str workspace_id, struct err *e)
{
	struct odata_model *m = dictionary_model(a);
	const struct odata_resource *property = odata_model_resource(m, STR("Property"));
	const struct odata_resource *media = odata_model_resource(m, STR("Media"));
	struct batch *b = batch_new(a);
	struct buf lists[3];

	for (int i = 0; i < 3; i++)
		buf_init(&lists[i], 0), buf_char(&lists[i], '{');
	for (size_t i = 0; i < property->fields_n; i++) {
		const struct odata_field *f = property->fields[i];
		add_text(&lists[0], f->name);
		if (f->lookup.p)
			add_text(&lists[1], f->name), add_text(&lists[2], f->lookup);
	}
	for (size_t i = 0; i < media->fields_n; i++)
		add_text(&lists[0], STR_JOIN(a, STR("Media/"), media->fields[i]->name));
	for (int i = 0; i < 3; i++)
		buf_char(&lists[i], '}');
	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b, "select mls.scan_reso_fields($1, $2, $3, $4)", 4,
		(struct db_param[]){db_str(workspace_id), db_str(buf_view(&lists[0])),
			db_str(buf_view(&lists[1])), db_str(buf_view(&lists[2]))});
	for (int i = 0; i < 3; i++)
		buf_done(&lists[i]);
	return db_run(db, b, e);
}

/* --- one catalog ----------------------------------------------------------------------------------- */

static struct reso_catalog *make(struct reso_call *c, const struct batch *b)
{
	struct arena *a = arena_new();
	struct reso_catalog *cat = ARENA_NEW(a, struct reso_catalog);

	*cat = (struct reso_catalog){.arena = a,
		.refs = 1,
		.workspace_id = str_copy(a, c->who.workspace_id),
		.is_full = c->who.is_full,
		.made_us = c->now_us};
	read_hidden(cat, batch_result(b, 3));
	cat->plain = (unsigned)result_i64(batch_result(b, 4), 0, 0);
	reso_catalog_model(cat, batch_result(b, 1), batch_result(b, 2));
	return cat;
}

static int load(struct reso_call *c, bool fresh, struct reso_catalog **ret_catalog)
{
	struct str ws = c->who.workspace_id;
	struct batch *b = ask(c->arena, ws);

	if (fresh && reso_catalog_scan(c->db, c->arena, ws, &c->err))
		return reso_fail(c, &c->err);
	if (reso_run(c, b))
		return -1;
	if (!result_bool(batch_result(b, 0), 0, 0)) {
		if (reso_catalog_scan(c->db, c->arena, ws, &c->err))
			return reso_fail(c, &c->err);
		b = ask(c->arena, ws);
		if (reso_run(c, b))
			return -1;
	}
	*ret_catalog = make(c, b);
	return 0;
}

static struct reso_catalog **place_of(struct reso_catalogs *s, const struct reso_call *c)
{
	struct reso_catalog **at = &s->list;

	while (*at &&
		!((*at)->is_full == c->who.is_full &&
			str_eq((*at)->workspace_id, c->who.workspace_id)))
		at = &(*at)->next;
	return at;
}

static void remember(struct reso_catalogs *s, const struct reso_call *c, struct reso_catalog *cat)
{
	struct reso_catalog **at = place_of(s, c), *old = *at;
	int n = 0;

	if (old) {
		*at = old->next;
		unref(old);
	}
	cat->next = s->list;
	s->list = cat;
	for (at = &s->list; *at; at = &(*at)->next)
		if (++n > KEPT_MOST) {
			old = *at;
			*at = NULL;
			unref(old);
			return;
		}
}

int reso_catalog_get(struct reso_call *c, bool fresh, const struct reso_catalog **ret_catalog)
{
	struct reso_catalogs *s = c->site->catalogs;
	struct reso_catalog *cat = *place_of(s, c);

	if (fresh || !cat || c->now_us - cat->made_us > KEPT_US) {
		if (load(c, fresh, &cat))
			return -1;
		remember(s, c, cat);
	}
	cat->refs++;
	arena_defer(c->arena, unref, cat);
	*ret_catalog = cat;
	return 0;
}
