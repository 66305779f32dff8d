#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/csv.h"
#include "mod/rest/fault.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* "a|b;1|2;": header and rows, null as ~; or the fault as "message: details". */
static const char *csv_of(const char *text)
{
	struct rest_fault f = {.arena = arena};
	struct rest_csv csv;
	struct buf b;

	if (rest_csv_parse(arena, str_of(text), &csv, &f)) {
		assert_int_equal(f.status, 400);
		assert_string_equal(f.code, "PGRST102");
		return arena_printf(arena, "%s: %s", f.message, f.details);
	}
	buf_init(&b, 0);
	for (size_t i = 0; i < csv.n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? "|" : "", STR_ARG(csv.names[i]));
	buf_char(&b, ';');
	for (size_t i = 0; i < csv.n * csv.n_rows; i++)
		buf_printf(&b, STR_FMT "%s", STR_ARG(csv.cells[i].p ? csv.cells[i] : STR("~")),
			i % csv.n + 1 < csv.n ? "|" : ";");
	const char *found = str_cstr(arena, buf_view(&b));
	buf_done(&b);
	return found;
}

static void rows_and_header(void **state)
{
	static const char *cases[][2] = {
		{"a,b\n1,2", "a|b;1|2;"},
		{"a,b\n1,2\n", "a|b;1|2;"},
		{"a,b\r\n1,2\r\n3,4", "a|b;1|2;3|4;"},
		{"a,b\r1,2\r", "a|b;1|2;"},
		{"a\n\n\n1\n\n2\n\n", "a;1;2;"},
		{"\xef\xbb\xbf"
		 "a\n1",
			"a;1;"},
		{"a,b", "a|b;"},
		{"a,b\n", "a|b;"},
		{"a,b\n,", "a|b;|;"},
		{"a\n\"\"\n", "a;;"},
		{"a,b\nx y, z ", "a|b;x y| z ;"},
		{"a\n\xc3\xa9\n", "a;\xc3\xa9;"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(csv_of(cases[i][0]), cases[i][1]);
}

static void null_is_the_word_without_quotes(void **state)
{
	(void)state;
	assert_string_equal(csv_of("a,b,c,d\nNULL,,\"NULL\",null"), "a|b|c|d;~||NULL|null;");
	assert_string_equal(csv_of("NULL,a\n1,2"), "NULL|a;1|2;");
}

static void quotes_hold_commas_lines_and_quotes(void **state)
{
	(void)state;
	assert_string_equal(csv_of("a,\"b,c\"\n\"x\"\"y\",\"1\n2\"\n"), "a|b,c;x\"y|1\n2;");
	assert_string_equal(csv_of("a\n\"\"\"\"\n\"\"\"\"\"\"\n"), "a;\";\"\";");
	assert_string_equal(csv_of("a,b\n\"\",\"z\"\r\n"), "a|b;|z;");
}

static void faults_name_the_line(void **state)
{
	static const char *cases[][2] = {
		{"", "Empty or invalid csv: line 1: there is no header line"},
		{"\n\r\n", "Empty or invalid csv: line 1: there is no header line"},
		{"a,b\nfoo,bar\nbaz",
			"All lines must have same number of fields: line 3: 1 fields, and 2 in the header"},
		{"a,b\n\n\nfoo,bar,baz",
			"All lines must have same number of fields: line 4: 3 fields, and 2 in the header"},
		{"a,b\n\"1\n2\r\n3\r4\",x\ny",
			"All lines must have same number of fields: line 6: 1 fields, and 2 in the header"},
		{"a\nx\n\"open",
			"Empty or invalid csv: line 3: a quoted field begins here and does not end"},
		{"a\n\"x\"y",
			"Empty or invalid csv: line 2: text follows the end of a quoted field"},
		{"a\nx\"y",
			"Empty or invalid csv: line 2: a quote stands in a field that does not begin with one"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(csv_of(cases[i][0]), cases[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_and_header, setup, teardown),
		cmocka_unit_test_setup_teardown(null_is_the_word_without_quotes, setup, teardown),
		cmocka_unit_test_setup_teardown(quotes_hold_commas_lines_and_quotes, setup,
			teardown),
		cmocka_unit_test_setup_teardown(faults_name_the_line, setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/rest_csv", tests, NULL, NULL);
}
