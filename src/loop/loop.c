#include "loop/loop.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "loop/loop_local.h"

#define THREADS "4"

struct work {
	uv_work_t req;
	struct loop *loop;
	void (*run)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

struct signal_watch {
	uv_signal_t handle;
	void (*cb)(int signum, void *arg);
	void *arg;
};

void *loop_alloc(size_t n)
{
	void *p = calloc(1, n);

	if (!p)
		abort();
	return p;
}

void loop_must(int status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "loop: %s: %s\n", what, uv_strerror(status));
	abort();
}

static void on_idle(uv_idle_t *handle)
{
	(void)handle;
}

void loop_keep_awake(struct loop *loop)
{
	uv_idle_start(&loop->idle, on_idle);
}

static void run_later(struct loop *loop)
{
	struct later_list now = loop->later;

	if (now.n == 0)
		return;
	loop->later = loop->spare;
	for (size_t i = 0; i < now.n; i++)
		now.at[i].fn(now.at[i].p);
	now.n = 0;
	loop->spare = now;
}

/* The last thing before the loop sleeps. */
static void on_prepare(uv_prepare_t *handle)
{
	struct loop *loop = handle->data;

	run_later(loop);
	watch_apply_changes(loop);
	if (loop->later.n == 0)
		uv_idle_stop(&loop->idle);
}

static void on_check(uv_check_t *handle)
{
	run_later(handle->data);
}

struct loop *loop_new(void)
{
	struct loop *loop = loop_alloc(sizeof(*loop));

	signal(SIGPIPE, SIG_IGN);
	setenv("UV_THREADPOOL_SIZE", THREADS, 0);
	loop_must(uv_loop_init(&loop->uv), "a new loop");
	uv_prepare_init(&loop->uv, &loop->prepare);
	uv_check_init(&loop->uv, &loop->check);
	uv_idle_init(&loop->uv, &loop->idle);
	loop->prepare.data = loop->check.data = loop->idle.data = loop;
	uv_prepare_start(&loop->prepare, on_prepare);
	uv_check_start(&loop->check, on_check);
	uv_unref((uv_handle_t *)&loop->prepare);
	uv_unref((uv_handle_t *)&loop->check);
	return loop;
}

static void on_signal_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void close_signal(struct loop *loop, int signum)
{
	struct signal_watch *s = loop->signals[signum];

	loop->signals[signum] = NULL;
	if (s)
		uv_close((uv_handle_t *)&s->handle, on_signal_closed);
}

/* Children that were freed while they ran: nobody is told any more, the kernel keeps their
 * status. */
static void close_orphan(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (handle->type == UV_PROCESS && !uv_is_closing(handle))
		uv_close(handle, on_signal_closed);
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	fiber_end_all(loop);
	while (loop->working > 0 || loop->later.n > 0)
		uv_run(&loop->uv, UV_RUN_ONCE);
	assert(loop->held == 0 && "a watch, timer or child outlives its loop");
	for (int i = 0; i < LOOP_SIGNALS; i++)
		close_signal(loop, i);
	uv_walk(&loop->uv, close_orphan, NULL);
	uv_close((uv_handle_t *)&loop->prepare, NULL);
	uv_close((uv_handle_t *)&loop->check, NULL);
	uv_close((uv_handle_t *)&loop->idle, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	loop_must(uv_loop_close(&loop->uv), "closing a loop");
	fiber_release_stacks(loop);
	free(loop->later.at);
	free(loop->spare.at);
	free(loop);
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

int64_t loop_now_ms(const struct loop *loop)
{
	return (int64_t)uv_now(&loop->uv);
}

void loop_later(struct loop *loop, void (*fn)(void *p), void *p)
{
	struct later_list *l = &loop->later;

	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->at = realloc(l->at, l->cap * sizeof(*l->at));
		if (!l->at)
			abort();
	}
	if (l->n == 0)
		loop_keep_awake(loop);
	l->at[l->n++] = (struct later){fn, p};
}

void loop_later_free(struct loop *loop, void *p)
{
	loop_later(loop, free, p);
}

void loop_threads(unsigned n)
{
	char text[16];

	assert(n >= 1 && n <= 1024);
	snprintf(text, sizeof(text), "%u", n);
	setenv("UV_THREADPOOL_SIZE", text, 1);
}

static void on_work(uv_work_t *req)
{
	struct work *w = req->data;

	w->run(w->arg);
}

static void on_worked(uv_work_t *req, int status)
{
	struct work *w = req->data;

	(void)status; /* only UV_ECANCELED, and nothing here cancels */
	w->loop->working--;
	if (w->done)
		w->done(w->arg);
	free(w);
}

struct work *loop_work(struct loop *loop, void (*run)(void *arg), void (*done)(void *arg),
	void *arg)
{
	struct work *w = loop_alloc(sizeof(*w));

	*w = (struct work){.loop = loop, .run = run, .done = done, .arg = arg};
	w->req.data = w;
	loop_must(uv_queue_work(&loop->uv, &w->req, on_work, on_worked), "work for a thread");
	loop->working++;
	return w;
}

void loop_work_forget(struct work *w, void (*release)(void *arg))
{
	w->done = release;
}

static void on_signal(uv_signal_t *handle, int signum)
{
	struct signal_watch *s = handle->data;

	s->cb(signum, s->arg);
}

void loop_on_signal(struct loop *loop, int signum, void (*cb)(int signum, void *arg), void *arg)
{
	assert(signum > 0 && signum < LOOP_SIGNALS);
	close_signal(loop, signum);
	if (!cb)
		return;

	struct signal_watch *s = loop_alloc(sizeof(*s));
	s->cb = cb;
	s->arg = arg;
	s->handle.data = s;
	uv_signal_init(&loop->uv, &s->handle);
	loop_must(uv_signal_start(&s->handle, on_signal, signum), "watching a signal");
	uv_unref((uv_handle_t *)&s->handle);
	loop->signals[signum] = s;
}
