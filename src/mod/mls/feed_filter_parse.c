/* Reads a $filter: recursive descent, one token ahead. */
#include "mod/mls/feed_filter.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "mod/mls/feed_filter_local.h"

#define VALUES_MAX 2048

enum token { END, WORD, TEXT, NUMBER, TIME, OPEN, CLOSE, COMMA, STRANGE };

struct parser {
	struct arena *a;
	struct err *e;
	feed_field_fn *find;
	struct str all;
	size_t at; /* just behind the token */
	enum token token;
	struct str word; /* the token's text; of TEXT, what the quotes hold */
	size_t start;    /* where the token begins */
	int depth;
};

/* --- tokens ------------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What numbers and times are written with. */
static bool is_numeric(char c)
{
	return is_digit(c) || is_letter(c) || c == '.' || c == ':' || c == '-' || c == '+';
}

static size_t run(const struct parser *p, size_t from, bool (*fits)(char))
{
	size_t end = from;

	while (end < p->all.len && fits(p->all.p[end]))
		end++;
	return end;
}

static bool is_name(char c)
{
	return is_letter(c) || is_digit(c);
}

/* A text in quotes, where '' is one quote. */
static enum token quoted(struct parser *p)
{
	char *out = arena_alloc(p->a, p->all.len - p->at + 1);
	size_t n = 0, i = p->at + 1;

	for (; i < p->all.len; i++) {
		if (p->all.p[i] == '\'' && !(i + 1 < p->all.len && p->all.p[i + 1] == '\''))
			break;
		i += p->all.p[i] == '\'';
		out[n++] = p->all.p[i];
	}
	if (i >= p->all.len)
		return STRANGE;
	p->at = i + 1;
	p->word = (struct str){out, n};
	return TEXT;
}

static enum token sign(struct parser *p, char c)
{
	p->at++;
	return c == '(' ? OPEN : c == ')' ? CLOSE : COMMA;
}

static enum token number_or_time(struct parser *p)
{
	p->at = run(p, p->at, is_numeric);
	p->word = str_sub(p->all, p->start, p->at);
	return p->word.len >= 10 && p->word.p[4] == '-' ? TIME : NUMBER;
}

static enum token next_token(struct parser *p)
{
	while (p->at < p->all.len && p->all.p[p->at] == ' ')
		p->at++;
	p->start = p->at;
	if (p->at >= p->all.len)
		return END;
	char c = p->all.p[p->at];
	if (c == '\'')
		return quoted(p);
	if (c == '(' || c == ')' || c == ',')
		return sign(p, c);
	if (is_digit(c) || c == '-' || c == '+')
		return number_or_time(p);
	if (!is_letter(c))
		return STRANGE;
	p->at = run(p, p->at, is_name);
	p->word = str_sub(p->all, p->start, p->at);
	return WORD;
}

static void advance(struct parser *p)
{
	p->token = next_token(p);
}

static bool is_word(const struct parser *p, const char *word)
{
	return p->token == WORD && str_eq(p->word, str_of(word));
}

static int wrong(struct parser *p, const char *wanted)
{
	return err_set(p->e, E_INPUT, "$filter: %s expected at position %zu", wanted, p->start + 1);
}

/* --- literals ----------------------------------------------------------------------------------- */

static int number_literal(struct parser *p, struct filter_value *v)
{
	if (p->token != NUMBER || !str_to_f64(p->word, &v->x))
		return wrong(p, "a number");
	return 0;
}

static int truth_literal(struct parser *p, struct filter_value *v)
{
	if (!is_word(p, "true") && !is_word(p, "false"))
		return wrong(p, "true or false");
	v->n = is_word(p, "true");
	return 0;
}

static int date_literal(struct parser *p, struct filter_value *v)
{
	int32_t days;

	if (p->token != TIME || !clock_parse_date(p->word, &days))
		return wrong(p, "a date such as 2026-11-21");
	v->n = days;
	return 0;
}

static int time_literal(struct parser *p, struct filter_value *v)
{
	if (p->token != TIME || !clock_parse_iso(p->word, &v->n))
		return wrong(p, "a bare time such as 2026-11-21T12:00:00Z");
	return 0;
}

static int literal(struct parser *p, const struct gen_field *field, struct filter_value *v)
{
	int code = 0;

	*v = (struct filter_value){.is_null = is_word(p, "null")};
	if (v->is_null) {
		advance(p);
		return 0;
	}
	switch (field->kind) {
	case GEN_TEXT:
		if (p->token != TEXT)
			code = wrong(p, "a text in single quotes");
		v->text = p->word;
		break;
	case GEN_INT:
	case GEN_DEC: code = number_literal(p, v); break;
	case GEN_BOOL: code = truth_literal(p, v); break;
	case GEN_DATE: code = date_literal(p, v); break;
	case GEN_TIME: code = time_literal(p, v); break;
	case GEN_LIST:
	case GEN_MEDIA: break;
	}
	if (!code)
		advance(p);
	return code;
}

/* --- comparisons and what joins them --------------------------------------------------------------- */

static int field_of(struct parser *p, struct filter_node *node)
{
	if (p->token != WORD)
		return wrong(p, "a field");
	node->field = p->find(p->word);
	if (!node->field)
		return err_set(p->e, E_INPUT,
			"$filter: there is no field '" STR_FMT "' (position %zu)", STR_ARG(p->word),
			p->start + 1);
	if (node->field->kind == GEN_LIST || node->field->kind == GEN_MEDIA)
		return err_set(p->e, E_INPUT,
			"$filter: %s is a list and cannot be compared here (position %zu)",
			node->field->name, p->start + 1);
	advance(p);
	return 0;
}

static int op_of(struct parser *p, struct filter_node *node)
{
	static const char *const names[] = {[OP_EQ] = "eq",
		[OP_NE] = "ne",
		[OP_GT] = "gt",
		[OP_GE] = "ge",
		[OP_LT] = "lt",
		[OP_LE] = "le",
		[OP_IN] = "in"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (is_word(p, names[i])) {
			node->op = (enum filter_op)i;
			advance(p);
			return 0;
		}
	}
	return wrong(p, "one of eq ne gt ge lt le in");
}

static int add_value(struct parser *p, struct filter_node *node)
{
	struct filter_value v;

	if (node->n >= VALUES_MAX)
		return err_set(p->e, E_INPUT, "$filter: more than %d values in one list",
			VALUES_MAX);
	if (literal(p, node->field, &v))
		return p->e->code;
	node->values =
		arena_resize(p->a, node->values, node->n * sizeof(v), (node->n + 1) * sizeof(v));
	node->values[node->n++] = v;
	return 0;
}

static int value_list(struct parser *p, struct filter_node *node)
{
	if (p->token != OPEN)
		return wrong(p, "a list in parentheses");
	do {
		advance(p);
		if (add_value(p, node))
			return p->e->code;
	} while (p->token == COMMA);
	if (p->token != CLOSE)
		return wrong(p, "a comma or a closing parenthesis");
	advance(p);
	return 0;
}

static int comparison(struct parser *p, struct filter_node *node)
{
	node->kind = NODE_COMPARE;
	if (field_of(p, node) || op_of(p, node))
		return p->e->code;
	if (node->op == OP_IN ? value_list(p, node) : add_value(p, node))
		return p->e->code;
	node->texts = arena_array(p->a, node->n, sizeof(*node->texts));
	for (size_t i = 0; i < node->n; i++)
		node->texts[i] = node->values[i].text;
	return 0;
}

static int either(struct parser *p, struct filter_node *node);

static int primary(struct parser *p, struct filter_node *node)
{
	if (++p->depth > FEED_FILTER_DEPTH)
		return err_set(p->e, E_INPUT, "$filter: nested deeper than %d", FEED_FILTER_DEPTH);
	if (is_word(p, "not")) {
		struct filter_node *inner = ARENA_NEW(p->a, struct filter_node);
		advance(p);
		if (primary(p, inner))
			return p->e->code;
		*node = (struct filter_node){.kind = NODE_NOT, .left = inner};
	} else if (p->token == OPEN) {
		advance(p);
		if (either(p, node))
			return p->e->code;
		if (p->token != CLOSE)
			return wrong(p, "a closing parenthesis");
		advance(p);
	} else if (comparison(p, node)) {
		return p->e->code;
	}
	p->depth--;
	return 0;
}

/* Operands joined by one word, grouped from the left. */
static int chain(struct parser *p, struct filter_node *node, const char *word,
	enum filter_kind kind, int (*operand)(struct parser *, struct filter_node *))
{
	if (operand(p, node))
		return p->e->code;
	while (is_word(p, word)) {
		struct filter_node *left = ARENA_NEW(p->a, struct filter_node);
		struct filter_node *right = ARENA_NEW(p->a, struct filter_node);
		advance(p);
		if (operand(p, right))
			return p->e->code;
		*left = *node;
		*node = (struct filter_node){.kind = kind, .left = left, .right = right};
	}
	return 0;
}

static int both(struct parser *p, struct filter_node *node)
{
	return chain(p, node, "and", NODE_AND, primary);
}

static int either(struct parser *p, struct filter_node *node)
{
	return chain(p, node, "or", NODE_OR, both);
}

struct feed_filter *feed_filter_parse(struct arena *a, struct str text, feed_field_fn *find,
	struct err *e)
{
	struct feed_filter *filter = ARENA_NEW(a, struct feed_filter);
	struct err unheard = {0};
	struct parser p = {.a = a, .e = e ? e : &unheard, .find = find, .all = text};

	advance(&p);
	if (either(&p, &filter->root))
		return NULL;
	if (p.token != END) {
		wrong(&p, "'and', 'or' or the end");
		return NULL;
	}
	return filter;
}
