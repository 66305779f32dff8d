#include "support_rest_select.h"

/* Each operator: what is written, and which films are found. */
static const struct {
	const char *query, *sql, *ids;
} cases[] = {
	{"id=eq.2", "t1.\"id\" = $1", "2"},
	{"id=neq.2", "t1.\"id\" <> $1", "1,3,4"},
	{"year=gt.1990", "t1.\"year\" > $1", "2,3"},
	{"year=gte.2000", "t1.\"year\" >= $1", "2,3"},
	{"year=lt.2000", "t1.\"year\" < $1", "1"},
	{"year=lte.2000", "t1.\"year\" <= $1", "1,2"},
	{"title=like.*ta", "t1.\"title\" like $1", "2,4"},
	{"title=ilike.*TA", "t1.\"title\" ilike $1", "2,4"},
	{"title=match.^[AB]", "t1.\"title\" ~ $1", "1,2"},
	{"title=imatch.^[ab]", "t1.\"title\" ~* $1", "1,2"},
	{"id=in.(1,3)", "t1.\"id\" = any ($1)", "1,3"},
	{"id=in.()", "t1.\"id\" = any ($1)", ""},
	{"id=not.in.(1,3)", "not (t1.\"id\" = any ($1))", "2,4"},
	{"mood=eq.sad", "t1.\"mood\" = $1", "1,4"},
	{"mood=in.(sad,glad)", "t1.\"mood\" = any ($1)", "1,2,4"},
	{"score=is.null", "t1.\"score\" is null", "3"},
	{"score=is.not_null", "t1.\"score\" is not null", "1,2,4"},
	{"score=not.is.null", "not (t1.\"score\" is null)", "1,2,4"},
	{"score=isdistinct.8", "t1.\"score\" is distinct from $1", "1,3,4"},
	{"tags=cs.{b}", "t1.\"tags\" @> $1", "1,4"},
	{"tags=cd.{a,b,c}", "t1.\"tags\" <@ $1", "1,2,4"},
	{"tags=ov.{a,z}", "t1.\"tags\" && $1", "1"},
	{"info=cs.{\"k\":\"v\"}", "t1.\"info\" @> $1", "1"},
	{"frame=eq.(1,2)", "t1.\"frame\" = $1::test.size", "1"},
	{"frame=in.(\"(1,2)\",\"(3,4)\")", "t1.\"frame\" = any ($1::test.size[])", "1,4"},
	{"id=eq(any).{1,2}", "t1.\"id\" = any ($1)", "1,2"},
	{"id=gt(all).{1,2}", "t1.\"id\" > all ($1)", "3,4"},
	{"title=like(any).{A*,B*}", "t1.\"title\" like any ($1)", "1,2"},
	{"title=not.ilike(all).{a*,*a}", "not (t1.\"title\" ilike all ($1))", "2,3,4"},
	{"words=fts.dog", "t1.\"words\" @@ to_tsquery($1)", "1"},
	{"words=plfts(english).the dog", "t1.\"words\" @@ plainto_tsquery($1::regconfig, $2)", "1"},
	{"title=phfts(simple).alpha",
		"to_tsvector($1::regconfig, t1.\"title\") @@ phraseto_tsquery($1::regconfig, $2)",
		"1"},
	{"title=wfts.gamma or beta", "to_tsvector(t1.\"title\") @@ websearch_to_tsquery($1)",
		"2,3"},
	{"info->>k=eq.v", "(t1.\"info\"->>$1::text) = $2", "1"},
	{"info->x->y->>1=eq.2", "(t1.\"info\"->$1::text->$2::text->>$3::int) = $4", "1"},
	{"info->1=eq.20", "(t1.\"info\"->$1::int) = $2", "4"},
	{"frame->>w=eq.3", "(to_jsonb(t1.\"frame\")->>$1::text) = $2", "4"},
	{"director_id=eq(col).id", "t1.\"director_id\" = t1.\"id\"", "1"},
	{"title=neq(col).info->>k", "t1.\"title\" <> (t1.\"info\"->>$1::text)", "1,2"},
	{"decade=eq.2000", "\"test\".\"decade\"(t1.*) = $1", "2"},
	{"id=gt.1&id=lt.4", "t1.\"id\" > $1 and t1.\"id\" < $2", "2,3"},
	{"or=(id.eq.1,and(id.gt.2,not.or(year.is.null,id.eq.9)))",
		"(t1.\"id\" = $1 or (t1.\"id\" > $2 and not (t1.\"year\" is null or t1.\"id\" = $3)))",
		"1,3"},
	{"not.and=(id.gt.1,id.lt.4)", "not (t1.\"id\" > $1 and t1.\"id\" < $2)", "1,4"},
};

static const char *rows_of(struct rct *t, const char *ids)
{
	const char *text = "[";

	for (struct str rest = str_of(ids); rest.len;) {
		struct str id = str_cut(&rest, ',');
		text = arena_printf(t->arena, "%s%s{\"id\":" STR_FMT "}", text, text[1] ? "," : "",
			STR_ARG(id));
	}
	return arena_printf(t->arena, "%s]", text);
}

static void operators_are_those_of_postgres(struct rct *t)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *path =
			arena_printf(t->arena, "/films?select=id&%s&order=id", cases[i].query);
		rst_sql_is(t, path,
			arena_printf(t->arena,
				"select t1.\"id\" from \"test\".\"films\" t1 where %s order by t1.\"id\"",
				cases[i].sql));
		rst_rows(t, path, rows_of(t, cases[i].ids));
	}
}

static void values_are_never_text_of_the_statement(struct rct *t)
{
	rst_sql_has_not(t, "/films?title=eq.'; drop table x&info->>'k=eq.$1&id=in.(1,\"'\")", "'");
	rst_rows(t, "/films?select=id&title=eq.'; drop table test.films", "[]");
	rst_rows(t, "/films?select=id&title=in.(\"',{}\\\"\")", "[]");
}

static void what_does_not_fit_is_refused_by_postgres(struct rct *t)
{
	rst_rows(t, "/films?id=eq.x", "400 22P02 invalid input syntax for type integer: \"x\"");
	rst_rows(t, "/films?mood=eq.angry",
		"400 22P02 invalid input value for enum mood: \"angry\"");
	assert_non_null(strstr(rst_get(t, "/films?id=like.1*"),
		"404 42883 operator does not exist: integer ~~ unknown"));
	assert_non_null(strstr(rst_get(t, "/films?id=cs.{1}"), "404 42883"));
}

static void embeds_are_tested_for_being_there(struct rct *t)
{
	rst_rows(t, "/directors?select=id,films!director_id()&films=is.null", "[{\"id\":3}]");
	rst_rows(t, "/directors?select=id,films!director_id()&films=not.is.null&order=id",
		"[{\"id\":1},{\"id\":2}]");
	rst_rows(t, "/directors?select=id,f:films!director_id()&f.year=gt.2005&f=is.not_null",
		"[{\"id\":2}]");
	rst_rows(t, "/directors?select=id,films!director_id()&or=(films.is.null,id.eq.1)&order=id",
		"[{\"id\":1},{\"id\":3}]");
	rst_rows(t,
		"/films?select=id,specs(),actors()&not.or=(specs.not.is.null,actors.not.is.null)",
		"[{\"id\":4}]");
	rst_rows(t,
		"/films?select=id,roles(actors!inner())&roles.actors.name=eq.Jon&roles=not.is.null",
		"[{\"id\":1}]");
	rst_rows(t, "/actors?select=id,boss()&boss=is.null", "[{\"id\":1}]");
	rst_sql_is(t, "/directors?select=id,films!director_id()&films.year=eq.1&or=(films.is.null)",
		"select t1.\"id\" from \"test\".\"directors\" t1 where (not exists (select from"
		" \"test\".\"films\" t2 where t2.\"director_id\" = t1.\"id\" and t2.\"year\" = $1))");
}

static void an_embed_is_only_tested_for_being_there(struct rct *t)
{
	const char *refused =
		"400 PGRST120 Bad operator on the 'specs' embedded resource | "
		"Only is null or not is null filters are allowed on embedded resources";

	rst_rows(t, "/films?select=specs(note)&specs=eq.1", refused);
	rst_rows(t, "/films?select=specs(note)&specs=is.true", refused);
	rst_rows(t, "/films?select=specs(note)&or=(id.eq.1,specs.gt.1)", refused);
	/* A column that is called as the embed is still a column. */
	rst_rows(t, "/films?select=id,director_id(name)&director_id=eq.2",
		"[{\"id\":3,\"director_id\":{\"name\":\"Bea\"}}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(operators_are_those_of_postgres),
		RCT(values_are_never_text_of_the_statement),
		RCT(what_does_not_fit_is_refused_by_postgres),
		RCT(embeds_are_tested_for_being_there),
		RCT(an_embed_is_only_tested_for_being_there),
	};
	return cmocka_run_group_tests_name("mod/rest_select_where", tests, rst_fixture, NULL);
}
