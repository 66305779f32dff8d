/* … on conflict …: which rows are the same, what becomes of them, and whether a row was new; what PUT has to be like. */
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/write_local.h"

/* Names of the columns on which rows are the same: on_conflict, or the primary key. */
static void each_target(struct write *w, void (*fn)(struct write *w, struct str name))
{
	const struct rest_table *t = w->r->table;

	if (w->r->method == REST_POST && w->r->query.on_conflict) {
		for (const struct rest_name *n = w->r->query.on_conflict; n; n = n->next)
			fn(w, n->name);
		return;
	}
	for (size_t i = 0; i < t->n_pk; i++)
		fn(w, t->pk[i]->name);
}

static bool has_target(const struct rest_request *r)
{
	return (r->method == REST_POST && r->query.on_conflict) || r->table->n_pk;
}

static bool is_upsert(const struct rest_request *r)
{
	return r->method == REST_PUT ||
		(r->method == REST_POST && r->prefer.resolution && has_target(r));
}

bool write_upsert_is_merge(const struct write *w)
{
	return is_upsert(w->r) &&
		(w->r->method == REST_PUT || w->r->prefer.resolution == REST_RESOLUTION_MERGE);
}

static bool is_key(const struct rest_table *t, const struct rest_column *c)
{
	for (size_t i = 0; i < t->n_pk; i++)
		if (t->pk[i] == c)
			return true;
	return false;
}

/* A key is the same already, so the right to change it is not needed. */
static bool is_set(const struct write *w, const struct rest_column *c)
{
	bool may = w->r->role < 0 || !(c->no_update >> w->r->role & 1);

	return may || !is_key(w->r->table, c);
}

static bool put_sets(struct write *w)
{
	const struct rest_body *b = &w->r->body;
	const char *comma = " do update set ";

	for (size_t i = 0; i < b->n_fields; i++) {
		const struct rest_column *c = b->fields[i].column;
		if (!is_set(w, c))
			continue;
		rest_sql(w->s, comma);
		rest_sql_str(w->s, c->sql);
		rest_sql(w->s, " = excluded.");
		rest_sql_str(w->s, c->sql);
		comma = ", ";
	}
	return *comma == ',';
}

static void put_target(struct write *w, struct str name)
{
	if (w->s->text.p[w->s->text.len - 1] != '(')
		rest_sql(w->s, ", ");
	rest_sql_ident(w->s, name);
}

void write_upsert(struct write *w)
{
	if (!is_upsert(w->r))
		return;
	rest_sql(w->s, " on conflict (");
	each_target(w, put_target);
	rest_sql(w->s, ")");
	if (!w->is_merge || !put_sets(w))
		rest_sql(w->s, " do nothing");
}

static void put_same(struct write *w, struct str name)
{
	rest_sql(w->s, " and ");
	rest_sql_column(w->s, STR("o"), name);
	rest_sql(w->s, " = ");
	rest_sql_column(w->s, w->alias, name);
}

/* A table tells by xmax. Views and partitions have none, and where columns are granted one by one it may not be read: there the row
 * is new when the statement, which does not see what it writes, finds none with its key. */
void write_upsert_is_new(struct write *w)
{
	const struct rest_table *t = w->r->table;

	rest_sql(w->s, "(");
	if (t->kind == REST_TABLE && !t->has_column_grants) {
		rest_sql_str(w->s, w->alias);
		rest_sql(w->s, ".xmax = 0)");
		return;
	}
	rest_sql(w->s, "not exists (select from ");
	rest_sql_str(w->s, t->sql);
	rest_sql(w->s, " as o where true");
	each_target(w, put_same);
	rest_sql(w->s, "))");
}

/* Is there exactly one filter for the column, an eq? */
static bool is_named_once(const struct rest_cond *where, const struct rest_column *c)
{
	size_t n = 0;

	for (; where; where = where->next)
		n += where->kind == REST_COND_TEST && where->op == REST_EQ && !where->negated &&
			!where->quant && !where->is_column && !where->field.n_steps &&
			str_eq(where->field.name, c->name);
	return n == 1;
}

static bool has_field(const struct rest_body *b, const struct rest_column *c)
{
	for (size_t i = 0; i < b->n_fields; i++)
		if (b->fields[i].column == c && b->fields[i].way != REST_WAY_UNSET)
			return true;
	return false;
}

int write_put_check(const struct write *w)
{
	const struct rest_table *t = w->r->table;
	const struct rest_query *q = &w->r->query;
	size_t filters = 0;
	bool is_key = t->n_pk, has_key = w->r->body.n_rows;

	if (q->root.has_limit || q->root.has_offset)
		return rest_fault(&w->r->fault, 400, "PGRST114",
			"limit/offset querystring parameters are not allowed for PUT");
	for (const struct rest_cond *c = q->root.where; c; c = c->next)
		filters++;
	for (size_t i = 0; i < t->n_pk; i++) {
		is_key = is_key && is_named_once(q->root.where, t->pk[i]);
		has_key = has_key && has_field(&w->r->body, t->pk[i]);
	}
	if (!is_key || filters != t->n_pk)
		return rest_fault(&w->r->fault, 405, "PGRST105",
			"Filters must include all and only primary key columns with 'eq' operators");
	if (!has_key)
		return rest_fault(&w->r->fault, 400, "PGRST115",
			"Payload values do not match URL in primary key column(s)");
	return 0;
}
