/* Whatever a JSON value is written to, it becomes what json_populate_record() makes of it, or fails as that does. */
#include "db/batch.h"
#include "db/result.h"
#include "mod/rest/request.h"
#include "support_rest_write.h"

static const char *const cases[][2] = {
	{"i2", "7"},
	{"i2", "\" 7\""},
	{"i2", "70000"},
	{"i2", "7.0"},
	{"i2", "true"},
	{"i2", "\"\""},
	{"i8", "9223372036854775807"},
	{"i8", "9223372036854775808"},
	{"i8", "-0"},
	{"i8", "1e3"},
	{"i8", "\"+12\""},
	{"i8", "[1]"},
	{"f4", "0.1"},
	{"f4", "1e40"},
	{"f8", "0.1"},
	{"f8", "\"NaN\""},
	{"f8", "1e400"},
	{"f8", "1e-400"},
	{"f8", "12345678901234567890.123"},
	{"f8", "\"0x10\""},
	{"n", "12345678901234567890.0123456789"},
	{"n", "1E+2"},
	{"n", "0"},
	{"n", "-0.00"},
	{"n", "\"-0\""},
	{"n", "\"0001.500\""},
	{"n", "10000"},
	{"n", "100000000"},
	{"n", "0.0001"},
	{"n", "0.00001"},
	{"n", "-12345.6789"},
	{"n", "\"+5\""},
	{"n", "\"5.\""},
	{"n", "\".5\""},
	{"n", "\"NaN\""},
	{"n", "\"-\""},
	{"n", "\"\""},
	{"n", "123456789012345678901234567890123456789012345678901234567890"},
	{"n", "1234567890123456789012345678901234567890123456789012345678901"},
	{"n", "0.12345678901234567890123456789012345678901234567890123456789"},
	{"n2", "1.005"},
	{"n2", "-1.005"},
	{"n2", "123456.7"},
	{"ok", "true"},
	{"ok", "\"yes\""},
	{"ok", "1"},
	{"ok", "\"maybe\""},
	{"t", "\"plain\""},
	{"t", "5.50"},
	{"t", "false"},
	{"t", "{ \"k\" : [1,  2] }"},
	{"t", "[ 1 , \"\\u00e9\" ]"},
	{"t", "\"\\ud83d\\ude00 \\\" \\\\ \\n\""},
	{"t", "\"\""},
	{"v", "\"12345\""},
	{"v", "\"123456\""},
	{"v", "\"12345  \""},
	{"c", "\"a\""},
	{"c", "\"abcd\""},
	{"b", "\"101\""},
	{"b", "\"1011\""},
	{"raw", "\"\\\\xdeadbeef\""},
	{"raw", "\"text\""},
	{"u", "\"6F9619FF-8B86-D011-B42D-00C04FC964FF\""},
	{"u", "\"{6f9619ff8b86d011b42d00c04fc964ff}\""},
	{"u", "\"nope\""},
	{"d", "\"2024-02-29\""},
	{"d", "\"2024-02-30\""},
	{"d", "\"20240229\""},
	{"d", "\"1999-12-31\""},
	{"d", "\"0001-01-01\""},
	{"d", "\"infinity\""},
	{"d", "\"2024-02-29T10:00\""},
	{"at", "\"2024-02-03T04:05:06.789+02\""},
	{"at", "0"},
	{"at", "\"2024-02-03T04:05:06Z\""},
	{"at", "\"2024-02-03T04:05Z\""},
	{"at", "\"1999-12-31t23:59:59.999999z\""},
	{"at", "\"2024-02-03 04:05:06.1234567Z\""},
	{"at", "\"2024-02-03 04:05:06,5Z\""},
	{"at", "\"2024-02-03 04:05:06\""},
	{"at", "\"2024-02-03\""},
	{"at", "\"2024-02-03 04:05:06-0330\""},
	{"at", "\"2024-02-03 04:05:06.5+15:59\""},
	{"at", "\"2024-02-03 24:00:00Z\""},
	{"at", "\"2024-02-03 04:05:60Z\""},
	{"at", "\"0001-01-01 00:00:00Z\""},
	{"at", "\"infinity\""},
	{"at", "\"2024-02-03 04:05:06 Europe/Berlin\""},
	{"ts", "\"2024-02-03 04:05:06.7\""},
	{"iv", "\"1 day 2:03\""},
	{"j", "{ \"a\" : 1 , \"a\" : [ 2 ] }"},
	{"j", "\"text\""},
	{"j", "\"{\\\"a\\\": 1}\""},
	{"j", "1.50"},
	{"j", "\"\\u0007\""},
	{"jb", "{ \"a\" : 1 , \"a\" : [ 2, 1.50 ] }"},
	{"jb", "\"text\""},
	{"jb", "true"},
	{"jb", "[]"},
	{"jb", "1e500"},
	{"tags",
		"[\"a\", \"b \\\"q\\\" \\\\\", \"NULL\", null, 5, true, \"\", \"{x,y}\", \"\\n\"]"},
	{"tags", "[]"},
	{"tags", "\"{x,\\\"y z\\\",null}\""},
	{"tags", "[[\"a\"],[\"b\"]]"},
	{"tags", "[[\"a\"],\"b\"]"},
	{"tags", "[{\"k\": 1}]"},
	{"tags", "5"},
	{"tags", "{\"a\": 1}"},
	{"ints", "[1, 2, null, \"3\"]"},
	{"ints", "[1, \"x\"]"},
	{"ints", "[[1, 2], [3, 4]]"},
	{"ints", "[[1, 2], [3]]"},
	{"flags", "[true, false, null, \"t\"]"},
	{"grid", "[[1, 2], [3, 4]]"},
	{"js", "[{\"a\": 1}, \"x\", null, [ 1 ]]"},
	{"col", "\"red\""},
	{"col", "\"mauve\""},
	{"cols", "[\"red\", \"green\"]"},
	{"cols", "[\"mauve\"]"},
	{"size", "{\"width\": 3, \"height\": null}"},
	{"size", "{\"height\": \"4\", \"other\": [1]}"},
	{"size", "\"(3,4)\""},
	{"size", "[3, 4]"},
	{"size", "5"},
	{"sizes", "[{\"width\": 1, \"height\": 2}, null, {\"width\": 3}]"},
	{"sizes", "[\"(1,2)\"]"},
	{"word", "\"fine\""},
	{"word", "\"bad\""},
	{"word", "[\"x\"]"},
	{"few", "9"},
	{"few", "10"},
	{"fews", "[1, 2]"},
	{"fews", "[1, 20]"},
	{"span", "\"[1,5)\""},
	{"span", "[1, 5]"},
	{"x", "\"<a>b</a>\""},
	{"x", "\"<a>\""},
	{"ip", "\"10.0.0.1/8\""},
};

#define N_CASES (sizeof cases / sizeof *cases)

/* "value", "null", or "SQLSTATE". */
static const char *said(struct rct *t, struct batch *b)
{
	struct err e = {.arena = t->arena};

	if (db_run(t->db, b, &e))
		return batch_db_error(b) ? batch_db_error(b)->sqlstate : e.msg;
	struct str s = result_text(batch_result(b, 0), 0, 0);
	return s.p ? str_cstr(t->arena, s) : "null";
}

static const char *expected(struct rct *t, const char *column, const char *body)
{
	struct batch *b = batch_new(t->arena);
	struct db_param json = db_text(body);

	batch_add(b,
		arena_printf(t->arena,
			"with made as (insert into w.odd (id, %s) select 0, r.%s from json_to_recordset($1::json)"
			" as r(%s %s) returning odd.%s) select %s::text from made limit 1",
			column, column, column,
			str_cstr(t->arena, rct_column(rct_table(t, "w", "odd"), column)->type_sql),
			column, column),
		1, &json);
	const char *line = said(t, b);
	rct_admin("delete from w.odd");
	return line;
}

static const char *written(struct rct *t, const char *method, const char *path, const char *column,
	const char *body)
{
	const char *line = rsw_line(t, method, path, body);
	struct batch *b = batch_new(t->arena);

	/* "400 22P02 …" */
	if (strlen(line) > 9 && line[3] == ' ')
		return str_cstr(t->arena, str_from(line + 4, 5));
	batch_add(b,
		arena_printf(t->arena, "select %s::text from w.odd order by id limit 1", column), 0,
		NULL);
	return said(t, b);
}

static const char *object(struct rct *t, size_t i, int id, const char *value)
{
	return arena_printf(t->arena, "{\"id\": %d, \"%s\": %s}", id, cases[i][0], value);
}

static void same(size_t i, const char *how, const char *found, const char *wanted)
{
	if (strcmp(found, wanted))
		fail_msg("%s of %s as %s\n  gives  %s\n  wanted %s", cases[i][1], cases[i][0], how,
			found, wanted);
}

static void a_value_alone(struct rct *t)
{
	for (size_t i = 0; i < N_CASES; i++) {
		const char *one = object(t, i, 1, cases[i][1]);
		const char *wanted = expected(t, cases[i][0], arena_printf(t->arena, "[%s]", one));
		same(i, "one row", written(t, "POST", "/odd", cases[i][0], one), wanted);
		rct_admin("delete from w.odd");
	}
}

/* Beside nulls, and beside a value that needs another way. */
static void a_value_among_others(struct rct *t)
{
	for (size_t i = 0; i < N_CASES; i++) {
		const char *one = object(t, i, 1, cases[i][1]);
		const char *wanted = expected(t, cases[i][0], arena_printf(t->arena, "[%s]", one));
		for (int n = 0; n < 2; n++) {
			const char *other = object(t, i, 2, n ? cases[i][1] : "null");
			same(i, "one of two rows",
				written(t, "POST", "/odd", cases[i][0],
					arena_printf(t->arena, "[%s, %s]", one, other)),
				wanted);
			rct_admin("delete from w.odd");
		}
	}
}

static void a_value_that_is_changed(struct rct *t)
{
	for (size_t i = 0; i < N_CASES; i++) {
		const char *one = object(t, i, 1, cases[i][1]);
		const char *wanted = expected(t, cases[i][0], arena_printf(t->arena, "[%s]", one));
		rct_admin("insert into w.odd (id) values (1)");
		same(i, "a change", written(t, "PATCH", "/odd?id=eq.1", cases[i][0], one), wanted);
		rct_admin("delete from w.odd");
	}
}

static void objects_and_texts_of_one_column(struct rct *t)
{
	rsw(t, "POST", "/odd?select=size,tags",
		"[{\"id\":1,\"size\":{\"width\":1},\"tags\":\"{a,b}\"},{\"id\":2,\"size\":\"(2,3)\",\"tags\":[[\"c\"]]},"
		"{\"id\":3,\"size\":null,\"tags\":null}]",
		"3 [{\"size\":{\"width\":1,\"height\":null},\"tags\":[\"a\",\"b\"]},"
		"{\"size\":{\"width\":2,\"height\":3},\"tags\":[[\"c\"]]},{\"size\":null,\"tags\":null}]",
		.prefer = "return=representation");
}

static void casts_of_a_domain_read_and_write_it(struct rct *t)
{
	rsw(t, "POST", "/tagged", "{\"id\":1,\"tag\":\"#7\"}", "1 [{\"id\":1,\"tag\":\"#7\"}]",
		.prefer = "return=representation");
	rsw(t, "POST", "/tagged?select=tag&order=id",
		"[{\"id\":2,\"tag\":\"#8\"},{\"id\":3,\"tag\":9},{\"id\":4,\"tag\":null}]",
		"3 [{\"tag\":\"#8\"},{\"tag\":\"#9\"},{\"tag\":null}]",
		.prefer = "return=representation");
	rsw(t, "POST", "/tagged?select=tag", "id,tag\n5,#10\n6,11\n",
		"2 [{\"tag\":\"#10\"},{\"tag\":\"#11\"}]", .prefer = "return=representation",
		.type = "text/csv");
	rsw(t, "PATCH", "/tagged?id=eq.1&select=tag", "{\"tag\":\"#70\"}", "1 [{\"tag\":\"#70\"}]",
		.prefer = "return=representation");
	rsw(t, "PUT", "/tagged?id=eq.1&select=tag", "{\"id\":1,\"tag\":\"#71\"}",
		"1/0 [{\"tag\":\"#71\"}]", .prefer = "return=representation");
	rsw_stored(t, "select string_agg(tag::int::text, ',' order by id) from w.tagged",
		"71,8,9,10,11");
}

static void a_zero_character_is_refused_as_postgresql_does(struct rct *t)
{
	const char *wanted =
		"400 22P05 unsupported Unicode escape sequence | \\u0000 cannot be converted to text.";

	rsw(t, "POST", "/keyless", "{\"a\":\"x\\u0000y\"}", wanted);
	rsw(t, "POST", "/keyless", "[{\"a\":\"x\\u0000y\"},{\"a\":\"\"}]", wanted);
	rsw(t, "POST", "/odd", "{\"id\":1,\"tags\":[\"\\u0000\"]}", wanted);
	rsw(t, "POST", "/keyless", NULL,
		"400 22021 invalid byte sequence for encoding \"UTF8\": 0x00 | byte 4 of the body",
		.type = "text/csv", .bytes = {"a\nx\0\ny", 6});
	assert_non_null(strstr(rsw_line(t, "POST", "/odd", "{\"id\":1,\"jb\":{\"a\":\"\\u0000\"}}"),
		"400 22P05"));
	rsw(t, "POST", "/odd?select=j", "{\"id\":1,\"j\":{\"a\":\"\\u0000\"}}",
		"1 [{\"j\":{\"a\":\"\\u0000\"}}]", .prefer = "return=representation");
}

static void many_rows_of_every_type(struct rct *t)
{
	struct str ids = STR("");

	for (int i = 0; i < 500; i++)
		ids = str_printf(t->arena,
			STR_FMT
			"%s{\"id\":%d,\"i2\":%d,\"i8\":\"%d\",\"f8\":%d.25,\"ok\":%s,\"t\":%s,\"u\":\"%08x-0000-0000-0000-%012x\","
			"\"jb\":{\"n\":%d},\"tags\":[\"%d\"],\"n\":%d.10}",
			STR_ARG(ids), i ? "," : "", i, i - 250, i * 1000, i,
			i % 2 ? "true" : "false", i % 3 ? "\"text\"" : "null", i, i, i, i, i);
	rsw(t, "POST", "/odd", arena_printf(t->arena, "[" STR_FMT "]", STR_ARG(ids)), "500");
	rsw_stored(t,
		"select count(*) || ' ' || sum(i2) || ' ' || sum(i8) || ' ' || sum(f8) || ' ' || count(*) filter (where ok)"
		" || ' ' || count(t) || ' ' || count(distinct u) || ' ' || sum((jb->>'n')::int) || ' ' || sum(tags[1]::int)"
		" || ' ' || sum(n) from w.odd",
		"500 -250 124750000 124875 250 333 500 124750 124750 124800.00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RSW(a_value_alone),
		RSW(a_value_among_others),
		RSW(a_value_that_is_changed),
		RSW(objects_and_texts_of_one_column),
		RSW(casts_of_a_domain_read_and_write_it),
		RSW(a_zero_character_is_refused_as_postgresql_does),
		RSW(many_rows_of_every_type),
	};
	return cmocka_run_group_tests_name("mod/rest_write_types", tests, NULL, NULL);
}
