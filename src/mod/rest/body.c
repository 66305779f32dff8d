#include "mod/rest/body.h"

#include "base/arena.h"
#include "base/enc.h"
#include "base/map.h"
#include "mod/rest/body_local.h"
#include "mod/rest/csv.h"
#include "mod/rest/request.h"

static bool has_body(const struct rest_request *r)
{
	return r->method == REST_POST || r->method == REST_PATCH || r->method == REST_PUT;
}

/* No text of PostgreSQL has this character, and no JSON has it as it is. */
static int refuse_nul(struct rest_request *r)
{
	ptrdiff_t at = str_find_char(r->body.text, '\0');

	if (at < 0)
		return 0;
	rest_fault(&r->fault, 400, "22021", "invalid byte sequence for encoding \"UTF8\": 0x00");
	return rest_fault_details(&r->fault, "byte %td of the body", at + 1);
}

static int read_bytes(struct rest_request *r)
{
	r->body.kind = REST_BODY_RAW;
	return 0;
}

static int read_text(struct rest_request *r)
{
	r->body.kind = REST_BODY_RAW;
	return refuse_nul(r);
}

static const struct {
	const char *type;
	bool only_calls;
	int (*read)(struct rest_request *r);
} readers[] = {
	{"application/json", false, body_json_read},
	{"text/csv", false, body_csv_read},
	{"application/x-www-form-urlencoded", false, body_form_read},
	{"text/plain", true, read_text},
	{"text/xml", true, read_text},
	{"application/octet-stream", true, read_bytes},
};

int rest_body_parse(struct rest_request *r, struct str content_type, struct str text)
{
	struct str rest = content_type;
	struct str type = str_lower(r->arena, str_trim(str_cut(&rest, ';')));

	if (!has_body(r))
		return 0;
	r->body.text = text.p ? text : STR("");
	r->body.type = type.len ? type : STR("application/json");
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (str_eq(r->body.type, str_of(readers[i].type)) &&
			(r->target == REST_TARGET_CALL || !readers[i].only_calls))
			return readers[i].read(r);
	return rest_fault(&r->fault, 400, "PGRST102", "Content-Type not acceptable: " STR_FMT,
		STR_ARG(r->body.type));
}

size_t body_column(const struct rest_body *b, struct str name, size_t i)
{
	if (i < b->n_columns && str_eq(b->columns[i], name))
		return i;
	for (i = 0; i < b->n_columns; i++)
		if (str_eq(b->columns[i], name))
			return i;
	return b->n_columns;
}

void body_columns_asked(struct rest_request *r)
{
	struct rest_body *b = &r->body;
	struct map *names = map_new(r->arena, 0);

	for (const struct rest_name *c = r->query.columns; c; c = c->next)
		map_put(names, c->name, NULL);
	b->n_columns = map_len(names);
	b->columns = arena_array(r->arena, b->n_columns, sizeof(*b->columns));
	for (size_t i = 0; i < b->n_columns; i++)
		b->columns[i] = map_key_at(names, i);
}

/* Rows of cells named by names become those of `columns=`. */
static void take_columns(struct rest_request *r, const struct str *names, size_t n)
{
	struct rest_body *b = &r->body;
	struct rest_body sent = {.columns = (struct str *)names, .n_columns = n};
	const struct str *cells = b->cells;

	body_columns_asked(r);
	b->cells = arena_array(r->arena, b->n_rows * b->n_columns, sizeof(*b->cells));
	b->missing = arena_array(r->arena, b->n_columns, sizeof(*b->missing));
	for (size_t i = 0; i < b->n_columns; i++) {
		size_t from = body_column(&sent, b->columns[i], i);
		b->missing[i] = from == n;
		for (size_t row = 0; row < b->n_rows && from < n; row++)
			b->cells[row * b->n_columns + i] = cells[row * n + from];
	}
}

int body_csv_read(struct rest_request *r)
{
	struct rest_body *b = &r->body;
	struct rest_csv csv;
	struct map *seen = map_new(r->arena, 0);

	if (refuse_nul(r) || rest_csv_parse(r->arena, b->text, &csv, &r->fault))
		return -1;
	for (size_t i = 0; i < csv.n; i++) {
		if (map_has(seen, csv.names[i])) {
			rest_fault(&r->fault, 400, "PGRST102", "Empty or invalid csv");
			return rest_fault_details(&r->fault,
				"line 1: '" STR_FMT "' comes twice in the header",
				STR_ARG(csv.names[i]));
		}
		map_put(seen, csv.names[i], NULL);
	}
	b->kind = REST_BODY_ROWS;
	b->n_rows = csv.n_rows;
	b->cells = csv.cells;
	b->columns = csv.names;
	b->n_columns = csv.n;
	if (r->query.has_columns)
		take_columns(r, csv.names, csv.n);
	return 0;
}

/* One pair of a form, decoded. */
static int read_pair(struct rest_request *r, struct str pair, struct str *ret_name,
	struct str *ret_value)
{
	struct str value = pair;
	struct str name = str_cut(&value, '=');

	if (!value.p)
		value = STR("");
	if (!enc_form_decode(r->arena, name, ret_name) ||
		!enc_form_decode(r->arena, value, ret_value)) {
		rest_fault(&r->fault, 400, "PGRST102", "Empty or invalid form");
		return rest_fault_details(&r->fault, "byte %zu: bad percent encoding",
			(size_t)(pair.p - r->body.text.p) + 1);
	}
	return 0;
}

/* Of a name given twice a table takes the last value, as a function does unless it is variadic: call_shape.c has all of them. */
static struct str *last_values(struct rest_request *r, const struct map *names)
{
	struct str *cells = arena_array(r->arena, map_len(names), sizeof(*cells));

	for (size_t i = 0; i < map_len(names); i++)
		cells[i] = ((const struct rest_pair *)map_value_at(names, i))->value;
	return cells;
}

int body_form_read(struct rest_request *r)
{
	struct rest_body *b = &r->body;
	struct map *names = map_new(r->arena, 0);
	struct rest_pair **end = &r->query.args;

	for (struct str left = b->text; left.p;) {
		struct str pair = str_cut(&left, '&');
		struct rest_pair *p = ARENA_NEW(r->arena, struct rest_pair);
		if (pair.len == 0)
			continue;
		if (read_pair(r, pair, &p->name, &p->value))
			return -1;
		map_put(names, p->name, p);
		*end = p;
		end = &p->next;
	}
	b->kind = REST_BODY_OBJECT;
	b->n_rows = 1;
	b->n_columns = map_len(names);
	b->cells = last_values(r, names);
	b->columns = arena_array(r->arena, b->n_columns, sizeof(*b->columns));
	for (size_t i = 0; i < b->n_columns; i++)
		b->columns[i] = map_key_at(names, i);
	if (r->query.has_columns)
		take_columns(r, b->columns, b->n_columns);
	return 0;
}
