/* Answers of ListObjectsV2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "mod/storage/s3_list.h"

static const char page[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
	"<IsTruncated>true</IsTruncated><Contents><Key>a&amp;b&lt;c</Key>"
	"<LastModified>2026-11-21T12:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>12</Size></Contents>"
	"<Contents><Key>second</Key><Size>0</Size></Contents>"
	"<NextContinuationToken>1/+=&amp;</NextContinuationToken></ListBucketResult>";

static void reads_a_page(void **state)
{
	struct arena *a = arena_new();
	struct str rest = str_of(page);
	struct s3_object o;

	(void)state;
	assert_true(s3_list_next(a, &rest, &o));
	assert_string_equal(o.key.p, "a&b<c");
	assert_int_equal(o.size, 12);
	assert_int_equal(o.changed_us, INT64_C(1795262400000000));
	assert_true(s3_list_next(a, &rest, &o));
	assert_string_equal(o.key.p, "second");
	assert_int_equal(o.changed_us, 0);
	assert_false(s3_list_next(a, &rest, &o));
	assert_string_equal(s3_list_token(a, str_of(page)).p, "1/+=&");
	arena_free(a);
}

static void the_last_page_has_no_token(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_null(s3_list_token(a, STR("<NextContinuationToken>x</NextContinuationToken>")).p);
	assert_null(s3_list_token(a, STR("<IsTruncated>true</IsTruncated>")).p);
	assert_null(s3_list_token(a, STR_NULL).p);
	arena_free(a);
}

static void half_an_answer_ends_the_list(void **state)
{
	static const char *const texts[] = {"", "<Contents>", "<Contents><Key>x</Key></Contents>",
		"<Contents><Key>x</Key><Size>-1</Size></Contents>", "</Contents><Contents>",
		"<Contents><Size>1</Size></Contents>", "<Contents><Key>x</Key><Size>1</Size>"};
	struct arena *a = arena_new();
	struct s3_object o;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str rest = str_of(texts[i]);
		assert_false(s3_list_next(a, &rest, &o));
	}
	arena_free(a);
}

static void errors_have_a_code(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(s3_list_code(a, STR("<Error><Code>SlowDown</Code></Error>")).p,
		"SlowDown");
	assert_string_equal(s3_list_code(a, STR("gateway")).p, "");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_page),
		cmocka_unit_test(the_last_page_has_no_token),
		cmocka_unit_test(half_an_answer_ends_the_list),
		cmocka_unit_test(errors_have_a_code),
	};
	return cmocka_run_group_tests_name("mod/storage/s3_list", tests, NULL, NULL);
}
