/* GROUP BY, HAVING, DISTINCT. */
#include "base/arena.h"
#include "mod/rest/select_local.h"

int select_group(struct select *x, struct select_level *l)
{
	const char *between = " group by ";
	int i = 1;

	if (!l->is_grouped)
		return 0;
	for (const struct select_column *c = l->out->columns; c; c = c->next, i++) {
		if (c->is_aggregate)
			continue;
		rest_sql(x->s, between);
		if (c->group.p)
			rest_sql_str(x->s, c->group);
		else
			buf_i64(&x->s->text, i);
		between = ", ";
	}
	if (l->node->parent || !x->r->query.having)
		return 0;
	rest_sql(x->s, " having ");
	return select_having(x, l->out, l->node, x->r->query.having);
}

int select_distinct(struct select *x, struct select_level *l)
{
	const struct rest_name *d = x->r->query.distinct_on;
	struct select_value value;
	size_t mark = select_mark(x);

	if (l->is_distinct)
		l->out->distinct = STR(" distinct");
	if (l->node->parent || !d)
		return 0;
	for (; d; d = d->next) {
		const struct rest_field f = {.name = d->name};
		rest_sql(x->s, select_mark(x) == mark ? " distinct on (" : ", ");
		if (select_write_field(x, l->page, l->node, &f, &value))
			return -1;
	}
	rest_sql(x->s, ")");
	l->page->distinct = select_cut(x, mark);
	return 0;
}
