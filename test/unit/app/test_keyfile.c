#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/keyfile.h"
#include "base/arena.h"
#include "base/keyring.h"
#include "base/str.h"

static struct arena *a;
static struct err e;
static char folder[32], path[64];

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	e = (struct err){.arena = a};
	strcpy(folder, "/tmp/plat-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/master.key", folder);
	unsetenv("PLAT_MASTER_KEY");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unsetenv("PLAT_MASTER_KEY");
	unlink(path);
	rmdir(folder);
	arena_free(a);
	return 0;
}

static void put(const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static void the_first_start_makes_a_file_that_the_owner_alone_reads(void **state)
{
	struct stat st;
	bool made = false;
	struct keyring *k = keyfile_load(folder, &made, &e);

	(void)state;
	assert_non_null(k);
	assert_true(made);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	keyring_free(k);
}

static void the_next_start_reads_the_same_key(void **state)
{
	bool made = true;
	struct keyring *first = keyfile_load(folder, NULL, &e);
	struct keyring *second = keyfile_load(folder, &made, &e);

	(void)state;
	assert_false(made);
	assert_true(str_eq(keyring_current(first), keyring_current(second)));
	keyring_free(first);
	keyring_free(second);
}

static void a_rotated_ring_is_read_back_whole(void **state)
{
	struct keyring *k = keyfile_load(folder, NULL, &e);

	(void)state;
	assert_int_equal(keyring_add(k, 0, &e), 0);
	assert_int_equal(keyfile_save(folder, k, &e), 0);
	struct keyring *again = keyfile_load(folder, NULL, &e);
	assert_int_equal(keyring_len(again), 2);
	assert_true(str_eq(keyring_current(again), keyring_current(k)));
	keyring_free(k);
	keyring_free(again);
}

static void a_file_that_others_can_read_is_refused(void **state)
{
	(void)state;
	put("", 0640);
	assert_null(keyfile_load(folder, NULL, &e));
	assert_int_equal(e.code, E_INPUT);
	assert_non_null(strstr(e.msg, "can be read by others (mode 0640)"));
}

static void a_damaged_file_is_named_and_stays_as_it_is(void **state)
{
	char text[32] = "";

	(void)state;
	put("not a key\n", 0600);
	assert_null(keyfile_load(folder, NULL, &e));
	assert_non_null(strstr(e.msg, path));
	FILE *f = fopen(path, "r");
	assert_non_null(fgets(text, sizeof text, f));
	fclose(f);
	assert_string_equal(text, "not a key\n");
}

static void a_link_is_not_followed(void **state)
{
	(void)state;
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_null(keyfile_load(folder, NULL, &e));
}

static void the_environment_wins_and_is_not_written(void **state)
{
	(void)state;
	setenv("PLAT_MASTER_KEY",
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 1);
	struct keyring *k = keyfile_load(folder, NULL, &e);
	assert_non_null(k);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(keyfile_save(folder, k, &e), E_CONFLICT);
	keyring_free(k);
}

static void a_wrong_key_in_the_environment_is_not_repeated(void **state)
{
	(void)state;
	setenv("PLAT_MASTER_KEY", "hunter2", 1);
	assert_null(keyfile_load(folder, NULL, &e));
	assert_non_null(strstr(e.msg, "PLAT_MASTER_KEY"));
	assert_null(strstr(e.msg, "hunter2"));
}

#define RACERS 8

/* One of several that start at the same time: tells the id of its current key. */
static void race(int go, int out)
{
	char c;
	struct keyring *k = read(go, &c, 1) == 1 ? keyfile_load(folder, NULL, &e) : NULL;
	struct str id = k ? keyring_id(k, 0) : STR("none");

	_exit(write(out, id.p, id.len) == KEYRING_ID_LEN ? 0 : 1);
}

static void processes_that_start_at_once_have_the_same_key(void **state)
{
	char ids[RACERS * KEYRING_ID_LEN + 1] = "", go_all[RACERS] = "";
	int go[2], out[2], status;
	size_t len = 0;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(go) | pipe(out), 0);
	for (int i = 0; i < RACERS; i++)
		if (!fork())
			race(go[0], out[1]);
	assert_int_equal(write(go[1], go_all, RACERS), RACERS);
	for (int i = 0; i < RACERS; i++)
		assert_true(wait(&status) > 0 && status == 0);
	close(out[1]);
	while ((n = read(out[0], ids + len, sizeof ids - 1 - len)) > 0)
		len += (size_t)n;
	assert_int_equal(len, sizeof ids - 1);
	for (int i = 1; i < RACERS; i++)
		assert_memory_equal(ids, ids + i * KEYRING_ID_LEN, KEYRING_ID_LEN);
	close(out[0]), close(go[0]), close(go[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_first_start_makes_a_file_that_the_owner_alone_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(the_next_start_reads_the_same_key, setup, teardown),
		cmocka_unit_test_setup_teardown(processes_that_start_at_once_have_the_same_key,
			setup, teardown),
		cmocka_unit_test_setup_teardown(a_rotated_ring_is_read_back_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_others_can_read_is_refused, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_damaged_file_is_named_and_stays_as_it_is, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_link_is_not_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(the_environment_wins_and_is_not_written, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_wrong_key_in_the_environment_is_not_repeated,
			setup, teardown),
	};
	return cmocka_run_group_tests_name("app/keyfile", tests, NULL, NULL);
}
