#include "mod/rest/select.h"
#include "mod/rest/sql.h"
#include "base/buf.h"
#include "support_rest_select.h"

/* What the statement looks like: pages are found before anything is joined to them. */

static void one_level_when_nothing_is_joined(struct rct *t)
{
	rst_sql_is(t, "/films?select=id,title&year=gt.1&order=year.desc&offset=5",
		"select t1.\"id\", t1.\"title\" from \"test\".\"films\" t1 where t1.\"year\" > $1"
		" order by t1.\"year\" desc offset $2");
	rst_sql_is(t, "/keyless?select=a&limit=5&order=b.nullsfirst",
		"select t1.\"a\" from \"test\".\"keyless\" t1 order by t1.\"b\" nulls first limit $1");
}

static void embeds_are_joined_to_the_page(struct rct *t)
{
	rst_sql_is(t, "/films?select=id,directors!director_id(name),roles(whom)&year=gt.1&limit=5",
		"select t1.c2, t3.\"name\", t3.\"id\", array_to_json(array(select (t4.*)::record from"
		" (select t5.\"whom\" as \"whom\" from \"test\".\"roles\" t5 where t5.\"film_id\" = t1.c2) t4))"
		" from (select t2.\"director_id\" as c1, t2.\"id\" as c2 from \"test\".\"films\" t2"
		" where t2.\"year\" > $1 limit 5) t1"
		" left join \"test\".\"directors\" t3 on t3.\"id\" = t1.c1");
	rst_sql_is(t, "/films?select=title,specs(minutes)&order=info->>k.desc&offset=1",
		"select t1.c2, t3.\"minutes\", t3.\"film_id\" from (select t2.\"id\" as c1, t2.\"title\" as c2,"
		" (t2.\"info\"->>$1::text) as c3 from \"test\".\"films\" t2 order by (t2.\"info\"->>$1::text) desc"
		" offset $2) t1 left join \"test\".\"specs\" t3 on t3.\"film_id\" = t1.c1 order by t1.c3 desc");
}

static void what_decides_about_the_page_is_joined_inside(struct rct *t)
{
	rst_sql_is(t,
		"/films?select=id,directors!director_id!inner(id)&directors.land=eq.US&limit=1",
		"select t1.\"id\", t2.\"id\" from \"test\".\"films\" t1 join \"test\".\"directors\" t2"
		" on t2.\"id\" = t1.\"director_id\" and t2.\"land\" = $1 limit 1");
	rst_sql_is(t,
		"/films?select=id,directors!director_id(name),specs(note)&order=directors(name)&limit=1",
		"select t1.c1, t1.c2, t1.c3, t4.\"note\", t4.\"film_id\" from (select t2.\"id\" as c1,"
		" t3.\"name\" as c2, t3.\"id\" as c3 from \"test\".\"films\" t2 left join \"test\".\"directors\" t3"
		" on t3.\"id\" = t2.\"director_id\" order by t3.\"name\" limit 1) t1"
		" left join \"test\".\"specs\" t4 on t4.\"film_id\" = t1.c1 order by t1.c2");
}

static void a_row_found_by_its_key_needs_no_page(struct rct *t)
{
	rst_null_limit = true;
	rst_sql_is(t, "/films?select=id,specs(note)&id=eq.1",
		"select t1.\"id\", t2.\"note\", t2.\"film_id\" from \"test\".\"films\" t1"
		" left join \"test\".\"specs\" t2 on t2.\"film_id\" = t1.\"id\" where t1.\"id\" = $1");
	rst_sql_has(t, "/films?select=id&id=eq.1&limit=0", " limit $2");
	rst_sql_has(t, "/films?select=id&id=eq.1&offset=1", " limit $2 offset $3");
	rst_sql_has(t, "/films?select=id&id=gt.1", " limit $2");
	rst_sql_has(t, "/films_view?select=id&id=eq.1", " limit $2");
	rst_null_limit = false;
}

static void limits_are_part_of_the_shape_where_rows_are_joined(struct rct *t)
{
	rst_sql_has(t, "/films?select=id,roles(whom)&limit=7&roles.limit=2", "limit 7");
	rst_sql_has(t, "/films?select=id,roles(whom)&limit=7&roles.limit=2", "limit 2");
	rst_sql_has(t, "/films?select=id,roles(whom)&limit=1001", "limit $1");
	rst_sql_has(t, "/films?select=id&limit=7", "limit $1");
	rst_config.db_max_rows = 3;
	rst_sql_has(t, "/films?select=id,specs(note)&limit=7", "limit 3");
	rst_sql_has(t, "/films?select=id,specs(note)&limit=2", "limit 2");
	rst_null_limit = true;
	rst_sql_has(t, "/films?select=id,specs(note)", "limit 3");
	rst_null_limit = false;
	rst_config.db_max_rows = -1;
}

static void plans_say_what_comes_out(struct rct *t)
{
	struct rest_fault f = {.status = 0};
	const struct rest_plan *p = rst_plan(t,
		"/films?select=id,d:directors!director_id(name),roles(whom)&id=eq.1", &f)
					    ->plan;
	const struct rest_out *o = p->out;

	assert_int_equal(p->result, REST_RESULT_ROWS);
	assert_int_equal(p->n_cols, 4);
	assert_true(p->is_read_only && p->may_restart && p->is_one);
	rct_eq(o->quoted, "\"id\":");
	assert_int_equal(o->col, 0);
	o = o->next;
	rct_eq(o->key, "d");
	assert_true(o->is_object);
	assert_int_equal(o->col, 2);
	rct_eq(o->first->key, "name");
	rct_eq(o->next->quoted, "\"roles\":");
	assert_null(o->next->next);
	p = rst_plan(t, "/films?select=id&id=in.(1)&limit=3", &f)->plan;
	assert_false(p->is_one);
	assert_int_equal(p->limit_value, 0);
}

static void names_follow_from_text_and_role(struct rct *t)
{
	struct rest_fault f = {.status = 0};
	const struct rest_statement *a = &rst_plan(t, "/films?id=eq.1", &f)->plan->main;
	const struct rest_statement *b = &rst_plan(t, "/films?id=eq.2", &f)->plan->main;

	assert_string_equal(a->stmt.name, b->stmt.name);
	assert_int_equal(strlen(a->stmt.name), 33);
	assert_int_equal(a->n, 1);
	rst_more.role = "rst_half";
	assert_string_not_equal(a->stmt.name,
		rst_plan(t, "/films?id=eq.1", &f)->plan->main.stmt.name);
	assert_string_not_equal(a->stmt.name,
		rst_plan(t, "/films?year=eq.1", &f)->plan->main.stmt.name);
}

static void a_value_has_one_number(struct rct *t)
{
	struct rest_sql s;

	(void)t;
	rest_sql_init(&s);
	rest_sql_value(&s, 7, NULL);
	rest_sql_value(&s, 300, "text");
	rest_sql_value(&s, 7, "int4");
	rest_sql_ident(&s, STR("a\"b"));
	rct_eq(buf_view(&s.text), "$1$2::text$1::int4\"a\"\"b\"");
	struct rest_statement st;
	rest_sql_take(&s, t->arena, STR("salt"), &st);
	assert_int_equal(st.n, 2);
	assert_int_equal(st.values[0], 7);
	assert_int_equal(st.values[1], 300);
	rest_sql_done(&s);
}

static void head_asks_for_no_columns(struct rct *t)
{
	rst_more.head = true;
	rst_sql_is(t,
		"/films?select=id,directors!director_id!inner(name),roles(whom)&directors.land=eq.US&limit=2&order=id",
		"select from \"test\".\"films\" t1 where exists (select from \"test\".\"directors\" t2"
		" where t2.\"id\" = t1.\"director_id\" and t2.\"land\" = $1) limit 2");
	rst_more.head = true;
	rst_sql_is(t, "/films?select=mood,count()",
		"select t1.\"mood\", count(*) from \"test\".\"films\" t1 group by t1.\"mood\"");
	rst_more.head = true;
	rst_rows(t, "/films?select=nothing", "400 42703 column films.nothing does not exist");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(one_level_when_nothing_is_joined),
		RCT(embeds_are_joined_to_the_page),
		RCT(what_decides_about_the_page_is_joined_inside),
		RCT(a_row_found_by_its_key_needs_no_page),
		RCT(limits_are_part_of_the_shape_where_rows_are_joined),
		RCT(plans_say_what_comes_out),
		RCT(names_follow_from_text_and_role),
		RCT(a_value_has_one_number),
		RCT(head_asks_for_no_columns),
	};
	return cmocka_run_group_tests_name("mod/rest_select_page", tests, rst_fixture, NULL);
}
