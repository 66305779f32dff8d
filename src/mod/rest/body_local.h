/* body_local: the readers of single kinds of bodies, and what becomes of their values. Private to body*.c and call*.c.
 *
 * Owner, failure, threads: as body.h.
 */
#pragma once
#include "mod/rest/body.h"

struct arena;
struct db_param;
struct rest_fault;

int body_json_read(struct rest_request *r);
int body_csv_read(struct rest_request *r);
int body_form_read(struct rest_request *r);

/* The place of a column; n_columns when it is none. at: where it is likely to be. */
size_t body_column(const struct rest_body *b, struct str name, size_t at);

/* b->columns from `columns=`, each once. */
void body_columns_asked(struct rest_request *r);

/* b->cells of a JSON body, by the types and ways of b->fields. */
int body_cells_make(struct rest_request *r);

/* The texts of b->values as they were sent, in the same order. */
void body_raw(const struct rest_body *b, struct str *raw);

const struct rest_type *body_type_root(const struct rest_type *t); /* below all domains */

/* Whether v can go as a text of the type; else PostgreSQL has to read it as JSON. */
bool body_cell_is_text(const struct rest_type *type, const struct json *v);

/* Whether it has to be as it was sent: not jsonb, which does not keep that. */
bool body_cell_is_raw(const struct rest_type *type, enum rest_way way, const struct json *v);

/* The text of v. raw: as it was sent, when body_cell_is_raw(). */
int body_cell(struct arena *a, const struct rest_type *type, enum rest_way way,
	const struct json *v, struct str raw, struct str *ret_text, struct rest_fault *f);

/* {"a","b"}; absent elements are NULL. */
struct str body_array_text(struct arena *a, const struct str *elements, size_t n);

/* Rows of column i as one array; *way becomes that of the type itself when all of them fit. */
struct db_param body_array_of(struct arena *a, const struct rest_body *b, size_t i,
	const struct rest_type *type, enum rest_way *way);
/* Which rows have column i. */
struct db_param body_array_given(struct arena *a, const struct rest_body *b, size_t i);

/* Does the body say anything about column i in that row? */
bool body_has(const struct rest_body *b, size_t row, size_t i);

/* Fields, values and shape of a call. */
int call_shape(struct rest_request *r, struct buf *shape);
