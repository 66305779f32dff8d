/* Conversations with PostgreSQL that take several steps: each in a fiber, and none outlives its site. */
#include <stdlib.h>

#include "loop/fiber.h"
#include "mod/rest/site_local.h"

struct talk {
	struct rest_site *site;
	void (*fn)(void *arg);
	void *arg;
};

static void run(void *p)
{
	struct talk *t = p;

	t->fn(t->arg);
	t->site->talks--;
	free(t);
}

struct fiber *rest_site_fiber(struct rest_site *s, void (*fn)(void *arg), void *arg)
{
	struct talk *t = malloc(sizeof *t);

	if (!t)
		abort();
	*t = (struct talk){.site = s, .fn = fn, .arg = arg};
	s->talks++;
	struct fiber *f = fiber_start(s->options.loop, run, t);
	fiber_detach(f);
	return f;
}
