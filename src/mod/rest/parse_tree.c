/* From the names in front of a parameter (a.b.col=...) to the level of the select that it is about. */
#include "base/arena.h"
#include "mod/rest/parse_local.h"

static bool is_embed(const struct rest_item *item)
{
	return item->kind == REST_ITEM_EMBED || item->kind == REST_ITEM_SPREAD;
}

/* By alias, or by its own name when there is no alias. */
static struct rest_node *find_named(struct rest_node *node, struct str name)
{
	for (struct rest_item *item = node->items; item; item = item->next)
		if (is_embed(item) && str_eq(item->alias.p ? item->alias : item->field.name, name))
			return item->node;
	return NULL;
}

static const struct rest_item *find_target(const struct rest_node *node, struct str name)
{
	for (const struct rest_item *item = node->items; item; item = item->next)
		if (is_embed(item) && str_eq(item->field.name, name))
			return item;
	return NULL;
}

static int not_found(struct rest_fault *f, struct str name, const struct rest_item *target)
{
	rest_fault(f, 400, "PGRST108", "'" STR_FMT "' is not an embedded resource in this request",
		STR_ARG(name));
	if (!target)
		return rest_fault_hint(f,
			"Verify that '" STR_FMT "' is included in the 'select' query parameter.",
			STR_ARG(name));
	rest_fault_details(f, "Target names are not allowed in filters if they have an alias");
	return rest_fault_hint(f,
		"Change '" STR_FMT "' to '" STR_FMT "' in filters, orders or limits.",
		STR_ARG(name), STR_ARG(target->alias));
}

int rest_tree_find(struct rest_node *root, const struct rest_key *key, bool legacy,
	struct rest_node **ret, struct rest_fault *f)
{
	struct rest_node *node = root;

	for (size_t i = 0; i < key->n; i++) {
		struct str name = key->path[i];
		struct rest_node *next = find_named(node, name);
		const struct rest_item *target = next ? NULL : find_target(node, name);
		if (target && legacy) {
			next = target->node;
			next->legacy_target = true;
		}
		if (!next)
			return not_found(f, name, target);
		node = next;
	}
	*ret = node;
	return 0;
}

void rest_tree_finish(struct rest_node *node)
{
	struct rest_cond *turned = NULL;

	for (struct rest_cond *c = node->where, *next; c; c = next) {
		next = c->next;
		c->next = turned;
		turned = c;
	}
	node->where = turned;
	for (struct rest_item *item = node->items; item; item = item->next)
		if (item->node)
			rest_tree_finish(item->node);
}
