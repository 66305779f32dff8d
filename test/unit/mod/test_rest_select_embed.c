#include "support_rest_select.h"

static void one_of_another_table_is_an_object(struct rct *t)
{
	rst_rows(t, "/films?select=id,directors!director_id(name)&order=id",
		"[{\"id\":1,\"directors\":{\"name\":\"Ash\"}},{\"id\":2,\"directors\":{\"name\":\"Ash\"}},"
		"{\"id\":3,\"directors\":{\"name\":\"Bea\"}},{\"id\":4,\"directors\":null}]");
	rst_rows(t, "/films?select=id,specs(note,minutes)&id=lt.4&order=id",
		"[{\"id\":1,\"specs\":{\"note\":null,\"minutes\":90}},"
		"{\"id\":2,\"specs\":{\"note\":\"long\",\"minutes\":120}},{\"id\":3,\"specs\":null}]");
	rst_rows(t, "/specs?select=note,films(id,d:directors!director_id(name))&film_id=eq.2",
		"[{\"note\":\"long\",\"films\":{\"id\":2,\"d\":{\"name\":\"Ash\"}}}]");
}

static void a_row_of_nulls_is_there_all_the_same(struct rct *t)
{
	rst_rows(t, "/films?select=id,specs(note)&id=in.(1,3)&order=id",
		"[{\"id\":1,\"specs\":{\"note\":null}},{\"id\":3,\"specs\":null}]");
}

static void many_of_another_table_are_an_array(struct rct *t)
{
	rst_rows(t, "/directors?select=name,films!director_id(title)&order=id&films.order=id.desc",
		"[{\"name\":\"Ash\",\"films\":[{\"title\":\"Beta\"},{\"title\":\"Alpha\"}]},"
		"{\"name\":\"Bea\",\"films\":[{\"title\":\"Gamma\"}]},{\"name\":\"Cem\",\"films\":[]}]");
	rst_rows(t, "/films?select=id,actors(name)&id=eq.1&actors.order=id",
		"[{\"id\":1,\"actors\":[{\"name\":\"Ida\"},{\"name\":\"Jon\"}]}]");
	rst_rows(t, "/roles?select=whom,lines(said)&film_id=eq.1&order=actor_id&lines.order=id",
		"[{\"whom\":\"Hero\",\"lines\":[{\"said\":\"Hi\"},{\"said\":\"Bye\"}]},"
		"{\"whom\":\"Foe\",\"lines\":[{\"said\":\"No\"}]}]");
}

static void embeds_go_to_any_depth(struct rct *t)
{
	rst_rows(t,
		"/directors?select=id,films!director_id(id,specs(minutes),roles(whom,actors(name,boss(name)),lines(said)))"
		"&id=eq.1&films.id=eq.1&films.roles.order=actor_id&films.roles.lines.limit=1&films.roles.lines.order=id",
		"[{\"id\":1,\"films\":[{\"id\":1,\"specs\":{\"minutes\":90},\"roles\":["
		"{\"whom\":\"Hero\",\"actors\":{\"name\":\"Ida\",\"boss\":null},\"lines\":[{\"said\":\"Hi\"}]},"
		"{\"whom\":\"Foe\",\"actors\":{\"name\":\"Jon\",\"boss\":{\"name\":\"Ida\"}},\"lines\":[{\"said\":\"No\"}]}]}]}]");
	rst_rows(t,
		"/films?select=id,directors!director_id(name,films!director_id(id,inks(id)))&id=eq.2"
		"&directors.films.order=id&directors.films.inks.order=id",
		"[{\"id\":2,\"directors\":{\"name\":\"Ash\",\"films\":[{\"id\":1,\"inks\":[{\"id\":1},{\"id\":2}]},"
		"{\"id\":2,\"inks\":[{\"id\":3}]}]}}]");
}

static void the_same_table_may_be_embedded_twice(struct rct *t)
{
	rst_rows(t,
		"/films?select=id,by:directors!director_id(name),or_by:directors!backup_id(name)&order=id&id=lte.2",
		"[{\"id\":1,\"by\":{\"name\":\"Ash\"},\"or_by\":{\"name\":\"Bea\"}},"
		"{\"id\":2,\"by\":{\"name\":\"Ash\"},\"or_by\":null}]");
	rst_rows(t,
		"/films?select=h:roles(whom),f:roles(whom)&h.whom=eq.Hero&f.whom=eq.Foe&id=eq.1",
		"[{\"h\":[{\"whom\":\"Hero\"}],\"f\":[{\"whom\":\"Foe\"}]}]");
}

static void a_table_may_be_embedded_in_itself(struct rct *t)
{
	rst_rows(t,
		"/actors?select=name,boss_id(name),under:actors!boss_id(name)&order=id&under.order=id",
		"[{\"name\":\"Ida\",\"boss_id\":null,\"under\":[{\"name\":\"Jon\"},{\"name\":\"Kim\"}]},"
		"{\"name\":\"Jon\",\"boss_id\":{\"name\":\"Ida\"},\"under\":[]},"
		"{\"name\":\"Kim\",\"boss_id\":{\"name\":\"Ida\"},\"under\":[]}]");
	rst_rows(t, "/actors?select=id,actors!actors_boss_id_fkey(id)&id=eq.1&actors.order=id",
		"[{\"id\":1,\"actors\":[{\"id\":2},{\"id\":3}]}]");
}

static void functions_are_relationships(struct rct *t)
{
	rst_rows(t, "/actors?select=name,boss(name),team(name)&order=id&team.order=id.desc&limit=2",
		"[{\"name\":\"Ida\",\"boss\":null,\"team\":[{\"name\":\"Kim\"},{\"name\":\"Jon\"}]},"
		"{\"name\":\"Jon\",\"boss\":{\"name\":\"Ida\"},\"team\":[]}]");
	rst_rows(t, "/films?select=id,first_role(whom,actors(name))&order=id.desc&limit=2",
		"[{\"id\":4,\"first_role\":null},{\"id\":3,\"first_role\":{\"whom\":\"Guard\",\"actors\":{\"name\":\"Kim\"}}}]");
	rst_rows(t, "/actors?select=id,boss!inner(id)&order=boss(id),id.desc",
		"[{\"id\":3,\"boss\":{\"id\":1}},{\"id\":2,\"boss\":{\"id\":1}}]");
}

static void views_have_the_keys_of_their_tables(struct rct *t)
{
	rst_rows(t, "/films_view?select=title,directors(name)&id=eq.3",
		"[{\"title\":\"Gamma\",\"directors\":{\"name\":\"Bea\"}}]");
	rst_rows(t, "/directors?select=id,films_view(title)&id=eq.2",
		"[{\"id\":2,\"films_view\":[{\"title\":\"Gamma\"}]}]");
}

static void filters_orders_and_limits_inside(struct rct *t)
{
	rst_rows(t, "/directors?select=id,films!director_id(id)&films.year=gt.1995&order=id",
		"[{\"id\":1,\"films\":[{\"id\":2}]},{\"id\":2,\"films\":[{\"id\":3}]},{\"id\":3,\"films\":[]}]");
	rst_rows(t,
		"/directors?select=id,films!director_id(id)&films.or=(year.eq.1990,year.eq.2010)&order=id&limit=2",
		"[{\"id\":1,\"films\":[{\"id\":1}]},{\"id\":2,\"films\":[{\"id\":3}]}]");
	rst_rows(t,
		"/directors?select=id,films!director_id(id)&films.order=year.desc&films.limit=1&id=eq.1",
		"[{\"id\":1,\"films\":[{\"id\":2}]}]");
	rst_rows(t,
		"/directors?select=id,films!director_id(id,specs(note))&films.order=id&films.offset=1&id=eq.1",
		"[{\"id\":1,\"films\":[{\"id\":2,\"specs\":{\"note\":\"long\"}}]}]");
	rst_rows(t,
		"/films?select=id,directors!director_id(name)&directors.land=eq.FR&order=id&id=gt.1&limit=2",
		"[{\"id\":2,\"directors\":null},{\"id\":3,\"directors\":{\"name\":\"Bea\"}}]");
	rst_rows(t, "/films?select=id,directors!director_id(name)&directors.limit=0&id=eq.1",
		"[{\"id\":1,\"directors\":null}]");
	rst_rows(t,
		"/films?select=id,directors!director_id(name)&directors.limit=1&directors.offset=1&id=eq.1",
		"[{\"id\":1,\"directors\":null}]");
}

static void the_most_rows_hold_for_embeds_of_many(struct rct *t)
{
	rst_config.db_max_rows = 1;
	rst_rows(t, "/directors?select=id,films!director_id(id)&films.order=id&id=eq.1",
		"[{\"id\":1,\"films\":[{\"id\":1}]}]");
	rst_rows(t, "/directors?select=films!director_id(id)&films.order=id&films.limit=2&id=eq.1",
		"[{\"films\":[{\"id\":1}]}]");
	rst_sql_has(t, "/rpc/films_of?who=1&select=roles(whom)&roles.limit=2",
		" limit least($2::int8, 1)");
	rst_config.db_max_rows = -1;
}

static void inner_embeds_drop_rows_without_one(struct rct *t)
{
	rst_rows(t,
		"/films?select=id,directors!director_id!inner(name)&directors.land=eq.US&order=id",
		"[{\"id\":1,\"directors\":{\"name\":\"Ash\"}},{\"id\":2,\"directors\":{\"name\":\"Ash\"}}]");
	rst_rows(t, "/films?select=id,actors!inner(name)&actors.name=eq.Ida&order=id",
		"[{\"id\":1,\"actors\":[{\"name\":\"Ida\"}]},{\"id\":2,\"actors\":[{\"name\":\"Ida\"}]}]");
	rst_rows(t, "/films?select=id,specs!inner()&order=id", "[{\"id\":1},{\"id\":2}]");
	rst_rows(t,
		"/directors?select=id,films!director_id!inner(id,roles!inner(whom))&films.roles.whom=eq.Foe",
		"[{\"id\":1,\"films\":[{\"id\":1,\"roles\":[{\"whom\":\"Foe\"}]}]}]");
	rst_rows(t,
		"/directors?select=id,films!director_id(id,roles!inner(whom))&films.roles.whom=eq.Foe&order=id",
		"[{\"id\":1,\"films\":[{\"id\":1,\"roles\":[{\"whom\":\"Foe\"}]}]},{\"id\":2,\"films\":[]},{\"id\":3,\"films\":[]}]");
}

static void what_is_cut_off_inside_is_not_there(struct rct *t)
{
	rst_rows(t, "/films?select=id,roles!inner(whom)&roles.offset=1",
		"[{\"id\":1,\"roles\":[{\"whom\":\"Foe\"}]}]");
	rst_rows(t, "/films?select=id,roles!inner(whom)&roles.limit=0", "[]");
	rst_rows(t, "/films?select=id,specs!inner(note)&specs.offset=1", "[]");
	rst_rows(t, "/films?select=id,specs!inner()&specs.limit=0", "[]");
	rst_rows(t, "/films?select=id,specs()&specs.limit=1&specs=is.null&order=id",
		"[{\"id\":3},{\"id\":4}]");
	rst_sql_has_not(t, "/films?select=id,roles!inner()&roles.limit=1", "limit");
}

static void inner_below_left_drops_only_what_is_below(struct rct *t)
{
	rst_rows(t,
		"/specs?select=film_id,films(id,directors!director_id!inner(name))&films.directors.name=eq.Bea",
		"[{\"film_id\":1,\"films\":null},{\"film_id\":2,\"films\":null}]");
	rst_rows(t,
		"/roles?select=whom,films!inner(id,directors!director_id!inner(name))&films.directors.name=eq.Bea",
		"[{\"whom\":\"Guard\",\"films\":{\"id\":3,\"directors\":{\"name\":\"Bea\"}}}]");
}

static void order_by_the_embedded(struct rct *t)
{
	rst_rows(t,
		"/films?select=id,directors!director_id(name)&order=directors(name).desc.nullslast,id&limit=2",
		"[{\"id\":3,\"directors\":{\"name\":\"Bea\"}},{\"id\":1,\"directors\":{\"name\":\"Ash\"}}]");
	rst_rows(t,
		"/films?select=id,specs()&order=specs(minutes).desc.nullslast,id&limit=1&offset=1",
		"[{\"id\":1}]");
	rst_rows(t,
		"/directors?select=id,films!director_id(id,specs(note))&films.order=specs(minutes).desc&id=eq.1",
		"[{\"id\":1,\"films\":[{\"id\":2,\"specs\":{\"note\":\"long\"}},{\"id\":1,\"specs\":{\"note\":null}}]}]");
	rst_rows(t, "/films?select=id,actors(name)&order=actors(name)",
		"400 PGRST118 A related order on 'actors' is not possible | "
		"'films' and 'actors' do not form a many-to-one or one-to-one relationship");
	rst_rows(t, "/films?select=id&order=specs(note)",
		"400 PGRST108 'specs' is not an embedded resource in this request | "
		"Verify that 'specs' is included in the 'select' query parameter.");
}

static void spreads_of_one_lift_its_columns(struct rct *t)
{
	rst_rows(t,
		"/films?select=id,...directors!director_id(director:name,land)&order=id&id=gt.2",
		"[{\"id\":3,\"director\":\"Bea\",\"land\":\"FR\"},{\"id\":4,\"director\":null,\"land\":null}]");
	rst_rows(t,
		"/specs?select=...films(title,...directors!director_id(name,films!director_id(id)))"
		"&film_id=eq.1&films.directors.films.order=id",
		"[{\"title\":\"Alpha\",\"name\":\"Ash\",\"films\":[{\"id\":1},{\"id\":2}]}]");
	rst_rows(t, "/films?select=roles(whom,...actors(*))&id=eq.3",
		"[{\"roles\":[{\"whom\":\"Guard\",\"id\":3,\"name\":\"Kim\",\"boss_id\":1}]}]");
}

static void spreads_of_many_are_arrays_side_by_side(struct rct *t)
{
	rst_rows(t,
		"/directors?select=id,...films!director_id(ids:id,title)&films.order=year.desc&order=id",
		"[{\"id\":1,\"ids\":[2, 1],\"title\":[\"Beta\", \"Alpha\"]},"
		"{\"id\":2,\"ids\":[3],\"title\":[\"Gamma\"]},{\"id\":3,\"ids\":[],\"title\":[]}]");
	rst_rows(t,
		"/directors?select=id,...films!director_id(...roles(whom),...specs(minutes))&id=eq.1&films.order=id&films.roles.order=actor_id",
		"[{\"id\":1,\"whom\":[[\"Hero\", \"Foe\"], [\"Aunt\"]],\"minutes\":[90, 120]}]");
	rst_rows(t, "/films?select=id,...actors!inner(name)&actors.name=eq.Kim",
		"[{\"id\":3,\"name\":[\"Kim\"]}]");
	rst_rows(t, "/specs?select=...films(...actors(name))&film_id=eq.1&films.actors.order=id",
		"[{\"name\":[\"Ida\", \"Jon\"]}]");
}

static void empty_embeds_show_nothing(struct rct *t)
{
	rst_rows(t, "/films?select=id,specs(),roles(actors())&id=eq.1", "[{\"id\":1}]");
	rst_sql_is(t, "/films?select=id,specs(),roles(actors())",
		"select t1.\"id\" from \"test\".\"films\" t1");
}

static void keys_may_be_called_as_the_aliases_are(struct rct *t)
{
	rst_rows(t,
		"/directors?select=t1:id,c1:films!director_id(t2:id,t3:title,t4:roles(t5:whom))&id=eq.2",
		"[{\"t1\":2,\"c1\":[{\"t2\":3,\"t3\":\"Gamma\",\"t4\":[{\"t5\":\"Guard\"}]}]}]");
}

static void filters_by_the_table_of_an_alias_are_warned_of(struct rct *t)
{
	struct rest_fault f = {.status = 0};
	struct rest_request *r = rst_plan(t, "/films?select=r:roles(whom)&roles.whom=eq.Foe", &f);

	rct_eq(r->plan->warning,
		"299 - \"Embedded resource was referenced by relation name even though it has an alias. "
		"This is deprecated and will stop working in a future release. "
		"Update `roles` to `r` in query string filters, orders or limits.\"");
	assert_null(rst_plan(t, "/films?select=r:roles(whom)&r.whom=eq.Foe", &f)->plan->warning.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(one_of_another_table_is_an_object),
		RCT(a_row_of_nulls_is_there_all_the_same),
		RCT(many_of_another_table_are_an_array),
		RCT(embeds_go_to_any_depth),
		RCT(the_same_table_may_be_embedded_twice),
		RCT(a_table_may_be_embedded_in_itself),
		RCT(functions_are_relationships),
		RCT(views_have_the_keys_of_their_tables),
		RCT(filters_orders_and_limits_inside),
		RCT(the_most_rows_hold_for_embeds_of_many),
		RCT(inner_embeds_drop_rows_without_one),
		RCT(what_is_cut_off_inside_is_not_there),
		RCT(inner_below_left_drops_only_what_is_below),
		RCT(order_by_the_embedded),
		RCT(spreads_of_one_lift_its_columns),
		RCT(spreads_of_many_are_arrays_side_by_side),
		RCT(empty_embeds_show_nothing),
		RCT(keys_may_be_called_as_the_aliases_are),
		RCT(filters_by_the_table_of_an_alias_are_warned_of),
	};
	return cmocka_run_group_tests_name("mod/rest_select_embed", tests, rst_fixture, NULL);
}
