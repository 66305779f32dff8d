#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/rest/batch_refs.h"
#include "mod/rest/fault.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct arena *arena;
static struct rest_fault fault;

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

static const char *said(void)
{
	return arena_printf(arena, "%d %s %s [%s]", fault.status, fault.code, fault.message,
		fault.request ? fault.request : "");
}

static bool parsed(const char *text, struct rest_batch *b)
{
	fault = (struct rest_fault){.arena = arena};
	return rest_batch_parse(arena, str_of(text), b, &fault) == 0;
}

static const char *refused(const char *text)
{
	struct rest_batch b;

	assert_false(parsed(text, &b));
	return said();
}

/* Path and body of the last request, when the others have answered. */
static const char *made(const char *text, const char *const *answers, size_t n)
{
	const struct json *values[4] = {NULL};
	struct rest_batch b;
	struct str path, body;

	assert_true(parsed(text, &b));
	for (size_t i = 0; i < n; i++)
		values[i] = answers[i] ? json_parse(arena, str_of(answers[i]), NULL) : NULL;
	if (rest_batch_path(arena, &b, b.n - 1, values, &path, &fault) ||
		rest_batch_body(arena, &b, b.n - 1, values, &body, &fault))
		return said();
	return arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(path), STR_ARG(body));
}

static void requests_have_ids_methods_paths_headers_and_bodies(void **state)
{
	struct rest_batch b;

	(void)state;
	assert_true(parsed(
		"{\"requests\":[{\"id\":\"a\",\"method\":\"POST\",\"path\":\"/x?select=id\","
		"\"headers\":{\"Prefer\":\"return=minimal\"},\"body\":{\"k\":1.50}},"
		"{\"method\":\"GET\",\"path\":\"/y\"},{\"id\":7,\"method\":\"GET\",\"path\":\"/z\"}]}",
		&b));
	assert_int_equal(b.n, 3);
	assert_true(str_eq(b.parts[0].id, STR("a")) && str_eq(b.parts[1].id, STR("1")) &&
		str_eq(b.parts[2].id, STR("7")));
	assert_true(str_eq(b.parts[0].method, STR("POST")) &&
		str_eq(b.parts[0].path, STR("/x?select=id")));
	assert_true(str_eq(rest_batch_header(&b.parts[0], "prefer"), STR("return=minimal")));
	assert_false(rest_batch_header(&b.parts[0], "accept").p ||
		rest_batch_header(&b.parts[1], "x").p);
	assert_non_null(b.parts[0].body);
	assert_null(b.parts[1].body);
	assert_true(parsed("[]", &b) && b.n == 0);
	assert_true(parsed("[{\"method\":\"GET\",\"path\":\"/y\"}]", &b) && b.n == 1);
}

static void what_is_no_batch_is_refused(void **state)
{
	static const char *cases[][2] = {
		{"5", "400 PGRST102 A batch is an array of requests, or an object with one as \"requests\" []"},
		{"{}", "400 PGRST102 A batch is an array of requests, or an object with one as \"requests\" []"},
		{"{\"requests\":5}",
			"400 PGRST102 A batch is an array of requests, or an object with one as \"requests\" []"},
		{"[5]", "400 PGRST102 Request '0': it is no object [0]"},
		{"[{\"path\":\"/x\"}]",
			"400 PGRST102 Request '0': method is one of GET, HEAD, POST, PATCH, PUT and DELETE [0]"},
		{"[{\"method\":\"FETCH\",\"path\":\"/x\",\"id\":\"q\"}]",
			"400 PGRST102 Request 'q': method is one of GET, HEAD, POST, PATCH, PUT and DELETE [q]"},
		{"[{\"method\":\"GET\"}]",
			"400 PGRST102 Request '0': path is a text that begins with / [0]"},
		{"[{\"method\":\"GET\",\"path\":\"x\"}]",
			"400 PGRST102 Request '0': path is a text that begins with / [0]"},
		{"[{\"method\":\"POST\",\"path\":\"/$batch?x=1\"}]",
			"400 PGRST102 Request '0': a batch cannot be part of a batch [0]"},
		{"[{\"method\":\"GET\",\"path\":\"/x\",\"headers\":{\"Prefer\":5}}]",
			"400 PGRST102 Request '0': headers is an object of texts [0]"},
		{"[{\"method\":\"GET\",\"path\":\"/x\",\"headers\":5}]",
			"400 PGRST102 Request '0': headers is an object of texts [0]"},
		{"[{\"method\":\"GET\",\"path\":\"/x\",\"id\":\"a.b\"}]",
			"400 PGRST102 Request '0': id is a text without dots [0]"},
		{"[{\"method\":\"GET\",\"path\":\"/x\",\"id\":\"\"}]",
			"400 PGRST102 Request '0': id is a text without dots [0]"},
		{"[{\"method\":\"GET\",\"path\":\"/x\",\"id\":\"1\"},{\"method\":\"GET\",\"path\":\"/x\"}]",
			"400 PGRST102 Request '1': another one has the same id [1]"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(refused(cases[i][0]), cases[i][1]);
	assert_true(strstr(refused("{\"requests\":["), "Empty or invalid json") != NULL);
	assert_true(strstr(fault.details, "line 1") != NULL);
}

static void at_most_a_hundred(void **state)
{
	const char *list = "";
	struct rest_batch b;

	(void)state;
	for (int i = 0; i < REST_BATCH_MAX; i++)
		list = arena_printf(arena, "%s%s{\"method\":\"GET\",\"path\":\"/x\"}", list,
			i ? "," : "");
	assert_true(parsed(arena_printf(arena, "[%s]", list), &b));
	assert_string_equal(refused(arena_printf(arena, "[%s,{\"method\":\"GET\",\"path\":\"/x\"}]",
				    list)),
		"400 PGRST102 A batch has at most 100 requests, and this one 101 []");
}

#define FIRST "{\"id\":\"a\",\"method\":\"POST\",\"path\":\"/x\"}"
#define AFTER(path, body) \
	"[" FIRST ",{\"id\":\"b\",\"method\":\"POST\",\"path\":\"" path "\",\"body\":" body "}]"

static void references_are_put_in(void **state)
{
	static const char *answer[] = {
		"[{\"id\":12.50,\"name\":\"x&id=eq.1 \\\"q\\\"\\\\ \xc3\xa9\",\"o\":{\"k\":[null,true]}}]"};
	static const char *cases[][2] = {
		{AFTER("/y?id=eq.{{a.0.id}}",
			 "{\"n\":{\"$ref\":\"a.0.id\"},\"m\":[{\"$ref\":\"a.0.name\"},2]}"),
			"/y?id=eq.12.50 {\"n\":12.50,\"m\":[\"x&id=eq.1 \\\"q\\\"\\\\ \xc3\xa9\",2]}"},
		{AFTER("/y?n=eq.{{a.0.name}}&z={{a.0.o.k.1}}{{a.0.o.k.0}}", "{}"),
			"/y?n=eq.x%26id%3Deq.1%20%22q%22%5C%20%C3%A9&z=truenull {}"},
		{AFTER("/y?n=in.(%22{{a.0.name}}%22)", "null"),
			"/y?n=in.(%22x%26id%3Deq.1%20%5C%22q%5C%22%5C%5C%20%C3%A9%22) null"},
		{AFTER("/y", "{\"$ref\":\"a.0.o\"}"), "/y {\"k\":[null,true]}"},
		{AFTER("/y", "{\"v\":{\"$ref\":\"a\"}}"),
			"/y {\"v\":[{\"id\":12.50,\"name\":\"x&id=eq.1 \\\"q\\\"\\\\ \xc3\xa9\",\"o\":{\"k\":[null,true]}}]}"},
		{AFTER("/y", "{\"$ref\":\"a.0.id\",\"other\":1}"),
			"/y {\"$ref\":\"a.0.id\",\"other\":1}"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(made(cases[i][0], answer, 1), cases[i][1]);
}

static void references_to_what_is_not_there_are_refused(void **state)
{
	static const char *answer[] = {"[{\"id\":1}]"}, *none[] = {NULL};
	static const char *early[] = {
		AFTER("/y", "{\"v\":{\"$ref\":\"nobody.0.id\"}}"),
		AFTER("/y", "{\"v\":{\"$ref\":\"b.0.id\"}}"),
		AFTER("/y", "{\"v\":{\"$ref\":\"\"}}"),
		AFTER("/y", "[[{\"$ref\":5}]]"),
		AFTER("/y?id=eq.{{nobody.0.id}}", "{}"),
		AFTER("/y?id=eq.{{a.0.id", "{}"),
		AFTER("/y?id=eq.{{}}", "{}"),
	};
	static const char *late[] = {
		AFTER("/y", "{\"v\":{\"$ref\":\"a.5.id\"}}"),
		AFTER("/y", "{\"v\":{\"$ref\":\"a.0.nothing\"}}"),
		AFTER("/y", "{\"v\":{\"$ref\":\"a.0.id.x\"}}"),
		AFTER("/y", "{\"v\":{\"$ref\":\"a.-1\"}}"),
		AFTER("/y?id=eq.{{a.0.x}}", "{}"),
		AFTER("/y?id=eq.{{a.0}}", "{}"),
	};

	(void)state;
	for (size_t i = 0; i < N(early); i++) {
		const char *why = refused(early[i]);
		assert_int_equal(strncmp(why, "400 PGRST102 Request 'b': the reference '", 41), 0);
		assert_string_equal(fault.request, "b");
	}
	for (size_t i = 0; i < N(late); i++) {
		const char *why = made(late[i], answer, 1);
		assert_int_equal(strncmp(why, "400 PGRST102 Request 'b': the reference '", 41), 0);
		assert_string_equal(fault.request, "b");
	}
	assert_non_null(strstr(made(late[0], none, 1), "leads to nothing"));
}

static void a_text_body_is_sent_as_it_is_when_its_kind_is_not_json(void **state)
{
	(void)state;
	assert_string_equal(
		made("[{\"method\":\"POST\",\"path\":\"/x\",\"headers\":{\"content-type\":\"text/csv; charset=utf-8\"},"
		     "\"body\":\"a,b\\n1,2\"}]",
			NULL, 0),
		"/x a,b\n1,2");
	assert_string_equal(
		made("[{\"method\":\"POST\",\"path\":\"/x\",\"headers\":{\"Content-Type\":\"application/json\"},"
		     "\"body\":\"a\"}]",
			NULL, 0),
		"/x \"a\"");
	assert_string_equal(made("[{\"method\":\"GET\",\"path\":\"/x\"}]", NULL, 0), "/x ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_have_ids_methods_paths_headers_and_bodies,
			setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_batch_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(at_most_a_hundred, setup, teardown),
		cmocka_unit_test_setup_teardown(references_are_put_in, setup, teardown),
		cmocka_unit_test_setup_teardown(references_to_what_is_not_there_are_refused, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_text_body_is_sent_as_it_is_when_its_kind_is_not_json, setup, teardown),
	};
	return cmocka_run_group_tests_name("mod/rest_batch_refs", tests, NULL, NULL);
}
