/* Rows as JSON and CSV, against what PostgreSQL's own row_to_json() and COPY write for the same rows. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/rest/encode.h"
#include "mod/rest/plan.h"
#include "support_rest_cache.h"

#define N(a) (sizeof(a) / sizeof *(a))

static int make_schema(void **state)
{
	(void)state;
	rct_admin(
		"drop schema if exists test cascade; create schema test;"
		"create type test.mood as enum ('sad', 'it''s \"ok\"');"
		"create type test.pair as (a int, b text);"
		"create domain test.age as int; create domain test.stamp as timestamptz; create domain test.doc as jsonb;");
	return 0;
}

/* Both statements under the same settings. */
static struct batch *ask(struct rct *t, const char *settings, const char *sql,
	const char *reference)
{
	struct batch *b = batch_new(t->arena);

	batch_add(b, *settings ? settings : "select 1", 0, NULL);
	batch_add(b, sql, 0, NULL);
	batch_add(b, reference, 0, NULL);
	if (db_run(t->db, b, &t->err))
		fail_msg("%s: %s", sql,
			batch_db_error(b) ? batch_db_error(b)->message : t->err.msg);
	return b;
}

/* A plan that shows every column under its name. */
static struct rest_plan *plan_of(struct rct *t, const struct result *res)
{
	struct rest_plan *p = ARENA_NEW(t->arena, struct rest_plan);

	p->result = REST_RESULT_ROWS;
	p->n_cols = result_cols(res);
	for (int i = 0; i < p->n_cols; i++)
		rest_out_add(t->arena, &p->out, str_of(result_name(res, i)), i);
	return p;
}

static struct str encoded(struct rct *t, const struct rest_plan *p, const struct result *res,
	bool strip_nulls)
{
	struct rest_encoder x;
	struct buf out;

	buf_init(&out, 0);
	rest_encode_init(&x, t->arena, p, strip_nulls, &out);
	rest_encode_array(&x, res);
	assert_int_equal(x.rows, result_rows(res));
	struct str text = str_copy(t->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

static void same(struct str found, struct str wanted, const char *sql)
{
	size_t at = 0;

	if (str_eq(found, wanted))
		return;
	while (at < found.len && at < wanted.len && found.p[at] == wanted.p[at])
		at++;
	size_t from = at < 40 ? 0 : at - 40;
	fail_msg("%s\n  gives  ..." STR_FMT "\n  wanted ..." STR_FMT, sql,
		STR_ARG(str_sub(found, from, found.len < at + 80 ? found.len : at + 80)),
		STR_ARG(str_sub(wanted, from, wanted.len < at + 80 ? wanted.len : at + 80)));
}

static void same_json_in(struct rct *t, const char *settings, const char *sql)
{
	struct batch *b = ask(t, settings, sql,
		arena_printf(t->arena,
			"select '[' || coalesce(string_agg(row_to_json(the_row)::text, ','), '') || ']' from (%s) the_row",
			sql));
	const struct result *res = batch_result(b, 1);

	same(encoded(t, plan_of(t, res), res, false), result_text(batch_result(b, 2), 0, 0), sql);
}

static void same_json(struct rct *t, const char *sql)
{
	same_json_in(t, "", sql);
}

static void numbers(struct rct *t)
{
	same_json(t,
		"select 0::int2 a, (-32768)::int2 b, 2147483647 c, (-9223372036854775808)::int8 d, 9007199254740993::int8 e");
	same_json(t,
		"select v from unnest(array[0, -0.0, 1.50, 1e40, -1e-20, 123456789012345678901234567890.123456789,"
		" 'NaN', 'Infinity', '-Infinity']::numeric[]) v");
	same_json(t,
		"select v from unnest(array[0, '-0', 1.5, 1e300, 1e-300, 0.1, 'NaN', 'Infinity', '-Infinity',"
		" 5e-324, 1.7976931348623157e308]::float8[]) v");
	same_json(t,
		"select v from unnest(array[0, '-0', 1.5, 3.4e38, 1e-37, 0.1, 'NaN', 'Infinity', '-Infinity']::float4[]) v");
	same_json(t,
		"select 7::oid, '12.34'::money, 5::test.age, null::test.age n, '16/B374D848'::pg_lsn");
	same_json_in(t, "set local extra_float_digits = 0",
		"select 0.1::float8 + 0.2 v, 1/3.0::float4 w");
}

static void booleans_and_nulls(struct rct *t)
{
	same_json(t,
		"select true t, false f, null::bool n, null::int i, null::text x, null::json j, null::timestamptz s");
}

static const char dates[] =
	"select v::timestamp a, v::timestamp::date d, v::timestamptz z, v::timestamptz::test.stamp s"
	" from unnest(array['2024-02-29 12:34:56', '2024-02-29 12:34:56.7', '2024-02-29 12:34:56.789012',"
	" '0001-01-01 00:00:00', '0044-03-15 12:00:00 BC', '4713-01-01 00:00:00 BC', '12024-01-01 00:00:00',"
	" '294276-12-31 00:00:00', '1883-11-18 12:03:57', 'infinity', '-infinity', null]) v";

static void times_in_every_zone(struct rct *t)
{
	static const char *const zones[] = {"UTC", "Asia/Kolkata", "America/St_Johns",
		"Asia/Kathmandu", "America/New_York", "Africa/Monrovia", "Europe/Amsterdam",
		"Pacific/Kiritimati", "Etc/GMT+12", "Australia/Eucla", "+05:30"};

	for (size_t i = 0; i < N(zones); i++)
		same_json_in(t,
			arena_printf(t->arena, "select set_config('timezone', '%s', true)",
				zones[i]),
			dates);
}

static void times_and_spans(struct rct *t)
{
	static const char sql[] =
		"select '04:05:06.789'::time a, '04:05:06-08'::timetz b, '04:05+05:30'::timetz c, '24:00'::time d,"
		" '1 year 2 mons -3 days 04:05:06.7'::interval e, '0'::interval f, '2024-02-29'::date g, 'infinity'::date h,"
		" '0044-03-15 BC'::date i, '[2024-01-01,2024-02-01)'::daterange j, '[1,5)'::int4range k,"
		" '[2024-01-01 00:00,)'::tstzrange l";

	same_json(t, sql);
	same_json_in(t, "set local intervalstyle = 'iso_8601'", sql);
	same_json_in(t, "set local intervalstyle = 'sql_standard'", sql);
}

static void text_of_every_character(struct rct *t)
{
	/* each at every place of a word of eight bytes, and beyond */
	same_json(t,
		"select repeat('x', n) || chr(c) || repeat('y', m) v from generate_series(1, 300) c, generate_series(0, 9) n,"
		" generate_series(0, 9, 3) m");
	same_json(t,
		"select chr(c) || chr(d) v from generate_series(1, 160) c, generate_series(1, 160) d");
	same_json(t,
		"select v from unnest(array['', ' ', 'NULL', 'null', E'\\u20ac\\U0001F600', E'a\\\\b\"c/d', E'\\x7f']) v");
	same_json(t, "select repeat(E'plain text \\n', n) v from unnest(array[1, 1000, 100000]) n");
}

static void texts_of_every_length(struct rct *t)
{
	same_json(t,
		"select repeat('a', n) a, repeat('\"', n) b, repeat(chr(228), n) c from generate_series(0, 100) n");
}

static void other_types_are_texts(struct rct *t)
{
	static const char sql[] =
		"select '\\xdeadbeef00'::bytea a, 'a'::char b, 'ab'::char(5) c, 'n'::name d, 'sad'::test.mood e, 'it''s \"ok\"'::test.mood f,"
		" '6b0e1f5c-7c1c-4e3a-9d3e-0a1b2c3d4e5f'::uuid g, '192.168.0.1/24'::inet h, '08:00:2b:01:02:03'::macaddr i, b'1010'::bit(4) j,"
		" '<a b=\"c\">d</a>'::xml k, '(1,2)'::point l, 'a:1 b'::tsvector m, 'a & b'::tsquery n, 'pg_class'::regclass o";

	same_json(t, sql);
	same_json_in(t, "set local bytea_output = 'escape'", "select '\\xdeadbeef005c'::bytea a");
}

static void json_is_handed_on(struct rct *t)
{
	same_json(t,
		"select '{\"a\": [1,  2.50 , null], \"b\":\"\\u00e9\\n\"}'::json a, '{\"b\": 1, \"a\": [1, 2.50]}'::jsonb b,"
		" 'null'::jsonb c, '\"text\"'::jsonb d, ' 5 '::json e, '[]'::jsonb::test.doc f");
}

static void odd_names_are_quoted(struct rct *t)
{
	same_json(t,
		"select 1 \"a \"\"quoted\"\" name\", 2 \"back\\slash\", 3 \"\xc3\xa9t\xc3\xa9\", 4 \"tab\there\", 5 \"a:b,c\"");
}

static void any_number_of_rows_and_columns(struct rct *t)
{
	same_json(t, "select 1 a where false");
	same_json(t, "select n, n::text t from generate_series(1, 5000) n");
	same_json(t,
		arena_printf(t->arena, "select %s",
			rct_ask(t,
				"select string_agg(format('%s c%s', n, n), ',') from generate_series(1, 1000) n")
				.p));
}

/* {"id":…,"child":{"a":…,"deep":{"b":…}}}, as to-one embeds come: columns of the child, and one that is null without it. */
static void nested_objects(struct rct *t)
{
	static const char sql[] =
		"select n id, case when n <> 2 then true end child, n * 10 a, case when n = 3 then 1 end deep, 'x' || n b"
		" from generate_series(1, 3) n";
	static const char reference[] =
		"select '[' || string_agg(row_to_json(the_row)::text, ',') || ']' from (select n id, (select c from (select n * 10 a,"
		" (select d from (select 'x' || n b) d where n = 3) deep) c where n <> 2) child from generate_series(1, 3) n) the_row";
	struct batch *b = ask(t, "", sql, reference);
	struct rest_plan p = {.result = REST_RESULT_ROWS, .n_cols = 5};

	rest_out_add(t->arena, &p.out, STR("id"), 0);
	struct rest_out *child = rest_out_add(t->arena, &p.out, STR("child"), 1);
	child->is_object = true;
	rest_out_add(t->arena, &child->first, STR("a"), 2);
	struct rest_out *deep = rest_out_add(t->arena, &child->first, STR("deep"), 3);
	deep->is_object = true;
	rest_out_add(t->arena, &deep->first, STR("b"), 4);
	same(encoded(t, &p, batch_result(b, 1), false), result_text(batch_result(b, 2), 0, 0), sql);
	same(encoded(t, &p, batch_result(b, 1), true),
		STR("[{\"id\":1,\"child\":{\"a\":10}},{\"id\":2},{\"id\":3,\"child\":{\"a\":30,\"deep\":{\"b\":\"x3\"}}}]"),
		sql);
}

static void nulls_are_left_out(struct rct *t)
{
	static const char sql[] =
		"select case when n & 1 > 0 then n end a, case when n & 2 > 0 then 'x' end b, case when n & 4 > 0 then true end c"
		" from generate_series(0, 7) n";
	struct batch *b = ask(t, "", sql,
		arena_printf(t->arena,
			"select '[' || string_agg(json_strip_nulls(row_to_json(the_row))::text, ',') || ']' from (%s) the_row",
			sql));
	const struct result *res = batch_result(b, 1);

	same(encoded(t, plan_of(t, res), res, true), result_text(batch_result(b, 2), 0, 0), sql);
}

static void row_without_columns_is_an_empty_object(struct rct *t)
{
	struct batch *b = ask(t, "", "select 1 from generate_series(1, 2)", "select 1");
	struct rest_plan p = {.result = REST_RESULT_ROWS, .n_cols = 1};

	same(encoded(t, &p, batch_result(b, 1), false), STR("[{},{}]"), "no columns");
}

static void single_values(struct rct *t)
{
	struct batch *b = ask(t, "",
		"select v from unnest(array['2024-01-01 00:00', null, 'infinity']::timestamp[]) v",
		"select json_agg(v)::text from unnest(array['2024-01-01 00:00', null, 'infinity']::timestamp[]) v");
	const struct result *res = batch_result(b, 1);
	struct rest_plan *p = plan_of(t, res);

	p->result = REST_RESULT_VALUES;
	same(encoded(t, p, res, false), STR("[\"2024-01-01T00:00:00\",null,\"infinity\"]"),
		"values");
	assert_string_equal(result_text(batch_result(b, 2), 0, 0).p,
		"[\"2024-01-01T00:00:00\", null, \"infinity\"]");
}

/* One row at a time, as streams write them. */
static void rows_one_by_one_are_the_same(struct rct *t)
{
	struct batch *b =
		ask(t, "", "select n, chr(n) c from generate_series(30, 60) n", "select 1");
	const struct result *res = batch_result(b, 1);
	struct rest_plan *p = plan_of(t, res);
	struct rest_encoder x;
	struct buf out;

	buf_init(&out, 0);
	rest_encode_init(&x, t->arena, p, false, &out);
	for (int i = 0; i < result_rows(res); i++) {
		buf_char(&out, x.rows ? ',' : '[');
		rest_encode_object(&x, res, i);
	}
	buf_char(&out, ']');
	same(buf_view(&out), encoded(t, p, res, false), "one by one");
	buf_done(&out);
}

/* What COPY writes, without the last line's end. */
static struct str copied(struct rct *t, const char *sql)
{
	PGconn *pg = PQconnectdb(getenv("DATABASE_URL"));
	PGresult *r =
		PQexec(pg, arena_printf(t->arena, "copy (%s) to stdout (format csv, header)", sql));
	struct buf b;
	char *line;
	int n;

	if (PQresultStatus(r) != PGRES_COPY_OUT)
		fail_msg("%s", PQerrorMessage(pg));
	buf_init(&b, 0);
	while ((n = PQgetCopyData(pg, &line, 0)) > 0) {
		buf_add(&b, line, (size_t)n);
		PQfreemem(line);
	}
	PQclear(r);
	PQfinish(pg);
	struct str text = str_copy(t->arena, str_sub(buf_view(&b), 0, b.len - 1));
	buf_done(&b);
	return text;
}

static void same_csv(struct rct *t, const char *sql)
{
	struct batch *b = ask(t, "", sql, "select 1");
	const struct result *res = batch_result(b, 1);
	struct rest_encoder x;
	struct buf out;

	buf_init(&out, 0);
	rest_encode_init(&x, t->arena, plan_of(t, res), false, &out);
	rest_encode_csv_head(&x);
	for (int i = 0; i < result_rows(res); i++)
		rest_encode_csv_row(&x, res, i);
	assert_int_equal(x.rows, result_rows(res));
	same(buf_view(&out), copied(t, sql), sql);
	buf_done(&out);
}

static void csv_is_that_of_copy(struct rct *t)
{
	same_csv(t,
		"select 1 a, true b, 'x' c, 1.50 d, '2024-01-01 00:00+00'::timestamptz e, '{1,2}'::int[] f, '{\"a\": 1}'::jsonb g");
	same_csv(t,
		"select n a, case when n > 1 then '' end b, null::int c from generate_series(1, 3) n");
	same_csv(t, "select 'x' || chr(c) || 'y' a, c b from generate_series(1, 300) c");
	same_csv(t,
		"select v a, 1 b from unnest(array['', ' ', '\"', '\"\"', ',', E'\\n', E'\\r', E'a\"b,c\\nd', '\\', 'NULL', ' x ', '\"']) v");
	same_csv(t, "select 1 \"a,b\", 2 \"c\"\"d\", 3 \" e\", 4 \"\xc3\xa9\"");
	same_csv(t, "select row(1, 'a b', null)::text a, array['x', null, 'y z'] b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(numbers),
		RCT(booleans_and_nulls),
		RCT(times_in_every_zone),
		RCT(times_and_spans),
		RCT(text_of_every_character),
		RCT(texts_of_every_length),
		RCT(other_types_are_texts),
		RCT(json_is_handed_on),
		RCT(odd_names_are_quoted),
		RCT(any_number_of_rows_and_columns),
		RCT(nested_objects),
		RCT(nulls_are_left_out),
		RCT(row_without_columns_is_an_empty_object),
		RCT(single_values),
		RCT(rows_one_by_one_are_the_same),
		RCT(csv_is_that_of_copy),
	};
	return cmocka_run_group_tests_name("mod/rest_encode", tests, make_schema, NULL);
}
