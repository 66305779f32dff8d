/* Whether a listing matches. The parser is in feed_filter_parse.c. */
#include "mod/mls/feed_filter.h"

#include <string.h>

#include "mod/mls/feed_filter_local.h"
#include "mod/mls/gen_listing.h"

enum truth { NO, YES, UNKNOWN };

static enum truth of(bool b)
{
	return b ? YES : NO;
}

/* What op says when the left side is before (-1), equal to (0) or after (1) the right one. */
static enum truth decide(enum filter_op op, int order)
{
	switch (op) {
	case OP_EQ:
	case OP_IN: return of(order == 0);
	case OP_NE: return of(order != 0);
	case OP_GT: return of(order > 0);
	case OP_GE: return of(order >= 0);
	case OP_LT: return of(order < 0);
	case OP_LE: return of(order <= 0);
	}
	return UNKNOWN;
}

static enum truth with_null(enum filter_op op, bool left, bool right)
{
	if (op == OP_EQ || op == OP_IN)
		return of(left && right);
	if (op == OP_NE)
		return of(left != right);
	return UNKNOWN;
}

static int order_of(double x, double y)
{
	return x < y ? -1 : x > y;
}

static double scaled(int64_t n, int scale)
{
	static const double powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

	return (double)n / powers[scale];
}

static enum truth compare(const struct filter_node *node, const struct filter_value *v,
	struct gen_listing *l)
{
	const struct gen_field *f = node->field;

	if (f->kind == GEN_TEXT) {
		struct str s = gen_field_text(l, f);
		if (!s.p || v->is_null)
			return with_null(node->op, !s.p, v->is_null);
		return decide(node->op, str_cmp(s, v->text));
	}
	int64_t n = gen_field_number(l, f);
	if (n == GEN_NONE || v->is_null)
		return with_null(node->op, n == GEN_NONE, v->is_null);
	if (f->kind == GEN_INT || f->kind == GEN_DEC)
		return decide(node->op, order_of(scaled(n, f->scale), v->x));
	return decide(node->op, (n > v->n) - (n < v->n));
}

/* Of several values (in) one is enough. */
static enum truth any_of(const struct filter_node *node, struct gen_listing *l)
{
	enum truth t = NO;

	for (size_t i = 0; i < node->n && t != YES; i++)
		t = compare(node, &node->values[i], l);
	return t;
}

static enum truth look(const struct filter_node *node, struct gen_listing *l)
{
	enum truth left, right;

	switch (node->kind) {
	case NODE_COMPARE: return any_of(node, l);
	case NODE_NOT:
		left = look(node->left, l);
		return left == UNKNOWN ? UNKNOWN : of(left == NO);
	case NODE_AND:
		left = look(node->left, l);
		if (left == NO)
			return NO;
		right = look(node->right, l);
		return right == NO ? NO : left == YES && right == YES ? YES : UNKNOWN;
	case NODE_OR: break;
	}
	left = look(node->left, l);
	if (left == YES)
		return YES;
	right = look(node->right, l);
	return right == YES ? YES : left == NO && right == NO ? NO : UNKNOWN;
}

bool feed_filter_holds(const struct feed_filter *filter, struct gen_listing *l)
{
	return !filter || look(&filter->root, l) == YES;
}

/* --- what the filter says about time and keys, so that not every listing needs a look --------------- */

static int64_t since(const struct filter_node *node)
{
	if (node->kind == NODE_AND) {
		int64_t left = since(node->left), right = since(node->right);
		return left > right ? left : right;
	}
	if (node->kind == NODE_COMPARE &&
		!strcmp(node->field->name, "BridgeModificationTimestamp") &&
		(node->op == OP_EQ || node->op == OP_GT || node->op == OP_GE) &&
		!node->values->is_null)
		return node->values->n;
	return INT64_MIN;
}

int64_t feed_filter_since(const struct feed_filter *filter)
{
	return filter ? since(&filter->root) : INT64_MIN;
}

static const struct filter_node *keys(const struct filter_node *node)
{
	if (node->kind == NODE_AND) {
		const struct filter_node *left = keys(node->left);
		return left ? left : keys(node->right);
	}
	if (node->kind == NODE_COMPARE && node->field->at == offsetof(struct gen_listing, key) &&
		(node->op == OP_EQ || node->op == OP_IN))
		return node;
	return NULL;
}

bool feed_filter_keys(const struct feed_filter *filter, const struct str **ret_keys, size_t *ret_n)
{
	const struct filter_node *node = filter ? keys(&filter->root) : NULL;

	if (!node)
		return false;
	*ret_keys = node->texts;
	*ret_n = node->n;
	return true;
}
