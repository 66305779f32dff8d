/* Forms taken apart, however they are cut into pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "mod/storage/multipart.h"

struct seen {
	struct buf log, bytes;
	int refuse;
};

static int on_field(struct str name, struct str value, void *arg, struct err *e)
{
	struct seen *s = arg;
	(void)e;

	buf_printf(&s->log, STR_FMT "=" STR_FMT ";", STR_ARG(name), STR_ARG(value));
	return 0;
}

static int on_file(const struct multipart_part *part, void *arg, struct err *e)
{
	struct seen *s = arg;

	buf_printf(&s->log, "[" STR_FMT "|" STR_FMT "|" STR_FMT "]", STR_ARG(part->name),
		STR_ARG(part->filename), STR_ARG(part->type));
	return s->refuse ? err_set(e, E_LIMIT, "no") : 0;
}

static int on_bytes(struct str piece, void *arg, struct err *e)
{
	struct seen *s = arg;
	(void)e;

	assert_true(piece.len > 0);
	buf_str(&s->bytes, piece);
	return 0;
}

static int run(struct arena *a, struct seen *s, struct str body, size_t piece, struct err *e)
{
	const struct multipart_to to = {on_field, on_file, on_bytes, s};
	struct multipart m;
	int code = 0;

	buf_init(&s->log, 0);
	buf_init(&s->bytes, 0);
	multipart_init(&m, a, STR("xyz"), &to);
	for (size_t at = 0; at < body.len && !code; at += piece)
		code = multipart_feed(&m, str_sub(body, at, at + piece), e);
	if (!code)
		code = multipart_end(&m, e);
	multipart_done(&m);
	return code;
}

static void done(struct seen *s)
{
	buf_done(&s->log);
	buf_done(&s->bytes);
}

#define BODY                                                                                                          \
	"preamble\r\n--xyz\r\nContent-Disposition: form-data; name=\"cacheControl\"\r\n\r\n3600\r\n"                  \
	"--xyz\r\ncontent-disposition: form-data; name=\"\"; filename=\"a;b.png\"\r\nContent-Type: image/png\r\n\r\n" \
	"\r\n--xy\r\n\r\n--xyZ--\r\r\n--xyz  \r\nContent-Disposition: form-data; name=late\r\n\r\n\r\n"               \
	"--xyz\r\nContent-Disposition: form-data; name=\"f2\"; filename=\"\"\r\n\r\ndropped\r\n--xyz--\r\nepilogue"

static void every_cut_gives_the_same(void **state)
{
	(void)state;

	for (size_t piece = 1; piece < sizeof(BODY); piece++) {
		struct arena *a = arena_new();
		struct err e = {.arena = a};
		struct seen s = {.refuse = 0};
		assert_int_equal(run(a, &s, STR(BODY), piece, &e), 0);
		assert_string_equal(s.log.p, "cacheControl=3600;[|a;b.png|image/png]late=;");
		assert_true(str_eq(buf_view(&s.bytes), STR("\r\n--xy\r\n\r\n--xyZ--\r")));
		done(&s);
		arena_free(a);
	}
}

static void what_is_cut_off_or_without_a_file_is_refused(void **state)
{
	static const char *const bad[] = {"", "--xyz", "--xyz\r\n", "no form at all",
		"--xyz\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nbytes",
		"--xyz\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nbytes\r\n--xyz",
		"--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--xyz--\r\n",
		"--xyz--\r\n"};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena *a = arena_new();
		struct err e = {.arena = a};
		struct seen s = {.refuse = 0};
		assert_int_equal(run(a, &s, str_of(bad[i]), 7, &e), E_INPUT);
		assert_non_null(e.msg);
		done(&s);
		arena_free(a);
	}
}

static void a_head_without_end_is_not_collected(void **state)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct seen s = {.refuse = 0};
	char *body = arena_alloc(a, 20000);
	(void)state;

	memset(body, 'x', 20000);
	memcpy(body, "--xyz\r\n", 7);
	assert_int_equal(run(a, &s, str_from(body, 20000), 1000, &e), E_INPUT);
	done(&s);
	arena_free(a);
}

static void who_refuses_is_not_called_again(void **state)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct seen s = {.refuse = 1};
	(void)state;

	assert_int_equal(run(a, &s, STR(BODY), 1000, &e), E_LIMIT);
	assert_int_equal(s.bytes.len, 0);
	done(&s);
	arena_free(a);
}

static void a_boundary_is_found_in_its_header(void **state)
{
	struct arena *a = arena_new();
	(void)state;

	assert_true(str_eq(multipart_boundary(a, STR("multipart/form-data; boundary=abc")),
		STR("abc")));
	assert_true(str_eq(multipart_boundary(a,
				   STR("Multipart/Form-Data; charset=x; Boundary=\"a b\"")),
		STR("a b")));
	assert_false(multipart_boundary(a, STR("multipart/form-data")).p);
	assert_false(multipart_boundary(a, STR("multipart/form-data; boundary=")).p);
	assert_false(multipart_boundary(a, STR("multipart/form-data; boundary=\"a\tb\"")).p);
	assert_false(multipart_boundary(a, STR("text/plain; boundary=abc")).p);
	assert_false(multipart_boundary(a, STR_NULL).p);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_gives_the_same),
		cmocka_unit_test(what_is_cut_off_or_without_a_file_is_refused),
		cmocka_unit_test(a_head_without_end_is_not_collected),
		cmocka_unit_test(who_refuses_is_not_called_again),
		cmocka_unit_test(a_boundary_is_found_in_its_header),
	};

	return cmocka_run_group_tests_name("storage_multipart", tests, NULL, NULL);
}
