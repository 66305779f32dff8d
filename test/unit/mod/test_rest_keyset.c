#include "base/enc.h"
#include "db/result.h"
#include "mod/rest/keyset.h"
#include "support_rest_select.h"

static const char script[] =
	"create table test.queue (id int primary key, label text, score int, at timestamptz not null, j jsonb);"
	"insert into test.queue select i, 'label ' || i % 3, nullif(i % 5, 0),"
	" timestamptz '2024-01-01Z' + (i % 4) * interval '1 hour', jsonb_build_object('n', i % 6)"
	" from generate_series(1, 31) i;"
	"create table test.tenants (ws int, key text, n int not null, primary key (ws, key));"
	"insert into test.tenants select i % 3, 'k' || i, i % 2 from generate_series(1, 12) i;";

static int setup(void **state)
{
	rst_fixture(state);
	rct_admin(script);
	return 0;
}

static const char *column(struct rct *t, const struct result *r, int col)
{
	const char *text = "";

	for (int i = 0; i < result_rows(r); i++)
		text = arena_printf(t->arena, "%s" STR_FMT " ", text,
			STR_ARG(result_text(r, i, col)));
	return text;
}

/* The ids of all pages from the first on, by their cursors. */
static const char *pages(struct rct *t, const char *path)
{
	struct str cursor = STR("");
	const char *text = "";

	for (int n = 0; n < 50; n++) {
		struct rest_fault f = {.status = 0};
		struct rest_request *r = rst_plan(t,
			arena_printf(t->arena, "%s&after=" STR_FMT, path, STR_ARG(cursor)), &f);
		if (!r)
			fail_msg("%s: %s", path, f.message);
		struct result *res = rst_run(t, r, &r->plan->main);
		text = arena_printf(t->arena, "%s%s", text, column(t, res, 0));
		cursor = rest_keyset_next(r, res);
		if (!cursor.p)
			return text;
	}
	fail_msg("%s never ends", path);
	return NULL;
}

static const char *whole(struct rct *t, const char *path)
{
	struct rest_fault f = {.status = 0};
	struct rest_request *r = rst_plan(t, path, &f);

	return column(t, rst_run(t, r, &r->plan->main), 0);
}

static const char *const orders[] = {"id", "id.desc", "score", "score.desc", "score.nullsfirst",
	"score.desc.nullslast", "label,score.desc", "at.desc,label",
	"label.desc,at,score.nullsfirst", "at,id.desc", "j->n", "j->>n.desc,label",
	"score,score.desc,id"};

static void pages_follow_one_another(struct rct *t)
{
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		const char *o = orders[i];
		const char *all = whole(t,
			arena_printf(t->arena, "/queue?select=id&order=%s%s", o,
				strstr(o, "id") ? "" : ",id"));
		const char *path = arena_printf(t->arena, "/queue?select=id&order=%s&limit=4", o);
		assert_string_equal(pages(t, path), all);
	}
}

static void keys_of_two_columns_complete_the_order(struct rct *t)
{
	assert_string_equal(pages(t, "/tenants?select=key&order=n.desc&limit=5"),
		whole(t, "/tenants?select=key&order=n.desc,ws,key"));
	rst_sql_has(t, "/tenants?select=key&order=ws&limit=5&after=",
		" order by t1.\"ws\", t1.\"key\" limit");
	rst_sql_has_not(t, "/tenants?select=key&order=ws&limit=5", "t1.\"ws\", t1.\"key\"");
}

static void rows_without_nulls_compare_as_a_whole(struct rct *t)
{
	struct rest_fault f = {.status = 0};
	const char *path = "/tenants?select=n&order=n,ws&limit=5&after=";
	struct rest_request *r = rst_plan(t, path, &f);
	struct str next = rest_keyset_next(r, rst_run(t, r, &r->plan->main));

	path = arena_printf(t->arena, "%s" STR_FMT, path, STR_ARG(next));
	rst_sql_is(t, path,
		"select t1.\"n\", t1.\"ws\", t1.\"key\" from \"test\".\"tenants\" t1"
		" where (t1.\"n\", t1.\"ws\", t1.\"key\") > ($1, $2, $3)"
		" order by t1.\"n\", t1.\"ws\", t1.\"key\" limit $4");
}

static void other_orders_begin_with_what_an_index_can_find(struct rct *t)
{
	struct rest_fault f = {.status = 0};
	const char *path = "/tenants?select=n&order=n.desc,ws&limit=5&after=";
	struct rest_request *r = rst_plan(t, path, &f);
	struct str next = rest_keyset_next(r, rst_run(t, r, &r->plan->main));

	rst_sql_has(t, arena_printf(t->arena, "%s" STR_FMT, path, STR_ARG(next)),
		" where t1.\"n\" <= $1 and (t1.\"n\" < $1 or (t1.\"n\" = $1 and (t1.\"ws\" > $2 or"
		" (t1.\"ws\" = $2 and (t1.\"key\" > $3)))))");
}

static void cursors_work_with_embeds_and_filters(struct rct *t)
{
	rst_rows(t, "/films?select=title,roles(whom)&order=title.desc&limit=1",
		"[{\"title\":\"Gamma\",\"roles\":[{\"whom\":\"Guard\"}]}]");
	struct rest_fault f = {.status = 0};
	const char *path =
		"/films?select=title,roles(whom)&order=title.desc&id=lt.4&limit=1&after=";
	struct rest_request *r = rst_plan(t, path, &f);
	struct str next = rest_keyset_next(r, rst_run(t, r, &r->plan->main));
	rst_rows(t, arena_printf(t->arena, "%s" STR_FMT, path, STR_ARG(next)),
		"[{\"title\":\"Beta\",\"roles\":[{\"whom\":\"Aunt\"}]}]");
}

static void there_is_a_next_page_only_behind_a_full_one(struct rct *t)
{
	static const char *const paths[] = {"/queue?order=id&limit=40&after=",
		"/queue?order=id&after=", "/queue?order=id&limit=5",
		"/queue?order=id&limit=0&after=", "/keyless?order=a&limit=1",
		"/films?select=id,specs()&order=specs(note)&limit=1",
		"/films?select=mood,count()&order=mood&limit=1",
		"/films?select=mood&distinct=true&order=mood&limit=1"};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct rest_fault f = {.status = 0};
		struct rest_request *r = rst_plan(t, paths[i], &f);
		assert_null(rest_keyset_next(r, rst_run(t, r, &r->plan->main)).p);
	}
}

static void what_is_no_cursor_of_this_order_is_refused(struct rct *t)
{
	static const char *const cursors[] = {"x", "e30", "!!!!", "bnVsbA", "W10", "WzEsMl0",
		"WyJhIiwiYiJd"};
	const char *refused =
		"400 PGRST100 \"failed to parse after parameter\" (line 1, column 1) | "
		"It is no cursor of this table in this order";

	for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++)
		rst_rows(t, arena_printf(t->arena, "/queue?order=id&limit=2&after=%s", cursors[i]),
			refused);

	struct rest_fault f = {.status = 0};
	struct rest_request *r =
		rst_plan(t, "/queue?select=id&order=score,label&limit=2&after=", &f);
	struct str cursor = rest_keyset_next(r, rst_run(t, r, &r->plan->main));
	static const char *const others[] = {"score", "label,score", "score.desc,label",
		"score.nullsfirst,label", "id"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		rst_rows(t,
			arena_printf(t->arena, "/queue?order=%s&limit=2&after=" STR_FMT, others[i],
				STR_ARG(cursor)),
			refused);
}

static void pages_by_cursor_need_a_key(struct rct *t)
{
	const char *refused =
		"400 PGRST127 Feature not implemented | "
		"Pages by cursor need a table with a primary key, ordered by its own columns, without aggregates or distinct.";

	rst_rows(t, "/keyless?order=a&limit=1&after=", refused);
	rst_rows(t, "/films?select=count()&after=", refused);
	rst_rows(t, "/films?select=id,specs()&order=specs(note)&after=", refused);
	rst_rows(t, "/films?select=mood&distinct=true&after=", refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(pages_follow_one_another),
		RCT(keys_of_two_columns_complete_the_order),
		RCT(rows_without_nulls_compare_as_a_whole),
		RCT(other_orders_begin_with_what_an_index_can_find),
		RCT(cursors_work_with_embeds_and_filters),
		RCT(there_is_a_next_page_only_behind_a_full_one),
		RCT(what_is_no_cursor_of_this_order_is_refused),
		RCT(pages_by_cursor_need_a_key),
	};
	return cmocka_run_group_tests_name("mod/rest_keyset", tests, setup, NULL);
}
