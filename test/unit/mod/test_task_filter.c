#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/task_filter.h"

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

static const struct task_rules rich = {.most = 4000, .has_tolower = true, .has_in = true};
static const struct task_rules poor = {.most = 4000};

static int compile(struct arena *a, const char *task, const struct task_rules *rules,
	struct task_filters *ret, struct err *e)
{
	const struct json *v = json_parse(a, str_of(task), e);

	if (!v)
		fail_msg("%s: %s", task, e->msg);
	return task_filter_compile(a, v, rules, ret, e);
}

static void becomes(struct arena *a, const char *task, const struct task_rules *rules,
	const char *wanted)
{
	struct err e = {.arena = a};
	struct task_filters f;

	if (compile(a, task, rules, &f, &e))
		fail_msg("%s: %s", task, e.msg);
	assert_int_equal(f.n, 1);
	if (!wanted)
		assert_null(f.text[0].p);
	else
		assert_string_equal(str_cstr(a, f.text[0]), wanted);
}

static void refuses(struct arena *a, const char *task, const char *wanted)
{
	struct err e = {.arena = a};
	struct task_filters f;

	if (compile(a, task, &rich, &f, &e) != E_INPUT)
		fail_msg("%s is taken", task);
	if (!strstr(e.msg, wanted))
		fail_msg("%s: '%s' does not say '%s'", task, e.msg, wanted);
}

#define CONFIG(json) "{\"filter_config\": " json "}"

static void compiles_the_documented_shapes(void **state)
{
	static const struct {
		const char *task, *filter;
	} cases[] = {
		{"{}", NULL},
		{CONFIG("{}"), NULL},
		{CONFIG("{\"agentMlsId\": \"12345\"}"),
			"(ListAgentMlsId eq '12345' or CoListAgentMlsId eq '12345')"},
		{CONFIG("{\"agentMlsId\": 12345}"),
			"(ListAgentMlsId eq '12345' or CoListAgentMlsId eq '12345')"},
		{CONFIG("{\"agentMlsId\": [\"1\", \"2\"]}"),
			"(ListAgentMlsId in ('1','2') or CoListAgentMlsId in ('1','2'))"},
		{CONFIG("{\"officeMlsId\": \"BROKER123\"}"), "ListOfficeMlsId eq 'BROKER123'"},
		{CONFIG("{\"officeMlsId\": [\"A\", \"B\", \"A\"]}"),
			"ListOfficeMlsId in ('A','B')"},
		{CONFIG("{\"cities\": [\"miami\"], \"subdivisions\": [\"coconut-grove\"]}"),
			"tolower(City) eq 'miami' and (tolower(SubdivisionName) eq 'coconut grove' or tolower(SubdivisionName) eq 'coconut-grove')"},
		{CONFIG("{\"cities\": [\"Coral Gables\", \"miami\"]}"),
			"(tolower(City) eq 'coral gables' or tolower(City) eq 'miami')"},
		{CONFIG("{\"counties\": \"Miami-Dade\"}"),
			"(tolower(CountyOrParish) eq 'miami dade' or tolower(CountyOrParish) eq 'miami-dade')"},
		{CONFIG("{\"postalCodes\": [33133, \"33134\"]}"),
			"PostalCode in ('33133','33134')"},
		{CONFIG("{\"minBeds\": 2, \"maxPrice\": 900000.50, \"minBaths\": 1}"),
			"BedroomsTotal ge 2 and ListPrice le 900000.50 and BathroomsTotalInteger ge 1"},
		{CONFIG("{\"odata\": \" City eq 'A & B' or PoolPrivateYN eq true \"}"),
			"(City eq 'A & B' or PoolPrivateYN eq true)"},
		{"{\"status_filters\": [\"Active\", \"active_under_contract\"], \"price_min\": 1, \"price_max\": 2}",
			"StandardStatus in ('Active','Active Under Contract') and ListPrice ge 1 and ListPrice le 2"},
		{"{\"category\": \"office\", \"filter_config\": {\"officeMlsId\": \"X\"}, \"status_filters\": [\"Pending\"], \"price_min\": null}",
			"ListOfficeMlsId eq 'X' and StandardStatus eq 'Pending'"},
	};

	for (size_t i = 0; i < N(cases); i++)
		becomes(*state, cases[i].task, &rich, cases[i].filter);
}

static void writes_what_a_poor_source_understands(void **state)
{
	becomes(*state, CONFIG("{\"subdivisions\": [\"coconut-grove\"]}"), &poor,
		"(SubdivisionName eq 'coconut-grove' or SubdivisionName eq 'Coconut Grove' or SubdivisionName eq 'Coconut-Grove' or SubdivisionName eq 'COCONUT GROVE')");
	becomes(*state, CONFIG("{\"officeMlsId\": [\"A\", \"B\"]}"), &poor,
		"(ListOfficeMlsId eq 'A' or ListOfficeMlsId eq 'B')");
}

static void doubles_quotes_in_literals(void **state)
{
	becomes(*state, CONFIG("{\"cities\": \"Land O' Lakes\"}"), &rich,
		"tolower(City) eq 'land o'' lakes'");
	becomes(*state, CONFIG("{\"officeMlsId\": \"x' or 1 eq 1 or 'a' eq 'a\"}"), &rich,
		"ListOfficeMlsId eq 'x'' or 1 eq 1 or ''a'' eq ''a'");
}

static void refuses_with_a_sentence(void **state)
{
	static const struct {
		const char *task, *sentence;
	} cases[] = {
		{CONFIG("{\"citys\": [\"x\"]}"), "no key \"citys\"; did you mean \"cities\""},
		{CONFIG("{\"agentmlsid\": \"x\"}"), "did you mean \"agentMlsId\""},
		{CONFIG("{\"zzzzzzzzzzzzzzz\": 1}"), "it knows agentMlsId"},
		{CONFIG("[]"), "filter_config takes an object, not array"},
		{CONFIG("{\"cities\": []}"),
			"\"cities\" is a list of 0 values; 1 to 2000 are taken"},
		{CONFIG("{\"cities\": {}}"),
			"\"cities\" takes a text or a list of texts, not object"},
		{CONFIG("{\"cities\": [null]}"),
			"\"cities\" takes a text or a list of texts, not null"},
		{CONFIG("{\"cities\": \" \"}"),
			"a value of \"cities\" has 0 bytes; 1 to 200 are taken"},
		{CONFIG("{\"cities\": \"a\\nb\"}"), "control character"},
		{CONFIG("{\"cities\": \"a\\u0000b\"}"), "control character"},
		{CONFIG("{\"minBeds\": \"2\"}"), "\"minBeds\" takes a number from 0 on"},
		{CONFIG("{\"minBeds\": -1}"), "\"minBeds\" takes a number from 0 on"},
		{CONFIG("{\"odata\": 1}"), "\"odata\" takes a text"},
		{CONFIG("{\"odata\": \"  \"}"), "\"odata\" is empty"},
		{CONFIG("{\"odata\": \"City eq 'x\"}"),
			"\"odata\" opens a quote at position 9 that nothing closes"},
		{CONFIG("{\"odata\": \"City eq 'x''\"}"), "opens a quote at position 9"},
		{CONFIG("{\"odata\": \"(City eq 'x'\"}"), "leaves 1 parenthesis open"},
		{CONFIG("{\"odata\": \"((City eq 'x'\"}"), "leaves 2 parentheses open"},
		{CONFIG("{\"odata\": \"a eq 1) or (b eq 1\"}"),
			"closes a parenthesis at position 7 that is not open"},
		{CONFIG("{\"odata\": \"a eq 1&$top=5\"}"),
			"\"odata\" has a & outside of a text at position 7"},
		{CONFIG("{\"odata\": \"$filter=a eq 1\"}"),
			"has a $ outside of a text at position 1"},
		{CONFIG("{\"odata\": \"a\\neq 1\"}"), "control character at position 2"},
		{"{\"status_filters\": [\"Available\"]}", "\"Available\" is no StandardStatus"},
		{"{\"status_filters\": \"Active\"}", "status_filters takes a list, not string"},
		{"{\"price_min\": -5}", "price_min takes a whole number from 0 on"},
		{"{\"category\": \"personal\"}", "needs \"agentMlsId\""},
		{"{\"category\": \"office\", \"filter_config\": {\"agentMlsId\": \"1\"}}",
			"needs \"officeMlsId\""},
		{"{\"category\": \"search\", \"filter_config\": {}}", "needs \"cities\""},
	};

	for (size_t i = 0; i < N(cases); i++)
		refuses(*state, cases[i].task, cases[i].sentence);
}

static void knows_the_fields_of_the_source(void **state)
{
	struct err e = {.arena = *state};
	struct task_filters f;
	struct task_rules rules = rich;

	rules.fields = json_parse(*state, STR("{\"ListAgentMlsId\": {}, \"City\": {}}"), &e);
	becomes(*state, CONFIG("{\"agentMlsId\": \"1\"}"), &rules, "ListAgentMlsId eq '1'");
	assert_int_equal(compile(*state, CONFIG("{\"counties\": \"x\"}"), &rules, &f, &e), E_INPUT);
	assert_string_equal(e.msg,
		"\"counties\": the source has no field CountyOrParish, so it cannot be filtered by that");
	err_clear(&e);
	assert_int_equal(compile(*state, "{\"price_max\": 3}", &rules, &f, &e), E_INPUT);
	assert_non_null(strstr(e.msg, "no field ListPrice"));
}

static const char *numbers(struct arena *a, const char *key, int n)
{
	struct buf b;

	buf_init(&b, 0);
	buf_printf(&b, "\"%s\": [", key);
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s\"n%06d\"", i ? "," : "", i);
	buf_char(&b, ']');
	const char *text = str_cstr(a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* How many of the filters name a value. */
static int holders(const struct task_filters *f, struct str value)
{
	int n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += str_find(f->text[i], value) >= 0;
	return n;
}

static void splits_long_lists_into_filters_that_fit(void **state)
{
	struct err e = {.arena = *state};
	struct task_filters f;
	struct task_rules rules = rich;

	rules.most = 1000;
	const char *task = arena_printf(*state, "{\"filter_config\": {%s}, \"price_min\": 5}",
		numbers(*state, "mlsNumbers", 500));
	assert_int_equal(compile(*state, task, &rules, &f, &e), 0);
	assert_true(f.n > 5 && f.n < 30);
	for (size_t i = 0; i < f.n; i++) {
		assert_true(task_filter_encoded(f.text[i]) <= rules.most);
		assert_true(str_ends(f.text[i], STR(" and ListPrice ge 5")));
	}
	for (int i = 0; i < 500; i++)
		assert_int_equal(holders(&f, str_printf(*state, "'n%06d'", i)), 1);
}

static void splits_two_lists_against_each_other(void **state)
{
	struct err e = {.arena = *state};
	struct task_filters f;
	struct task_rules rules = rich;
	int both = 0;

	rules.most = 400;
	const char *task = arena_printf(*state, "{\"filter_config\": {%s, %s}}",
		numbers(*state, "mlsNumbers", 40), numbers(*state, "postalCodes", 40));
	assert_int_equal(compile(*state, task, &rules, &f, &e), 0);
	for (size_t i = 0; i < f.n; i++) {
		struct str s = f.text[i];
		struct str codes = str_sub(s, (size_t)str_find(s, STR("PostalCode")), s.len);
		struct str listing = str_sub(s, 0, s.len - codes.len);
		both += str_find(listing, STR("'n000007'")) >= 0 &&
			str_find(codes, STR("'n000031'")) >= 0;
	}
	assert_int_equal(both, 1);
}

static void refuses_what_cannot_be_split(void **state)
{
	struct err e = {.arena = *state};
	struct task_filters f;
	struct task_rules rules = rich;

	rules.most = 300;
	const char *task = arena_printf(*state, CONFIG("{\"odata\": \"City eq '%0400d'\"}"), 7);
	assert_int_equal(compile(*state, task, &rules, &f, &e), E_INPUT);
	assert_non_null(strstr(e.msg, "bytes of the URL and the source takes 300"));
	err_clear(&e);
	task = arena_printf(*state, "{\"filter_config\": {%s, %s}}",
		numbers(*state, "mlsNumbers", 1000), numbers(*state, "postalCodes", 1000));
	assert_int_equal(compile(*state, task, &rules, &f, &e), E_INPUT);
	assert_non_null(strstr(e.msg, "more than 200 filters"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(compiles_the_documented_shapes, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_what_a_poor_source_understands, setup,
			teardown),
		cmocka_unit_test_setup_teardown(doubles_quotes_in_literals, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_with_a_sentence, setup, teardown),
		cmocka_unit_test_setup_teardown(knows_the_fields_of_the_source, setup, teardown),
		cmocka_unit_test_setup_teardown(splits_long_lists_into_filters_that_fit, setup,
			teardown),
		cmocka_unit_test_setup_teardown(splits_two_lists_against_each_other, setup,
			teardown),
		cmocka_unit_test_setup_teardown(refuses_what_cannot_be_split, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
