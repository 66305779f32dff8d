/* Columns, computed fields, JSON paths and casts as expressions. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/select_local.h"

#define OID_JSON 114
#define OID_JSONB 3802
#define OID_TEXT 25
#define OID_BPCHAR 1042
#define OID_BIT 1560

static const char *const aggregates[] = {[REST_AGG_SUM] = "sum",
	[REST_AGG_AVG] = "avg",
	[REST_AGG_MIN] = "min",
	[REST_AGG_MAX] = "max",
	[REST_AGG_COUNT] = "count"};

const char *select_aggregate_name(enum rest_agg agg)
{
	return aggregates[agg];
}

void select_write_column(struct select *x, const struct select_scope *at,
	const struct select_node *n, const struct rest_column *c)
{
	size_t mark = select_mark(x);

	rest_sql_column(x->s, n->alias, c->name);
	select_settle(x, at, n, mark);
}

/* The row as one value of the table's row type. */
void select_write_row(struct select *x, const struct select_scope *at, const struct select_node *n)
{
	size_t mark = select_mark(x);

	if (n->is_rows) {
		rest_sql(x->s, "row(");
		for (size_t i = 0; i < n->n_columns; i++) {
			rest_sql(x->s, i ? ", " : "");
			rest_sql_column(x->s, n->alias, n->columns[i].name);
		}
		rest_sql(x->s, ")");
	} else {
		rest_sql(x->s, "(");
		rest_sql_str(x->s, n->alias);
		rest_sql(x->s, ".*)");
	}
	rest_sql(x->s, "::");
	rest_sql_str(x->s, n->table->sql);
	select_settle(x, at, n, mark);
}

static void write_computed(struct select *x, const struct select_scope *at,
	const struct select_node *n, const struct rest_func *f)
{
	size_t mark = select_mark(x);

	if (n->is_rows) {
		rest_sql_column(x->s, n->alias, f->name);
	} else {
		rest_sql_str(x->s, f->sql);
		rest_sql(x->s, "(");
		rest_sql_str(x->s, n->alias);
		rest_sql(x->s, ".*)");
	}
	select_settle(x, at, n, mark);
}

static void write_named(struct select *x, const struct select_scope *at,
	const struct select_node *n, struct str name)
{
	size_t mark = select_mark(x);

	rest_sql_column(x->s, n->alias, name);
	select_settle(x, at, n, mark);
}

static bool is_json(const struct rest_type *t)
{
	while (t && t->base)
		t = t->base;
	return t && (t->oid == OID_JSON || t->oid == OID_JSONB);
}

static void write_steps(struct select *x, const struct rest_field *f)
{
	for (size_t i = 0; i < f->n_steps; i++) {
		const struct rest_step *step = &f->steps[i];
		rest_sql(x->s, step->as_text ? "->>" : "->");
		rest_sql_value(x->s, step->param, step->is_index ? "int" : "text");
	}
}

static struct select_value value_of(const struct rest_type *t)
{
	return (struct select_value){.type = t, .kind = t ? t->kind : REST_KIND_WRAP};
}

static const struct rest_type *path_type(const struct select *x, const struct rest_field *f,
	const struct rest_type *base)
{
	if (f->steps[f->n_steps - 1].as_text)
		return rest_cache_type(x->r->cache, OID_TEXT);
	while (base && base->base)
		base = base->base;
	return rest_cache_type(x->r->cache, base && base->oid == OID_JSON ? OID_JSON : OID_JSONB);
}

int select_write_field(struct select *x, const struct select_scope *at, const struct select_node *n,
	const struct rest_field *f, struct select_value *ret)
{
	struct select_name name;

	if (select_resolve(x, n, f->name, &name))
		return -1;
	const struct rest_type *type = name.column ? name.column->type
		: name.computed                    ? name.computed->returns
						   : NULL;
	bool convert = f->n_steps && !is_json(type);
	rest_sql(x->s, f->n_steps ? convert ? "(to_jsonb(" : "(" : "");
	if (name.column)
		select_write_column(x, at, n, name.column);
	else if (name.computed)
		write_computed(x, at, n, name.computed);
	else
		write_named(x, at, n, f->name);
	rest_sql(x->s, convert ? ")" : "");
	write_steps(x, f);
	rest_sql(x->s, f->n_steps ? ")" : "");
	*ret = value_of(f->n_steps ? path_type(x, f, type) : type);
	return 0;
}

/* --- casts ------------------------------------------------------------------------------------- */

/* "(10,2)": digits, a comma, blanks and a sign, which may stand in SQL as they are; else absent. */
static struct str modifier_of(struct str cast)
{
	ptrdiff_t from = str_find_char(cast, '('), to = str_find_char(cast, ')');

	if (from < 0 || to < from)
		return STR_NULL;
	struct str m = str_sub(cast, (size_t)from, (size_t)to + 1);
	for (size_t i = 1; i + 1 < m.len; i++)
		if (!strchr("0123456789, -", m.p[i]) || !m.p[i])
			return STR_NULL;
	return m;
}

/* "numeric" from numeric, "numeric[]": where a modifier goes. */
static void write_modified(struct select *x, struct str sql, struct str modifier)
{
	size_t dims = sql.len;

	while (dims >= 2 && sql.p[dims - 2] == '[' && sql.p[dims - 1] == ']')
		dims -= 2;
	ptrdiff_t zone = str_find(sql, STR(" with"));
	size_t at = zone >= 0 ? (size_t)zone : dims;
	rest_sql_str(x->s, str_sub(sql, 0, at));
	rest_sql_str(x->s, modifier);
	rest_sql_str(x->s, str_sub(sql, at, sql.len));
}

/* As a quoted name, which PostgreSQL then says is none of a type. */
static void write_unknown(struct select *x, struct str cast)
{
	struct str rest = str_trim(cast), first = str_cut(&rest, '.');

	rest_sql_ident(x->s, first);
	if (rest.p) {
		rest_sql(x->s, ".");
		rest_sql_ident(x->s, rest);
	}
}

/* `char` and `bit` are one long in SQL, whatever pg_type calls them. */
static bool is_one_long(const struct rest_type *t, struct str cast)
{
	return (t->oid == OID_BPCHAR && !str_eq_nocase(str_trim(cast), STR("bpchar"))) ||
		t->oid == OID_BIT;
}

void select_write_cast(struct select *x, struct str cast, struct select_value *ret)
{
	const struct rest_type *t = rest_cache_type_named(x->r->cache, x->r->schema, cast);

	struct str modifier = modifier_of(cast);

	rest_sql(x->s, "::");
	if (!t)
		write_unknown(x, cast);
	else if (!modifier.p && is_one_long(t, cast))
		rest_sql(x->s, t->oid == OID_BIT ? "bit(1)" : "character(1)");
	else
		write_modified(x, t->sql, modifier);
	*ret = value_of(t);
}
