/* The values of conditions on strings, numbers and bools. */
#include "mod/search/filter_local.h"

#include <math.h>

#include "base/arena.h"
#include "mod/search/words.h"

#define WORDS_MAX 100 /* of one value */

/* One value as it stands there. */
struct raw {
	struct str text; /* without backticks and spaces around */
	size_t at;
	bool is_quoted; /* something of it is in backticks */
};

static bool is_end(const struct search_scan *s, const struct search_condition *c, size_t i)
{
	char ch = s->all.p[i];

	if (search_scan_is(s, i, "&&") || search_scan_is(s, i, "||") || ch == '(')
		return true;
	return c->in_list ? ch == ',' || ch == ']' : ch == ')';
}

/* Just behind the backtick that closes the one at `at`; 0: there is none. */
static size_t behind_quoted(const struct search_scan *s, size_t at)
{
	for (size_t i = at + 1; i < s->end; i++) {
		if (search_scan_is(s, i, "\\`"))
			i++;
		else if (s->all.p[i] == '`')
			return i + 1;
	}
	return 0;
}

static struct str without_backticks(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len && s.p[i + 1] == '`')
			p[n++] = s.p[++i];
		else if (s.p[i] != '`')
			p[n++] = s.p[i];
	}
	return str_trim(str_from(p, n));
}

static int read_raw(struct search_scan *s, const struct search_condition *c, struct raw *ret)
{
	size_t i = s->at;

	*ret = (struct raw){.at = s->at};
	while (i < s->end && !is_end(s, c, i)) {
		if (s->all.p[i] != '`') {
			i++;
			continue;
		}
		size_t behind = behind_quoted(s, i);
		if (!behind)
			return search_scan_wrong(s, i, "the backtick here is not closed");
		ret->is_quoted = true;
		i = behind;
	}
	if (i < s->end && s->all.p[i] == '(')
		return search_scan_wrong(s, i, "a value with parentheses is written in backticks");
	ret->text = str_trim(str_sub(s->all, s->at, i));
	if (ret->is_quoted)
		ret->text = without_backticks(s->a, ret->text);
	s->at = i;
	if (!ret->text.len)
		return search_scan_wrong(s, ret->at,
			"Error with filter field `%s`: Filter value cannot be empty",
			search_fields[c->field].name);
	return 0;
}

/* --- strings ---------------------------------------------------------------------------------------------- */

static bool is_number_or_date(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return s.len;
}

/* Somebody takes the digits of a string for a number. */
static bool is_range(const struct raw *raw)
{
	ptrdiff_t dots = str_find(raw->text, STR(".."));

	return dots > 0 && !raw->is_quoted &&
		is_number_or_date(str_trim(str_sub(raw->text, 0, (size_t)dots))) &&
		is_number_or_date(str_trim(str_sub(raw->text, (size_t)dots + 2, raw->text.len)));
}

static int read_id(struct search_scan *s, const struct raw *raw, struct search_operand *ret)
{
	ret->test = SEARCH_EQUAL;
	if (ret->is_prefix && ret->text.len)
		return search_scan_wrong(s, raw->at,
			"ids are matched whole; id:* alone is every listing");
	return 0;
}

int search_filter_value_string(struct search_scan *s, const struct search_condition *c,
	struct search_operand *ret)
{
	const struct search_field *f = &search_fields[c->field];
	struct raw raw;

	if (read_raw(s, c, &raw))
		return E_INPUT;
	if (is_range(&raw))
		return search_scan_wrong(s, raw.at,
			"`%s` is a string: ranges are for numbers and dates", f->name);
	ret->test = c->op == SEARCH_IS ? SEARCH_EQUAL : SEARCH_HAS;
	ret->is_prefix = str_ends(raw.text, STR("*"));
	ret->text = ret->is_prefix ? str_trim(str_sub(raw.text, 0, raw.text.len - 1)) : raw.text;
	ret->words_n = search_words(s->a, ret->text, WORDS_MAX + 1, &ret->words);
	if (!c->field && read_id(s, &raw, ret))
		return E_INPUT;
	if (ret->words_n > WORDS_MAX)
		return search_scan_wrong(s, raw.at, "this value has more than %d words", WORDS_MAX);
	if (!ret->words_n && (c->field || !ret->is_prefix))
		return search_scan_wrong(s, raw.at,
			"`" STR_FMT "` has no letters or digits that `%s` could be compared with",
			STR_ARG(search_scan_shown(s->a, raw.text)), f->name);
	return 0;
}

/* --- numbers ---------------------------------------------------------------------------------------------- */

static int read_range(struct search_scan *s, const struct search_condition *c,
	const struct raw *raw, size_t dots, struct search_operand *ret)
{
	struct str low = str_trim(str_sub(raw->text, 0, dots));
	struct str high = str_trim(str_sub(raw->text, dots + 2, raw->text.len));

	ret->test = SEARCH_RANGE;
	if (!low.len || !high.len)
		return search_scan_wrong(s, raw->at,
			"a range has two ends, as 5..9; one is written with :>= or :<=");
	if (search_scan_number(s, raw->at, low, c->field, &ret->low) ||
		search_scan_number(s, raw->at, high, c->field, &ret->high))
		return E_INPUT;
	return 0;
}

/* x is the end of what is asked for. */
static void compare(struct search_operand *o, int op, double x)
{
	bool is_low = op == SEARCH_ABOVE || op == SEARCH_FROM;

	o->test = SEARCH_RANGE;
	o->low = is_low ? x : -INFINITY;
	o->high = is_low ? INFINITY : x;
	o->is_open_low = op == SEARCH_ABOVE;
	o->is_open_high = op == SEARCH_BELOW;
}

/* A comparison within a list. */
static int op_of(struct search_scan *s)
{
	if (search_scan_take(s, ">="))
		return SEARCH_FROM;
	if (search_scan_take(s, ">"))
		return SEARCH_ABOVE;
	if (search_scan_take(s, "<="))
		return SEARCH_UPTO;
	return search_scan_take(s, "<") ? SEARCH_BELOW : SEARCH_IS;
}

int search_filter_value_number(struct search_scan *s, const struct search_condition *c,
	struct search_operand *ret)
{
	int op = c->in_list ? op_of(s) : (int)c->op;
	bool is_compared = op != SEARCH_IS && op != SEARCH_COLON;
	struct raw raw;
	double x;

	search_scan_space(s);
	if (read_raw(s, c, &raw))
		return E_INPUT;
	ret->text = raw.text;
	ptrdiff_t dots = str_find(raw.text, STR(".."));
	if (dots >= 0 && !is_compared)
		return read_range(s, c, &raw, (size_t)dots, ret);
	if (search_scan_number(s, raw.at, raw.text, c->field, &x))
		return E_INPUT;
	ret->test = SEARCH_EQUAL;
	ret->low = ret->high = x;
	if (is_compared)
		compare(ret, op, x);
	return 0;
}

/* --- bools ------------------------------------------------------------------------------------------------ */

int search_filter_value_bool(struct search_scan *s, const struct search_condition *c,
	struct search_operand *ret)
{
	struct raw raw;

	if (read_raw(s, c, &raw))
		return E_INPUT;
	bool is_true = str_eq(raw.text, STR("true"));
	if (!is_true && !str_eq(raw.text, STR("false")))
		return search_scan_wrong(s, raw.at,
			"Value of filter field `%s` must be `true` or `false`",
			search_fields[c->field].name);
	ret->test = SEARCH_EQUAL;
	ret->text = raw.text;
	ret->low = ret->high = is_true;
	return 0;
}
