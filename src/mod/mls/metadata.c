#include "mod/mls/metadata.h"

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "base/map.h"
#include "base/xml.h"

#define BASES_MAX 8 /* a type of a type of a type … */
#define NAME_MAX_BYTES 400

/* One Property or NavigationProperty. */
struct field {
	struct str type; /* as written, without Collection() */
	struct str lookup, standard;
	int64_t max_length; /* 0: not said */
	bool is_list, is_expanded;
};

/* One EntityType or ComplexType. */
struct type {
	struct str name, base; /* short */
	struct map *fields;
};

struct metadata {
	struct arena *a;
	struct xml *xml;
	struct map *types;    /* EntityType by short name */
	struct map *enums;    /* full name, and with the alias: struct str of the short one */
	struct map *sets;     /* EntitySet: its type */
	struct type *type;    /* that is being read */
	struct field *field;  /* that is being read */
	struct str spaces[2]; /* of the schema that is being read: Namespace, Alias */
	size_t n_kept, n_fields, n_resources;
	bool is_edmx, is_told; /* has begun; has begun as something else */
};

/* "ODataService.Property" → "Property" */
static struct str short_name(struct str name)
{
	for (size_t i = name.len; i > 0; i--)
		if (name.p[i - 1] == '.')
			return str_sub(name, i, name.len);
	return name;
}

static struct str keep(struct metadata *m, struct str s)
{
	return s.p ? str_copy(m->a, str_sub(s, 0, NAME_MAX_BYTES)) : STR_NULL;
}

static int count(struct metadata *m, struct err *e)
{
	if (++m->n_kept > METADATA_NAMES_MAX)
		return err_set(e, E_LIMIT, "the metadata has more than %d names",
			METADATA_NAMES_MAX);
	return 0;
}

static int begin_schema(struct metadata *m, const struct xml_element *x, struct err *e)
{
	m->spaces[0] = keep(m, xml_attribute(x, "Namespace"));
	m->spaces[1] = keep(m, xml_attribute(x, "Alias"));
	return count(m, e);
}

static int begin_type(struct metadata *m, const struct xml_element *x, struct err *e)
{
	struct type *t = ARENA_NEW(m->a, struct type);
	struct str base = xml_attribute(x, "BaseType");

	t->name = keep(m, xml_attribute(x, "Name"));
	t->base = base.p ? keep(m, short_name(base)) : STR_NULL;
	t->fields = map_new(m->a, 0);
	m->type = t;
	if (t->name.len && str_eq(x->name, STR("EntityType")))
		map_put(m->types, t->name, t);
	return count(m, e);
}

static int begin_field(struct metadata *m, const struct xml_element *x, struct err *e)
{
	struct field *f = ARENA_NEW(m->a, struct field);
	struct str name = keep(m, xml_attribute(x, "Name")), type = xml_attribute(x, "Type");

	if (!m->type || !name.len)
		return 0;
	f->is_list = str_starts(type, STR("Collection(")) && str_ends(type, STR(")"));
	if (f->is_list)
		type = str_sub(type, sizeof "Collection(" - 1, type.len - 1);
	f->type = type.len ? keep(m, type) : STR("Edm.String");
	f->is_expanded = str_eq(x->name, STR("NavigationProperty"));
	if (!str_to_i64(xml_attribute(x, "MaxLength"), &f->max_length) || f->max_length < 0)
		f->max_length = 0;
	map_put(m->type->fields, name, f);
	m->field = f;
	return count(m, e);
}

static int begin_enum(struct metadata *m, const struct xml_element *x, struct err *e)
{
	struct str name = keep(m, xml_attribute(x, "Name"));
	struct str *value = ARENA_NEW(m->a, struct str);

	*value = name;
	for (int i = 0; i < 2; i++)
		if (name.len && m->spaces[i].p)
			map_put(m->enums, STR_JOIN(m->a, m->spaces[i], STR("."), name), value);
	return count(m, e);
}

static int begin_set(struct metadata *m, const struct xml_element *x, struct err *e)
{
	struct str *type = ARENA_NEW(m->a, struct str), name = keep(m, xml_attribute(x, "Name"));

	*type = keep(m, short_name(xml_attribute(x, "EntityType")));
	if (name.len && type->len)
		map_put(m->sets, name, type);
	return count(m, e);
}

static int begin_annotation(struct metadata *m, const struct xml_element *x)
{
	struct str term = xml_attribute(x, "Term"), text = xml_attribute(x, "String");

	if (!m->field || !text.len)
		return 0;
	if (str_ends(term, STR(".LookupName")))
		m->field->lookup = keep(m, text);
	if (str_ends(term, STR(".StandardName")))
		m->field->standard = keep(m, text);
	return 0;
}

static int on_start(const struct xml_element *x, void *arg, struct err *e)
{
	struct metadata *m = arg;
	struct str name = x->name;

	m->is_told = !m->is_edmx && !str_eq(name, STR("Edmx"));
	if (m->is_told)
		return err_set(e, E_INPUT, "this is no $metadata: it begins with <" STR_FMT ">",
			STR_ARG(str_sub(name, 0, 40)));
	m->is_edmx = true;
	if (str_eq(name, STR("Schema")))
		return begin_schema(m, x, e);
	if (str_eq(name, STR("EntityType")) || str_eq(name, STR("ComplexType")))
		return begin_type(m, x, e);
	if (str_eq(name, STR("Property")) || str_eq(name, STR("NavigationProperty")))
		return begin_field(m, x, e);
	if (str_eq(name, STR("EnumType")))
		return begin_enum(m, x, e);
	if (str_eq(name, STR("EntitySet")))
		return begin_set(m, x, e);
	return str_eq(name, STR("Annotation")) ? begin_annotation(m, x) : 0;
}

static int on_end(struct str name, void *arg, struct err *e)
{
	struct metadata *m = arg;

	(void)e;
	if (str_eq(name, STR("Property")) || str_eq(name, STR("NavigationProperty")))
		m->field = NULL;
	if (str_eq(name, STR("EntityType")) || str_eq(name, STR("ComplexType")))
		m->type = NULL;
	return 0;
}

struct metadata *metadata_new(struct arena *a)
{
	struct metadata *m = ARENA_NEW(a, struct metadata);

	m->a = a;
	m->types = map_new(a, 0);
	m->enums = map_new(a, 0);
	m->sets = map_new(a, 0);
	m->xml = xml_new(a, &(struct xml_events){on_start, on_end, m});
	return m;
}

int metadata_feed(struct metadata *m, struct str piece, struct err *e)
{
	if (!xml_feed(m->xml, piece, e))
		return 0;
	return m->is_edmx || m->is_told ? e->code : err_prefix(e, "this is no $metadata");
}

/* --- as JSON ------------------------------------------------------------------------------------ */

static void write_field(struct metadata *m, struct jsonw *w, struct str name, const struct field *f)
{
	const struct str *of_enum = map_get(m->enums, f->type);
	bool is_edm = str_starts(f->type, STR("Edm."));
	struct str lookup = f->lookup.p ? f->lookup : of_enum ? *of_enum : STR_NULL;

	jsonw_key_str(w, name);
	jsonw_obj(w);
	m->n_fields++;
	jsonw_key(w, "type");
	jsonw_str(w, of_enum ? STR("Edm.String") : is_edm ? f->type : short_name(f->type));
	jsonw_key(w, "is_list");
	jsonw_bool(w, f->is_list);
	if (lookup.p)
		jsonw_key(w, "lookup"), jsonw_str(w, lookup);
	if (f->max_length)
		jsonw_key(w, "max_length"), jsonw_i64(w, f->max_length);
	if (f->is_expanded)
		jsonw_key(w, "expand"), jsonw_bool(w, true);
	if (f->standard.p && !str_eq(f->standard, name))
		jsonw_key(w, "standard"), jsonw_str(w, f->standard);
	jsonw_end(w);
}

static void write_type(struct metadata *m, struct jsonw *w, struct str resource, struct str name)
{
	const struct type *t = map_get(m->types, name);

	jsonw_key_str(w, resource);
	jsonw_obj(w);
	m->n_resources++;
	for (int i = 0; t && i < BASES_MAX && !w->b->failed; i++) {
		for (size_t k = 0; k < map_len(t->fields) && !w->b->failed; k++)
			write_field(m, w, map_key_at(t->fields, k), map_value_at(t->fields, k));
		t = t->base.p ? map_get(m->types, t->base) : NULL;
	}
	jsonw_end(w);
}

int metadata_end(struct metadata *m, struct buf *json, struct err *e)
{
	struct jsonw w = jsonw_to(json);

	if (xml_end(m->xml, e))
		return e->code;
	if (!map_len(m->types))
		return err_set(e, E_INPUT, "the metadata has no resources");
	jsonw_obj(&w);
	for (size_t i = 0; i < map_len(m->sets) && !json->failed; i++)
		write_type(m, &w, map_key_at(m->sets, i),
			*(const struct str *)map_value_at(m->sets, i));
	for (size_t i = 0; !map_len(m->sets) && i < map_len(m->types) && !json->failed; i++)
		write_type(m, &w, map_key_at(m->types, i), map_key_at(m->types, i));
	jsonw_end(&w);
	return json->failed ? err_set(e, E_LIMIT, "the metadata is too large to be kept") : 0;
}

size_t metadata_resources(const struct metadata *m)
{
	return m->n_resources;
}

size_t metadata_fields(const struct metadata *m)
{
	return m->n_fields;
}
