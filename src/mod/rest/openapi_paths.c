/* The paths of a description: tables with their methods, functions with their arguments. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/openapi_local.h"
#include "mod/rest/request.h"

static const char *const read_parameters[] = {"select", "order", "range", "rangeUnit", "offset",
	"limit", "preferCount", NULL};
static const char *const insert_parameters[] = {"select", "preferPost", NULL};
static const char *const write_parameters[] = {"preferReturn", NULL};

/* "First line\nthe rest": summary and description. */
static void comment(struct jsonw *w, struct str text)
{
	struct str rest = text, first = str_cut(&rest, '\n');

	if (!first.len)
		return;
	jsonw_key(w, "summary"), jsonw_str(w, first);
	rest = rest.p ? str_trim(rest) : rest;
	if (rest.len)
		jsonw_key(w, "description"), jsonw_str(w, rest);
}

static void tags(struct jsonw *w, struct str name)
{
	jsonw_key(w, "tags");
	jsonw_arr(w);
	jsonw_str(w, name);
	jsonw_end(w);
}

static void response(struct jsonw *w, const char *status, const char *words)
{
	jsonw_key(w, status);
	jsonw_obj(w);
	jsonw_key(w, "description"), jsonw_cstr(w, words);
	jsonw_end(w);
}

static void rows_schema(struct jsonw *w, const struct openapi *o, struct str table)
{
	jsonw_key(w, "schema");
	jsonw_obj(w);
	jsonw_key(w, "items");
	openapi_ref(w, o, "definitions", table);
	jsonw_key(w, "type"), jsonw_cstr(w, "array");
	jsonw_end(w);
}

static void rows_response(struct jsonw *w, const struct openapi *o, struct str table)
{
	jsonw_key(w, "200");
	jsonw_obj(w);
	jsonw_key(w, "description"), jsonw_cstr(w, "OK");
	if (o->is_31) {
		jsonw_key(w, "content");
		jsonw_obj(w);
		jsonw_key(w, "application/json");
		jsonw_obj(w);
		rows_schema(w, o, table);
		jsonw_end(w);
		jsonw_end(w);
	} else {
		rows_schema(w, o, table);
	}
	jsonw_end(w);
}

static void body_31(struct jsonw *w, const struct openapi *o, struct str table)
{
	jsonw_key(w, "requestBody");
	jsonw_obj(w);
	jsonw_key(w, "content");
	jsonw_obj(w);
	jsonw_key(w, "application/json");
	jsonw_obj(w);
	jsonw_key(w, "schema");
	openapi_ref(w, o, "definitions", table);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
}

static void filters(struct jsonw *w, const struct openapi *o, const struct rest_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (openapi_may_read(o, &t->columns[i]))
			openapi_ref(w, o, "parameters",
				str_printf(o->r->arena, "rowFilter." STR_FMT "." STR_FMT,
					STR_ARG(t->name), STR_ARG(t->columns[i].name)));
}

struct operation {
	const char *method, *status, *words;
	const char *const *parameters;
	bool filters, body;
};

static void operation(struct jsonw *w, const struct openapi *o, const struct rest_table *t,
	const struct operation *op)
{
	jsonw_key(w, op->method);
	jsonw_obj(w);
	tags(w, t->name);
	comment(w, t->comment);
	jsonw_key(w, "parameters");
	jsonw_arr(w);
	if (op->filters)
		filters(w, o, t);
	if (op->body && !o->is_31)
		openapi_ref(w, o, "parameters",
			str_printf(o->r->arena, "body." STR_FMT, STR_ARG(t->name)));
	for (const char *const *p = op->parameters; *p; p++)
		openapi_ref(w, o, "parameters", str_of(*p));
	jsonw_end(w);
	if (op->body && o->is_31)
		body_31(w, o, t->name);
	jsonw_key(w, "responses");
	jsonw_obj(w);
	if (strcmp(op->method, "get") == 0) {
		rows_response(w, o, t->name);
		response(w, "206", "Partial Content");
	} else {
		response(w, op->status, op->words);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void table(struct jsonw *w, const struct openapi *o, const struct openapi_table *t)
{
	static const struct operation get = {"get", "200", "OK", read_parameters, true, false},
				      post = {"post", "201", "Created", insert_parameters, false,
					      true},
				      delete = {"delete", "204", "No Content", write_parameters,
					      true, false},
				      patch = {"patch", "204", "No Content", write_parameters, true,
					      true};

	jsonw_key_str(w, str_printf(o->r->arena, "/" STR_FMT, STR_ARG(t->table->name)));
	jsonw_obj(w);
	if (t->may_select)
		operation(w, o, t->table, &get);
	if (t->may_insert)
		operation(w, o, t->table, &post);
	if (t->may_delete)
		operation(w, o, t->table, &delete);
	if (t->may_update)
		operation(w, o, t->table, &patch);
	jsonw_end(w);
}

static void arguments_schema(struct jsonw *w, const struct openapi *o, const struct rest_func *f)
{
	jsonw_obj(w);
	if (f->comment.len)
		jsonw_key(w, "description"), jsonw_str(w, f->comment);
	jsonw_key(w, "type"), jsonw_cstr(w, "object");
	jsonw_key(w, "required");
	jsonw_arr(w);
	for (size_t i = 0; i < f->n; i++)
		if (f->args[i].name.len && !f->args[i].has_default && !f->args[i].is_variadic)
			jsonw_str(w, f->args[i].name);
	jsonw_end(w);
	jsonw_key(w, "properties");
	jsonw_obj(w);
	for (size_t i = 0; i < f->n; i++)
		if (f->args[i].name.len) {
			jsonw_key_str(w, f->args[i].name);
			jsonw_obj(w);
			openapi_type(w, o, f->args[i].type);
			jsonw_end(w);
		}
	jsonw_end(w);
	jsonw_end(w);
}

static void argument(struct jsonw *w, const struct openapi *o, const struct rest_arg *a)
{
	jsonw_obj(w);
	jsonw_key(w, "name"), jsonw_str(w, a->name);
	jsonw_key(w, "in"), jsonw_cstr(w, "query");
	jsonw_key(w, "required"), jsonw_bool(w, !a->has_default && !a->is_variadic);
	if (o->is_31) {
		jsonw_key(w, "schema");
		jsonw_obj(w);
		openapi_type(w, o, a->type);
		jsonw_end(w);
	} else {
		openapi_type(w, o, a->type);
	}
	jsonw_end(w);
}

static void call_head(struct jsonw *w, const struct openapi *o, const struct rest_func *f)
{
	tags(w, str_printf(o->r->arena, "(rpc) " STR_FMT, STR_ARG(f->name)));
	comment(w, f->comment);
	jsonw_key(w, "responses");
	jsonw_obj(w);
	response(w, "200", "OK");
	jsonw_end(w);
}

static void call_get(struct jsonw *w, const struct openapi *o, const struct rest_func *f)
{
	jsonw_key(w, "get");
	jsonw_obj(w);
	call_head(w, o, f);
	jsonw_key(w, "parameters");
	jsonw_arr(w);
	for (size_t i = 0; i < f->n; i++)
		if (f->args[i].name.len)
			argument(w, o, &f->args[i]);
	jsonw_end(w);
	jsonw_end(w);
}

static void call_post(struct jsonw *w, const struct openapi *o, const struct rest_func *f)
{
	jsonw_key(w, "post");
	jsonw_obj(w);
	call_head(w, o, f);
	if (o->is_31) {
		jsonw_key(w, "requestBody");
		jsonw_obj(w);
		jsonw_key(w, "content");
		jsonw_obj(w);
		jsonw_key(w, "application/json");
		jsonw_obj(w);
		jsonw_key(w, "schema");
		arguments_schema(w, o, f);
		jsonw_end(w);
		jsonw_end(w);
		jsonw_end(w);
	} else {
		jsonw_key(w, "parameters");
		jsonw_arr(w);
		jsonw_obj(w);
		jsonw_key(w, "in"), jsonw_cstr(w, "body");
		jsonw_key(w, "name"), jsonw_cstr(w, "args");
		jsonw_key(w, "required"), jsonw_bool(w, true);
		jsonw_key(w, "schema");
		arguments_schema(w, o, f);
		jsonw_end(w);
		openapi_ref(w, o, "parameters", STR("preferParams"));
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void root(struct jsonw *w)
{
	jsonw_key(w, "/");
	jsonw_obj(w);
	jsonw_key(w, "get");
	jsonw_obj(w);
	tags(w, STR("Introspection"));
	jsonw_key(w, "summary"), jsonw_cstr(w, "OpenAPI description (this document)");
	jsonw_key(w, "responses");
	jsonw_obj(w);
	response(w, "200", "OK");
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
}

void openapi_paths(struct jsonw *w, const struct openapi *o)
{
	jsonw_obj(w);
	root(w);
	for (size_t i = 0; i < o->n_tables; i++)
		table(w, o, &o->tables[i]);
	for (size_t i = 0; i < o->n_funcs; i++) {
		const struct rest_func *f = o->funcs[i];
		jsonw_key_str(w, str_printf(o->r->arena, "/rpc/" STR_FMT, STR_ARG(f->name)));
		jsonw_obj(w);
		if (f->volatility != REST_VOLATILE)
			call_get(w, o, f);
		call_post(w, o, f);
		jsonw_end(w);
	}
	jsonw_end(w);
}
