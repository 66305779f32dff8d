#include "base/buf.h"
#include "db/result.h"
#include "mod/rest/select.h"
#include "mod/rest/sql.h"
#include "support_rest_select.h"

static const char *get_as(struct rct *t, const char *accept, const char *path)
{
	rst_more.accept = accept;
	return rst_get(t, path);
}

static void csv_has_texts_as_postgres_writes_them(struct rct *t)
{
	assert_string_equal(
		get_as(t, "text/csv",
			"/films?select=id,tags,frame,info->x,when:seen,score&order=id&id=lt.3"),
		"id,tags,frame,x,when,score\n"
		"1,\"{a,b}\",\"(1,2)\",\"{\"\"y\"\": [1, 2]}\",2020-01-01 00:00:00+00,7.5\n"
		"2,{},,null,,8.0");
	assert_string_equal(
		get_as(t, "text/csv",
			"/films?select=id,directors!director_id(name),roles(whom)&id=eq.3"),
		"id,directors,roles\n3,\"{\"\"name\"\":\"\"Bea\"\"}\",\"[{\"\"whom\"\":\"\"Guard\"\"}]\"");
	assert_string_equal(get_as(t, "text/csv", "/inks?select=hue&id=eq.1"),
		"hue\n\"\"\"#0000ff\"\"\"");
}

static void nulls_are_stripped_at_every_level(struct rct *t)
{
	const char *stripped = "application/vnd.pgrst.array+json;nulls=stripped";

	assert_string_equal(
		get_as(t, stripped,
			"/films?select=id,score,info,plain,specs(note,minutes),directors!director_id(land)&order=id"),
		"[{\"id\":1,\"score\":7.5,\"info\":{\"k\":\"v\",\"x\":{\"y\":[1,2]}},\"plain\":{\"q\":1},\"specs\":{\"minutes\":90},\"directors\":{\"land\":\"US\"}},"
		"{\"id\":2,\"score\":8.0,\"info\":{\"k\":\"w\"},\"specs\":{\"note\":\"long\",\"minutes\":120},\"directors\":{\"land\":\"US\"}},"
		"{\"id\":3,\"directors\":{\"land\":\"FR\"}},{\"id\":4,\"score\":6.5,\"info\":[10,20]}]");
	assert_string_equal(
		get_as(t, stripped,
			"/directors?select=id,films!director_id(id,score,specs(note))&id=lt.3&order=id&films.order=id"),
		"[{\"id\":1,\"films\":[{\"id\":1,\"score\":7.5,\"specs\":{}},{\"id\":2,\"score\":8.0,\"specs\":{\"note\":\"long\"}}]},"
		"{\"id\":2,\"films\":[{\"id\":3}]}]");
}

static void handlers_make_one_value_of_the_rows(struct rct *t)
{
	assert_string_equal(get_as(t, "text/lines", "/films?order=id.desc"), "4;3;2;1;");
	assert_string_equal(get_as(t, "text/lines",
				    "/films?select=id,roles(whom)&order=id&limit=2"),
		"1;2;");
	assert_string_equal(get_as(t, "text/lines", "/rpc/films_of?who=1&order=id"), "1;2;");
	assert_string_equal(get_as(t, "application/vnd.film", "/films?order=id&limit=2"),
		"\\x416c70686142657461");
	assert_string_equal(get_as(t, "application/vnd.film", "/films?select=id"),
		"406 PGRST107 None of these media types are available: application/vnd.film");
	assert_string_equal(get_as(t, "application/vnd.film", "/directors"),
		"406 PGRST107 None of these media types are available: application/vnd.film");
}

static void handlers_say_whether_they_make_bytes(struct rct *t)
{
	struct rest_fault f = {.status = 0};

	rst_more.accept = "application/vnd.film";
	struct rest_plan *p = rst_plan(t, "/films", &f)->plan;
	assert_true(p->is_bytea);
	rct_eq(p->content_type, "application/vnd.film");
	assert_int_equal(p->result, REST_RESULT_BODY);
	assert_false(p->may_restart);
	rst_more.accept = "text/lines";
	assert_false(rst_plan(t, "/films", &f)->plan->is_bytea);
}

static void geojson_is_made_by_postgis(struct rct *t)
{
	assert_string_equal(get_as(t, "application/geo+json",
				    "/directors?select=id,name&order=id&limit=2"),
		"{\"type\" : \"FeatureCollection\", \"features\" : [{\"type\" : \"Feature\", \"properties\" : {\"id\":1,\"name\":\"Ash\"}}, "
		"{\"type\" : \"Feature\", \"properties\" : {\"id\":2,\"name\":\"Bea\"}}]}");
	assert_string_equal(get_as(t, "application/geo+json", "/directors?id=eq.9"),
		"{\"type\" : \"FeatureCollection\", \"features\" : []}");
}

static void plans_are_those_of_the_statement(struct rct *t)
{
	struct rest_fault f = {.status = 0};

	assert_non_null(strstr(get_as(t, "application/vnd.pgrst.plan+json",
				       "/films?id=eq.1&select=id,roles(whom)"),
		"\"Plan\""));
	assert_non_null(strstr(get_as(t, "application/vnd.pgrst.plan", "/films?id=eq.1"), "cost="));
	rst_more.accept =
		"application/vnd.pgrst.plan+json; for=\"text/csv\"; options=analyze|verbose|wal";
	struct rest_plan *p = rst_plan(t, "/films?select=tags&limit=1", &f)->plan;
	rct_eq(p->content_type,
		"application/vnd.pgrst.plan+json; for=\"text/csv\"; options=analyze|verbose|wal; charset=utf-8");
	assert_string_equal(p->main.stmt.sql,
		"explain (format json, analyze, verbose, wal) select t1.\"tags\" from \"test\".\"films\" t1 limit $1");
	assert_int_equal(p->result, REST_RESULT_BODY);
}

/* --- counts ------------------------------------------------------------------------------------ */

static const char *count(struct rct *t, const char *prefer, const char *path)
{
	struct rest_fault f = {.status = 0};

	rst_more.prefer = prefer;
	struct rest_request *r = rst_plan(t, path, &f);
	const struct rest_plan *p = r->plan;
	const char *exact = "-", *planned = "-";
	if (p->count.stmt.sql)
		exact = str_cstr(t->arena, result_text(rst_run(t, r, &p->count), 0, 0));
	if (p->planned.stmt.sql) {
		struct result *res = rst_run(t, r, &p->planned);
		assert_int_equal(result_rows(res), 1);
		planned = strstr(result_text(res, 0, 0).p, "\"Plan Rows\"") ? "planned" : "?";
	}
	return arena_printf(t->arena, "%s %s", exact, planned);
}

static void counts_are_of_all_rows_that_the_filters_leave(struct rct *t)
{
	assert_string_equal(count(t, "count=exact", "/films?limit=1&offset=1"), "4 -");
	assert_string_equal(
		count(t, "count=exact",
			"/films?select=id,directors!director_id!inner(name)&directors.land=eq.US"),
		"2 -");
	assert_string_equal(
		count(t, "count=exact",
			"/films?select=id,actors(),specs()&or=(actors.is.null,specs.is.null)"),
		"2 -");
	assert_string_equal(count(t, "count=exact", "/rpc/films_of?who=1&id=gt.1"), "1 -");
	assert_string_equal(count(t, "count=exact", "/films?order=id&limit=1&select=id&after="),
		"4 -");
	assert_string_equal(count(t, "count=planned", "/films?id=gt.1"), "- planned");
	assert_string_equal(count(t, "count=planned", "/films?select=mood,count()"), "- planned");
}

static void counts_of_groups_are_of_groups(struct rct *t)
{
	assert_string_equal(count(t, "count=exact", "/films?select=mood,count()&limit=1"), "3 -");
	assert_string_equal(count(t, "count=exact", "/films?select=mood&distinct=true"), "3 -");
	assert_string_equal(
		count(t, "count=exact",
			"/films?select=id,directors!director_id(name)&distinct=director_id&limit=1"),
		"3 -");
	assert_string_equal(count(t, "count=exact", "/films?select=mood&having=count().gt.1"),
		"1 -");
}

static void estimates_count_up_to_the_most_rows(struct rct *t)
{
	rst_config.db_max_rows = 2;
	assert_string_equal(count(t, "count=estimated", "/films"), "3 planned");
	assert_string_equal(count(t, "count=estimated", "/films?id=eq.1"), "1 planned");
	rst_config.db_planned_counts = false;
	assert_string_equal(count(t, "count=estimated", "/films"), "3 -");
	assert_string_equal(count(t, "count=planned", "/films"), "3 -");
	rst_config.db_planned_counts = true;
	rst_config.db_max_rows = -1;
	assert_string_equal(count(t, "count=estimated", "/films"), "4 planned");
}

/* --- for writes -------------------------------------------------------------------------------- */

static struct rest_request *planned(struct rct *t, const char *path)
{
	struct rest_fault f = {.status = 0};
	struct rest_request *r = rst_plan(t, path, &f);

	assert_non_null(r);
	r->method = REST_PATCH;
	return r;
}

static const char *text_of(struct rct *t, struct rest_sql *s)
{
	const char *text = str_cstr(t->arena, buf_view(&s->text));

	rest_sql_done(s);
	return text;
}

static void rows_of_a_write_bring_what_is_needed(struct rct *t)
{
	struct rest_request *r = planned(t,
		"/films?select=title,decade,k:info->>k,specs(note),first_role(whom)&order=year");
	struct rest_source from = {.table = r->table};
	struct rest_sql s;

	rest_sql_init(&s);
	assert_int_equal(rest_select_needed(r, &s, &from, STR("f")), 0);
	assert_string_equal(text_of(t, &s),
		"f.\"title\" as \"title\", \"test\".\"decade\"(f.*) as \"decade\", f.\"info\" as \"info\", f.\"year\" as \"year\","
		" f.\"id\" as \"id\", f.\"director_id\" as \"director_id\", f.\"backup_id\" as \"backup_id\", f.\"score\" as \"score\","
		" f.\"tags\" as \"tags\", f.\"mood\" as \"mood\", f.\"frame\" as \"frame\", f.\"seen\" as \"seen\","
		" f.\"plain\" as \"plain\", f.\"words\" as \"words\"");
}

static void a_select_over_rows_calls_no_functions_on_them(struct rct *t)
{
	struct rest_request *r = planned(t,
		"/films?select=title,decade,directors!director_id(name),first_role(whom),roles!inner(whom)");
	struct rest_source from = {.table = r->table,
		.sql = STR(
			"(select f.*, test.decade(f) as decade from test.films f where id in (1, 4))"),
		.is_done = true,
		.is_rows = true};
	struct rest_plan *p = ARENA_NEW(t->arena, struct rest_plan);
	struct rest_sql s;

	p->arena = t->arena;
	r->plan = p;
	rest_sql_init(&s);
	assert_int_equal(rest_select_write(r, &s, &from, p), 0);
	rest_sql_take(&s, t->arena, STR(""), &p->main);
	const char *text = text_of(t, &s);
	assert_non_null(strstr(text, "t1.\"decade\""));
	assert_null(strstr(text, "limit"));
	struct result *res = rst_run(t, r, &p->main);
	assert_int_equal(result_rows(res), 1);
	rct_eq(result_text(res, 0, 0), "Alpha");
	rct_eq(result_text(res, 0, 1), "1990");
	rct_eq(result_text(res, 0, 2), "Ash");
	rct_eq(result_text(res, 0, 4), "Hero");
}

static void conditions_and_orders_stand_in_statements_of_others(struct rct *t)
{
	struct rest_request *r = planned(t,
		"/films?select=id,specs()&id=gt.1&specs=not.is.null&order=specs(minutes).desc,year");
	struct rest_source from = {.table = r->table};
	struct rest_sql s;

	rest_sql_init(&s);
	assert_int_equal(rest_select_where(r, &s, &from, STR("u")), 0);
	assert_int_equal(rest_select_order(r, &s, &from, STR("u"), true), 0);
	assert_string_equal(text_of(t, &s),
		" where u.\"id\" > $1 and exists (select from \"test\".\"specs\" t1 where t1.\"film_id\" = u.\"id\")"
		" order by (select t2.\"minutes\" from \"test\".\"specs\" t2 where t2.\"film_id\" = u.\"id\") desc,"
		" u.\"year\", u.\"id\"");
}

static void plain_items_stand_behind_returning(struct rct *t)
{
	struct rest_request *r = planned(t, "/films?select=*,k:info->k,decade");
	struct rest_source from = {.table = r->table};
	struct rest_plan *p = ARENA_NEW(t->arena, struct rest_plan);
	struct rest_sql s;

	assert_true(rest_select_is_plain(r));
	assert_false(rest_select_is_plain(planned(t, "/films?select=id,specs(note)")));
	assert_false(rest_select_is_plain(planned(t, "/films?select=count")));
	assert_true(rest_select_is_plain(planned(t, "/odd?select=count")));
	p->arena = t->arena;
	rest_sql_init(&s);
	assert_int_equal(rest_select_items(r, &s, &from, STR("u"), p), 0);
	assert_string_equal(text_of(t, &s),
		"u.\"id\", u.\"director_id\", u.\"backup_id\", u.\"title\", u.\"year\", u.\"score\", to_json(u.\"tags\"), u.\"info\","
		" u.\"mood\", to_json(u.\"frame\"), u.\"seen\", u.\"plain\", u.\"words\", (u.\"info\"->$1::text), \"test\".\"decade\"(u.*)");
	assert_int_equal(p->n_cols, 15);
	rct_eq(p->out->key, "id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(csv_has_texts_as_postgres_writes_them),
		RCT(nulls_are_stripped_at_every_level),
		RCT(handlers_make_one_value_of_the_rows),
		RCT(handlers_say_whether_they_make_bytes),
		RCT(geojson_is_made_by_postgis),
		RCT(plans_are_those_of_the_statement),
		RCT(counts_are_of_all_rows_that_the_filters_leave),
		RCT(counts_of_groups_are_of_groups),
		RCT(estimates_count_up_to_the_most_rows),
		RCT(rows_of_a_write_bring_what_is_needed),
		RCT(a_select_over_rows_calls_no_functions_on_them),
		RCT(conditions_and_orders_stand_in_statements_of_others),
		RCT(plain_items_stand_behind_returning),
	};
	return cmocka_run_group_tests_name("mod/rest_select_media", tests, rst_fixture, NULL);
}
