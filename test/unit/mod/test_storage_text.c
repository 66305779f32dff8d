/* What storage reads of clients: ranges, sizes, names, types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "mod/storage/engine.h"
#include "mod/storage/name.h"
#include "mod/storage/range.h"
#include "mod/storage/size.h"
#include "mod/storage/sniff.h"

static void a_range_is_cut_to_what_there_is(void **state)
{
	static const struct {
		const char *header;
		int64_t size;
		enum range_answer answer;
		int64_t from, len;
	} rows[] = {
		{"bytes=0-0", 10, RANGE_PART, 0, 1},
		{"bytes=3-", 10, RANGE_PART, 3, 7},
		{" Bytes = 3 - 5 ", 10, RANGE_PART, 3, 3},
		{"bytes=-4", 10, RANGE_PART, 6, 4},
		{"bytes=-40", 10, RANGE_PART, 0, 10},
		{"bytes=9-9223372036854775807", 10, RANGE_PART, 9, 1},
		{"bytes=9-99999999999999999999999", 10, RANGE_PART, 9, 1},
		{"bytes=10-", 10, RANGE_BEYOND, 0, 0},
		{"bytes=-0", 10, RANGE_BEYOND, 0, 0},
		{"bytes=0-", 0, RANGE_BEYOND, 0, 0},
		{"bytes=-1", 0, RANGE_BEYOND, 0, 0},
		{"bytes=5-4", 10, RANGE_WHOLE, 0, 0},
		{"bytes=0-1,2-3", 10, RANGE_WHOLE, 0, 0},
		{"bytes=-", 10, RANGE_WHOLE, 0, 0},
		{"bytes=+1-2", 10, RANGE_WHOLE, 0, 0},
		{"bytes", 10, RANGE_WHOLE, 0, 0},
		{"rows=0-1", 10, RANGE_WHOLE, 0, 0},
		{"", 10, RANGE_WHOLE, 0, 0},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t from = 0, len = 0;
		assert_int_equal(range_parse(str_of(rows[i].header), rows[i].size, &from, &len),
			rows[i].answer);
		assert_int_equal(from, rows[i].from);
		assert_int_equal(len, rows[i].len);
	}
	int64_t from, len;
	assert_int_equal(range_parse(STR_NULL, 10, &from, &len), RANGE_WHOLE);
}

static void a_size_has_a_unit_or_none(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes; /* 0: refused */
	} rows[] = {
		{"20mb", 20000000},
		{"1", 1},
		{" 5 GB ", 5000000000},
		{"1.5kb", 1500},
		{"2KiB", 2048},
		{"1MiB", 1048576},
		{"7b", 7},
		{"0", 0},
		{"0.4", 0},
		{"mb", 0},
		{"", 0},
		{"-1mb", 0},
		{"1 m b", 0},
		{"1e3", 0},
		{"1.2.3mb", 0},
		{"99999999999tb", 0},
		{"1pb", 0},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t bytes = 0;
		assert_int_equal(storage_size_parse(str_of(rows[i].text), &bytes),
			rows[i].bytes != 0);
		assert_int_equal(bytes, rows[i].bytes);
	}
}

static void a_name_has_parts_and_no_tricks(void **state)
{
	static const char *const good[] = {"a", "a/b.txt", "...", ".hidden", "a b", "a%2Fb",
		"\xc3\xa4/\xe6\x97\xa5", "a\\b"};
	static const char *const bad[] = {"", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a/.",
		"a\nb", "a\x7f", "a\xc2\x85", "a\xff", "\xed\xa0\x80"};
	char most[1025];
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(storage_name_is_object(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(storage_name_is_object(str_of(bad[i])));
	memset(most, 'x', sizeof most);
	assert_true(storage_name_is_object(str_from(most, 1024)));
	assert_false(storage_name_is_object(str_from(most, 1025)));
	assert_false(storage_name_is_object(str_from("a\0b", 3)));
	assert_true(storage_name_is_bucket(STR("My.Bucket_1-x")));
	assert_false(storage_name_is_bucket(STR(".hidden")));
	assert_false(storage_name_is_bucket(STR("a b")));
	assert_false(storage_name_is_bucket(str_from("a\0b", 3)));
	assert_false(storage_name_is_bucket(str_from(most, 101)));
}

static void a_path_is_decoded_part_by_part(void **state)
{
	struct arena *a = arena_new();
	struct str name;
	(void)state;

	assert_true(storage_name_decode(a, STR("a%20b/c%C3%A4"), &name));
	assert_true(str_eq(name, STR("a b/c\xc3\xa4")));
	assert_true(storage_name_decode(a, STR("100%25"), &name));
	assert_true(str_eq(name, STR("100%")));
	assert_false(storage_name_decode(a, STR("a%2Fb"), &name));
	assert_false(storage_name_decode(a, STR("a/%2e%2e/b"), &name));
	assert_false(storage_name_decode(a, STR("a%"), &name));
	assert_false(storage_name_decode(a, STR("a%00"), &name));
	assert_false(storage_name_decode(a, STR(""), &name));
	assert_false(storage_name_decode(a, STR_NULL, &name));
	arena_free(a);
}

static void bytes_tell_what_they_are(void **state)
{
	(void)state;

	assert_true(str_eq(sniff_type(STR("\xff\xd8\xff\xe0")), STR("image/jpeg")));
	assert_true(str_eq(sniff_type(STR("RIFF\1\2\3\4WEBPVP8 ")), STR("image/webp")));
	assert_true(str_eq(sniff_type(STR("%PDF-1.4")), STR("application/pdf")));
	assert_true(str_eq(sniff_type(STR(" \n<!DOCTYPE HTML>")), STR("text/html")));
	assert_true(str_eq(sniff_type(STR("<svg/>")), STR("image/svg+xml")));
	assert_true(str_eq(sniff_type(STR("a,b\n1,2\n")), STR("text/plain")));
	assert_false(sniff_type(STR("\1\2\3")).p);
	assert_false(sniff_type(STR("")).p);
}

static void what_is_declared_is_held_against_the_bytes(void **state)
{
	const struct str png = STR("\x89PNG\r\n\x1a\n...."), zip = STR("PK\3\4....");
	(void)state;

	assert_true(sniff_fits(STR("image/png"), png));
	assert_true(sniff_fits(STR("image/jpeg"),
		png)); /* an image is an image: browsers look themselves */
	assert_false(sniff_fits(STR("image/png"), STR("<html>")));
	assert_false(sniff_fits(STR("image/png"), STR("<svg/>")));
	assert_true(sniff_fits(STR("image/svg+xml"), STR("<?xml version=\"1.0\"?><svg/>")));
	assert_false(sniff_fits(STR("image/svg+xml"), png));
	assert_false(sniff_fits(STR("application/pdf"), zip));
	assert_true(sniff_fits(STR("application/zip"), zip));
	assert_true(sniff_fits(
		STR("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
		zip));
	assert_false(sniff_fits(STR("text/csv"), STR("MZ\x90")));
	assert_false(sniff_fits(STR("text/plain"), STR("a\0b")));
	assert_true(sniff_fits(STR("text/plain"), STR("gr\xfc\xdf")));
	assert_true(sniff_fits(STR("application/x-own"), STR("\1\2\3")));
}

static void a_type_is_bare(void **state)
{
	struct arena *a = arena_new();
	(void)state;

	assert_true(str_eq(sniff_bare(a, STR(" Image/PNG ; charset=x")), STR("image/png")));
	assert_false(sniff_bare(a, STR("image")).p);
	assert_false(sniff_bare(a, STR("image/")).p);
	assert_false(sniff_bare(a, STR("a/b/c")).p);
	assert_false(sniff_bare(a, STR("a b/c")).p);
	assert_false(sniff_bare(a, STR("")).p);
	arena_free(a);
}

static void a_place_is_a_path_and_back(void **state)
{
	struct arena *a = arena_new();
	struct storage_place place = {STR("0b5c2f6e-0000-4000-8000-000000000001"),
		STR("ab5c2f6e-0000-4000-8000-000000000002")};
	struct storage_place back;
	struct str key;
	(void)state;

	assert_int_equal(storage_place_key(a, &place, &key, NULL), 0);
	assert_true(str_eq(key,
		STR("0b5c2f6e-0000-4000-8000-000000000001/ab/ab5c2f6e-0000-4000-8000-000000000002")));
	assert_true(storage_place_parse(a, key, &back));
	assert_true(str_eq(back.version, place.version) &&
		str_eq(back.workspace_id, place.workspace_id));
	place.workspace_id = STR_NULL;
	assert_int_equal(storage_place_key(a, &place, &key, NULL), 0);
	assert_true(storage_place_parse(a, key, &back));
	assert_false(back.workspace_id.p);
	place.version = STR("../../../etc/passwd");
	assert_int_equal(storage_place_key(a, &place, &key, NULL), E_INPUT);
	assert_false(storage_place_parse(a, STR("shared/cd/ab5c2f6e-0000-4000-8000-000000000002"),
		&back));
	assert_false(storage_place_parse(a, STR("shared/ab"), &back));
	assert_false(storage_place_parse(a, STR(""), &back));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_is_cut_to_what_there_is),
		cmocka_unit_test(a_size_has_a_unit_or_none),
		cmocka_unit_test(a_name_has_parts_and_no_tricks),
		cmocka_unit_test(a_path_is_decoded_part_by_part),
		cmocka_unit_test(bytes_tell_what_they_are),
		cmocka_unit_test(what_is_declared_is_held_against_the_bytes),
		cmocka_unit_test(a_type_is_bare),
		cmocka_unit_test(a_place_is_a_path_and_back),
	};

	return cmocka_run_group_tests_name("storage_text", tests, NULL, NULL);
}
