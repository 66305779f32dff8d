#include "support_rest_cache.h"

#include "base/map.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static const struct str tables[] = {{STR_INIT("projects")}, {STR_INIT("clients")},
	{STR_INIT("tasks")}, {STR_INIT("user_profiles")}, {STR_INIT("users")},
	{STR_INIT("factory_buildings")}, {STR_INIT("Straße")}, {STR_INIT("x")}};

static void near_enough_is_three_quarters(void **state)
{
	static const struct {
		const char *word, *wanted;
	} cases[] = {{"projectt", "projects"}, {"project", "projects"}, {"Projects", "projects"},
		{"projcets", "projects"}, {"client", "clients"}, {"user_profile", "user_profiles"},
		{"userprofiles", "user_profiles"}, {"factory_building", "factory_buildings"},
		{"task", "tasks"}, {"user", "users"}, {"proj", NULL}, {"listings", NULL},
		{"", NULL}, {"___", NULL}, {"stcejorp", NULL}, {"strasse", NULL},
		{"straße", "Straße"}, {"y", NULL}, {"X", "x"},
		{"projectsprojectsprojectsprojectsprojectsprojectsprojectsprojectsprojectsprojectsprojects",
			NULL}};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		rct_eq(rest_cache_near(str_of(cases[i].word), tables, N(tables), 0.75),
			cases[i].wanted);
}

static void arguments_may_be_further_off(void **state)
{
	static const struct str names[] = {{STR_INIT("(name, param, val)")},
		{STR_INIT("(attr, id)")}};

	(void)state;
	rct_eq(rest_cache_near(STR("(names, pqaram, vall)"), names, 2, 0.33), "(name, param, val)");
	rct_eq(rest_cache_near(STR("(param, val)"), names, 2, 0.33), "(name, param, val)");
	rct_eq(rest_cache_near(STR("(id)"), names, 2, 0.33), "(attr, id)");
	rct_eq(rest_cache_near(STR("(noclosealternative)"), names, 2, 0.33), NULL);
}

static void the_most_similar_and_of_equals_the_first(void **state)
{
	static const struct str names[] = {{STR_INIT("items_b")}, {STR_INIT("items_a")},
		{STR_INIT("item")}};

	(void)state;
	rct_eq(rest_cache_near(STR("items_c"), names, 3, 0.75), "items_b");
	rct_eq(rest_cache_near(STR("items"), names, 2, 0.75), NULL);
	rct_eq(rest_cache_near(STR("items"), names, 3, 0.75), "item");
	rct_eq(rest_cache_near(STR("itemz"), names, 3, 0.75), "item");
	rct_eq(rest_cache_near(STR("x"), NULL, 0, 0.75), NULL);
}

static int setup(void **state)
{
	(void)state;
	rct_admin(
		"drop schema if exists test, other cascade; create schema test; create schema other;"
		"create table test.projects (id int); create table other.projecta (id int);"
		"create function test.sum_up() returns int language sql as 'select 1';"
		"create function other.sum_ut() returns int language sql as 'select 1';");
	return 0;
}

static void names_of_the_schema_asked_for(struct rct *t)
{
	struct rest_cache *c = t->cache;

	rct_eq(rest_cache_near_table(c, STR("test"), STR("projectt"), t->arena), "projects");
	rct_eq(rest_cache_near_table(c, STR("other"), STR("projectt"), t->arena), "projecta");
	rct_eq(rest_cache_near_table(c, STR("third"), STR("projectt"), t->arena), NULL);
	rct_eq(rest_cache_near_func(c, STR("test"), STR("sum_u"), t->arena), "sum_up");
	rct_eq(rest_cache_near_func(c, STR("other"), STR("sum_u"), t->arena), "sum_ut");
	rct_eq(rest_cache_near_func(c, STR("test"), STR("average"), t->arena), NULL);
}

int main(void)
{
	rct_schemas = "test,other";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(near_enough_is_three_quarters),
		cmocka_unit_test(arguments_may_be_further_off),
		cmocka_unit_test(the_most_similar_and_of_equals_the_first),
		RCT(names_of_the_schema_asked_for),
	};
	return cmocka_run_group_tests_name("mod/rest_cache_near", tests, setup, NULL);
}
