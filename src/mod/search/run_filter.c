#include "mod/search/run_filter.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"

/* Parts of an && in the order of what they cost for each document: bitmaps, numbers, words, points. */
enum cost { BY_BITMAP, BY_NUMBER, BY_WORDS, BY_POINT, BY_MANY };

struct part {
	const struct search_filter *f;
	enum cost cost;
	uint32_t most;
};

static void narrow(struct search_run *r, const struct search_filter *f, struct search_set *s);

static void match(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	struct search_view v = search_run_view(r, f->field);

	if (v.seen)
		search_set_and(s, v.seen);
	if (v.column->type == SEARCH_STRING)
		search_filter_string(r, f, s);
	else if (v.column->type == SEARCH_GEOPOINT)
		search_filter_geo(r, f, s);
	else
		search_filter_number(r, f, s);
}

static struct part part_of(struct search_run *r, const struct search_filter *f)
{
	struct part p = {.f = f, .cost = BY_MANY, .most = UINT32_MAX};

	if (f->op == SEARCH_NOT && f->left->op == SEARCH_MATCH) {
		p.cost = part_of(r, f->left).cost;
	} else if (f->op == SEARCH_MATCH) {
		enum search_type type = r->ix->columns[f->field].type;
		if (type == SEARCH_STRING) {
			p.most = search_filter_string_most(r, f);
			p.cost = p.most == UINT32_MAX ? BY_WORDS : BY_BITMAP;
		} else {
			p.cost = type == SEARCH_GEOPOINT ? BY_POINT : BY_NUMBER;
		}
	}
	return p;
}

static int by_cost(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	if (x->most != y->most)
		return x->most < y->most ? -1 : 1;
	return x->f->at < y->f->at ? -1 : x->f->at > y->f->at;
}

/* a && (b && c) as a list; so for ||. Chains lean to either side, so both are followed without a depth of their own. */
static size_t flatten(const struct search_filter *f, enum search_op op,
	const struct search_filter **list, size_t n)
{
	while (f->op == op) {
		n = flatten(f->left, op, list, n);
		f = f->right;
	}
	assert(n < SEARCH_FILTER_NODES);
	list[n] = f;
	return n + 1;
}

static size_t leaves(const struct search_filter *f, enum search_op op)
{
	return f->op == op ? leaves(f->left, op) + leaves(f->right, op) : 1;
}

static size_t chain(struct search_run *r, const struct search_filter *f,
	const struct search_filter ***ret)
{
	*ret = arena_array(r->arena, leaves(f, f->op), sizeof(**ret));
	return flatten(f, f->op, *ret, 0);
}

/* The parts of an && (of anything else: itself), those first that cost least. What boxes alone tell of places is done with. */
static size_t parts_of(struct search_run *r, const struct search_filter *f, struct search_set *s,
	struct part **ret)
{
	const struct search_filter **list = &f;
	size_t n = f->op == SEARCH_AND ? chain(r, f, &list) : 1;
	struct part *parts = arena_array(r->arena, n, sizeof(*parts));

	for (size_t i = 0; i < n; i++) {
		parts[i] = part_of(r, list[i]);
		if (list[i]->op == SEARCH_MATCH && parts[i].cost == BY_POINT)
			search_filter_zones(r, list[i], s);
	}
	qsort(parts, n, sizeof(*parts), by_cost);
	*ret = parts;
	return n;
}

static void narrow_and(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	struct part *parts;
	size_t n = parts_of(r, f, s, &parts);

	for (size_t i = 0; i < n && !search_set_is_empty(s); i++)
		narrow(r, parts[i].f, s);
}

static void narrow_or(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	const struct search_filter **list;
	size_t n = chain(r, f, &list);
	struct search_set left = search_run_take_set(r), some = search_run_take_set(r);

	search_set_copy(&left, s);
	search_set_clear(s);
	for (size_t i = 0; i < n && !search_set_is_empty(&left); i++) {
		search_set_copy(&some, &left);
		narrow(r, list[i], &some);
		search_set_or(s, &some);
		search_set_minus(&left, &some);
	}
	search_run_give_set(r, left);
	search_run_give_set(r, some);
}

static void narrow_not(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	struct search_set some = search_run_take_set(r);

	search_set_copy(&some, s);
	narrow(r, f->left, &some);
	search_set_minus(s, &some);
	search_run_give_set(r, some);
}

static void narrow(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	switch (f->op) {
	case SEARCH_AND: narrow_and(r, f, s); break;
	case SEARCH_OR: narrow_or(r, f, s); break;
	case SEARCH_NOT: narrow_not(r, f, s); break;
	case SEARCH_MATCH:
		if (!search_run_is_over(r))
			match(r, f, s);
		break;
	case SEARCH_ALL: break;
	}
	/* What is unknown because time ran out is not in the answer, however it is negated. */
	if (r->was_cut_off)
		search_set_clear(s);
}

void search_filter_run(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	narrow(r, f, s);
}

void search_filter_begin(struct search_run *r, const struct search_filter *f, struct search_set *s)
{
	struct part *parts;
	size_t n = parts_of(r, f, s, &parts);

	r->rest = arena_array(r->arena, n, sizeof(struct search_filter *));
	for (size_t i = 0; i < n; i++) {
		if (parts[i].cost == BY_BITMAP)
			narrow(r, parts[i].f, s);
		else
			r->rest[r->rest_n++] = parts[i].f;
	}
}

void search_filter_rest(struct search_run *r, struct search_set *s)
{
	for (size_t i = 0; i < r->rest_n && !search_set_is_empty(s); i++)
		narrow(r, r->rest[i], s);
}
