/* err: what went wrong, said once, where it went wrong.
 *
 * A function that can fail returns int: 0, or one of the codes below.
 * The words go into the caller's struct err. Only the edges (http/reply.c,
 * app/worker.c, cmd/main.c) turn them into a log line, a status or an exit code.
 *
 * Owner    the message lives in err.arena, which the caller sets and which outlives the err.
 *          Without an arena the message is the code's own short text.
 * Failure  never; e may be NULL when nobody wants the words.
 * Threads  as the arena.
 */
#pragma once

struct arena;

/* For results that must be looked at. */
#define MUST_CHECK __attribute__((warn_unused_result))

enum err_code {
	E_INPUT = -1,     /* 400  the caller sent something we cannot read  */
	E_LOGIN = -2,     /* 401  we do not know who is asking              */
	E_RIGHT = -3,     /* 403  we know, and the answer is no             */
	E_ABSENT = -4,    /* 404  not there, or not there for this caller   */
	E_CONFLICT = -5,  /* 409  true a moment ago, not any more           */
	E_BUSY = -6,      /* 503  a queue is full; trying again may help    */
	E_BUG = -7,       /* 500  ours                                      */
	E_LIMIT = -8,     /* 413  larger or deeper than we take             */
	E_RATE = -9,      /* 429  too often; later it will work             */
	E_UPSTREAM = -10, /* 502  a provider answered something unusable    */
	E_TIMEOUT = -11,  /* 504  a provider or the database took too long  */
	E_CANCEL = -12,   /* 499  the caller went away, or we are stopping  */
	E_FULL = -13,     /* 507  no room on the disk                       */
};

struct err {
	struct arena *arena; /* where msg lives */
	int code;            /* 0, or the first failure */
	const char *msg;     /* one sentence without a full stop or newline; NULL when code is 0 */
};

/* Records the failure and returns its code, so that callers can `return err_set(...)`.
 * The first failure stays: a later one is a consequence, and the first one's code is returned. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "<words>: " in front of a recorded message, to say where it happened ("page 3: ...").
 * Nothing when there is no failure. Returns e->code. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the failure; keeps the arena. */
void err_clear(struct err *e);

/* The status as listed above; 200 for 0, 500 for anything unknown. */
int err_http_status(int code);

/* "input", "login", "right", ... for logs and metrics; "ok" for 0, "unknown" otherwise. */
const char *err_name(int code);
