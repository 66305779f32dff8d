#include "mod/mls/mapping.h"

#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/nearest.h"
#include "mod/mls/mapping_local.h"

/* To be raised when rows are typed in another way than before: every row then counts as changed. */
#define RULES_VERSION 2

/* Longer texts cannot be indexed, and are none that a person has written into these fields. */
#define WORDS 1000
#define ESSAY 100000

const struct mapping_column mapping_columns[LISTING_COLUMNS] = {
	[LISTING_SOURCE_LISTING_KEY] = {"source_listing_key", "ListingKey", KIND_TEXT, true, false,
		0, 255},
	[LISTING_MLS_NUMBER] = {"mls_number", "ListingId", KIND_TEXT, true, false, 0, WORDS},
	[LISTING_STANDARD_STATUS] = {"standard_status", "StandardStatus", KIND_STATUS, true, false,
		0, 0},
	[LISTING_MODIFICATION_TS] = {"modification_ts", "ModificationTimestamp", KIND_TIME, true,
		false, 0, 0},
	[LISTING_SOURCE_MODIFIED_AT] = {"source_modified_at", "BridgeModificationTimestamp",
		KIND_TIME, false, false, 0, 0},
	[LISTING_LIST_DATE] = {"list_date", "ListingContractDate", KIND_DATE, false, false, 0, 0},
	[LISTING_CLOSE_DATE] = {"close_date", "CloseDate", KIND_DATE, false, false, 0, 0},
	[LISTING_ADDRESS_FULL] = {"address_full", "UnparsedAddress", KIND_TEXT, true, false, 0,
		WORDS},
	[LISTING_STREET_NUMBER] = {"street_number", "StreetNumber", KIND_TEXT, false, false, 0,
		WORDS},
	[LISTING_STREET_NAME] = {"street_name", "StreetName", KIND_TEXT, false, false, 0, WORDS},
	[LISTING_UNIT_NUMBER] = {"unit_number", "UnitNumber", KIND_TEXT, false, false, 0, WORDS},
	[LISTING_CITY] = {"city", "City", KIND_TEXT, true, false, 0, WORDS},
	[LISTING_STATE] = {"state", "StateOrProvince", KIND_TEXT, true, false, 0, WORDS},
	[LISTING_POSTAL_CODE] = {"postal_code", "PostalCode", KIND_TEXT, true, false, 0, WORDS},
	[LISTING_SUBDIVISION] = {"subdivision", "SubdivisionName", KIND_TEXT, true, false, 0,
		WORDS},
	[LISTING_BUILDING_NAME] = {"building_name", "BuildingName", KIND_TEXT, true, false, 0,
		WORDS},
	[LISTING_COMMUNITY] = {"community", "MLSAreaMajor", KIND_TEXT, false, false, 0, WORDS},
	[LISTING_COUNTY] = {"county", "CountyOrParish", KIND_TEXT, false, false, 0, WORDS},
	[LISTING_LATITUDE] = {"latitude", "Latitude", KIND_FLOAT, true, false, -180, 180},
	[LISTING_LONGITUDE] = {"longitude", "Longitude", KIND_FLOAT, true, false, -180, 180},
	[LISTING_PROPERTY_TYPE] = {"property_type", "PropertyType", KIND_TEXT, true, false, 0,
		WORDS},
	[LISTING_BEDROOMS] = {"bedrooms", "BedroomsTotal", KIND_INT, true, false, 0, 10000},
	[LISTING_BATHROOMS] = {"bathrooms", "BathroomsTotalInteger", KIND_FLOAT, true, false, 0,
		10000},
	[LISTING_LIVING_AREA_SQFT] = {"living_area_sqft", "LivingArea", KIND_ROUND, true, true, 0,
		INT_MAX},
	[LISTING_LOT_SIZE_SQFT] = {"lot_size_sqft", "LotSizeSquareFeet", KIND_ROUND, false, true, 0,
		INT_MAX},
	[LISTING_YEAR_BUILT] = {"year_built", "YearBuilt", KIND_INT, true, true, 0, 2200},
	[LISTING_LIST_PRICE] = {"list_price", "ListPrice", KIND_ROUND, true, true, 0, INT_MAX},
	[LISTING_CLOSE_PRICE] = {"close_price", "ClosePrice", KIND_ROUND, false, true, 0, INT_MAX},
	[LISTING_PRICE_PER_SQFT] = {"price_per_sqft", NULL, KIND_ROUND, false, true, 0, INT_MAX},
	[LISTING_PUBLIC_REMARKS] = {"public_remarks", "PublicRemarks", KIND_TEXT, true, false, 0,
		ESSAY},
	[LISTING_PHOTO_COUNT] = {"photo_count", "PhotosCount", KIND_INT, false, false, 0, INT_MAX},
	[LISTING_LIST_AGENT_KEY] = {"list_agent_key", "ListAgentKey", KIND_TEXT, false, false, 0,
		WORDS},
	[LISTING_LIST_AGENT_MLS_ID] = {"list_agent_mls_id", "ListAgentMlsId", KIND_TEXT, false,
		false, 0, WORDS},
	[LISTING_LIST_AGENT_NAME] = {"list_agent_name", "ListAgentFullName", KIND_TEXT, false,
		false, 0, WORDS},
	[LISTING_LIST_OFFICE_KEY] = {"list_office_key", "ListOfficeKey", KIND_TEXT, false, false, 0,
		WORDS},
	[LISTING_LIST_OFFICE_MLS_ID] = {"list_office_mls_id", "ListOfficeMlsId", KIND_TEXT, false,
		false, 0, WORDS},
	[LISTING_LIST_OFFICE_NAME] = {"list_office_name", "ListOfficeName", KIND_TEXT, false, false,
		0, WORDS},
};

const char mapping_default[] =
	"{\"source_listing_key\": \"ListingKey\", \"mls_number\": \"ListingId\", "
	"\"standard_status\": \"StandardStatus\", \"modification_ts\": \"ModificationTimestamp\", "
	"\"property_type\": \"PropertyType\", \"list_price\": \"ListPrice\", "
	"\"bedrooms\": \"BedroomsTotal\", \"bathrooms\": \"BathroomsTotalInteger\", "
	"\"living_area_sqft\": \"LivingArea\", \"year_built\": \"YearBuilt\", "
	"\"address_full\": \"UnparsedAddress\", \"city\": \"City\", \"state\": \"StateOrProvince\", "
	"\"postal_code\": \"PostalCode\", \"subdivision\": \"SubdivisionName\", "
	"\"building_name\": \"BuildingName\", \"latitude\": \"Latitude\", "
	"\"longitude\": \"Longitude\", \"public_remarks\": \"PublicRemarks\"}";

void mapping_collect(const struct mapping *m, const struct json *payload,
	const struct json *values[MAPPING_SLOTS])
{
	memset(values, 0, MAPPING_SLOTS * sizeof(*values));
	for (struct json_iter it = json_each(payload); json_next(&it);)
		mapping_sort(m, it.key, it.value, values);
}

const char *mapping_type_name(const struct json *v)
{
	static const char *const names[] = {
		[JSON_ABSENT] = "nothing",
		[JSON_NULL] = "null",
		[JSON_BOOL] = "a truth value",
		[JSON_NUMBER] = "a number",
		[JSON_STRING] = "a text",
		[JSON_ARRAY] = "a list",
		[JSON_OBJECT] = "an object",
	};

	return names[json_type(v)];
}

/* --- a document --------------------------------------------------------------------------------- */

static int unknown_name(struct arena *a, struct str name, struct err *e)
{
	struct nearest near = nearest_to(str_cstr(a, name));

	for (int c = 0; c < LISTING_COLUMNS; c++)
		nearest_offer(&near, mapping_columns[c].name);
	nearest_offer(&near, "extra");
	if (near.best)
		return err_set(e, E_INPUT, "a mapping cannot fill '" STR_FMT "': did you mean %s?",
			STR_ARG(name), near.best);
	return err_set(e, E_INPUT,
		"a mapping cannot fill '" STR_FMT "': listings have no such field", STR_ARG(name));
}

/* What is read before a row is typed has to be one field. */
static bool is_of_head(int c)
{
	return c == LISTING_SOURCE_LISTING_KEY || c == LISTING_MODIFICATION_TS ||
		c == LISTING_SOURCE_MODIFIED_AT;
}

static bool is_number(int c)
{
	enum mapping_kind kind = mapping_columns[c].kind;

	return kind == KIND_INT || kind == KIND_ROUND || kind == KIND_FLOAT;
}

static const struct json *copy_json(struct arena *a, const struct json *v)
{
	return json_parse(a, json_text_dup(a, v), NULL);
}

static int add_value(struct mapping *m, struct arena *a, int c, const struct json *value,
	struct err *e)
{
	struct str field;

	if (json_len(value) == 1 && json_to_str(json_get(value, "field"), &field))
		value = json_get(value, "field");
	if (json_type(value) == JSON_OBJECT && is_of_head(c))
		return err_set(e, E_INPUT,
			"the mapping of %s must be the name of one field: it is read before a row is typed",
			mapping_columns[c].name);
	if (json_type(value) == JSON_OBJECT) {
		m->values[c] = mapping_value_new(&m->index, mapping_columns[c].name,
			copy_json(a, value), is_number(c), e);
		return m->values[c] ? 0 : E_INPUT;
	}
	if (!json_to_str(value, &field))
		return err_set(e, E_INPUT,
			"the mapping of %s must be the name of a RESO field or an object, not %s",
			mapping_columns[c].name, mapping_type_name(value));
	field = str_trim(field);
	if (mapping_check_field(mapping_columns[c].name, field, e))
		return E_INPUT;
	m->fields[c] = str_copy(a, field);
	m->values[c] = NULL; /* of equal names the last one counts */
	return 0;
}

static int add_member(struct mapping *m, struct arena *a, struct str name, const struct json *value,
	struct err *e)
{
	int c = 0;

	if (str_eq(name, STR("extra")))
		return mapping_extra_new(m, a, copy_json(a, value), e);
	while (c < LISTING_COLUMNS && !str_eq(name, str_of(mapping_columns[c].name)))
		c++;
	if (c == LISTING_COLUMNS)
		return unknown_name(a, name, e);
	m->fields[c] = STR_NULL;
	return add_value(m, a, c, value, e);
}

static size_t count_nodes(const struct json *v)
{
	size_t n = 1;

	for (struct json_iter it = json_each(v); json_next(&it);)
		n += count_nodes(it.value);
	return n;
}

static void add_defaults(struct mapping *m, struct arena *a)
{
	static const struct {
		int slot;
		const char *field;
	} helpers[] = {
		{SLOT_STREET_PREFIX, "StreetDirPrefix"},
		{SLOT_STREET_SUFFIX, "StreetSuffix"},
		{SLOT_STREET_DIRECTION, "StreetDirSuffix"},
		{SLOT_LOT_ACRES, "LotSizeAcres"},
		{SLOT_LOT_AREA, "LotSizeArea"},
		{SLOT_LOT_UNITS, "LotSizeUnits"},
		{SLOT_MEDIA, "Media"},
	};

	for (int c = 0; c < LISTING_COLUMNS; c++)
		if (!m->fields[c].p && !m->values[c] && !mapping_columns[c].is_documented)
			m->fields[c] = str_of(mapping_columns[c].field);
	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++)
		m->fields[helpers[i].slot] = str_of(helpers[i].field);
	/* LivingArea has LivingAreaUnits beside it, BuildingAreaTotal has BuildingAreaUnits. */
	struct str area = m->fields[LISTING_LIVING_AREA_SQFT];
	if (str_ends(area, STR("Total")))
		area.len -= strlen("Total");
	if (area.p)
		m->fields[SLOT_LIVING_UNITS] = str_printf(a, STR_FMT "Units", STR_ARG(area));
}

static void index_fields(struct mapping *m, const struct json *document)
{
	struct buf b;

	buf_init(&b, 0);
	buf_i64(&b, RULES_VERSION);
	for (struct json_iter it = json_each(document); json_next(&it);) {
		if (json_type(it.value) != JSON_OBJECT)
			continue;
		buf_char(&b, '\n');
		buf_str(&b, it.key);
		json_text(&b, it.value);
	}
	memset(m->bucket, -1, sizeof(m->bucket));
	for (int slot = 0; slot < MAPPING_SLOTS; slot++) {
		buf_char(&b, '\n');
		buf_str(&b, m->fields[slot]);
		if (!m->fields[slot].p)
			continue;
		int8_t *bucket = &m->bucket[mapping_bucket(m->fields[slot])];
		m->next[slot] = *bucket;
		*bucket = (int8_t)slot;
	}
	m->id = hash_128(buf_view(&b));
	buf_done(&b);
}

struct hash_128 mapping_hash(const struct mapping *m)
{
	return m->id;
}

static int compile(struct mapping *m, struct arena *a, const struct json *document, struct err *e)
{
	if (json_type(document) != JSON_OBJECT)
		return err_set(e, E_INPUT, "a mapping is an object of names, not %s",
			mapping_type_name(document));
	if (count_nodes(document) > MAPPING_NODES_MAX)
		return err_set(e, E_INPUT, "a mapping holds more than %d names and values",
			MAPPING_NODES_MAX);
	for (struct json_iter it = json_each(document); json_next(&it);)
		if (add_member(m, a, it.key, it.value, e))
			return E_INPUT;
	if (!m->fields[LISTING_SOURCE_LISTING_KEY].p)
		return err_set(e, E_INPUT,
			"a mapping must say where source_listing_key comes from");
	return 0;
}

struct mapping *mapping_new(struct arena *a, const struct json *document, struct err *e)
{
	struct mapping *m = ARENA_NEW(a, struct mapping);

	mapping_index_init(&m->index, a);
	if (compile(m, a, document, e))
		return NULL;
	add_defaults(m, a);
	index_fields(m, document);
	return m;
}

struct str mapping_field_of(const struct mapping *m, enum listing_column c)
{
	return m->fields[c].p ? m->fields[c] : str_of(mapping_columns[c].name);
}
