#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/totp.h"

#define KEY STR("12345678901234567890")

/* Appendix B of RFC 6238 has eight digits; six are their last ones. */
static void codes_are_those_of_rfc_6238(void **state)
{
	static const struct {
		int64_t s;
		const char *code;
	} known[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"},
		{1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	char text[TOTP_CODE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_string_equal(totp_code(text, KEY, known[i].s / TOTP_STEP_S), known[i].code);
}

static void takes_one_step_before_and_after(void **state)
{
	(void)state;
	int64_t step = 1111111109 / TOTP_STEP_S;

	assert_int_equal(totp_find_step(KEY, STR("081804"), 1111111109), step);
	assert_int_equal(totp_find_step(KEY, STR("081804"), 1111111109 + TOTP_STEP_S), step);
	assert_int_equal(totp_find_step(KEY, STR("081804"), 1111111109 - TOTP_STEP_S), step);
	assert_int_equal(totp_find_step(KEY, STR("081804"), 1111111109 + 2 * TOTP_STEP_S), -1);
	assert_int_equal(totp_find_step(KEY, STR("081804"), 1111111109 - 2 * TOTP_STEP_S), -1);
}

static void refuses_what_is_no_code(void **state)
{
	static const char *const bad[] = {"", "08180", "0818040", "081805", " 81804", "abcdef"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(totp_find_step(KEY, str_of(bad[i]), 1111111109), -1);
	assert_int_equal(totp_find_step(KEY, STR_NULL, 1111111109), -1);
	assert_int_equal(totp_find_step(STR("another key of 20 by"), STR("081804"), 1111111109),
		-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_rfc_6238),
		cmocka_unit_test(takes_one_step_before_and_after),
		cmocka_unit_test(refuses_what_is_no_code),
	};
	return cmocka_run_group_tests_name("base/totp", tests, NULL, NULL);
}
