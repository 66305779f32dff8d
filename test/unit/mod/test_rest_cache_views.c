#include "support_rest_cache.h"

#include <stdlib.h>

/* What views inherit from their tables, and what looks like it and is none. */
static const char script[] =
	"drop schema if exists test, private cascade; create schema test; create schema private;"
	"create table test.clients (id int primary key, name text);"
	"create table test.projects (id int primary key, name text,"
	"  client_id int constraint projects_client references test.clients);"
	"create table private.tasks (id int primary key, name text, owner int,"
	"  project_id int constraint tasks_project references test.projects);"
	"create table test.marks (task_id int constraint marks_task references private.tasks,"
	"  project_id int constraint marks_project references test.projects, note text, primary key (task_id, project_id));"
	/* plain, renamed, over another view, over a view that is not exposed, materialized */
	"create view test.projects_view as select * from test.projects;"
	"create view test.renamed as select p.name as title, client_id as customer, id as number from test.projects p;"
	"create view test.over_renamed as select title, number, customer as client from test.renamed;"
	"create view private.inner_tasks as select id as task, project_id as project, name from private.tasks;"
	"create view test.tasks as select * from private.inner_tasks;"
	"create materialized view test.stored as select id, client_id from test.projects_view;"
	/* the key is not there, or only in an expression */
	"create view test.names as select name from test.projects;"
	"create view test.computed as select id + 0 as id, client_id * 1 as client_id, name from test.projects;"
	"create view test.cast_id as select id::bigint as id, client_id::text as client_id from test.projects;"
	/* odd ones */
	"create view test.both as select id, client_id from test.projects union all select id, client_id from test.projects;"
	"create view test.with_cte as with x as (select id, client_id, name from test.projects where id > 0) select id, client_id from x;"
	"create view test.with_recursive as with recursive x(id, client_id) as (select id, client_id from test.projects"
	"  union all select p.id, p.client_id from test.projects p join x on x.client_id = p.id) select id, client_id from x;"
	"create view test.sub as select s.id, s.client_id from (select id, client_id, row_number() over () from test.projects) s;"
	"create view test.counted as select client_id, count(*) as n, max(id) as id from test.projects group by client_id;"
	"create view test.whole as select p as project, p.id, array[p.id] as ids from test.projects p;"
	"create view test.sorted as select distinct on (name) client_id, id from test.projects order by name, upper(name);"
	"create view test.joined as select p.id, p.name, c.id as client_id, c.name as client from test.projects p"
	"  join test.clients c on c.id = p.client_id;"
	"create view test.twice as select id as a, id as b, client_id as c, client_id as d from test.projects;"
	"create view test.\"odd \"\"name { ( :resno\" as select id as \":resorigtbl\", client_id as \"a } b\\ ) :resjunk\","
	"  '{TARGETENTRY :resno 9 :resorigtbl 1 :resorigcol 1 :resjunk false} :targetList ({'::text as \"\\\"\"\","
	"  name as \"{\" from test.projects;"
	"create view test.marks_view as select task_id as t, project_id as p, note from test.marks;"
	"create view test.values_only as values (1, 'a'), (2, 'b');"
	"create view test.no_columns as select;"
	"create view test.catalog as select oid, relname from pg_class;"
	"create function test.stop() returns trigger language plpgsql as 'begin return null; end';"
	"create trigger t instead of insert on test.joined for each row execute function test.stop();";

static int setup(void **state)
{
	(void)state;
	rct_admin(script);
	return 0;
}

static const char *key(struct rct *t, const char *name)
{
	struct rest_table *table = rct_table(t, "test", name);

	return rct_names(t, table->pk, table->n_pk);
}

static const char *links(struct rct *t, const char *name)
{
	return rct_links(t, rct_table(t, "test", name));
}

/* Only those to the table named. */
static const char *links_to(struct rct *t, const char *name, const char *to)
{
	const char *text = "";
	char *all = strdup(links(t, name)), *rest = all;

	for (char *line; (line = strsep(&rest, "\n"));)
		if (strstr(line, arena_printf(t->arena, " %s ", to)))
			text = arena_printf(t->arena, "%s%s\n", text, line);
	free(all);
	return text;
}

static void views_have_the_key_of_their_table(struct rct *t)
{
	assert_string_equal(key(t, "projects_view"), "id");
	assert_string_equal(key(t, "renamed"), "number");
	assert_string_equal(key(t, "over_renamed"), "number");
	assert_string_equal(key(t, "tasks"), "task");
	assert_string_equal(key(t, "stored"), "id");
	assert_string_equal(key(t, "twice"), "a");
	assert_string_equal(key(t, "marks_view"), "t,p");
	assert_string_equal(key(t, "joined"), "id,client_id");
	assert_true(rct_column(rct_table(t, "test", "over_renamed"), "number")->in_pk);
}

static void expressions_are_no_key(struct rct *t)
{
	assert_string_equal(key(t, "names"), "");
	assert_string_equal(key(t, "computed"), "");
	assert_string_equal(key(t, "cast_id"), "");
	assert_string_equal(links(t, "names"), "");
	assert_string_equal(links(t, "computed"), "");
	assert_string_equal(links(t, "cast_id"), "");
}

static void chains_of_views_have_the_ways_of_their_tables(struct rct *t)
{
	assert_string_equal(links_to(t, "renamed", "clients"),
		"m2o clients projects_client (customer)=(id)\n");
	assert_string_equal(links_to(t, "over_renamed", "clients"),
		"m2o clients projects_client (client)=(id)\n");
	assert_string_equal(links_to(t, "stored", "clients"),
		"m2o clients projects_client (client_id)=(id)\n");
	/* the table of these tasks, and the view between, are not exposed */
	assert_non_null(strstr(links(t, "tasks"), "m2o projects tasks_project (project)=(id)\n"));
	assert_non_null(
		strstr(links(t, "tasks"), "m2o over_renamed tasks_project (project)=(number)\n"));
	assert_non_null(
		strstr(links(t, "over_renamed"), "o2m tasks tasks_project (number)=(project)\n"));
}

static void junctions_may_be_views_and_lead_to_views(struct rct *t)
{
	assert_string_equal(links_to(t, "tasks", "projects_view"),
		"m2o projects_view tasks_project (project)=(id)\n"
		"m2m projects_view marks marks_task (task)=(task_id) marks_project (project_id)=(id)\n"
		"m2m projects_view marks_view marks_task (task)=(t) marks_project (p)=(id)\n");
}

static void columns_shown_twice_are_ways_of_their_own(struct rct *t)
{
	assert_string_equal(links_to(t, "twice", "clients"),
		"m2o clients projects_client (c)=(id)\n"
		"m2o clients projects_client (d)=(id)\n");
	const char *text = links_to(t, "tasks", "twice");
	assert_non_null(strstr(text, "m2o twice tasks_project (project)=(a)\n"));
	assert_non_null(strstr(text, "m2o twice tasks_project (project)=(b)\n"));
}

static void subqueries_ctes_and_groups_are_seen_through(struct rct *t)
{
	static const char *const views[] = {"with_cte", "sub", "sorted"};

	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(key(t, views[i]), "id");
		assert_string_equal(links_to(t, views[i], "clients"),
			"m2o clients projects_client (client_id)=(id)\n");
	}
	assert_string_equal(key(t, "counted"), "");
	assert_string_equal(links_to(t, "counted", "clients"),
		"m2o clients projects_client (client_id)=(id)\n");
	assert_string_equal(key(t, "whole"), "id");
}

static void unions_and_recursion_have_none(struct rct *t)
{
	static const char *const views[] = {"both", "with_recursive", "values_only", "no_columns",
		"catalog"};

	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(key(t, views[i]), "");
		assert_string_equal(links(t, views[i]), "");
	}
	assert_int_equal(rct_table(t, "test", "no_columns")->n, 0);
}

static void names_that_look_like_the_tree_do_not_confuse(struct rct *t)
{
	assert_string_equal(key(t, "odd \"name { ( :resno"), ":resorigtbl");
	assert_string_equal(links_to(t, "odd \"name { ( :resno", "clients"),
		"m2o clients projects_client (a } b\\ ) :resjunk)=(id)\n");
	rct_eq(rct_table(t, "test", "odd \"name { ( :resno")->sql,
		"\"test\".\"odd \"\"name { ( :resno\"");
}

static void views_can_what_postgresql_says(struct rct *t)
{
	struct rest_table *plain = rct_table(t, "test", "projects_view");
	struct rest_table *counted = rct_table(t, "test", "counted");
	struct rest_table *joined = rct_table(t, "test", "joined");
	struct rest_table *stored = rct_table(t, "test", "stored");

	assert_true(plain->may_insert && plain->may_update && plain->may_delete);
	assert_false(counted->may_insert || counted->may_update || counted->may_delete);
	assert_true(joined->may_insert); /* by its trigger */
	assert_false(joined->may_update || joined->may_delete);
	assert_false(stored->may_insert || stored->may_update || stored->may_delete);
	assert_int_equal(stored->kind, REST_MATVIEW);
	assert_int_equal(plain->kind, REST_VIEW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(views_have_the_key_of_their_table),
		RCT(expressions_are_no_key),
		RCT(chains_of_views_have_the_ways_of_their_tables),
		RCT(junctions_may_be_views_and_lead_to_views),
		RCT(columns_shown_twice_are_ways_of_their_own),
		RCT(subqueries_ctes_and_groups_are_seen_through),
		RCT(unions_and_recursion_have_none),
		RCT(names_that_look_like_the_tree_do_not_confuse),
		RCT(views_can_what_postgresql_says),
	};
	return cmocka_run_group_tests_name("mod/rest_cache_views", tests, setup, NULL);
}
