/* Results of queries of one's own, into the structs of tables and into structs made for them. */
#include "support_model.h"

#include <math.h>

#include "base/clock.h"
#include "db/result.h"
#include "model/marketing/listing.h"
#include "model/read.h"

struct sample {
	struct str text;
	struct model_int n;
	struct model_float x;
	struct model_bool b;
	struct model_time at;
	struct model_date day;
	struct str bytes;
};

#define AT(member) offsetof(struct sample, member)

static const struct model_column columns[] = {
	{"text", "text", MODEL_TEXT, 0, AT(text)},
	{"n", "bigint", MODEL_INT, 0, AT(n)},
	{"x", "double precision", MODEL_FLOAT, 0, AT(x)},
	{"b", "boolean", MODEL_BOOL, 0, AT(b)},
	{"at", "timestamptz", MODEL_TIME, 0, AT(at)},
	{"day", "date", MODEL_DATE, 0, AT(day)},
	{"bytes", "bytea", MODEL_BYTES, 0, AT(bytes)},
};

static const struct model_table sample_table = {.label = "sample",
	.size = sizeof(struct sample),
	.columns = columns,
	.n = 7};

static int read_sample(struct mt *t, const char *sql, struct sample *ret)
{
	struct result *r;
	struct model_rows rows;

	ok(t, session_exec(t->worker, t->arena, sql, 0, NULL, &r, &t->err));
	int code = model_read(r, t->arena, &sample_table, &rows, &t->err);
	if (code == 0) {
		assert_int_equal(rows.n, 1);
		*ret = *(struct sample *)rows.row;
	}
	return code;
}

static void reads_columns_by_name_in_any_order(struct mt *t)
{
	struct sample s;

	ok(t,
		read_sample(t,
			"select true as b, 'a' as text, '\\x00ff'::bytea as bytes, 0.1::float8 as x, "
			"-9223372036854775808 as n, date '2026-11-21' as day, "
			"timestamptz '2026-11-21 12:00:00.000001+02' as at",
			&s));
	assert_str(s.text, "a");
	assert_true(s.n.set && s.n.v == INT64_MIN);
	assert_true(s.x.set && s.x.v == 0.1);
	assert_true(s.b.set && s.b.v);
	assert_int_equal(s.at.us, INT64_C(1795255200000001));
	assert_int_equal(s.day.days, s.at.us / US_PER_DAY);
	assert_int_equal(s.bytes.len, 2);
	assert_memory_equal(s.bytes.p, "\0\xff", 2);
}

static void null_is_unset_and_so_is_what_was_not_asked_for(struct mt *t)
{
	struct sample s;

	ok(t, read_sample(t, "select null as text, null as n, null::bool as b", &s));
	assert_false(s.text.p || s.n.set || s.b.set || s.x.set || s.at.set || s.bytes.p);
}

static void ends_of_time_and_odd_numbers(struct mt *t)
{
	struct sample s;

	ok(t,
		read_sample(t,
			"select 'infinity'::timestamptz as at, '-infinity'::date as day, 'NaN'::float8 as x",
			&s));
	assert_true(s.at.us == MODEL_TIME_END && s.day.days == MODEL_DATE_BEGIN);
	assert_true(isnan(s.x.v));
	ok(t,
		read_sample(t,
			"select '-infinity'::timestamptz as at, 'infinity'::date as day, '-Infinity'::float8 as x",
			&s));
	assert_true(s.at.us == MODEL_TIME_BEGIN && s.day.days == MODEL_DATE_END);
	assert_true(isinf(s.x.v) && s.x.v < 0);
}

static void a_year_that_c_does_not_know_is_refused(struct mt *t)
{
	struct sample s;

	expect_code(t, read_sample(t, "select timestamptz '0044-03-15 12:00 BC' as at", &s),
		E_INPUT);
	assert_string_equal(t->err.msg, "at of a sample cannot be read");
	expect_code(t, read_sample(t, "select date '10000-01-01' as day", &s), E_INPUT);
}

static void a_wrong_name_or_type_is_our_mistake(struct mt *t)
{
	struct sample s;

	expect_code(t, read_sample(t, "select 1 as nothing", &s), E_BUG);
	assert_string_equal(t->err.msg, "a sample has no column nothing");
	expect_code(t, read_sample(t, "select 'x' as n", &s), E_BUG);
	expect_code(t, read_sample(t, "select 1 as b", &s), E_BUG);
	expect_code(t, read_sample(t, "select 'x' as x", &s), E_BUG);
	expect_code(t, read_sample(t, "select '\\xf' as bytes", &s), E_BUG);
	expect_code(t, read_sample(t, "select '' as bytes", &s), E_BUG);
}

static void a_join_fills_a_tables_rows(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = {.workspace_id = p.workspace_id,
		.source_id = STR("s"),
		.address = STR("1 Main St"),
		.city = STR("Miami"),
		.state = STR("FL"),
		.zip_code = STR("33101")};
	struct marketing_listing_list list;
	struct db_param ws = db_str(p.workspace_id);
	struct result *r;

	ok(t, marketing_listing_insert(t->worker, t->arena, &l, &t->err));
	ok(t,
		session_exec(t->worker, t->arena,
			"select l.* from marketing.listings l join mls.workspaces w on w.id = l.workspace_id where w.id = $1",
			1, &ws, &r, &t->err));
	ok(t, marketing_listing_read(r, t->arena, &list, &t->err));
	assert_int_equal(list.n, 1);
	assert_true(str_eq(list.row[0].id, l.id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(reads_columns_by_name_in_any_order),
		MODEL_TEST(null_is_unset_and_so_is_what_was_not_asked_for),
		MODEL_TEST(ends_of_time_and_odd_numbers),
		MODEL_TEST(a_year_that_c_does_not_know_is_refused),
		MODEL_TEST(a_wrong_name_or_type_is_our_mistake),
		MODEL_TEST(a_join_fills_a_tables_rows),
	};
	return model_run_tests(tests, "model/read");
}
