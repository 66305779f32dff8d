/* openapi_local: the parts of a description. Private to openapi*.c.
 *
 * Owner    the request's arena. Failure none. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/jsonw.h"
#include "base/str.h"

struct rest_column;
struct rest_func;
struct rest_request;
struct rest_table;
struct rest_type;

struct openapi_table {
	const struct rest_table *table;
	bool may_select, may_insert, may_update, may_delete;
};

/* What goes into the description. */
struct openapi {
	struct rest_request *r;
	bool is_31;
	struct openapi_table *tables;
	size_t n_tables;
	const struct rest_func **funcs;
	size_t n_funcs;
};

/* "type", "format", "items", "enum" of a type, and what a column adds, as members of the object that is open. */
void openapi_type(struct jsonw *w, const struct openapi *o, const struct rest_type *t);
void openapi_column(struct jsonw *w, const struct openapi *o, const struct rest_table *t,
	const struct rest_column *c);
/* A reference to a named part: "#/definitions/x", or where 3.1 has it. */
void openapi_ref(struct jsonw *w, const struct openapi *o, const char *kind, struct str name);
bool openapi_may_read(const struct openapi *o, const struct rest_column *c);

void openapi_paths(struct jsonw *w, const struct openapi *o); /* the value of "paths" */
void openapi_definitions(struct jsonw *w,
	const struct openapi *o); /* the value of "definitions", or "schemas" */
void openapi_parameters(struct jsonw *w, const struct openapi *o); /* the value of "parameters" */
void openapi_document(struct jsonw *w, const struct openapi *o);
