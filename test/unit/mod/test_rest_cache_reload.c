#include "support_rest_cache.h"

static const char script[] =
	"drop schema if exists test cascade; create schema test; create table test.first (id int primary key);";

static int setup(void **state)
{
	(void)state;
	rct_admin(script);
	return 0;
}

static void an_old_cache_stays_as_it_is_beside_a_new_one(struct rct *t)
{
	struct rest_table *first = rct_table(t, "test", "first");

	rct_admin(
		"alter table test.first add column more text; create table test.second (id int);");
	struct rest_cache *again = rct_load(t, "test", "");
	assert_non_null(again);
	assert_int_equal(rest_cache_tables(again), 2);
	assert_int_equal(rest_cache_table(again, STR("test"), STR("first"))->n, 2);
	assert_int_equal(first->n, 1);
	assert_null(rest_cache_table(t->cache, STR("test"), STR("second")));
	assert_true(rest_cache_load_us(again) > 0);
	assert_true(rest_cache_bytes(again) > 10000);
	rest_cache_unref(again);
	rct_admin(script);
}

static int freed;

static void free_plans(struct rest_plans *p)
{
	assert_ptr_equal(p, &freed);
	freed++;
}

static void plans_go_with_the_last_reference(struct rct *t)
{
	struct rest_cache *c = rct_load(t, "test", "");

	assert_null(rest_cache_plans(c));
	rest_cache_set_plans(c, (struct rest_plans *)&freed, free_plans);
	assert_ptr_equal(rest_cache_plans(c), &freed);
	assert_ptr_equal(rest_cache_ref(c), c);
	rest_cache_unref(c);
	assert_int_equal(freed, 0);
	rest_cache_unref(c);
	assert_int_equal(freed, 1);
	rest_cache_unref(NULL);
}

static void what_postgresql_says_is_in_the_words(struct rct *t)
{
	struct db_options o = {.url = "postgresql://rct_nobody@/nothing?host=/nowhere",
		.wait_ms = 50};
	struct db *db = t->db;

	t->db = db_open(t->loop, &o, &t->err);
	assert_non_null(t->db);
	assert_null(rct_load(t, "test", ""));
	assert_int_equal(t->err.code, E_BUSY);
	assert_true(strstr(t->err.msg, "the catalogue could not be read: ") == t->err.msg);
	db_close(t->db);
	t->db = db;
}

static void no_schema_at_all_is_an_empty_cache(struct rct *t)
{
	struct rest_cache *c = rct_load(t, "", "");

	assert_non_null(c);
	assert_int_equal(rest_cache_tables(c), 0);
	assert_int_equal(rest_cache_funcs(c), 0);
	assert_null(rest_cache_handlers(c, STR("test")));
	assert_non_null(rest_cache_type(c, 25));
	rest_cache_unref(c);
}

static void statements_of_the_next_batch_are_as_before(struct rct *t)
{
	/* search_path and the like are set for the reading only: the same connection, twice, and by the name without its schema */
	struct rest_cache *c = rct_load(t, "test", "");

	assert_non_null(c);
	rest_cache_unref(c);
	rct_eq(rct_ask(t, "show search_path"), "\"$user\", public");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(an_old_cache_stays_as_it_is_beside_a_new_one),
		RCT(plans_go_with_the_last_reference),
		RCT(what_postgresql_says_is_in_the_words),
		RCT(no_schema_at_all_is_an_empty_cache),
		RCT(statements_of_the_next_batch_are_as_before),
	};
	return cmocka_run_group_tests_name("mod/rest_cache_reload", tests, setup, NULL);
}
