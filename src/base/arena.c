#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN alignof(max_align_t)
#define BLOCK_MIN ((size_t)4096 - sizeof(struct block))
#define BLOCK_MAX ((size_t)65536 - sizeof(struct block))

#ifdef ARENA_DEBUG
#define ONE_MALLOC_EACH 1
#else
#define ONE_MALLOC_EACH 0
#endif

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

struct defer {
	struct defer *next;
	void (*fn)(void *);
	void *p;
};

struct arena {
	struct block *blocks; /* cut into pieces; the newest first, the first one stays on reset */
	struct block *large;  /* one allocation each */
	struct defer *defers;
	size_t total;
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static size_t round_up(size_t n)
{
	if (n > PTRDIFF_MAX - sizeof(struct block) - ALIGN)
		abort();
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

struct arena *arena_new(void)
{
	struct arena *a = must(calloc(1, sizeof(*a)));

	a->total = sizeof(*a);
	return a;
}

static struct block *push_block(struct arena *a, struct block **list, size_t size)
{
	struct block *b = must(malloc(sizeof(*b) + size));

	*b = (struct block){.next = *list, .size = size};
	*list = b;
	a->total += sizeof(*b) + size;
	return b;
}

static void free_blocks(struct arena *a, struct block **list, struct block *keep)
{
	for (struct block *b = *list, *next; b; b = next) {
		next = b->next;
		if (b == keep)
			continue;
		a->total -= sizeof(*b) + b->size;
		free(b);
	}
	*list = keep;
}

static void run_defers(struct arena *a)
{
	for (struct defer *d; (d = a->defers);) {
		a->defers = d->next;
		d->fn(d->p);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_defers(a);
	free_blocks(a, &a->blocks, NULL);
	free_blocks(a, &a->large, NULL);
	free(a);
}

void arena_reset(struct arena *a)
{
	run_defers(a);

	struct block *first = a->blocks;
	while (first && first->next)
		first = first->next;
	free_blocks(a, &a->blocks, first);
	free_blocks(a, &a->large, NULL);
	if (first)
		first->used = 0;
}

static void *alloc_large(struct arena *a, size_t n)
{
	struct block *b = push_block(a, &a->large, n);

	b->used = n;
	return b->data;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t want = round_up(n);
	struct block *b = a->blocks;

	if (ONE_MALLOC_EACH)
		return alloc_large(a, n);
	if (!b || b->size - b->used < want) {
		size_t size = b && b->size < BLOCK_MAX ? 2 * (b->size + sizeof(*b)) - sizeof(*b)
			: b                            ? BLOCK_MAX
						       : BLOCK_MIN;
		if (want > size / 4)
			return alloc_large(a, want);
		b = push_block(a, &a->blocks, size);
	}
	void *p = b->data + b->used;
	b->used += want;
	return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		abort();
	return arena_zalloc(a, bytes);
}

/* Lets the system move a large block; NULL when p is not one. */
static void *resize_large(struct arena *a, void *p, size_t n)
{
	struct block **link = &a->large;

	while (*link && (*link)->data != (char *)p)
		link = &(*link)->next;
	if (!*link)
		return NULL;

	struct block *b = must(realloc(*link, sizeof(*b) + n));
	a->total += n - b->size;
	b->used = b->size = n;
	*link = b;
	return b->data;
}

/* Whether the newest block's last piece is p, and could be n bytes long. */
static bool resize_last(struct arena *a, void *p, size_t old, size_t n)
{
	struct block *b = a->blocks;

	if (!b || (char *)p + old != b->data + b->used || b->used - old + n > b->size)
		return false;
	b->used = b->used - old + n;
	return true;
}

void *arena_resize(struct arena *a, void *p, size_t old, size_t n)
{
	if (!p)
		return arena_alloc(a, n);
	if (old > BLOCK_MIN / 4 && n > BLOCK_MIN / 4) {
		void *moved = resize_large(a, p, ONE_MALLOC_EACH ? n : round_up(n));
		if (moved)
			return moved;
	}
	if (!ONE_MALLOC_EACH && resize_last(a, p, round_up(old), round_up(n)))
		return p;
	if (n <= old)
		return p;
	return memcpy(arena_alloc(a, n), p, old);
}

char *arena_dup(struct arena *a, const void *p, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	assert(p || len == 0);
	if (len)
		memcpy(copy, p, len);
	copy[len] = '\0';
	return copy;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		abort();
	char *s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
	struct defer *d = arena_alloc(a, sizeof(*d));

	*d = (struct defer){.next = a->defers, .fn = fn, .p = p};
	a->defers = d;
}

size_t arena_total(const struct arena *a)
{
	return a->total;
}
