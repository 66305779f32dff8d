#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "support_odata.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static bool has(struct str s, const char *part)
{
	return str_find(s, str_of(part)) >= 0;
}

/* --- the dictionary -------------------------------------------------------------------------------------- */

static void the_dictionary_is_whole(void **state)
{
	const struct odata_model *m = dictionary_model(*state);
	const struct odata_resource *p = odata_model_resource(m, STR("Property"));

	assert_int_equal(m->resources_n, 5);
	assert_in_range(p->fields_n, 180, 220);
	for (size_t i = 0; i < m->resources_n; i++) {
		const struct odata_resource *r = m->resources[i];
		assert_non_null(r->key);
		assert_int_equal(r->key->type, ODATA_STRING);
		for (size_t k = 0; k < r->fields_n; k++) {
			assert_int_equal(r->fields[k]->index, k);
			if (r->fields[k]->lookup.p)
				assert_non_null(odata_model_lookup(m, r->fields[k]->lookup));
		}
		for (size_t k = 0; k < r->navigations_n; k++) {
			const struct odata_navigation *n = r->navigations[k];
			assert_non_null(odata_model_field(r, n->own_key));
			assert_non_null(odata_model_field(n->target, n->target_key));
		}
	}
	assert_true(str_eq(p->key->name, STR("ListingKey")));
	assert_true(odata_model_field(p, STR("Appliances"))->is_list);
	assert_int_equal(odata_model_field(p, STR("Latitude"))->scale, 8);
	assert_null(odata_model_field(p, STR("listingkey")));
}

static void lists_have_their_values_once(void **state)
{
	const struct odata_model *m = dictionary_model(*state);

	for (size_t i = 0; i < m->lookups_n; i++) {
		struct map *seen = map_new(*state, 0);
		for (size_t k = 0; k < m->lookups[i]->n; k++) {
			struct str v = m->lookups[i]->values[k].value;
			assert_in_range(v.len, 1, 255);
			assert_null(map_put(seen, v, (void *)m));
		}
	}
	assert_int_equal(odata_model_lookup(m, STR("StandardStatus"))->n, 11);
	assert_int_equal(odata_model_lookup(m, STR("PropertyType"))->n, 9);
	assert_int_equal(odata_model_lookup(m, STR("City"))->n, 0);
}

static void local_fields_and_lists_can_be_added(void **state)
{
	struct odata_model *m = dictionary_model(*state);
	struct odata_resource *p = odata_model_add(m, STR("Property"));
	size_t n = p->fields_n;
	struct odata_field local = {.name = STR("MIA_Dock"),
		.type = ODATA_BOOLEAN,
		.is_local = true};
	const struct odata_field *f = odata_model_add_field(p, &local);

	assert_int_equal(m->resources_n, 5);
	assert_int_equal(f->index, n);
	assert_ptr_equal(odata_model_add_field(p, &local), f);
	assert_int_equal(p->fields_n, n + 1);
	local.name = STR("ListPrice"); /* the dictionary's stays */
	assert_int_equal(odata_model_add_field(p, &local)->type, ODATA_DECIMAL);
	n = m->lookups_n;
	odata_model_add_lookup(m, &(struct odata_lookup){.name = STR("City")});
	assert_int_equal(m->lookups_n, n);
}

/* --- what others read ------------------------------------------------------------------------------------- */

static void metadata_names_keys_types_and_lists(void **state)
{
	struct odata_model *m = dictionary_model(*state);
	struct odata_resource *p = odata_model_add(m, STR("Property"));
	struct odata_resource *room = odata_model_add(m, STR("Room"));

	room->is_complex = true;
	odata_model_add_field(room,
		&(struct odata_field){.name = STR("Width"), .type = ODATA_DOUBLE});
	odata_model_add_field(p,
		&(struct odata_field){.name = STR("Rooms"),
			.type = ODATA_COMPLEX,
			.target = room,
			.is_list = true});
	odata_model_add_field(p,
		&(struct odata_field){.name = STR("A\"<&\1b"), .type = ODATA_DECIMAL});
	struct str xml = odata_metadata_xml(*state, m);
	static const char *const parts[] = {
		"<EntityType Name=\"Property\">\n<Key><PropertyRef Name=\"ListingKey\"/></Key>",
		"<Property Name=\"ListingKey\" Type=\"Edm.String\" Nullable=\"false\" MaxLength=\"255\"/>",
		"<Property Name=\"ListPrice\" Type=\"Edm.Decimal\" Precision=\"14\" Scale=\"2\"/>",
		"<Property Name=\"StandardStatus\" Type=\"Edm.String\"><Annotation Term=\"RESO.OData.Metadata.LookupName\" String=\"StandardStatus\"/></Property>",
		"<Property Name=\"Appliances\" Type=\"Collection(Edm.String)\"><Annotation",
		"<Property Name=\"ModificationTimestamp\" Type=\"Edm.DateTimeOffset\" Precision=\"3\"/>",
		"<NavigationProperty Name=\"Media\" Type=\"Collection(org.reso.metadata.Media)\"/>",
		"<NavigationProperty Name=\"ListAgent\" Type=\"org.reso.metadata.Member\"/>",
		"<Property Name=\"Rooms\" Type=\"Collection(org.reso.metadata.Room)\"/>",
		"<ComplexType Name=\"Room\">\n<Property Name=\"Width\" Type=\"Edm.Double\"/>\n</ComplexType>",
		"<Property Name=\"A&quot;&lt;&amp;b\" Type=\"Edm.Decimal\" Scale=\"variable\"/>",
		"<EntitySet Name=\"Lookup\" EntityType=\"org.reso.metadata.Lookup\">",
		"<NavigationPropertyBinding Path=\"ListOffice\" Target=\"Office\"/>",
	};

	for (size_t i = 0; i < N(parts); i++) {
		if (!has(xml, parts[i]))
			print_message("%s\n", parts[i]);
		assert_true(has(xml, parts[i]));
	}
	assert_false(has(xml, "<EntitySet Name=\"Room\""));
}

static void the_service_document_lists_the_resources(void **state)
{
	struct err e = {.arena = *state};
	struct str text = odata_metadata_service(*state, dictionary_model(*state),
		STR("https://example.com/reso/odata"));
	const struct json *doc = json_parse(*state, text, &e);
	const struct json *first = json_at(json_get(doc, "value"), 0);
	struct str name;

	assert_int_equal(json_len(json_get(doc, "value")), 5);
	assert_true(json_to_str(json_get(first, "name"), &name) && str_eq(name, STR("Property")));
	assert_true(has(text, "\"@odata.context\":\"https://example.com/reso/odata/$metadata\""));
	assert_true(has(text, "\"kind\":\"EntitySet\",\"url\":\"Property\""));
}

static void a_fault_is_written_as_odata_wants_it(void **state)
{
	struct odata_fault f = {.arena = *state};
	struct err e = {.arena = *state};

	assert_int_equal(odata_fault_from(&f, &e), 0);
	assert_int_equal(odata_fault_set(&f, 400, "$top", 0, "say \"%d\"", 5), -1);
	odata_fault_set(&f, 500, NULL, 0, "later");
	assert_true(str_eq(odata_fault_body(&f),
		STR("{\"error\":{\"code\":\"BadRequest\",\"message\":\"say \\\"5\\\"\",\"target\":\"$top\","
		    "\"details\":[]}}")));
	f = (struct odata_fault){.arena = *state};
	err_set(&e, E_BUSY, "full");
	odata_fault_from(&f, &e);
	assert_int_equal(f.status, 503);
	assert_string_equal(f.code, "ServiceUnavailable");
	assert_string_equal(odata_fault_code(599), "InternalServerError");
}

/* --- paths ------------------------------------------------------------------------------------------------ */

static void paths_say_what_is_asked_for(void **state)
{
	static const struct {
		const char *path;
		enum odata_path_kind kind;
		const char *resource, *key, *navigation;
	} cases[] = {
		{"", ODATA_PATH_SERVICE, NULL, NULL, NULL},
		{"$metadata", ODATA_PATH_METADATA, NULL, NULL, NULL},
		{"Property", ODATA_PATH_SET, "Property", NULL, NULL},
		{"Property/", ODATA_PATH_SET, "Property", NULL, NULL},
		{"Property/$count", ODATA_PATH_COUNT, "Property", NULL, NULL},
		{"Property/replication", ODATA_PATH_REPLICATION, "Property", NULL, NULL},
		{"Property('a')", ODATA_PATH_ENTITY, "Property", "a", NULL},
		{"Property('O''B/(x)')", ODATA_PATH_ENTITY, "Property", "O'B/(x)", NULL},
		{"Property('')", ODATA_PATH_ENTITY, "Property", "", NULL},
		{"Property(ListingKey='a')", ODATA_PATH_ENTITY, "Property", "a", NULL},
		{"Property('a')/Media", ODATA_PATH_NAVIGATION, "Property", "a", "Media"},
		{"Lookup('k')", ODATA_PATH_ENTITY, "Lookup", "k", NULL},
	};
	const struct odata_model *m = dictionary_model(*state);

	for (size_t i = 0; i < N(cases); i++) {
		struct odata_fault f = {.arena = *state};
		struct odata_path p;
		assert_int_equal(odata_path_parse(*state, m, str_of(cases[i].path), &p, &f), 0);
		assert_int_equal(p.kind, cases[i].kind);
		assert_true(str_eq(p.resource ? p.resource->name : STR_NULL,
			str_of(cases[i].resource)));
		assert_true(str_eq(p.key, str_of(cases[i].key)));
		assert_true(str_eq(p.navigation ? p.navigation->name : STR_NULL,
			str_of(cases[i].navigation)));
	}
}

static void paths_that_lead_nowhere_are_refused(void **state)
{
	static const struct {
		const char *path;
		int status;
	} cases[] = {{"Rooms", 404}, {"property", 404}, {"/", 404}, {"Property/x", 404},
		{"Property()", 400}, {"Property(5)", 400}, {"Property('a'", 400},
		{"Property('a)", 400}, {"Property(MemberKey='a')", 400}, {"Property('a')x", 400},
		{"Property('a')/Rooms", 404}, {"Property('a')/ListPrice", 501}};
	const struct odata_model *m = dictionary_model(*state);

	for (size_t i = 0; i < N(cases); i++) {
		struct odata_fault f = {.arena = *state};
		struct odata_path p;
		assert_int_equal(odata_path_parse(*state, m, str_of(cases[i].path), &p, &f), -1);
		if (f.status != cases[i].status)
			print_message("%s: %s\n", cases[i].path, f.message);
		assert_int_equal(f.status, cases[i].status);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_dictionary_is_whole),
		TEST(lists_have_their_values_once),
		TEST(local_fields_and_lists_can_be_added),
		TEST(metadata_names_keys_types_and_lists),
		TEST(the_service_document_lists_the_resources),
		TEST(a_fault_is_written_as_odata_wants_it),
		TEST(paths_say_what_is_asked_for),
		TEST(paths_that_lead_nowhere_are_refused),
	};
	return cmocka_run_group_tests_name("mod/odata_metadata", tests, NULL, NULL);
}
