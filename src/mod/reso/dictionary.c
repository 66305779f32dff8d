#include "mod/reso/dictionary.h"

#include "base/arena.h"
#include "mod/reso/dictionary_local.h"

static struct odata_resource *add(struct odata_model *m, const char *name,
	const struct dictionary_field *table)
{
	struct odata_resource *r = odata_model_add(m, str_of(name));

	for (const struct dictionary_field *f = table; f->name; f++)
		odata_model_add_field(r,
			&(struct odata_field){
				.name = str_of(f->name),
				.type = f->type,
				.is_list = f->is_list,
				.is_key = f->is_key,
				.max_length = f->max_length,
				.precision = f->precision,
				.scale = f->scale,
				.lookup = str_of(f->lookup),
			});
	return r;
}

/* "A|B|C" */
static void add_lookup(struct odata_model *m, const struct dictionary_lookup *list)
{
	struct odata_lookup lookup = {.name = str_of(list->name)};
	struct odata_lookup_value *values;
	size_t n = 1;

	for (const char *p = list->values; p && *p; p++)
		n += *p == '|';
	values = arena_array(m->arena, n, sizeof(*values));
	for (struct str rest = str_of(list->values); rest.p;)
		values[lookup.n++].value = str_cut(&rest, '|');
	lookup.values = values;
	odata_model_add_lookup(m, &lookup);
}

struct odata_model *dictionary_model(struct arena *a)
{
	struct odata_model *m = odata_model_new(a, STR(DICTIONARY_NAMESPACE));
	struct odata_resource *property = add(m, "Property", dictionary_property);
	struct odata_resource *media = add(m, "Media", dictionary_media);
	struct odata_resource *member = add(m, "Member", dictionary_member);
	struct odata_resource *office = add(m, "Office", dictionary_office);

	add(m, "Lookup", dictionary_lookup_fields);
	odata_model_add_navigation(property,
		&(struct odata_navigation){
			.name = STR("Media"),
			.target = media,
			.is_collection = true,
			.own_key = STR("ListingKey"),
			.target_key = STR("ResourceRecordKey"),
		});
	odata_model_add_navigation(property,
		&(struct odata_navigation){
			.name = STR("ListAgent"),
			.target = member,
			.own_key = STR("ListAgentKey"),
			.target_key = STR("MemberKey"),
		});
	odata_model_add_navigation(property,
		&(struct odata_navigation){
			.name = STR("ListOffice"),
			.target = office,
			.own_key = STR("ListOfficeKey"),
			.target_key = STR("OfficeKey"),
		});
	for (const struct dictionary_lookup *l = dictionary_lookups; l->name; l++)
		add_lookup(m, l);
	return m;
}
