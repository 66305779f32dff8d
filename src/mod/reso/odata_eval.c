#include "mod/reso/odata_eval.h"

#include <string.h>

#include "base/arena.h"
#include "mod/reso/odata_eval_local.h"

/* What a variable stands for while any or all goes through a list. */
struct place {
	struct odata_row row;
	struct odata_value element;
};

struct eval {
	struct arena *scratch;
	struct place places[ODATA_SCOPES]; /* [0]: the row itself */
};

enum truth { NO, YES, UNKNOWN };

static enum truth truth_of(struct eval *ev, const struct odata_node *node);

static enum truth of(bool b)
{
	return b ? YES : NO;
}

/* --- values --------------------------------------------------------------------------------------------- */

static struct odata_value value_of(struct eval *ev, const struct odata_node *node)
{
	struct odata_value args[3] = {{0}};
	const struct odata_row *row;

	switch (node->op) {
	case ODATA_LITERAL: return node->value;
	case ODATA_FIELD:
		row = &ev->places[node->scope].row;
		return row->kind->value(row, node->field);
	case ODATA_VARIABLE: return ev->places[node->scope].element;
	case ODATA_ADD:
	case ODATA_SUB:
	case ODATA_MUL:
	case ODATA_DIV:
	case ODATA_DIVBY:
	case ODATA_MOD:
	case ODATA_NEGATE:
	case ODATA_CALL:
		for (size_t i = 0; i < node->n; i++)
			args[i] = value_of(ev, node->args[i]);
		return node->op == ODATA_CALL ? odata_eval_call(node, args, ev->scratch)
					      : odata_eval_sum(node->op, &args[0], &args[1]);
	case ODATA_AND:
	case ODATA_OR:
	case ODATA_NOT:
	case ODATA_EQ:
	case ODATA_NE:
	case ODATA_GT:
	case ODATA_GE:
	case ODATA_LT:
	case ODATA_LE:
	case ODATA_IN:
	case ODATA_HAS:
	case ODATA_ANY:
	case ODATA_ALL: break;
	}
	enum truth t = truth_of(ev, node);
	return t == UNKNOWN ? ODATA_NOTHING
			    : (struct odata_value){.type = ODATA_BOOLEAN, .n = t == YES};
}

static bool is_whole(const struct odata_value *v)
{
	return v->type == ODATA_INT16 || v->type == ODATA_INT32 || v->type == ODATA_INT64;
}

int odata_eval_order(const struct odata_value *a, const struct odata_value *b)
{
	if (a->type == ODATA_STRING)
		return str_cmp(a->text, b->text);
	if (odata_type_is_number(a->type) && !(is_whole(a) && is_whole(b)))
		return a->x < b->x ? -1 : a->x > b->x;
	return a->n < b->n ? -1 : a->n > b->n;
}

/* --- comparisons ---------------------------------------------------------------------------------------- */

static bool compare(enum odata_op op, const struct odata_value *a, const struct odata_value *b)
{
	bool no_a = a->type == ODATA_NULL, no_b = b->type == ODATA_NULL;

	if (no_a || no_b)
		return op == ODATA_NE
			? no_a != no_b
			: no_a && no_b && (op == ODATA_EQ || op == ODATA_GE || op == ODATA_LE);
	int order = odata_eval_order(a, b);
	if (op == ODATA_EQ || op == ODATA_NE)
		return (order == 0) == (op == ODATA_EQ);
	if (op == ODATA_GT || op == ODATA_LE)
		return (order > 0) == (op == ODATA_GT);
	return (order >= 0) == (op == ODATA_GE);
}

static bool is_member(const struct odata_node *node, const struct odata_value *v)
{
	for (size_t i = 1; i < node->n; i++)
		if (compare(ODATA_EQ, v, &node->args[i]->value))
			return true;
	return false;
}

static bool list_has(struct eval *ev, const struct odata_node *list, struct str wanted)
{
	const struct odata_row *row = &ev->places[list->scope].row;
	struct odata_value v;

	for (size_t i = 0; row->kind->element(row, list->field, i, &v); i++)
		if (v.type == ODATA_STRING && str_eq(v.text, wanted))
			return true;
	return false;
}

static enum truth has(struct eval *ev, const struct odata_node *node)
{
	if (!node->args[0]->is_list) {
		struct odata_value v = value_of(ev, node->args[0]);
		return v.type == ODATA_NULL ? UNKNOWN : of(is_member(node, &v));
	}
	for (size_t i = 1; i < node->n; i++)
		if (!list_has(ev, node->args[0], node->args[i]->value.text))
			return NO;
	return YES;
}

/* --- any and all ---------------------------------------------------------------------------------------- */

/* Puts element i before the variable; false when there is none. */
static bool look_at(struct eval *ev, const struct odata_node *node, size_t i)
{
	const struct odata_row *row = &ev->places[node->n ? node->args[0]->scope : node->scope].row;
	struct place *p = &ev->places[node->inner];

	if (node->n)
		return row->kind->element(row, node->args[0]->field, i, &p->element);
	return row->kind->other && row->kind->other(row, node->navigation, i, &p->row);
}

static enum truth quantified(struct eval *ev, const struct odata_node *node)
{
	enum truth wanted = node->op == ODATA_ANY ? YES : NO, sum = of(wanted == NO), one;

	for (size_t i = 0; look_at(ev, node, i); i++) {
		one = node->predicate ? truth_of(ev, node->predicate) : YES;
		if (one == wanted)
			return wanted;
		if (one == UNKNOWN)
			sum = UNKNOWN;
	}
	return sum;
}

/* any() without a condition has no variable, but still a row to look at. */
static enum truth has_any(struct eval *ev, const struct odata_node *node)
{
	const struct odata_row *row = &ev->places[node->n ? node->args[0]->scope : node->scope].row;
	struct odata_value v;
	struct odata_row other;

	if (node->n)
		return of(row->kind->element(row, node->args[0]->field, 0, &v));
	return of(row->kind->other && row->kind->other(row, node->navigation, 0, &other));
}

/* --- conditions ----------------------------------------------------------------------------------------- */

static enum truth joined(struct eval *ev, const struct odata_node *node)
{
	enum truth decides = node->op == ODATA_AND ? NO : YES;
	enum truth left = truth_of(ev, node->args[0]), right;

	if (left == decides)
		return decides;
	right = truth_of(ev, node->args[1]);
	return right == decides ? decides : left == UNKNOWN ? UNKNOWN : right;
}

static enum truth truth_of(struct eval *ev, const struct odata_node *node)
{
	struct odata_value a, b;
	enum truth t;

	switch (node->op) {
	case ODATA_AND:
	case ODATA_OR: return joined(ev, node);
	case ODATA_NOT:
		t = truth_of(ev, node->args[0]);
		return t == UNKNOWN ? UNKNOWN : of(t == NO);
	case ODATA_EQ:
	case ODATA_NE:
	case ODATA_GT:
	case ODATA_GE:
	case ODATA_LT:
	case ODATA_LE:
		a = value_of(ev, node->args[0]);
		b = value_of(ev, node->args[1]);
		return of(compare(node->op, &a, &b));
	case ODATA_IN: a = value_of(ev, node->args[0]); return of(is_member(node, &a));
	case ODATA_HAS: return has(ev, node);
	case ODATA_ANY:
	case ODATA_ALL: return node->predicate ? quantified(ev, node) : has_any(ev, node);
	case ODATA_LITERAL:
	case ODATA_FIELD:
	case ODATA_VARIABLE:
	case ODATA_ADD:
	case ODATA_SUB:
	case ODATA_MUL:
	case ODATA_DIV:
	case ODATA_DIVBY:
	case ODATA_MOD:
	case ODATA_NEGATE:
	case ODATA_CALL: break;
	}
	a = value_of(ev, node);
	return a.type == ODATA_NULL ? UNKNOWN : of(a.n != 0);
}

bool odata_filter_holds(const struct odata_node *filter, const struct odata_row *row,
	struct arena *scratch)
{
	struct eval ev;

	if (!filter)
		return true;
	ev.scratch = scratch;
	ev.places[0].row = *row;
	return truth_of(&ev, filter) == YES;
}
