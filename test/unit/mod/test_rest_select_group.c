#include "support_rest_select.h"

static void aggregates_of_all_rows(struct rct *t)
{
	rst_rows(t, "/films?select=count()", "[{\"count\":4}]");
	rst_rows(t,
		"/films?select=n:count(),year.min(),last:year.max(),score.sum(),score.avg()::float8,score.count()",
		"[{\"n\":4,\"min\":1990,\"last\":2010,\"sum\":22.0,\"avg\":7.333333333333333,\"count\":3}]");
	rst_rows(t, "/films?select=count()&id=gt.9", "[{\"count\":0}]");
	rst_rows(t, "/films?select=info->>k.max(),score::int.sum()::text,tags.max()&id=lt.3",
		"[{\"max\":\"w\",\"sum\":\"16\",\"max\":[\"a\",\"b\"]}]");
}

static void other_columns_make_groups(struct rct *t)
{
	rst_rows(t, "/films?select=mood,count()&order=mood.nullslast",
		"[{\"mood\":\"sad\",\"count\":2},{\"mood\":\"glad\",\"count\":1},{\"mood\":null,\"count\":1}]");
	rst_rows(t, "/films?select=m:mood,score.max()&mood=not.is.null&order=mood.desc",
		"[{\"m\":\"glad\",\"max\":8.0},{\"m\":\"sad\",\"max\":7.5}]");
	rst_rows(t, "/films?select=k:info->>k,count()&order=info->>k.nullsfirst&id=lt.4",
		"[{\"k\":null,\"count\":1},{\"k\":\"v\",\"count\":1},{\"k\":\"w\",\"count\":1}]");
	rst_rows(t, "/films?select=tags,count()&order=count.desc,tags&limit=2",
		"[{\"tags\":[],\"count\":1},{\"tags\":[\"a\",\"b\"],\"count\":1}]");
	rst_rows(t, "/films?select=plain,count()&id=eq.1", "[{\"plain\":{\"q\": 1},\"count\":1}]");
}

static void order_may_be_by_what_was_made(struct rct *t)
{
	rst_rows(t,
		"/films?select=director_id,total:score.sum()&order=total.desc.nullslast&limit=2",
		"[{\"director_id\":1,\"total\":15.5},{\"director_id\":null,\"total\":6.5}]");
	rst_rows(t, "/films?select=mood,count()&order=count.desc,mood&limit=1",
		"[{\"mood\":\"sad\",\"count\":2}]");
	rst_rows(t, "/films?select=mood,count()&order=year",
		"400 42803 column \"t1.year\" must appear in the GROUP BY clause or be used in an aggregate function");
}

static void the_old_way_to_count(struct rct *t)
{
	rst_config.db_aggregates_enabled = false;
	rst_rows(t, "/films?select=count", "[{\"count\":4}]");
	rst_rows(t, "/directors?select=name,films!director_id(count)&id=eq.1",
		"[{\"name\":\"Ash\",\"films\":[{\"count\":2}]}]");
	rst_config.db_aggregates_enabled = true;
	rst_rows(t, "/odd?select=count", "[{\"count\":5}]");
}

static void groups_in_embeds(struct rct *t)
{
	rst_rows(t, "/directors?select=id,films!director_id(count(),year.max())&order=id",
		"[{\"id\":1,\"films\":[{\"count\":2,\"max\":2000}]},{\"id\":2,\"films\":[{\"count\":1,\"max\":2010}]},"
		"{\"id\":3,\"films\":[{\"count\":0,\"max\":null}]}]");
	rst_rows(t, "/films?select=id,directors!director_id(count())&id=in.(1,4)&order=id",
		"[{\"id\":1,\"directors\":{\"count\":1}},{\"id\":4,\"directors\":{\"count\":0}}]");
}

static void groups_by_what_is_embedded(struct rct *t)
{
	rst_rows(t,
		"/films?select=directors!director_id(name),count()&director_id=not.is.null&order=count.desc",
		"[{\"directors\":{\"name\": \"Ash\"},\"count\":2},{\"directors\":{\"name\": \"Bea\"},\"count\":1}]");
	rst_rows(t,
		"/films?select=...directors!director_id(name),count()&order=directors(name).nullslast",
		"[{\"name\":\"Ash\",\"count\":2},{\"name\":\"Bea\",\"count\":1},{\"name\":null,\"count\":1}]");
}

static void aggregates_of_spreads_are_those_of_the_row_above(struct rct *t)
{
	rst_rows(t, "/roles?select=...films(score.sum())", "[{\"sum\":23.0}]");
	rst_rows(t,
		"/roles?select=...actors(who:name),...films(best:score.max(),count())&order=actors(who)",
		"[{\"who\":\"Ida\",\"best\":8.0,\"count\":2},{\"who\":\"Jon\",\"best\":7.5,\"count\":1},"
		"{\"who\":\"Kim\",\"best\":null,\"count\":1}]");
	rst_rows(t, "/lines?select=...roles(...films(title),count())&order=count",
		"[{\"title\":\"Alpha\",\"count\":3}]");
	rst_rows(t, "/films?select=...directors!director_id(land,count())&order=count,land",
		"[{\"land\":null,\"count\":0},{\"land\":\"FR\",\"count\":1},{\"land\":\"US\",\"count\":2}]");
	rst_rows(t, "/directors?select=id,films!director_id(...specs(minutes.sum()))&id=eq.1",
		"[{\"id\":1,\"films\":[{\"sum\":210}]}]");
}

static void aggregates_inside_spreads_of_many_are_refused(struct rct *t)
{
	const char *refused =
		"400 PGRST127 Feature not implemented | "
		"Aggregates are not implemented for one-to-many or many-to-many spreads.";

	rst_rows(t, "/directors?select=...films!director_id(count())", refused);
	rst_rows(t, "/films?select=id,...actors(id.max())", refused);
	rst_rows(t, "/directors?select=...films!director_id(...specs(minutes.sum()))", refused);
}

static void aggregates_are_off_unless_allowed(struct rct *t)
{
	static const char *const paths[] = {"/films?select=count()", "/films?select=id,year.max()",
		"/directors?select=films!director_id(count())",
		"/films?select=...directors!director_id(id.sum())",
		"/films?select=mood&having=count().gt.1"};

	rst_config.db_aggregates_enabled = false;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		rst_rows(t, paths[i], "400 PGRST123 Use of aggregate functions is not allowed");
	rst_config.db_aggregates_enabled = true;
}

static void having_filters_groups(struct rct *t)
{
	rst_rows(t, "/films?select=mood,count()&having=count().gt.1",
		"[{\"mood\":\"sad\",\"count\":2}]");
	rst_rows(t, "/films?select=mood&having=score.min().lt.7,count().not.eq.1",
		"[{\"mood\":\"sad\"}]");
	rst_rows(t, "/films?select=mood&having=or(count().eq.1,score.max().gt.7)&order=mood",
		"[{\"mood\":\"sad\"},{\"mood\":\"glad\"},{\"mood\":null}]");
	rst_rows(t, "/films?select=count()&having=count().gt.9", "[]");
	rst_sql_is(t, "/films?select=mood,count()&having=count().gt.1&year=gt.0",
		"select t1.\"mood\", count(*) from \"test\".\"films\" t1 where t1.\"year\" > $1"
		" group by t1.\"mood\" having count(*) > $2");
}

static void distinct_rows(struct rct *t)
{
	rst_rows(t, "/films?select=mood&distinct=true&order=mood",
		"[{\"mood\":\"sad\"},{\"mood\":\"glad\"},{\"mood\":null}]");
	rst_rows(t, "/films?select=t:tags->0,plain&distinct=true&id=gt.2&order=tags->0.nullslast",
		"[{\"t\":\"b\",\"plain\":null},{\"t\":null,\"plain\":null}]");
	rst_rows(t,
		"/films?select=directors!director_id(name),inks()&distinct=true&director_id=eq.1",
		"[{\"directors\":{\"name\":\"Ash\"}}]");
	rst_rows(t, "/directors?select=land,films!director_id(id)&id=eq.2&distinct=true",
		"[{\"land\":\"FR\",\"films\":[{\"id\": 3}]}]");
}

static void distinct_on_takes_the_first_of_each(struct rct *t)
{
	rst_rows(t,
		"/films?select=director_id,title&distinct=director_id&order=director_id,year.desc",
		"[{\"director_id\":1,\"title\":\"Beta\"},{\"director_id\":2,\"title\":\"Gamma\"},"
		"{\"director_id\":null,\"title\":\"Delta\"}]");
	rst_sql_is(t, "/films?select=title&distinct=mood,year&order=year,mood,id",
		"select distinct on (t1.\"mood\", t1.\"year\") t1.\"title\" from \"test\".\"films\" t1"
		" order by t1.\"year\", t1.\"mood\", t1.\"id\"");
	/* Its columns come first where the order does not say so. */
	rst_sql_is(t, "/films?select=title&distinct=mood&order=year.desc",
		"select distinct on (t1.\"mood\") t1.\"title\" from \"test\".\"films\" t1"
		" order by t1.\"mood\", t1.\"year\" desc");
	rst_rows(t,
		"/films?select=id,directors!director_id(name)&distinct=director_id&order=director_id,id.desc&limit=1",
		"[{\"id\":2,\"directors\":{\"name\":\"Ash\"}}]");
	rst_rows(t, "/films?distinct=nothing", "400 42703 column films.nothing does not exist");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(aggregates_of_all_rows),
		RCT(other_columns_make_groups),
		RCT(order_may_be_by_what_was_made),
		RCT(the_old_way_to_count),
		RCT(groups_in_embeds),
		RCT(groups_by_what_is_embedded),
		RCT(aggregates_of_spreads_are_those_of_the_row_above),
		RCT(aggregates_inside_spreads_of_many_are_refused),
		RCT(aggregates_are_off_unless_allowed),
		RCT(having_filters_groups),
		RCT(distinct_rows),
		RCT(distinct_on_takes_the_first_of_each),
	};
	return cmocka_run_group_tests_name("mod/rest_select_group", tests, rst_fixture, NULL);
}
