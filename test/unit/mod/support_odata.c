#include "support_odata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct row {
	struct arena *a;
	const struct odata_resource *resource;
	struct str text;
};

static const struct odata_lookup_value statuses[] = {{.value = {STR_INIT("Active")}},
	{.value = {STR_INIT("Active Under Contract")}}, {.value = {STR_INIT("Coming Soon")}},
	{.value = {STR_INIT("Closed")}, .legacy = {STR_INIT("Sold")}}};

static void add(struct odata_resource *r, const char *name, enum odata_type type, bool is_list,
	const char *lookup)
{
	odata_model_add_field(r,
		&(struct odata_field){.name = str_of(name),
			.type = type,
			.is_list = is_list,
			.is_key = strstr(name, "Key") != NULL,
			.lookup = str_of(lookup)});
}

struct odata_model *support_odata_model(struct arena *a)
{
	struct odata_model *m = odata_model_new(a, STR("org.reso.metadata"));
	struct odata_resource *p = odata_model_add(m, STR("Property"));
	struct odata_resource *media = odata_model_add(m, STR("Media"));
	struct odata_resource *office = odata_model_add(m, STR("Office"));

	add(p, "Key", ODATA_STRING, false, NULL);
	add(p, "City", ODATA_STRING, false, NULL);
	add(p, "Status", ODATA_STRING, false, "StandardStatus");
	add(p, "Beds", ODATA_INT64, false, NULL);
	add(p, "Baths", ODATA_INT32, false, NULL);
	add(p, "Price", ODATA_DECIMAL, false, NULL);
	add(p, "Pool", ODATA_BOOLEAN, false, NULL);
	add(p, "Closed", ODATA_DATE, false, NULL);
	add(p, "Modified", ODATA_TIMESTAMP, false, NULL);
	add(p, "Opens", ODATA_TIME, false, NULL);
	add(p, "Place", ODATA_POINT, false, NULL);
	add(p, "View", ODATA_STRING, true, NULL);
	add(p, "Heating", ODATA_STRING, true, "StandardStatus");
	add(media, "MediaKey", ODATA_STRING, false, NULL);
	add(media, "Order", ODATA_INT64, false, NULL);
	add(media, "Permission", ODATA_STRING, true, NULL);
	add(office, "OfficeKey", ODATA_STRING, false, NULL);
	odata_model_add_navigation(p,
		&(struct odata_navigation){.name = STR("Media"),
			.target = media,
			.is_collection = true});
	odata_model_add_navigation(p,
		&(struct odata_navigation){.name = STR("ListOffice"), .target = office});
	odata_model_add_lookup(m,
		&(struct odata_lookup){.name = STR("StandardStatus"),
			.values = statuses,
			.n = sizeof(statuses) / sizeof(*statuses)});
	return m;
}

/* Part i of what is said about a name; absent when there are fewer. */
static struct str said(const struct row *r, struct str name, size_t i, char sep)
{
	for (struct str rest = r->text; rest.p;) {
		struct str value = str_cut(&rest, ';'), field = str_cut(&value, '=');
		if (!str_eq(field, name))
			continue;
		if (str_starts(value, STR("[")))
			value = str_sub(value, 1, value.len - 1);
		struct str part = str_cut(&value, sep);
		while (i-- > 0) {
			if (!value.p)
				return STR_NULL;
			part = str_cut(&value, sep);
		}
		return part;
	}
	return STR_NULL;
}

/* A literal, read as filters read it: "null eq <literal>". */
static struct odata_value read(const struct row *r, const struct odata_field *f, struct str text)
{
	struct odata_fault fault = {.arena = r->a};
	const struct odata_node *node;

	if (!text.p || str_eq(text, STR("null")))
		return (struct odata_value){0};
	node = odata_filter_parse(r->a, r->resource,
		STR_JOIN(r->a, STR("null in ("), text, STR(")")), 0, &fault);
	if (!node)
		print_message("%s\n", fault.message);
	assert_non_null(node);
	struct odata_value v = node->args[1]->value;
	if (odata_type_is_number(f->type))
		v.type = f->type;
	assert_int_equal(v.type, f->type);
	return v;
}

static struct odata_value value(const struct odata_row *row, const struct odata_field *f)
{
	const struct row *r = row->of;

	return read(r, f, said(r, f->name, 0, ';'));
}

static bool element(const struct odata_row *row, const struct odata_field *f, size_t i,
	struct odata_value *ret_value)
{
	const struct row *r = row->of;
	struct str text = said(r, f->name, i, ',');

	if (!text.p)
		return false;
	*ret_value = read(r, f, text);
	return true;
}

static bool other(const struct odata_row *row, const struct odata_navigation *n, size_t i,
	struct odata_row *ret_row)
{
	const struct row *r = row->of;
	struct str text = said(r, n->name, i, '|');

	if (!text.p)
		return false;
	*ret_row = support_odata_row(r->a, n->target, str_cstr(r->a, text));
	return true;
}

struct odata_row support_odata_row(struct arena *a, const struct odata_resource *r,
	const char *text)
{
	static const struct odata_row_kind kind = {value, element, other};
	struct row *row = ARENA_NEW(a, struct row);

	*row = (struct row){a, r, str_of(text)};
	return (struct odata_row){&kind, row};
}

bool support_odata_holds(struct arena *a, const struct odata_model *m, const char *filter,
	const char *row)
{
	const struct odata_resource *r = odata_model_resource(m, STR("Property"));
	struct odata_fault fault = {.arena = a};
	const struct odata_node *node =
		odata_filter_parse(a, r, str_of(filter), SUPPORT_NOW, &fault);
	struct odata_row of = support_odata_row(a, r, row);

	if (!node)
		print_message("%s: %s\n", filter, fault.message);
	assert_non_null(node);
	return odata_filter_holds(node, &of, a);
}
