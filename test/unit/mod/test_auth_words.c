/* Addresses and passwords as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mod/auth/email.h"
#include "mod/auth/leaked.h"
#include "mod/auth/strength.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void addresses_have_two_sides(void **state)
{
	static const char *const good[] = {"a@b", "ann.lee+x@example.org", "\xc3\xa4@example.org",
		"o'neil@example.org"};
	static const char *const bad[] = {"", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c",
		"a@b\n", "<a@b>", "a,b@c", "a@b\x7f", "\xff@b", "a@\xc3", "a@[1.2.3.4]", "\"a\"@b"};
	char longest[300];
	(void)state;

	for (size_t i = 0; i < N(good); i++)
		assert_true(email_is_valid(str_of(good[i])));
	for (size_t i = 0; i < N(bad); i++)
		if (email_is_valid(str_of(bad[i])))
			fail_msg("%s", bad[i]);
	memset(longest, 'a', sizeof longest);
	longest[10] = '@';
	assert_true(email_is_valid(str_from(longest, 255)));
	assert_false(email_is_valid(str_from(longest, 256)));
	assert_false(email_is_valid(str_from("a@b\0c", 5)));
}

static void common_passwords_are_known_in_any_case(void **state)
{
	(void)state;
	assert_true(strength_is_common(STR("password123")));
	assert_true(strength_is_common(STR("PassWord123")));
	assert_true(strength_is_common(STR("RealEstate")));
	assert_false(strength_is_common(STR("password1234567")));
	assert_false(strength_is_common(STR("")));
}

#define LINES 1000

/* Hashes 00…0, 00…2, 00…4, and so on in the form of the lists that are published. */
static int list_of(int lines, const char *tail, bool is_ended)
{
	char path[] = "/tmp/plat-leaked.XXXXXX";
	int file = mkstemp(path);
	FILE *f = fdopen(dup(file), "w");

	assert_non_null(f);
	unlink(path);
	for (int i = 0; i < lines; i++)
		fprintf(f, "%040X%s%s", 2 * i, tail, i + 1 < lines || is_ended ? "\n" : "");
	fclose(f);
	return file;
}

static bool is_there(int file, int n)
{
	char hash[41];

	snprintf(hash, sizeof hash, "%040X", (unsigned)n);
	return leaked_search(file, hash);
}

static void each_line_of_a_list_is_found_and_nothing_else(void **state)
{
	static const char *const tails[] = {"", ":1", ":123456\r"};
	(void)state;

	for (size_t t = 0; t < N(tails); t++)
		for (int ended = 0; ended < 2; ended++) {
			int file = list_of(LINES, tails[t], ended);
			for (int i = 0; i < 2 * LINES + 2; i++)
				if (is_there(file, i) != (i % 2 == 0 && i < 2 * LINES))
					fail_msg("%s %d: %d", tails[t], ended, i);
			close(file);
		}
}

static void short_and_foreign_files_have_nothing(void **state)
{
	int file = list_of(0, "", true);
	(void)state;

	assert_false(is_there(file, 0));
	close(file);
	file = list_of(1, "", false);
	assert_true(is_there(file, 0));
	assert_false(is_there(file, 1));
	close(file);
	file = open("/proc/self/exe", O_RDONLY);
	assert_true(file >= 0);
	assert_false(is_there(file, 0));
	close(file);
	assert_false(is_there(-1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_two_sides),
		cmocka_unit_test(common_passwords_are_known_in_any_case),
		cmocka_unit_test(each_line_of_a_list_is_found_and_nothing_else),
		cmocka_unit_test(short_and_foreign_files_have_nothing),
	};
	return cmocka_run_group_tests_name("mod/auth_words", tests, NULL, NULL);
}
