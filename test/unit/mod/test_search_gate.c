#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/search/store_gate.h"

struct play {
	struct search_lock lock;
	struct search_gate gate;
	char said[64];
	int readers, writers, most_readers;
};

static void say(struct play *p, char c)
{
	size_t n = strlen(p->said);

	assert_true(n + 1 < sizeof p->said);
	p->said[n] = c;
}

static void reader(void *arg)
{
	struct play *p = arg;

	search_lock_read(&p->lock);
	assert_int_equal(p->writers, 0);
	if (++p->readers > p->most_readers)
		p->most_readers = p->readers;
	say(p, 'r');
	(void)fiber_sleep_ms(5);
	p->readers--;
	search_lock_read_end(&p->lock);
}

static void writer(void *arg)
{
	struct play *p = arg;

	search_lock_write(&p->lock);
	assert_int_equal(p->writers++, 0);
	assert_int_equal(p->readers, 0);
	say(p, 'W');
	(void)fiber_sleep_ms(5);
	p->writers--;
	search_lock_write_end(&p->lock);
}

static void in_turn(void *arg)
{
	struct play *p = arg;
	struct loop *loop = fiber_loop(fiber_current());
	void (*const order[])(
		void *) = {reader, reader, writer, reader, writer, writer, reader, reader};
	struct fiber *f[sizeof order / sizeof *order];

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		f[i] = fiber_start(loop, order[i], p);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		fiber_join(f[i]);
}

static void play(struct play *p, void (*fn)(void *arg))
{
	struct loop *loop = loop_new();

	loop_run_fiber(loop, fn, p);
	loop_free(loop);
}

static void readers_share_a_writer_is_alone_and_all_keep_their_turn(void **state)
{
	struct play p = {0};

	(void)state;
	play(&p, in_turn);
	assert_string_equal(p.said, "rrWrWWrr");
	assert_int_equal(p.most_readers, 2);
	assert_int_equal(p.lock.readers, 0);
	assert_false(p.lock.is_writing);
}

static void visitor(void *arg)
{
	struct play *p = arg;

	if (search_gate_enter(&p->gate, NULL)) {
		say(p, 'x');
		return;
	}
	assert_true(++p->readers <= p->gate.most);
	say(p, 'i');
	(void)fiber_sleep_ms(5);
	p->readers--;
	search_gate_leave(&p->gate);
}

static void crowd(void *arg)
{
	struct play *p = arg;
	struct fiber *f[7];

	p->gate = (struct search_gate){.most = 2, .waiting_most = 3};
	for (size_t i = 0; i < 7; i++)
		f[i] = fiber_start(fiber_loop(fiber_current()), visitor, p);
	for (size_t i = 0; i < 7; i++)
		fiber_join(f[i]);
}

static void a_full_gate_refuses_and_the_others_get_in_one_by_one(void **state)
{
	struct play p = {0};

	(void)state;
	play(&p, crowd);
	assert_string_equal(p.said, "iixxiii");
	assert_int_equal(p.gate.inside, 0);
	assert_int_equal(p.gate.queue.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_share_a_writer_is_alone_and_all_keep_their_turn),
		cmocka_unit_test(a_full_gate_refuses_and_the_others_get_in_one_by_one),
	};
	return cmocka_run_group_tests_name("mod/search_gate", tests, NULL, NULL);
}
