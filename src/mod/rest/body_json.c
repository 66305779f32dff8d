/* JSON bodies: an object is one row, an array of objects is rows with the same keys. Anything else has no rows; a function may take
 * it whole. */
#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "mod/rest/body_local.h"
#include "mod/rest/request.h"

static int refuse(struct rest_request *r, const char *where)
{
	rest_fault(&r->fault, 400, "PGRST102", "Empty or invalid json");
	return rest_fault_details(&r->fault, "%s", where);
}

static int refuse_row(struct rest_request *r, size_t row, const char *what, struct str name)
{
	rest_fault(&r->fault, 400, "PGRST102", "All object keys must match");
	return rest_fault_details(&r->fault, "row %zu %s" STR_FMT, row + 1, what, STR_ARG(name));
}

/* Columns by name; small sets of them are searched by body_column(). */
static size_t column_of(const struct rest_body *b, const struct map *by_name, struct str key,
	size_t at)
{
	if (at < b->n_columns && str_eq(b->columns[at], key))
		return at;
	const struct str *found = by_name ? map_get(by_name, key) : NULL;
	if (by_name)
		return found ? (size_t)(found - b->columns) : b->n_columns;
	return body_column(b, key, at);
}

static int read_row(struct rest_request *r, const struct map *by_name, const struct json *row,
	size_t i)
{
	struct rest_body *b = &r->body;
	const struct json **values = b->values + i * b->n_columns;
	size_t at = 0, seen = 0;

	if (json_type(row) != JSON_OBJECT)
		return refuse_row(r, i, "is no object but of type ",
			str_of(json_type_name(json_type(row))));
	for (struct json_iter it = json_each(row); json_next(&it);) {
		size_t column = column_of(b, by_name, it.key, at);
		if (column == b->n_columns && r->query.has_columns)
			continue;
		if (column == b->n_columns)
			return refuse_row(r, i, "has the key ", it.key);
		seen += !values[column];
		values[column] = it.value;
		at = column + 1;
	}
	for (size_t c = 0; c < b->n_columns && seen < b->n_columns && !r->query.has_columns; c++)
		if (!values[c])
			return refuse_row(r, i, "lacks the key ", b->columns[c]);
	return 0;
}

static void columns_of(struct rest_request *r, const struct json *row)
{
	struct rest_body *b = &r->body;
	struct map *names = map_new(r->arena, json_len(row));

	for (struct json_iter it = json_each(row); json_next(&it);)
		map_put(names, it.key, NULL);
	b->n_columns = map_len(names);
	b->columns = arena_array(r->arena, b->n_columns, sizeof(*b->columns));
	for (size_t i = 0; i < b->n_columns; i++)
		b->columns[i] = map_key_at(names, i);
}

static struct map *map_columns(struct rest_request *r)
{
	struct rest_body *b = &r->body;

	if (b->n_columns < 8)
		return NULL;
	struct map *by_name = map_new(r->arena, b->n_columns);
	for (size_t i = 0; i < b->n_columns; i++)
		map_put(by_name, b->columns[i], &b->columns[i]);
	return by_name;
}

static int read_rows(struct rest_request *r, const struct json *first, size_t n_rows)
{
	struct rest_body *b = &r->body;

	if (r->query.has_columns)
		body_columns_asked(r);
	else
		columns_of(r, first);
	b->n_rows = n_rows;
	b->values = arena_array(r->arena, n_rows * b->n_columns, sizeof(*b->values));
	const struct map *by_name = map_columns(r);
	if (b->kind == REST_BODY_OBJECT)
		return read_row(r, by_name, b->json, 0);
	struct json_iter it = json_each(b->json);
	for (size_t i = 0; i < n_rows && json_next(&it); i++)
		if (read_row(r, by_name, it.value, i))
			return -1;
	return 0;
}

static bool has_rows(const struct json *v)
{
	struct json_iter it = json_each(v);

	return json_type(v) == JSON_ARRAY && json_next(&it) && json_type(it.value) == JSON_OBJECT;
}

/* An array that begins with something else than an object, or a scalar. */
static int read_other(struct rest_request *r)
{
	struct rest_body *b = &r->body;
	struct json_iter it = json_each(b->json);
	bool is_empty = json_type(b->json) != JSON_ARRAY || json_len(b->json) == 0;

	if (r->target == REST_TARGET_CALL) {
		b->kind = REST_BODY_RAW;
		return 0;
	}
	if (!is_empty || (r->query.has_columns && json_type(b->json) != JSON_ARRAY))
		return refuse_row(r, 0, "is no object but of type ",
			str_of(json_type_name(
				json_next(&it) ? json_type(it.value) : json_type(b->json))));
	b->kind = REST_BODY_ROWS;
	return 0;
}

int body_json_read(struct rest_request *r)
{
	struct rest_body *b = &r->body;
	struct err e = {.arena = r->arena};

	if (r->target == REST_TARGET_CALL && str_trim(b->text).len == 0)
		b->text = STR("{}");
	if (str_trim(b->text).len == 0)
		return refuse(r, "the body is empty");
	if (str_starts(b->text, STR("\xef\xbb\xbf")))
		return refuse(r, "a byte order mark at line 1, column 1");
	b->json = json_parse(r->arena, b->text, &e);
	if (!b->json)
		return refuse(r, e.msg);
	if (json_type(b->json) == JSON_OBJECT) {
		b->kind = REST_BODY_OBJECT;
		return read_rows(r, b->json, 1);
	}
	if (!has_rows(b->json))
		return read_other(r);
	b->kind = REST_BODY_ROWS;
	struct json_iter it = json_each(b->json);
	size_t n = r->method == REST_POST && r->target == REST_TARGET_TABLE ? json_len(b->json) : 1;
	return json_next(&it) ? read_rows(r, it.value, n) : 0;
}
