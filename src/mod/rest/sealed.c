#include "mod/rest/sealed.h"

#include <string.h>

#include "base/arena.h"
#include "base/secret.h"
#include "base/uuid.h"
#include "mod/rest/body_local.h"
#include "mod/rest/cache.h"
#include "mod/rest/request.h"

/* Every sealed column that an API role has a grant to write. */
static const struct sealed_column {
	const char *schema, *table, *column;
	const char *refusal; /* why it cannot be written here; NULL: it can */
} columns[] = {
	{"org", "key_store", "api_key", NULL},
	{"crm", "api_keys", "key_ciphertext",
		"keys to outside services are stored by a function of the CRM, which seals them, not by writing the table"},
};

static const struct str id_column = {STR_INIT("id")};

static const struct sealed_column *find(const struct rest_request *r, struct str name)
{
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (str_eq(str_of(columns[i].column), name) &&
			str_eq(str_of(columns[i].table), r->table->name) &&
			str_eq(str_of(columns[i].schema), r->table->schema))
			return &columns[i];
	return NULL;
}

static int refuse(struct rest_request *r, const struct sealed_column *c, const char *why)
{
	return rest_fault(&r->fault, 400, "PLAT006", "Column '%s' of '%s' is stored sealed: %s",
		c->column, c->table, why);
}

static struct str canonical(struct arena *a, struct uuid id)
{
	char *text = arena_alloc(a, UUID_SIZE);

	return str_from(uuid_format(text, id), UUID_LEN);
}

/* Cells, values and missing get one more column at the end, with nothing in it. */
static void add_id(struct rest_request *r, size_t secret)
{
	struct rest_body *b = &r->body;
	size_t n = b->n_columns, wide = n + 1;
	struct str *names = arena_array(r->arena, wide, sizeof(*names));
	struct str *cells = arena_array(r->arena, b->n_rows * wide, sizeof(*cells));
	const struct json **values = arena_array(r->arena, b->n_rows * wide, sizeof(*values));
	bool *missing = arena_array(r->arena, wide, sizeof(*missing));

	memcpy(names, b->columns, n * sizeof(*names));
	names[n] = id_column;
	for (size_t row = 0; row < b->n_rows; row++) {
		memcpy(cells + row * wide, b->cells + row * n, n * sizeof(*cells));
		if (!b->values)
			continue;
		memcpy(values + row * wide, b->values + row * n, n * sizeof(*values));
		values[row * wide + n] = b->values[row * n + secret];
	}
	if (b->missing)
		memcpy(missing, b->missing, n * sizeof(*missing));
	b->columns = names;
	b->cells = cells;
	b->n_columns = wide;
	if (b->values)
		b->values = values;
	if (b->missing)
		b->missing = missing;
}

/* The id of a row that is inserted; one is made when the client leaves it to us. */
static int id_of_row(struct rest_request *r, const struct sealed_column *c, size_t row, size_t i,
	size_t secret, struct str *ret_id)
{
	struct rest_body *b = &r->body;
	struct str *cell = &b->cells[row * b->n_columns + i];
	struct uuid id;

	if (!cell->p)
		id = uuid_new();
	else if (!uuid_parse(*cell, &id))
		return refuse(r, c, "the row's id is no UUID");
	*cell = *ret_id = canonical(r->arena, id);
	if (b->values)
		b->values[row * b->n_columns + i] = b->values[row * b->n_columns + secret];
	if (b->missing)
		b->missing[i] = false;
	return 0;
}

/* PATCH names the one row by id=eq.UUID, among other filters or not. */
static int id_of_filter(struct rest_request *r, const struct sealed_column *c, struct str *ret_id)
{
	struct uuid id;

	if (body_column(&r->body, id_column, 0) < r->body.n_columns)
		return refuse(r, c, "it cannot be changed together with the row's id");
	for (const struct rest_cond *w = r->query.root.where; w; w = w->next)
		if (w->kind == REST_COND_TEST && w->op == REST_EQ && !w->negated && !w->quant &&
			!w->is_column && !w->field.n_steps && str_eq(w->field.name, id_column) &&
			uuid_parse(w->value, &id)) {
			*ret_id = canonical(r->arena, id);
			return 0;
		}
	return refuse(r, c, "name its one row by the filter id=eq.<uuid>");
}

static int seal_column(struct rest_request *r, const struct sealed_column *c, size_t secret)
{
	struct rest_body *b = &r->body;
	size_t i = body_column(b, id_column, 0);
	struct secret_place place = {str_printf(r->arena, "%s.%s", c->schema, c->table), STR_NULL,
		str_of(c->column)};

	if (c->refusal)
		return refuse(r, c, c->refusal);
	if (r->method == REST_POST && r->query.on_conflict && r->prefer.resolution &&
		!str_eq(r->query.on_conflict->name, id_column))
		return refuse(r, c, "on_conflict can only be the row's id");
	if (r->method != REST_PATCH && i == b->n_columns)
		add_id(r, secret);
	for (size_t row = 0; row < b->n_rows; row++) {
		struct str *cell = &b->cells[row * b->n_columns + secret];
		if (!cell->p)
			continue;
		if (r->method == REST_PATCH ? id_of_filter(r, c, &place.row)
					    : id_of_row(r, c, row, i, secret, &place.row))
			return -1;
		*cell = secret_seal(r->arena, r->keyring, place, *cell);
	}
	return 0;
}

int rest_sealed_apply(struct rest_request *r)
{
	for (size_t i = 0; i < r->body.n_columns; i++) {
		const struct sealed_column *c = find(r, r->body.columns[i]);
		if (c && seal_column(r, c, i))
			return -1;
	}
	return 0;
}
