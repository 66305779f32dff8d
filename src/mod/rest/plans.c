#include "mod/rest/plans.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "mod/rest/plan.h"

#define SLOTS 4096 /* a power of two */

struct entry {
	struct entry *chain;       /* of its slot */
	struct entry *prev, *next; /* by last use, latest first */
	struct rest_plan *plan;
	uint64_t hash;
	size_t len;
	char shape[];
};

struct rest_plans {
	struct entry *slots[SLOTS];
	struct entry *first, *last;
	size_t n;
	struct hash_key key;
	struct arena *owned; /* those given are freed with it */
};

struct rest_plans *rest_plans_new(void)
{
	struct rest_plans *p = calloc(1, sizeof *p);

	if (!p)
		abort();
	p->key = hash_key_process();
	return p;
}

static void unlink_use(struct rest_plans *p, struct entry *x)
{
	if (x->prev)
		x->prev->next = x->next;
	else
		p->first = x->next;
	if (x->next)
		x->next->prev = x->prev;
	else
		p->last = x->prev;
}

static void link_first(struct rest_plans *p, struct entry *x)
{
	x->prev = NULL;
	x->next = p->first;
	if (p->first)
		p->first->prev = x;
	else
		p->last = x;
	p->first = x;
}

static void drop(struct rest_plans *p, struct entry *x)
{
	struct entry **at = &p->slots[x->hash % SLOTS];

	while (*at != x)
		at = &(*at)->chain;
	*at = x->chain;
	unlink_use(p, x);
	rest_plan_unref(x->plan);
	free(x);
	p->n--;
}

void rest_plans_free(struct rest_plans *p)
{
	if (!p)
		return;
	while (p->first)
		drop(p, p->first);
	arena_free(p->owned);
	free(p);
}

struct rest_plan *rest_plans_find(struct rest_plans *p, struct str shape)
{
	uint64_t hash = hash_64(p->key, shape);
	struct entry *x = p->slots[hash % SLOTS];

	while (x &&
		!(x->hash == hash && x->len == shape.len &&
			memcmp(x->shape, shape.p, shape.len) == 0))
		x = x->chain;
	if (!x)
		return NULL;
	if (x != p->first) {
		unlink_use(p, x);
		link_first(p, x);
	}
	return x->plan;
}

void rest_plans_add(struct rest_plans *p, struct str shape, struct rest_plan *plan)
{
	struct entry *x = malloc(sizeof *x + shape.len);

	if (!x)
		abort();
	*x = (struct entry){.plan = plan, .hash = hash_64(p->key, shape), .len = shape.len};
	memcpy(x->shape, shape.p, shape.len);
	plan->refs++;
	x->chain = p->slots[x->hash % SLOTS];
	p->slots[x->hash % SLOTS] = x;
	link_first(p, x);
	if (++p->n > REST_PLANS_MAX)
		drop(p, p->last);
}

static void free_owned(void *a)
{
	arena_free(a);
}

void rest_plans_own(struct rest_plans *p, struct arena *a)
{
	if (!p->owned)
		p->owned = arena_new();
	arena_defer(p->owned, free_owned, a);
}

size_t rest_plans_len(const struct rest_plans *p)
{
	return p->n;
}
