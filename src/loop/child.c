#include "loop/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop/loop_local.h"
#include "loop/watch.h"

struct outlet {
	struct child *child;
	struct watch *watch; /* NULL: no pipe, or it has ended */
	int fd;              /* the one of the child: 1 or 2 */
};

struct child {
	uv_process_t process;
	struct loop *loop;
	struct outlet outlets[2];
	void (*on_output)(struct child *c, int fd, struct str piece, void *arg);
	void (*on_exit)(struct child *c, struct child_exit how, void *arg);
	void *arg;
	struct child_exit how;
	bool running, freed;
	struct fiber *waiter;
};

static void close_outlet(struct outlet *o)
{
	if (!o->watch)
		return;
	int fd = watch_fd(o->watch);
	watch_free(o->watch);
	o->watch = NULL;
	close(fd);
}

/* Reads once; false when there is nothing (more) to read now. */
static bool read_outlet(struct outlet *o)
{
	char piece[16384];
	struct child *c = o->child;
	ssize_t n = o->watch ? read(watch_fd(o->watch), piece, sizeof(piece)) : 0;

	if (n > 0) {
		if (c->on_output && !c->freed)
			c->on_output(c, o->fd, str_from(piece, (size_t)n), c->arg);
		return true;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_outlet(o);
	return false;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void close_outlets(struct child *c)
{
	close_outlet(&c->outlets[0]);
	close_outlet(&c->outlets[1]);
}

static void destroy(struct child *c)
{
	close_outlets(c);
	if (c->process.type == UV_PROCESS)
		uv_close((uv_handle_t *)&c->process, on_closed);
	else
		free(c); /* it did not get as far as libuv */
}

static void on_readable(struct watch *w, unsigned events, void *arg)
{
	(void)w;
	(void)events;
	read_outlet(arg);
}

/* The callbacks may call child_free(); the memory is there until libuv has closed the handle. */
static void on_exit_seen(uv_process_t *process, int64_t status, int signum)
{
	struct child *c = process->data;

	c->running = false;
	c->how = (struct child_exit){.status = (int)status, .signal = signum};
	if (c->freed) {
		destroy(c);
		return;
	}
	for (int i = 0; i < 2; i++) {
		while (read_outlet(&c->outlets[i]))
			;
		close_outlet(&c->outlets[i]);
	}
	if (c->on_exit && !c->freed)
		c->on_exit(c, c->how, c->arg);
	if (c->waiter)
		fiber_wake(c->waiter);
}

static int open_outlet(struct child *c, struct outlet *o, int fd, int *ret_theirs)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	*o = (struct outlet){.child = c, .fd = fd};
	o->watch = watch_new(c->loop, ends[0], on_readable, o);
	if (!o->watch) {
		int code = -errno;
		close(ends[0]);
		close(ends[1]);
		return code;
	}
	watch_set(o->watch, WATCH_READ);
	*ret_theirs = ends[1];
	return 0;
}

/* What libuv is to do with descriptor i; `theirs` is to be closed after the start, or -1. */
static int set_stdio(struct child *c, enum child_stdio how, int i, uv_stdio_container_t *io,
	int *ret_theirs)
{
	*ret_theirs = -1;
	*io = (uv_stdio_container_t){.flags = UV_IGNORE};
	if (how == CHILD_NULL)
		return 0;
	io->flags = UV_INHERIT_FD;
	io->data.fd = i;
	if (how == CHILD_INHERIT)
		return 0;
	assert(i > 0 && "standard input cannot be a pipe");
	int status = open_outlet(c, &c->outlets[i - 1], i, ret_theirs);
	io->data.fd = *ret_theirs;
	return status;
}

static int spawn(struct child *c, const struct child_options *o, uv_stdio_container_t *io)
{
	uv_process_options_t p = {
		.exit_cb = on_exit_seen,
		.file = o->argv[0],
		.args = (char **)(uintptr_t)o->argv,
		.env = (char **)(uintptr_t)o->env,
		.cwd = o->cwd,
		.stdio = io,
		.stdio_count = 3,
		.uid = o->uid,
		.gid = o->gid,
	};
	if (o->as_user)
		p.flags |= UV_PROCESS_SETUID | UV_PROCESS_SETGID;
	if (o->own_session)
		p.flags |= UV_PROCESS_DETACHED;
	return uv_spawn(&c->loop->uv, &c->process, &p);
}

static int spawn_with_stdio(struct child *c, const struct child_options *o)
{
	const enum child_stdio how[3] = {o->in, o->out, o->err};
	uv_stdio_container_t io[3];
	int theirs[3] = {-1, -1, -1};
	int status = 0;

	for (int i = 0; i < 3 && status == 0; i++)
		status = set_stdio(c, how[i], i, &io[i], &theirs[i]);
	if (status == 0)
		status = spawn(c, o, io);
	for (int i = 0; i < 3; i++)
		if (theirs[i] >= 0)
			close(theirs[i]);
	return status;
}

struct child *child_start(struct loop *loop, const struct child_options *options, struct err *e)
{
	struct child *c = loop_alloc(sizeof(*c));

	c->loop = loop;
	c->on_output = options->on_output;
	c->on_exit = options->on_exit;
	c->arg = options->arg;
	int status = spawn_with_stdio(c, options);
	c->process.data = c;
	if (status < 0) {
		err_set(e, E_BUG, "%s cannot be started: %s", options->argv[0],
			uv_strerror(status));
		destroy(c);
		return NULL;
	}
	c->running = true;
	loop->held++;
	return c;
}

pid_t child_pid(const struct child *c)
{
	return c->process.pid;
}

bool child_is_running(const struct child *c)
{
	return c->running;
}

bool child_kill(struct child *c, int signum)
{
	return c->running && uv_process_kill(&c->process, signum) == 0;
}

int child_wait(struct child *c, struct child_exit *ret_how, struct err *e)
{
	assert(fiber_current() && !c->waiter);
	c->waiter = fiber_current();
	int code = 0;
	while (c->running && code == 0)
		code = fiber_park();
	c->waiter = NULL;
	if (code)
		return err_set(e, E_CANCEL, "stopped while another program ran");
	*ret_how = c->how;
	return 0;
}

void child_free(struct child *c)
{
	if (!c)
		return;
	assert(!c->freed && !c->waiter);
	c->freed = true;
	c->loop->held--;
	close_outlets(c);
	if (c->running)
		uv_unref((uv_handle_t *)&c->process); /* but it is still reaped */
	else
		destroy(c);
}

const char *child_exit_text(struct child_exit how)
{
	static char text[80];

	if (how.signal)
		snprintf(text, sizeof(text), "signal %d (%s)", how.signal, strsignal(how.signal));
	else
		snprintf(text, sizeof(text), "exit status %d", how.status);
	return text;
}
