/* support_loop: a loop per test, and small helpers. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "loop/loop.h"

/* *state is a struct loop; teardown frees it, and with that proves that nothing was left behind. */
int with_loop(void **state);
int free_loop(void **state);

#define LOOP_TEST(f) cmocka_unit_test_setup_teardown(f, with_loop, free_loop)

/* A connected pair of stream sockets, close-on-exec. */
void make_pair(int ends[2]);

/* Exactly one turn, without sleeping. */
void one_turn(struct loop *loop);
