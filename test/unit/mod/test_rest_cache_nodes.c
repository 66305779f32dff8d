#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "mod/rest/cache_local.h"

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

/* "number=table.column" of each, with blanks between. */
static const char *targets(struct arena *a, const char *tree)
{
	struct cache_target *list;
	size_t n = cache_nodes_targets(a, str_of(tree), &list);
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_printf(a, "%s%s%u=%u.%u", text, i ? " " : "", list[i].number,
			list[i].table, list[i].column);
	return text;
}

#define ENTRY(number, name, table, column, junk)                                           \
	"{TARGETENTRY :expr {VAR :varno 3 :location 122} :resno " number " :resname " name \
	" :ressortgroupref 0 :resorigtbl " table " :resorigcol " column " :resjunk " junk "}"
#define QUERY(list)                                                                              \
	"({QUERY :commandType 1 :rtable ({RANGETBLENTRY :alias <> :colnames (\"a\" \"b\\ c\")})" \
	" :jointree {FROMEXPR :quals <>} :targetList " list " :override 0 :stmt_len 0})"

static void reads_the_outermost_list(void **state)
{
	assert_string_equal(targets(*state,
				    QUERY("(" ENTRY("1", "id", "16384", "1", "false") " " ENTRY("2",
					    "name", "16385", "7", "false") ")")),
		"1=16384.1 2=16385.7");
	assert_string_equal(
		targets(*state,
			"({QUERY :cteList ({COMMONTABLEEXPR :ctequery {QUERY :targetList (" ENTRY(
				"1", "x", "99", "1", "false") ")}}) :targetList (" ENTRY("1", "y",
				"16384", "2", "false") ")})"),
		"1=16384.2");
}

static void leaves_out_expressions_and_junk(void **state)
{
	assert_string_equal(targets(*state,
				    QUERY("(" ENTRY("1", "sum", "0", "0", "false") " " ENTRY("2",
					    "<>", "16384", "1", "true") " " ENTRY("3", "id",
					    "16384", "3", "false") ")")),
		"3=16384.3");
	assert_string_equal(targets(*state, QUERY("<>")), "");
}

static void names_may_look_like_fields(void **state)
{
	static const char *const names[] = {":resno", ":resorigtbl", ":resjunk", "\\{", "\\)",
		"\\\\", "\\\\\\}", "a\\ :resno\\ 9", ":targetList"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *tree = arena_printf(*state,
			"({QUERY :targetList ({TARGETENTRY :expr <> :resno 4 :resname %s"
			" :ressortgroupref 0 :resorigtbl 16384 :resorigcol 5 :resjunk false})})",
			names[i]);
		assert_string_equal(targets(*state, tree), "4=16384.5");
	}
}

static void what_cannot_be_read_has_none(void **state)
{
	static const char *const trees[] = {"", "(", "({", "<>", "({QUERY", "({QUERY :targetList",
		"({QUERY :targetList (", "({QUERY :targetList ({TARGETENTRY :resno 1 :resorigtbl 5",
		"({QUERY :targetList ({OTHER :resno 1 :resorigtbl 5 :resorigcol 1})})",
		"({UPDATE :targetList ({TARGETENTRY :resno 1})})", "))))}}}}((((",
		"({QUERY :a 1} :targetList ({TARGETENTRY :resno 1 :resorigtbl 5 :resorigcol 1})})",
		"({QUERY :targetList ({TARGETENTRY :resno 1 :resorigtbl 99999999999 :resorigcol 1})})",
		"({QUERY :targetList ({TARGETENTRY :resno 1 :resorigtbl -5 :resorigcol 1})})",
		"\\"};

	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++)
		assert_string_equal(targets(*state, trees[i]), "");
	assert_int_equal(cache_nodes_targets(*state, STR_NULL, &(struct cache_target *){NULL}), 0);
}

static void arrays_as_postgresql_writes_them(void **state)
{
	struct str *texts;

	assert_int_equal(cache_texts(*state, STR("{a,\"b c\",\"q\\\"\\\\\",NULL,\"NULL\",\"\"}"),
				 &texts),
		6);
	assert_true(str_eq(texts[0], STR("a")) && str_eq(texts[1], STR("b c")));
	assert_true(str_eq(texts[2], STR("q\"\\")) && str_eq(texts[3], STR_NULL));
	assert_true(str_eq(texts[4], STR("NULL")) && str_eq(texts[5], STR("")));
	assert_int_equal(cache_texts(*state, STR("{}"), &texts), 0);
	assert_int_equal(cache_texts(*state, STR(""), &texts), 0);
	assert_int_equal(cache_texts(*state, STR_NULL, &texts), 0);
	assert_int_equal(cache_texts(*state, STR("{\"a"), &texts), 0);
}

static void numbers_and_arrays_of_our_own(void **state)
{
	static const struct str odd[] = {{STR_INIT("a")}, {STR_INIT("b\"c\\d,}")}, {STR_INIT("")}};
	unsigned *numbers;
	struct str *texts;

	assert_int_equal(cache_numbers(*state, STR("{1,23,4294967295}"), &numbers), 3);
	assert_true(numbers[0] == 1 && numbers[1] == 23 && numbers[2] == UINT32_MAX);
	assert_int_equal(cache_texts(*state, cache_text_array(*state, odd, 3), &texts), 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(str_eq(texts[i], odd[i]));
	assert_true(str_eq(cache_text_array(*state, NULL, 0), STR("{}")));
	assert_true(
		str_eq(cache_qualified(*state, STR("a"), STR("b\"c")), STR("\"a\".\"b\"\"c\"")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_the_outermost_list, setup, teardown),
		cmocka_unit_test_setup_teardown(leaves_out_expressions_and_junk, setup, teardown),
		cmocka_unit_test_setup_teardown(names_may_look_like_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_has_none, setup, teardown),
		cmocka_unit_test_setup_teardown(arrays_as_postgresql_writes_them, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_and_arrays_of_our_own, setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/rest_cache_nodes", tests, NULL, NULL);
}
