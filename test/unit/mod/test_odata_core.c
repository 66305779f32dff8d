/* The 45 scenarios of RESO's Web API Core 2.1, as far as they are about requests: each is read, and finds the row that
 * it asks for and not the one that it does not. What answers look like is tested where they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support_odata.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define SELECT "$top=5&$select=ListingKey,ListPrice&$filter="
#define ENUM "RESO.Enums."

static const struct scenario {
	const char *name, *path, *query, *in, *out; /* rows; NULL: any */
	int status;
} scenarios[] = {
	{"metadata-validation", "$metadata", "$format=application/xml", NULL, NULL, 0},
	{"service-document", "", "", NULL, NULL, 0},
	{"fetch-by-key", "Property('3yd-BINDER-5508272')", "$select=ListingKey", NULL, NULL, 0},
	{"select", "Property", "$select=ListingKey,ListPrice,ModificationTimestamp", NULL, NULL, 0},
	{"top", "Property", "$top=5&$select=ListingKey", NULL, NULL, 0},
	{"skip", "Property", "$top=5&$skip=5&$select=ListingKey", NULL, NULL, 0},
	{"count", "Property", "$count=true", NULL, NULL, 0},
	{"filter-int-and", "Property", SELECT "BedroomsTotal gt 1 and BedroomsTotal lt 3",
		"BedroomsTotal=2", "BedroomsTotal=3", 0},
	{"filter-int-or", "Property", SELECT "BedroomsTotal gt 3 or BedroomsTotal lt 2",
		"BedroomsTotal=1", "BedroomsTotal=3", 0},
	{"filter-int-not", "Property", SELECT "not (BedroomsTotal le 3)", "BedroomsTotal=4",
		"BedroomsTotal=3", 0},
	{"filter-int-not, nothing", "Property", SELECT "not (BedroomsTotal le 3)", "",
		"BedroomsTotal=3", 0},
	{"filter-int-eq", "Property", SELECT "BedroomsTotal eq 3", "BedroomsTotal=3", "", 0},
	{"filter-int-ne", "Property", SELECT "BedroomsTotal ne 3", "", "BedroomsTotal=3", 0},
	{"filter-int-gt", "Property", SELECT "BedroomsTotal gt 3", "BedroomsTotal=4", "", 0},
	{"filter-int-ge", "Property", SELECT "BedroomsTotal ge 3", "BedroomsTotal=3", "", 0},
	{"filter-int-lt", "Property", SELECT "BedroomsTotal lt 3", "BedroomsTotal=2", "", 0},
	{"filter-int-le", "Property", SELECT "BedroomsTotal le 3", "BedroomsTotal=3", "", 0},
	{"filter-decimal-ne", "Property", SELECT "ListPrice ne 100.5", "ListPrice=100.51",
		"ListPrice=100.50", 0},
	{"filter-decimal-gt", "Property", SELECT "ListPrice gt 100.5", "ListPrice=100.51", "", 0},
	{"filter-decimal-ge", "Property", SELECT "ListPrice ge 100.5", "ListPrice=100.5", "", 0},
	{"filter-decimal-lt", "Property", SELECT "ListPrice lt 100.5", "ListPrice=100.49", "", 0},
	{"filter-decimal-le", "Property", SELECT "ListPrice le 100.5", "ListPrice=100.5", "", 0},
	{"filter-date-eq", "Property", SELECT "CloseDate eq 2026-11-21", "CloseDate=2026-11-21", "",
		0},
	{"filter-date-ne", "Property", SELECT "CloseDate ne 2026-11-21", "", "CloseDate=2026-11-21",
		0},
	{"filter-date-gt", "Property", SELECT "CloseDate gt 2026-11-21", "CloseDate=2026-11-22", "",
		0},
	{"filter-date-ge", "Property", SELECT "CloseDate ge 2026-11-21", "CloseDate=2026-11-21", "",
		0},
	{"filter-date-lt", "Property", SELECT "CloseDate lt 2026-11-21", "CloseDate=2026-11-20", "",
		0},
	{"filter-date-le", "Property", SELECT "CloseDate le 2026-11-21", "CloseDate=2026-11-21", "",
		0},
	{"filter-datetime-gt", "Property", SELECT "ModificationTimestamp gt 2026-11-20T02:00:00Z",
		"ModificationTimestamp=2026-11-20T02:00:00.001Z",
		"ModificationTimestamp=2026-11-20T02:00:00Z", 0},
	{"filter-datetime-ge", "Property",
		SELECT "ModificationTimestamp ge 2026-11-20T02:00:00.000-05:00",
		"ModificationTimestamp=2026-11-20T07:00:00Z",
		"ModificationTimestamp=2026-11-20T06:59:59Z", 0},
	{"filter-datetime-lt-now", "Property", SELECT "ModificationTimestamp lt now()",
		"ModificationTimestamp=2026-11-20T23:59:59Z",
		"ModificationTimestamp=2026-11-21T00:00:00Z", 0},
	{"filter-datetime-le-now", "Property", SELECT "ModificationTimestamp le now()",
		"ModificationTimestamp=2026-11-21T00:00:00Z",
		"ModificationTimestamp=2026-11-21T00:00:01Z", 0},
	{"filter-datetime-ne-now", "Property", SELECT "ModificationTimestamp ne now()", "",
		"ModificationTimestamp=2026-11-21T00:00:00Z", 0},
	{"orderby-timestamp-asc", "Property", "$orderby=ModificationTimestamp asc", NULL, NULL, 0},
	{"orderby-timestamp-desc", "Property", "$orderby=ModificationTimestamp desc", NULL, NULL,
		0},
	{"orderby-timestamp-asc-filter-int-gt", "Property",
		"$orderby=ModificationTimestamp asc&$filter=BedroomsTotal gt 1", "BedroomsTotal=2",
		"", 0},
	{"orderby-timestamp-desc-filter-int-gt", "Property",
		"$orderby=ModificationTimestamp desc&$filter=BedroomsTotal gt 1", "BedroomsTotal=2",
		"", 0},
	{"filter-enum-single-has", "Property", SELECT "StandardStatus has 'Active'",
		"StandardStatus='Active'", "StandardStatus='Active Under Contract'", 0},
	{"filter-enum-single-has, as a type", "Property",
		SELECT "StandardStatus has " ENUM "StandardStatus'ActiveUnderContract'",
		"StandardStatus='Active Under Contract'", "StandardStatus='Active'", 0},
	{"filter-enum-single-eq", "Property", SELECT "StandardStatus eq 'Active'",
		"StandardStatus='Active'", "", 0},
	{"filter-enum-single-ne", "Property", SELECT "StandardStatus ne 'Active'",
		"StandardStatus='Closed'", "StandardStatus='Active'", 0},
	{"filter-enum-multi-has", "Property", SELECT "Appliances has 'Dryer'",
		"Appliances='Washer','Dryer'", "Appliances='Washer'", 0},
	{"filter-enum-multi-has-and", "Property",
		SELECT "Appliances has 'Dryer' and Appliances has 'Washer'",
		"Appliances='Washer','Dryer'", "Appliances='Dryer'", 0},
	{"filter-coll-enum-any", "Property", SELECT "Appliances/any(enum:enum eq 'Dryer')",
		"Appliances='Washer','Dryer'", "", 0},
	{"filter-coll-enum-all", "Property", SELECT "Appliances/all(enum:enum eq 'Dryer')",
		"Appliances='Dryer'", "Appliances='Washer','Dryer'", 0},
	{"filter-coll-enum-all, nothing", "Property", SELECT "Appliances/all(enum:enum eq 'Dryer')",
		"", "Appliances='Washer'", 0},
	{"response-code-400", "Property", "$filter=BedroomsTotal eq 'three'", NULL, NULL, 400},
	{"response-code-400, no option", "Property", "$notAnOption=5", NULL, NULL, 400},
	{"response-code-404", "NotAResource", "", NULL, NULL, 404},
};

/* What is wrong with the request; 0: nothing. */
static int read(struct arena *a, const struct odata_model *m, const struct scenario *s,
	struct odata_query *ret_query)
{
	const struct odata_manners manners = {.options = ODATA_OPT_ALL,
		.where = "Property",
		.now_us = SUPPORT_NOW};
	struct odata_fault f = {.arena = a};
	struct odata_path p;

	*ret_query = (struct odata_query){0};
	if (!odata_path_parse(a, m, str_of(s->path), &p, &f) && p.resource &&
		odata_query_parse(a, p.resource, str_of(s->query), &manners, ret_query, &f) &&
		f.status != s->status)
		print_message("%s: %s\n", s->name, f.message);
	return f.status;
}

static bool finds(struct arena *a, const struct odata_model *m, const struct odata_query *q,
	const char *row)
{
	struct odata_row of = support_odata_row(a, odata_model_resource(m, STR("Property")), row);

	return odata_filter_holds(q->filter, &of, a);
}

static void every_scenario_of_core_is_served(void **state)
{
	struct arena *a = arena_new();
	const struct odata_model *m = dictionary_model(a);

	(void)state;
	for (size_t i = 0; i < N(scenarios); i++) {
		const struct scenario *s = &scenarios[i];
		struct odata_query q;
		assert_int_equal(read(a, m, s, &q), s->status);
		if (!s->in)
			continue;
		if (!finds(a, m, &q, s->in) || finds(a, m, &q, s->out))
			print_message("%s\n", s->name);
		assert_true(finds(a, m, &q, s->in));
		assert_false(finds(a, m, &q, s->out));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scenario_of_core_is_served),
	};
	return cmocka_run_group_tests_name("mod/odata_core", tests, NULL, NULL);
}
