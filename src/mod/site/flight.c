#include "mod/site/flight.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "loop/fiber.h"

struct waiter {
	struct fiber *fiber;
	struct waiter *next;
};

struct site_flight {
	struct site_flight *next;
	struct arena *arena; /* holds the flight itself */
	struct str key;
	struct waiter *waiters;
	size_t users; /* who began it, and who waits */
	bool has_landed;
	struct site_outcome outcome;
};

struct site_flights {
	struct site_flight *first; /* few: no more than requests at work */
};

struct site_flights *site_flights_new(void)
{
	struct site_flights *all = calloc(1, sizeof *all);

	if (!all)
		abort();
	return all;
}

void site_flights_free(struct site_flights *all)
{
	assert(!all || !all->first);
	free(all);
}

struct site_flight *site_flight_find(const struct site_flights *all, struct str key)
{
	struct site_flight *f = all->first;

	while (f && !str_eq(f->key, key))
		f = f->next;
	return f;
}

struct site_flight *site_flight_begin(struct site_flights *all, struct str key)
{
	struct arena *a = arena_new();
	struct site_flight *f = ARENA_NEW(a, struct site_flight);

	*f = (struct site_flight){.next = all->first,
		.arena = a,
		.key = str_copy(a, key),
		.users = 1};
	all->first = f;
	return f;
}

static void leave(struct site_flight *f)
{
	if (!--f->users)
		arena_free(f->arena);
}

static void copy(struct arena *a, const struct site_outcome *from, struct site_outcome *ret)
{
	*ret = *from;
	ret->message = str_copy(a, from->message);
	site_cache_copy(a, &from->answer, &ret->answer);
}

void site_flight_land(struct site_flights *all, struct site_flight *f, const struct site_outcome *o)
{
	struct site_flight **at = &all->first;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	f->has_landed = true;
	if (f->waiters)
		copy(f->arena, o, &f->outcome);
	for (struct waiter *w = f->waiters; w; w = w->next)
		fiber_wake(w->fiber);
	leave(f);
}

static void forget(struct site_flight *f, const struct waiter *me)
{
	struct waiter **at = &f->waiters;

	while (*at != me)
		at = &(*at)->next;
	*at = me->next;
}

int site_flight_wait(struct site_flight *f, struct arena *a, struct site_outcome *ret)
{
	struct waiter me = {fiber_current(), f->waiters};
	int code = 0;

	f->waiters = &me;
	f->users++;
	while (!f->has_landed && !code)
		code = fiber_park();
	forget(f, &me);
	if (!code)
		copy(a, &f->outcome, ret);
	leave(f);
	return code;
}
