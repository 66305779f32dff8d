#include "support_rest_select.h"

static void star_is_every_column_by_name(struct rct *t)
{
	rst_sql_is(t, "/directors",
		"select t1.\"id\", t1.\"name\", t1.\"land\" from \"test\".\"directors\" t1");
	rst_rows(t, "/directors?id=eq.1", "[{\"id\":1,\"name\":\"Ash\",\"land\":\"US\"}]");
	rst_rows(t, "/directors?select=*,again:name&id=eq.3",
		"[{\"id\":3,\"name\":\"Cem\",\"land\":null,\"again\":\"Cem\"}]");
}

static void star_leaves_out_what_the_role_may_not_see(struct rct *t)
{
	rst_rows(t, "/half", "[{\"id\":1,\"shown\":\"seen\",\"hidden\":\"not\"}]");
	rst_more.role = "rst_half";
	rst_sql_is(t, "/half", "select t1.\"id\", t1.\"shown\" from \"test\".\"half\" t1");
	rst_more.role = "rst_half"; /* and what is asked for by name is PostgreSQL's to refuse */
	rst_sql_is(t, "/half?select=hidden", "select t1.\"hidden\" from \"test\".\"half\" t1");
}

static void a_list_without_anything_has_empty_rows(struct rct *t)
{
	rst_rows(t, "/directors?select=&id=lt.3", "[{},{}]");
}

static void names_are_quoted_wherever_they_stand(struct rct *t)
{
	rst_sql_is(t, "/odd?select=\"a\\\"b\",x:t1&order=c1",
		"select t1.\"a\"\"b\", t1.\"t1\" from \"test\".\"odd\" t1 order by t1.\"c1\"");
	rst_rows(t, "/odd?select=\"a\\\"b\",\"q\\\"\\\\\":t1,c1",
		"[{\"a\\\"b\":1,\"q\\\"\\\\\":\"one\",\"c1\":\"c\"}]");
}

static void types_that_json_has_not_are_made_json(struct rct *t)
{
	rst_rows(t, "/films?select=tags,info,mood,frame,seen,score&id=eq.1",
		"[{\"tags\":[\"a\",\"b\"],\"info\":{\"k\": \"v\", \"x\": {\"y\": [1, 2]}},\"mood\":\"sad\","
		"\"frame\":{\"w\":1,\"h\":2},\"seen\":\"2020-01-01T00:00:00+00:00\",\"score\":7.5}]");
	rst_rows(t, "/films?select=tags,frame&id=eq.3", "[{\"tags\":null,\"frame\":null}]");
	rst_sql_is(t, "/films?select=tags,title",
		"select to_json(t1.\"tags\"), t1.\"title\" from \"test\".\"films\" t1");
}

static void casts_name_a_type(struct rct *t)
{
	rst_rows(t, "/films?select=id::text,score::int,y:year::float8&id=eq.1",
		"[{\"id\":\"1\",\"score\":8,\"y\":1990}]");
	rst_rows(t,
		"/films?select=title::\"varchar(2)\",a:score::\"numeric(8,3)\",b:title::char,c:title::bpchar&id=eq.1",
		"[{\"title\":\"Al\",\"a\":7.500,\"b\":\"A\",\"c\":\"Alpha\"}]");
	rst_rows(t, "/films?select=seen::\"timestamp(0) without time zone\"&id=eq.1",
		"[{\"seen\":\"2020-01-01T00:00:00\"}]");
	rst_rows(t, "/films?select=tags::text,z:tags::varchar[]&id=eq.1",
		"[{\"tags\":\"{a,b}\",\"z\":[\"a\",\"b\"]}]");
}

static void a_type_that_there_is_not_is_refused_by_postgres(struct rct *t)
{
	rst_rows(t, "/films?select=id::nothing", "400 42704 type \"nothing\" does not exist");
	rst_rows(t, "/films?select=id::\"other.nothing\"",
		"400 42704 type \"other.nothing\" does not exist");
	rst_rows(t, "/films?select=title::int",
		"400 22P02 invalid input syntax for type integer: \"Alpha\"");
	rst_sql_is(t, "/films?select=id::\"int; drop table x\",title::\"char(1);x\"",
		"select to_json(t1.\"id\"::\"int; drop table x\"), to_json(t1.\"title\"::\"char(1);x\")"
		" from \"test\".\"films\" t1");
}

static void paths_go_into_json_composites_and_arrays(struct rct *t)
{
	rst_rows(t, "/films?select=info->x->y->1,info->>k,plain->q&id=eq.1",
		"[{\"y\":2,\"k\":\"v\",\"q\":1}]");
	rst_rows(t, "/films?select=info->0,last:info->>-1&id=eq.4",
		"[{\"info\":10,\"last\":\"20\"}]");
	rst_rows(t, "/films?select=frame->w,frame->>h,tags->0&id=eq.1",
		"[{\"w\":1,\"h\":\"2\",\"tags\":\"a\"}]");
	rst_rows(t, "/films?select=info->>k::text,n:info->x->y->>0::int&id=eq.1",
		"[{\"k\":\"v\",\"n\":1}]");
	rst_sql_is(t, "/films?select=info->x->>y,frame->w",
		"select (t1.\"info\"->$1::text->>$2::text), (to_jsonb(t1.\"frame\")->$3::text)"
		" from \"test\".\"films\" t1");
}

static void computed_fields_are_functions_of_the_row(struct rct *t)
{
	rst_rows(t, "/films?select=id,decade,ten:decade::text,tags_of&id=eq.1",
		"[{\"id\":1,\"decade\":1990,\"ten\":\"1990\",\"tags_of\":[\"a\",\"b\"]}]");
	rst_rows(t, "/films?select=id&decade=gt.1995&order=decade.desc", "[{\"id\":3},{\"id\":2}]");
	rst_sql_is(t, "/films?select=decade",
		"select \"test\".\"decade\"(t1.*) from \"test\".\"films\" t1");
}

static void domains_show_and_read_themselves(struct rct *t)
{
	rst_rows(t, "/inks?select=id,hue&order=id",
		"[{\"id\":1,\"hue\":\"#0000ff\"},{\"id\":2,\"hue\":\"#00ff00\"},{\"id\":3,\"hue\":null}]");
	rst_rows(t, "/inks?hue=eq.%230000ff", "[{\"id\":1,\"hue\":\"#0000ff\",\"film_id\":1}]");
	rst_rows(t, "/inks?select=id&hue=in.(%230000ff,00ff00)&order=id",
		"[{\"id\":1},{\"id\":2}]");
	rst_rows(t, "/inks?select=id&hue=gt(any).{%230000ff}", "[{\"id\":2}]");
	rst_rows(t, "/inks?select=hue::text&id=eq.1", "[{\"hue\":\"255\"}]");
	rst_rows(t, "/films?select=inks(hue)&id=eq.1&inks.order=id",
		"[{\"inks\":[{\"hue\":\"#0000ff\"},{\"hue\":\"#00ff00\"}]}]");
}

static void functions_are_sources_like_tables(struct rct *t)
{
	rst_rows(t,
		"/rpc/films_of?who=1&select=id,decade,directors!director_id(name)&order=id.desc",
		"[{\"id\":2,\"decade\":2000,\"directors\":{\"name\":\"Ash\"}},"
		"{\"id\":1,\"decade\":1990,\"directors\":{\"name\":\"Ash\"}}]");
	rst_rows(t, "/rpc/pairs?n=3&a=gt.1&select=b", "[{\"b\":\"b2\"},{\"b\":\"b3\"}]");
	rst_rows(t, "/rpc/pairs?n=3&select=c", "400 42703 column pairs.c does not exist");
}

static void a_name_that_there_is_not_has_the_words_of_postgres(struct rct *t)
{
	rst_rows(t, "/films?select=titlx",
		"400 42703 column films.titlx does not exist | "
		"Perhaps you meant to reference the column \"films.title\".");
	rst_rows(t, "/films?nothing=eq.1", "400 42703 column films.nothing does not exist");
	rst_rows(t, "/films?order=yer",
		"400 42703 column films.yer does not exist | "
		"Perhaps you meant to reference the column \"films.year\".");
	rst_rows(t, "/roles?select=xilm_id",
		"400 42703 column roles.xilm_id does not exist | "
		"Perhaps you meant to reference the column \"roles.film_id\".");
	rst_rows(t, "/keyless?select=c", "400 42703 column keyless.c does not exist");
	rst_rows(t, "/films?select=directors!director_id(namx)",
		"400 42703 column directors.namx does not exist | "
		"Perhaps you meant to reference the column \"directors.name\".");
}

static void hints_are_those_of_postgres(struct rct *t)
{
	static const char *const words[] = {"titlee", "titl", "yea", "scoer", "tag", "ide", "moods",
		"backupid", "directorid", "x", "seens", "plane"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *ours = rst_get(t, arena_printf(t->arena, "/films?select=%s", words[i]));
		struct rest_fault f = {.status = 0};
		struct rest_request *r = rst_plan(t, "/films?select=id", &f);
		r->plan->main.stmt.sql =
			arena_printf(t->arena, "select films.%s from test.films", words[i]);
		assert_string_equal(ours, rst_failure(t, r));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(star_is_every_column_by_name),
		RCT(star_leaves_out_what_the_role_may_not_see),
		RCT(a_list_without_anything_has_empty_rows),
		RCT(names_are_quoted_wherever_they_stand),
		RCT(types_that_json_has_not_are_made_json),
		RCT(casts_name_a_type),
		RCT(a_type_that_there_is_not_is_refused_by_postgres),
		RCT(paths_go_into_json_composites_and_arrays),
		RCT(computed_fields_are_functions_of_the_row),
		RCT(domains_show_and_read_themselves),
		RCT(functions_are_sources_like_tables),
		RCT(a_name_that_there_is_not_has_the_words_of_postgres),
		RCT(hints_are_those_of_postgres),
	};
	return cmocka_run_group_tests_name("mod/rest_select_columns", tests, rst_fixture, NULL);
}
