#include "mod/search/hidden.h"

#include "mod/search/query.h"

static int check(const bool *is_hidden, int field, struct err *e)
{
	if (field < 0 || !is_hidden[field])
		return 0;
	return err_set(e, E_ABSENT, "there is no field '%s'", search_fields[field].name);
}

/* No deeper than SEARCH_FILTER_DEPTH. */
static int check_filter(const struct search_filter *f, const bool *is_hidden, struct err *e)
{
	if (!f || e->code)
		return e->code;
	if (f->op == SEARCH_MATCH)
		return check(is_hidden, f->field, e);
	(void)check_filter(f->left, is_hidden, e);
	return f->op == SEARCH_NOT ? e->code : check_filter(f->right, is_hidden, e);
}

static int check_sort(const struct search_sort *s, const bool *is_hidden, struct err *e)
{
	if (s->key == SEARCH_BY_FIELD || s->key == SEARCH_BY_DISTANCE)
		return check(is_hidden, s->field, e);
	for (size_t i = 0; i < s->evals_n && s->key == SEARCH_BY_EVAL; i++)
		(void)check_filter(s->evals[i].filter, is_hidden, e);
	return e->code;
}

int search_hidden_check(const struct search_query *q, const bool *is_hidden, struct err *e)
{
	for (size_t i = 0; i < q->by_n; i++)
		(void)check(is_hidden, q->by[i].field, e);
	for (size_t i = 0; i < q->facets_n; i++)
		(void)check(is_hidden, q->facets[i].field, e);
	for (size_t i = 0; i < q->group_n; i++)
		(void)check(is_hidden, q->group_fields[i], e);
	for (size_t i = 0; i < q->sorts_n; i++)
		(void)check_sort(&q->sorts[i], is_hidden, e);
	return e->code ? e->code : check_filter(q->filter, is_hidden, e);
}
