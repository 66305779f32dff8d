/* $metadata of feeds: what is kept of it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/mls/metadata.h"

#define HEAD                                                                          \
	"<?xml version=\"1.0\"?><edmx:Edmx Version=\"4.0\" "                          \
	"xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>" \
	"<Schema Namespace=\"A\" Alias=\"self\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">"
#define TAIL "</Schema></edmx:DataServices></edmx:Edmx>"

/* Answers the code; the JSON is put into the arena of e. */
static int read(const char *text, struct str *ret_json, struct metadata **ret, struct err *e)
{
	struct metadata *m = metadata_new(e->arena);
	struct buf json;

	buf_init(&json, 1 << 20);
	for (size_t at = 0, n = strlen(text); at < n; at += 7)
		if (metadata_feed(m, str_sub(str_of(text), at, at + 7), e))
			return e->code;
	int code = metadata_end(m, &json, e);
	*ret_json = str_copy(e->arena, buf_view(&json));
	buf_done(&json);
	if (ret)
		*ret = m;
	return code;
}

static void assert_reads(const char *text, const char *want)
{
	struct err e = {.arena = arena_new()};
	struct str json = STR("");

	assert_int_equal(read(text, &json, NULL, &e), 0);
	assert_string_equal(json.p, want);
	arena_free(e.arena);
}

static void assert_refused(const char *text, int code, const char *words)
{
	struct err e = {.arena = arena_new()};
	struct str json = STR("");

	assert_int_equal(read(text, &json, NULL, &e), code);
	assert_non_null(strstr(e.msg, words));
	arena_free(e.arena);
}

static void fields_have_type_length_and_lookup(void **state)
{
	(void)state;
	assert_reads(HEAD
		"<EntityType Name=\"Property\"><Key><PropertyRef Name=\"ListingKey\"/></Key>"
		"<Property Name=\"ListingKey\" Type=\"Edm.String\" MaxLength=\"255\"/>"
		"<Property Name=\"ListPrice\" Type=\"Edm.Decimal\"/>"
		"<Property Name=\"City\" Type=\"Edm.String\"><Annotation "
		"Term=\"RESO.OData.Metadata.LookupName\" String=\"Cities\"/></Property>"
		"<Property Name=\"ACT_Beds\" Type=\"Edm.Int64\"><Annotation "
		"Term=\"RESO.OData.Metadata.StandardName\" String=\"BedroomsTotal\"/></Property>"
		"</EntityType><EntityContainer Name=\"C\">"
		"<EntitySet Name=\"Property\" EntityType=\"A.Property\"/></EntityContainer>" TAIL,
		"{\"Property\":{\"ListingKey\":{\"type\":\"Edm.String\",\"is_list\":false,\"max_length\":255},"
		"\"ListPrice\":{\"type\":\"Edm.Decimal\",\"is_list\":false},"
		"\"City\":{\"type\":\"Edm.String\",\"is_list\":false,\"lookup\":\"Cities\"},"
		"\"ACT_Beds\":{\"type\":\"Edm.Int64\",\"is_list\":false,\"standard\":\"BedroomsTotal\"}}}");
}

static void enumerations_are_texts_with_a_lookup_wherever_they_stand(void **state)
{
	(void)state;
	assert_reads(HEAD
		"<EntityType Name=\"Property\">"
		"<Property Name=\"Heating\" Type=\"Collection(PropertyEnums.Heating)\"/>"
		"<Property Name=\"MlsStatus\" Type=\"self.MlsStatus\"/></EntityType>"
		"<EnumType Name=\"MlsStatus\"><Member Name=\"Active_Under_Contract\"/></EnumType></Schema>"
		"<Schema Namespace=\"PropertyEnums\"><EnumType Name=\"Heating\" IsFlags=\"true\">"
		"<Member Name=\"Gas\"><Annotation Term=\"RESO.OData.Metadata.StandardName\" String=\"Gas\"/>"
		"</Member></EnumType>" TAIL,
		"{\"Property\":{\"Heating\":{\"type\":\"Edm.String\",\"is_list\":true,\"lookup\":\"Heating\"},"
		"\"MlsStatus\":{\"type\":\"Edm.String\",\"is_list\":false,\"lookup\":\"MlsStatus\"}}}");
}

static void media_is_embedded_or_expanded(void **state)
{
	(void)state;
	assert_reads(HEAD
		"<ComplexType Name=\"Media\"><Property Name=\"Order\" Type=\"Edm.Int64\"/></ComplexType>"
		"<EntityType Name=\"Property\"><Property Name=\"Media\" Type=\"Collection(A.Media)\"/>"
		"</EntityType><EntityType Name=\"Office\">"
		"<NavigationProperty Name=\"Media\" Type=\"Collection(A.Media)\"/></EntityType>" TAIL,
		"{\"Property\":{\"Media\":{\"type\":\"Media\",\"is_list\":true}},"
		"\"Office\":{\"Media\":{\"type\":\"Media\",\"is_list\":true,\"expand\":true}}}");
}

static void a_type_has_the_fields_of_its_base_and_a_resource_the_name_of_its_set(void **state)
{
	(void)state;
	assert_reads(HEAD
		"<EntityType Name=\"Base\"><Property Name=\"Key\" Type=\"Edm.String\"/></EntityType>"
		"<EntityType Name=\"Listing\" BaseType=\"self.Base\">"
		"<Property Name=\"Price\" Type=\"Edm.Int32\"/></EntityType>"
		"<EntityType Name=\"Round\" BaseType=\"self.Round\"/>"
		"<EntityContainer Name=\"C\"><EntitySet Name=\"Property\" EntityType=\"self.Listing\"/>"
		"<EntitySet Name=\"Round\" EntityType=\"A.Round\"/>"
		"<EntitySet Name=\"Nothing\" EntityType=\"A.Nothing\"/></EntityContainer>" TAIL,
		"{\"Property\":{\"Price\":{\"type\":\"Edm.Int32\",\"is_list\":false},"
		"\"Key\":{\"type\":\"Edm.String\",\"is_list\":false}},\"Round\":{},\"Nothing\":{}}");
}

static void what_is_no_metadata_is_refused_by_a_sentence(void **state)
{
	(void)state;
	assert_refused("<html><body>Sign in</body></html>", E_INPUT,
		"this is no $metadata: it begins with <html>");
	assert_refused("{\"error\":{}}", E_INPUT,
		"this is no $metadata: line 1, column 1: not well-formed");
	assert_refused("<!doctype html>\n<title>Down</title>", E_INPUT,
		"this is no $metadata: line 1, column 1: syntax error");
	assert_refused(HEAD "<EntityType Name=\"Property\">", E_INPUT, "no element found");
	assert_refused(HEAD TAIL, E_INPUT, "the metadata has no resources");
	assert_refused("<!DOCTYPE x [<!ENTITY a \"b\">]>" HEAD TAIL, E_INPUT,
		"document type declaration");
}

static void more_names_than_any_feed_has_are_refused(void **state)
{
	struct err e = {.arena = arena_new()};
	struct metadata *m = metadata_new(e.arena);
	int code = metadata_feed(m, STR(HEAD "<EntityType Name=\"Property\">"), &e);

	(void)state;
	for (int i = 0; !code && i <= METADATA_NAMES_MAX; i++)
		code = metadata_feed(m,
			str_printf(e.arena, "<Property Name=\"F%d\" Type=\"Edm.String\"/>", i), &e);
	assert_int_equal(code, E_LIMIT);
	assert_string_equal(e.msg, "the metadata has more than 100000 names");
	arena_free(e.arena);
}

static void json_that_would_grow_without_end_is_refused(void **state)
{
	struct err e = {.arena = arena_new()};
	struct buf text;
	struct str json;

	(void)state;
	buf_init(&text, 0);
	buf_cstr(&text, HEAD "<EntityType Name=\"P\">");
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "<Property Name=\"F%d\" Type=\"Edm.String\"/>", i);
	buf_cstr(&text, "</EntityType><EntityContainer Name=\"C\">");
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "<EntitySet Name=\"S%d\" EntityType=\"A.P\"/>", i);
	buf_cstr(&text, "</EntityContainer>" TAIL);
	assert_int_equal(read(text.p, &json, NULL, &e), E_LIMIT);
	assert_string_equal(e.msg, "the metadata is too large to be kept");
	buf_done(&text);
	arena_free(e.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_have_type_length_and_lookup),
		cmocka_unit_test(enumerations_are_texts_with_a_lookup_wherever_they_stand),
		cmocka_unit_test(media_is_embedded_or_expanded),
		cmocka_unit_test(
			a_type_has_the_fields_of_its_base_and_a_resource_the_name_of_its_set),
		cmocka_unit_test(what_is_no_metadata_is_refused_by_a_sentence),
		cmocka_unit_test(more_names_than_any_feed_has_are_refused),
		cmocka_unit_test(json_that_would_grow_without_end_is_refused),
	};
	return cmocka_run_group_tests_name("mod/metadata", tests, NULL, NULL);
}
