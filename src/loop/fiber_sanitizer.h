/* fiber_sanitizer: tells AddressSanitizer and ThreadSanitizer about stacks. Private to src/loop;
 * empty functions in an ordinary build.
 *
 * One side is a stack that can be switched to: a fiber's, or the thread's own. before() is the last
 * thing on the old stack, after() the first on the new one, with the side that is now running and
 * the one that was left.
 */
#pragma once
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#elif __has_feature(thread_sanitizer)
#define FIBER_TSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define FIBER_TSAN 1
#endif

struct sanitizer_side {
	const void *bottom;
	size_t size;
	void *kept; /* ASan: the fake stack while we are away; TSan: the fiber */
};

#if defined(FIBER_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#define FIBER_STACK_FACTOR 4

static inline void sanitizer_new(struct sanitizer_side *s, void *stack, size_t size)
{
	*s = (struct sanitizer_side){.bottom = stack, .size = size};
}

/* Frames that were left without returning have poisoned what a new use of the memory may touch. */
static inline void sanitizer_clear(struct sanitizer_side *s)
{
	s->kept = NULL;
	__asan_unpoison_memory_region(s->bottom, s->size);
}

static inline void sanitizer_free(struct sanitizer_side *s)
{
	sanitizer_clear(s);
}

static inline void sanitizer_before(struct sanitizer_side *from, struct sanitizer_side *to,
	int last)
{
	__sanitizer_start_switch_fiber(last ? NULL : &from->kept, to->bottom, to->size);
}

static inline void sanitizer_after(struct sanitizer_side *now, struct sanitizer_side *was)
{
	__sanitizer_finish_switch_fiber(now->kept, &was->bottom, &was->size);
}

#elif defined(FIBER_TSAN)
#include <sanitizer/tsan_interface.h>

#define FIBER_STACK_FACTOR 4

static inline void sanitizer_new(struct sanitizer_side *s, void *stack, size_t size)
{
	*s = (struct sanitizer_side){.bottom = stack, .size = size, .kept = __tsan_create_fiber(0)};
}

static inline void sanitizer_clear(struct sanitizer_side *s)
{
	(void)s;
}

static inline void sanitizer_free(struct sanitizer_side *s)
{
	__tsan_destroy_fiber(s->kept);
}

static inline void sanitizer_before(struct sanitizer_side *from, struct sanitizer_side *to,
	int last)
{
	(void)last;
	if (!from->kept) /* the thread's own side */
		from->kept = __tsan_get_current_fiber();
	__tsan_switch_to_fiber(to->kept, 0);
}

static inline void sanitizer_after(struct sanitizer_side *now, struct sanitizer_side *was)
{
	(void)now;
	(void)was;
}

#else

#define FIBER_STACK_FACTOR 1

static inline void sanitizer_new(struct sanitizer_side *s, void *stack, size_t size)
{
	*s = (struct sanitizer_side){.bottom = stack, .size = size};
}

static inline void sanitizer_clear(struct sanitizer_side *s)
{
	(void)s;
}

static inline void sanitizer_free(struct sanitizer_side *s)
{
	(void)s;
}

static inline void sanitizer_before(struct sanitizer_side *from, struct sanitizer_side *to,
	int last)
{
	(void)from;
	(void)to;
	(void)last;
}

static inline void sanitizer_after(struct sanitizer_side *now, struct sanitizer_side *was)
{
	(void)now;
	(void)was;
}

#endif
