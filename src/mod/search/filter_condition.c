/* field:values, without what the values are. */
#include "mod/search/filter_local.h"

#include "base/arena.h"

static int refuse_other_kinds(struct search_scan *s)
{
	size_t at = s->at;

	if (search_scan_is(s, at, "$") || search_scan_is(s, at, "!$"))
		return search_scan_wrong(s, at,
			"joins with other collections are not supported here");
	return 0;
}

static int read_name(struct search_scan *s, int *ret_field)
{
	size_t at;

	if (refuse_other_kinds(s))
		return E_INPUT;
	struct str name = search_scan_until(s, ":()&|[]{}`,", &at);
	if (search_scan_is(s, s->at, "{"))
		return search_scan_wrong(s, at,
			"filters on the members of objects are not supported here");
	if (!name.len)
		return search_scan_wrong(s, at, "a condition is wanted here, such as bedrooms:>=3");
	if (!search_scan_is(s, s->at, ":"))
		return search_scan_wrong(s, at,
			"`" STR_FMT
			"` is not followed by a colon: a condition is a field, a colon and a value",
			STR_ARG(search_scan_shown(s->a, name)));
	s->at++;
	return search_scan_field(s, at, name, ret_field);
}

static void read_op(struct search_scan *s, struct search_condition *c)
{
	c->op = SEARCH_COLON;
	if (search_scan_take(s, "!=")) {
		c->op = SEARCH_IS;
		c->is_negated = true;
	} else if (search_scan_take(s, "!")) {
		c->is_negated = true;
	} else if (search_scan_take(s, "=")) {
		c->op = SEARCH_IS;
	}
	if (search_scan_take(s, ">="))
		c->op = SEARCH_FROM;
	else if (search_scan_take(s, ">"))
		c->op = SEARCH_ABOVE;
	else if (search_scan_take(s, "<="))
		c->op = SEARCH_UPTO;
	else if (search_scan_take(s, "<"))
		c->op = SEARCH_BELOW;
}

static search_filter_value *value_of(enum search_type type)
{
	switch (type) {
	case SEARCH_STRING: return search_filter_value_string;
	case SEARCH_BOOL: return search_filter_value_bool;
	case SEARCH_GEOPOINT: return search_filter_value_geo;
	case SEARCH_INT32:
	case SEARCH_INT64:
	case SEARCH_FLOAT: break;
	}
	return search_filter_value_number;
}

/* Comparing is for numbers, and not for lists or negations. */
static int check_op(struct search_scan *s, const struct search_condition *c, size_t at)
{
	const struct search_field *f = &search_fields[c->field];

	if (c->op == SEARCH_COLON || c->op == SEARCH_IS)
		return 0;
	if (value_of(f->type) != search_filter_value_number)
		return search_scan_wrong(s, at, "`%s` is a %s: only numbers and dates are compared",
			f->name, search_type_name(f->type));
	if (c->is_negated || search_scan_peek(s) == '[')
		return search_scan_wrong(s, at, "a comparison goes with one value and without !");
	return 0;
}

static int read_value(struct search_scan *s, const struct search_condition *c,
	struct search_operand **list, size_t *n, size_t *cap)
{
	if (++s->operands > SEARCH_SCAN_OPERANDS)
		return search_scan_wrong(s, s->at, "the conditions have more than %d values",
			SEARCH_SCAN_OPERANDS);
	if (*n == *cap) {
		size_t wanted = *cap ? 2 * *cap : 1;
		*list = arena_resize(s->a, *list, *cap * sizeof **list, wanted * sizeof **list);
		*cap = wanted;
	}
	struct search_operand *o = &(*list)[(*n)++];
	*o = (struct search_operand){0};
	return value_of(search_fields[c->field].type)(s, c, o);
}

static int read_values(struct search_scan *s, struct search_condition *c,
	struct search_operand **ret, size_t *ret_n)
{
	struct search_operand *list = NULL;
	size_t n = 0, cap = 0, open;
	int failure;

	search_scan_space(s);
	open = s->at;
	c->in_list = search_scan_take(s, "[");
	do {
		search_scan_space(s);
		failure = read_value(s, c, &list, &n, &cap);
	} while (!failure && c->in_list && search_scan_take(s, ","));
	if (failure)
		return failure;
	if (c->in_list && !search_scan_take(s, "]"))
		return search_scan_wrong(s, open, "the list that begins here has no ]");
	*ret = list;
	*ret_n = n;
	return 0;
}

static bool is_everything(const struct search_condition *c, const struct search_operand *o,
	size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!c->field && o[i].is_prefix && !o[i].text.len)
			return true;
	return false;
}

int search_filter_condition(struct search_scan *s, struct search_filter **ret)
{
	struct search_condition c = {0};
	struct search_operand *operands = NULL;
	struct search_filter *f, *negation;
	size_t n = 0;
	int failure;

	search_scan_space(s);
	c.at = s->at;
	failure = read_name(s, &c.field);
	if (failure)
		return failure;
	search_scan_space(s);
	size_t op_at = s->at;
	read_op(s, &c);
	if (check_op(s, &c, op_at) || read_values(s, &c, &operands, &n))
		return E_INPUT;
	f = search_filter_node(s, SEARCH_MATCH, c.at);
	if (!f)
		return E_INPUT;
	if (is_everything(&c, operands, n))
		f->op = SEARCH_ALL;
	f->field = c.field;
	f->operands = operands;
	f->operands_n = n;
	*ret = f;
	if (!c.is_negated)
		return 0;
	negation = search_filter_node(s, SEARCH_NOT, c.at);
	if (!negation)
		return E_INPUT;
	negation->left = f;
	negation->field = c.field;
	*ret = negation;
	return 0;
}
