/* The arguments of a call as parameters. Names of GET and of forms have one text each, of JSON one value; a variadic one is an array
 * of all that were given under its name. */
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "mod/rest/body_local.h"
#include "mod/rest/cache.h"
#include "mod/rest/call.h"
#include "mod/rest/request.h"

#define BYTEA_OID 17

static bool is_json(const struct rest_request *r)
{
	return r->method == REST_POST && r->body.values;
}

static bool is_csv(const struct rest_request *r)
{
	return r->method == REST_POST && r->body.kind == REST_BODY_ROWS && !r->body.values;
}

static size_t times_given(const struct rest_request *r, struct str name)
{
	size_t n = 0;

	for (const struct rest_pair *p = r->query.args; p; p = p->next)
		n += str_eq(p->name, name);
	return n;
}

static struct str variadic_text(const struct rest_request *r, struct str name)
{
	struct str *words = arena_array(r->arena, times_given(r, name), sizeof(*words));
	size_t n = 0;

	for (const struct rest_pair *p = r->query.args; p; p = p->next)
		if (str_eq(p->name, name))
			words[n++] = p->value;
	return body_array_text(r->arena, words, n);
}

/* The last one counts. */
static struct str text_of(const struct rest_request *r, struct str name)
{
	struct str value = STR_NULL;

	for (const struct rest_pair *p = r->query.args; p; p = p->next)
		if (str_eq(p->name, name))
			value = p->value;
	return value;
}

static int json_text_of(struct rest_request *r, struct rest_body_field *f, struct str *ret_text)
{
	struct rest_body *b = &r->body;
	size_t i = body_column(b, f->arg->name, 0);

	if (!body_cell_is_text(f->type, b->values[i]))
		f->way = REST_WAY_JSON;
	return body_cell(r->arena, f->type, f->way, b->values[i], b->cells[i], ret_text, &r->fault);
}

static bool is_given(const struct rest_request *r, const struct rest_arg *arg)
{
	if (is_json(r) || is_csv(r))
		return body_column(&r->body, arg->name, 0) < r->body.n_columns;
	return times_given(r, arg->name);
}

static int add_argument(struct rest_request *r, const struct rest_arg *arg, struct buf *shape)
{
	struct rest_body *b = &r->body;
	struct rest_body_field *f = &b->fields[b->n_fields++];
	struct str text;

	*f = (struct rest_body_field){.arg = arg,
		.type = arg->type,
		.way = REST_WAY_TEXT,
		.given = -1};
	if (is_json(r)) {
		if (json_text_of(r, f, &text))
			return -1;
	} else if (is_csv(r)) {
		text = b->n_rows ? b->cells[body_column(b, arg->name, 0)] : STR_NULL;
	} else {
		text = arg->is_variadic ? variadic_text(r, arg->name) : text_of(r, arg->name);
	}
	f->param = rest_values_add(&r->values, db_str(text));
	buf_printf(shape, "%zu%c", (size_t)(arg - r->func->args), f->way);
	return 0;
}

/* bytea takes any bytes; the others are texts. */
static void add_whole(struct rest_request *r)
{
	struct db_param p = r->func->args[0].type->oid == BYTEA_OID ? db_bytes(r->body.text)
								    : db_str(r->body.text);

	r->body.raw_value = rest_values_add(&r->values, p);
}

int call_shape(struct rest_request *r, struct buf *shape)
{
	const struct rest_func *f = r->func;

	if (r->prefer.has_max_affected && r->prefer.handling == REST_HANDLING_STRICT &&
		!f->returns_set)
		return rest_fault(&r->fault, 400, "PGRST128",
			"Function must return SETOF or TABLE when max-affected preference is used with handling=strict");
	buf_printf(shape, "|call %u:", f->oid);
	if (r->body.values) {
		r->body.cells = arena_array(r->arena, r->body.n_columns, sizeof(struct str));
		body_raw(&r->body, r->body.cells);
	}
	r->body.n_fields = 0;
	r->body.fields = arena_array(r->arena, f->n, sizeof(*r->body.fields));
	if (rest_call_is_whole(f)) {
		add_whole(r);
		return 0;
	}
	for (size_t i = 0; i < f->n; i++)
		if (is_given(r, &f->args[i]) && add_argument(r, &f->args[i], shape))
			return -1;
	return 0;
}
