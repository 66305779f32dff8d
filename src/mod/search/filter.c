#include "mod/search/filter.h"

#include "base/arena.h"
#include "mod/search/filter_local.h"

/* Leaves room for search_filter_both(). */
#define LEVELS (SEARCH_FILTER_DEPTH - 2)

/* A part of the tree, and how deep it is. */
struct part {
	const struct search_filter *filter;
	unsigned levels;
};

struct parts {
	struct part *p;
	size_t n, cap;
};

/* An open parenthesis, or the whole filter. */
struct level {
	struct parts ands, ors; /* what waits to be joined */
	size_t open;
};

struct reading {
	struct search_scan *s;
	struct level levels[SEARCH_FILTER_DEPTH + 1];
	size_t depth;
};

struct search_filter *search_filter_node(struct search_scan *s, enum search_op op, size_t at)
{
	struct search_filter *f;

	if (++s->nodes > SEARCH_FILTER_NODES) {
		search_scan_wrong(s, at, "the filter has more than %d conditions and operators",
			SEARCH_FILTER_NODES);
		return NULL;
	}
	f = ARENA_NEW(s->a, struct search_filter);
	f->op = op;
	f->at = at;
	return f;
}

static void add(struct search_scan *s, struct parts *list, struct part part)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 4;
		list->p = arena_resize(s->a, list->p, list->cap * sizeof *list->p,
			cap * sizeof *list->p);
		list->cap = cap;
	}
	list->p[list->n++] = part;
}

/* A long chain becomes a flat tree. */
static int join(struct search_scan *s, enum search_op op, const struct part *p, size_t n,
	struct part *ret)
{
	struct part left, right;
	struct search_filter *f;

	if (n == 1) {
		*ret = *p;
		return 0;
	}
	if (join(s, op, p, n / 2, &left) || join(s, op, p + n / 2, n - n / 2, &right))
		return E_INPUT;
	f = search_filter_node(s, op, left.filter->at);
	if (!f)
		return E_INPUT;
	f->left = left.filter;
	f->right = right.filter;
	ret->filter = f;
	ret->levels = 1 + (left.levels > right.levels ? left.levels : right.levels);
	if (ret->levels > LEVELS)
		return search_scan_wrong(s, f->at, "the filter is nested deeper than %d levels",
			LEVELS);
	return 0;
}

static int close_ands(struct reading *r)
{
	struct level *l = &r->levels[r->depth];
	struct part part;

	if (join(r->s, SEARCH_AND, l->ands.p, l->ands.n, &part))
		return E_INPUT;
	l->ands.n = 0;
	add(r->s, &l->ors, part);
	return 0;
}

static int close_level(struct reading *r, struct part *ret)
{
	struct level *l = &r->levels[r->depth];

	return close_ands(r) ? E_INPUT : join(r->s, SEARCH_OR, l->ors.p, l->ors.n, ret);
}

/* Where a condition is wanted; *wants stays when a parenthesis opened. */
static int term(struct reading *r, bool *wants)
{
	struct search_scan *s = r->s;
	struct search_filter *f;

	search_scan_space(s);
	size_t at = s->at;
	if (search_scan_take(s, "(")) {
		if (r->depth == SEARCH_FILTER_DEPTH)
			return search_scan_wrong(s, at,
				"the filter is nested deeper than %d levels", SEARCH_FILTER_DEPTH);
		r->levels[++r->depth] = (struct level){.open = at};
		return 0;
	}
	int failure = search_filter_condition(s, &f);
	if (failure)
		return failure;
	add(s, &r->levels[r->depth].ands, (struct part){f, f->op == SEARCH_NOT ? 2 : 1});
	*wants = false;
	return 0;
}

/* Where an operator is. */
static int operator(struct reading *r, bool *wants)
{
	struct search_scan *s = r->s;
	struct part part;

	search_scan_space(s);
	size_t at = s->at;
	*wants = true;
	if (search_scan_take(s, "&&"))
		return 0;
	if (search_scan_take(s, "||"))
		return close_ands(r);
	*wants = false;
	if (!search_scan_take(s, ")"))
		return search_scan_wrong(s, at, "&& or || is wanted here, or the end");
	if (!r->depth)
		return search_scan_wrong(s, at, "the ) here has no (");
	if (close_level(r, &part))
		return E_INPUT;
	r->depth--;
	add(s, &r->levels[r->depth].ands, part);
	return 0;
}

int search_filter_scan(struct search_scan *s, const struct search_filter **ret)
{
	struct reading *r = ARENA_NEW(s->a, struct reading);
	bool wants = true;
	struct part part;

	r->s = s;
	while (wants || search_scan_peek(s)) {
		int failure = wants ? term(r, &wants) : operator(r, &wants);
		if (failure)
			return failure;
	}
	if (r->depth)
		return search_scan_wrong(s, r->levels[r->depth].open, "the ( here has no )");
	if (close_level(r, &part))
		return E_INPUT;
	*ret = part.filter;
	return 0;
}

int search_filter_read(struct arena *a, struct str filter_by, enum search_audience who,
	const struct search_filter **ret, struct err *e)
{
	struct search_scan s = search_scan_of(a, "filter_by", filter_by, who, e);

	if (!str_trim(filter_by).len) {
		*ret = NULL;
		return 0;
	}
	return search_filter_scan(&s, ret);
}

const struct search_filter *search_filter_both(struct arena *a, const struct search_filter *must,
	const struct search_filter *also)
{
	struct search_filter *f;

	if (!must || !also)
		return must ? must : also;
	f = ARENA_NEW(a, struct search_filter);
	*f = (struct search_filter){.op = SEARCH_AND, .left = must, .right = also};
	return f;
}
