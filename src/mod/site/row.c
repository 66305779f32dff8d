#include "mod/site/row.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "mod/search/search.h"
#include "mod/site/call.h"
#include "mod/site/slug.h"

enum oid {
	OID_BOOL = 16,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_JSON = 114,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_TIMESTAMPTZ = 1184,
	OID_NUMERIC = 1700,
	OID_JSONB = 3802
};

struct str site_row_text(const struct result *r, int row, const char *column)
{
	int i = result_col(r, column);

	return i < 0 ? STR_NULL : result_text(r, row, i);
}

struct str site_row_slug(struct arena *a, const struct result *r, int row)
{
	struct site_slug_parts parts = {
		.id = site_row_text(r, row, "id"),
		.number = site_row_text(r, row, "mls_number"),
		.street = {site_row_text(r, row, "street_number"),
			site_row_text(r, row, "street_name"), site_row_text(r, row, "unit_number")},
		.address = site_row_text(r, row, "address_full"),
		.area = {site_row_text(r, row, "city"), site_row_text(r, row, "state"),
			site_row_text(r, row, "postal_code")},
	};

	return site_slug_make(a, &parts);
}

struct str site_row_url(struct site_call *c, const struct result *r, int row)
{
	return STR_JOIN(c->arena, c->place.root, STR("/listings/"),
		site_row_slug(c->arena, r, row));
}

static void write_time(struct jsonw *w, struct str text)
{
	int64_t us;

	if (clock_parse_iso(text, &us))
		jsonw_time(w, us);
	else
		jsonw_str(w, text); /* infinity */
}

static void write_number(struct jsonw *w, struct str text)
{
	double x;

	if (str_to_f64(text, &x)) /* neither NaN nor infinity, which JSON has no words for */
		jsonw_raw(w, text);
	else
		jsonw_null(w);
}

static void write_value(struct jsonw *w, unsigned type, struct str text)
{
	if (!text.p) {
		jsonw_null(w);
		return;
	}
	switch ((enum oid)type) {
	case OID_BOOL: jsonw_bool(w, str_eq(text, STR("t"))); break;
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
	case OID_FLOAT4:
	case OID_FLOAT8:
	case OID_NUMERIC: write_number(w, text); break;
	case OID_JSON:
	case OID_JSONB: jsonw_raw(w, text); break;
	case OID_TIMESTAMPTZ: write_time(w, text); break;
	default: jsonw_str(w, text);
	}
}

static bool is_for_agents(const char *column)
{
	int i = search_field_find(str_of(column), SEARCH_AGENTS);

	return i >= 0 && search_fields[i].flags & SEARCH_AGENT;
}

void site_row_members(struct site_call *c, struct jsonw *w, const struct result *r, int row)
{
	bool has_few = result_col(r, "few_photos") >= 0;

	for (int i = 0; i < result_cols(r); i++) {
		const char *name = result_name(r, i);
		if (is_for_agents(name) || (has_few && !strcmp(name, "photos")))
			continue;
		jsonw_key(w, strcmp(name, "few_photos") ? name : "photos");
		write_value(w, result_oid(r, i), result_text(r, row, i));
	}
	jsonw_key(w, "slug"), jsonw_str(w, site_row_slug(c->arena, r, row));
	jsonw_key(w, "url"), jsonw_str(w, site_row_url(c, r, row));
}

void site_row_write(struct site_call *c, struct jsonw *w, const struct result *r, int row)
{
	jsonw_obj(w);
	site_row_members(c, w, r, row);
	jsonw_end(w);
}
