/* facet_by and facet_query. */
#include "mod/search/params.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "mod/search/filter_scan.h"

#define RANGES_MAX 100 /* of one field */

/* --- name(Cheap:[0, 100000], Rest:[100000, ], sort_by: _alpha:asc) ---------------------------------------- */

struct options {
	struct search_scan *s;
	struct search_facet *facet;
	struct search_facet_range *ranges;
	size_t cap;
};

static int read_end(struct options *o, const char *stop, double open, double *ret_x)
{
	size_t at;
	struct str text = search_scan_until(o->s, ",])", &at);

	*ret_x = open;
	if (text.len && search_scan_number(o->s, at, text, o->facet->field, ret_x))
		return E_INPUT;
	if (!search_scan_take(o->s, stop))
		return search_scan_wrong(o->s, at, "a range is written as [low, high]");
	return 0;
}

/* s stands at the [. */
static int read_range(struct options *o, struct str label)
{
	struct search_scan *s = o->s;
	size_t at = s->at;
	struct search_facet_range range = {.label = label};

	if (search_fields[o->facet->field].type == SEARCH_STRING)
		return search_scan_wrong(s, at,
			"Range facet is restricted to only integer and float fields, and `%s` is a string",
			search_fields[o->facet->field].name);
	if (!label.len)
		return search_scan_wrong(s, at, "the range here has no label before it");
	s->at++;
	if (read_end(o, ",", -INFINITY, &range.low) || read_end(o, "]", INFINITY, &range.high))
		return E_INPUT;
	if (!(range.low < range.high))
		return search_scan_wrong(s, at, "the range here ends before it begins");
	for (size_t i = 0; i < o->facet->ranges_n; i++)
		if (range.low < o->ranges[i].high && o->ranges[i].low < range.high)
			return search_scan_wrong(s, at, "the range here overlaps another one");
	if (o->facet->ranges_n == RANGES_MAX)
		return search_scan_wrong(s, at, "a field has not more than %d ranges", RANGES_MAX);
	if (!o->ranges)
		o->ranges = arena_array(s->a, RANGES_MAX, sizeof *o->ranges);
	o->ranges[o->facet->ranges_n++] = range;
	o->facet->ranges = o->ranges;
	return 0;
}

static int read_order(struct options *o)
{
	size_t at, direction_at;
	struct str by = search_scan_until(o->s, ":,)", &at);

	if (!str_eq(by, STR("_alpha")) || !search_scan_take(o->s, ":"))
		return search_scan_wrong(o->s, at,
			"facet values are sorted by _alpha:asc, _alpha:desc, or, without sort_by, by count");
	struct str direction = search_scan_until(o->s, ",)", &direction_at);
	o->facet->by_alpha = true;
	o->facet->is_ascending = str_eq_nocase(direction, STR("asc"));
	if (!o->facet->is_ascending && !str_eq_nocase(direction, STR("desc")))
		return search_scan_wrong(o->s, direction_at, "asc or desc is wanted here");
	return 0;
}

/* s stands behind the (. */
static int read_options(struct search_scan *s, size_t open, struct search_facet *facet)
{
	struct options o = {.s = s, .facet = facet};
	size_t at;
	int failure;

	do {
		struct str key = search_scan_until(s, ":,)", &at);
		if (!search_scan_take(s, ":"))
			return search_scan_wrong(s, at,
				"a range, as Low:[0, 9], or sort_by: is wanted here");
		if (search_scan_peek(s) == '[')
			failure = read_range(&o, key);
		else if (str_eq(key, STR("sort_by")))
			failure = read_order(&o);
		else
			return search_scan_wrong(s, at,
				"a range, as Low:[0, 9], or sort_by: is wanted here");
	} while (!failure && search_scan_take(s, ","));
	if (failure)
		return failure;
	if (!search_scan_take(s, ")"))
		return search_scan_wrong(s, open, "what begins here with ( has no )");
	return 0;
}

/* --- fields ----------------------------------------------------------------------------------------------- */

static bool has(const struct search_query *q, int field)
{
	for (size_t i = 0; i < q->facets_n; i++)
		if (q->facets[i].field == field)
			return true;
	return false;
}

static int add(struct search_scan *s, size_t at, struct search_query *q, int field)
{
	if (q->facets_n == SEARCH_FACETS_MAX)
		return search_scan_wrong(s, at, "more than %d fields are not counted",
			SEARCH_FACETS_MAX);
	q->facets[q->facets_n++] = (struct search_facet){.field = field};
	return 0;
}

/* "list_*": every field that can be counted, once. */
static int read_pattern(struct search_scan *s, size_t at, struct str pattern,
	struct search_query *q)
{
	struct str head = str_sub(pattern, 0, pattern.len - 1);
	bool is_any = false;

	for (int i = 0; i < search_fields_n; i++) {
		struct str name = str_of(search_fields[i].name);
		if (!str_starts(name, head) || !(search_fields[i].flags & SEARCH_FACET) ||
			search_field_find(name, q->who) < 0)
			continue;
		is_any = true;
		if (!has(q, i) && add(s, at, q, i))
			return E_INPUT;
	}
	if (is_any)
		return 0;
	return err_set(s->e, E_ABSENT,
		"facet_by at %zu: Could not find a facet field for `" STR_FMT "` in the schema.",
		at + 1, STR_ARG(search_scan_shown(s->a, pattern)));
}

static int read_facet(struct search_scan *s, struct search_query *q)
{
	size_t at, open;
	int field;

	struct str name = search_scan_until(s, "(,", &at);
	open = s->at;
	if (str_ends(name, STR("*")))
		return read_pattern(s, at, name, q);
	int failure = search_scan_field_for(s, at, name, SEARCH_FACET, " facet", "", &field);
	if (failure)
		return failure;
	if (has(q, field))
		return search_scan_wrong(s, at, "`%s` is there twice", search_fields[field].name);
	failure = add(s, at, q, field);
	if (failure || !search_scan_take(s, "("))
		return failure;
	return read_options(s, open, &q->facets[q->facets_n - 1]);
}

int search_params_facets(struct arena *a, struct str value, struct search_query *ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "facet_by", value, ret->who, e);
	int failure;

	do
		failure = read_facet(&s, ret);
	while (!failure && search_scan_take(&s, ","));
	if (!failure && search_scan_peek(&s))
		return search_scan_wrong(&s, s.at, "a comma is wanted here");
	return failure;
}

int search_params_facet_query(struct arena *a, struct str value, struct search_query *ret,
	struct err *e)
{
	struct search_scan s = search_scan_of(a, "facet_query", value, ret->who, e);
	size_t at;
	int field;

	struct str name = search_scan_until(&s, ":", &at);
	if (!search_scan_take(&s, ":"))
		return search_scan_wrong(&s, at,
			"Facet query must be in the `facet_field: value` format");
	int failure = search_scan_field_for(&s, at, name, SEARCH_FACET, " facet", "", &field);
	if (failure)
		return failure;
	if (!ret->facets_n)
		return search_scan_wrong(&s, at,
			"The `facet_query` parameter is supplied without a `facet_by` parameter");
	if (!has(ret, field))
		return search_scan_wrong(&s, at,
			"Facet query refers to a facet field `%s` that is not part of `facet_by` parameter",
			search_fields[field].name);
	ret->facet_query_field = field;
	ret->facet_query = str_trim(str_sub(value, s.at, value.len));
	return 0;
}
