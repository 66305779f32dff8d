#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/rest/request.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct arena *arena;
static struct rest_request r;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	r = (struct rest_request){.arena = arena,
		.fault.arena = arena,
		.values.arena = arena,
		.method = REST_POST,
		.target = REST_TARGET_TABLE};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void columns_are(const char *list)
{
	struct rest_name **end = &r.query.columns;

	r.query.has_columns = true;
	for (struct str rest = str_of(list); rest.p;) {
		struct rest_name *n = ARENA_NEW(arena, struct rest_name);
		n->name = str_cut(&rest, ',');
		*end = n;
		end = &n->next;
	}
}

static void put_cell(struct buf *b, size_t i)
{
	if (!r.body.values)
		buf_str(b, r.body.cells[i].p ? r.body.cells[i] : STR("~"));
	else if (r.body.values[i])
		json_text(b, r.body.values[i]);
	else
		buf_char(b, '-');
}

/* "kind a|b;1|2;": columns and rows of JSON or text, an absent key as -, null cells as ~; or the fault. */
static const char *body_of(const char *type, const char *text)
{
	static const char kinds[] = "norw"; /* none, object, rows, raw ("w") */
	const struct rest_body *body = &r.body;
	struct buf b;

	r.body = (struct rest_body){.kind = REST_BODY_NONE};
	r.fault = (struct rest_fault){.arena = arena};
	if (rest_body_parse(&r, str_of(type), str_of(text)))
		return arena_printf(arena, "%d %s %s: %s", r.fault.status, r.fault.code,
			r.fault.message, r.fault.details ? r.fault.details : "");
	buf_init(&b, 0);
	buf_printf(&b, "%c ", kinds[body->kind]);
	for (size_t i = 0; i < body->n_columns; i++)
		buf_printf(&b, "%s" STR_FMT, i ? "|" : "", STR_ARG(body->columns[i]));
	buf_char(&b, ';');
	for (size_t row = 0; row < body->n_rows; row++) {
		for (size_t i = 0; i < body->n_columns; i++) {
			buf_cstr(&b, i ? "|" : "");
			put_cell(&b, row * body->n_columns + i);
		}
		buf_char(&b, ';');
	}
	const char *found = str_cstr(arena, buf_view(&b));
	buf_done(&b);
	return found;
}

static void gives(const char *type, const char *cases[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_string_equal(body_of(type, cases[i][0]), cases[i][1]);
}

static void json_is_an_object_or_rows(void **state)
{
	const char *cases[][2] = {
		{"{\"a\":1,\"b\":null}", "o a|b;1|null;"},
		{" [ {\"a\":1.50} , {\"a\":[1]} ] ", "r a;1.50;[1];"},
		{"[{\"a\":1,\"b\":2},{\"b\":3,\"a\":4}]", "r a|b;1|2;4|3;"},
		{"{\"a\":1,\"b\":2,\"a\":3}", "o a|b;3|2;"},
		{"[{\"a\":1,\"a\":3},{\"a\":4}]", "r a;3;4;"},
		{"{}", "o ;;"},
		{"[]", "r ;"},
		{"[{},{}]", "r ;;;"},
		{"5", "r ;"},
		{"null", "r ;"},
		{"\"text\"", "r ;"},
	};

	(void)state;
	gives(NULL, cases, N(cases));
	gives("application/json", cases, N(cases));
	gives("Application/JSON ; charset=UTF-8", cases, N(cases));
}

static void many_keys_are_found_in_any_order(void **state)
{
	(void)state;
	assert_string_equal(body_of("",
				    "[{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,"
				    "\"g\":7,\"h\":8,\"i\":9},{\"i\":1,\"h\":2,\"g\":3,\"f\":4,"
				    "\"e\":5,\"d\":6,\"c\":7,\"b\":8,\"a\":9}]"),
		"r a|b|c|d|e|f|g|h|i;1|2|3|4|5|6|7|8|9;9|8|7|6|5|4|3|2|1;");
}

static void rows_without_the_same_keys_are_refused(void **state)
{
	const char *cases[][2] = {
		{"[{\"a\":1},{\"a\":1,\"b\":2}]", "row 2 has the key b"},
		{"[{\"a\":1,\"b\":2},{\"a\":1},{\"c\":1}]", "row 2 lacks the key b"},
		{"[{\"a\":1,\"b\":2},{\"a\":1,\"c\":2}]", "row 2 has the key c"},
		{"[{\"a\":1},5]", "row 2 is no object but of type number"},
		{"[{\"a\":1},null]", "row 2 is no object but of type null"},
		{"[1,2]", "row 1 is no object but of type number"},
		{"[[{\"a\":1}]]", "row 1 is no object but of type array"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(body_of("", cases[i][0]),
			arena_printf(arena, "400 PGRST102 All object keys must match: %s",
				cases[i][1]));
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
	static const char *cases[] = {"", " \n", "}{", "{\"a\":1", "[{\"a\":1},]", "{\"a\":01}",
		"nul", "{\"a\":1}{\"b\":2}", "{'a':1}", "{\"a\":\"\x01\"}", "\xef\xbb\xbf{\"a\":1}",
		"{\"a\":\"\xff\"}"};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *found = body_of("", cases[i]);
		assert_int_equal(strncmp(found, "400 PGRST102 Empty or invalid json: ", 36), 0);
		assert_true(strlen(found) > 36);
	}
	assert_non_null(strstr(body_of("", "[{\"a\":1},\n{\"b\"]"), "line 2, column 5"));
}

static void columns_choose_among_the_keys(void **state)
{
	(void)state;
	columns_are("b,a,b");
	assert_string_equal(body_of("", "[{\"a\":1,\"x\":9},{\"b\":2,\"a\":3}]"), "r b|a;-|1;2|3;");
	assert_string_equal(body_of("", "{\"b\":null}"), "o b|a;null|-;");
	assert_string_equal(body_of("", "[{\"a\":1},333]"),
		"400 PGRST102 All object keys must match: row 2 is no object but of type number");
	assert_string_equal(body_of("", "5"),
		"400 PGRST102 All object keys must match: row 1 is no object but of type number");
	assert_string_equal(body_of("", "[]"), "r ;");
	assert_string_equal(body_of("text/csv", "a,x\n1,2"), "r b|a;~|1;");
	assert_true(r.body.missing[0] && !r.body.missing[1]);
	assert_string_equal(body_of("application/x-www-form-urlencoded", "a=1&x=2"), "o b|a;~|1;");
}

static void a_patch_takes_the_first_row(void **state)
{
	(void)state;
	r.method = REST_PATCH;
	assert_string_equal(body_of("", "[{\"a\":1},{\"b\":2}]"), "r a;1;");
}

static void forms_are_one_row(void **state)
{
	const char *cases[][2] = {
		{"a=1&b=x+y%20z%26", "o a|b;1|x y z&;"},
		{"a=1&&b&c=&a=2", "o a|b|c;2||;"},
		{"", "o ;;"},
		{"%C3%A9=%3D", "o \xc3\xa9;=;"},
		{"a=1&b=%zz", "400 PGRST102 Empty or invalid form: byte 5: bad percent encoding"},
		{"a=%00", "400 PGRST102 Empty or invalid form: byte 1: bad percent encoding"},
	};

	(void)state;
	gives("application/x-www-form-urlencoded", cases, N(cases));
}

static void csv_is_rows(void **state)
{
	(void)state;
	assert_string_equal(body_of("text/csv; charset=utf-8", "a,b\n1,NULL\n"), "r a|b;1|~;");
	assert_string_equal(body_of("text/csv", "a,b,a\n1,2,3\n"),
		"400 PGRST102 Empty or invalid csv: line 1: 'a' comes twice in the header");
	assert_string_equal(body_of("text/csv", "a,b\n1"),
		"400 PGRST102 All lines must have same number of fields: line 2: 1 fields, and 2 in the header");
}

static void other_kinds_are_for_functions_only(void **state)
{
	static const char *kinds[] = {"text/plain", "text/xml", "application/octet-stream"};

	(void)state;
	for (size_t i = 0; i < N(kinds); i++) {
		r.target = REST_TARGET_TABLE;
		assert_string_equal(body_of(kinds[i], "x"),
			arena_printf(arena,
				"400 PGRST102 Content-Type not acceptable: %s: ", kinds[i]));
		r.target = REST_TARGET_CALL;
		assert_string_equal(body_of(kinds[i], "x"), "w ;");
	}
	assert_string_equal(body_of("Application/YAML;x=y", "a: 1"),
		"400 PGRST102 Content-Type not acceptable: application/yaml: ");
}

static void a_function_takes_any_json(void **state)
{
	const char *cases[][2] = {
		{"", "o ;;"},
		{"{\"a\":1}", "o a;1;"},
		{"[{\"a\":1},{\"b\":2}]", "r a;1;"},
		{"[1,2]", "w ;"},
		{"[]", "w ;"},
		{"5", "w ;"},
	};

	(void)state;
	r.target = REST_TARGET_CALL;
	gives("application/json", cases, N(cases));
	assert_string_equal(body_of("", "{\"a\":"),
		"400 PGRST102 Empty or invalid json: not JSON: unexpected end of data at byte 5 (line 1, column 6)");
}

static void methods_without_a_body_ignore_it(void **state)
{
	static const enum rest_method methods[] = {REST_GET, REST_HEAD, REST_DELETE};

	(void)state;
	for (size_t i = 0; i < N(methods); i++) {
		r.method = methods[i];
		assert_string_equal(body_of("application/yaml", "}{"), "n ;");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(json_is_an_object_or_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(many_keys_are_found_in_any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_without_the_same_keys_are_refused, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_is_no_json_is_refused_with_its_place, setup,
			teardown),
		cmocka_unit_test_setup_teardown(columns_choose_among_the_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(a_patch_takes_the_first_row, setup, teardown),
		cmocka_unit_test_setup_teardown(forms_are_one_row, setup, teardown),
		cmocka_unit_test_setup_teardown(csv_is_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(other_kinds_are_for_functions_only, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_function_takes_any_json, setup, teardown),
		cmocka_unit_test_setup_teardown(methods_without_a_body_ignore_it, setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/rest_body", tests, NULL, NULL);
}
