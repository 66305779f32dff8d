/* The conditions and the order of a query. */
#include "model/sql.h"

#include <assert.h>

#include "base/arena.h"
#include "model/array.h"
#include "model/member.h"
#include "model/sql_local.h"

/* Whether a value of this type can be compared with such a column. */
static bool fits(enum model_kind k, enum model_value_type type)
{
	static const unsigned types[MODEL_KINDS] = {
		[MODEL_NUMERIC] = 1u << MODEL_V_INT | 1u << MODEL_V_FLOAT,
		[MODEL_INT] = 1u << MODEL_V_INT,
		[MODEL_FLOAT] = 1u << MODEL_V_INT | 1u << MODEL_V_FLOAT,
		[MODEL_BOOL] = 1u << MODEL_V_BOOL,
		[MODEL_TIME] = 1u << MODEL_V_TIME | 1u << MODEL_V_DATE,
		[MODEL_DATE] = 1u << MODEL_V_DATE,
	};

	return type == MODEL_V_NULL || type == MODEL_V_STR || types[k] & 1u << type;
}

static const char *operator(enum model_op op)
{
	static const char *const texts[] = {
		[MODEL_EQ] = " = ",
		[MODEL_NE] = " is distinct from ",
		[MODEL_LT] = " < ",
		[MODEL_LE] = " <= ",
		[MODEL_GT] = " > ",
		[MODEL_GE] = " >= ",
		[MODEL_LIKE] = " like ",
		[MODEL_ILIKE] = " ilike ",
		[MODEL_CONTAINS] = " @> ",
	};

	return texts[op];
}

static void contains(struct sql *x, enum model_kind kind, struct model_value v)
{
	assert(kind == MODEL_ARRAY || (kind == MODEL_JSON && v.type == MODEL_V_STR));
	assert(v.type == MODEL_V_STR || v.type == MODEL_V_STRS);
	if (kind == MODEL_JSON)
		model_sql_value(x, db_str(v.s));
	else if (v.type == MODEL_V_STR)
		model_sql_value(x, db_str(model_array_join(x->a, 1, &v.s)));
	else
		model_sql_value(x, db_str(model_array_join(x->a, v.strs.n, v.strs.list)));
}

static void condition(struct sql *x, const struct model_condition *c)
{
	assert(c->column >= 0 && c->column < x->t->n);
	enum model_kind kind = x->t->columns[c->column].kind;
	bool null = c->value.type == MODEL_V_NULL;

	model_sql_name(x, c->column);
	if (c->op == MODEL_IN) {
		assert(c->value.type == MODEL_V_STRS);
		buf_cstr(&x->text, " = any(");
		model_sql_value(x,
			db_str(model_array_join(x->a, c->value.strs.n, c->value.strs.list)));
		buf_char(&x->text, ')');
	} else if (null && (c->op == MODEL_EQ || c->op == MODEL_NE)) {
		buf_cstr(&x->text, c->op == MODEL_EQ ? " is null" : " is not null");
	} else {
		buf_cstr(&x->text, operator(c->op));
		if (c->op == MODEL_CONTAINS) {
			contains(x, kind, c->value);
			return;
		}
		assert(fits(kind, c->value.type) && kind != MODEL_VECTOR);
		assert((c->op != MODEL_LIKE && c->op != MODEL_ILIKE) || kind == MODEL_TEXT);
		model_sql_value(x, model_value_param(x->a, c->value));
	}
}

/* The order made total: what was asked for, then what is missing of the primary key. Within one workspace
 * its id says nothing, and would stand in an index's way. */
static int total_order(const struct model_table *t, const struct model_query *q,
	struct model_order out[MODEL_ORDER_MAX + MODEL_KEY_MAX])
{
	struct model_columns seen = MODEL_USUAL;
	enum model_direction last = MODEL_ASC;
	int workspace = q->every_workspace ? -1 : model_workspace_column(t);
	int n = 0;

	for (int i = 0; i < MODEL_ORDER_MAX && q->order[i].direction; i++) {
		out[n++] = q->order[i];
		model_columns_add(&seen, q->order[i].column);
		last = q->order[i].direction;
	}
	for (int i = 0; i < t->primary_n; i++)
		if (t->primary[i] != workspace && !model_columns_has(seen, t->primary[i]))
			out[n++] = (struct model_order){t->primary[i], last};
	return n;
}

/* One column of the row behind which the page begins. */
struct place {
	struct model_order by;
	int param; /* 0: null there */
	bool nullable;
};

/* (a, b) > ($1, $2), which an index answers at once. */
static void behind_row(struct sql *x, const struct place *places, int n)
{
	for (int i = 0; i < n; i++) {
		buf_char(&x->text, i ? ',' : '(');
		model_sql_name(x, places[i].by.column);
	}
	buf_cstr(&x->text, places[0].by.direction == MODEL_ASC ? ") > " : ") < ");
	for (int i = 0; i < n; i++)
		buf_printf(&x->text, i ? ",$%d" : "($%d", places[i].param);
	buf_char(&x->text, ')');
}

static void same(struct sql *x, const struct place *p)
{
	model_sql_name(x, p->by.column);
	if (p->param)
		buf_printf(&x->text, " = $%d", p->param);
	else
		buf_cstr(&x->text, " is null");
}

/* False: nothing comes behind it in this column. */
static bool behind(struct sql *x, const struct place *p)
{
	if (p->by.direction == MODEL_ASC && !p->param)
		return false;
	buf_char(&x->text, '(');
	model_sql_name(x, p->by.column);
	if (!p->param) {
		buf_cstr(&x->text, " is not null)");
		return true;
	}
	buf_printf(&x->text, p->by.direction == MODEL_ASC ? " > $%d" : " < $%d", p->param);
	if (p->by.direction == MODEL_ASC && p->nullable) {
		buf_cstr(&x->text, " or ");
		model_sql_name(x, p->by.column);
		buf_cstr(&x->text, " is null");
	}
	buf_char(&x->text, ')');
	return true;
}

/* Behind in the first column; or the same there and behind in the second; and so on. */
static void behind_each(struct sql *x, const struct place *places, int n)
{
	buf_cstr(&x->text, "(false");
	for (int i = 0; i < n; i++) {
		size_t before = x->text.len;
		buf_cstr(&x->text, " or (");
		for (int k = 0; k < i; k++) {
			same(x, &places[k]);
			buf_cstr(&x->text, " and ");
		}
		if (behind(x, &places[i]))
			buf_char(&x->text, ')');
		else
			buf_truncate(&x->text, before);
	}
	buf_char(&x->text, ')');
}

static void after(struct sql *x, const struct model_query *q)
{
	struct model_order order[MODEL_ORDER_MAX + MODEL_KEY_MAX];
	struct place places[MODEL_ORDER_MAX + MODEL_KEY_MAX];
	int n = total_order(x->t, q, order);
	bool simple = true;

	assert(n > 0 && "a table without a primary key has no pages");
	for (int i = 0; i < n; i++) {
		int c = order[i].column;
		bool set = model_member_is_set(x->t, c, q->after);
		places[i].by = order[i];
		places[i].nullable = !(x->t->columns[c].flags & MODEL_NOT_NULL);
		places[i].param =
			set ? model_sql_param(x, model_member_param(x->a, x->t, c, q->after)) : 0;
		simple = simple && set && !places[i].nullable &&
			order[i].direction == order[0].direction;
	}
	if (simple)
		behind_row(x, places, n);
	else
		behind_each(x, places, n);
}

static const char *next(const char **between)
{
	const char *now = *between;

	*between = " and ";
	return now;
}

void model_sql_where(struct sql *x, const struct model_query *q)
{
	const char *between = " where ";
	int workspace = model_workspace_column(x->t);

	assert((workspace < 0 || q->workspace_id.p || q->every_workspace) &&
		"which workspace? see model/query.h");
	if (workspace >= 0 && !q->every_workspace) {
		struct model_condition c = {workspace, MODEL_EQ, MODEL_V(q->workspace_id)};
		buf_cstr(&x->text, next(&between));
		condition(x, &c);
	}
	for (int i = 0; i < MODEL_WHERE_MAX && q->where[i].op; i++) {
		buf_cstr(&x->text, next(&between));
		condition(x, &q->where[i]);
	}
	if (q->after) {
		buf_cstr(&x->text, next(&between));
		after(x, q);
	}
}

void model_sql_order(struct sql *x, const struct model_query *q)
{
	struct model_order order[MODEL_ORDER_MAX + MODEL_KEY_MAX];
	int n = total_order(x->t, q, order);

	/* Without a wish there is no order, but then there are no pages either. */
	if (!q->order[0].direction && !q->after && !q->limit)
		return;
	for (int i = 0; i < n; i++) {
		buf_cstr(&x->text, i ? ", " : " order by ");
		model_sql_name(x, order[i].column);
		buf_cstr(&x->text, order[i].direction == MODEL_DESC ? " desc" : "");
	}
}

static void narrow(struct model_query *q, struct model_condition c)
{
	int i = 0;

	while (i < MODEL_WHERE_MAX && q->where[i].op)
		i++;
	assert(i < MODEL_WHERE_MAX);
	q->where[i] = c;
}

struct model_query model_query_children(const struct model_relation *r, const void *parent,
	const struct model_query *q)
{
	struct model_query narrowed = q ? *q : (struct model_query){.limit = 0};
	int workspace = model_workspace_column(r->child);

	for (int i = 0; i < r->n; i++) {
		struct model_value v = model_member_value(r->parent, r->parent_columns[i], parent);
		if (r->child_columns[i] == workspace) {
			assert(v.type == MODEL_V_STR);
			narrowed.workspace_id = v.s;
			narrowed.every_workspace = false;
			continue;
		}
		/* Nobody has a parent without a key: "= null" finds nothing, "is null" would. */
		narrow(&narrowed,
			(struct model_condition){r->child_columns[i],
				v.type == MODEL_V_NULL ? MODEL_LT : MODEL_EQ, v});
	}
	return narrowed;
}

struct model_query model_query_parent(const struct model_relation *r, const void *child)
{
	struct model_query q = {.limit = 0};
	int workspace = model_workspace_column(r->parent);

	for (int i = 0; i < r->n; i++) {
		struct model_value v = model_member_value(r->child, r->child_columns[i], child);
		if (r->parent_columns[i] == workspace)
			q.workspace_id = v.s;
		else
			narrow(&q, (struct model_condition){r->parent_columns[i], MODEL_EQ, v});
	}
	return q;
}

bool model_relation_is_set(const struct model_relation *r, const void *child)
{
	for (int i = 0; i < r->n; i++)
		if (!model_member_is_set(r->child, r->child_columns[i], child))
			return false;
	return true;
}
