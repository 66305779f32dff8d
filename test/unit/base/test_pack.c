#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/pack.h"

static void fill(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%zu,", i * 7919 % 1000);
}

static void pack(enum pack_kind kind, struct str text, size_t piece, struct buf *out)
{
	struct arena *a = arena_new();
	struct pack *p = pack_new(a, kind);

	for (size_t at = 0; at < text.len; at += piece)
		pack_add(p, str_sub(text, at, at + piece), false, false, out);
	pack_add(p, STR(""), false, true, out);
	arena_free(a);
}

static void assert_gzip_gives(struct str packed, struct str text)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.len};
	char *back = malloc(text.len + 1);

	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	z.next_out = (Bytef *)back;
	z.avail_out = (uInt)text.len + 1;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, text.len);
	assert_memory_equal(back, text.p, text.len);
	inflateEnd(&z);
	free(back);
}

static void assert_zstd_gives(struct str packed, struct str text)
{
	char *back = malloc(text.len + 1);

	assert_int_equal(ZSTD_decompress(back, text.len + 1, packed.p, packed.len), text.len);
	assert_memory_equal(back, text.p, text.len);
	free(back);
}

static void what_was_packed_in_pieces_comes_back(void **state)
{
	(void)state;
	static const size_t pieces[] = {1, 100, 70000, 10000000};

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct buf text = {0}, gzip = {0}, zstd = {0};
		buf_init(&text, 0), buf_init(&gzip, 0), buf_init(&zstd, 0);
		fill(&text, i == 0 ? 500 : 100000);
		pack(PACK_GZIP, buf_view(&text), pieces[i], &gzip);
		pack(PACK_ZSTD, buf_view(&text), pieces[i], &zstd);
		assert_true(gzip.len < text.len && zstd.len < text.len);
		assert_gzip_gives(buf_view(&gzip), buf_view(&text));
		assert_zstd_gives(buf_view(&zstd), buf_view(&text));
		buf_done(&text), buf_done(&gzip), buf_done(&zstd);
	}
}

static void nothing_is_a_whole_stream_too(void **state)
{
	(void)state;
	struct buf gzip, zstd;

	buf_init(&gzip, 0), buf_init(&zstd, 0);
	pack(PACK_GZIP, STR(""), 1, &gzip);
	pack(PACK_ZSTD, STR(""), 1, &zstd);
	assert_gzip_gives(buf_view(&gzip), STR(""));
	assert_zstd_gives(buf_view(&zstd), STR(""));
	buf_done(&gzip), buf_done(&zstd);
}

static void flush_shows_all_that_was_given(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct pack *p = pack_new(a, PACK_ZSTD);
	struct buf out;
	char back[64];

	buf_init(&out, 0);
	pack_add(p, STR("first"), true, false, &out);
	ZSTD_DStream *d = ZSTD_createDStream();
	ZSTD_inBuffer in = {out.p, out.len, 0};
	ZSTD_outBuffer to = {back, sizeof back, 0};
	assert_false(ZSTD_isError(ZSTD_decompressStream(d, &to, &in)));
	assert_int_equal(to.pos, 5);
	assert_memory_equal(back, "first", 5);
	ZSTD_freeDStream(d);
	buf_done(&out);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_in_pieces_comes_back),
		cmocka_unit_test(nothing_is_a_whole_stream_too),
		cmocka_unit_test(flush_shows_all_that_was_given),
	};

	return cmocka_run_group_tests_name("base/pack", tests, NULL, NULL);
}
