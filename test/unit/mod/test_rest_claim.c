#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/rest/claim.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

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

/* The text of the first place, "-" when there is none, "!" and the words when the path is refused. */
static const char *at(const char *path, const char *claims)
{
	struct err e = {.arena = a};
	const struct rest_claim *c = rest_claim_parse(a, str_of(path), &e);

	if (!c)
		return arena_printf(a, "!%s", e.msg);
	const struct json *found = rest_claim_find(c, json_parse(a, str_of(claims), NULL));
	return found ? json_text_dup(a, found).p : "-";
}

struct a_case {
	const char *path, *claims, *found;
};

static void check(const struct a_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *found = at(cases[i].path, cases[i].claims);
		if (strcmp(found, cases[i].found))
			fail_msg("%s in %s: %s, not %s", cases[i].path, cases[i].claims, found,
				cases[i].found);
	}
}

#define ROLES "{\"realm_access\":{\"roles\":[\"other\",\"web_author\"]}}"

/* The cases of PostgREST's own fixtures, and more. */
static void the_old_notation(void **state)
{
	static const struct a_case cases[] = {
		{".role", "{\"role\":\"x\"}", "\"x\""},
		{".role", "{\"rôle\":\"x\"}", "-"},
		{".rôle", "{\"rôle\":\"x\"}", "\"x\""},
		{".a.b_c$@1", "{\"a\":{\"b_c$@1\":7}}", "7"},
		{".postgrest.a_role", "{\"postgrest\":{\"a_role\":\"x\"},\"other\":\"y\"}",
			"\"x\""},
		{".customObject.manyRoles[1]", "{\"customObject\":{\"manyRoles\":[\"a\",\"x\"]}}",
			"\"x\""},
		{".\"https://www.example.com/roles\"[0].value",
			"{\"https://www.example.com/roles\":[{\"value\":\"x\"}]}", "\"x\""},
		{".a.\"b c\"[0]", "{\"a\":{\"b c\":[1]}}", "1"},
		{".\"\"", "{\"\":1}", "1"},
		{".myDomain[3]", "{\"myDomain\":[\"a\",\"b\"]}", "-"},
		{".role", "{\"role\":null}", "null"},
		{".role", "{\"role\":[1, 2]}", "[1,2]"},
		{".role.x", "{\"role\":\"x\"}", "-"},
		{".role[0]", "{\"role\":\"x\"}", "-"},
		{".a.b", "{\"a\":[{\"b\":1}]}", "-"},
		{".realm_access.roles[?(@ == \"web_author\")]", ROLES, "\"web_author\""},
		{".realm_access.roles[?(@ != \"other\")]", ROLES, "\"web_author\""},
		{".realm_access.roles[?(@ ^== \"web_au\")]", ROLES, "\"web_author\""},
		{".realm_access.roles[?(@ ==^ \"b_author\")]", ROLES, "\"web_author\""},
		{".realm_access.roles[?(@*==\"_auth\")]", ROLES, "\"web_author\""},
		{".realm_access.roles[?(@ == \"none\")]", ROLES, "-"},
		{".roles[?(@ == \"x\")]", "{\"roles\":[{\"x\":\"x\"},7]}", "-"},
		{".roles[?(@ != \"x\")]", "{\"roles\":[{\"x\":\"x\"},7,\"y\"]}", "\"y\""},
		{".roles[?(@ == \"x\")]", "{\"roles\":{\"a\":\"x\"}}", "-"},
		{".aud[0][1]", "{\"aud\":[[1,2]]}", "2"},
	};

	(void)state;
	check(cases, N(cases));
}

static void jsonpath(void **state)
{
	static const struct a_case cases[] = {
		{"$.role", "{\"role\":\"x\"}", "\"x\""},
		{"$", "{\"role\":\"x\"}", "{\"role\":\"x\"}"},
		{"$['role']", "{\"role\":\"x\"}", "\"x\""},
		{"$[\"write-role\"]", "{\"write-role\":\"x\"}", "\"x\""},
		{"$.a['b'].c", "{\"a\":{\"b\":{\"c\":1}}}", "1"},
		{"$ . a", "{\"a\":1}",
			"!expected a name (in [''] when it has other characters) at character 4 of $ . a"},
		{"$ ['a'] .b", "{\"a\":{\"b\":1}}", "1"},
		{"$.list[0]", "{\"list\":[\"x\"]}", "\"x\""},
		{"$.list[-1]", "{\"list\":[\"x\",\"y\"]}", "\"y\""},
		{"$.list[-3]", "{\"list\":[\"x\",\"y\"]}", "-"},
		{"$.list[2]", "{\"list\":[\"x\",\"y\"]}", "-"},
		{"$.list[0]", "{\"list\":{\"0\":1}}", "-"},
		{"$.list[*]", "{\"list\":[\"x\",\"y\"]}", "\"x\""},
		{"$.*", "{\"a\":1}", "1"},
		{"$.*.b", "{\"a\":1,\"c\":{\"b\":2}}", "2"},
		{"$.list[1:]", "{\"list\":[1,2,3]}", "2"},
		{"$.list[-2:]", "{\"list\":[1,2,3]}", "2"},
		{"$.list[:1]", "{\"list\":[1,2,3]}", "1"},
		{"$.list[2:1]", "{\"list\":[1,2,3]}", "-"},
		{"$.list[::-1]", "{\"list\":[1,2,3]}", "3"},
		{"$.list[1::-1]", "{\"list\":[1,2,3]}", "2"},
		{"$.list[::0]", "{\"list\":[1,2,3]}", "-"},
		{"$.list[0:3:2].x", "{\"list\":[1,{\"x\":5},{\"x\":7}]}", "7"},
		{"$['x','role']", "{\"role\":1,\"x\":2}", "2"},
		{"$['y','role']", "{\"role\":1,\"x\":2}", "1"},
		{"$.list[5, 1]", "{\"list\":[1,2]}", "2"},
		{"$..role", "{\"a\":[{\"b\":{\"role\":\"x\"}}]}", "\"x\""},
		{"$..*", "{\"a\":[1]}", "[1]"},
		{"$..[1]", "{\"a\":[[1,2]]}", "2"},
		{"$['\\u00e9\\ud83d\\ude00\\n\\'\"']", "{\"é😀\\n'\\\"\":1}", "1"},
		{"$.rôle", "{\"rôle\":1}", "1"},
		{"$.a.a", "{\"a\":1,\"a\":{\"a\":2}}", "2"},
	};

	(void)state;
	check(cases, N(cases));
}

#define USERS \
	"{\"r\":[{\"n\":\"a\",\"l\":1},{\"n\":\"bé\",\"l\":2,\"t\":true},{\"l\":3.5,\"z\":null}],\"want\":2}"

static void filters_of_jsonpath(void **state)
{
	static const struct a_case cases[] = {
		{"$.roles[?(@ == \"x\")]", "{\"roles\":[\"a\",\"x\"]}", "\"x\""},
		{"$.roles[?@=='x']", "{\"roles\":[\"a\",\"x\"]}", "\"x\""},
		{"$.roles[?@ != 'a']", "{\"roles\":[\"a\",7]}", "7"},
		{"$.roles[?search(@, \"^web_\")]", "{\"roles\":[\"a\",7,\"web_x\"]}", "\"web_x\""},
		{"$.roles[?match(@, 'web_.')]", "{\"roles\":[\"web_xy\",\"web_x\"]}", "\"web_x\""},
		{"$.roles[?search(@,'[0-9]{2}$')]", "{\"roles\":[\"a1\",\"a12\"]}", "\"a12\""},
		{"$.roles[?@ == 'x']", "{\"roles\":{\"k\":\"x\"}}", "\"x\""},
		{"$.r[?@.n == 'a'].l", USERS, "1"},
		{"$.r[?@['l'] > 1].l", USERS, "2"},
		{"$.r[?@.l >= 3.5].l", USERS, "3.5"},
		{"$.r[?@.l < 2].l", USERS, "1"},
		{"$.r[?@.l <= 0].l", USERS, "-"},
		{"$.r[?@.n > 'a'].l", USERS, "2"},
		{"$.r[?@.t].l", USERS, "2"},
		{"$.r[?!@.n].l", USERS, "3.5"},
		{"$.r[?@.t == true].l", USERS, "2"},
		{"$.r[?@.z == null].l", USERS, "3.5"},
		{"$.r[?@.x == @.y].l", USERS, "1"},
		{"$.r[?@.l == $.want].n", USERS, "\"bé\""},
		{"$.r[?length(@.n) == 2].l", USERS, "2"},
		{"$.r[?length(@) == 3].l", USERS, "2"},
		{"$.r[?length( @.l ) == 1].l", USERS, "-"},
		{"$.r[?@.l == 1 || @.l == 2].n", USERS, "\"a\""},
		{"$.r[?@.l > 1 && @.n].n", USERS, "\"bé\""},
		{"$.r[?@.l > 1 && @.n || @.l == 1].l", USERS, "1"},
		{"$.r[?@.l > 1 && (@.n || @.z == null)].l", USERS, "2"},
		{"$.r[?!(@.l == 1)].l", USERS, "2"},
		{"$.r[?!search(@.n, 'a')].l", USERS, "2"},
		{"$[?@[?@.l > 3]]", USERS,
			"[{\"n\":\"a\",\"l\":1},{\"n\":\"bé\",\"l\":2,\"t\":true},{\"l\":3.5,\"z\":null}]"},
		{"$.r[?@ == @].l", USERS, "-"}, /* objects equal nothing here */
		{"$.r[?@.l == 2, 0].n", USERS, "\"bé\""},
		{"$.r[?1 == 1].l", USERS, "1"},
		{"$..[?@.t].n", USERS, "\"bé\""},
	};

	(void)state;
	check(cases, N(cases));
}

static const struct {
	const char *path, *words;
} refused[] = {
	{"", "expected a path like $.role or .role at character 1"},
	{"role.other", "a path like $.role or .role at character 1"},
	{"1234", "at character 1"},
	{".role##", "at character 6"},
	{".my_role;;domain", "at character 9"},
	{".#$$%&$%/", "the name of a claim at character 2"},
	{".", "the name of a claim at character 2"},
	{".role[?(@ =)]", "==, !=, ^==, ==^ or *== at character 11"},
	{".role[?(x == \"y\")]", "expected @ at character 9"},
	{".role[?(@ == y)]", "a text in double quotes at character 14"},
	{".role[?(@ == \"y\")].z", ")] and the end"},
	{".role[?(@ == \"y\"]", ")] and the end"},
	{".\"role", "a closing quote"},
	{".a[", "an index at character 4"},
	{".a[-1]", "an index at character 4"},
	{".a[1", "] at character 5"},
	{".a[9999999999999999999]", "a whole number at character 4"},
	{"$role", "the end, or . or [ at character 2"},
	{"$.", "a name"},
	{"$.a-b", "the end, or . or [ at character 4"},
	{"$.1", "a name"},
	{"$.a[", "a name in quotes, an index, * or ?"},
	{"$.a[]", "a name in quotes, an index, * or ?"},
	{"$.a['b", "a closing quote"},
	{"$.a['b\\x']", "an escape"},
	{"$.a['\\u0000']", "an escape"},
	{"$.a['\\ud800']", "an escape"},
	{"$.a['\\ud800\\u0041']", "an escape"},
	{"$.a[1.5]", "] or ,"},
	{"$.a[?]", "@, $, a text in quotes"},
	{"$.a[?@ = 1]", "] or ,"},
	{"$.a[?1]", "a comparison"},
	{"$.a[?'x']", "a comparison"},
	{"$.a[?@.* == 1]", "a path to one value"},
	{"$.a[?@..b == 1]", "a path to one value"},
	{"$.a[?@ == 1 &&]", "@, $, a text in quotes"},
	{"$.a[?(@ == 1]", "expected ) at"},
	{"$.a[?!@ == 1]", "parentheses around the comparison"},
	{"$.a[?!!@]", "a condition"},
	{"$.a[?count(@.*) > 1]", "@, $, a text in quotes"},
	{"$.a[?search(@)]", "expected , at"},
	{"$.a[?search(@, @)]", "a text in quotes"},
	{"$.a[?search(@, '(')]", "a simple regular expression"},
	{"$.a[?search(@, 'a{1000}')]", "a simple regular expression"},
	{"$.a[?search(@, 'a{9}b{9}')]", "a simple regular expression"},
	{"$.a[?search(@, 'a++')]", "a simple regular expression"},
	{"$.a[?search(@, '(((((a+)+)+)+)+)')]", "a simple regular expression"},
	{"$.a[?search(@, '(a)\\\\1')]", "a simple regular expression"},
	{"$.a[?((((((((((((((((((@))))))))))))))))))]", "fewer parentheses"},
	{"$.\xff", "UTF-8"},
};

static void what_is_no_path_is_refused_with_the_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(refused); i++) {
		const char *found = at(refused[i].path, "{}");
		if (*found != '!' || !strstr(found, refused[i].words))
			fail_msg("%s: %s", refused[i].path, found);
	}
	struct str nul = str_from("$.a\0b", 5);
	assert_null(rest_claim_parse(a, nul, NULL));
	char *long_path = arena_alloc(a, 1002);
	memset(long_path, 'a', 1002);
	memcpy(long_path, "$.", 2);
	assert_non_null(rest_claim_parse(a, str_from(long_path, 1000), NULL));
	assert_null(rest_claim_parse(a, str_from(long_path, 1001), NULL));
}

static void says_which_notation_it_was(void **state)
{
	(void)state;
	assert_true(rest_claim_is_old(rest_claim_parse(a, STR(".role"), NULL)));
	assert_false(rest_claim_is_old(rest_claim_parse(a, STR("$.role"), NULL)));
}

/* The path is the administrator's, the claims a stranger's: looking must end soon whatever both are. */
static void a_search_without_end_is_given_up(void **state)
{
	char claims[4096] = "", *p = claims;

	(void)state;
	for (int i = 0; i < 60; i++)
		p = stpcpy(p, "{\"a\":");
	p = stpcpy(p, "1");
	for (int i = 0; i < 60; i++)
		p = stpcpy(p, "}");
	assert_string_equal(at("$..a..a..a..a..a..a..a..a..x", claims), "-");
	assert_string_equal(at("$..a..a", claims)[0] == '{' ? "found" : "not", "found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_old_notation, setup, teardown),
		cmocka_unit_test_setup_teardown(jsonpath, setup, teardown),
		cmocka_unit_test_setup_teardown(filters_of_jsonpath, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_path_is_refused_with_the_place, setup,
			teardown),
		cmocka_unit_test_setup_teardown(says_which_notation_it_was, setup, teardown),
		cmocka_unit_test_setup_teardown(a_search_without_end_is_given_up, setup, teardown),
	};

	return cmocka_run_group_tests_name("mod/rest/claim", tests, NULL, NULL);
}
