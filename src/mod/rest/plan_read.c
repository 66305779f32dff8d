/* The plan of GET and HEAD on a table or view. */
#include "base/arena.h"
#include "mod/rest/cache.h"
#include "mod/rest/plan.h"
#include "mod/rest/request.h"
#include "mod/rest/select.h"
#include "mod/rest/sql.h"

static int plan(struct rest_request *r, struct rest_plan *p, const struct rest_source *from,
	int (*write)(struct rest_request *, struct rest_sql *, const struct rest_source *,
		struct rest_plan *))
{
	struct rest_sql s;

	rest_sql_init(&s);
	int code = write(r, &s, from, p);
	if (code == 0)
		rest_sql_take(&s, p->arena, r->login.role, &p->main);
	rest_sql_done(&s);
	return code;
}

/* Whose own functions would show or read values. */
static bool has_casts(const struct rest_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct rest_type *type = t->columns[i].type;
		if (type && (type->to_json.p || type->from_json.p || type->from_text.p))
			return true;
	}
	return false;
}

/* Nothing but columns of one table, under its policies: no view, foreign table, computed field, embed, cast, aggregate or media
 * handler. */
static bool is_plain(const struct rest_request *r, const struct rest_plan *p)
{
	const struct rest_item *i = r->query.root.items;

	if (r->table->kind != REST_TABLE || r->table->computed || has_casts(r->table) ||
		p->result != REST_RESULT_ROWS)
		return false;
	while (i && !i->node && !i->cast.p && i->agg == REST_AGG_NONE)
		i = i->next;
	return !i;
}

int rest_plan_read(struct rest_request *r, struct rest_plan *p)
{
	const struct rest_source from = {.table = r->table};

	p->is_read_only = true;
	if (plan(r, p, &from, rest_select_write))
		return -1;
	/* Of HEAD only the number of rows is shown; what is wrong with the rest was found above. */
	if (r->method == REST_HEAD && p->result == REST_RESULT_ROWS &&
		plan(r, p, &from, rest_select_head))
		return -1;
	p->is_plain = is_plain(r, p);
	return rest_select_count(r, &from, p);
}
