#include "mod/reso/odata_filter.h"

#include "base/arena.h"
#include "mod/reso/odata_filter_local.h"

typedef const struct odata_node *operand(struct odata_parser *p);

/* The operator that the token is one of; -1: none. */
static int op_of(const struct odata_parser *p, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (odata_lex_is(&p->lex, names[i]))
			return (int)i;
	return -1;
}

static bool is_condition(struct odata_parser *p, const struct odata_node *node)
{
	if (node->type == ODATA_BOOLEAN || node->type == ODATA_NULL)
		return true;
	if (node->op == ODATA_FIELD)
		odata_filter_wrong(p, odata_filter_here(p), "one of eq ne gt ge lt le in has");
	else
		odata_filter_wrong(p, node->at, "a condition");
	return false;
}

/* --- sums: add sub, mul div divby mod, - --------------------------------------------------------------- */

static operand sum;

static const struct odata_node *group(struct odata_parser *p)
{
	const struct odata_node *node;

	odata_lex_next(&p->lex);
	node = odata_filter_either(p);
	if (!node)
		return NULL;
	if (p->lex.token != ODATA_CLOSE)
		return odata_filter_wrong(p, odata_filter_here(p), "a closing parenthesis");
	odata_lex_next(&p->lex);
	return node;
}

static const struct odata_node *unary(struct odata_parser *p)
{
	struct odata_node *node;
	size_t at = odata_filter_here(p);

	if (p->lex.token != ODATA_MINUS) {
		if (p->lex.token == ODATA_OPEN)
			return group(p);
		if (odata_filter_is_literal(p))
			return odata_filter_literal(p);
		if (p->lex.token == ODATA_WORD)
			return odata_filter_path(p);
		return odata_filter_wrong(p, at, "a field or a value");
	}
	odata_lex_next(&p->lex);
	if (++p->depth > ODATA_DEPTH) {
		odata_fault_set(p->f, 413, "$filter", at,
			"$filter: nested deeper than %d (position %zu)", ODATA_DEPTH, at);
		return NULL;
	}
	const struct odata_node *inner = unary(p);
	p->depth--;
	if (!inner)
		return NULL;
	if (!odata_type_is_number(inner->type) || inner->is_list)
		return odata_filter_wrong(p, inner->at, "a number");
	node = odata_filter_node(p, ODATA_NEGATE, inner->type, at, 1);
	return node && odata_filter_arg(p, node, 0, inner) ? node : NULL;
}

/* now() add duration'P1D': a moment. */
static const struct odata_node *shifted(struct odata_parser *p, const struct odata_node *left,
	const struct odata_node *right, int op)
{
	struct odata_node *node;

	if (left->type != ODATA_TIMESTAMP || left->op != ODATA_LITERAL) {
		odata_fault_set(p->f, 400, "$filter", right->at,
			"$filter: a duration can be added to now() or to a literal time only (position %zu)",
			right->at);
		return NULL;
	}
	node = ARENA_NEW(p->a, struct odata_node);
	*node = *left;
	node->value.n += op == 0 ? right->value.n : -right->value.n;
	return node;
}

static enum odata_type sum_type(const struct odata_node *a, const struct odata_node *b,
	enum odata_op op)
{
	if (a->type == ODATA_DOUBLE || b->type == ODATA_DOUBLE)
		return ODATA_DOUBLE;
	if (op == ODATA_DIVBY || a->type == ODATA_DECIMAL || b->type == ODATA_DECIMAL)
		return ODATA_DECIMAL;
	return ODATA_INT64;
}

static const struct odata_node *joined(struct odata_parser *p, enum odata_op op, size_t at,
	const struct odata_node *left, const struct odata_node *right)
{
	struct odata_node *node;

	if (!odata_filter_single(p, left) || !odata_filter_single(p, right))
		return NULL;
	if (!odata_type_is_number(left->type) && left->type != ODATA_NULL)
		return odata_filter_wrong(p, left->at, "a number");
	if (!odata_type_is_number(right->type) && right->type != ODATA_NULL)
		return odata_filter_wrong(p, right->at, "a number");
	node = odata_filter_node(p, op, sum_type(left, right, op), at, 2);
	if (!node || !odata_filter_arg(p, node, 0, left) || !odata_filter_arg(p, node, 1, right))
		return NULL;
	return node;
}

static const struct odata_node *product(struct odata_parser *p)
{
	static const char *const names[] = {"mul", "div", "divby", "mod"};
	static const enum odata_op ops[] = {ODATA_MUL, ODATA_DIV, ODATA_DIVBY, ODATA_MOD};
	const struct odata_node *left = unary(p), *right;
	int op;

	while (left && (op = op_of(p, names, 4)) >= 0) {
		size_t at = odata_filter_here(p);
		odata_lex_next(&p->lex);
		right = unary(p);
		left = right ? joined(p, ops[op], at, left, right) : NULL;
	}
	return left;
}

static const struct odata_node *sum(struct odata_parser *p)
{
	static const char *const names[] = {"add", "sub"};
	const struct odata_node *left = product(p), *right;
	int op;

	while (left && (op = op_of(p, names, 2)) >= 0) {
		size_t at = odata_filter_here(p);
		odata_lex_next(&p->lex);
		right = product(p);
		if (!right)
			return NULL;
		left = right->type == ODATA_DURATION
			? shifted(p, left, right, op)
			: joined(p, op == 0 ? ODATA_ADD : ODATA_SUB, at, left, right);
	}
	return left;
}

/* --- relations ------------------------------------------------------------------------------------------ */

/* name without all but letters and digits; underscores do not count in legacy. */
static bool is_legacy(struct str legacy, struct str name)
{
	size_t k = 0;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')))
			continue;
		while (k < legacy.len && legacy.p[k] == '_')
			k++;
		if (k >= legacy.len || legacy.p[k++] != c)
			return false;
	}
	return k == legacy.len;
}

/* 'ActiveUnderContract' or 'Active_Under_Contract' as a member of an enumeration is what rows spell
 * "Active Under Contract". */
static const struct odata_node *as_shown(struct odata_parser *p, const struct odata_node *by,
	const struct odata_node *node)
{
	const struct odata_field *f = by->field;
	const struct odata_lookup *list;
	struct odata_node *copy;

	if (by->op == ODATA_VARIABLE)
		f = p->scopes[by->scope].element;
	if (!node->is_enum || !f || !f->lookup.p)
		return node;
	list = odata_model_lookup(p->scopes[0].resource->model, f->lookup);
	for (size_t i = 0; list && i < list->n; i++) {
		struct str shown = list->values[i].value, legacy = list->values[i].legacy;
		if (str_eq(node->value.text, shown))
			return node;
		if (!str_eq(node->value.text, legacy) && !is_legacy(node->value.text, shown))
			continue;
		copy = ARENA_NEW(p->a, struct odata_node);
		*copy = *node;
		copy->value.text = shown;
		return copy;
	}
	return node;
}

static const struct odata_node *comparison(struct odata_parser *p, enum odata_op op, size_t at,
	const struct odata_node *left)
{
	const struct odata_node *right = sum(p);
	struct odata_node *node;

	if (!right || !odata_filter_single(p, right) || !odata_filter_match(p, &left, &right))
		return NULL;
	node = odata_filter_node(p, op, ODATA_BOOLEAN, at, 2);
	if (!node || !odata_filter_arg(p, node, 0, as_shown(p, right, left)) ||
		!odata_filter_arg(p, node, 1, as_shown(p, left, right)))
		return NULL;
	return node;
}

static bool add_member(struct odata_parser *p, struct odata_node *node,
	const struct odata_node *member)
{
	const struct odata_node *left = node->args[0];

	if (!member || !odata_filter_match(p, &left, &member))
		return false;
	if (node->n > ODATA_IN_MAX) {
		odata_fault_set(p->f, 413, "$filter", member->at,
			"$filter: more than %d values in one list (position %zu)", ODATA_IN_MAX,
			member->at);
		return false;
	}
	if ((node->n & (node->n - 1)) == 0)
		node->args = arena_resize(p->a, node->args, node->n * sizeof(*node->args),
			node->n * 2 * sizeof(*node->args));
	node->args[node->n++] = as_shown(p, left, member);
	return true;
}

static const struct odata_node *in_list(struct odata_parser *p, size_t at,
	const struct odata_node *left)
{
	struct odata_node *node = odata_filter_node(p, ODATA_IN, ODATA_BOOLEAN, at, 1);

	if (!node || !odata_filter_arg(p, node, 0, left))
		return NULL;
	if (p->lex.token != ODATA_OPEN)
		return odata_filter_wrong(p, odata_filter_here(p), "a list in parentheses");
	do {
		odata_lex_next(&p->lex);
		if (!odata_filter_is_literal(p))
			return odata_filter_wrong(p, odata_filter_here(p),
				odata_filter_wanted(left->type));
		if (!add_member(p, node, odata_filter_literal(p)))
			return NULL;
	} while (p->lex.token == ODATA_COMMA);
	if (p->lex.token != ODATA_CLOSE)
		return odata_filter_wrong(p, odata_filter_here(p),
			"a comma or a closing parenthesis");
	odata_lex_next(&p->lex);
	return node;
}

/* has: a list of names in one literal when it is written as an enumeration's, else one value. */
static const struct odata_node *has(struct odata_parser *p, size_t at,
	const struct odata_node *left)
{
	const struct odata_node *right =
		odata_filter_is_literal(p) ? odata_filter_literal(p) : NULL;
	struct odata_node *node, *part;

	if (!right || right->type != ODATA_STRING)
		return odata_filter_wrong(p, right ? right->at : odata_filter_here(p),
			odata_filter_wanted(ODATA_STRING));
	if (left->type != ODATA_STRING)
		return odata_filter_wrong(p, left->at, "a field with a list of values");
	node = odata_filter_node(p, ODATA_HAS, ODATA_BOOLEAN, at, 1);
	if (!node || !odata_filter_arg(p, node, 0, left))
		return NULL;
	for (struct str rest = right->value.text; rest.p;) {
		part = ARENA_NEW(p->a, struct odata_node);
		*part = *right;
		part->value.text = right->is_enum && left->is_list ? str_cut(&rest, ',') : rest;
		rest = right->is_enum && left->is_list ? rest : STR_NULL;
		if (!add_member(p, node, part))
			return NULL;
	}
	return node;
}

static const struct odata_node *relation(struct odata_parser *p)
{
	static const char *const names[] = {"eq", "ne", "gt", "ge", "lt", "le", "in", "has"};
	static const enum odata_op ops[] = {ODATA_EQ, ODATA_NE, ODATA_GT, ODATA_GE, ODATA_LT,
		ODATA_LE, ODATA_IN, ODATA_HAS};
	const struct odata_node *left = sum(p);
	size_t at = odata_filter_here(p);
	int op;

	if (!left)
		return NULL;
	op = op_of(p, names, 8);
	if ((op < 0 || ops[op] != ODATA_HAS) && !odata_filter_single(p, left))
		return NULL;
	if (op < 0)
		return left;
	odata_lex_next(&p->lex);
	if (ops[op] == ODATA_HAS)
		return has(p, at, left);
	if (ops[op] == ODATA_IN)
		return in_list(p, at, left);
	return comparison(p, ops[op], at, left);
}

/* --- and, or, not --------------------------------------------------------------------------------------- */

static const struct odata_node *negation(struct odata_parser *p)
{
	size_t at = odata_filter_here(p);
	struct odata_node *node;

	if (!odata_lex_is(&p->lex, "not"))
		return relation(p);
	if (++p->depth > ODATA_DEPTH) {
		odata_fault_set(p->f, 413, "$filter", at,
			"$filter: nested deeper than %d (position %zu)", ODATA_DEPTH, at);
		return NULL;
	}
	odata_lex_next(&p->lex);
	const struct odata_node *inner = negation(p);
	p->depth--;
	if (!inner || !is_condition(p, inner))
		return NULL;
	node = odata_filter_node(p, ODATA_NOT, ODATA_BOOLEAN, at, 1);
	return node && odata_filter_arg(p, node, 0, inner) ? node : NULL;
}

/* Long chains become balanced trees, so that whoever walks them needs no deep stack. */
static const struct odata_node *balanced(struct odata_parser *p, enum odata_op op,
	const struct odata_node **list, size_t n)
{
	struct odata_node *node;

	if (n == 1)
		return list[0];
	node = odata_filter_node(p, op, ODATA_BOOLEAN, list[0]->at, 2);
	if (!node || !odata_filter_arg(p, node, 0, balanced(p, op, list, n / 2)) ||
		!odata_filter_arg(p, node, 1, balanced(p, op, list + n / 2, n - n / 2)))
		return NULL;
	return node;
}

static const struct odata_node *chain(struct odata_parser *p, const char *word, enum odata_op op,
	operand *one)
{
	const struct odata_node **list = NULL, *node = one(p);
	size_t n = 0;

	if (!node || !odata_lex_is(&p->lex, word))
		return node;
	for (;; node = one(p)) {
		if (!node || !is_condition(p, node))
			return NULL;
		if ((n & (n - 1)) == 0)
			list = arena_resize(p->a, list, n * sizeof(*list),
				(n ? n * 2 : 1) * sizeof(*list));
		list[n++] = node;
		if (!odata_lex_is(&p->lex, word))
			return balanced(p, op, list, n);
		odata_lex_next(&p->lex);
	}
}

static const struct odata_node *both(struct odata_parser *p)
{
	return chain(p, "and", ODATA_AND, negation);
}

const struct odata_node *odata_filter_either(struct odata_parser *p)
{
	size_t at = odata_filter_here(p);
	const struct odata_node *node;

	if (++p->depth > ODATA_DEPTH) {
		odata_fault_set(p->f, 413, "$filter", at,
			"$filter: nested deeper than %d (position %zu)", ODATA_DEPTH, at);
		return NULL;
	}
	node = chain(p, "or", ODATA_OR, both);
	p->depth--;
	return node;
}

const struct odata_node *odata_filter_parse(struct arena *a, const struct odata_resource *r,
	struct str text, int64_t now_us, struct odata_fault *f)
{
	struct odata_parser p = {.a = a,
		.f = f,
		.now_us = now_us,
		.scopes = {{.resource = r}},
		.scopes_n = 1,
		.lex = odata_lex_of(a, text)};
	const struct odata_node *node;

	if (text.len > ODATA_TEXT_MAX) {
		odata_fault_set(f, 413, "$filter", 0, "$filter: longer than %d bytes",
			ODATA_TEXT_MAX);
		return NULL;
	}
	node = odata_filter_either(&p);
	if (!node || !is_condition(&p, node))
		return NULL;
	if (p.lex.token != ODATA_END)
		return odata_filter_wrong(&p, odata_filter_here(&p), "'and', 'or' or the end");
	return node;
}
