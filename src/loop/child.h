/* child: runs another program, or plat itself again, and says how it ended.
 *
 * Owner    whoever called child_start(), until child_free(). Freeing does not end the process.
 * Failure  child_start() fails with E_BUG and a sentence (no such program, no right to become that
 *          user). A program that starts and then fails is told by on_exit.
 * Threads  the loop's.
 *
 * Every child is reaped, also a freed one. Descriptors of ours do not reach it (libuv and plat open
 * everything close-on-exec).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct loop;
struct child;

enum child_stdio {
	CHILD_NULL,    /* /dev/null */
	CHILD_INHERIT, /* ours */
	CHILD_PIPE,    /* to on_output; not for standard input */
};

struct child_exit {
	int status; /* exit status; meaningless when signal is not 0 */
	int signal; /* the signal that ended it, or 0 */
};

struct child_options {
	const char *const
		*argv; /* ends with NULL; argv[0] is looked for in PATH unless it has a / */
	const char *const *env; /* "NAME=value", ends with NULL; NULL for ours */
	const char *cwd;        /* NULL for ours */
	bool as_user;           /* become uid and gid (and no other group); needs root */
	uid_t uid;
	gid_t gid;
	bool own_session; /* setsid(): a Ctrl-C on our terminal does not reach it */
	enum child_stdio in, out, err;

	/* What it wrote to a CHILD_PIPE; fd is 1 or 2. The pieces are as they come, not lines, and
	 * are valid during the call. NULL: read and dropped. */
	void (*on_output)(struct child *c, int fd, struct str piece, void *arg);

	/* Once, after everything it had written was delivered; the loop is alive until then. May
	 * call child_free(). NULL: nobody wants to know. */
	void (*on_exit)(struct child *c, struct child_exit how, void *arg);
	void *arg;
};

/* The strings are only needed during the call. */
struct child *child_start(struct loop *loop, const struct child_options *options,
	struct err *e) MUST_CHECK;

pid_t child_pid(const struct child *c);
bool child_is_running(const struct child *c);

/* false when it has ended already. */
bool child_kill(struct child *c, int signum);

/* In a fiber: waits for the end; E_CANCEL when the fiber is cancelled before (the child goes on).
 * on_exit is called first. */
int child_wait(struct child *c, struct child_exit *ret_how, struct err *e) MUST_CHECK;

/* No callback any more, and its pipes are closed. The process goes on; see child_kill(). NULL is
 * fine. */
void child_free(struct child *c);

/* In a fiber: the whole of it. Starts, collects standard output and error together into ret_output
 * (in the arena of e; at most max bytes, the rest is dropped; max 0 or ret_output NULL: nothing),
 * waits. options->on_* and out, err are not used. 0 whatever the exit status. When the fiber is
 * cancelled the child gets SIGTERM and E_CANCEL is returned. */
int child_run(struct loop *loop, const struct child_options *options, size_t max,
	struct child_exit *ret_how, struct str *ret_output, struct err *e) MUST_CHECK;

/* "exit status 1", "signal 9 (Killed)": for messages. Valid until the next call. */
const char *child_exit_text(struct child_exit how);
