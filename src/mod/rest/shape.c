/* From a query to the key of its plan: all names and operators, each with its length, and no values. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "mod/rest/parse.h"

#define ROOM 256 /* bytes asked of the buffer at once */

/* Writes straight into the buffer. p NULL: the buffer has refused, and nothing more is written. */
struct shape {
	struct buf *out;
	struct rest_values *values;
	char *p, *end;
};

static void shape_flush(struct shape *w, size_t n)
{
	if (w->p)
		buf_commit(w->out, (size_t)(w->p - (w->out->p + w->out->len)));
	w->p = buf_reserve(w->out, n);
	w->end = w->p ? w->p + n : NULL;
}

static inline bool has_room(struct shape *w, size_t n)
{
	if ((size_t)(w->end - w->p) < n)
		shape_flush(w, n + ROOM);
	return w->p;
}

static inline void put(struct shape *w, unsigned byte)
{
	if (has_room(w, 1))
		*w->p++ = (char)byte;
}

/* Lengths in seven bits a byte; 0 is absent. */
static void put_str(struct shape *w, struct str s)
{
	size_t n = s.p ? s.len + 1 : 0;

	if (!has_room(w, s.len + 10))
		return;
	for (; n >= 0x80; n >>= 7)
		*w->p++ = (char)(n | 0x80);
	*w->p++ = (char)n;
	if (s.len)
		memcpy(w->p, s.p, s.len);
	w->p += s.len;
}

static void put_bytes(struct shape *w, struct str s)
{
	if (!has_room(w, s.len))
		return;
	memcpy(w->p, s.p, s.len);
	w->p += s.len;
}

static void put_number(struct shape *w, size_t n)
{
	for (; n >= 0x80; n >>= 7)
		put(w, (unsigned)(n | 0x80));
	put(w, (unsigned)n);
}

/* --- values ------------------------------------------------------------------------------------ */

int rest_values_add(struct rest_values *values, struct db_param p)
{
	if (values->n == values->cap) {
		size_t cap = values->cap ? 2 * values->cap : 16;
		values->v = arena_resize(values->arena, values->v, values->cap * sizeof(p),
			cap * sizeof(p));
		values->cap = cap;
	}
	values->v[values->n] = p;
	return (int)values->n++;
}

static int add_text(struct shape *w, struct str s)
{
	return rest_values_add(w->values, db_str(s));
}

/* n is not negative. */
static int add_number(struct shape *w, int64_t n)
{
	char text[20], *p = text + sizeof(text);

	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	size_t len = (size_t)(text + sizeof(text) - p);
	return add_text(w, str_from(arena_dup(w->values->arena, p, len), len));
}

/* --- parts ------------------------------------------------------------------------------------- */

static void put_field(struct shape *w, struct rest_field *f)
{
	put_str(w, f->name);
	put_number(w, f->n_steps);
	for (size_t i = 0; i < f->n_steps; i++) {
		struct rest_step *step = &f->steps[i];
		put(w, step->is_index | (unsigned)step->as_text << 1);
		step->param = add_text(w, step->key);
	}
}

static void put_test(struct shape *w, struct rest_cond *c)
{
	put(w, c->op);
	put(w,
		c->quant | (unsigned)c->is << 2 | (unsigned)c->is_column << 5 |
			(unsigned)!!c->config.p << 6);
	put(w, c->agg);
	put_field(w, &c->field);
	if (c->is_column) {
		put_field(w, &c->other);
		return;
	}
	if (c->config.p)
		c->config_param = add_text(w, c->config);
	if (c->op != REST_IS)
		c->param = add_text(w, c->value);
}

static void put_conditions(struct shape *w, struct rest_cond *c)
{
	for (; c; c = c->next) {
		put(w, 1 + c->kind + (c->negated ? 8u : 0));
		if (c->kind == REST_COND_TEST)
			put_test(w, c);
		else
			put_conditions(w, c->first);
	}
	put(w, 0);
}

static void put_orders(struct shape *w, struct rest_order *o)
{
	for (; o; o = o->next) {
		put(w, 1 + o->dir + ((unsigned)o->nulls << 2));
		put_str(w, o->relation);
		put_field(w, &o->field);
	}
	put(w, 0);
}

/* The answer calls a JSON path by its last key, which is a value otherwise. */
static struct str key_shown(const struct rest_item *item)
{
	if (item->alias.p)
		return STR_NULL;
	for (size_t i = item->field.n_steps; i > 0; i--)
		if (!item->field.steps[i - 1].is_index)
			return item->field.steps[i - 1].key;
	return STR_NULL;
}

static void put_node(struct shape *w, struct rest_node *node);

static void put_items(struct shape *w, struct rest_item *item)
{
	for (; item; item = item->next) {
		put(w, 1 + item->kind + (item->agg << 2));
		if (item->kind == REST_ITEM_STAR)
			continue;
		put_str(w, item->alias);
		put_field(w, &item->field);
		if (item->kind == REST_ITEM_FIELD) {
			put_str(w, key_shown(item));
			put_str(w, item->cast);
			put_str(w, item->agg_cast);
		} else {
			put_str(w, item->hint);
			put(w, item->join);
			put_node(w, item->node);
		}
	}
	put(w, 0);
}

static void put_node(struct shape *w, struct rest_node *node)
{
	put(w,
		node->has_limit | (unsigned)node->has_offset << 1 |
			(unsigned)node->legacy_target << 2);
	node->limit_param = node->has_limit ? add_number(w, node->limit) : -1;
	node->offset_param = node->has_offset ? add_number(w, node->offset) : -1;
	if (node->items_shape.p)
		put_bytes(w, node->items_shape);
	else
		put_items(w, node->items);
	put_conditions(w, node->where);
	put_orders(w, node->order);
}

void rest_shape_items(struct buf *shape, struct rest_item *items)
{
	struct shape w = {.out = shape};

	shape_flush(&w, ROOM);
	put_items(&w, items);
	shape_flush(&w, 0);
}

static void put_names(struct shape *w, const struct rest_name *name)
{
	for (; name; name = name->next)
		put_str(w, name->name);
	put(w, 0);
}

static void put_args(struct shape *w, struct rest_pair *arg)
{
	for (; arg; arg = arg->next) {
		put_str(w, arg->name);
		arg->param = add_text(w, arg->value);
	}
	put(w, 0);
}

void rest_shape_query(struct buf *shape, struct rest_values *values, struct rest_query *q)
{
	struct shape w = {.out = shape, .values = values};

	shape_flush(&w, ROOM);
	put(&w,
		q->has_columns | (unsigned)q->has_on_conflict << 1 | (unsigned)q->distinct << 2 |
			(unsigned)q->has_after << 3 |
			(unsigned)(q->has_after && q->after.len) << 4);
	put_node(&w, &q->root);
	put_args(&w, q->args);
	put_names(&w, q->columns);
	put_names(&w, q->on_conflict);
	put_names(&w, q->distinct_on);
	put_conditions(&w, q->having);
	shape_flush(&w, 0);
}
