#include "loop/watch.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "loop/loop_local.h"

struct watch {
	uv_poll_t poll;
	struct loop *loop;
	watch_fn *cb;
	void *arg;
	int fd;
	unsigned mask, applied; /* wanted; known to libuv */
	bool changed;           /* in loop->changed */
	struct watch *prev, *next;
};

static void list_changed(struct watch *w)
{
	if (w->changed)
		return;
	w->changed = true;
	w->prev = NULL;
	w->next = w->loop->changed;
	if (w->next)
		w->next->prev = w;
	w->loop->changed = w;
	loop_keep_awake(w->loop);
}

static void unlist_changed(struct watch *w)
{
	if (!w->changed)
		return;
	w->changed = false;
	if (w->prev)
		w->prev->next = w->next;
	else
		w->loop->changed = w->next;
	if (w->next)
		w->next->prev = w->prev;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;

	if (status < 0) {
		/* libuv has stopped the handle, with events == 0 */
		w->applied = 0;
		watch_set(w, 0);
		w->cb(w, WATCH_ERROR, w->arg);
		return;
	}
	unsigned seen = 0;
	if (events & UV_READABLE)
		seen |= WATCH_READ;
	if (events & UV_WRITABLE)
		seen |= WATCH_WRITE;
	if (seen & w->mask)
		w->cb(w, seen & w->mask, w->arg);
}

void watch_apply_changes(struct loop *loop)
{
	for (struct watch *w; (w = loop->changed);) {
		unlist_changed(w);
		if (w->mask == w->applied)
			continue;
		int events = (w->mask & WATCH_READ ? UV_READABLE : 0) |
			(w->mask & WATCH_WRITE ? UV_WRITABLE : 0);
		loop_must(uv_poll_start(&w->poll, events, on_poll), "watching a descriptor");
		w->applied = w->mask;
	}
}

struct watch *watch_new(struct loop *loop, int fd, watch_fn *cb, void *arg)
{
	struct watch *w = loop_alloc(sizeof(*w));
	int status = uv_poll_init(&loop->uv, &w->poll, fd);

	if (status < 0) {
		free(w);
		errno = -status;
		return NULL;
	}
	w->poll.data = w;
	w->loop = loop;
	w->cb = cb;
	w->arg = arg;
	w->fd = fd;
	loop->held++;
	return w;
}

void watch_set(struct watch *w, unsigned mask)
{
	assert((mask & ~(unsigned)(WATCH_READ | WATCH_WRITE)) == 0);
	w->mask = mask;
	if (mask == 0) {
		unlist_changed(w);
		if (w->applied)
			uv_poll_stop(&w->poll);
		w->applied = 0;
	} else if (mask != w->applied) {
		list_changed(w);
	}
}

unsigned watch_mask(const struct watch *w)
{
	return w->mask;
}

int watch_fd(const struct watch *w)
{
	return w->fd;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	watch_set(w, 0);
	w->loop->held--;
	uv_close((uv_handle_t *)&w->poll, on_closed);
}
