/* buf: a growing byte buffer on the heap, with a hard cap.
 *
 * Owner    whoever embeds it: buf_init() ... buf_done().
 * Failure  growing past max sets `failed`, which stays; the call that did it and all later ones add
 *          nothing. So a builder appends without checks and looks at `failed` once at the end.
 *          Out of memory below max ends the process.
 * Threads  none.
 * Units    bytes.
 *
 * Once something was added p[len] is NUL (not counted), and BUF_SLACK more bytes after cap belong
 * to the buffer: parsers that want padding use them.
 */
#pragma once
#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define BUF_SLACK 16

struct buf {
	char *p;
	size_t len, cap, max;
	bool failed;
};

/* Allocates nothing yet. max 0 means no cap: only for content that is ours. */
void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b); /* frees; a zeroed or done buffer is fine; b can be used again */

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s); /* absent adds nothing */
void buf_cstr(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_u64(struct buf *b, unsigned long long n); /* decimal; far faster than buf_printf */
void buf_i64(struct buf *b, long long n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* Room for n more bytes at the returned place, to be written and then made part of the content by
 * b->len += written (buf_commit). NULL, and failed, when that would pass max. */
static inline char *buf_reserve(struct buf *b, size_t n) __attribute__((warn_unused_result));
static inline void buf_commit(struct buf *b, size_t written);

struct str buf_view(const struct buf *b); /* valid until the next change; "" when empty */

/* Hands the heap memory (NUL-terminated, never NULL) to the caller, who free()s it; b is then
 * empty. ret_len may be NULL. */
char *buf_take(struct buf *b, size_t *ret_len) __attribute__((warn_unused_result));

void buf_clear(struct buf *b);                /* empty, not failed; keeps the memory */
void buf_consume(struct buf *b, size_t n);    /* drops the first n bytes (moves the rest) */
void buf_truncate(struct buf *b, size_t len); /* keeps the first len bytes */

/* What is used for every value of every answer has no call in it. */
char *buf_grow(struct buf *b, size_t n); /* of buf_reserve(), when there is no room */

static inline char *buf_reserve(struct buf *b, size_t n)
{
	return __builtin_expect(!b->failed && b->p && n <= b->cap - b->len, 1) ? b->p + b->len
									       : buf_grow(b, n);
}

static inline void buf_commit(struct buf *b, size_t written)
{
	assert(written <= b->cap - b->len);
	b->len += written;
	b->p[b->len] = '\0';
}
