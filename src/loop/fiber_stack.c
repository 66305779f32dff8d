#include "loop/fiber_stack.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loop/fiber_sanitizer.h"
#include "loop/loop_local.h"

struct stack {
	char *map; /* guard page first */
	size_t len, guard;
	void *here, *there; /* saved stack pointers: the fiber's, the thread's */
	struct sanitizer_side fiber, thread;
	void (*fn)(void);
	struct stack *next;
};

static _Thread_local struct stack *entered; /* by the latest stack_enter(), for begin() */

/* void plat_stack_swap(void **save, void *load): pushes the registers that belong to the caller,
 * stores the stack pointer in *save, takes load for it and pops the same registers from there. */
void plat_stack_swap(void **save, void *load);

#if defined(__x86_64__)
__asm__(".text\n"
	".globl plat_stack_swap\n"
	".hidden plat_stack_swap\n"
	".type plat_stack_swap, @function\n"
	"plat_stack_swap:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size plat_stack_swap, . - plat_stack_swap\n");

enum { SAVED = 8, ENTRY = 6 }; /* six registers, the address to go to, and a null one above it */
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl plat_stack_swap\n"
	".hidden plat_stack_swap\n"
	".type plat_stack_swap, @function\n"
	"plat_stack_swap:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	ret\n"
	".size plat_stack_swap, . - plat_stack_swap\n");

enum { SAVED = 20, ENTRY = 11 }; /* x30 is the twelfth word */
#else
#error "fiber_stack.c has to be taught this processor's call-saved registers"
#endif

struct stack *stack_new(size_t size)
{
	struct stack *s = loop_alloc(sizeof(*s));

	s->guard = (size_t)sysconf(_SC_PAGESIZE);
	s->len = s->guard + size;
	s->map = mmap(NULL, s->len, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (s->map == MAP_FAILED || mprotect(s->map, s->guard, PROT_NONE) != 0)
		abort();
	sanitizer_new(&s->fiber, s->map + s->guard, size);
	return s;
}

void stack_free(struct stack *s)
{
	sanitizer_free(&s->fiber);
	munmap(s->map, s->len);
	free(s);
}

static void begin(void)
{
	struct stack *s = entered;

	sanitizer_after(&s->fiber, &s->thread);
	s->fn();
	abort();
}

void stack_prepare(struct stack *s, void (*fn)(void))
{
	uintptr_t *words = (uintptr_t *)(void *)(s->map + s->len) - SAVED;

	sanitizer_clear(&s->fiber);
	memset(words, 0, SAVED * sizeof(*words));
	words[ENTRY] = (uintptr_t)begin;
	s->here = words;
	s->fn = fn;
}

void stack_enter(struct stack *s)
{
	entered = s;
	sanitizer_before(&s->thread, &s->fiber, 0);
	plat_stack_swap(&s->there, s->here);
	sanitizer_after(&s->thread, &s->fiber);
}

void stack_leave(struct stack *s, int last)
{
	sanitizer_before(&s->fiber, &s->thread, last);
	plat_stack_swap(&s->here, s->there);
	sanitizer_after(&s->fiber, &s->thread);
}

struct stack *stack_next(const struct stack *s)
{
	return s->next;
}

void stack_set_next(struct stack *s, struct stack *next)
{
	s->next = next;
}
