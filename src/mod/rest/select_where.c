/* Filters as conditions. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

#define OID_TSVECTOR 3614

static const char *const operators[REST_OPS] = {[REST_EQ] = " = ",
	[REST_NEQ] = " <> ",
	[REST_GT] = " > ",
	[REST_GTE] = " >= ",
	[REST_LT] = " < ",
	[REST_LTE] = " <= ",
	[REST_LIKE] = " like ",
	[REST_ILIKE] = " ilike ",
	[REST_MATCH] = " ~ ",
	[REST_IMATCH] = " ~* ",
	[REST_IN] = " = ",
	[REST_ISDISTINCT] = " is distinct from ",
	[REST_FTS] = " @@ to_tsquery(",
	[REST_PLFTS] = " @@ plainto_tsquery(",
	[REST_PHFTS] = " @@ phraseto_tsquery(",
	[REST_WFTS] = " @@ websearch_to_tsquery(",
	[REST_CS] = " @> ",
	[REST_CD] = " <@ ",
	[REST_OV] = " && ",
	[REST_SL] = " << ",
	[REST_SR] = " >> ",
	[REST_NXR] = " &< ",
	[REST_NXL] = " &> ",
	[REST_ADJ] = " -|- "};

static const char *const states[] = {[REST_IS_NULL] = " is null",
	[REST_IS_NOT_NULL] = " is not null",
	[REST_IS_TRUE] = " is true",
	[REST_IS_FALSE] = " is false",
	[REST_IS_UNKNOWN] = " is unknown"};

static bool is_text_search(enum rest_op op)
{
	return op >= REST_FTS && op <= REST_WFTS;
}

static bool is_pattern(enum rest_op op)
{
	return op >= REST_LIKE && op <= REST_IMATCH;
}

static bool is_tsvector(const struct rest_type *t)
{
	while (t && t->base)
		t = t->base;
	return t && t->oid == OID_TSVECTOR;
}

static void write_config(struct select *x, const struct rest_cond *c)
{
	if (!c->config.p)
		return;
	rest_sql_value(x->s, c->config_param, "regconfig");
	rest_sql(x->s, ", ");
}

/* Any record equals any record, so what is said to be equal to one has to name its type. */
static const struct rest_type *composite(const struct rest_type *t, bool is_list)
{
	const struct rest_type *base = t;

	while (base && base->base)
		base = base->base;
	if (!base || base->typtype != 'c')
		return NULL;
	return is_list ? t->array : t;
}

/* The value, read by the domain's own cast from text when it has one. */
static void write_value(struct select *x, const struct rest_cond *c, const struct rest_type *type)
{
	bool is_list = c->op == REST_IN || c->quant != REST_QUANT_NONE;
	const struct rest_type *named = composite(type, is_list);
	struct str from_text = type ? type->from_text : STR_NULL;

	if (is_list)
		rest_sql(x->s, c->quant == REST_QUANT_ALL ? "all (" : "any (");
	if (!from_text.p || is_pattern(c->op)) {
		rest_sql_value(x->s, c->param, NULL);
		rest_sql(x->s, named ? "::" : "");
		rest_sql_str(x->s, named ? named->sql : STR(""));
	} else {
		rest_sql(x->s, is_list ? "array(select " : "");
		rest_sql_str(x->s, from_text);
		rest_sql(x->s, is_list ? "(v) from unnest(" : "(");
		rest_sql_value(x->s, c->param, is_list ? "text[]" : "text");
		rest_sql(x->s, is_list ? ") v)" : ")");
	}
	rest_sql(x->s, is_list ? ")" : "");
}

static int write_aggregate(struct select *x, struct select_scope *scope, struct select_node *n,
	const struct rest_cond *c, struct select_value *ret)
{
	rest_sql(x->s, select_aggregate_name(c->agg));
	rest_sql(x->s, "(");
	if (!c->field.name.len)
		rest_sql(x->s, "*");
	else if (select_write_field(x, scope, n, &c->field, ret))
		return -1;
	rest_sql(x->s, ")");
	*ret = (struct select_value){.type = NULL};
	return 0;
}

static int write_left(struct select *x, struct select_scope *scope, struct select_node *n,
	const struct rest_cond *c, struct select_value *ret)
{
	size_t mark = select_mark(x);
	int code = c->agg == REST_AGG_NONE ? select_write_field(x, scope, n, &c->field, ret)
					   : write_aggregate(x, scope, n, c, ret);

	if (code || !is_text_search(c->op) || is_tsvector(ret->type))
		return code;
	struct str field = select_cut(x, mark);
	rest_sql(x->s, "to_tsvector(");
	write_config(x, c);
	rest_sql_str(x->s, field);
	rest_sql(x->s, ")");
	return 0;
}

static int write_comparison(struct select *x, struct select_scope *scope, struct select_node *n,
	const struct rest_cond *c)
{
	struct select_value value, other;

	if (write_left(x, scope, n, c, &value))
		return -1;
	if (c->op == REST_IS) {
		rest_sql(x->s, states[c->is]);
		return 0;
	}
	rest_sql(x->s, operators[c->op]);
	if (c->is_column)
		return select_write_field(x, scope, n, &c->other, &other);
	if (is_text_search(c->op)) {
		write_config(x, c);
		rest_sql_value(x->s, c->param, NULL);
		rest_sql(x->s, ")");
		return 0;
	}
	write_value(x, c, value.type);
	return 0;
}

static int refuse_embed(struct select *x, const struct select_node *child)
{
	rest_fault(&x->r->fault, 400, "PGRST120",
		"Bad operator on the '" STR_FMT "' embedded resource", STR_ARG(child->name));
	return rest_fault_details(&x->r->fault,
		"Only is null or not is null filters are allowed on embedded resources");
}

static int write_test(struct select *x, struct select_scope *scope, struct select_node *n,
	const struct rest_cond *c)
{
	struct select_node *child = NULL;

	if (c->agg == REST_AGG_NONE && !c->field.n_steps)
		child = select_child(n, c->field.name);
	if (child && select_is_null_test(c))
		return select_write_exists(x, scope, child, !select_is_present_test(c));
	if (child && !select_knows(n, c->field.name))
		return refuse_embed(x, child);
	rest_sql(x->s, c->negated ? "not (" : "");
	int code = write_comparison(x, scope, n, c);
	rest_sql(x->s, c->negated ? ")" : "");
	return code;
}

static int write_condition(struct select *x, struct select_scope *scope, struct select_node *n,
	const struct rest_cond *c)
{
	if (c->kind == REST_COND_TEST)
		return write_test(x, scope, n, c);
	rest_sql(x->s, c->negated ? "not (" : "(");
	for (const struct rest_cond *i = c->first; i; i = i->next) {
		if (write_condition(x, scope, n, i))
			return -1;
		if (i->next)
			rest_sql(x->s, c->kind == REST_COND_AND ? " and " : " or ");
	}
	rest_sql(x->s, c->first ? ")" : "true)");
	return 0;
}

int select_where(struct select *x, struct select_scope *scope, struct select_node *n,
	struct select_list *list, bool is_whole)
{
	for (const struct rest_cond *c = n->ast->where; c; c = c->next) {
		size_t mark = select_mark(x);
		if (!is_whole && select_is_present_test(c) && select_child(n, c->field.name))
			continue;
		if (write_condition(x, scope, n, c))
			return -1;
		select_list_add(x, list, select_cut(x, mark));
	}
	return 0;
}

int select_having(struct select *x, struct select_scope *scope, struct select_node *n,
	const struct rest_cond *c)
{
	for (; c; c = c->next) {
		if (write_condition(x, scope, n, c))
			return -1;
		if (c->next)
			rest_sql(x->s, " and ");
	}
	return 0;
}
