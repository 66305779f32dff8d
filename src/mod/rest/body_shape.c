#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "db/db.h"
#include "mod/rest/body_local.h"
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/sealed.h"
#include "mod/rest/sql_guard.h"

bool body_has(const struct rest_body *b, size_t row, size_t i)
{
	if (b->values)
		return b->values[row * b->n_columns + i];
	return !b->missing || !b->missing[i];
}

/* PATCH, PUT and calls take the first row. */
static size_t rows_used(const struct rest_request *r)
{
	const struct rest_body *b = &r->body;

	return r->method == REST_POST && r->target == REST_TARGET_TABLE ? b->n_rows
		: b->n_rows                                             ? 1
									: 0;
}

static int resolve(struct rest_request *r)
{
	struct rest_body *b = &r->body;

	b->n_fields = b->n_columns;
	b->fields = arena_array(r->arena, b->n_fields, sizeof(*b->fields));
	for (size_t i = 0; i < b->n_columns; i++) {
		const struct rest_column *c = rest_table_column(r->table, b->columns[i]);
		if (!c)
			return rest_fault(&r->fault, 400, "PGRST204",
				"Could not find the '" STR_FMT "' column of '" STR_FMT
				"' in the schema cache",
				STR_ARG(b->columns[i]), STR_ARG(r->table->name));
		b->fields[i] = (struct rest_body_field){.column = c,
			.type = c->type,
			.way = c->type->from_json.p ? REST_WAY_FUNC : REST_WAY_TEXT,
			.param = -1,
			.given = -1};
	}
	return 0;
}

/* One row that a text cannot say sends the column as JSON. */
static void choose_way(const struct rest_body *b, struct rest_body_field *f, size_t i)
{
	for (size_t row = 0; row < b->n_rows && f->way == REST_WAY_TEXT; row++)
		if (!body_cell_is_text(f->type, b->values[row * b->n_columns + i]))
			f->way = REST_WAY_JSON;
}

static bool may_be_json(const struct rest_type *type)
{
	const struct rest_type *root = body_type_root(type);

	return root->typtype == 'c' || root->element;
}

int body_cells_make(struct rest_request *r)
{
	struct rest_body *b = &r->body;
	size_t n = b->n_rows * b->n_columns, at = 0;
	struct str *raw = NULL;

	b->cells = arena_array(r->arena, n, sizeof(*b->cells));
	for (size_t i = 0; i < b->n_fields; i++)
		if (may_be_json(b->fields[i].type))
			choose_way(b, &b->fields[i], i);
	for (size_t row = 0; row < b->n_rows; row++)
		for (size_t i = 0; i < b->n_columns; i++, at++) {
			const struct rest_body_field *f = &b->fields[i];
			if (!raw && body_cell_is_raw(f->type, f->way, b->values[at])) {
				raw = arena_array(r->arena, n, sizeof(*raw));
				body_raw(b, raw);
			}
			if (body_cell(r->arena, f->type, f->way, b->values[at],
				    raw ? raw[at] : STR_NULL, &b->cells[at], &r->fault))
				return -1;
		}
	return 0;
}

/* CSV and forms have texts; a domain's cast from json wants JSON. */
static void quote_cells(struct rest_request *r)
{
	struct rest_body *b = &r->body;
	struct buf json;

	buf_init(&json, 0);
	for (size_t i = 0; i < b->n_rows * b->n_columns; i++) {
		if (b->fields[i % b->n_columns].way != REST_WAY_FUNC || !b->cells[i].p)
			continue;
		buf_clear(&json);
		json_quote(&json, b->cells[i]);
		b->cells[i] = str_copy(r->arena, buf_view(&json));
	}
	buf_done(&json);
}

static void set_given(struct rest_request *r, struct rest_body_field *f, size_t i)
{
	struct rest_body *b = &r->body;
	size_t given = 0;

	if (r->prefer.missing != REST_MISSING_DEFAULT)
		return;
	for (size_t row = 0; row < b->n_rows; row++)
		given += body_has(b, row, i);
	if (given == 0)
		f->way = REST_WAY_UNSET;
	else if (given < b->n_rows)
		f->given = rest_values_add(&r->values, body_array_given(r->arena, b, i));
}

/* Parameters and shape of the columns: number, way, and whether some rows take the default. */
static void shape_fields(struct rest_request *r, struct buf *shape)
{
	struct rest_body *b = &r->body;

	for (size_t i = 0; i < b->n_fields; i++) {
		struct rest_body_field *f = &b->fields[i];
		set_given(r, f, i);
		if (f->way != REST_WAY_UNSET && b->is_bulk)
			f->param = rest_values_add(&r->values,
				body_array_of(r->arena, b, i, f->type, &f->way));
		else if (f->way != REST_WAY_UNSET)
			f->param = rest_values_add(&r->values, db_str(b->cells[i]));
		buf_printf(shape, "%d%c%s", f->column->number, f->way, f->given < 0 ? "" : "?");
	}
}

static int shape_rows(struct rest_request *r, struct buf *shape)
{
	struct rest_body *b = &r->body;

	b->n_rows = rows_used(r);
	b->is_bulk = b->n_rows > 1;
	if (resolve(r) || (b->values && body_cells_make(r)))
		return -1;
	if (!b->values)
		quote_cells(r);
	if (r->keyring && b->n_rows) {
		if (rest_sealed_apply(r))
			return -1;
		if (b->n_columns > b->n_fields && resolve(r))
			return -1;
	}
	buf_cstr(shape, b->is_bulk ? "|many:" : b->n_rows ? "|one:" : "|none:");
	if (b->n_rows)
		shape_fields(r, shape);
	if (b->is_bulk && b->n_columns == 0)
		b->rows_value = rest_values_add(&r->values, db_i64(r->arena, (int64_t)b->n_rows));
	return 0;
}

/* What a plan of a write looks at besides. */
static void shape_preferences(struct rest_request *r, struct buf *shape)
{
	const struct rest_prefer *p = &r->prefer;

	buf_printf(shape, "|%d%d%d%d%d", p->ret, p->resolution, p->missing == REST_MISSING_DEFAULT,
		p->allow_unfiltered, rest_guard_of(r));
	if (rest_guard_of(r) == REST_GUARD_AFFECTED)
		r->body.guard_value =
			rest_values_add(&r->values, db_i64(r->arena, p->max_affected));
}

int rest_body_shape(struct rest_request *r, struct buf *shape)
{
	struct rest_body *b = &r->body;

	b->rows_value = b->raw_value = b->guard_value = -1;
	if (r->target == REST_TARGET_CALL && call_shape(r, shape))
		return -1;
	if (r->target == REST_TARGET_TABLE && b->kind != REST_BODY_NONE && shape_rows(r, shape))
		return -1;
	if (r->target == REST_TARGET_CALL || (r->method != REST_GET && r->method != REST_HEAD))
		shape_preferences(r, shape);
	return 0;
}
