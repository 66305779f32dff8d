/* fiber_stack: a second stack, and going there and back. Private to src/loop.
 *
 * Owner    whoever called stack_new(). Failure ends the process. Threads: any one at a time.
 *
 * The switch saves the registers that a called function must keep, and nothing else: no system
 * call, as swapcontext() makes. Signal masks and floating-point modes are the process's. The
 * sanitizers are told about every switch; without that they take the other stack for garbage.
 */
#pragma once
#include <stddef.h>

struct stack;

struct stack *stack_new(size_t size) __attribute__((returns_nonnull));
void stack_free(struct stack *s);

/* So that the next stack_enter() begins with fn(), on an empty stack. fn must not return; its last
 * act is stack_leave(s, 1). */
void stack_prepare(struct stack *s, void (*fn)(void));

/* From the thread's own stack to s; returns after the next stack_leave(). */
void stack_enter(struct stack *s);

/* Back to where stack_enter() was called; returns after the next stack_enter(), or never if
 * last. */
void stack_leave(struct stack *s, int last);

/* To keep unused stacks in a list. */
struct stack *stack_next(const struct stack *s);
void stack_set_next(struct stack *s, struct stack *next);
