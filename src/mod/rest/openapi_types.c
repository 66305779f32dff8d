/* Types and columns in a description. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/openapi_local.h"
#include "mod/rest/request.h"

/* What JSON has for a type. */
static const char *json_type_of(const struct rest_type *t)
{
	static const char *const integers[] = {"smallint", "integer", "bigint"};

	if (t->element)
		return "array";
	for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
		if (str_eq(t->name, str_of(integers[i])))
			return "integer";
	switch (t->kind) {
	case REST_KIND_NUMBER: return "number";
	case REST_KIND_BOOL: return "boolean";
	case REST_KIND_JSON: return NULL; /* anything */
	case REST_KIND_TEXT:
	case REST_KIND_TIMESTAMP:
	case REST_KIND_TIMESTAMPTZ:
	case REST_KIND_WRAP: break;
	}
	return "string";
}

static void labels(struct jsonw *w, const struct rest_type *t)
{
	jsonw_key(w, "enum");
	jsonw_arr(w);
	for (size_t i = 0; i < t->n_labels; i++)
		jsonw_str(w, t->labels[i]);
	jsonw_end(w);
}

void openapi_type(struct jsonw *w, const struct openapi *o, const struct rest_type *t)
{
	const struct rest_type *inside = t->base ? t->base : t;
	const char *type = json_type_of(inside);

	jsonw_key(w, "format"), jsonw_str(w, inside->name);
	if (type)
		jsonw_key(w, "type"), jsonw_cstr(w, type);
	if (inside->element) {
		const char *element = json_type_of(inside->element);
		jsonw_key(w, "items");
		jsonw_obj(w);
		if (element)
			jsonw_key(w, "type"), jsonw_cstr(w, element);
		jsonw_end(w);
	}
	if (inside->n_labels)
		labels(w, inside);
	(void)o;
}

bool openapi_may_read(const struct openapi *o, const struct rest_column *c)
{
	return o->r->role < 0 || !(c->denied & UINT64_C(1) << o->r->role);
}

static const struct rest_link *key_of(const struct rest_table *t, const struct rest_column *c)
{
	for (const struct rest_link *l = t->links; l; l = l->next)
		if (l->n == 1 && l->columns[0] == c &&
			(l->cardinality == REST_MANY_TO_ONE ||
				(l->cardinality == REST_ONE_TO_ONE && l->is_parent)))
			return l;
	return NULL;
}

/* Comment and keys: PostgREST's clients look for the marks <pk/> and <fk …/>. */
static struct str description(const struct openapi *o, const struct rest_table *t,
	const struct rest_column *c)
{
	const struct rest_link *l = key_of(t, c);
	struct arena *a = o->r->arena;
	struct str note = STR_NULL;

	if (c->in_pk)
		note = STR("This is a Primary Key.<pk/>");
	if (l)
		note = str_printf(a,
			STR_FMT "%sThis is a Foreign Key to `" STR_FMT "." STR_FMT
				"`.<fk table='" STR_FMT "' column='" STR_FMT "'/>",
			STR_ARG(note), note.len ? "\n" : "", STR_ARG(l->to->name),
			STR_ARG(l->foreign[0]->name), STR_ARG(l->to->name),
			STR_ARG(l->foreign[0]->name));
	if (note.len)
		note = str_printf(a, "Note:\n" STR_FMT, STR_ARG(note));
	if (!c->comment.len || !note.len)
		return c->comment.len ? c->comment : note;
	return str_printf(a, STR_FMT "\n\n" STR_FMT, STR_ARG(c->comment), STR_ARG(note));
}

/* A constant as a value of JSON; of texts without quotes and type. Other expressions are not told, except for texts. */
static void default_of(struct jsonw *w, const struct rest_type *t, struct str sql)
{
	const char *type = json_type_of(t);
	double x;

	if (type && strcmp(type, "string") == 0) {
		struct str cast = STR("::"), tail = str_sub(sql, sql.len - t->name.len, sql.len);
		struct str rest = str_sub(sql, 0, sql.len - t->name.len);
		if (sql.len > t->name.len && str_eq(tail, t->name) && str_ends(rest, cast))
			sql = str_sub(rest, 0, rest.len - cast.len);
		if (sql.len >= 2 && sql.p[0] == '\'' && sql.p[sql.len - 1] == '\'')
			sql = str_sub(sql, 1, sql.len - 1);
		jsonw_key(w, "default"), jsonw_str(w, sql);
	} else if (str_eq(sql, STR("true")) || str_eq(sql, STR("false")) || str_to_f64(sql, &x)) {
		jsonw_key(w, "default"), jsonw_raw(w, sql);
	}
}

void openapi_column(struct jsonw *w, const struct openapi *o, const struct rest_table *t,
	const struct rest_column *c)
{
	struct str words = description(o, t, c);

	jsonw_obj(w);
	if (c->default_sql.len && !c->is_generated)
		default_of(w, c->type->base ? c->type->base : c->type, c->default_sql);
	if (words.len)
		jsonw_key(w, "description"), jsonw_str(w, words);
	openapi_type(w, o, c->type);
	if (c->max_length > 0)
		jsonw_key(w, "maxLength"), jsonw_i64(w, c->max_length);
	jsonw_end(w);
}

void openapi_ref(struct jsonw *w, const struct openapi *o, const char *kind, struct str name)
{
	const char *where = o->is_31
		? (str_eq(str_of(kind), STR("definitions")) ? "components/schemas"
							    : "components/parameters")
		: kind;

	jsonw_obj(w);
	jsonw_key(w, "$ref"),
		jsonw_str(w, str_printf(o->r->arena, "#/%s/" STR_FMT, where, STR_ARG(name)));
	jsonw_end(w);
}

void openapi_definitions(struct jsonw *w, const struct openapi *o)
{
	jsonw_obj(w);
	for (size_t i = 0; i < o->n_tables; i++) {
		const struct rest_table *t = o->tables[i].table;
		jsonw_key_str(w, t->name);
		jsonw_obj(w);
		if (t->comment.len)
			jsonw_key(w, "description"), jsonw_str(w, t->comment);
		jsonw_key(w, "required");
		jsonw_arr(w);
		for (size_t k = 0; k < t->n; k++)
			if (!t->columns[k].nullable && openapi_may_read(o, &t->columns[k]))
				jsonw_str(w, t->columns[k].name);
		jsonw_end(w);
		jsonw_key(w, "properties");
		jsonw_obj(w);
		for (size_t k = 0; k < t->n; k++)
			if (openapi_may_read(o, &t->columns[k])) {
				jsonw_key_str(w, t->columns[k].name);
				openapi_column(w, o, t, &t->columns[k]);
			}
		jsonw_end(w);
		jsonw_key(w, "type"), jsonw_cstr(w, "object");
		jsonw_end(w);
	}
	jsonw_end(w);
}
