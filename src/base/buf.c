#include "base/buf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 256

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}

char *buf_grow(struct buf *b, size_t n)
{
	size_t max = b->max ? b->max : PTRDIFF_MAX - BUF_SLACK;
	size_t cap = b->cap ? b->cap : FIRST_CAP;

	if (b->failed || n > max - b->len) {
		b->failed = true;
		return NULL;
	}
	while (cap < b->len + n)
		cap *= 2;
	if (cap > max)
		cap = max;
	char *p = realloc(b->p, cap + BUF_SLACK);
	if (!p)
		abort();
	b->p = p;
	b->cap = cap;
	return p + b->len;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *at = buf_reserve(b, n);

	if (!at)
		return;
	if (n)
		memcpy(at, p, n);
	buf_commit(b, n);
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.len);
}

void buf_cstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_u64(struct buf *b, unsigned long long n)
{
	char text[20];
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + n % 10);
	while (n /= 10);
	buf_add(b, text + at, sizeof(text) - at);
}

void buf_i64(struct buf *b, long long n)
{
	if (n < 0)
		buf_char(b, '-');
	buf_u64(b, n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		abort();
	char *at = buf_reserve(b, (size_t)n);
	if (at) {
		vsnprintf(at, (size_t)n + 1, fmt, again); /* the NUL is in the slack */
		buf_commit(b, (size_t)n);
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

struct str buf_view(const struct buf *b)
{
	return (struct str){b->p ? b->p : "", b->len};
}

char *buf_take(struct buf *b, size_t *ret_len)
{
	char *p = b->p ? b->p : calloc(1, 1);

	if (!p)
		abort();
	if (ret_len)
		*ret_len = b->len;
	*b = (struct buf){.max = b->max};
	return p;
}

void buf_clear(struct buf *b)
{
	b->failed = false;
	buf_truncate(b, 0);
}

void buf_consume(struct buf *b, size_t n)
{
	assert(n <= b->len);
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->len - n);
	buf_truncate(b, b->len - n);
}

void buf_truncate(struct buf *b, size_t len)
{
	assert(len <= b->len);
	b->len = len;
	if (b->p)
		b->p[len] = '\0';
}
