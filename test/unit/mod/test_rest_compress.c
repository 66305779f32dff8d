/* Which coding an answer goes out in (RFC 9110 12.5.3), and that it comes back as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/arena.h"
#include "mod/rest/compress.h"
#include "support_rest_request.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct rest_request *r;

static int setup(void **state)
{
	(void)state;
	r = rrq_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rrq_free(r);
	return 0;
}

static void best_of_what_is_allowed(void **state)
{
	static const struct {
		const char *header;
		enum coding coding;
	} cases[] = {
		{NULL, CODING_NONE},
		{"", CODING_NONE},
		{"gzip", CODING_GZIP},
		{"x-gzip", CODING_GZIP},
		{"GZip", CODING_GZIP},
		{"zstd", CODING_ZSTD},
		{"gzip, zstd", CODING_ZSTD},
		{"gzip, deflate, br, zstd", CODING_ZSTD},
		{"gzip;q=1.0, zstd;q=0.9", CODING_GZIP},
		{"gzip ; q=0.8 , zstd ;q=0.8", CODING_ZSTD},
		{"gzip;q=0", CODING_NONE},
		{"gzip;q=0.000", CODING_NONE},
		{"gzip;q=0.001", CODING_GZIP},
		{"*", CODING_ZSTD},
		{"*;q=0", CODING_NONE},
		{"zstd;q=0, *", CODING_GZIP},
		{"gzip, *;q=0", CODING_GZIP},
		{"identity", CODING_NONE},
		{"identity, gzip;q=0.5", CODING_NONE},
		{"identity;q=0.5, gzip", CODING_GZIP},
		{"br, deflate", CODING_NONE},
		{"gzipped", CODING_NONE},
		{",,gzip,,", CODING_GZIP},
		{"gzip;q=2", CODING_GZIP},
		{"gzip;q=x", CODING_GZIP},
		{"gzip;level=9;q=0", CODING_NONE},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		if (coding_choose(str_of(cases[i].header)) != cases[i].coding)
			fail_msg("%s", cases[i].header);
}

static void nothing_at_all_is_refused(void **state)
{
	static const char *const refused[] = {"identity;q=0", "*;q=0", "br, *;q=0",
		"gzip;q=0, identity;q=0"};
	static const char *const fine[] = {NULL, "", "br", "gzip;q=0", "identity;q=0, gzip",
		"*;q=0, zstd", "identity, *;q=0", "*"};

	(void)state;
	for (size_t i = 0; i < N(refused); i++)
		if (!coding_refused(str_of(refused[i])))
			fail_msg("%s", refused[i]);
	for (size_t i = 0; i < N(fine); i++)
		if (coding_refused(str_of(fine[i])))
			fail_msg("%s", fine[i]);
}

static struct str body(size_t n)
{
	char *p = arena_alloc(r->arena, n);

	for (size_t i = 0; i < n; i++)
		p[i] = "[{\"id\":1}]\n"[i % 11];
	return str_from(p, n);
}

static void small_answers_stay_as_they_are(void **state)
{
	struct str text = body(1023);

	(void)state;
	rrq_header(r, "Accept-Encoding", "gzip");
	assert_ptr_equal(rest_compress(r, text).p, text.p);
	assert_string_equal(rrq_headers(r), "");
}

static void answers_without_a_wish_stay_as_they_are(void **state)
{
	struct str text = body(5000);

	(void)state;
	assert_ptr_equal(rest_compress(r, text).p, text.p);
	assert_string_equal(rrq_headers(r), "");
}

static void gzip_comes_back_as_it_was(void **state)
{
	struct str text = body(100000), packed;
	z_stream z = {0};
	char *out = arena_alloc(r->arena, text.len);

	(void)state;
	rrq_header(r, "Accept-Encoding", "gzip");
	packed = rest_compress(r, text);
	assert_string_equal(rrq_headers(r), "Content-Encoding: gzip\n");
	assert_true(packed.len < text.len / 10);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)packed.p;
	z.avail_in = (uInt)packed.len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)text.len;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in + z.avail_out, 0);
	inflateEnd(&z);
	assert_memory_equal(out, text.p, text.len);
}

static void zstd_comes_back_as_it_was(void **state)
{
	struct str text = body(100000), packed;
	char *out = arena_alloc(r->arena, text.len);

	(void)state;
	rrq_header(r, "Accept-Encoding", "zstd, gzip");
	packed = rest_compress(r, text);
	assert_string_equal(rrq_headers(r), "Content-Encoding: zstd\n");
	assert_true(packed.len < text.len / 10);
	assert_int_equal(ZSTD_decompress(out, text.len, packed.p, packed.len), text.len);
	assert_memory_equal(out, text.p, text.len);
}

static void small_answer_is_packed_for_who_takes_no_other(void **state)
{
	(void)state;
	rrq_header(r, "Accept-Encoding", "gzip, identity;q=0");
	assert_memory_equal(rest_compress(r, body(10)).p, "\x1f\x8b", 2);
	assert_string_equal(rrq_headers(r), "Content-Encoding: gzip\n");
	assert_int_equal(rest_compress(r, STR("")).len, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(best_of_what_is_allowed),
		CASE(nothing_at_all_is_refused),
		CASE(small_answers_stay_as_they_are),
		CASE(answers_without_a_wish_stay_as_they_are),
		CASE(gzip_comes_back_as_it_was),
		CASE(zstd_comes_back_as_it_was),
		CASE(small_answer_is_packed_for_who_takes_no_other),
	};
	return cmocka_run_group_tests_name("mod/rest_compress", tests, NULL, NULL);
}
