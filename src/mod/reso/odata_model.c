#include "mod/reso/odata_model.h"

#include <assert.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/nearest.h"

const char *odata_type_name(enum odata_type type)
{
	static const char *const names[] = {
		[ODATA_NULL] = "",
		[ODATA_STRING] = "Edm.String",
		[ODATA_BOOLEAN] = "Edm.Boolean",
		[ODATA_INT16] = "Edm.Int16",
		[ODATA_INT32] = "Edm.Int32",
		[ODATA_INT64] = "Edm.Int64",
		[ODATA_DECIMAL] = "Edm.Decimal",
		[ODATA_DOUBLE] = "Edm.Double",
		[ODATA_DATE] = "Edm.Date",
		[ODATA_TIMESTAMP] = "Edm.DateTimeOffset",
		[ODATA_TIME] = "Edm.TimeOfDay",
		[ODATA_DURATION] = "Edm.Duration",
		[ODATA_POINT] = "Edm.GeographyPoint",
		[ODATA_COMPLEX] = "",
	};

	return names[type];
}

bool odata_type_is_number(enum odata_type type)
{
	return type >= ODATA_INT16 && type <= ODATA_DOUBLE;
}

struct odata_model *odata_model_new(struct arena *a, struct str name_space)
{
	struct odata_model *m = ARENA_NEW(a, struct odata_model);

	*m = (struct odata_model){.arena = a, .name_space = name_space, .names = map_new(a, 0)};
	return m;
}

/* A list of pointers, grown by one. */
static void *grown(struct arena *a, void *list, size_t n)
{
	return n & (n - 1)
		? list
		: arena_resize(a, list, n * sizeof(void *), (n ? n * 2 : 1) * sizeof(void *));
}

struct odata_resource *odata_model_add(struct odata_model *m, struct str name)
{
	struct odata_resource *r = map_get(m->names, name);

	if (r)
		return r;
	r = ARENA_NEW(m->arena, struct odata_resource);
	*r = (struct odata_resource){.name = name, .model = m, .names = map_new(m->arena, 0)};
	m->resources = grown(m->arena, m->resources, m->resources_n);
	m->resources[m->resources_n++] = r;
	map_put(m->names, name, r);
	return r;
}

struct odata_field *odata_model_add_field(struct odata_resource *r, const struct odata_field *field)
{
	struct odata_field *f = map_get(r->names, field->name);

	if (f)
		return f;
	assert(!odata_model_navigation(r, field->name));
	f = ARENA_NEW(r->model->arena, struct odata_field);
	*f = *field;
	f->index = r->fields_n;
	r->fields = grown(r->model->arena, r->fields, r->fields_n);
	r->fields[r->fields_n++] = f;
	map_put(r->names, f->name, f);
	if (f->is_key)
		r->key = f;
	return f;
}

struct odata_navigation *odata_model_add_navigation(struct odata_resource *r,
	const struct odata_navigation *navigation)
{
	struct odata_navigation *n;

	for (size_t i = 0; i < r->navigations_n; i++)
		if (str_eq(r->navigations[i]->name, navigation->name))
			return r->navigations[i];
	assert(!map_get(r->names, navigation->name) && r->navigations_n < ODATA_NAVIGATIONS);
	n = ARENA_NEW(r->model->arena, struct odata_navigation);
	*n = *navigation;
	n->index = r->navigations_n;
	r->navigations = grown(r->model->arena, r->navigations, r->navigations_n);
	r->navigations[r->navigations_n++] = n;
	return n;
}

void odata_model_add_lookup(struct odata_model *m, const struct odata_lookup *lookup)
{
	struct odata_lookup *copy = ARENA_NEW(m->arena, struct odata_lookup);

	*copy = *lookup;
	for (size_t i = 0; i < m->lookups_n; i++) {
		if (str_eq(m->lookups[i]->name, lookup->name)) {
			m->lookups[i] = copy;
			return;
		}
	}
	m->lookups = grown(m->arena, m->lookups, m->lookups_n);
	m->lookups[m->lookups_n++] = copy;
}

const struct odata_resource *odata_model_resource(const struct odata_model *m, struct str name)
{
	return map_get(m->names, name);
}

const struct odata_field *odata_model_field(const struct odata_resource *r, struct str name)
{
	return map_get(r->names, name);
}

const struct odata_navigation *odata_model_navigation(const struct odata_resource *r,
	struct str name)
{
	for (size_t i = 0; i < r->navigations_n; i++)
		if (str_eq(r->navigations[i]->name, name))
			return r->navigations[i];
	return NULL;
}

const struct odata_lookup *odata_model_lookup(const struct odata_model *m, struct str name)
{
	for (size_t i = 0; i < m->lookups_n; i++)
		if (str_eq(m->lookups[i]->name, name))
			return m->lookups[i];
	return NULL;
}

const char *odata_model_near(struct arena *a, const struct odata_resource *r, struct str name)
{
	struct nearest near = nearest_to(str_cstr(a, name));

	for (size_t i = 0; i < r->fields_n; i++)
		nearest_offer(&near, str_cstr(a, r->fields[i]->name));
	return near.best;
}
