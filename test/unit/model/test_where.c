/* Conditions, order and pages, on real rows. */
#include "support_model.h"

#include <stdlib.h>

#include "base/clock.h"
#include "model/marketing/listing.h"

#define ROWS 40

/* Few different values, so that many rows are equal in some column, and nulls. */
static void fill(struct mt *t, struct person p)
{
	static const char *const prices[] = {NULL, "100000", "99999.99", "250000", NULL};

	for (int i = 0; i < ROWS; i++) {
		struct marketing_listing l = {.workspace_id = p.workspace_id,
			.source_id = str_printf(t->arena, "s%03d", i * 7919 % 1000),
			.address = str_printf(t->arena, "%d Main St", i),
			.city = i % 3 ? STR("Miami") : STR("Doral"),
			.state = STR("FL"),
			.zip_code = STR("33101"),
			.price = str_of(prices[i % 5]),
			.key_features = i % 4 ? STR("{Pool}") : STR("{Pool,Garage}"),
			.scraped_at = model_time((i % 6) * US_PER_DAY)};
		if (i % 7)
			l.beds = model_int(i % 3);
		ok(t, marketing_listing_insert(t->worker, t->arena, &l, &t->err));
	}
}

static int64_t count_of(struct mt *t, struct person p, struct model_condition c)
{
	struct model_query q = {.workspace_id = p.workspace_id, .where = {c}};
	int64_t n = -1;

	ok(t, marketing_listing_count(t->worker, t->arena, &q, &n, &t->err));
	return n;
}

static void each_operator_does_what_it_says(struct mt *t)
{
	struct person p = new_person(t);
	struct str cities[] = {STR("x")}, both[] = {STR("Doral"), STR("Miami")};
	struct str features[] = {STR("Garage"), STR("Pool")};

	fill(t, p);
	const struct {
		struct model_condition c;
		int64_t n;
	} cases[] = {
		{{MARKETING_LISTING_CITY, MODEL_EQ, MODEL_V("Doral")}, 14},
		{{MARKETING_LISTING_CITY, MODEL_NE, MODEL_V("Doral")}, 26},
		{{MARKETING_LISTING_CITY, MODEL_IN, model_strs(2, both)}, 40},
		{{MARKETING_LISTING_CITY, MODEL_IN, model_strs(1, cities)}, 0},
		{{MARKETING_LISTING_CITY, MODEL_IN, model_strs(0, NULL)}, 0},
		{{MARKETING_LISTING_CITY, MODEL_LIKE, MODEL_V("mia%")}, 0},
		{{MARKETING_LISTING_CITY, MODEL_ILIKE, MODEL_V("mia%")}, 26},
		{{MARKETING_LISTING_PRICE, MODEL_EQ, model_value_null()}, 16},
		{{MARKETING_LISTING_PRICE, MODEL_NE, model_value_null()}, 24},
		{{MARKETING_LISTING_PRICE, MODEL_NE, MODEL_V("100000.00")}, 32},
		{{MARKETING_LISTING_PRICE, MODEL_GE, MODEL_V(100000)}, 16},
		{{MARKETING_LISTING_PRICE, MODEL_LT, MODEL_V(100000.0)}, 8},
		{{MARKETING_LISTING_BEDS, MODEL_GT, MODEL_V(1)}, 11},
		{{MARKETING_LISTING_BEDS, MODEL_LE, MODEL_V(model_int(0))}, 12},
		{{MARKETING_LISTING_BEDS, MODEL_EQ, MODEL_V((struct model_int){0})}, 6},
		{{MARKETING_LISTING_SCRAPED_AT, MODEL_LT, MODEL_V(model_time(US_PER_DAY))}, 7},
		{{MARKETING_LISTING_SCRAPED_AT, MODEL_LT, MODEL_V(model_date(1))}, 7},
		{{MARKETING_LISTING_KEY_FEATURES, MODEL_CONTAINS, MODEL_V("Garage")}, 10},
		{{MARKETING_LISTING_KEY_FEATURES, MODEL_CONTAINS, model_strs(2, features)}, 10},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (count_of(t, p, cases[i].c) != cases[i].n)
			fail_msg("case %zu: %lld instead of %lld", i,
				(long long)count_of(t, p, cases[i].c), (long long)cases[i].n);
}

/* Page by page, and all at once: the same rows in the same order. */
static void assert_pages(struct mt *t, struct model_query q)
{
	struct marketing_listing_list all, page;
	size_t seen = 0;

	q.limit = 1000;
	ok(t, marketing_listing_list(t->worker, t->arena, &q, &all, &t->err));
	assert_int_equal(all.n, ROWS);
	q.limit = 7;
	do {
		ok(t, marketing_listing_list(t->worker, t->arena, &q, &page, &t->err));
		for (size_t i = 0; i < page.n; i++) {
			assert_true(seen < all.n);
			assert_true(str_eq(page.row[i].id, all.row[seen++].id));
		}
		q.after = page.n ? &page.row[page.n - 1] : NULL;
	} while (page.n);
	assert_int_equal(seen, ROWS);
}

static void pages_miss_nothing_and_repeat_nothing(struct mt *t)
{
	struct person p = new_person(t);
	const struct model_order orders[][2] = {
		{{0, 0}},
		{{MARKETING_LISTING_SOURCE_ID, MODEL_ASC}},
		{{MARKETING_LISTING_CITY, MODEL_DESC}},
		{{MARKETING_LISTING_PRICE, MODEL_ASC}},
		{{MARKETING_LISTING_PRICE, MODEL_DESC}},
		{{MARKETING_LISTING_PRICE, MODEL_DESC}, {MARKETING_LISTING_BEDS, MODEL_ASC}},
		{{MARKETING_LISTING_BEDS, MODEL_ASC}, {MARKETING_LISTING_PRICE, MODEL_ASC}},
		{{MARKETING_LISTING_CITY, MODEL_ASC}, {MARKETING_LISTING_SCRAPED_AT, MODEL_DESC}},
		{{MARKETING_LISTING_ID, MODEL_DESC}},
	};

	fill(t, p);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct model_query q = {.workspace_id = p.workspace_id,
			.order = {orders[i][0], orders[i][1]}};
		assert_pages(t, q);
	}
}

static void an_offset_leaves_out(struct mt *t)
{
	struct person p = new_person(t);
	struct model_query q = {.workspace_id = p.workspace_id, .limit = 30, .offset = 35};
	struct marketing_listing_list list;

	fill(t, p);
	ok(t, marketing_listing_list(t->worker, t->arena, &q, &list, &t->err));
	assert_int_equal(list.n, 5);
}

static void reads_only_the_columns_that_were_named(struct mt *t)
{
	struct person p = new_person(t);
	struct model_query q = {.workspace_id = p.workspace_id,
		.columns = MODEL_COLUMNS(MARKETING_LISTING_CITY, MARKETING_LISTING_BEDS)};
	struct marketing_listing_list list;

	fill(t, p);
	ok(t, marketing_listing_list(t->worker, t->arena, &q, &list, &t->err));
	assert_true(list.row[0].city.p && !list.row[0].id.p && !list.row[0].scraped_at.set);
}

static void what_another_worker_has_locked_is_skipped(struct mt *t)
{
	struct person p = new_person(t);
	struct model_query q = {.workspace_id = p.workspace_id,
		.order = {{MARKETING_LISTING_SOURCE_ID, MODEL_ASC}},
		.limit = 10,
		.lock = MODEL_SKIP_LOCKED};
	struct session *other = as(t, (struct db_caller){.role = STR("plat_worker")});
	struct marketing_listing_list mine, theirs;

	fill(t, p);
	ok(t, session_begin(t->worker, &t->err));
	ok(t, session_begin(other, &t->err));
	ok(t, marketing_listing_list(t->worker, t->arena, &q, &mine, &t->err));
	ok(t, marketing_listing_list(other, t->arena, &q, &theirs, &t->err));
	assert_int_equal(theirs.n, 10);
	assert_true(str_cmp(mine.row[9].source_id, theirs.row[0].source_id) < 0);
	ok(t, session_rollback(other, &t->err));
	ok(t, session_rollback(t->worker, &t->err));
}

static void what_cannot_be_read_as_the_type_is_the_callers_mistake(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing *found;

	expect_code(t,
		marketing_listing_find(t->worker, t->arena, p.workspace_id, STR("no-uuid"), &found,
			&t->err),
		E_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(each_operator_does_what_it_says),
		MODEL_TEST(pages_miss_nothing_and_repeat_nothing),
		MODEL_TEST(an_offset_leaves_out),
		MODEL_TEST(reads_only_the_columns_that_were_named),
		MODEL_TEST(what_another_worker_has_locked_is_skipped),
		MODEL_TEST(what_cannot_be_read_as_the_type_is_the_callers_mistake),
	};
	return model_run_tests(tests, "model/where");
}
