#include "support_loop.h"

#include <stdbool.h>
#include <stdlib.h>

#include "loop/fiber.h"
#include "loop/fiber_queue.h"

struct party {
	struct fiber_queue *q;
	struct loop *loop;
	long put, taken, sum;
	size_t most;
	bool slow;
};

static void produce(void *p)
{
	struct party *t = p;

	for (long i = 1; i <= 1000; i++) {
		if (fiber_queue_put(t->q, (void *)(intptr_t)i))
			return;
		t->put++;
		if (t->put - t->taken > (long)t->most)
			t->most = (size_t)(t->put - t->taken);
	}
}

static void consume(void *p)
{
	struct party *t = p;
	void *item;

	while (fiber_queue_take(t->q, &item) == 0) {
		t->taken++;
		t->sum += (long)(intptr_t)item;
		if (t->slow)
			fiber_yield();
	}
}

static void run_party(void *p)
{
	struct party *t = p;
	struct fiber *makers[3], *takers[4];

	for (int i = 0; i < 3; i++)
		makers[i] = fiber_start(t->loop, produce, t);
	for (int i = 0; i < 4; i++)
		takers[i] = fiber_start(t->loop, consume, t);
	for (int i = 0; i < 3; i++)
		fiber_join(makers[i]);
	fiber_queue_close(t->q);
	for (int i = 0; i < 4; i++)
		fiber_join(takers[i]);
}

static void every_item_arrives_once_and_producers_wait(void **state)
{
	struct party t = {.q = fiber_queue_new(4), .loop = *state, .slow = true};

	loop_run_fiber(*state, run_party, &t);
	assert_int_equal(t.taken, 3000);
	assert_int_equal(t.sum, 3 * 500500);
	assert_true(t.most <= 4 + 1);
	assert_int_equal(fiber_queue_len(t.q), 0);
	fiber_queue_free(t.q);
}

static void queue_of_one(void **state)
{
	struct party t = {.q = fiber_queue_new(1), .loop = *state};

	loop_run_fiber(*state, run_party, &t);
	assert_int_equal(t.taken, 3000);
	fiber_queue_free(t.q);
}

static void give_up(void *p)
{
	struct party *t = p;
	void *item;

	assert_int_equal(fiber_queue_take(t->q, &item), 0);
	fiber_queue_close(t->q);
}

static void consumer_that_gives_up_frees_its_producers(void **state)
{
	struct party t = {.q = fiber_queue_new(2), .loop = *state};

	fiber_go(*state, produce, &t);
	fiber_go(*state, give_up, &t);
	loop_run(*state);
	assert_true(t.put < 1000);
	assert_false(fiber_queue_try_put(t.q, NULL));
	fiber_queue_free(t.q);
}

static void try_put_refuses_when_full(void **state)
{
	struct party t = {.q = fiber_queue_new(2), .loop = *state};

	assert_true(fiber_queue_try_put(t.q, (void *)1));
	assert_true(fiber_queue_try_put(t.q, (void *)2));
	assert_false(fiber_queue_try_put(t.q, (void *)3));
	fiber_go(*state, consume, &t);
	loop_run(*state);
	assert_int_equal(t.sum, 3);
	fiber_queue_close(t.q);
	loop_run(*state);
	fiber_queue_free(t.q);
}

/* One of two waiting consumers is called and cancelled in the same turn: the item must not be
 * stuck. */
static void a_turn_that_is_not_taken_passes_on(void **state)
{
	struct party t = {.q = fiber_queue_new(2), .loop = *state};
	struct fiber *first = fiber_start(*state, consume, &t);

	one_turn(*state);
	fiber_go(*state, consume, &t);
	one_turn(*state);
	assert_true(fiber_queue_try_put(t.q, (void *)5));
	fiber_cancel(first);
	loop_run(*state);
	assert_int_equal(t.sum, 5);
	fiber_detach(first);
	fiber_queue_close(t.q);
	loop_run(*state);
	fiber_queue_free(t.q);
}

static void cancelled_waiter_leaves_the_queue(void **state)
{
	struct party t = {.q = fiber_queue_new(2), .loop = *state};
	struct fiber *f = fiber_start(*state, consume, &t);

	one_turn(*state);
	fiber_cancel(f);
	loop_run(*state);
	assert_true(fiber_queue_try_put(t.q, NULL));
	assert_int_equal(fiber_queue_len(t.q), 1);
	fiber_detach(f);
	fiber_queue_free(t.q);
	fiber_queue_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(every_item_arrives_once_and_producers_wait),
		LOOP_TEST(queue_of_one),
		LOOP_TEST(consumer_that_gives_up_frees_its_producers),
		LOOP_TEST(try_put_refuses_when_full),
		LOOP_TEST(a_turn_that_is_not_taken_passes_on),
		LOOP_TEST(cancelled_waiter_leaves_the_queue),
	};
	return cmocka_run_group_tests_name("loop/fiber_queue", tests, NULL, NULL);
}
