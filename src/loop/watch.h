/* watch: tells when a file descriptor can be read or written.
 *
 * Owner    whoever called watch_new(); the descriptor stays the caller's. At most one watch per
 *          descriptor number at a time.
 * Failure  watch_new() returns NULL with errno: EEXIST there is a watch on that number, EPERM the
 *          thing cannot be watched (a plain file), EBADF. Everything else cannot fail.
 * Threads  the loop's.
 *
 * The descriptor is made non-blocking. Level-triggered: as long as there is something to do and the
 * mask asks for it, the callback is called in every turn.
 *
 * A watch must be freed (or set to 0) before its descriptor is closed, or in the same turn. The
 * other way round is only right within that turn: see loop.h.
 */
#pragma once

struct loop;
struct watch;

enum {
	WATCH_READ = 1,
	WATCH_WRITE = 2,
	WATCH_ERROR = 4, /* only reported: the other side is gone, or the descriptor is broken */
};

/* events: WATCH_READ and WATCH_WRITE as asked for, or WATCH_ERROR alone. After WATCH_ERROR the mask
 * is 0: nothing more is reported until watch_set(). Asking the descriptor (read(), SO_ERROR) tells
 * what happened; data that arrived before the error may still be there to read. */
typedef void watch_fn(struct watch *w, unsigned events, void *arg);

struct watch *watch_new(struct loop *loop, int fd, watch_fn *cb, void *arg)
	__attribute__((warn_unused_result));

/* Which of WATCH_READ and WATCH_WRITE to report; 0, as at the start, for nothing. Setting what is
 * set already costs nothing. Shrinking to 0 holds at once, everything else from the next sleep on:
 * an event of this turn is still filtered by the new mask. */
void watch_set(struct watch *w, unsigned mask);
unsigned watch_mask(const struct watch *w);
int watch_fd(const struct watch *w);

/* No callback after this, not even one that is due in this turn. Safe in its own callback; the
 * descriptor may be closed right after. NULL is fine. */
void watch_free(struct watch *w);
