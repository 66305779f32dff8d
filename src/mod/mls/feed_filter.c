#include "mod/mls/feed_filter.h"

#include "base/arena.h"

static bool is_field(const struct odata_node *node, const char *name)
{
	return node->op == ODATA_FIELD && node->scope == 0 &&
		str_eq(node->field->name, str_of(name));
}

int64_t feed_filter_since(const struct odata_node *node, const char *timestamp)
{
	if (!node)
		return INT64_MIN;
	if (node->op == ODATA_AND) {
		int64_t left = feed_filter_since(node->args[0], timestamp);
		int64_t right = feed_filter_since(node->args[1], timestamp);
		return left > right ? left : right;
	}
	if (node->op != ODATA_EQ && node->op != ODATA_GT && node->op != ODATA_GE)
		return INT64_MIN;
	const struct odata_value *v = &node->args[1]->value;
	if (is_field(node->args[0], timestamp) && node->args[1]->op == ODATA_LITERAL &&
		v->type == ODATA_TIMESTAMP)
		return v->n;
	return INT64_MIN;
}

/* The comparison that limits the field. */
static const struct odata_node *limit_of(const struct odata_node *node, const char *field)
{
	if (node->op == ODATA_AND) {
		const struct odata_node *left = limit_of(node->args[0], field);
		return left ? left : limit_of(node->args[1], field);
	}
	if ((node->op == ODATA_EQ || node->op == ODATA_IN) && is_field(node->args[0], field) &&
		node->args[1]->op == ODATA_LITERAL)
		return node;
	return NULL;
}

bool feed_filter_keys(struct arena *a, const struct odata_node *filter, const char *field,
	const struct str **ret_keys, size_t *ret_n)
{
	const struct odata_node *node = filter ? limit_of(filter, field) : NULL;
	struct str *keys;

	if (!node)
		return false;
	keys = arena_array(a, node->n, sizeof(*keys));
	for (size_t i = 1; i < node->n; i++)
		keys[i - 1] = node->args[i]->value.text;
	*ret_keys = keys;
	*ret_n = node->n - 1;
	return true;
}
