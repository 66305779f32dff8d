#include "base/buf.h"
#include "support_rest_write.h"

#define FORM .type = "application/x-www-form-urlencoded"
#define OBJECT .accept = "application/vnd.pgrst.object+json"

static const char functions[] =
	"set client_min_messages = error; set search_path = w;"
	"create function w.add_up(a int, b int default 5) returns int language sql immutable return a + b;"
	"create function w.greet(name text) returns text language sql immutable return 'Hello, ' || name;"
	"create function w.nothing_asked() returns text language sql immutable return 'nothing';"
	"create function w.kind_of(val json) returns text language sql immutable return json_typeof(val);"
	"create function w.raw_of(val json) returns text language sql immutable return val::text;"
	"create function w.length_of(list text[]) returns int language sql immutable return cardinality(list);"
	"create function w.price_of(item w.items) returns numeric language sql immutable return item.price;"
	"create function w.first_width(list w.size[]) returns int language sql immutable return (list[1]).width;"
	"create function w.joined(variadic words text[] default '{}') returns text[] language sql immutable return words;"
	"create function w.few_of(val w.few) returns int language sql immutable return val;"
	"create function w.whole_json(json) returns json language sql immutable return $1;"
	"create function w.whole_text(text) returns text language sql immutable return 'got ' || $1;"
	"create function w.whole_xml(xml) returns text language sql immutable return 'got ' || $1::text;"
	"create function w.whole_bytes(bytea) returns int language sql immutable return octet_length($1);"
	"create function w.either(jsonb) returns text language sql immutable return 'whole';"
	"create function w.either(a int, b int) returns text language sql immutable return 'named';"
	"create function w.over() returns text language sql immutable return 'none';"
	"create function w.over(a int) returns text language sql immutable return 'a';"
	"create function w.over(a int, b int) returns text language sql immutable return 'a, b';"
	"create function w.unclear(arg int) returns text language sql immutable return 'int';"
	"create function w.unclear(arg text) returns text language sql immutable return 'text';"
	"create function w.none_known() returns int language sql immutable return null::int;"
	"create function w.an_array() returns int[] language sql immutable return array[1, 2];"
	"create function w.a_moment() returns timestamp language sql immutable return timestamp '2020-02-03 04:05:06.5';"
	"create function w.nothing() returns void language sql immutable begin atomic end;";

static const char sets[] =
	"create function w.count_to(n int) returns setof int language sql immutable begin atomic select generate_series(1, n); end;"
	"create function w.all_items() returns setof w.items language sql stable begin atomic select i.* from w.items i order by id; end;"
	"create function w.one_item(id int) returns w.items language sql stable"
	" begin atomic select i.* from w.items i where i.id = one_item.id; end;"
	"create function w.labels(n int) returns table (id int, label text) language sql immutable"
	" begin atomic select i, 'label ' || i from generate_series(1, n) i; end;"
	"create function w.a_size() returns w.size language sql immutable return row(10, 5)::w.size;"
	"create function w.a_record() returns record language sql stable as 'select 1 as id, ''x''::text as name';"
	"create function w.records() returns setof record language sql stable as 'select 1 as id union all select 2';"
	"create function w.one_out(num int, out plus_one int) language sql immutable return num + 1;"
	"create function w.many_out(inout word text default 'w', out num int) language sql immutable begin atomic select word, 3; end;"
	"create function w.drop_pairs(n int) returns setof w.pairs language sql volatile as"
	" 'delete from w.pairs p where p.a <= n returning p.*';"
	"create sequence w.bell;"
	"create function w.ring() returns bigint language sql volatile return nextval('w.bell');"
	"create function w.rings(n int) returns setof bigint language sql volatile as"
	" 'select nextval(''w.bell'') from generate_series(1, n)';"
	"create function w.timed() returns int language sql volatile set statement_timeout = '150ms' return 1;"
	"create domain w.\"text/plain\" as text; create domain w.\"application/octet-stream\" as bytea;"
	"create function w.as_text() returns w.\"text/plain\" language sql immutable return 'bare';"
	"create function w.as_bytes() returns w.\"application/octet-stream\" language sql immutable return '\\x0102'::bytea;";

static int setup(void **state)
{
	int code = rsw_setup(state);

	rct_admin(functions);
	rct_admin(sets);
	return code;
}

static void names_choose_the_function_and_its_arguments(struct rct *t)
{
	rsw_is("sql", rsw_sql(t, "POST", "/rpc/add_up", "{\"b\":1,\"a\":2}"),
		"select \"w\".\"add_up\"(\"a\" => $1::integer, \"b\" => $2::integer)");
	rsw(t, "POST", "/rpc/add_up", "{\"a\":1,\"b\":2}", "1 3");
	rsw(t, "POST", "/rpc/add_up", "{\"a\":1}", "1 6");
	rsw(t, "POST", "/rpc/add_up", "[{\"a\":1,\"b\":2},{\"a\":4,\"b\":6}]", "1 3");
	rsw(t, "POST", "/rpc/add_up?columns=a", "{\"a\":1,\"x\":2}", "1 6");
	rsw(t, "GET", "/rpc/add_up?a=1&b=%2B2", NULL, "1 3");
	rsw(t, "GET", "/rpc/add_up?a=9&a=1", NULL, "1 6");
	rsw(t, "GET", "/rpc/greet?name=eq.x", NULL, "1 \"Hello, eq.x\"");
	rsw(t, "GET", "/rpc/greet?name=", NULL, "1 \"Hello, \"");
	rsw(t, "POST", "/rpc/greet", "name=ignored&name=a+b", "1 \"Hello, a b\"", FORM);
	rsw(t, "POST", "/rpc/greet", "name\nfrom csv\n", "1 \"Hello, from csv\"",
		.type = "text/csv");
	rsw(t, "POST", "/rpc/greet", "{\"name\":null}", "1 null");
	rsw(t, "POST", "/rpc/nothing_asked", "", "1 \"nothing\"");
	rsw(t, "POST", "/rpc/nothing_asked", "", "1 \"nothing\"", FORM);
	rsw(t, "GET", "/rpc/nothing_asked", NULL, "1 \"nothing\"");
}

static void arguments_are_read_as_their_types(struct rct *t)
{
	rsw(t, "POST", "/rpc/kind_of", "{\"val\":\"{\\\"k\\\":1}\"}", "1 \"string\"");
	rsw(t, "POST", "/rpc/raw_of", "{\"val\":{ \"k\" : [1,  2] }}",
		"1 \"{ \\\"k\\\" : [1,  2] }\"");
	rsw(t, "GET", "/rpc/kind_of?val={\"k\":1}", NULL, "1 \"object\"");
	rsw(t, "POST", "/rpc/length_of", "{\"list\":[\"a\",\"b,c\",null]}", "1 3");
	rsw(t, "POST", "/rpc/length_of", "{\"list\":\"{a,b}\"}", "1 2");
	rsw(t, "GET", "/rpc/length_of?list={a,\"b,c\",null}", NULL, "1 3");
	rsw(t, "POST", "/rpc/price_of", "{\"item\":{\"id\":1,\"price\":44}}", "1 44.00");
	rsw(t, "POST", "/rpc/first_width", "{\"list\":[{\"width\":7}]}", "1 7");
	rsw(t, "POST", "/rpc/few_of", "{\"val\":11}",
		"400 23514 value for domain few violates check constraint \"few_check\"");
	rsw(t, "GET", "/rpc/add_up?a=x", NULL,
		"400 22P02 invalid input syntax for type integer: \"x\"");
	rsw(t, "POST", "/rpc/greet", "{\"name\":\"a\\u0000\"}",
		"400 22P05 unsupported Unicode escape sequence | \\u0000 cannot be converted to text.");
}

static void variadic_arguments_are_an_array_or_repeated(struct rct *t)
{
	const char *odd = "1 [\"a,b\",\"{c}\",\"\\\"\",\"\",\"null\"]";

	rsw(t, "POST", "/rpc/joined", "{\"words\":[\"a,b\",\"{c}\",\"\\\"\",\"\",\"null\"]}", odd);
	rsw(t, "GET", "/rpc/joined?words=a,b&words={c}&words=%22&words=&words=null", NULL, odd);
	rsw(t, "POST", "/rpc/joined", "words=a,b&words={c}&words=%22&words=&words=null", odd, FORM);
	rsw(t, "POST", "/rpc/joined", "{\"words\":[]}", "1 []");
	rsw(t, "POST", "/rpc/joined", "{}", "1 []");
	rsw(t, "GET", "/rpc/joined", NULL, "1 []");
}

static void one_unnamed_argument_takes_the_whole_body(struct rct *t)
{
	const char *text = "some \"text\"\n";

	rsw(t, "POST", "/rpc/whole_json", "{\"a\": [1]}", "1 {\"a\": [1]}");
	rsw(t, "POST", "/rpc/whole_json", "[1, \"two\"]", "1 [1, \"two\"]");
	rsw(t, "POST", "/rpc/whole_json", "5", "1 5");
	rsw(t, "POST", "/rpc/whole_text", text, "1 \"got some \\\"text\\\"\\n\"",
		.type = "text/plain");
	rsw(t, "POST", "/rpc/whole_text", NULL,
		"400 22021 invalid byte sequence for encoding \"UTF8\": 0x00 | byte 2 of the body",
		.type = "text/plain", .bytes = {"x\0", 2});
	rsw(t, "POST", "/rpc/whole_xml", "<a/>", "1 \"got <a/>\"", .type = "text/xml");
	rsw(t, "POST", "/rpc/whole_bytes", NULL, "1 4", .type = "application/octet-stream",
		.bytes = {"\0\1\xff\n", 4});
	rsw(t, "POST", "/rpc/either", "{\"a\":1,\"b\":2}", "1 \"named\"");
	rsw(t, "POST", "/rpc/either", "{\"a\":1}", "1 \"whole\"");
	rsw(t, "POST", "/rpc/add_up", "[1]",
		"404 PGRST202 Could not find the function w.add_up without parameters in the schema cache"
		" | Searched for the function w.add_up without parameters or with a single unnamed json/jsonb parameter,"
		" but no matches were found in the schema cache.");
	rsw(t, "POST", "/rpc/nothing_asked", "[1]",
		"400 PGRST102 All object keys must match | row 1 is no object");
	rsw(t, "POST", "/rpc/whole_bytes", "x",
		"404 PGRST202 Could not find the function w.whole_bytes in the schema cache"
		" | Searched for the function w.whole_bytes with a single unnamed text parameter,"
		" but no matches were found in the schema cache.",
		.type = "text/plain");
}

static void overloads_are_told_apart_by_names(struct rct *t)
{
	rsw(t, "GET", "/rpc/over", NULL, "1 \"none\"");
	rsw(t, "GET", "/rpc/over?a=1", NULL, "1 \"a\"");
	rsw(t, "POST", "/rpc/over", "{\"b\":2,\"a\":1}", "1 \"a, b\"");
	rsw(t, "GET", "/rpc/unclear?arg=1", NULL,
		"300 PGRST203 Could not choose the best candidate function between:"
		" w.unclear(arg => integer), w.unclear(arg => text)"
		" | Try renaming the parameters or the function itself in the database so function overloading can be resolved");
}

static void what_is_not_found_is_said_with_what_is_near(struct rct *t)
{
	rsw(t, "GET", "/rpc/gree", NULL,
		"404 PGRST202 Could not find the function w.gree without parameters in the schema cache"
		" | Searched for the function w.gree without parameters, but no matches were found in the schema cache."
		" | Perhaps you meant to call the function w.greet");
	rsw(t, "GET", "/rpc/add_up?a=1&smthelse=x&b=2", NULL,
		"404 PGRST202 Could not find the function w.add_up(a, b, smthelse) in the schema cache"
		" | Searched for the function w.add_up with parameters a, b, smthelse, but no matches were found in the schema cache."
		" | Perhaps you meant to call the function w.add_up(a, b)");
	rsw(t, "POST", "/rpc/greet", "{\"namx\":\"x\"}",
		"404 PGRST202 Could not find the function w.greet(namx) in the schema cache"
		" | Searched for the function w.greet with parameter namx or with a single unnamed json/jsonb parameter,"
		" but no matches were found in the schema cache."
		" | Perhaps you meant to call the function w.greet(name)");
	rsw(t, "GET", "/rpc/zzzzzzzz", NULL,
		"404 PGRST202 Could not find the function w.zzzzzzzz without parameters in the schema cache"
		" | Searched for the function w.zzzzzzzz without parameters, but no matches were found in the schema cache.");
	assert_non_null(strstr(rsw_line(t, "GET", "/rpc/greet", NULL), "404 PGRST202"));
	assert_non_null(strstr(rsw_line(t, "POST", "/rpc/add_up", "{\"b\":1}"), "404 PGRST202"));
}

static void results_take_the_form_of_the_function(struct rct *t)
{
	static const char *const results[][2] = {
		{"add_up?a=1", "1 6"},
		{"none_known", "1 null"},
		{"an_array", "1 [1,2]"},
		{"a_moment", "1 \"2020-02-03T04:05:06.5\""},
		{"count_to?n=3", "3 [1,2,3]"},
		{"count_to?n=0", "0 []"},
		{"count_to?n=5&limit=2&offset=3", "2 [4,5]"},
		{"one_item?id=1&select=id,name", "1 {\"id\":1,\"name\":\"bell\"}"},
		{"one_item?id=1&select=name,works(id)",
			"1 {\"name\":\"bell\",\"works\":[{\"id\":1},{\"id\":2}]}"},
		{"all_items?id=lt.3&select=id,gross&order=price.desc",
			"2 [{\"id\":2,\"gross\":25.00},{\"id\":1,\"gross\":5.63}]"},
		{"all_items?select=id&limit=1&offset=1", "1 [{\"id\":2}]"},
		{"labels?n=2&id=gt.1", "1 [{\"id\":2,\"label\":\"label 2\"}]"},
		{"a_size", "1 {\"width\":10,\"height\":5}"},
		{"a_record", "1 {\"id\":1,\"name\":\"x\"}"},
		{"records", "2 [{\"id\":1},{\"id\":2}]"},
		{"one_out?num=5", "1 {\"plus_one\":6}"},
		{"many_out", "1 {\"word\":\"w\",\"num\":3}"},
		{"nothing", "1"},
	};

	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		rsw(t, "GET", arena_printf(t->arena, "/rpc/%s", results[i][0]), NULL,
			results[i][1]);
	rsw(t, "GET", "/rpc/all_items?select=id,name&id=eq.1", NULL, "1 id,name\n1,bell",
		.accept = "text/csv");
	rsw(t, "GET", "/rpc/add_up?a=1", NULL, "1 pgrst_scalar\n6", .accept = "text/csv");
	rsw(t, "GET", "/rpc/all_items?nope=eq.1", NULL,
		"400 42703 column items.nope does not exist | Perhaps you meant to reference the column \"items.note\".");
}

static void media_types_are_those_of_domains(struct rct *t)
{
	rsw(t, "GET", "/rpc/as_text", NULL, "1 bare", .accept = "text/plain");
	rsw(t, "GET", "/rpc/as_text", NULL, "1 bare");
	rsw(t, "GET", "/rpc/as_bytes", NULL, "1 \\x0102", .accept = "application/octet-stream");
	assert_non_null(strstr(rsw_line(t, "GET", "/rpc/add_up?a=1", NULL,
				       .accept = "application/vnd.pgrst.plan+json"),
		"\"Plan\""));
	assert_non_null(strstr(rsw_line(t, "GET", "/rpc/all_items", NULL,
				       .accept = "application/vnd.pgrst.plan+json"),
		"\"Plan\""));
}

static void sets_are_counted(struct rct *t)
{
	rsw(t, "GET", "/rpc/all_items?id=gt.1&limit=1&select=id", NULL, "1 of 3 [{\"id\":2}]",
		.prefer = "count=exact");
	rsw(t, "GET", "/rpc/labels?n=7&limit=0&id=gt.2", NULL, "0 of 5 []",
		.prefer = "count=exact");
	rsw(t, "POST", "/rpc/count_to?limit=1", "{\"n\":4}", "1 of 4 [1]", .prefer = "count=exact");
}

static void a_function_that_writes_runs_once(struct rct *t)
{
	rsw(t, "POST", "/rpc/ring", "{}", "1 1", .prefer = "count=exact");
	rsw(t, "POST", "/rpc/ring", "{}", "1 2");
	rsw(t, "POST", "/rpc/rings?limit=2", "{\"n\":5}", "2 of 5 [3,4]", .prefer = "count=exact");
	rsw(t, "POST", "/rpc/ring", "{}", "1 8");
	rsw(t, "POST", "/rpc/drop_pairs?select=note,a&order=a.desc&limit=1", "{\"n\":5}",
		"1 of 2 [{\"note\":\"second\",\"a\":2}]", .prefer = "count=exact");
	rsw_stored(t, "select count(*) from w.pairs", "0");
}

static void bounds_undo_what_a_function_did(struct rct *t)
{
	const char *refused =
		"400 PGRST124 Query result exceeds max-affected preference constraint | The query affects 2 rows";
	const char *no_set =
		"400 PGRST128 Function must return SETOF or TABLE when max-affected preference is used with handling=strict";

	rsw(t, "POST", "/rpc/drop_pairs", "{\"n\":5}", refused,
		.prefer = "handling=strict, max-affected=1");
	rsw(t, "POST", "/rpc/drop_pairs", "{\"n\":5}",
		"406 PGRST116 Cannot coerce the result to a single JSON object | The result contains 2 rows",
		OBJECT);
	rsw(t, "POST", "/rpc/drop_pairs?note=eq.x", "{\"n\":5}",
		"406 PGRST116 Cannot coerce the result to a single JSON object | The result contains 0 rows",
		OBJECT);
	rsw_stored(t, "select count(*) from w.pairs", "2");
	rsw(t, "POST", "/rpc/drop_pairs?select=a&order=a", "{\"n\":5}", "2 [{\"a\":1},{\"a\":2}]",
		.prefer = "handling=strict, max-affected=2");
	rsw(t, "GET", "/rpc/all_items", NULL,
		"400 PGRST124 Query result exceeds max-affected preference constraint | The query affects 4 rows",
		.prefer = "handling=strict, max-affected=3");
	rsw(t, "POST", "/rpc/add_up", "{\"a\":1}", no_set,
		.prefer = "handling=strict, max-affected=3");
	rsw(t, "POST", "/rpc/add_up", "{\"a\":1}", "1 6", .prefer = "max-affected=3");
	rsw(t, "POST", "/rpc/one_item?select=id", "{\"id\":1}", "1 {\"id\":1}", OBJECT);
}

static void reading_functions_may_not_write(struct rct *t)
{
	rsw(t, "GET", "/rpc/drop_pairs?n=5", NULL,
		"405 25006 cannot execute DELETE in a read-only transaction");
	rsw_stored(t, "select count(*) from w.pairs", "2");
}

#define CALL(f)                                         \
	{.name = #f,                                    \
		.test_func = rct_run,                   \
		.initial_state = &(struct rct_case){f}, \
		.setup_func = setup}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL(names_choose_the_function_and_its_arguments),
		CALL(arguments_are_read_as_their_types),
		CALL(variadic_arguments_are_an_array_or_repeated),
		CALL(one_unnamed_argument_takes_the_whole_body),
		CALL(overloads_are_told_apart_by_names),
		CALL(what_is_not_found_is_said_with_what_is_near),
		CALL(results_take_the_form_of_the_function),
		CALL(media_types_are_those_of_domains),
		CALL(sets_are_counted),
		CALL(a_function_that_writes_runs_once),
		CALL(bounds_undo_what_a_function_did),
		CALL(reading_functions_may_not_write),
	};
	return cmocka_run_group_tests_name("mod/rest_call", tests, NULL, NULL);
}
