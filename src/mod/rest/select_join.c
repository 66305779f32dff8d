/* What stands behind FROM, and what ties the rows of an embed to those of its parent. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

/* Columns of near's table a equal those of far's b. */
static void write_equal(struct select *x, struct str near, const struct rest_column **a,
	struct str far, const struct rest_column **b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rest_sql(x->s, i ? " and " : "");
		rest_sql_column(x->s, near, a[i]->name);
		rest_sql(x->s, " = ");
		rest_sql_column(x->s, far, b[i]->name);
	}
}

static void write_junction(struct select *x, struct select_node *n)
{
	const struct rest_link *k = n->link;

	n->junction = rest_sql_alias(x->s, x->r->arena);
	rest_sql_str(x->s, k->junction->sql);
	rest_sql(x->s, " ");
	rest_sql_str(x->s, n->junction);
	rest_sql(x->s, " join ");
	rest_sql_str(x->s, n->table->sql);
	rest_sql(x->s, " ");
	rest_sql_str(x->s, n->alias);
	rest_sql(x->s, " on ");
	write_equal(x, n->alias, k->foreign, n->junction, k->far, k->n_far);
}

/* at: from where the parent's rows are looked at, by a function. */
static void write_source(struct select *x, const struct select_scope *at, struct select_node *n)
{
	const struct rest_link *k = n->link;

	if (k && k->cardinality == REST_COMPUTED) {
		rest_sql_str(x->s, k->func->sql);
		rest_sql(x->s, "(");
		select_write_row(x, at, n->parent);
		rest_sql(x->s, ")");
	} else if (!n->parent && x->source->sql.p) {
		rest_sql_str(x->s, x->source->sql);
	} else {
		rest_sql_str(x->s, n->table->sql);
	}
	rest_sql(x->s, " ");
	rest_sql_str(x->s, n->alias);
}

void select_write_from(struct select *x, struct select_scope *scope, struct select_node *n)
{
	n->alias = rest_sql_alias(x->s, x->r->arena);
	n->scope = scope;
	if (n->link && n->link->cardinality == REST_MANY_TO_MANY)
		write_junction(x, n);
	else
		write_source(x, scope, n);
}

/* Something is always written. */
static void write_link(struct select *x, struct select_scope *scope, struct select_node *n)
{
	const struct rest_link *k = n->link;
	bool is_many = k->cardinality == REST_MANY_TO_MANY;

	if (k->cardinality == REST_COMPUTED) {
		/* One that returns no set has a row of nulls when there is none. */
		rest_sql(x->s, k->func->returns_set ? "true" : "not (");
		if (!k->func->returns_set) {
			rest_sql_str(x->s, n->alias);
			rest_sql(x->s, " is null)");
		}
		return;
	}
	for (size_t i = 0; i < k->n; i++) {
		rest_sql(x->s, i ? " and " : "");
		rest_sql_column(x->s, is_many ? n->junction : n->alias,
			is_many ? k->near[i]->name : k->foreign[i]->name);
		rest_sql(x->s, " = ");
		select_write_column(x, scope, n->parent, k->columns[i]);
	}
}

int select_write_ties(struct select *x, struct select_scope *scope, struct select_node *n)
{
	struct select_list where = {.n = 0};

	write_link(x, scope, n);
	if (select_where(x, scope, n, &where, false))
		return -1;
	if (where.first)
		rest_sql(x->s, " and ");
	select_list_write(x, &where, " and ");
	return 0;
}

/* A node may be written more than once: what it is called is that of the innermost. */
struct place {
	struct str alias, junction;
	struct select_scope *scope;
};

static struct place place_of(const struct select_node *n)
{
	return (struct place){.alias = n->alias, .junction = n->junction, .scope = n->scope};
}

static void put_back(struct select_node *n, struct place place)
{
	n->alias = place.alias;
	n->junction = place.junction;
	n->scope = place.scope;
}

static int write_inner(struct select *x, struct select_scope *scope, struct select_node *n)
{
	for (struct select_node *c = n->first; c; c = c->next) {
		if (!c->is_inner)
			continue;
		rest_sql(x->s, " and ");
		if (select_write_exists(x, scope, c, false))
			return -1;
	}
	return 0;
}

/* " from … where …": the rows of n that belong to one of its parent's. */
static int write_related(struct select *x, struct select_scope *scope, struct select_node *n)
{
	rest_sql(x->s, " from ");
	select_write_from(x, scope, n);
	rest_sql(x->s, " where ");
	return select_write_ties(x, scope, n) || write_inner(x, scope, n) ? -1 : 0;
}

/* Those that are cut off are not there. */
static void write_cut(struct select *x, const struct rest_node *ast)
{
	if (ast->has_limit && !ast->limit_fixed) {
		rest_sql(x->s, " limit ");
		rest_sql_value(x->s, ast->limit_param, NULL);
	} else if (ast->has_limit && !ast->limit_sql) {
		rest_sql(x->s, " limit 0");
	}
	if (ast->has_offset) {
		rest_sql(x->s, " offset ");
		rest_sql_value(x->s, ast->offset_param, NULL);
	}
}

int select_write_exists(struct select *x, struct select_scope *at, struct select_node *n,
	bool negated)
{
	struct place place = place_of(n);

	rest_sql(x->s, negated ? "not exists (select" : "exists (select");
	int code = write_related(x, select_scope_new(x, at), n);
	write_cut(x, n->ast);
	rest_sql(x->s, ")");
	put_back(n, place);
	return code;
}

int select_write_related_field(struct select *x, struct select_scope *at, struct select_node *n,
	const struct rest_field *f, struct select_value *ret)
{
	struct select_scope *scope = select_scope_new(x, at);
	struct place place = place_of(n);
	size_t mark = select_mark(x);

	/* The column needs the alias, which FROM gives. */
	int code = write_related(x, scope, n);
	struct str from = select_cut(x, mark);
	rest_sql(x->s, "(select ");
	code |= code ? 0 : select_write_field(x, scope, n, f, ret);
	rest_sql_str(x->s, from);
	rest_sql(x->s, ")");
	put_back(n, place);
	return code;
}

/* --- to-one embeds as joins -------------------------------------------------------------------- */

bool select_is_flat(const struct select_level *l, const struct select_node *n)
{
	return n->is_to_one && (n->is_spread || (l->is_flat && !n->is_grouped));
}

/* To one row at most, so limit and offset say whether it is there. */
static void write_limits(struct select *x, const struct rest_node *ast)
{
	if (ast->has_limit) {
		rest_sql(x->s, " and ");
		rest_sql_value(x->s, ast->limit_param, "int8");
		rest_sql(x->s, " > 0");
	}
	if (ast->has_offset) {
		rest_sql(x->s, " and ");
		rest_sql_value(x->s, ast->offset_param, "int8");
		rest_sql(x->s, " = 0");
	}
}

bool select_is_joined(const struct select_level *l, const struct select_node *n)
{
	return !l->no_columns && select_is_flat(l, n) && (!n->is_empty || n->is_ordered);
}

/* Those that are not joined in l. */
static int write_inner_rest(struct select *x, const struct select_level *l,
	struct select_scope *scope, const struct select_node *n)
{
	bool drops = n == l->node || n->drops;

	for (struct select_node *c = n->first; c; c = c->next) {
		if (!c->is_inner || (drops && select_is_joined(l, c)))
			continue;
		rest_sql(x->s, " and ");
		if (select_write_exists(x, scope, c, false))
			return -1;
	}
	return 0;
}

static int join(struct select *x, struct select_level *l, struct select_node *n)
{
	n->drops = n->is_inner && (n->parent == l->node || n->parent->drops);

	/* What decides which rows come, and in which order, belongs to the page. */
	bool is_before = (n->drops || n->is_ordered) && n->parent->scope == l->page;
	struct select_scope *scope = is_before ? l->page : l->out;
	bool is_computed = n->link->cardinality == REST_COMPUTED;
	size_t mark = select_mark(x);

	rest_sql(x->s, n->drops ? " join " : " left join ");
	rest_sql(x->s, is_computed ? "lateral " : "");
	select_write_from(x, scope, n);
	rest_sql(x->s, " on ");
	if (select_write_ties(x, scope, n) || write_inner_rest(x, l, scope, n))
		return -1;
	write_limits(x, n->ast);
	select_list_add(x, &scope->joins, select_cut(x, mark));
	return select_join_members(x, l, n);
}

int select_join_members(struct select *x, struct select_level *l, struct select_node *n)
{
	for (struct select_node *c = n->first; c; c = c->next)
		if (select_is_joined(l, c) && join(x, l, c))
			return -1;
	return 0;
}

void select_write_found(struct select *x, const struct select_scope *at,
	const struct select_node *n)
{
	size_t mark = select_mark(x);

	if (n->link->cardinality != REST_COMPUTED) {
		select_write_column(x, at, n, n->link->foreign[0]);
		return;
	}
	rest_sql(x->s, "nullif((");
	rest_sql_str(x->s, n->alias);
	rest_sql(x->s, ".*) is distinct from null, false)");
	select_settle(x, at, n, mark);
}
