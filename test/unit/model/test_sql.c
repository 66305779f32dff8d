/* The texts of the statements, without a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "model/marketing/agent.h"
#include "model/marketing/listing.h"
#include "model/plat/job.h"
#include "model/plat/transition.h"
#include "model/sql.h"
#include "model/stmt.h"

static int with_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

#define TRANSITION_COLUMNS "\"machine\", \"from_status\", \"to_status\", \"who\""
#define TRANSITION "\"plat\".\"transitions\""

static struct plat_transition sample(void)
{
	return (struct plat_transition){.machine = STR("m"),
		.from_status = STR(""),
		.to_status = STR("new")};
}

static void assert_param(const struct model_sql *q, int i, const char *want)
{
	assert_true(i < q->n);
	assert_int_equal(q->params[i].len, strlen(want));
	assert_memory_equal(q->params[i].p, want, strlen(want));
}

static void find_and_delete_go_by_the_primary_key(void **state)
{
	struct plat_transition row = sample();
	struct model_sql q;

	model_sql_find(*state, &plat_transition_table, &row, MODEL_USUAL, &q);
	assert_string_equal(q.text,
		"select " TRANSITION_COLUMNS " from " TRANSITION
		" where \"machine\" = $1 and \"from_status\" = $2 and \"to_status\" = $3");
	assert_int_equal(q.n, 3);
	assert_param(&q, 0, "m");
	assert_param(&q, 1, "");
	model_sql_delete(*state, &plat_transition_table, &row, &q);
	assert_string_equal(q.text,
		"delete from " TRANSITION
		" where \"machine\" = $1 and \"from_status\" = $2 and \"to_status\" = $3");
}

static void insert_names_what_is_set(void **state)
{
	struct plat_transition row = sample(), none = {.who = STR_NULL};
	struct model_sql q;

	model_sql_insert(*state, &plat_transition_table, &row, MODEL_USUAL, &q);
	assert_string_equal(q.text,
		"insert into " TRANSITION
		" (\"machine\", \"from_status\", \"to_status\") values ($1, $2, $3)"
		" returning " TRANSITION_COLUMNS);
	model_sql_insert(*state, &plat_transition_table, &none, MODEL_USUAL, &q);
	assert_string_equal(q.text,
		"insert into " TRANSITION " default values returning " TRANSITION_COLUMNS);
	model_sql_insert(*state, &plat_transition_table, &row, MODEL_COLUMNS(PLAT_TRANSITION_WHO),
		&q);
	assert_string_equal(q.text,
		"insert into " TRANSITION " (\"who\") values ($1) returning " TRANSITION_COLUMNS);
	assert_true(q.params[0].null);
}

static void what_only_postgresql_writes_is_left_out(void **state)
{
	struct plat_job job = {.id = model_int(7), .name = STR("x")};
	struct model_sql q;

	model_sql_insert(*state, &plat_job_table, &job, MODEL_USUAL, &q);
	assert_non_null(strstr(q.text, "insert into \"plat\".\"jobs\" (\"name\") values ($1)"));
}

static void update_sets_columns_and_may_insist_on_the_old_values(void **state)
{
	struct plat_transition was = sample(), row = was;
	struct model_sql q;

	row.who = STR("*");
	model_sql_update(*state, &plat_transition_table, &row, NULL, MODEL_USUAL, &q);
	assert_string_equal(q.text,
		"update " TRANSITION
		" set \"who\" = $1 where \"machine\" = $2 and \"from_status\" = $3 and \"to_status\" = $4"
		" returning " TRANSITION_COLUMNS);
	model_sql_update(*state, &plat_transition_table, &row, &was,
		MODEL_COLUMNS(PLAT_TRANSITION_WHO), &q);
	assert_non_null(
		strstr(q.text, "\"to_status\" = $4 and \"who\" is not distinct from $5 returning"));
	assert_true(q.params[4].null);
}

static void upsert_keeps_the_key_and_changes_the_rest(void **state)
{
	struct marketing_agent a = {.workspace_id = STR("w"), .name = STR("n"), .email = STR("e")};
	struct model_sql q;

	model_sql_upsert(*state, &marketing_agent_table, &a, MARKETING_AGENT_BY_EMAIL, MODEL_USUAL,
		&q);
	assert_non_null(strstr(q.text,
		" on conflict (workspace_id, email) do update set \"name\" = excluded.\"name\" returning "));
	a.name = STR_NULL;
	model_sql_upsert(*state, &marketing_agent_table, &a, MARKETING_AGENT_BY_EMAIL, MODEL_USUAL,
		&q);
	assert_non_null(strstr(q.text,
		" do update set \"workspace_id\" = excluded.\"workspace_id\", \"email\" = excluded.\"email\""));
	/* A column named for the update is inserted too, null or not. */
	model_sql_upsert(*state, &marketing_agent_table, &a, MARKETING_AGENT_BY_EMAIL,
		MODEL_COLUMNS(MARKETING_AGENT_PHONE), &q);
	assert_non_null(strstr(q.text, "(\"workspace_id\", \"phone\", \"email\") values"));
	assert_non_null(strstr(q.text, " do update set \"phone\" = excluded.\"phone\" returning"));
}

static void a_list_names_its_workspace_first(void **state)
{
	struct model_query q = {.workspace_id = STR("w"),
		.where = {{MARKETING_LISTING_BEDS, MODEL_GE, MODEL_V(2)}},
		.order = {{MARKETING_LISTING_PRICE, MODEL_DESC}},
		.limit = 5,
		.columns = MODEL_COLUMNS(MARKETING_LISTING_ID)};
	struct model_sql sql;

	model_sql_list(*state, &marketing_listing_table, &q, &sql);
	assert_string_equal(sql.text,
		"select \"id\" from \"marketing\".\"listings\" where \"workspace_id\" = $1 and \"beds\" >= $2"
		" order by \"price\" desc, \"id\" desc limit $3");
	assert_param(&sql, 1, "2");
	assert_param(&sql, 2, "5");
}

static void a_page_of_columns_without_nulls_is_one_comparison(void **state)
{
	struct marketing_listing last = {.city = STR("Miami"), .id = STR("i")};
	struct model_query q = {.workspace_id = STR("w"),
		.order = {{MARKETING_LISTING_CITY, MODEL_ASC}},
		.after = &last,
		.columns = MODEL_COLUMNS(MARKETING_LISTING_ID)};
	struct model_sql sql;

	model_sql_list(*state, &marketing_listing_table, &q, &sql);
	assert_string_equal(sql.text,
		"select \"id\" from \"marketing\".\"listings\" where \"workspace_id\" = $1"
		" and (\"city\",\"id\") > ($2,$3) order by \"city\", \"id\"");
}

static void count_and_locks(void **state)
{
	struct model_query q = {.every_workspace = true};
	struct model_sql sql;

	model_sql_count(*state, &marketing_listing_table, &q, &sql);
	assert_string_equal(sql.text, "select count(*) from \"marketing\".\"listings\"");
	q.lock = MODEL_FOR_UPDATE;
	q.columns = MODEL_COLUMNS(MARKETING_LISTING_ID);
	model_sql_list(*state, &marketing_listing_table, &q, &sql);
	assert_string_equal(sql.text, "select \"id\" from \"marketing\".\"listings\" for update");
}

static void sets_of_columns(void **state)
{
	struct model_columns set = MODEL_COLUMNS(0, 70, 127);

	(void)state;
	assert_true(model_columns_has(set, 0) && model_columns_has(set, 70));
	assert_true(model_columns_has(set, 127) && !model_columns_has(set, 69));
	model_columns_drop(&set, MODEL_COLUMNS(70));
	assert_false(model_columns_has(set, 70));
	assert_true(model_columns_is_empty(MODEL_USUAL) && !model_columns_is_empty(set));
}

static void a_text_is_one_statement_however_often_it_is_asked_for(void **state)
{
	char text[] = "select 1";
	const struct stmt *s = model_stmt(text);

	(void)state;
	assert_non_null(s);
	text[7] = '2';
	assert_ptr_not_equal(model_stmt(text), s);
	assert_ptr_equal(model_stmt("select 1"), s);
	assert_string_equal(s->sql, "select 1");
	assert_true(strlen(s->name) < 64);
	assert_string_not_equal(model_stmt(text)->name, s->name);
}

static void there_is_a_limit_to_statements(void **state)
{
	int i = 0;

	while (i < 1000 && model_stmt(arena_printf(*state, "select %d + 0", i)))
		i++;
	assert_in_range(i, 100, 250);
	assert_non_null(model_stmt("select 1 + 0"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_arena, free_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(find_and_delete_go_by_the_primary_key),
		TEST(insert_names_what_is_set),
		TEST(what_only_postgresql_writes_is_left_out),
		TEST(update_sets_columns_and_may_insist_on_the_old_values),
		TEST(upsert_keeps_the_key_and_changes_the_rest),
		TEST(a_list_names_its_workspace_first),
		TEST(a_page_of_columns_without_nulls_is_one_comparison),
		TEST(count_and_locks),
		TEST(sets_of_columns),
		TEST(a_text_is_one_statement_however_often_it_is_asked_for),
		TEST(there_is_a_limit_to_statements),
	};
	return cmocka_run_group_tests_name("model/sql", tests, NULL, NULL);
}
