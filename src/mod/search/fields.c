#include "mod/search/fields.h"

#include <string.h>

#include "base/nearest.h"

#define NEAR_MISS 3

#define STRING(name, flags) {#name, SEARCH_STRING, SEARCH_WORDS | SEARCH_SORT | (flags), "l." #name}
#define NUMBER(name, type, flags) {#name, type, SEARCH_SORT | (flags), "l." #name}
#define TIME(name, flags) \
	{#name, SEARCH_INT64, SEARCH_SORT | (flags), "extract(epoch from l." #name ")::bigint"}

const struct search_field search_fields[] = {
	{"id", SEARCH_STRING, SEARCH_REQUIRED, "l.id"},
	STRING(mls_number, 0),
	STRING(source_listing_key, 0),
	STRING(source_provider, SEARCH_FACET | SEARCH_REQUIRED),
	STRING(standard_status, SEARCH_FACET),
	STRING(property_type, SEARCH_FACET),
	STRING(address_full, SEARCH_ADDRESS),
	STRING(street_number, SEARCH_ADDRESS),
	STRING(street_name, SEARCH_ADDRESS),
	STRING(unit_number, SEARCH_ADDRESS),
	STRING(city, SEARCH_FACET),
	STRING(state, SEARCH_FACET),
	STRING(postal_code, SEARCH_FACET),
	STRING(subdivision, SEARCH_FACET),
	STRING(building_name, SEARCH_FACET | SEARCH_ADDRESS),
	STRING(community, SEARCH_FACET),
	STRING(county, SEARCH_FACET),
	/* As mls.displayed() has them: remarks that tell an address that is kept back would lead to it. */
	{"public_remarks", SEARCH_STRING, SEARCH_WORDS | SEARCH_TEXT,
		"case when mls.is_address_displayed(l) or not mls.tells_address(l, l.public_remarks)"
		" then l.public_remarks end"},
	STRING(list_agent_name, SEARCH_FACET),
	STRING(list_agent_mls_id, SEARCH_FACET),
	STRING(list_office_name, SEARCH_FACET),
	STRING(list_office_mls_id, SEARCH_FACET),
	{"marketing_description", SEARCH_STRING, SEARCH_WORDS | SEARCH_TEXT | SEARCH_AGENT,
		"l.marketing_description"},
	NUMBER(list_price, SEARCH_INT32, SEARCH_FACET),
	NUMBER(close_price, SEARCH_INT32, SEARCH_FACET),
	NUMBER(price_per_sqft, SEARCH_INT32, SEARCH_FACET),
	NUMBER(bedrooms, SEARCH_INT32, SEARCH_FACET),
	NUMBER(bathrooms, SEARCH_FLOAT, SEARCH_FACET),
	NUMBER(living_area_sqft, SEARCH_INT32, SEARCH_FACET),
	NUMBER(lot_size_sqft, SEARCH_INT32, SEARCH_FACET),
	NUMBER(year_built, SEARCH_INT32, SEARCH_FACET),
	NUMBER(photo_count, SEARCH_INT32, SEARCH_FACET),
	TIME(list_date, 0),
	TIME(close_date, 0),
	TIME(modification_ts, 0),
	TIME(created_at, SEARCH_REQUIRED),
	TIME(updated_at, SEARCH_REQUIRED),
	{"location", SEARCH_GEOPOINT, SEARCH_SORT | SEARCH_ADDRESS,
		"l.latitude || ',' || l.longitude"},
	{"import_task_id", SEARCH_STRING, SEARCH_FACET | SEARCH_AGENT, "l.import_task_id"},
};
const int search_fields_n = sizeof search_fields / sizeof search_fields[0];
_Static_assert(sizeof search_fields / sizeof search_fields[0] <= SEARCH_FIELDS_MAX, "fields");

bool search_field_is_for(int field, enum search_audience who)
{
	return who == SEARCH_AGENTS || !(search_fields[field].flags & SEARCH_AGENT);
}

/* Each search asks for some dozens. */
static bool is_named(const struct search_field *f, struct str name)
{
	return name.len && f->name[0] == name.p[0] && !strncmp(f->name, name.p, name.len) &&
		!f->name[name.len];
}

int search_field_find(struct str name, enum search_audience who)
{
	for (int i = 0; i < search_fields_n; i++)
		if (is_named(&search_fields[i], name))
			return search_field_is_for(i, who) ? i : -1;
	return -1;
}

const char *search_field_near(struct str name, enum search_audience who)
{
	char text[64];

	if (!name.len || name.len >= sizeof text)
		return NULL;
	for (size_t i = 0; i < name.len; i++)
		text[i] = name.p[i];
	text[name.len] = 0;
	struct nearest n = nearest_to(text);
	for (int i = 0; i < search_fields_n; i++)
		if (search_field_is_for(i, who))
			nearest_offer(&n, search_fields[i].name);
	return n.best && n.distance <= NEAR_MISS ? n.best : NULL;
}

const char *search_type_name(enum search_type t)
{
	static const char *const names[] = {
		[SEARCH_STRING] = "string",
		[SEARCH_INT32] = "int32",
		[SEARCH_INT64] = "int64",
		[SEARCH_FLOAT] = "float",
		[SEARCH_BOOL] = "bool",
		[SEARCH_GEOPOINT] = "geopoint",
	};
	return names[t];
}
