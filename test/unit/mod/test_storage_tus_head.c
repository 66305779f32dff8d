/* Headers of resumable uploads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "mod/storage/tus_head.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const char *refusal(const char *header)
{
	struct err e = {.arena = a};
	struct tus_metadata m;

	return tus_head_metadata(a, str_of(header), &m, &e) ? e.msg : "taken";
}

static void reads_what_the_client_says(void **state)
{
	struct err e = {.arena = a};
	struct tus_metadata m;

	(void)state;
	assert_int_equal(
		tus_head_metadata(a,
			STR("bucketName cGhvdG9z, objectName YS9iLmpwZw==,other,contentType aW1hZ2UvanBlZw==,cacheControl "),
			&m, &e),
		0);
	assert_string_equal(m.bucket.p, "photos");
	assert_string_equal(m.name.p, "a/b.jpg");
	assert_string_equal(m.content_type.p, "image/jpeg");
	assert_int_equal(m.cache_control.len, 0);
	assert_null(m.user_metadata.p);
}

static void refuses_what_is_no_place(void **state)
{
	(void)state;
	assert_string_equal(refusal(NULL), "Upload-Metadata names no bucket (bucketName)");
	assert_string_equal(refusal("bucketName cGhvdG9z"),
		"Upload-Metadata names no object (objectName)");
	assert_string_equal(refusal("bucketName cGhvdG9z,objectName Li4veA=="), /* ../x */
		"Upload-Metadata names no object (objectName)");
	assert_string_equal(refusal("bucketName cGhv dG9z"),
		"Upload-Metadata: the value of bucketName is not base 64");
	assert_string_equal(refusal("objectName YQBi"), /* a NUL b */
		"Upload-Metadata: the value of objectName is no text");
	assert_string_equal(refusal("bucketName cGhvdG9z,bucketName cGhvdG9z"),
		"Upload-Metadata has bucketName twice");
}

static void reads_checksums(void **state)
{
	struct err e = {.arena = a};
	struct tus_checksum sum;

	(void)state;
	assert_int_equal(tus_head_checksum(a, STR("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), &sum, &e),
		0);
	assert_int_equal(sum.algorithm, TUS_SHA1);
	assert_int_equal(sum.len, 20);
	assert_int_equal(sum.sum[0], 0x2a);
	assert_int_equal(tus_head_checksum(a, STR_NULL, &sum, &e), 0);
	assert_int_equal(sum.algorithm, TUS_NO_SUM);
	assert_int_equal(tus_head_checksum(a, STR("sha1 AAAA"), &sum, &e), E_INPUT);
	assert_int_equal(tus_head_checksum(a, STR("crc32 AAAA"), &sum, &e), E_INPUT);
}

static void numbers_are_digits(void **state)
{
	static const char *const wrong[] = {"", "-1", "+1", "1.0", "x", " 1",
		"99999999999999999999"};
	struct err e = {.arena = a};
	int64_t n;

	(void)state;
	assert_int_equal(tus_head_number("Upload-Length", STR("1099511627776"), &n, &e), 0);
	assert_int_equal(n, INT64_C(1099511627776));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(tus_head_number("Upload-Length", str_of(wrong[i]), &n, &e),
			E_INPUT);
	assert_int_equal(tus_head_number("Upload-Length", STR_NULL, &n, &e), E_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_what_the_client_says, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_place, setup, teardown),
		cmocka_unit_test_setup_teardown(reads_checksums, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_are_digits, setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/storage/tus_head", tests, NULL, NULL);
}
