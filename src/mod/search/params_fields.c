/* query_by, what goes with each of its fields, and group_by. */
#include "mod/search/params.h"

#include "mod/search/filter_scan.h"

#define WEIGHT_MAX 127
#define TYPOS_MAX 2

static int read_searched(struct search_scan *s, struct search_query *q)
{
	size_t at;
	int field;

	struct str name = search_scan_until(s, ",", &at);
	int failure = search_scan_field(s, at, name, &field);
	if (failure)
		return failure;
	if (!(search_fields[field].flags & SEARCH_WORDS))
		return search_scan_wrong(s, at,
			"Field `%s` should be a string to be searched for words",
			search_fields[field].name);
	for (size_t i = 0; i < q->by_n; i++)
		if (q->by[i].field == field)
			return search_scan_wrong(s, at, "`%s` is there twice",
				search_fields[field].name);
	if (q->by_n == SEARCH_BY_MAX)
		return search_scan_wrong(s, at, "more than %d fields are not searched",
			SEARCH_BY_MAX);
	q->by[q->by_n++] =
		(struct search_by){.field = field, .num_typos = TYPOS_MAX, .prefix = true};
	return 0;
}

int search_params_query_by(struct arena *a, struct str value, struct search_query *ret,
	struct err *e)
{
	struct search_scan s = search_scan_of(a, "query_by", value, ret->who, e);
	int failure;

	do
		failure = read_searched(&s, ret);
	while (!failure && search_scan_take(&s, ","));
	for (size_t i = 0; i < ret->by_n; i++)
		ret->by[i].weight = (int)(ret->by_n - i);
	return failure;
}

/* --- lists beside query_by -------------------------------------------------------------------------------- */

typedef int one_value(struct search_scan *s, size_t at, struct str value, struct search_by *by);

static int each(struct search_scan *s, struct search_query *q, bool may_be_one, one_value *one)
{
	size_t n = 0, at;

	if (!q->by_n)
		return 0;
	do {
		struct str value = search_scan_until(s, ",", &at);
		if (n < q->by_n && one(s, at, value, &q->by[n]))
			return E_INPUT;
		n++;
	} while (search_scan_take(s, ","));
	if (n == 1 && may_be_one) {
		for (size_t i = 1; i < q->by_n; i++)
			if (one(s, 0, str_trim(s->all), &q->by[i]))
				return E_INPUT;
	} else if (n != q->by_n) {
		return err_set(s->e, E_INPUT,
			"%s: the number of values, %zu, does not match the number of `query_by` fields, %zu",
			s->param, n, q->by_n);
	}
	return 0;
}

static int whole(struct search_scan *s, size_t at, struct str value, int most, int *ret)
{
	int64_t n;

	if (!str_to_i64(value, &n) || n < 0 || n > most)
		return search_scan_wrong(s, at, "`" STR_FMT "` is not a number from 0 to %d",
			STR_ARG(search_scan_shown(s->a, value)), most);
	*ret = (int)n;
	return 0;
}

static int one_weight(struct search_scan *s, size_t at, struct str value, struct search_by *by)
{
	return whole(s, at, value, WEIGHT_MAX, &by->weight);
}

int search_params_weights(struct arena *a, struct str value, struct search_query *ret,
	struct err *e)
{
	struct search_scan s = search_scan_of(a, "query_by_weights", value, ret->who, e);

	return each(&s, ret, false, one_weight);
}

static int one_typos(struct search_scan *s, size_t at, struct str value, struct search_by *by)
{
	return whole(s, at, value, TYPOS_MAX, &by->num_typos);
}

int search_params_typos(struct arena *a, struct str value, struct search_query *ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "num_typos", value, ret->who, e);

	return each(&s, ret, true, one_typos);
}

static int one_prefix(struct search_scan *s, size_t at, struct str value, struct search_by *by)
{
	if (!str_to_bool(value, &by->prefix))
		return search_scan_wrong(s, at, "`" STR_FMT "` is neither true nor false",
			STR_ARG(search_scan_shown(s->a, value)));
	return 0;
}

int search_params_prefix(struct arena *a, struct str value, struct search_query *ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "prefix", value, ret->who, e);

	return each(&s, ret, true, one_prefix);
}

static int one_infix(struct search_scan *s, size_t at, struct str value, struct search_by *by)
{
	static const struct str names[] = {
		[SEARCH_INFIX_OFF] = {STR_INIT("off")},
		[SEARCH_INFIX_ALWAYS] = {STR_INIT("always")},
		[SEARCH_INFIX_FALLBACK] = {STR_INIT("fallback")},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(value, names[i])) {
			by->infix = (enum search_infix)i;
			return 0;
		}
	return search_scan_wrong(s, at, "`" STR_FMT "` is none of off, always and fallback",
		STR_ARG(search_scan_shown(s->a, value)));
}

int search_params_infix(struct arena *a, struct str value, struct search_query *ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "infix", value, ret->who, e);

	return each(&s, ret, true, one_infix);
}

/* --- groups ----------------------------------------------------------------------------------------------- */

static int read_group(struct search_scan *s, struct search_query *q)
{
	size_t at;
	int field;

	struct str name = search_scan_until(s, ",", &at);
	int failure = search_scan_field(s, at, name, &field);
	if (failure)
		return failure;
	if (!(search_fields[field].flags & SEARCH_FACET))
		return search_scan_wrong(s, at, "Group by field `%s` should be a facet field",
			search_fields[field].name);
	for (size_t i = 0; i < q->group_n; i++)
		if (q->group_fields[i] == field)
			return search_scan_wrong(s, at, "`%s` is there twice",
				search_fields[field].name);
	if (q->group_n == SEARCH_FACETS_MAX)
		return search_scan_wrong(s, at, "more than %d fields do not make groups",
			SEARCH_FACETS_MAX);
	q->group_fields[q->group_n++] = field;
	return 0;
}

int search_params_groups(struct arena *a, struct str value, struct search_query *ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "group_by", value, ret->who, e);
	int failure;

	do
		failure = read_group(&s, ret);
	while (!failure && search_scan_take(&s, ","));
	return failure;
}
