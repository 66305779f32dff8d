/* The query string as a whole: which parameter means what, and where in the tree of embeds it belongs. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/url.h"
#include "mod/rest/parse_local.h"
#include "mod/rest/selects.h"

enum kind {
	KIND_FILTER, /* or an argument of a function */
	KIND_SELECT,
	KIND_COLUMNS,
	KIND_ON_CONFLICT,
	KIND_ORDER, /* from here to OR also behind the names of embeds */
	KIND_LIMIT,
	KIND_OFFSET,
	KIND_AND,
	KIND_OR,
	KIND_DISTINCT, /* from here on ours: a column may still be called so */
	KIND_HAVING,
	KIND_AFTER,
	KIND_OPENAPI,
	KINDS
};

static const struct str words[KINDS] = {
	[KIND_SELECT] = {STR_INIT("select")},
	[KIND_COLUMNS] = {STR_INIT("columns")},
	[KIND_ON_CONFLICT] = {STR_INIT("on_conflict")},
	[KIND_ORDER] = {STR_INIT("order")},
	[KIND_LIMIT] = {STR_INIT("limit")},
	[KIND_OFFSET] = {STR_INIT("offset")},
	[KIND_AND] = {STR_INIT("and")},
	[KIND_OR] = {STR_INIT("or")},
	[KIND_DISTINCT] = {STR_INIT("distinct")},
	[KIND_HAVING] = {STR_INIT("having")},
	[KIND_AFTER] = {STR_INIT("after")},
	[KIND_OPENAPI] = {STR_INIT("openapi")},
};

struct reader {
	const struct rest_parse *p;
	struct rest_fault *f;
	struct rest_scan s;
	struct rest_query q;
	struct rest_pair **last_arg;
	struct rest_part *parts;
	size_t n, cap;
};

static enum kind kind_of(struct str name)
{
	if (!name.len)
		return KIND_FILTER;
	const char *dot = memrchr(name.p, '.', name.len);
	struct str word = dot ? str_sub(name, (size_t)(dot + 1 - name.p), name.len) : name;

	for (int i = dot ? KIND_ORDER : KIND_SELECT; i < (dot ? KIND_DISTINCT : KINDS); i++)
		if (words[i].len == word.len && *words[i].p == *word.p && str_eq(words[i], word))
			return (enum kind)i;
	return KIND_FILTER;
}

/* --- cutting the query string ------------------------------------------------------------------ */

/* Room for one more. */
static int grow_parts(struct reader *r)
{
	size_t cap = r->cap ? 2 * r->cap : 8;

	if (r->n == REST_MAX_NODES)
		return rest_fault(r->f, 400, "PGRST100", REST_TOO_MANY);
	if (r->n < r->cap)
		return 0;
	r->parts = arena_resize(r->p->arena, r->parts, r->cap * sizeof(*r->parts),
		cap * sizeof(*r->parts));
	r->cap = cap;
	return 0;
}

static int read_pairs(struct reader *r, struct str query)
{
	struct err e = {.arena = r->p->arena};
	struct http_pair pair;

	for (struct str rest = query;;) {
		while (str_starts(rest, STR("&")))
			rest = str_sub(rest, 1, rest.len);
		struct str raw = rest;
		int got = http_query_next(r->p->arena, &rest, &pair, &e);
		if (!got)
			return 0;
		if (got < 0)
			return rest_fault(r->f, 400, "PGRST100", "%s", e.msg);
		if (grow_parts(r))
			return -1;
		if (rest.p)
			raw.len = (size_t)(rest.p - 1 - raw.p);
		r->parts[r->n++] = (struct rest_part){
			.name = pair.name,
			.value = pair.value,
			.raw = raw,
			.has_value = pair.value.len || str_ends(raw, STR("=")),
			.kind = kind_of(pair.name),
		};
	}
}

static int read_parts(struct reader *r)
{
	if (read_pairs(r, r->p->query))
		return -1;
	size_t n_first = r->n;
	if (read_pairs(r, r->p->more))
		return -1;
	if (r->n == n_first)
		r->q.canonical = rest_canonical(r->p->arena, r->p->query, r->parts, r->n);
	return 0;
}

/* --- single parameters ------------------------------------------------------------------------- */

static int say(struct reader *r)
{
	return rest_scan_say(&r->s, r->f);
}

static int find_node(struct reader *r, const struct rest_key *key, struct rest_node **ret)
{
	*ret = &r->q.root;
	return key->n ? rest_tree_find(&r->q.root, key, r->p->legacy_targets, ret, r->f) : 0;
}

static int add_condition(struct reader *r, const struct rest_key *key, struct rest_cond *c)
{
	struct rest_node *node;

	if (find_node(r, key, &node))
		return -1;
	c->next = node->where;
	node->where = c;
	r->q.has_filters |= node == &r->q.root;
	return 0;
}

static void add_arg(struct reader *r, const struct rest_part *part)
{
	struct rest_pair *arg = ARENA_NEW(r->p->arena, struct rest_pair);

	arg->name = part->name;
	arg->value = part->value;
	arg->param = -1;
	*r->last_arg = arg;
	r->last_arg = &arg->next;
}

static int read_filter(struct reader *r, const struct rest_part *part)
{
	struct rest_key key;
	struct rest_cond *c;

	if (rest_scan_key(&r->s, "tree path", part->name, &key) ||
		rest_scan_filter(&r->s, &key, part->value, &c)) {
		if (!r->p->is_call || !r->p->is_read_call || r->s.limit)
			return say(r);
		add_arg(r, part);
		return 0;
	}
	return add_condition(r, &key, c);
}

/* The word not may stand anywhere before the last one; it is no embed. */
static bool cut_not(struct rest_key *key)
{
	size_t n = 0;

	for (size_t i = 0; i < key->n; i++)
		if (!str_eq(key->path[i], STR("not")))
			key->path[n++] = key->path[i];
	bool negated = n < key->n;
	key->n = n;
	return negated;
}

static int read_logic(struct reader *r, const struct rest_part *part)
{
	struct rest_key key;
	struct rest_cond *c;

	if (rest_scan_key(&r->s, "logic path", part->name, &key))
		return say(r);
	bool negated = cut_not(&key);
	if (rest_scan_logic(&r->s, part->kind == KIND_OR, negated, part->value, &c))
		return say(r);
	return add_condition(r, &key, c);
}

static int read_order(struct reader *r, const struct rest_part *part)
{
	struct rest_key key;
	struct rest_node *node;
	struct rest_order *order;

	if (rest_scan_key(&r->s, "tree path", part->name, &key))
		return say(r);
	if (rest_scan_order(&r->s, part->value, &order))
		return say(r);
	if (find_node(r, &key, &node))
		return -1;
	if (!node->order) /* the first one counts */
		node->order = order;
	return 0;
}

static int read_limit(struct reader *r, const struct rest_part *part)
{
	struct rest_key key;
	struct rest_node *node;

	if (rest_scan_key(&r->s, "tree path", part->name, &key))
		return say(r);
	if (find_node(r, &key, &node))
		return -1;
	return rest_limit_read(node, part->kind == KIND_LIMIT, part->value, r->f);
}

static int read_names(struct reader *r, const char *what, const struct rest_part *part,
	struct rest_name **ret)
{
	size_t n;

	rest_scan_start(&r->s, what, part->value);
	return rest_scan_names(&r->s, ret, &n) ? say(r) : 0;
}

/* Names that were there before are left out. */
static void drop_repeated(struct rest_name *names)
{
	for (struct rest_name *name = names; name; name = name->next)
		for (struct rest_name **at = &name->next; *at;)
			if (str_eq((*at)->name, name->name))
				*at = (*at)->next;
			else
				at = &(*at)->next;
}

static int read_columns(struct reader *r, const struct rest_part *part)
{
	if (r->q.has_columns)
		return 0;
	r->q.has_columns = true;
	if (read_names(r, "columns parameter", part, &r->q.columns))
		return -1;
	drop_repeated(r->q.columns);
	return 0;
}

static int read_on_conflict(struct reader *r, const struct rest_part *part)
{
	if (r->q.has_on_conflict)
		return 0;
	r->q.has_on_conflict = true;
	return read_names(r, "on_conflict parameter", part, &r->q.on_conflict);
}

/* --- what is ours ------------------------------------------------------------------------------- */

/* after=gt.5 is about a column called "after", as with PostgREST. */
static bool reads_as_filter(const struct reader *r, const struct rest_part *part)
{
	struct rest_scan s = r->s;
	struct rest_cond c = {.op = REST_EQ};

	rest_scan_start(&s, "filter", part->value);
	return !rest_scan_test(&s, false, &c);
}

static int read_distinct(struct reader *r, const struct rest_part *part)
{
	if (str_eq(part->value, STR("true")) || str_eq(part->value, STR("false"))) {
		r->q.distinct = part->value.len == 4;
		return 0;
	}
	if (read_names(r, "distinct parameter", part, &r->q.distinct_on))
		return -1;
	drop_repeated(r->q.distinct_on);
	return 0;
}

static int read_extension(struct reader *r, const struct rest_part *part)
{
	if (reads_as_filter(r, part))
		return read_filter(r, part);
	if (part->kind == KIND_DISTINCT)
		return read_distinct(r, part);
	if (part->kind == KIND_HAVING)
		return rest_scan_having(&r->s, part->value, &r->q.having) ? say(r) : 0;
	if (part->kind == KIND_AFTER) {
		r->q.has_after = true;
		r->q.after = part->value;
		return 0;
	}
	if (str_eq(part->value, STR("3.1")))
		r->q.openapi = 31;
	else if (!str_eq(part->value, STR("2.0")))
		return read_filter(r, part); /* which says what is wrong */
	return 0;
}

/* --- all of them -------------------------------------------------------------------------------- */

static int read_part(struct reader *r, const struct rest_part *part)
{
	bool may_be_arg = part->kind == KIND_FILTER || part->kind >= KIND_DISTINCT;

	if (may_be_arg && r->p->is_call && r->p->is_arg && r->p->is_arg(part->name, r->p->arg)) {
		add_arg(r, part);
		return 0;
	}
	switch ((enum kind)part->kind) {
	case KIND_FILTER: return read_filter(r, part);
	case KIND_COLUMNS: return read_columns(r, part);
	case KIND_ON_CONFLICT: return read_on_conflict(r, part);
	case KIND_ORDER: return read_order(r, part);
	case KIND_LIMIT:
	case KIND_OFFSET: return read_limit(r, part);
	case KIND_AND:
	case KIND_OR: return read_logic(r, part);
	case KIND_DISTINCT:
	case KIND_HAVING:
	case KIND_AFTER:
	case KIND_OPENAPI: return read_extension(r, part);
	case KIND_SELECT:
	case KINDS: break;
	}
	return 0;
}

static bool was_read(struct reader *r, struct str text)
{
	const struct rest_select_list *list =
		r->p->selects ? rest_selects_get(r->p->selects, r->p->arena, text) : NULL;

	if (!list)
		return false;
	r->q.root.items = list->items;
	r->q.root.items_shape = list->shape;
	r->s.left -= (int)list->n;
	return true;
}

/* Before all others: they find their embeds in it. */
static int read_select(struct reader *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->parts[i].kind != KIND_SELECT || !r->parts[i].has_value)
			continue;
		r->q.has_select = true;
		if (was_read(r, r->parts[i].value))
			return 0;
		return rest_scan_select(&r->s, r->parts[i].value, &r->q.root.items) ? say(r) : 0;
	}
	r->q.root.items = ARENA_NEW(r->p->arena, struct rest_item);
	r->q.root.items->kind = REST_ITEM_STAR;
	return 0;
}

int rest_parse_query(const struct rest_parse *p, struct rest_query *ret_query, struct rest_fault *f)
{
	struct reader r = {
		.p = p,
		.f = f,
		.s = {.arena = p->arena, .left = REST_MAX_NODES},
		.q.root = {.limit_param = -1, .offset_param = -1},
	};

	r.last_arg = &r.q.args;
	if (read_parts(&r) || read_select(&r))
		return -1;
	for (size_t i = 0; i < r.n; i++)
		if (r.parts[i].has_value && read_part(&r, &r.parts[i]))
			return -1;
	rest_tree_finish(&r.q.root);
	*ret_query = r.q;
	return 0;
}
