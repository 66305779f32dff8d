#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mod/auth/duration.h"

static void reads_what_go_writes(void **state)
{
	static const struct {
		const char *text;
		int64_t s;
	} known[] = {{"24h", 86400}, {"1h30m", 5400}, {"0.5h", 1800}, {"10s", 10}, {"1m1s", 61},
		{"300ms", 1}, {"0s", 0}, {"876000h", INT64_C(3153600000)}};
	int64_t s;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_true(duration_parse(str_of(known[i].text), &s));
		assert_int_equal(s, known[i].s);
	}
}

static void refuses_everything_else(void **state)
{
	static const char *const bad[] = {"", "h", "24", "-1h", "1d", "1h ", " 1h", "1..5h", "h1",
		"1e3h", "99999999999h", "1.h.", "forever"};
	int64_t s = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(duration_parse(str_of(bad[i]), &s));
	assert_false(duration_parse(STR_NULL, &s));
	assert_int_equal(s, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_go_writes),
		cmocka_unit_test(refuses_everything_else),
	};
	return cmocka_run_group_tests_name("mod/auth_duration", tests, NULL, NULL);
}
