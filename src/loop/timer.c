#include "loop/timer.h"

#include <stdlib.h>

#include "loop/loop_local.h"

struct timer {
	uv_timer_t handle;
	struct loop *loop;
	void (*cb)(void *arg);
	void *arg;
};

struct timer *timer_new(struct loop *loop, void (*cb)(void *arg), void *arg)
{
	struct timer *t = loop_alloc(sizeof(*t));

	uv_timer_init(&loop->uv, &t->handle);
	t->handle.data = t;
	t->loop = loop;
	t->cb = cb;
	t->arg = arg;
	loop->held++;
	return t;
}

static void on_timer(uv_timer_t *handle)
{
	struct timer *t = handle->data;

	t->cb(t->arg);
}

void timer_start(struct timer *t, uint64_t delay_ms, uint64_t every_ms)
{
	uv_timer_start(&t->handle, on_timer, delay_ms, every_ms);
}

void timer_stop(struct timer *t)
{
	uv_timer_stop(&t->handle);
}

bool timer_is_running(const struct timer *t)
{
	return uv_is_active((const uv_handle_t *)&t->handle);
}

void timer_background(struct timer *t)
{
	uv_unref((uv_handle_t *)&t->handle);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void timer_free(struct timer *t)
{
	if (!t)
		return;
	t->loop->held--;
	uv_close((uv_handle_t *)&t->handle, on_closed);
}
