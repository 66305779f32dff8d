#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "mod/auth/qr.h"

/* Modules of a code, read back from the picture's path. */
static size_t draw(const char *path, char *dots, size_t size)
{
	size_t dark = 0;
	int x, y, n;

	for (const char *at = path; (at = strchr(at, 'M')); at++) {
		assert_int_equal(sscanf(at, "M%d %dh%dv1h-%*dz", &x, &y, &n), 3);
		assert_true(
			x >= 4 && y >= 4 && (size_t)(x + n + 4) <= size && (size_t)(y + 5) <= size);
		memset(dots + (size_t)y * size + (size_t)x, 1, (size_t)n);
		dark += (size_t)n;
	}
	return dark;
}

/* Every code has a finder in three corners, each a ring of 7 around a block of 3. */
static void assert_finder(const char *dots, size_t size, size_t x, size_t y)
{
	for (size_t i = 0; i < 7; i++)
		for (size_t j = 0; j < 7; j++) {
			bool ring = i == 0 || j == 0 || i == 6 || j == 6;
			bool block = i >= 2 && i <= 4 && j >= 2 && j <= 4;
			assert_int_equal(dots[(y + i) * size + x + j], ring || block);
		}
}

static void draws_a_code_with_its_finders(void **state)
{
	struct arena *a = arena_new();
	struct str svg = qr_svg(a,
		STR("otpauth://totp/plat:ann@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
	size_t size;

	(void)state;
	assert_true(str_starts(svg, STR("<svg ")) && str_ends(svg, STR("</svg>")));
	assert_int_equal(str_find_char(svg, '#'), -1);
	assert_int_equal(sscanf(strstr(svg.p, "viewBox"), "viewBox='0 0 %zu", &size), 1);
	char *dots = arena_zalloc(a, size * size);
	const char *path = strstr(svg.p, "<path d='");
	assert_non_null(path);
	size_t dark = draw(path, dots, size), inside = (size - 8) * (size - 8);
	assert_true(dark > inside / 3 && dark < inside * 2 / 3);
	assert_finder(dots, size, 4, 4);
	assert_finder(dots, size, size - 11, 4);
	assert_finder(dots, size, 4, size - 11);
	arena_free(a);
}

static void what_is_too_long_has_no_code(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_zalloc(a, 4001);

	(void)state;
	memset(text, 'x', 4000);
	assert_null(qr_svg(a, str_from(text, 4000)).p);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_a_code_with_its_finders),
		cmocka_unit_test(what_is_too_long_has_no_code),
	};
	return cmocka_run_group_tests_name("mod/auth_qr", tests, NULL, NULL);
}
