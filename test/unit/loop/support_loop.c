#include "support_loop.h"

#include <sys/socket.h>

int with_loop(void **state)
{
	*state = loop_new();
	return 0;
}

int free_loop(void **state)
{
	loop_free(*state);
	return 0;
}

void make_pair(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
}

static void stop(void *p)
{
	loop_stop(p);
}

void one_turn(struct loop *loop)
{
	loop_later(loop, stop, loop);
	loop_run(loop);
}
