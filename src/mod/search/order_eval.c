/* _eval(filter) and _eval([ (filter):3, (filter):2 ]) */
#include "mod/search/order_local.h"

#include "base/arena.h"
#include "mod/search/filter.h"
#include "mod/search/order.h"

/* The filter within the parentheses that open at `open`; s stands behind them then. */
static int read_filter(struct search_scan *s, size_t open, const struct search_filter **ret)
{
	size_t close, end = s->end;

	if (search_scan_closing(s, open, &close))
		return E_INPUT;
	s->at = open + 1;
	s->end = close;
	int failure = search_filter_scan(s, ret);
	s->at = close + 1;
	s->end = end;
	return failure;
}

static int read_weighted(struct search_scan *s, struct search_eval *eval)
{
	size_t at;
	int64_t weight;

	search_scan_space(s);
	at = s->at;
	if (!search_scan_is(s, at, "("))
		return search_scan_wrong(s, at, "a filter in parentheses is wanted here");
	int failure = read_filter(s, at, &eval->filter);
	if (failure)
		return failure;
	search_scan_space(s);
	at = s->at;
	if (!search_scan_take(s, ":"))
		return search_scan_wrong(s, at, "the filter has no weight: (filter):3");
	if (!str_to_i64(search_scan_until(s, ",])", &at), &weight) || weight < -INT32_MAX ||
		weight > INT32_MAX)
		return search_scan_wrong(s, at, "a weight is a whole number of 32 bits");
	eval->weight = weight;
	return 0;
}

static int read_list(struct search_scan *s, size_t open, struct search_sort *sort)
{
	struct search_eval *evals =
		arena_array(s->a, SEARCH_ORDER_EVALS, sizeof(struct search_eval));
	int failure;

	sort->evals = evals;
	do {
		if (sort->evals_n == SEARCH_ORDER_EVALS)
			return search_scan_wrong(s, s->at, "_eval has more than %d filters",
				SEARCH_ORDER_EVALS);
		failure = read_weighted(s, &evals[sort->evals_n++]);
	} while (!failure && search_scan_take(s, ","));
	if (failure)
		return failure;
	if (!search_scan_take(s, "]"))
		return search_scan_wrong(s, open, "the list that begins here has no ]");
	return 0;
}

int search_order_eval(struct search_scan *s, struct search_sort *sort)
{
	size_t open = s->at, list;
	struct search_eval *eval;

	s->at++;
	search_scan_space(s);
	list = s->at;
	if (search_scan_take(s, "["))
		return read_list(s, list, sort);
	eval = ARENA_NEW(s->a, struct search_eval);
	eval->weight = 1;
	sort->evals = eval;
	sort->evals_n = 1;
	int failure = read_filter(s, open, &eval->filter);
	s->at -= !failure;
	return failure;
}
