#include "mod/search/order.h"

#include "base/arena.h"
#include "mod/search/order_local.h"

#define BUCKETS_MAX 1000

static int read_buckets(struct search_scan *s, struct search_sort *sort)
{
	size_t at, value_at;
	int64_t n;

	struct str name = search_scan_until(s, ":,)", &at);
	if (!str_eq(name, STR("buckets")) || !search_scan_take(s, ":"))
		return search_scan_wrong(s, at, "_text_match takes buckets: and a number");
	struct str value = search_scan_until(s, ",)", &value_at);
	if (!str_to_i64(value, &n) || n < 0 || n > BUCKETS_MAX)
		return search_scan_wrong(s, value_at, "buckets is a number from 0 to %d",
			BUCKETS_MAX);
	sort->buckets = (int)n;
	return 0;
}

static int read_missing(struct search_scan *s, struct search_sort *sort)
{
	size_t at, value_at;

	struct str name = search_scan_until(s, ":,)", &at);
	if (str_eq(name, STR("origin")) || str_eq(name, STR("func")) ||
		str_eq(name, STR("scale")) || str_eq(name, STR("decay")))
		return search_scan_wrong(s, at, "decay functions are not supported here");
	if (!str_eq(name, STR("missing_values")) || !search_scan_take(s, ":"))
		return search_scan_wrong(s, at, "`%s` takes missing_values: first or last",
			search_fields[sort->field].name);
	struct str value = search_scan_until(s, ",)", &value_at);
	sort->is_missing_first = str_eq(value, STR("first"));
	if (!sort->is_missing_first && !str_eq(value, STR("last")) && !str_eq(value, STR("normal")))
		return search_scan_wrong(s, value_at, "missing_values is first or last");
	return 0;
}

/* --- what is sorted by ------------------------------------------------------------------------------------ */

static int by_field(struct search_scan *s, size_t at, struct str name, struct search_sort *sort)
{
	bool has_options = search_scan_is(s, s->at, "(");
	int failure =
		search_scan_field_for(s, at, name, SEARCH_SORT, "", " for sorting", &sort->field);

	if (failure)
		return failure;
	if (search_fields[sort->field].type == SEARCH_GEOPOINT) {
		if (!has_options)
			return search_scan_wrong(s, at,
				"`%s` is sorted by the distance from a point: %s(25.77, -80.19):asc",
				search_fields[sort->field].name, search_fields[sort->field].name);
		s->at++;
		return search_order_distance(s, sort);
	}
	sort->key = SEARCH_BY_FIELD;
	if (!has_options)
		return 0;
	s->at++;
	return read_missing(s, sort);
}

static int by_special(struct search_scan *s, size_t at, struct str name, struct search_sort *sort)
{
	if (str_eq(name, STR("_text_match"))) {
		sort->key = SEARCH_BY_TEXT_MATCH;
		return search_scan_take(s, "(") ? read_buckets(s, sort) : 0;
	}
	if (str_eq(name, STR("_eval"))) {
		sort->key = SEARCH_BY_EVAL;
		if (!search_scan_is(s, s->at, "("))
			return search_scan_wrong(s, at, "_eval has a filter in parentheses");
		return search_order_eval(s, sort);
	}
	return search_scan_wrong(s, at,
		"`" STR_FMT
		"` is not supported here: fields are, _text_match, _eval(...) and distances",
		STR_ARG(search_scan_shown(s->a, name)));
}

static int read_direction(struct search_scan *s, struct search_sort *sort)
{
	size_t at;

	search_scan_space(s);
	at = s->at;
	if (!search_scan_take(s, ":"))
		return search_scan_wrong(s, at, "asc or desc is wanted here, after a colon");
	struct str direction = search_scan_until(s, ",", &at);
	sort->is_ascending = str_eq_nocase(direction, STR("asc"));
	if (!sort->is_ascending && !str_eq_nocase(direction, STR("desc")))
		return search_scan_wrong(s, at, "asc or desc is wanted here");
	return 0;
}

static int read_sort(struct search_scan *s, struct search_sort *sort)
{
	size_t at, open;
	int failure;

	struct str name = search_scan_until(s, "(:,", &at);
	open = s->at;
	if (!name.len)
		return search_scan_wrong(s, at, "a field to sort by is wanted here");
	if (name.p[0] == '$')
		return search_scan_wrong(s, at,
			"joins with other collections are not supported here");
	failure = name.p[0] == '_' ? by_special(s, at, name, sort) : by_field(s, at, name, sort);
	if (failure)
		return failure;
	if (search_scan_is(s, open, "(") && !search_scan_take(s, ")"))
		return search_scan_wrong(s, open,
			"what begins here with ( is longer than it may be, or has no )");
	return read_direction(s, sort);
}

int search_order_read(struct arena *a, struct str sort_by, struct search_query *q, struct err *e)
{
	struct search_scan s = search_scan_of(a, "sort_by", sort_by, q->who, e);
	int failure;

	q->sorts_n = 0;
	if (!search_scan_peek(&s))
		return 0;
	do {
		search_scan_space(&s);
		if (q->sorts_n == SEARCH_SORTS_MAX)
			return search_scan_wrong(&s, s.at,
				"Only up to %d sort_by fields can be specified", SEARCH_SORTS_MAX);
		q->sorts[q->sorts_n] = (struct search_sort){0};
		failure = read_sort(&s, &q->sorts[q->sorts_n++]);
	} while (!failure && search_scan_take(&s, ","));
	return failure;
}
