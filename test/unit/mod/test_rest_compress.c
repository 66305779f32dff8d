/* Accept-Encoding (RFC 9110 12.5.3): which coding is chosen, and when there is none that will do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mod/rest/compress.h"

static void assert_chosen(const char *header, enum rest_coding coding)
{
	assert_int_equal(rest_compress_choose(str_of(header)), coding);
	assert_false(rest_compress_refused(str_of(header)));
}

static void the_best_quality_wins_and_zstd_among_equals(void **state)
{
	(void)state;
	assert_chosen("gzip", REST_CODING_GZIP);
	assert_chosen("x-GZIP", REST_CODING_GZIP);
	assert_chosen("gzip, deflate, br, zstd", REST_CODING_ZSTD);
	assert_chosen("gzip;q=1.0, zstd;q=0.9", REST_CODING_GZIP);
	assert_chosen("zstd ; q=0.001", REST_CODING_ZSTD);
	assert_chosen("*", REST_CODING_ZSTD);
	assert_chosen("zstd;q=0, *;q=0.1", REST_CODING_GZIP);
	assert_chosen("gzip;q=many", REST_CODING_GZIP);
}

static void nothing_is_chosen_where_nothing_of_ours_is_wanted(void **state)
{
	(void)state;
	assert_int_equal(rest_compress_choose(STR_NULL), REST_CODING_NONE);
	assert_false(rest_compress_refused(STR_NULL));
	assert_chosen("", REST_CODING_NONE);
	assert_chosen("br, deflate", REST_CODING_NONE);
	assert_chosen("gzip;q=0", REST_CODING_NONE);
	assert_chosen("identity", REST_CODING_NONE);
	assert_chosen(" , ;, ;q=1", REST_CODING_NONE);
}

static void plain_answers_are_chosen_when_they_are_liked_better(void **state)
{
	(void)state;
	assert_chosen("identity;q=1, gzip;q=0.5", REST_CODING_NONE);
	assert_chosen("identity, gzip", REST_CODING_GZIP);
	assert_chosen("identity;q=0.2, gzip;q=0.3", REST_CODING_GZIP);
	assert_chosen("*;q=0, identity", REST_CODING_NONE);
}

static void plain_answers_may_be_ruled_out(void **state)
{
	(void)state;
	assert_chosen("identity;q=0, gzip;q=0.1", REST_CODING_GZIP);
	assert_chosen("*;q=0, zstd", REST_CODING_ZSTD);
	assert_true(rest_compress_refused(STR("identity;q=0")));
	assert_true(rest_compress_refused(STR("*;q=0")));
	assert_true(rest_compress_refused(STR("identity;q=0, br")));
	assert_true(rest_compress_refused(STR("identity;q=0, gzip;q=0, zstd;q=0")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_quality_wins_and_zstd_among_equals),
		cmocka_unit_test(nothing_is_chosen_where_nothing_of_ours_is_wanted),
		cmocka_unit_test(plain_answers_are_chosen_when_they_are_liked_better),
		cmocka_unit_test(plain_answers_may_be_ruled_out),
	};
	return cmocka_run_group_tests_name("mod/rest_compress", tests, NULL, NULL);
}
