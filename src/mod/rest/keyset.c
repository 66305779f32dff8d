#include "mod/rest/keyset.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "mod/rest/cache.h"
#include "mod/rest/plan.h"
#include "mod/rest/request.h"

#define MAX_VALUES 64
#define MARK_LEN 8

static bool has_aggregate(const struct rest_item *items)
{
	for (; items; items = items->next) {
		if (items->kind == REST_ITEM_SPREAD && has_aggregate(items->node->items))
			return true;
		if (items->agg != REST_AGG_NONE)
			return true;
	}
	return false;
}

static bool has_relation(const struct rest_order *o)
{
	while (o && !o->relation.p)
		o = o->next;
	return o;
}

/* Rows of a table that are not put together, by own columns. */
static bool may_have(const struct rest_request *r)
{
	const struct rest_query *q = &r->query;
	bool is_read = r->method == REST_GET || r->method == REST_HEAD;
	bool is_rows = !r->accept || r->accept->media <= REST_MEDIA_CSV;

	return is_read && is_rows && r->target == REST_TARGET_TABLE && r->table->n_pk &&
		!q->distinct && !q->distinct_on && !q->having && !has_relation(q->root.order) &&
		!has_aggregate(q->root.items);
}

static bool is_ordered_by(const struct rest_order *o, struct str name)
{
	for (; o; o = o->next)
		if (!o->field.n_steps && str_eq(o->field.name, name))
			return true;
	return false;
}

static size_t count_missing(const struct rest_request *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->table->n_pk; i++)
		n += !is_ordered_by(r->query.root.order, r->table->pk[i]->name);
	return n;
}

bool rest_keyset_is_on(const struct rest_request *r)
{
	return r->query.has_after && may_have(r);
}

static size_t count_values(const struct rest_request *r)
{
	size_t n = count_missing(r);

	for (const struct rest_order *o = r->query.root.order; o; o = o->next)
		n++;
	return n;
}

/* Tells one order from another; the same in every process. */
static struct str mark_of(struct rest_request *r)
{
	char hex[HASH_128_HEX_SIZE];
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, r->table->sql);
	for (const struct rest_order *o = r->query.root.order; o; o = o->next) {
		buf_printf(&b, "\n%d %d " STR_FMT, o->dir == REST_DESC, o->nulls,
			STR_ARG(o->field.name));
		for (size_t i = 0; i < o->field.n_steps; i++) {
			buf_cstr(&b, o->field.steps[i].as_text ? "\n->>" : "\n->");
			buf_str(&b, o->field.steps[i].key);
		}
	}
	hash_128_hex(hex, hash_128(buf_view(&b)));
	buf_done(&b);
	return str_from(arena_dup(r->arena, hex, MARK_LEN), MARK_LEN);
}

static int refuse(struct rest_request *r)
{
	rest_fault(&r->fault, 400, "PGRST100",
		"\"failed to parse after parameter\" (line 1, column 1)");
	return rest_fault_details(&r->fault, "It is no cursor of this table in this order");
}

static int refuse_any(struct rest_request *r)
{
	rest_fault(&r->fault, 400, "PGRST127", "Feature not implemented");
	return rest_fault_details(&r->fault,
		"Pages by cursor need a table with a primary key, ordered by its own columns, without aggregates or distinct.");
}

/* The values of the cursor, behind its mark. */
static int read_cursor(struct rest_request *r, struct buf *shape)
{
	struct err e = {.arena = r->arena};
	struct rest_query *q = &r->query;
	struct str text, mark;
	size_t n = count_values(r), i = 0;

	if (n > MAX_VALUES || !enc_base64url_decode(r->arena, q->after, &text))
		return refuse(r);
	const struct json *list = json_parse(r->arena, text, &e);
	if (json_type(list) != JSON_ARRAY || json_len(list) != n + 1 ||
		!json_to_str(json_at(list, 0), &mark) || !str_eq(mark, mark_of(r)))
		return refuse(r);
	q->after_params = arena_array(r->arena, n, sizeof(*q->after_params));
	struct json_iter it = json_each(list);
	json_next(&it);
	while (json_next(&it)) {
		struct str value = json_scalar_pg(r->arena, it.value);
		buf_char(shape, value.p ? 'v' : 'n');
		q->after_params[i++] = value.p ? rest_values_add(&r->values, db_str(value)) : -1;
	}
	return 0;
}

int rest_keyset_prepare(struct rest_request *r, struct buf *shape)
{
	if (!r->query.has_after || r->query.after_params)
		return 0;
	if (!rest_keyset_is_on(r))
		return refuse_any(r);
	return r->query.after.len ? read_cursor(r, shape) : 0;
}

static bool is_full(const struct rest_request *r, const struct result *res)
{
	const struct rest_plan *p = r->plan;
	int64_t limit;

	if (p->limit_value < 0)
		return false;
	const struct db_param *v = &r->values.v[p->limit_value];
	return !v->null && str_to_i64(str_from(v->p, (size_t)v->len), &limit) && limit > 0 &&
		result_rows(res) >= limit;
}

struct str rest_keyset_next(struct rest_request *r, const struct result *res)
{
	const struct rest_plan *p = r->plan;
	struct buf b;

	if (!p->n_keyset || !is_full(r, res))
		return STR_NULL;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	jsonw_str(&w, mark_of(r));
	for (size_t i = 0; i < p->n_keyset; i++)
		jsonw_str(&w, result_text(res, result_rows(res) - 1, p->keyset[i]));
	jsonw_end(&w);
	struct str cursor = enc_base64url(r->arena, buf_view(&b));
	buf_done(&b);
	return cursor;
}
