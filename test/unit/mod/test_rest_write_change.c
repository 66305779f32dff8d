#include "support_rest_write.h"

#define REP .prefer = "return=representation"
#define OBJECT .accept = "application/vnd.pgrst.object+json"
#define NOT_ONE(n)                                                                               \
	"406 PGRST116 Cannot coerce the result to a single JSON object | The result contains " n \
	" rows"

static void a_patch_changes_the_rows_that_filters_find(struct rct *t)
{
	rsw_is("sql", rsw_sql(t, "PATCH", "/items?id=eq.2", "{\"note\":\"dry\",\"price\":1}"),
		"update \"w\".\"items\" as t1 set \"note\" = $1, \"price\" = $2 where t1.\"id\" = $3");
	rsw(t, "PATCH", "/items?id=eq.2", "{\"note\":\"dry\"}", "1");
	rsw(t, "PATCH", "/items?id=lt.4&kind=neq.used", "{\"note\":null}", "2");
	rsw(t, "PATCH", "/items?id=eq.99", "{\"note\":\"x\"}", "0");
	rsw(t, "PATCH", "/items", "{\"note\":\"all\"}", "4");
	rsw(t, "PATCH", "/items?id=eq.2&select=nr:id::text,gross,note", "{\"price\":8}",
		"1 [{\"nr\":\"2\",\"gross\":10.00,\"note\":\"all\"}]", REP);
	rsw(t, "PATCH", "/items?id=eq.99", "{\"note\":\"x\"}", "0 []", REP);
	rsw(t, "PATCH", "/items?id=eq.4&select=id", "{\"id\":42}", "1 [{\"id\":42}]", REP);
	rsw(t, "PATCH", "/items?nope=eq.2", "{\"note\":\"x\"}",
		"400 42703 column items.nope does not exist | Perhaps you meant to reference the column \"items.note\".");
	rsw(t, "PATCH", "/items?id=eq.1", "{\"nope\":\"x\"}",
		"400 PGRST204 Could not find the 'nope' column of 'items' in the schema cache");
}

static void a_patch_embeds_and_sorts(struct rct *t)
{
	rsw(t, "PATCH", "/works?id=in.(1,3)&select=id,items(name)&order=id.desc",
		"{\"work\":\"w\"}",
		"2 [{\"id\":3,\"items\":{\"name\":\"chain\"}},{\"id\":1,\"items\":{\"name\":\"bell\"}}]",
		REP);
	rsw(t, "PATCH", "/items?id=lt.3&select=id,works(id)&works.id=gt.1&order=id",
		"{\"note\":\"w\"}",
		"2 [{\"id\":1,\"works\":[{\"id\":2}]},{\"id\":2,\"works\":[{\"id\":3}]}]", REP);
	rsw(t, "PATCH", "/items?id=lt.3&select=id,works!inner(id)&works.id=eq.3",
		"{\"note\":\"v\"}", "1 [{\"id\":2,\"works\":[{\"id\":3}]}]", REP);
	rsw(t, "PATCH", "/items?id=lt.4&select=name&order=name.desc", "{\"note\":\"u\"}",
		"3 [{\"name\":\"fork\"},{\"name\":\"chain\"},{\"name\":\"bell\"}]", REP);
	rsw_stored(t, "select string_agg(note, ',' order by id) from w.items", "u,u,u,blinks");
}

static void an_empty_patch_changes_nothing(struct rct *t)
{
	static const char *const bodies[] = {"{}", "[]", "[{}]"};

	for (size_t i = 0; i < 3; i++) {
		rsw(t, "PATCH", "/items?select=id", bodies[i], "0");
		rsw(t, "PATCH", "/items?select=id,gross,works(id)&order=id", bodies[i], "0 []",
			REP);
		rsw(t, "PATCH", "/items", bodies[i], "0", .refuse_unfiltered = true);
		rsw(t, "PATCH", "/items?id=eq.1&select=id", bodies[i], "0 id", REP,
			.accept = "text/csv");
	}
}

static void columns_and_defaults_of_a_patch(struct rct *t)
{
	rsw(t, "PATCH", "/items?id=eq.2&columns=note&select=name,note",
		"{\"note\":\"n\",\"name\":\"left\",\"x\":1}",
		"1 [{\"name\":\"chain\",\"note\":\"n\"}]", REP);
	rsw(t, "PATCH", "/items?id=eq.2&columns=note,price&select=note,price", "{\"note\":\"n\"}",
		"1 [{\"note\":\"n\",\"price\":null}]", REP);
	rsw(t, "PATCH", "/items?id=eq.2&columns=note,price&select=note,price", "{\"note\":\"m\"}",
		"1 [{\"note\":\"m\",\"price\":9.50}]",
		.prefer = "return=representation, missing=default");
	rsw(t, "PATCH", "/items?id=eq.2&select=note", "[{\"note\":\"1st\"},{\"note\":\"2nd\"}]",
		"1 [{\"note\":\"1st\"}]", REP);
	rsw(t, "PATCH", "/items?id=eq.2&select=note,price", "note,price\nc,3",
		"1 [{\"note\":\"c\",\"price\":3.00}]", REP, .type = "text/csv");
}

static void views_are_written_through_or_by_triggers(struct rct *t)
{
	rsw(t, "PATCH", "/items_view?id=eq.1&select=id,price", "{\"price\":5}",
		"1 [{\"id\":1,\"price\":5.00}]", REP);
	rsw(t, "PATCH", "/work_list?id=eq.1&select=work,name", "{\"work\":\"new\"}",
		"1 [{\"work\":\"new\",\"name\":\"bell\"}]", REP);
	rsw(t, "DELETE", "/work_list?name=eq.bell&select=id&order=id", NULL,
		"2 [{\"id\":1},{\"id\":2}]", REP);
	rsw(t, "PATCH", "/items_view?limit=1&order=id.desc&select=id", "{\"price\":1}",
		"1 [{\"id\":4}]", REP);
}

static void a_delete_removes_the_rows_that_filters_find(struct rct *t)
{
	rsw_is("sql", rsw_sql(t, "DELETE", "/works?id=eq.2", NULL),
		"delete from \"w\".\"works\" as t1 where t1.\"id\" = $1");
	rsw(t, "DELETE", "/works?id=eq.1&select=id,items(name)", NULL,
		"1 [{\"id\":1,\"items\":{\"name\":\"bell\"}}]", REP);
	rsw(t, "DELETE", "/works?id=eq.1", "}{", "0", .type = "application/json");
	rsw(t, "DELETE", "/works?or=(id.eq.2,work.eq.cut)&select=id&order=id", NULL,
		"2 [{\"id\":2},{\"id\":3}]", REP);
	rsw(t, "DELETE", "/keyless?a=eq.1&select=b", NULL, "1 b\n0", REP, .accept = "text/csv");
	rsw(t, "DELETE", "/keyless", NULL, "1");
}

static void rights_to_columns_suffice(struct rct *t)
{
	rsw(t, "PATCH", "/half?id=eq.1", "{\"shown\":\"x\"}", "1", .role = "w_half");
	rsw(t, "PATCH", "/half?id=eq.1", "{\"shown\":\"y\"}", "1 [{\"id\":1,\"shown\":\"y\"}]", REP,
		.role = "w_half");
	rsw(t, "PATCH", "/half?id=eq.1", "{\"hidden\":\"x\"}",
		"403 42501 permission denied for table half", .role = "w_half");
	rsw(t, "POST", "/half", "{\"id\":2,\"shown\":\"z\"}", "1 [{\"id\":2,\"shown\":\"z\"}]", REP,
		.role = "w_half");
	rsw(t, "POST", "/half?select=hidden", "{\"id\":3}",
		"403 42501 permission denied for table half", REP, .role = "w_half");
	rsw(t, "DELETE", "/half?id=eq.2", NULL, "1 [{\"id\":2,\"shown\":\"z\"}]", REP,
		.role = "w_half");
}

static void a_page_is_changed_in_its_order(struct rct *t)
{
	rsw_is("sql",
		rsw_sql(t, "PATCH", "/pairs?note=neq.x&order=note.desc&limit=1&offset=1",
			"{\"note\":\"p\"}"),
		"update \"w\".\"pairs\" as t1 set \"note\" = $1 where (t1.\"a\", t1.\"b\") in (select t2.\"a\", t2.\"b\""
		" from \"w\".\"pairs\" as t2 where t2.\"note\" <> $2 order by t2.\"note\" desc, t2.\"a\", t2.\"b\""
		" limit $3::int8 offset $4::int8)");
	rsw(t, "PATCH", "/items?limit=2&order=price.desc&select=id&id=gt.0", "{\"note\":\"p\"}",
		"2 [{\"id\":3},{\"id\":2}]", REP);
	rsw(t, "PATCH", "/items?limit=2", "{\"note\":\"q\"}", "2", .refuse_unfiltered = true);
	rsw_stored(t, "select string_agg(coalesce(note, '-'), ',' order by id) from w.items",
		"q,q,p,blinks");
	rsw(t, "PATCH", "/items?limit=0&select=id", "{\"note\":\"r\"}", "0 []", REP);
	rsw(t, "PATCH", "/items?offset=3&select=id", "{\"note\":\"r\"}", "1 [{\"id\":4}]", REP);
	rsw(t, "DELETE", "/pairs?limit=1&order=a.desc&select=a", NULL, "1 [{\"a\":2}]", REP);
	rsw(t, "DELETE", "/keyless?limit=1", NULL,
		"400 PLAT003 DELETE with limit or offset needs a primary key, and 'keyless' has none");
	rsw(t, "PATCH", "/keyless?offset=1", "{\"a\":\"x\"}",
		"400 PLAT003 PATCH with limit or offset needs a primary key, and 'keyless' has none");
}

static void writes_to_whole_tables_may_need_to_be_allowed(struct rct *t)
{
	const char *hint =
		" | Add a filter or a limit; if every row is meant, send Prefer: unfiltered=allow";
	const char *patch = arena_printf(t->arena,
		"400 PLAT001 PATCH needs a filter, since without one it is for every row of 'items'%s",
		hint);
	const char *delete = arena_printf(t->arena,
		"400 PLAT001 DELETE needs a filter, since without one it is for every row of 'works'%s",
		hint);

	rsw(t, "PATCH", "/items", "{\"note\":\"x\"}", patch, .refuse_unfiltered = true);
	rsw(t, "PATCH", "/items?order=id&select=id", "{\"note\":\"x\"}", patch,
		.refuse_unfiltered = true);
	rsw(t, "DELETE", "/works", NULL, delete, .refuse_unfiltered = true);
	rsw(t, "DELETE", "/works?select=id,items(id)&items.id=eq.1", NULL, delete,
		.refuse_unfiltered = true, REP);
	rsw(t, "PATCH", "/items?id=gt.0", "{\"note\":\"x\"}", "4", .refuse_unfiltered = true);
	rsw(t, "PATCH", "/items?or=(id.eq.1,id.eq.2)", "{\"note\":\"y\"}", "2",
		.refuse_unfiltered = true);
	rsw(t, "DELETE", "/works", NULL, "3", .refuse_unfiltered = true,
		.prefer = "unfiltered=allow");
	rsw(t, "POST", "/only_key", "{\"id\":9}", "1", .refuse_unfiltered = true);
}

static void one_object_means_exactly_one_row(struct rct *t)
{
	rsw(t, "PATCH", "/items?id=eq.1&select=id", "{\"note\":\"x\"}", "1 {\"id\":1}", REP,
		OBJECT);
	rsw(t, "PATCH", "/items?id=lt.3", "{\"note\":\"y\"}", NOT_ONE("2"), REP, OBJECT);
	rsw(t, "PATCH", "/items?id=lt.3", "{\"note\":\"y\"}", NOT_ONE("2"), OBJECT);
	rsw(t, "PATCH", "/items?id=eq.99", "{\"note\":\"y\"}", NOT_ONE("0"), REP, OBJECT);
	rsw(t, "PATCH", "/items?id=eq.99", "{\"note\":\"y\"}", NOT_ONE("0"), OBJECT);
	rsw(t, "PATCH", "/items?id=eq.2", "{\"note\":\"z\"}", "1", OBJECT);
	rsw(t, "DELETE", "/works?item_id=eq.1&select=id,items(name)&order=id", NULL, NOT_ONE("2"),
		REP, OBJECT);
	rsw(t, "DELETE", "/works?id=eq.3&select=id,items(name)&order=id", NULL,
		"1 {\"id\":3,\"items\":{\"name\":\"chain\"}}", REP, OBJECT);
	rsw(t, "PATCH", "/items?id=eq.4&select=id,works!inner(id)", "{\"note\":\"y\"}",
		NOT_ONE("0"), REP, OBJECT);
	rsw(t, "PATCH", "/items?id=lt.5&id=gt.2&select=id,works!inner(id)", "{\"note\":\"y\"}",
		NOT_ONE("0"), REP, OBJECT);
	rsw(t, "PATCH", "/works?id=lt.3&select=id,items!inner(id)&items.id=eq.1",
		"{\"work\":\"y\"}", NOT_ONE("2"), REP, OBJECT);
	rsw_stored(t, "select string_agg(coalesce(note, '-'), ',' order by id) from w.items",
		"x,z,-,blinks");
	rsw_stored(t, "select string_agg(work, ',' order by id) from w.works", "polish,oil");
}

static void max_affected_bounds_what_is_written(struct rct *t)
{
	static const char *const returns[] = {"return=minimal", "return=representation"};
	const char *refused =
		"400 PGRST124 Query result exceeds max-affected preference constraint | The query affects 3 rows";

	for (size_t i = 0; i < 2; i++) {
		for (int n = 0; n < 5; n++) {
			const char *prefer = arena_printf(t->arena,
				"%s, handling=strict, max-affected=%d", returns[i], n);
			const char *line = rsw_line(t, "PATCH", "/items?id=lt.4&select=id&order=id",
				"{\"note\":\"x\"}", .prefer = prefer);
			rsw_is(prefer, line,
				n < 3       ? refused
					: i ? "3 [{\"id\":1},{\"id\":2},{\"id\":3}]"
					    : "3");
		}
		rsw(t, "DELETE", "/works", NULL, refused,
			.prefer = "handling=strict, max-affected=2");
		rsw(t, "PATCH", "/items?id=lt.4", "{\"note\":\"y\"}", "3",
			.prefer = "max-affected=1");
	}
	rsw_stored(t, "select string_agg(note, ',' order by id) from w.items", "y,y,y,blinks");
	rsw(t, "POST", "/only_key", "[{\"id\":7},{\"id\":8}]", "2",
		.prefer = "handling=strict, max-affected=1");
	rsw(t, "DELETE", "/works?id=eq.1&select=id", NULL, "1 {\"id\":1}", OBJECT,
		.prefer = "return=representation, handling=strict, max-affected=1");
	rsw(t, "DELETE", "/works?id=eq.2", NULL,
		"400 PGRST124 Query result exceeds max-affected preference constraint | The query affects 1 rows",
		OBJECT, .prefer = "handling=strict, max-affected=0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RSW(a_patch_changes_the_rows_that_filters_find),
		RSW(a_patch_embeds_and_sorts),
		RSW(an_empty_patch_changes_nothing),
		RSW(columns_and_defaults_of_a_patch),
		RSW(views_are_written_through_or_by_triggers),
		RSW(a_delete_removes_the_rows_that_filters_find),
		RSW(rights_to_columns_suffice),
		RSW(a_page_is_changed_in_its_order),
		RSW(writes_to_whole_tables_may_need_to_be_allowed),
		RSW(one_object_means_exactly_one_row),
		RSW(max_affected_bounds_what_is_written),
	};
	return cmocka_run_group_tests_name("mod/rest_write_change", tests, NULL, NULL);
}
