/* Filters of JSONPath (RFC 9535 sections 2.3.5 and 2.4). */
#include "mod/rest/claim_local.h"

#include <string.h>

#include "base/arena.h"

#define MAX_PATTERN 200
#define MAX_GROUPS 4

static int read_or(struct claim_scan *s, struct claim_test **ret_test);

static struct claim_test *test_new(struct claim_scan *s, enum claim_op op)
{
	struct claim_test *t = ARENA_NEW(s->arena, struct claim_test);

	t->op = op;
	return t;
}

/* Comparing needs one node at the most: names and single indexes only. */
static bool is_singular(const struct claim_segment *segment)
{
	for (; segment; segment = segment->next) {
		const struct claim_selector *sel = segment->selectors;
		if (segment->deep || sel->next ||
			(sel->pick != PICK_NAME && sel->pick != PICK_INDEX))
			return false;
	}
	return true;
}

static int read_query(struct claim_scan *s, struct claim_operand *o)
{
	o->kind = VALUE_QUERY;
	o->from_root = claim_take(s, "$");
	if (!o->from_root && !claim_take(s, "@"))
		return claim_expected(s, "@, $, a text in quotes, a number, true, false or null");
	return claim_segments(s, &o->query);
}

static int read_number(struct claim_scan *s, struct claim_operand *o)
{
	size_t from = s->at;

	while (s->at < s->text.len && claim_peek(s) && strchr("+-.0123456789eE", claim_peek(s)))
		s->at++;
	o->kind = VALUE_NUMBER;
	if (str_to_f64(str_sub(s->text, from, s->at), &o->number))
		return 0;
	s->at = from;
	return claim_expected(s, "a number");
}

static int read_length(struct claim_scan *s, struct claim_operand *o)
{
	claim_spaces(s);
	if (read_query(s, o))
		return E_INPUT;
	if (!is_singular(o->query))
		return claim_expected(s, "a path to one value before this");
	o->kind = VALUE_LENGTH;
	claim_spaces(s);
	return claim_take(s, ")") ? 0 : claim_expected(s, ")");
}

static int read_operand(struct claim_scan *s, struct claim_operand *o)
{
	static const struct {
		const char *word;
		enum claim_value kind;
	} words[] = {{"true", VALUE_TRUE}, {"false", VALUE_FALSE}, {"null", VALUE_NULL}};
	char c = claim_peek(s);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (claim_take(s, words[i].word)) {
			o->kind = words[i].kind;
			return 0;
		}
	if (claim_take(s, "length("))
		return read_length(s, o);
	if ((c >= '0' && c <= '9') || c == '-')
		return read_number(s, o);
	if (c != '\'' && c != '"')
		return read_query(s, o);
	o->kind = VALUE_TEXT;
	return claim_string(s, &o->text);
}

static void on_regfree(void *p)
{
	regfree(p);
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* GNU regcomp() copies what is repeated, so repeats of repeats can be made to fill any memory, and back references
 * any time. What is taken: groups four deep, one {m,n} with numbers below 100, no repeat of a repeat. */
static bool is_harmless(struct str pattern)
{
	int depth = 0, bounds = 0, digits = 0;

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.p[i], before = i ? pattern.p[i - 1] : 0;
		bool is_digit = c >= '0' && c <= '9';
		depth += (c == '(') - (c == ')');
		bounds += c == '{';
		digits = bounds && is_digit ? digits + 1 : 0;
		if (depth > MAX_GROUPS || bounds > 1 || digits > 2 ||
			(before == '\\' && is_digit) ||
			(is_one_of(c, "*+?{") && is_one_of(before, "*+?}")))
			return false;
	}
	return pattern.len <= MAX_PATTERN && str_find_char(pattern, '\0') < 0;
}

/* match(what, pattern) or search(what, pattern), behind the parenthesis. */
static int read_regex(struct claim_scan *s, bool whole, struct claim_test **ret_test)
{
	struct claim_test *t = test_new(s, OP_REGEX);
	struct str pattern;

	*ret_test = t;
	claim_spaces(s);
	if (read_operand(s, &t->left))
		return E_INPUT;
	if (t->left.kind == VALUE_QUERY && !is_singular(t->left.query))
		return claim_expected(s, "a path to one value before this");
	claim_spaces(s);
	if (!claim_take(s, ","))
		return claim_expected(s, ",");
	claim_spaces(s);
	if (claim_string(s, &pattern))
		return E_INPUT;
	t->regex = ARENA_NEW(s->arena, regex_t);
	const char *text =
		arena_printf(s->arena, whole ? "^(" STR_FMT ")$" : STR_FMT, STR_ARG(pattern));
	if (!is_harmless(pattern) || regcomp(t->regex, text, REG_EXTENDED | REG_NOSUB))
		return claim_expected(s, "a simple regular expression before this");
	arena_defer(s->arena, on_regfree, t->regex);
	claim_spaces(s);
	return claim_take(s, ")") ? 0 : claim_expected(s, ")");
}

/* Longer ones first. */
static bool take_comparison(struct claim_scan *s, enum claim_op *ret_op)
{
	static const struct {
		const char *word;
		enum claim_op op;
	} ops[] = {{"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {"<", OP_LT},
		{">", OP_GT}};

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (claim_take(s, ops[i].word)) {
			*ret_op = ops[i].op;
			return true;
		}
	return false;
}

static int read_comparison(struct claim_scan *s, struct claim_test **ret_test)
{
	struct claim_test *t = test_new(s, OP_EXISTS);

	*ret_test = t;
	if (read_operand(s, &t->left))
		return E_INPUT;
	size_t end = s->at;
	claim_spaces(s);
	if (!take_comparison(s, &t->op)) {
		s->at = end;
		return t->left.kind == VALUE_QUERY ? 0 : claim_expected(s, "a comparison");
	}
	claim_spaces(s);
	if (read_operand(s, &t->right))
		return E_INPUT;
	if ((t->left.kind == VALUE_QUERY && !is_singular(t->left.query)) ||
		(t->right.kind == VALUE_QUERY && !is_singular(t->right.query)))
		return claim_expected(s, "a path to one value before this");
	return 0;
}

static int read_basic(struct claim_scan *s, struct claim_test **ret_test)
{
	claim_spaces(s);
	if (claim_take(s, "!")) {
		struct claim_test *t = *ret_test = test_new(s, OP_NOT);
		claim_spaces(s);
		char c = claim_peek(s);
		/* "!" binds to parentheses, paths and functions only, never to a comparison. */
		if (c == '!' || read_basic(s, &t->a))
			return claim_expected(s, "a condition");
		return c == '(' || t->a->op == OP_EXISTS || t->a->op == OP_REGEX
			? 0
			: claim_expected(s, "parentheses around the comparison before this");
	}
	if (claim_take(s, "match("))
		return read_regex(s, true, ret_test);
	if (claim_take(s, "search("))
		return read_regex(s, false, ret_test);
	if (!claim_take(s, "("))
		return read_comparison(s, ret_test);
	if (read_or(s, ret_test))
		return E_INPUT;
	claim_spaces(s);
	return claim_take(s, ")") ? 0 : claim_expected(s, ")");
}

/* first word first word ... */
static int read_chain(struct claim_scan *s, const char *word, enum claim_op op,
	int (*read_one)(struct claim_scan *, struct claim_test **), struct claim_test **ret_test)
{
	if (read_one(s, ret_test))
		return E_INPUT;
	for (;;) {
		size_t end = s->at;
		claim_spaces(s);
		if (!claim_take(s, word)) {
			s->at = end;
			return 0;
		}
		struct claim_test *t = test_new(s, op);
		t->a = *ret_test;
		*ret_test = t;
		if (read_one(s, &t->b))
			return E_INPUT;
	}
}

static int read_and(struct claim_scan *s, struct claim_test **ret_test)
{
	return read_chain(s, "&&", OP_AND, read_basic, ret_test);
}

static int read_or(struct claim_scan *s, struct claim_test **ret_test)
{
	if (++s->depth > CLAIM_MAX_DEPTH)
		return claim_expected(s, "fewer parentheses and filters within each other");
	int rc = read_chain(s, "||", OP_OR, read_and, ret_test);
	s->depth--;
	return rc;
}

int claim_filter(struct claim_scan *s, struct claim_test **ret_test)
{
	return read_or(s, ret_test);
}
