/* $select, $unselect and $orderby: lists of fields. */
#include "base/arena.h"
#include "mod/reso/odata_query_local.h"

static int unknown(struct arena *a, const struct odata_resource *r, const char *target,
	struct str list, struct str name, struct odata_fault *f)
{
	const char *near = odata_model_near(a, r, name);
	size_t at = (size_t)(name.p - list.p) + 1;

	if (!name.len)
		return odata_fault_set(f, 400, target, at, "%s: a field expected at position %zu",
			target, at);
	return odata_fault_set(f, 400, target, at,
		"%s: there is no field '" STR_FMT "' (position %zu)%s%s%s", target, STR_ARG(name),
		at, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

int odata_query_flags(struct arena *a, const struct odata_resource *r, const char *target,
	struct str list, const bool **ret_flags, bool *navigations, struct odata_fault *f)
{
	bool *flags = arena_array(a, r->fields_n, sizeof(*flags)), all = false;

	for (struct str rest = list; rest.p;) {
		struct str name = str_trim(str_cut(&rest, ','));
		const struct odata_field *field = odata_model_field(r, name);
		const struct odata_navigation *n = odata_model_navigation(r, name);
		if (str_eq(name, STR("*")))
			all = true;
		else if (field)
			flags[field->index] = true;
		else if (n && navigations)
			navigations[n->index] = true;
		else
			return unknown(a, r, target, list, name, f);
	}
	if (!all)
		*ret_flags = flags;
	return 0;
}

static int only_one(const struct odata_query *q, struct odata_fault *f)
{
	if ((q->given & ODATA_OPT_SELECT) && (q->given & ODATA_OPT_UNSELECT))
		return odata_fault_set(f, 400, "$unselect", 0,
			"$select and $unselect do not go together");
	return 0;
}

int odata_query_select(struct arena *a, struct str list, struct odata_query *q,
	struct odata_fault *f)
{
	if (only_one(q, f))
		return -1;
	return odata_query_flags(a, q->resource, "$select", list, &q->selected, q->navigations, f);
}

int odata_query_unselect(struct arena *a, struct str list, struct odata_query *q,
	struct odata_fault *f)
{
	const bool *named = NULL;
	bool *flags = arena_array(a, q->resource->fields_n, sizeof(*flags));
	bool navigations[ODATA_NAVIGATIONS] = {
		false}; /* those that are not expanded are not there anyway */

	if (only_one(q, f) ||
		odata_query_flags(a, q->resource, "$unselect", list, &named, navigations, f))
		return -1;
	for (size_t i = 0; i < q->resource->fields_n; i++)
		flags[i] = named && !named[i];
	q->selected = flags;
	return 0;
}

static int take_order(struct arena *a, const struct odata_resource *r, struct str list,
	struct str item, struct odata_order *ret_order, struct odata_fault *f)
{
	struct str way = item, name = str_cut(&way, ' ');
	const struct odata_field *field = odata_model_field(r, name);
	size_t at = (size_t)(item.p - list.p) + 1;

	if (!field)
		return unknown(a, r, "$orderby", list, name, f);
	if (field->is_list || field->type == ODATA_COMPLEX || field->type == ODATA_POINT)
		return odata_fault_set(f, 400, "$orderby", at,
			"$orderby: rows cannot be ordered by " STR_FMT " (position %zu)",
			STR_ARG(name), at);
	way = way.p ? str_trim(way) : STR("");
	bool down = str_eq_nocase(way, STR("desc"));
	if (way.len && !down && !str_eq_nocase(way, STR("asc")))
		return odata_fault_set(f, 400, "$orderby", at,
			"$orderby: '" STR_FMT "' is neither asc nor desc (position %zu)",
			STR_ARG(way), at);
	*ret_order = (struct odata_order){field, down};
	return 0;
}

int odata_query_orders(struct arena *a, const struct odata_resource *r, struct str list,
	struct odata_order *orders, size_t *ret_n, struct odata_fault *f)
{
	size_t n = 0;

	for (struct str rest = list; rest.p;) {
		struct str item = str_trim(str_cut(&rest, ','));
		if (n == ODATA_ORDERS)
			return odata_fault_set(f, 413, "$orderby", (size_t)(item.p - list.p) + 1,
				"$orderby takes %d fields at most", ODATA_ORDERS);
		if (take_order(a, r, list, item, &orders[n++], f))
			return -1;
	}
	*ret_n = n;
	return 0;
}
