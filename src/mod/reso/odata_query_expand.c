/* $expand=Media($select=MediaURL,Order;$orderby=Order;$top=10),ListOffice */
#include "base/arena.h"
#include "mod/reso/odata_query_local.h"

/* Cuts off the part before the first sep that is in no parentheses. */
static struct str cut_outside(struct str *rest, char sep)
{
	int depth = 0;

	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->p[i];
		depth += (c == '(') - (c == ')');
		if (c != sep || depth > 0)
			continue;
		struct str part = str_sub(*rest, 0, i);
		*rest = str_sub(*rest, i + 1, rest->len);
		return part;
	}
	struct str part = *rest;
	*rest = STR_NULL;
	return part;
}

static int take_inner(struct arena *a, struct str item, struct odata_expand *x, size_t at,
	struct odata_fault *f)
{
	struct str value = item, name = str_trim(str_cut(&value, '='));
	const struct odata_resource *r = x->navigation->target;

	name = str_starts(name, STR("$")) ? str_sub(name, 1, name.len) : name;
	if (!value.p)
		return odata_fault_set(f, 400, "$expand", at,
			"$expand: an option such as $select=... expected at position %zu", at);
	if (str_eq_nocase(name, STR("select")))
		return odata_query_flags(a, r, "$select", value, &x->selected, NULL, f);
	if (str_eq_nocase(name, STR("orderby")))
		return odata_query_orders(a, r, value, x->orders, &x->orders_n, f);
	if (str_eq_nocase(name, STR("top")))
		return odata_query_number("$top", value, 0, &x->top, f);
	if (str_eq_nocase(name, STR("skip")))
		return odata_query_number("$skip", value, 0, &x->skip, f);
	return odata_fault_set(f, 501, "$expand", at,
		"$expand: $" STR_FMT " is not served here (position %zu)", STR_ARG(name), at);
}

static int take_options(struct arena *a, struct str list, struct str inner, struct odata_expand *x,
	struct odata_fault *f)
{
	size_t at = (size_t)(inner.p - list.p) + 1;

	if (!str_ends(inner, STR(")")))
		return odata_fault_set(f, 400, "$expand", at,
			"$expand: a closing parenthesis expected behind position %zu", at);
	inner = str_sub(inner, 1, inner.len - 1);
	for (struct str rest = inner; rest.p;) {
		struct str item = str_trim(cut_outside(&rest, ';'));
		if (take_inner(a, item, x, (size_t)(item.p - list.p) + 1, f))
			return -1;
	}
	return 0;
}

static int take_item(struct arena *a, struct str list, struct str item, struct odata_query *q,
	struct odata_fault *f)
{
	struct odata_expand *x = &q->expands[q->expands_n];
	size_t at = (size_t)(item.p - list.p) + 1;
	ptrdiff_t open = str_find_char(item, '(');
	struct str name = str_trim(open < 0 ? item : str_sub(item, 0, (size_t)open));

	if (q->expands_n == ODATA_EXPANDS)
		return odata_fault_set(f, 413, "$expand", at, "$expand takes %d names at most",
			ODATA_EXPANDS);
	*x = (struct odata_expand){.navigation = odata_model_navigation(q->resource, name),
		.top = -1};
	if (!x->navigation)
		return odata_fault_set(f, 400, "$expand", at,
			"$expand: " STR_FMT " leads to nothing called '" STR_FMT "' (position %zu)",
			STR_ARG(q->resource->name), STR_ARG(name), at);
	for (size_t i = 0; i < q->expands_n; i++)
		if (q->expands[i].navigation == x->navigation)
			return odata_fault_set(f, 400, "$expand", at,
				"$expand: " STR_FMT " is there twice (position %zu)", STR_ARG(name),
				at);
	q->expands_n++;
	return open < 0 ? 0 : take_options(a, list, str_sub(item, (size_t)open, item.len), x, f);
}

int odata_query_expand(struct arena *a, struct str list, struct odata_query *q,
	struct odata_fault *f)
{
	for (struct str rest = list; rest.p;)
		if (take_item(a, list, str_trim(cut_outside(&rest, ',')), q, f))
			return -1;
	return 0;
}
