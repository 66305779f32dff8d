/* Nodes of the tree, and which values go with which. */
#include "base/arena.h"
#include "base/clock.h"
#include "mod/reso/odata_filter_local.h"

size_t odata_filter_here(const struct odata_parser *p)
{
	return p->lex.start + 1;
}

void *odata_filter_wrong(struct odata_parser *p, size_t at, const char *wanted)
{
	odata_fault_set(p->f, 400, "$filter", at, "$filter: %s expected at position %zu", wanted,
		at);
	return NULL;
}

const char *odata_filter_wanted(enum odata_type type)
{
	switch (type) {
	case ODATA_STRING: return "a text in single quotes";
	case ODATA_BOOLEAN: return "true or false";
	case ODATA_INT16:
	case ODATA_INT32:
	case ODATA_INT64:
	case ODATA_DECIMAL:
	case ODATA_DOUBLE: return "a number";
	case ODATA_DATE: return "a date such as 2026-11-21";
	case ODATA_TIMESTAMP: return "a bare time such as 2026-11-21T12:00:00Z";
	case ODATA_TIME: return "a time of day such as 12:00:00";
	case ODATA_DURATION: return "a duration such as duration'P1D'";
	case ODATA_POINT: return "a point such as POINT(-80.19 25.76)";
	case ODATA_NULL:
	case ODATA_COMPLEX: break;
	}
	return "a value";
}

struct odata_node *odata_filter_node(struct odata_parser *p, enum odata_op op, enum odata_type type,
	size_t at, size_t n)
{
	struct odata_node *node;

	if (++p->nodes > ODATA_NODES) {
		odata_fault_set(p->f, 413, "$filter", at,
			"$filter: more than %d parts (position %zu)", ODATA_NODES, at);
		return NULL;
	}
	node = ARENA_NEW(p->a, struct odata_node);
	*node = (struct odata_node){.op = op, .type = type, .at = at, .n = n, .levels = 1};
	node->args = arena_array(p->a, n, sizeof(struct odata_node *));
	return node;
}

bool odata_filter_arg(struct odata_parser *p, struct odata_node *node, size_t i,
	const struct odata_node *arg)
{
	if (!arg)
		return false;
	node->args[i] = arg;
	if (arg->levels >= node->levels)
		node->levels = arg->levels + 1;
	if (node->levels > ODATA_DEPTH)
		odata_fault_set(p->f, 413, "$filter", node->at,
			"$filter: nested deeper than %d (position %zu)", ODATA_DEPTH, node->at);
	return node->levels <= ODATA_DEPTH;
}

bool odata_filter_single(struct odata_parser *p, const struct odata_node *node)
{
	if (node->is_list)
		odata_fault_set(p->f, 400, "$filter", node->at,
			"$filter: " STR_FMT " is a list: ask " STR_FMT
			"/any(x: x eq ...) (position %zu)",
			STR_ARG(node->field->name), STR_ARG(node->field->name), node->at);
	return !node->is_list;
}

static bool are_comparable(enum odata_type a, enum odata_type b)
{
	if (a == ODATA_POINT || a == ODATA_DURATION || a == ODATA_COMPLEX)
		return false;
	return a == b || (odata_type_is_number(a) && odata_type_is_number(b));
}

/* A date where a time is wanted: midnight UTC. */
static const struct odata_node *as_moment(struct odata_parser *p, const struct odata_node *node)
{
	struct odata_node *copy = ARENA_NEW(p->a, struct odata_node);

	*copy = *node;
	copy->type = copy->value.type = ODATA_TIMESTAMP;
	copy->value.n *= US_PER_DAY;
	return copy;
}

static bool is_day(const struct odata_node *node)
{
	return node->op == ODATA_LITERAL && node->type == ODATA_DATE;
}

bool odata_filter_match(struct odata_parser *p, const struct odata_node **left,
	const struct odata_node **right)
{
	enum odata_type l = (*left)->type, r = (*right)->type;

	if (r == ODATA_NULL || l == ODATA_NULL || are_comparable(l, r))
		return true;
	if (l == ODATA_POINT) {
		odata_fault_set(p->f, 400, "$filter", (*left)->at,
			"$filter: ask geo.distance(field, POINT(lon lat)) how far points are apart (position %zu)",
			(*left)->at);
		return false;
	}
	if (l == ODATA_TIMESTAMP && is_day(*right))
		*right = as_moment(p, *right);
	else if (r == ODATA_TIMESTAMP && is_day(*left))
		*left = as_moment(p, *left);
	else if ((*left)->op == ODATA_LITERAL)
		return odata_filter_wrong(p, (*left)->at, odata_filter_wanted(r));
	else
		return odata_filter_wrong(p, (*right)->at, odata_filter_wanted(l));
	return true;
}
