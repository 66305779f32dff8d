#include "mod/reso/odata_metadata.h"

#include <assert.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "mod/reso/odata_model.h"

/* For attributes: names of fields and lists come from foreign metadata too. */
static void escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '&')
			buf_cstr(b, "&amp;");
		else if (c == '<')
			buf_cstr(b, "&lt;");
		else if (c == '"')
			buf_cstr(b, "&quot;");
		else if ((unsigned char)c >= ' ')
			buf_char(b, c);
	}
}

static void attribute(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, " %s=\"", name);
	escaped(b, value);
	buf_char(b, '"');
}

static void add_type(struct buf *b, const struct odata_model *m, const struct odata_field *f)
{
	buf_cstr(b, f->is_list ? " Type=\"Collection(" : " Type=\"");
	if (f->type == ODATA_COMPLEX) {
		escaped(b, m->name_space);
		buf_char(b, '.');
		escaped(b, f->target->name);
	} else {
		buf_cstr(b, odata_type_name(f->type));
	}
	buf_cstr(b, f->is_list ? ")\"" : "\"");
}

static void add_facets(struct buf *b, const struct odata_field *f)
{
	if (f->is_key)
		buf_cstr(b, " Nullable=\"false\"");
	if (f->max_length && f->type == ODATA_STRING)
		buf_printf(b, " MaxLength=\"%u\"", f->max_length);
	if (f->type == ODATA_DECIMAL && f->precision)
		buf_printf(b, " Precision=\"%u\" Scale=\"%u\"", f->precision, f->scale);
	else if (f->type == ODATA_DECIMAL)
		buf_cstr(b, " Scale=\"variable\"");
	else if (f->type == ODATA_TIMESTAMP)
		buf_printf(b, " Precision=\"%u\"", f->precision ? f->precision : 3);
}

static void add_field(struct buf *b, const struct odata_model *m, const struct odata_field *f)
{
	buf_cstr(b, "<Property");
	attribute(b, "Name", f->name);
	add_type(b, m, f);
	add_facets(b, f);
	if (!f->lookup.p) {
		buf_cstr(b, "/>\n");
		return;
	}
	buf_cstr(b, "><Annotation Term=\"RESO.OData.Metadata.LookupName\"");
	attribute(b, "String", f->lookup);
	buf_cstr(b, "/></Property>\n");
}

static void add_navigation(struct buf *b, const struct odata_model *m,
	const struct odata_navigation *n)
{
	buf_cstr(b, "<NavigationProperty");
	attribute(b, "Name", n->name);
	buf_cstr(b, n->is_collection ? " Type=\"Collection(" : " Type=\"");
	escaped(b, m->name_space);
	buf_char(b, '.');
	escaped(b, n->target->name);
	buf_cstr(b, n->is_collection ? ")\"/>\n" : "\"/>\n");
}

static void add_resource(struct buf *b, const struct odata_resource *r)
{
	const char *element = r->is_complex ? "ComplexType" : "EntityType";

	buf_printf(b, "<%s", element);
	attribute(b, "Name", r->name);
	buf_cstr(b, ">\n");
	if (r->key && !r->is_complex) {
		buf_cstr(b, "<Key><PropertyRef");
		attribute(b, "Name", r->key->name);
		buf_cstr(b, "/></Key>\n");
	}
	for (size_t i = 0; i < r->fields_n; i++)
		if (!r->fields[i]->is_hidden)
			add_field(b, r->model, r->fields[i]);
	for (size_t i = 0; i < r->navigations_n; i++)
		add_navigation(b, r->model, r->navigations[i]);
	buf_printf(b, "</%s>\n", element);
}

static void add_set(struct buf *b, const struct odata_resource *r)
{
	if (r->is_complex)
		return;
	buf_cstr(b, "<EntitySet");
	attribute(b, "Name", r->name);
	buf_cstr(b, " EntityType=\"");
	escaped(b, r->model->name_space);
	buf_char(b, '.');
	escaped(b, r->name);
	buf_cstr(b, "\">\n");
	for (size_t i = 0; i < r->navigations_n; i++) {
		buf_cstr(b, "<NavigationPropertyBinding");
		attribute(b, "Path", r->navigations[i]->name);
		attribute(b, "Target", r->navigations[i]->target->name);
		buf_cstr(b, "/>\n");
	}
	buf_cstr(b, "</EntitySet>\n");
}

struct str odata_metadata_xml(struct arena *a, const struct odata_model *m)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\n"
		"<edmx:DataServices>\n<Schema xmlns=\"http://docs.oasis-open.org/odata/ns/edm\"");
	attribute(&b, "Namespace", m->name_space);
	buf_cstr(&b, ">\n");
	for (size_t i = 0; i < m->resources_n; i++)
		add_resource(&b, m->resources[i]);
	buf_cstr(&b, "<EntityContainer Name=\"RESO\">\n");
	for (size_t i = 0; i < m->resources_n; i++)
		add_set(&b, m->resources[i]);
	buf_cstr(&b, "</EntityContainer>\n</Schema>\n</edmx:DataServices>\n</edmx:Edmx>\n");
	struct str xml = str_copy(a, buf_view(&b));
	buf_done(&b);
	return xml;
}

struct str odata_metadata_service(struct arena *a, const struct odata_model *m, struct str base)
{
	struct buf b;
	struct jsonw w = jsonw_to(&b);

	buf_init(&b, 0);
	jsonw_obj(&w);
	jsonw_key(&w, "@odata.context");
	jsonw_str(&w, str_printf(a, STR_FMT "/$metadata", STR_ARG(base)));
	jsonw_key(&w, "value");
	jsonw_arr(&w);
	for (size_t i = 0; i < m->resources_n; i++) {
		if (m->resources[i]->is_complex)
			continue;
		jsonw_obj(&w);
		jsonw_key(&w, "name");
		jsonw_str(&w, m->resources[i]->name);
		jsonw_key(&w, "kind");
		jsonw_cstr(&w, "EntitySet");
		jsonw_key(&w, "url");
		jsonw_str(&w, m->resources[i]->name);
		jsonw_obj_end(&w);
	}
	jsonw_arr_end(&w);
	jsonw_obj_end(&w);
	assert(jsonw_is_complete(&w));
	struct str body = str_copy(a, buf_view(&b));
	buf_done(&b);
	return body;
}
