/* The model of a workspace: the dictionary's fields first, then the source's, then what was met. */
#include "base/arena.h"
#include "db/result.h"
#include "mod/reso/catalog.h"
#include "mod/reso/catalog_local.h"
#include "mod/reso/dictionary.h"

/* --- the dictionary, without what is hidden --------------------------------------------------------- */

static void copy_fields(struct reso_catalog *cat, struct odata_resource *to,
	const struct odata_resource *from)
{
	bool is_property = str_eq(from->name, STR("Property"));

	for (size_t i = 0; i < from->fields_n; i++) {
		struct odata_field f = *from->fields[i];
		if (is_property && !reso_catalog_shows(cat, f.name))
			continue;
		odata_model_add_field(to, &f);
	}
}

static void copy_navigations(struct odata_model *m, struct odata_resource *to,
	const struct odata_resource *from)
{
	for (size_t i = 0; i < from->navigations_n; i++) {
		struct odata_navigation n = *from->navigations[i];
		n.target = odata_model_resource(m, n.target->name);
		odata_model_add_navigation(to, &n);
	}
}

static struct odata_model *shown(struct reso_catalog *cat, const struct odata_model *whole)
{
	struct odata_model *m = odata_model_new(cat->arena, whole->name_space);

	for (size_t i = 0; i < whole->resources_n; i++)
		copy_fields(cat, odata_model_add(m, whole->resources[i]->name),
			whole->resources[i]);
	for (size_t i = 0; i < whole->resources_n; i++)
		copy_navigations(m, odata_model_add(m, whole->resources[i]->name),
			whole->resources[i]);
	for (size_t i = 0; i < whole->lookups_n; i++)
		odata_model_add_lookup(m, whole->lookups[i]);
	return m;
}

/* --- local fields ---------------------------------------------------------------------------------- */

/* What can stand in $metadata and in a request. */
static bool is_name(struct str s)
{
	if (!s.len || s.len > 128 || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z')))
			return false;
	}
	return true;
}

static enum odata_type type_named(struct str name)
{
	for (enum odata_type t = ODATA_STRING; t < ODATA_POINT; t++)
		if (str_eq(name, str_of(odata_type_name(t))))
			return t;
	return ODATA_STRING;
}

/* The sources' types of lists are enumerations or strings: strings to us. */
static void add_of_source(struct reso_catalog *cat, struct odata_resource *r,
	const struct result *rows, int i)
{
	struct str name = result_text(rows, i, 0);

	if (!is_name(name) || odata_model_navigation(r, name) || !reso_catalog_shows(cat, name))
		return;
	odata_model_add_field(r,
		&(struct odata_field){
			.name = str_copy(cat->arena, name),
			.type = type_named(result_text(rows, i, 1)),
			.is_list = result_bool(rows, i, 2),
			.is_local = true,
			.lookup = str_copy(cat->arena, result_text(rows, i, 3)),
		});
}

static enum odata_type type_met(struct str name, struct str kinds)
{
	if (str_eq(kinds, STR("number")))
		return ODATA_DECIMAL;
	if (str_eq(kinds, STR("boolean")))
		return ODATA_BOOLEAN;
	if (str_eq(kinds, STR("string")) && str_ends(name, STR("Timestamp")))
		return ODATA_TIMESTAMP;
	return ODATA_STRING;
}

static struct odata_field *add_met(struct reso_catalog *cat, struct odata_resource *r,
	struct str name, struct str kinds)
{
	bool is_object = str_eq(kinds, STR("object")),
	     is_objects = str_starts(str_of(str_cstr(cat->arena, kinds)), STR("objects")) ||
		str_eq(kinds, STR("array objects"));
	struct odata_field f = {.name = str_copy(cat->arena, name), .is_local = true};

	f.is_list = is_objects || str_eq(kinds, STR("array"));
	f.type = type_met(name, kinds);
	if (is_object || is_objects) {
		struct odata_resource *type =
			odata_model_add(cat->model, STR_JOIN(cat->arena, r->name, STR("_"), name));
		type->is_complex = true;
		f.type = ODATA_COMPLEX;
		f.target = type;
	}
	return odata_model_add_field(r, &f);
}

/* "Rooms/RoomType": a member of what Rooms has; they come after Rooms. */
static void add_nested(struct reso_catalog *cat, struct odata_resource *r, struct str name,
	struct str kinds)
{
	struct str rest = name, owner = str_cut(&rest, '/');
	const struct odata_field *f = odata_model_field(r, owner);
	const struct odata_navigation *n = odata_model_navigation(r, owner);
	struct str target = f && f->type == ODATA_COMPLEX ? f->target->name
		: n                                       ? n->target->name
							  : STR_NULL;

	if (!target.p || !is_name(rest) || !reso_catalog_shows(cat, rest))
		return;
	struct odata_resource *to = odata_model_add(cat->model, target);
	if (!odata_model_field(to, rest) && !odata_model_navigation(to, rest))
		odata_model_add_field(to,
			&(struct odata_field){
				.name = str_copy(cat->arena, rest),
				.type = type_met(rest, kinds),
				.is_list = str_eq(kinds, STR("array")),
				.is_local = true,
			});
}

void reso_catalog_model(struct reso_catalog *cat, const struct result *sources,
	const struct result *fields)
{
	cat->model = shown(cat, dictionary_model(cat->arena));
	struct odata_resource *r = odata_model_add(cat->model, STR("Property"));
	/* Bridge's way to ask for what is near: made of Longitude and Latitude. */
	odata_model_add_field(r,
		&(struct odata_field){.name = STR("Coordinates"),
			.type = ODATA_POINT,
			.is_local = true,
			.is_hidden = true});
	for (int i = 0; i < result_rows(sources); i++)
		add_of_source(cat, r, sources, i);
	for (int i = 0; i < result_rows(fields); i++) {
		struct str name = result_text(fields, i, 0), kinds = result_text(fields, i, 1);
		if (str_find_char(name, '/') >= 0)
			add_nested(cat, r, name, kinds);
		else if (is_name(name) && !odata_model_field(r, name) &&
			!odata_model_navigation(r, name) && reso_catalog_shows(cat, name))
			add_met(cat, r, name, kinds);
		if (str_eq(name, STR("BridgeModificationTimestamp")))
			cat->has_bridge_stamp = true;
	}
	cat->property = r;
}
