#include "cmd/keeper.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "loop/child.h"
#include "loop/fiber.h"
#include "loop/timer.h"

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 5000
#define SETTLED_US 10000000
#define EXIT_USAGE 2

extern char **environ;

struct keeper {
	struct arena *arena;
	struct loop *loop;
	const char *name;
	const char **argv, **env;
	struct fiber *fiber;
	struct child *child;
	bool stopping;
};

/* One life of the child. False when it is not worth another try. */
static bool run_once(struct keeper *k)
{
	struct child_options options = {.argv = k->argv,
		.env = k->env,
		.own_session = true,
		.out = CHILD_INHERIT,
		.err = CHILD_INHERIT};
	struct err e = {.arena = k->arena};
	struct child_exit how = {0};

	k->child = child_start(k->loop, &options, &e);
	if (!k->child) {
		log_error("keeper.failed", LOG_CSTR("process", k->name), LOG_ERR(&e));
		return true;
	}
	while (child_wait(k->child, &how, &e) && !k->stopping)
		err_clear(&e);
	child_free(k->child);
	k->child = NULL;
	if (!k->stopping)
		log_error("keeper.ended", LOG_CSTR("process", k->name),
			LOG_CSTR("how", child_exit_text(how)));
	return how.signal || how.status != EXIT_USAGE;
}

static void keep(void *arg)
{
	struct keeper *k = arg;
	unsigned pause_ms = PAUSE_MIN_MS;

	while (!k->stopping) {
		int64_t began = mono_us();
		if (!run_once(k) || k->stopping)
			return;
		if (mono_us() - began > SETTLED_US)
			pause_ms = PAUSE_MIN_MS;
		if (fiber_sleep_ms(pause_ms))
			return;
		pause_ms = pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms * 2;
	}
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static const char **copy_lists(struct arena *a, const char *const *first, const char *const *second)
{
	size_t n = count(first), m = count(second);
	const char **list = arena_array(a, n + m + 1, sizeof *list);

	for (size_t i = 0; i < n + m; i++) {
		const char *text = i < n ? first[i] : second[i - n];
		list[i] = arena_dup(a, text, strlen(text));
	}
	return list;
}

struct keeper *keeper_start(struct loop *loop, const char *name, const char *const *argv,
	const char *const *env)
{
	struct arena *a = arena_new();
	struct keeper *k = ARENA_NEW(a, struct keeper);

	*k = (struct keeper){.arena = a, .loop = loop, .name = arena_dup(a, name, strlen(name))};
	k->argv = copy_lists(a, argv, NULL);
	k->env = copy_lists(a, (const char *const *)environ, env);
	k->fiber = fiber_start(loop, keep, k);
	return k;
}

static void kill_hard(void *arg)
{
	struct keeper *k = arg;

	log_warn("keeper.killed", LOG_CSTR("process", k->name));
	if (k->child)
		child_kill(k->child, SIGKILL);
}

void keeper_stop(struct keeper *k, unsigned deadline_ms)
{
	if (!k)
		return;
	struct timer *t = timer_new(k->loop, kill_hard, k);

	k->stopping = true;
	timer_start(t, deadline_ms, 0);
	if (k->child)
		child_kill(k->child, SIGTERM);
	else
		fiber_cancel(k->fiber); /* asleep between two lives */
	fiber_join(k->fiber);
	timer_free(t);
	arena_free(k->arena);
}
