#include "support_rest_write.h"

#define REP .prefer = "return=representation"
#define MERGE .prefer = "return=representation, resolution=merge-duplicates"
#define IGNORE .prefer = "return=representation, resolution=ignore-duplicates"

static void one_row_is_values(struct rct *t)
{
	rsw_is("sql", rsw_sql(t, "POST", "/items", "{\"name\":\"x\",\"price\":1}"),
		"insert into \"w\".\"items\" as t1 (\"name\", \"price\") values ($1, $2)");
	rsw_is("sql", rsw_sql(t, "POST", "/items?select=id,note", "{\"name\":\"x\"}", REP),
		"insert into \"w\".\"items\" as t1 (\"name\") values ($1) returning t1.\"id\", t1.\"note\"");
	rsw(t, "POST", "/items", "{\"name\":\"x\"}", "1");
	rsw_stored(t, "select (i.*)::text from w.items i where name = 'x'", "(100,x,spare,9.50,)");
}

static void the_representation_is_the_row(struct rct *t)
{
	rsw(t, "POST", "/items", "{\"id\":50,\"name\":\"x\"}",
		"1 [{\"id\":50,\"name\":\"x\",\"kind\":\"spare\",\"price\":9.50,\"note\":null}]",
		REP);
	rsw(t, "POST", "/items?select=nr:id::text,gross", "{\"id\":51,\"name\":\"y\",\"price\":10}",
		"1 [{\"nr\":\"51\",\"gross\":12.50}]", REP);
	rsw(t, "POST", "/items?select=id,note", "{\"id\":52,\"name\":\"z\"}", "1 [{\"id\":52}]",
		REP, .accept = "application/vnd.pgrst.array+json;nulls=stripped");
	rsw(t, "POST", "/items?select=id,name", "{\"id\":53,\"name\":\"a,b\"}",
		"1 id,name\n53,\"a,b\"", REP, .accept = "text/csv");
	rsw(t, "POST", "/items?select=id", "{\"id\":54,\"name\":\"o\"}", "1 {\"id\":54}", REP,
		.accept = "application/vnd.pgrst.object+json");
}

static void embeds_and_order_are_of_what_was_written(struct rct *t)
{
	rsw(t, "POST", "/works?select=id,items(name,gross)",
		"{\"id\":9,\"item_id\":2,\"work\":\"x\"}",
		"1 [{\"id\":9,\"items\":{\"name\":\"chain\",\"gross\":25.00}}]", REP);
	rsw(t, "POST", "/items?select=id,works(id)&order=name.desc",
		"[{\"id\":60,\"name\":\"b\"},{\"id\":61,\"name\":\"c\"},{\"id\":62,\"name\":\"a\"}]",
		"3 [{\"id\":61,\"works\":[]},{\"id\":60,\"works\":[]},{\"id\":62,\"works\":[]}]",
		REP);
	rsw(t, "POST", "/works?select=id,items!inner(id)&order=id.desc&limit=1",
		"[{\"id\":10,\"item_id\":1},{\"id\":11,\"item_id\":null},{\"id\":12,\"item_id\":3}]",
		"2 [{\"id\":12,\"items\":{\"id\":3}},{\"id\":10,\"items\":{\"id\":1}}]", REP);
	rsw(t, "POST", "/items?select=count()", "[{\"name\":\"p\"},{\"name\":\"q\"}]",
		"1 [{\"count\":2}]", REP);
}

static void many_rows_travel_as_arrays(struct rct *t)
{
	rsw_is("sql",
		rsw_sql(t, "POST", "/items",
			"[{\"id\":1,\"name\":\"x\"},{\"id\":2,\"name\":null}]"),
		"insert into \"w\".\"items\" as t1 (\"id\", \"name\") select c0, c1::text"
		" from (select unnest($1::int4[]) as c0, unnest($2::text[]) as c1) as _");
	rsw(t, "POST", "/items?select=id,name,price",
		"[{\"id\":70,\"name\":\"x\",\"price\":1.005},{\"price\":null,\"name\":\"y\",\"id\":\"71\"}]",
		"2 [{\"id\":70,\"name\":\"x\",\"price\":1.01},{\"id\":71,\"name\":\"y\",\"price\":null}]",
		REP);
	rsw(t, "POST", "/items", "[{\"id\":80,\"name\":\"v\"},{\"id\":\" 81\",\"name\":\"w\"}]",
		"2");
	rsw(t, "POST", "/items", "[{\"id\":82,\"name\":\"u\"},{\"id\":82.5,\"name\":\"s\"}]",
		"400 22P02 invalid input syntax for type integer: \"82.5\"");
	rsw_stored(t, "select count(*) from w.items where id > 50", "4");
}

static void nothing_and_defaults(struct rct *t)
{
	rsw(t, "POST", "/stamped?select=id,name", "{}", "1 [{\"id\":1,\"name\":null}]", REP);
	rsw(t, "POST", "/stamped?select=id", "[{},{}]", "2 [{\"id\":2},{\"id\":3}]", REP);
	rsw(t, "POST", "/stamped", "[{}]", "1");
	rsw(t, "POST", "/stamped", "[]", "0");
	rsw(t, "POST", "/stamped?select=id,gone:name", "[]", "0 []", REP);
	rsw(t, "POST", "/stamped", "5", "0 []", REP);
	rsw(t, "POST", "/items?select=id,gross,works(id)", "[]", "0 []", REP);
	rsw(t, "POST", "/items?select=nope", "[]",
		"400 42703 column items.nope does not exist | Perhaps you meant to reference the column \"items.note\".",
		REP);
	rsw_stored(t, "select count(*) from w.stamped", "4");
}

static void generated_columns_are_postgresql_s_to_refuse(struct rct *t)
{
	const char *wanted = "400 428C9 cannot insert a non-DEFAULT value into column \"shout\"";

	assert_non_null(strstr(rsw_line(t, "POST", "/stamped", "{\"name\":\"x\",\"shout\":\"Y\"}"),
		wanted));
	assert_non_null(strstr(rsw_line(t, "POST", "/stamped?columns=name,shout",
				       "[{\"name\":\"x\"},{\"name\":\"y\",\"shout\":\"Z\"}]",
				       .prefer = "missing=default"),
		wanted));
	rsw(t, "POST", "/stamped?columns=name,shout,id&select=shout",
		"[{\"name\":\"x\"},{\"name\":\"y\"}]", "2 [{\"shout\":\"X\"},{\"shout\":\"Y\"}]",
		.prefer = "missing=default, return=representation");
	rsw(t, "POST", "/stamped?columns=name,shout&select=shout", "{\"name\":\"z\"}",
		"1 [{\"shout\":\"Z\"}]", .prefer = "missing=default, return=representation");
}

static void columns_and_missing(struct rct *t)
{
	const char *rows = "[{\"id\":90,\"x\":1},{\"id\":91,\"name\":\"n\",\"kind\":null}]";

	rsw(t, "POST", "/items?columns=id,name,kind",
		"[{\"id\":90,\"name\":\"a\"},{\"id\":91,\"name\":\"b\",\"kind\":\"c\"}]",
		"2 [{\"id\":90,\"name\":\"a\",\"kind\":null,\"price\":9.50,\"note\":null},"
		"{\"id\":91,\"name\":\"b\",\"kind\":\"c\",\"price\":9.50,\"note\":null}]",
		REP);
	assert_non_null(strstr(rsw_line(t, "POST", "/items?columns=id,name,kind", rows),
		"23502 null value in column \"name\""));
	rsw(t, "POST", "/items?columns=id,name,kind,price&select=id,kind,price",
		"[{\"name\":\"d\"},{\"id\":93,\"name\":\"e\",\"kind\":null},{\"id\":94,\"name\":\"f\",\"kind\":\"k\"}]",
		"3 [{\"id\":100,\"kind\":\"spare\",\"price\":9.50},{\"id\":93,\"kind\":null,\"price\":9.50},"
		"{\"id\":94,\"kind\":\"k\",\"price\":9.50}]",
		.prefer = "missing=default, return=representation");
	rsw(t, "POST", "/items?columns=id,name,kind&select=id,kind", "{\"name\":\"g\"}",
		"1 [{\"id\":101,\"kind\":\"spare\"}]",
		.prefer = "missing=default, return=representation");
	rsw(t, "POST", "/items_view?columns=id,name,kind&select=kind",
		"[{\"id\":95,\"name\":\"h\"},{\"id\":96,\"name\":\"i\",\"kind\":\"new\"}]",
		"2 [{\"kind\":\"used\"},{\"kind\":\"new\"}]",
		.prefer = "missing=default, return=representation");
	rsw(t, "POST", "/odd?columns=id,word,col&select=word,col",
		"[{\"id\":1},{\"id\":2,\"word\":\"w\",\"col\":\"red\"}]",
		"2 [{\"word\":\"dw\",\"col\":null},{\"word\":\"w\",\"col\":\"red\"}]",
		.prefer = "missing=default, return=representation");
	rsw(t, "POST", "/items?columns=nope", "{}",
		"400 PGRST204 Could not find the 'nope' column of 'items' in the schema cache");
	rsw(t, "POST", "/items", "{\"name\":\"x\",\"nope\":1}",
		"400 PGRST204 Could not find the 'nope' column of 'items' in the schema cache");
}

static void csv_and_forms(struct rct *t)
{
	rsw(t, "POST", "/items?select=id,name,note",
		"id,name,note\n50,\"a \"\"b\"\"\",NULL\n51,c,\n",
		"2 [{\"id\":50,\"name\":\"a \\\"b\\\"\",\"note\":null},{\"id\":51,\"name\":\"c\",\"note\":\"\"}]",
		REP, .type = "text/csv");
	rsw(t, "POST", "/items?columns=name,kind&select=name,kind", "name,other\nx,1\ny,2",
		"2 [{\"name\":\"x\",\"kind\":\"spare\"},{\"name\":\"y\",\"kind\":\"spare\"}]",
		.type = "text/csv", .prefer = "missing=default, return=representation");
	rsw(t, "POST", "/items", "name,kind\n", "0", .type = "text/csv");
	rsw(t, "POST", "/items", "name,nope\n",
		"400 PGRST204 Could not find the 'nope' column of 'items' in the schema cache",
		.type = "text/csv");
	rsw(t, "POST", "/items?select=name,price", "name=a+b%26&price=2.71",
		"1 [{\"name\":\"a b&\",\"price\":2.71}]", REP,
		.type = "application/x-www-form-urlencoded");
}

static void a_location_is_the_key_of_one_row(struct rct *t)
{
	rsw(t, "POST", "/items", "{\"name\":\"x\"}", "1 id=100", .prefer = "return=headers-only");
	rsw(t, "POST", "/pairs", "{\"b\":\"R&R\",\"a\":7}", "1 a=7 b=R&R",
		.prefer = "return=headers-only");
	rsw(t, "POST", "/keyless", "{\"a\":\"1\"}", "1", .prefer = "return=headers-only");
	rsw(t, "POST", "/pairs", "[{\"b\":\"x\",\"a\":8},{\"b\":\"y\",\"a\":8}]", "2",
		.prefer = "return=headers-only");
	rsw(t, "POST", "/moments", "{\"at\":\"2024-01-02 03:04:05Z\"}",
		"1 at=2024-01-02T03:04:05+00:00", .prefer = "return=headers-only");
	rsw(t, "POST", "/pairs", "{\"b\":\"one\",\"a\":1}", "1/0 a=1 b=one",
		.prefer = "return=headers-only, resolution=merge-duplicates");
	rsw(t, "POST", "/items", "{\"name\":\"y\"}", "1", .prefer = "return=minimal");
}

static void merging_tells_how_many_were_new(struct rct *t)
{
	rsw(t, "POST", "/pairs?order=a",
		"[{\"a\":1,\"b\":\"one\",\"note\":\"c\"},{\"a\":9,\"b\":\"nine\",\"note\":\"n\"}]",
		"2/1 [{\"a\":1,\"b\":\"one\",\"note\":\"c\"},{\"a\":9,\"b\":\"nine\",\"note\":\"n\"}]",
		MERGE);
	rsw(t, "POST", "/pairs",
		"[{\"a\":1,\"b\":\"one\",\"note\":\"c\"},{\"a\":9,\"b\":\"nine\",\"note\":\"n\"}]",
		"2/0", .prefer = "resolution=merge-duplicates");
	rsw(t, "POST", "/pairs", "{\"a\":1,\"b\":\"one\",\"note\":\"d\"}", "1/0",
		.prefer = "resolution=merge-duplicates");
	rsw(t, "POST", "/pairs", "{\"a\":1,\"b\":\"one\",\"note\":\"d\"}",
		"1/0 [{\"a\":1,\"b\":\"one\",\"note\":\"d\"}]", MERGE);
	rsw(t, "POST", "/pairs?select=a", "{\"a\":5,\"b\":\"one\"}", "1/1 [{\"a\":5}]", MERGE);
	rsw(t, "POST", "/pairs", "[]", "0/0 []", MERGE);
	rsw(t, "POST", "/pairs", "[]", "0/0", .prefer = "resolution=merge-duplicates");
	rsw(t, "POST", "/items?select=id,name,kind,note,price",
		"{\"id\":2,\"name\":\"chain\",\"price\":21}",
		"1/0 [{\"id\":2,\"name\":\"chain\",\"kind\":\"new\",\"note\":\"oiled\",\"price\":21.00}]",
		MERGE);
	rsw(t, "POST", "/only_key?order=id", "[{\"id\":1},{\"id\":4}]",
		"2/1 [{\"id\":1},{\"id\":4}]", MERGE);
	rsw(t, "POST", "/items?on_conflict=name&select=id,price", "{\"name\":\"bell\",\"price\":5}",
		"1/0 [{\"id\":1,\"price\":5.00}]", MERGE);
	rsw(t, "POST", "/keyless", "{\"a\":\"1\"}", "1 [{\"a\":\"1\",\"b\":null}]", MERGE);
}

static void merging_in_views_and_partitions(struct rct *t)
{
	rsw(t, "POST", "/sorts?order=year",
		"[{\"year\":2023,\"place\":\"north\",\"value\":2},{\"year\":2024,\"place\":\"s\",\"value\":5}]",
		"2/1 [{\"year\":2023,\"place\":\"north\",\"value\":2},{\"year\":2024,\"place\":\"s\",\"value\":5}]",
		MERGE);
	rsw(t, "POST", "/items_view?select=id,name",
		"[{\"id\":1,\"name\":\"b2\"},{\"id\":70,\"name\":\"n\"}]",
		"2/1 [{\"id\":1,\"name\":\"b2\"},{\"id\":70,\"name\":\"n\"}]", MERGE);
	rsw(t, "POST", "/items_view", "{\"id\":1,\"name\":\"b3\"}", "1/0",
		.prefer = "resolution=merge-duplicates");
	rsw(t, "POST", "/half?select=id,shown",
		"[{\"id\":1,\"shown\":\"s\"},{\"id\":2,\"shown\":\"t\"}]",
		"2/1 [{\"id\":1,\"shown\":\"s\"},{\"id\":2,\"shown\":\"t\"}]", MERGE,
		.role = "w_half");
}

static void ignoring(struct rct *t)
{
	rsw(t, "POST", "/pairs",
		"[{\"a\":1,\"b\":\"one\",\"note\":\"c\"},{\"a\":9,\"b\":\"nine\",\"note\":\"n\"}]",
		"1 [{\"a\":9,\"b\":\"nine\",\"note\":\"n\"}]", IGNORE);
	rsw(t, "POST", "/pairs", "{\"a\":1,\"b\":\"one\"}", "0 []", IGNORE);
	rsw(t, "POST", "/pairs", "{\"a\":1,\"b\":\"one\"}", "0",
		.prefer = "resolution=ignore-duplicates");
	rsw(t, "POST", "/sorts", "{\"year\":2023,\"place\":\"north\",\"value\":2}", "0",
		.prefer = "resolution=ignore-duplicates");
	assert_non_null(
		strstr(rsw_line(t, "POST", "/pairs?on_conflict=a,b", "{\"a\":1,\"b\":\"one\"}"),
			"409 23505"));
	assert_non_null(
		strstr(rsw_line(t, "POST", "/items?on_conflict=price", "{\"name\":\"q\"}", MERGE),
			"400 42P10"));
}

static void missing_defaults_of_merges_are_excluded_s(struct rct *t)
{
	rsw(t, "POST", "/items?columns=id,name,kind&select=id,name,kind&order=id",
		"[{\"id\":1,\"name\":\"b\"},{\"name\":\"fresh\"}]",
		"2/1 [{\"id\":1,\"name\":\"b\",\"kind\":\"spare\"},{\"id\":100,\"name\":\"fresh\",\"kind\":\"spare\"}]",
		.prefer = "resolution=merge-duplicates, missing=default, return=representation");
}

static void put_upserts_the_row_of_its_key(struct rct *t)
{
	rsw(t, "PUT", "/pairs?a=eq.9&b=eq.nine", "{\"a\":9,\"b\":\"nine\",\"note\":\"n\"}",
		"1/1 [{\"a\":9,\"b\":\"nine\",\"note\":\"n\"}]", REP);
	rsw(t, "PUT", "/pairs?a=eq.9&b=eq.nine",
		"[{\"a\":9,\"b\":\"nine\",\"note\":\"m\"},{\"a\":1,\"b\":\"x\",\"note\":\"\"}]",
		"1/0 [{\"a\":9,\"b\":\"nine\",\"note\":\"m\"}]", REP);
	rsw(t, "PUT", "/pairs?b=eq.one&a=eq.%20+01", "{\"a\":1,\"b\":\"one\",\"note\":\"p\"}", "1");
	rsw(t, "PUT", "/items_view?id=eq.1&select=name",
		"{\"id\":1,\"name\":\"v\",\"kind\":\"new\"}", "1/0 [{\"name\":\"v\"}]", REP);
	rsw(t, "PUT", "/sorts?year=eq.2023&place=eq.north",
		"{\"year\":2023,\"place\":\"north\",\"value\":null}",
		"1/0 [{\"year\":2023,\"place\":\"north\",\"value\":null}]", REP);
	rsw(t, "PUT", "/pairs?a=eq.1&b=eq.one", "{\"a\":1,\"b\":\"one\",\"note\":\"o\"}",
		"1/0 {\"a\":1,\"b\":\"one\",\"note\":\"o\"}", REP,
		.accept = "application/vnd.pgrst.object+json");
	rsw_stored(t, "select note from w.pairs where a = 1", "o");
}

static void put_wants_the_whole_key_twice(struct rct *t)
{
	static const char *const paths[] = {"/pairs?a=eq.1", "/pairs?a=eq.1&b=eq.one&note=eq.x",
		"/pairs", "/pairs?a=not.eq.1&b=eq.one", "/pairs?a=in.(1)&b=eq.one",
		"/pairs?and=(a.eq.1,b.eq.one)", "/pairs?a=eq.1&a=eq.1", "/pairs?a=gt.1&b=eq.one",
		"/keyless?a=eq.1", "/pairs?a=eq(any).{1}&b=eq.one"};
	static const char *const bodies[] = {"{\"a\":2,\"b\":\"one\",\"note\":\"x\"}",
		"{\"a\":1,\"b\":\"two\"}", "{\"a\":null,\"b\":\"one\"}", "{\"a\":1,\"note\":\"x\"}",
		"{}", "[]"};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		rsw(t, "PUT", paths[i], "{\"a\":1,\"b\":\"one\"}",
			"405 PGRST105 Filters must include all and only primary key columns with 'eq' operators");
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		rsw(t, "PUT", "/pairs?a=eq.1&b=eq.one", bodies[i],
			"400 PGRST115 Payload values do not match URL in primary key column(s)");
	rsw(t, "PUT", "/only_key?id=eq.1&limit=1", "{\"id\":1}",
		"400 PGRST114 limit/offset querystring parameters are not allowed for PUT");
	rsw_stored(t, "select string_agg(p::text, '' order by a) from w.pairs p",
		"(1,one,first)(2,two,second)");
}

static void one_object_of_many_rows_undoes_them(struct rct *t)
{
	rsw(t, "POST", "/only_key", "[{\"id\":7},{\"id\":8}]",
		"406 PGRST116 Cannot coerce the result to a single JSON object | The result contains 2 rows",
		REP, .accept = "application/vnd.pgrst.object+json");
	rsw(t, "POST", "/only_key", "[{\"id\":7},{\"id\":8}]",
		"406 PGRST116 Cannot coerce the result to a single JSON object | The result contains 2 rows",
		.accept = "application/vnd.pgrst.object+json");
	rsw(t, "POST", "/only_key", "[{\"id\":7},{\"id\":1}]", "1 {\"id\":7}",
		.prefer = "return=representation, resolution=ignore-duplicates",
		.accept = "application/vnd.pgrst.object+json");
	rsw_stored(t, "select string_agg(id::text, ',' order by id) from w.only_key", "1,2,7");
}

static void a_plan_is_shown_of_writes_too(struct rct *t)
{
	static const char *const prefer[] = {"return=representation", "return=minimal",
		"return=representation, resolution=merge-duplicates"};
	const char *accept = "application/vnd.pgrst.plan+json; for=\"application/json\"";

	for (size_t i = 0; i < 3; i++) {
		const char *line = rsw_line(t, "POST", "/only_key", "[{\"id\":7},{\"id\":8}]",
			.prefer = prefer[i], .accept = accept);
		assert_non_null(strstr(line, "\"ModifyTable\""));
	}
	assert_non_null(
		strstr(rsw_line(t, "PATCH", "/items?id=eq.1", "{\"note\":\"x\"}", .accept = accept),
			"\"ModifyTable\""));
	rsw_stored(t, "select count(*) from w.only_key", "2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RSW(one_row_is_values),
		RSW(the_representation_is_the_row),
		RSW(embeds_and_order_are_of_what_was_written),
		RSW(many_rows_travel_as_arrays),
		RSW(nothing_and_defaults),
		RSW(generated_columns_are_postgresql_s_to_refuse),
		RSW(columns_and_missing),
		RSW(csv_and_forms),
		RSW(a_location_is_the_key_of_one_row),
		RSW(merging_tells_how_many_were_new),
		RSW(merging_in_views_and_partitions),
		RSW(ignoring),
		RSW(missing_defaults_of_merges_are_excluded_s),
		RSW(put_upserts_the_row_of_its_key),
		RSW(put_wants_the_whole_key_twice),
		RSW(one_object_of_many_rows_undoes_them),
		RSW(a_plan_is_shown_of_writes_too),
	};
	return cmocka_run_group_tests_name("mod/rest_write_insert", tests, NULL, NULL);
}
