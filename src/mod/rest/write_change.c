/* update … and delete …: of the rows that the filters find, or of a page of them. */
#include "mod/rest/cache.h"
#include "mod/rest/request.h"
#include "mod/rest/write_local.h"

static bool is_page(const struct rest_request *r)
{
	return r->query.root.has_limit || r->query.root.has_offset;
}

int write_change_check(const struct write *w)
{
	struct rest_request *r = w->r;
	const char *verb = r->method == REST_PATCH ? "PATCH" : "DELETE";

	if (is_page(r) && !r->table->n_pk)
		return rest_fault(&r->fault, 400, "PLAT003",
			"%s with limit or offset needs a primary key, and '" STR_FMT "' has none",
			verb, STR_ARG(r->table->name));
	if (!r->refuse_unfiltered || r->prefer.allow_unfiltered || r->query.has_filters ||
		is_page(r))
		return 0;
	rest_fault(&r->fault, 400, "PLAT001",
		"%s needs a filter, since without one it is for every row of '" STR_FMT "'", verb,
		STR_ARG(r->table->name));
	return rest_fault_hint(&r->fault,
		"Add a filter or a limit; if every row is meant, send Prefer: unfiltered=allow");
}

static void put_key(struct write *w, struct str alias)
{
	const struct rest_table *t = w->r->table;

	for (size_t i = 0; i < t->n_pk; i++) {
		rest_sql(w->s, i ? ", " : "");
		rest_sql_column(w->s, alias, t->pk[i]->name);
	}
}

static void put_bound(struct write *w, const char *word, int param)
{
	if (param < 0)
		return;
	rest_sql(w->s, word);
	rest_sql_value(w->s, param, "int8");
}

/* The page is found by its keys first; in the order asked for, and then by key, so that it is always the same one. */
static int put_page(struct write *w)
{
	const struct rest_node *root = &w->r->query.root;
	struct str inner = rest_sql_alias(w->s, w->p->arena);

	rest_sql(w->s, " where (");
	put_key(w, w->alias);
	rest_sql(w->s, ") in (select ");
	put_key(w, inner);
	rest_sql(w->s, " from ");
	rest_sql_str(w->s, w->r->table->sql);
	rest_sql(w->s, " as ");
	rest_sql_str(w->s, inner);
	if (rest_select_where(w->r, w->s, &w->from, inner) ||
		rest_select_order(w->r, w->s, &w->from, inner, true))
		return -1;
	put_bound(w, " limit ", root->limit_param);
	put_bound(w, " offset ", root->offset_param);
	rest_sql(w->s, ")");
	return 0;
}

static int put_where(struct write *w)
{
	return is_page(w->r) ? put_page(w) : rest_select_where(w->r, w->s, &w->from, w->alias);
}

int write_update(struct write *w)
{
	const struct rest_body *b = &w->r->body;

	rest_sql(w->s, "update ");
	rest_sql_str(w->s, w->r->table->sql);
	rest_sql(w->s, " as ");
	rest_sql_str(w->s, w->alias);
	for (size_t i = 0; i < b->n_fields; i++) {
		rest_sql(w->s, i ? ", " : " set ");
		rest_sql_str(w->s, b->fields[i].column->sql);
		rest_sql(w->s, " = ");
		if (b->fields[i].way == REST_WAY_UNSET)
			rest_sql(w->s, "default");
		else
			write_value(w, i, false);
	}
	return put_where(w);
}

int write_delete(struct write *w)
{
	rest_sql(w->s, "delete from ");
	rest_sql_str(w->s, w->r->table->sql);
	rest_sql(w->s, " as ");
	rest_sql_str(w->s, w->alias);
	return put_where(w);
}
