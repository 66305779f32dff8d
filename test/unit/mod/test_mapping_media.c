#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/mapping.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* The media of a payload, as the default mapping makes them, and their lines for COPY. */
static struct str media_lines(struct arena *a, const char *media, struct listing_row *ret_row)
{
	struct str payload = str_printf(a, "{\"ListingKey\": \"k\"%s}", media);
	struct listing_head head = {.key = STR("k")};
	struct err e = {.arena = a};
	const struct json *document = json_parse(a, str_of(mapping_default), &e),
			  *v = json_parse(a, payload, &e);
	struct mapping *m = mapping_new(a, document, &e);
	struct buf b;

	assert_int_equal(e.code, 0);
	mapping_apply(m, a, v, ret_row);
	buf_init(&b, 0);
	mapping_copy_media(&b, &head, ret_row);
	struct str lines = str_copy(a, buf_view(&b));
	buf_done(&b);
	return lines;
}

static void takes_media_in_their_order(void **state)
{
	struct listing_row row;
	struct str lines = media_lines(*state,
		", \"Media\": [{\"Order\": \"2\", \"MediaURL\": \"https://x/2.jpg\", \"MediaKey\": \"k-m2\","
		"\"MediaCategory\": \"Photo\", \"ShortDescription\": \"Pool\\nat night\"},"
		"{\"Order\": 1, \"MediaURL\": \"http://x/1.jpg\", \"LongDescription\": \"The long one\"},"
		"{\"MediaURL\": \"https://x/3.jpg\"}]",
		&row);

	assert_true(row.has_media);
	assert_int_equal(row.problems_n, 0);
	assert_int_equal(row.values[LISTING_PHOTO_COUNT].n, 3);
	assert_true(str_eq(lines,
		STR("k\thttps://x/2.jpg\t2\tPool\\nat night\tk-m2\tPhoto\tt\n"
		    "k\thttp://x/1.jpg\t1\tThe long one\t\\N\t\\N\tt\n"
		    "k\thttps://x/3.jpg\t3\t\\N\t\\N\t\\N\tt\n")));
}

static void leaves_out_media_that_cannot_be_shown(void **state)
{
	struct listing_row row;
	struct str lines = media_lines(*state,
		", \"Media\": [1, null, {}, {\"MediaURL\": \"\"}, {\"MediaURL\": \"ftp://x/1\"},"
		"{\"MediaURL\": \"javascript:alert(1)\"}, {\"MediaURL\": \"https://x/1\"}, {\"MediaURL\": \"https://x/1\"}]",
		&row);

	assert_int_equal(row.problems_n, 6);
	assert_true(str_eq(lines, STR("k\thttps://x/1\t1\t\\N\t\\N\t\\N\tt\n")));
}

static void an_empty_or_missing_list_says_nothing_unless_there_are_no_photos(void **state)
{
	static const struct {
		const char *media;
		bool has_media;
	} cases[] = {
		{"", false},
		{", \"Media\": null", false},
		{", \"Media\": []", false},
		{", \"Media\": [], \"PhotosCount\": 24", false},
		{", \"Media\": {}, \"PhotosCount\": 0", false},
		{", \"Media\": [], \"PhotosCount\": 0", true},
		{", \"Media\": [{\"MediaURL\": \"https://x/1\"}], \"PhotosCount\": 24", true},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct listing_row row;
		media_lines(*state, cases[i].media, &row);
		assert_int_equal(row.has_media, cases[i].has_media);
	}
}

static void media_hash_tells_whether_media_changed(void **state)
{
	struct listing_row one, same, other;

	media_lines(*state,
		", \"ListPrice\": 1, \"Media\": [{\"MediaURL\": \"https://x/1\", \"Order\": \"1\"}]",
		&one);
	media_lines(*state,
		", \"ListPrice\": 2, \"Media\": [{\"Order\": 1, \"MediaURL\": \"https://x/1\"}]",
		&same);
	media_lines(*state,
		", \"ListPrice\": 1, \"Media\": [{\"MediaURL\": \"https://x/1\", \"Order\": \"2\"}]",
		&other);
	assert_true(hash_128_eq(one.media_hash, same.media_hash));
	assert_false(hash_128_eq(one.media_hash, other.media_hash));
}

static void a_permission_keeps_media_from_the_public(void **state)
{
	static const struct {
		const char *permission;
		bool is_public;
	} cases[] = {
		{"", true},
		{", \"Permission\": null", true},
		{", \"Permission\": []", true},
		{", \"Permission\": \"\"", true},
		{", \"Permission\": \"Public\"", true},
		{", \"Permission\": [\"IDX\", \"VOW\"]", true},
		{", \"Permission\": \"Whatever\"", true},
		{", \"Permission\": 7", true},
		{", \"Permission\": {\"x\": 1}", true},
		{", \"Permission\": \"Private\"", false},
		{", \"Permission\": [\"Private\"]", false},
		{", \"Permission\": [\"Public\", \"Agent Only\"]", false},
		{", \"Permission\": \"AgentOnly\"", false},
		{", \"Permission\": \"IDX, FIRM_ONLY\"", false},
		{", \"Permission\": [null, \"Office Only\"]", false},
		{", \"Permission\": \"VOW\"", false},
	};
	struct hash_128 of_public = {0};

	for (size_t i = 0; i < N(cases); i++) {
		struct listing_row row;
		struct str media = str_printf(*state,
			", \"Media\": [{\"MediaURL\": \"https://x/1\"%s}]", cases[i].permission);
		struct str line = media_lines(*state, media.p, &row);
		assert_int_equal(row.media_n, 1);
		assert_int_equal(row.media[0].is_public, cases[i].is_public);
		assert_true(str_ends(line, cases[i].is_public ? STR("\tt\n") : STR("\tf\n")));
		if (i == 0)
			of_public = row.media_hash;
		assert_int_equal(hash_128_eq(row.media_hash, of_public), cases[i].is_public);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_media_in_their_order),
		TEST(leaves_out_media_that_cannot_be_shown),
		TEST(an_empty_or_missing_list_says_nothing_unless_there_are_no_photos),
		TEST(media_hash_tells_whether_media_changed),
		TEST(a_permission_keeps_media_from_the_public),
	};
	return cmocka_run_group_tests_name("mod/mapping_media", tests, NULL, NULL);
}
