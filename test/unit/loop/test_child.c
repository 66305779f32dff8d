#include "support_loop.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "loop/child.h"
#include "loop/fiber.h"

struct told {
	char out[256], err[256];
	size_t bytes;
	struct child_exit how;
	int exits;
	bool free_at_exit;
};

static void on_output(struct child *c, int fd, struct str piece, void *arg)
{
	struct told *t = arg;

	(void)c;
	t->bytes += piece.len;
	if (piece.len < 100)
		strncat(fd == 1 ? t->out : t->err, piece.p, piece.len);
}

static void on_exit_told(struct child *c, struct child_exit how, void *arg)
{
	struct told *t = arg;

	t->exits++;
	t->how = how;
	if (t->free_at_exit)
		child_free(c);
}

static struct child *start(struct loop *loop, const char *script, struct told *t)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	const char *env[] = {"COLOUR=green", NULL};
	struct child_options o = {.argv = argv,
		.env = env,
		.cwd = "/usr",
		.out = CHILD_PIPE,
		.err = CHILD_PIPE,
		.on_output = on_output,
		.on_exit = on_exit_told,
		.arg = t};
	struct child *c = child_start(loop, &o, NULL);

	assert_non_null(c);
	return c;
}

static void gets_environment_folder_and_pipes(void **state)
{
	struct told t = {.free_at_exit = true};

	start(*state, "echo $COLOUR; pwd >&2; exit 7", &t);
	loop_run(*state);
	assert_string_equal(t.out, "green\n");
	assert_string_equal(t.err, "/usr\n");
	assert_int_equal(t.exits, 1);
	assert_int_equal(t.how.status, 7);
	assert_int_equal(t.how.signal, 0);
	assert_string_equal(child_exit_text(t.how), "exit status 7");
}

static void all_output_comes_before_the_exit(void **state)
{
	struct told t = {.free_at_exit = true};

	start(*state, "head -c 3000000 /dev/zero", &t);
	loop_run(*state);
	assert_int_equal(t.bytes, 3000000);
	assert_int_equal(t.exits, 1);
}

static void kill_is_told_as_a_signal(void **state)
{
	struct told t = {0};
	struct child *c = start(*state, "exec sleep 100", &t);

	assert_true(child_is_running(c));
	assert_true(child_pid(c) > 1);
	assert_true(child_kill(c, SIGTERM));
	loop_run(*state);
	assert_int_equal(t.how.signal, SIGTERM);
	assert_non_null(strstr(child_exit_text(t.how), "signal 15"));
	assert_false(child_is_running(c));
	assert_false(child_kill(c, SIGTERM));
	child_free(c);
	child_free(NULL);
}

static void missing_program_is_one_sentence(void **state)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	const char *argv[] = {"/no/such/program", NULL};

	assert_null(
		child_start(*state, &(struct child_options){.argv = argv, .out = CHILD_PIPE}, &e));
	assert_int_equal(e.code, E_BUG);
	assert_string_equal(e.msg, "/no/such/program cannot be started: no such file or directory");
	arena_free(a);
}

static void freed_child_is_not_told_and_does_not_keep_the_loop(void **state)
{
	struct told t = {0};
	struct child *c = start(*state, "exec sleep 100", &t);
	pid_t pid = child_pid(c);

	child_free(c);
	loop_run(*state);
	assert_int_equal(t.exits, 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (kill(pid, 0) == 0) { /* reaped by the loop all the same */
		one_turn(*state);
		usleep(1000);
	}
	assert_int_equal(errno, ESRCH);
}

static void child_that_outlives_the_loop_is_left_alone(void **state)
{
	struct told t = {0};
	struct loop *loop = loop_new();
	struct child *c = start(loop, "exec sleep 100", &t);
	pid_t pid = child_pid(c);

	(void)state;
	child_free(c);
	loop_free(loop);
	assert_int_equal(kill(pid, SIGKILL), 0);
}

static void becomes_another_user(void **state)
{
	if (getuid() != 0)
		skip();

	struct told t = {.free_at_exit = true};
	const char *argv[] = {"id", NULL};
	struct child_options o = {.argv = argv,
		.as_user = true,
		.uid = 65534,
		.gid = 65534,
		.out = CHILD_PIPE,
		.on_output = on_output,
		.on_exit = on_exit_told,
		.arg = &t};

	assert_non_null(child_start(*state, &o, NULL));
	loop_run(*state);
	assert_non_null(strstr(t.out, "uid=65534"));
	assert_null(strstr(t.out, "root"));
}

static void own_session_leaves_our_process_group(void **state)
{
	struct told t = {0};
	const char *argv[] = {"sleep", "100", NULL};
	struct child_options o = {.argv = argv, .own_session = true};
	struct child *c = child_start(*state, &o, NULL);

	(void)t;
	assert_int_equal(getpgid(child_pid(c)), child_pid(c));
	child_kill(c, SIGKILL);
	loop_run(*state);
	child_free(c);
}

static void run_a_few(void *p)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct child_exit how;
	struct str out;
	const char *argv[] = {"sh", "-c", "echo one; echo two >&2; exit 3", NULL};
	struct child_options o = {.argv = argv};

	assert_int_equal(child_run(p, &o, 1000, &how, &out, &e), 0);
	assert_int_equal(how.status, 3);
	assert_int_equal(out.len, 8);
	assert_int_equal(child_run(p, &o, 2, &how, &out, &e), 0);
	assert_int_equal(out.len, 2);
	assert_int_equal(child_run(p, &o, 0, &how, NULL, NULL), 0);
	argv[0] = "/no/such";
	assert_int_equal(child_run(p, &o, 0, &how, NULL, &e), E_BUG);
	arena_free(a);
}

static void fiber_runs_a_program_as_a_call(void **state)
{
	loop_run_fiber(*state, run_a_few, *state);
}

static void run_for_long(void *p)
{
	struct child_exit how;
	const char *argv[] = {"sleep", "100", NULL};

	assert_int_equal(child_run(p, &(struct child_options){.argv = argv}, 0, &how, NULL, NULL),
		E_CANCEL);
}

static void cancelled_fiber_ends_its_program(void **state)
{
	struct fiber *f = fiber_start(*state, run_for_long, *state);

	one_turn(*state);
	fiber_cancel(f);
	fiber_detach(f);
	loop_run(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(gets_environment_folder_and_pipes),
		LOOP_TEST(all_output_comes_before_the_exit),
		LOOP_TEST(kill_is_told_as_a_signal),
		LOOP_TEST(missing_program_is_one_sentence),
		LOOP_TEST(freed_child_is_not_told_and_does_not_keep_the_loop),
		LOOP_TEST(child_that_outlives_the_loop_is_left_alone),
		LOOP_TEST(becomes_another_user),
		LOOP_TEST(own_session_leaves_our_process_group),
		LOOP_TEST(fiber_runs_a_program_as_a_call),
		LOOP_TEST(cancelled_fiber_ends_its_program),
	};
	return cmocka_run_group_tests_name("loop/child", tests, NULL, NULL);
}
