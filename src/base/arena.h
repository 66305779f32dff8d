/* arena: memory that lives exactly as long as one request or one job.
 *
 * Owner    whoever called arena_new(); nothing inside is freed one by one.
 * Failure  allocation never returns NULL: out of memory ends the process.
 *          Sizes that a client chooses are capped before they get here.
 * Threads  none; an arena belongs to one loop (or is handed over whole).
 * Units    sizes in bytes; every allocation is aligned for any type.
 *
 * Small allocations are cut from blocks that grow from 4 KiB to 64 KiB; large ones get a block of
 * their own. Built with ARENA_DEBUG each allocation is one malloc, so that a sanitizer sees
 * every overrun (the idea of nginx's NGX_DEBUG_PALLOC).
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void) __attribute__((returns_nonnull));

/* Runs the defers, last registered first, and releases everything. NULL is fine. */
void arena_free(struct arena *a);

/* As arena_free() followed by arena_new(), but keeps the first block: for pools of idle arenas. */
void arena_reset(struct arena *a);

/* Uninitialised memory. n may be 0; the pointer is then valid but not to be read. */
void *arena_alloc(struct arena *a, size_t n)
	__attribute__((malloc, alloc_size(2), returns_nonnull));

void *arena_zalloc(struct arena *a, size_t n)
	__attribute__((malloc, alloc_size(2), returns_nonnull));

/* An array of n zeroed elements; ends the process when n * size overflows. */
void *arena_array(struct arena *a, size_t n, size_t size)
	__attribute__((malloc, alloc_size(2, 3), returns_nonnull));

/* One zeroed object. */
#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), sizeof(type)))

/* p (from this arena, with old bytes; or NULL with 0) made n bytes long, in place where possible.
 * The new bytes are uninitialised. The old pointer is gone, as with realloc(). */
void *arena_resize(struct arena *a, void *p, size_t old, size_t n)
	__attribute__((returns_nonnull, warn_unused_result));

/* A copy of len bytes and a NUL after them. p may be NULL when len is 0. */
char *arena_dup(struct arena *a, const void *p, size_t len) __attribute__((returns_nonnull));

char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0), returns_nonnull));

/* Calls fn(p) when the arena is freed or reset, last registered first. fn may use what the arena
 * holds, but must not allocate from it.
 * This is how a file descriptor or a PGresult gets a request's lifetime. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

/* Bytes the arena holds from the system, its own bookkeeping included. */
size_t arena_total(const struct arena *a);
