#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "mod/mls/feed_fault.h"
#include "mod/mls/feed_model.h"
#include "mod/mls/feed_query.h"
#include "mod/mls/feed_rate.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct feed_rules rules_of(struct arena *a, bool is_replication, bool is_reso)
{
	return (struct feed_rules){
		.model = feed_model_new(a, is_reso),
		.link_key = STR("a key for the tests"),
		.is_reso = is_reso,
		.is_replication = is_replication,
		.page_max = FEED_PAGE_MAX,
	};
}

static void refuses_what_bridge_refuses(void **state)
{
	static const struct {
		bool is_replication;
		const char *query, *words;
	} cases[] = {
		{false, "$top=201", "$top may be 200 at most here"},
		{false, "$skip=9991",
			"$skip and $top reach beyond 10000 rows: use Property/replication"},
		{false, "$skip=9900&$top=101",
			"$skip and $top reach beyond 10000 rows: use Property/replication"},
		{false, "$skip=99999999999",
			"$skip and $top reach beyond 10000 rows: use Property/replication"},
		{false, "$orderby=City", "$orderby: listings cannot be ordered by City here"},
		{false, "$orderby=ListPrice,ListPrice,ListPrice,ListPrice",
			"$orderby takes 3 fields at most"},
		{false, "$expand=Media", "$expand cannot be used with Property"},
		{false, "$filter=City%20eq%201",
			"$filter: a text in single quotes expected at position 9"},
		{true, "$top=2001", "$top may be 2000 at most here"},
		{true, "$skip=10", "$skip cannot be used with Property/replication"},
		{true, "$orderby=ListPrice", "$orderby cannot be used with Property/replication"},
		{true, "$count=true", "$count cannot be used with Property/replication"},
		{true, "$apply=x", "$apply is not served here"},
		{true, "$skiptoken=abc",
			"$skiptoken: this link was changed, or was not made by this service for this "
			"consumer and path; begin again with the first request"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct odata_fault f = {.arena = *state};
		struct feed_rules rules = rules_of(*state, cases[i].is_replication, false);
		struct feed_query q;
		assert_int_equal(feed_query_parse(*state, str_of(cases[i].query), &rules, &q, &f),
			-1);
		assert_string_equal(f.message, cases[i].words);
	}
}

static void refuses_what_a_plain_server_has_not(void **state)
{
	static const struct {
		const char *query, *words;
	} cases[] = {
		{"$unselect=City", "$unselect cannot be used with Property"},
		{"$expand=Rooms", "$expand: Property leads to nothing called 'Rooms' (position 1)"},
		{"$expand=Media($top=1)",
			"$expand: Media comes whole and in its order here, without options"},
		{"$select=BridgeModificationTimestamp",
			"$select: there is no field 'BridgeModificationTimestamp' (position 1); did you mean "
			"'ModificationTimestamp'?"},
		{"$filter=Media/any(m:%20m/Order%20eq%201)",
			"$filter: fields of Media cannot be asked for from here (position 1)"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct odata_fault f = {.arena = *state};
		struct feed_rules rules = rules_of(*state, false, true);
		struct feed_query q;
		assert_int_equal(feed_query_parse(*state, str_of(cases[i].query), &rules, &q, &f),
			-1);
		assert_string_equal(f.message, cases[i].words);
	}
}

static struct feed_query read(struct arena *a, struct str query, const struct feed_rules *rules)
{
	struct odata_fault f = {.arena = a};
	struct feed_query q;

	if (feed_query_parse(a, query, rules, &q, &f))
		print_message(STR_FMT ": %s\n", STR_ARG(query), f.message);
	assert_int_equal(f.status, 0);
	return q;
}

static struct feed_query parse(struct arena *a, const char *query, bool is_replication,
	int64_t page_max)
{
	struct feed_rules rules = rules_of(a, is_replication, false);

	rules.page_max = page_max;
	return read(a, str_of(query), &rules);
}

/* What the link behind q says, read again. */
static struct feed_query followed(struct arena *a, const struct feed_query *q,
	const struct feed_cursor *after, int64_t skip)
{
	struct buf b;

	buf_init(&b, 0);
	feed_query_link(a, &b, q, after, skip);
	struct feed_query again = read(a, str_copy(a, str_sub(buf_view(&b), 1, b.len)), &q->rules);
	buf_done(&b);
	return again;
}

static void pages_are_as_long_as_bridges(void **state)
{
	assert_int_equal(parse(*state, "", false, 2000).top, 10);
	assert_int_equal(parse(*state, "$top=200", false, 2000).top, 200);
	assert_int_equal(parse(*state, "$top=0", false, 2000).top, 0);
	assert_int_equal(parse(*state, "", true, 2000).top, 2000);
	assert_int_equal(parse(*state, "$top=2000", true, 500).top,
		500); /* the server's own limit */
	assert_int_equal(parse(*state, "$skip=9800&$top=200", false, 2000).skip, 9800);
	assert_int_equal(parse(*state, "utm=1&$count=true", false, 2000).count, true);
}

static void links_lead_to_the_same_query_further_on(void **state)
{
	const char *text = "$top=7&$filter=City%20eq%20'O%27%27Brien'&$select=City%2CListPrice"
			   "&$orderby=ListPrice%20desc,ListingKey&$count=true&access_token=a%26b";
	struct feed_query q = parse(*state, text, false, 2000);
	struct feed_query again = followed(*state, &q, &(struct feed_cursor){0}, 21);

	assert_int_equal(again.skip, 21);
	assert_int_equal(again.top, 7);
	assert_int_equal(again.orders_n, 2);
	assert_true(again.orders[0].is_descending && !again.orders[1].is_descending);
	assert_true(again.count);
	assert_true(str_eq(again.filter_text, q.filter_text));
	assert_true(again.fields[gen_field_find(STR("City"))]);
	assert_false(again.fields[gen_field_find(STR("ListingKey"))]);
	assert_true(str_eq(again.access_token, STR("a&b")));
}

static void replication_links_carry_a_cursor(void **state)
{
	struct feed_cursor c = {true, INT64_C(1795219200123000), UINT64_C(0xfedcba9876543210), 77};
	struct feed_query q = parse(*state, "$unselect=Media", true, 2000);
	struct feed_query again = followed(*state, &q, &c, 0);

	assert_true(again.cursor.is_set && again.cursor.at == c.at && again.cursor.key == c.key);
	assert_int_equal(again.cursor.as_of_us, 77);
	assert_int_equal(again.top, 2000);
	assert_false(again.fields[gen_field_find(STR("Media"))]);
	assert_true(again.fields[gen_field_find(STR("City"))]);
}

static void a_plain_servers_top_is_of_all_pages(void **state)
{
	struct feed_rules rules = rules_of(*state, false, true);
	struct feed_cursor c = {true, 5, 6, 7};

	rules.prefers = 50;
	struct feed_query q = read(*state, STR("$top=120&$expand=Media&$skip=3"), &rules);
	assert_int_equal(q.top, 50);
	assert_int_equal(q.skip, 3);
	assert_true(q.is_walk && q.expands_media);
	rules.prefers = 0; /* the link knows */
	struct feed_query next = followed(*state, &q, &c, 53);
	assert_int_equal(next.top, 50);
	assert_int_equal(next.skip, 0);
	assert_int_equal(next.wants, 70);
	assert_int_equal(followed(*state, &next, &c, 0).top, 20);
}

/* --- rates ------------------------------------------------------------------------------------------ */

static void budgets_are_used_up_and_come_back(void **state)
{
	int64_t now = INT64_C(1795219230000000); /* half a minute past the hour */
	struct feed_rate r;

	(void)state;
	feed_rate_init(&r, 150, now);
	assert_int_equal(r.minute.limit, 11);
	assert_int_equal(feed_rate_wait_s(&r, now), 1);
	for (int i = 0; i < 11; i++)
		assert_true(feed_rate_take(&r, now));
	assert_false(feed_rate_take(&r, now));
	assert_int_equal(feed_rate_wait_s(&r, now), 31);
	assert_int_equal(feed_window_left(&r.minute), 0);
	assert_int_equal(feed_window_left(&r.hour), 139);
	assert_true(feed_rate_take(&r, now + 30 * US_PER_SECOND)); /* the next minute */
	for (int minute = 1; minute < 60 && feed_window_left(&r.hour); minute++)
		while (feed_rate_take(&r, now + minute * 60 * US_PER_SECOND))
			;
	assert_int_equal(feed_window_left(&r.hour), 0);
	assert_false(feed_rate_take(&r, now + 3500 * US_PER_SECOND));
	assert_int_equal(feed_rate_wait_s(&r, now + 3500 * US_PER_SECOND), 71);
	assert_true(feed_rate_take(&r, now + 3600 * US_PER_SECOND));
	assert_int_equal(feed_window_left(&r.hour), 149);
}

/* --- faults ----------------------------------------------------------------------------------------- */

static void faults_come_as_often_as_asked(void **state)
{
	struct err e = {.arena = *state};
	struct feed_faults f;
	char seen[13] = "";

	assert_int_equal(feed_faults_parse(STR(" 429:3, slow "), &f, &e), 0);
	for (int i = 0; i < 12; i++) {
		struct feed_due due = feed_faults_due(&f);
		seen[i] = due.is[FAULT_429] ? 'x' : '.';
		assert_true(due.is[FAULT_SLOW]);
		assert_false(due.is[FAULT_500]);
	}
	assert_string_equal(seen, "..x..x..x..x");
	assert_int_equal(feed_faults_parse(STR(""), &f, &e), 0);
	assert_false(feed_faults_due(&f).is[FAULT_SLOW]);
	assert_int_equal(feed_faults_parse(STR_NULL, &f, &e), 0);
}

static void unknown_faults_are_named(void **state)
{
	static const struct {
		const char *list, *words;
	} cases[] = {
		{"429,slwo", "there is no fault 'slwo'"},
		{"429,", "there is no fault ''"},
		{"429:0", "the fault 429 takes a number from 1, not '0'"},
		{"429:often", "the fault 429 takes a number from 1, not 'often'"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = *state};
		struct feed_faults f = {.of[FAULT_SLOW].every = 7};
		assert_int_equal(feed_faults_parse(str_of(cases[i].list), &f, &e), E_INPUT);
		assert_string_equal(e.msg, cases[i].words);
		assert_int_equal(f.of[FAULT_SLOW].every, 7);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_what_bridge_refuses),
		TEST(refuses_what_a_plain_server_has_not),
		TEST(pages_are_as_long_as_bridges),
		TEST(links_lead_to_the_same_query_further_on),
		TEST(replication_links_carry_a_cursor),
		TEST(a_plain_servers_top_is_of_all_pages),
		TEST(budgets_are_used_up_and_come_back),
		TEST(faults_come_as_often_as_asked),
		TEST(unknown_faults_are_named),
	};
	return cmocka_run_group_tests_name("mod/feed_query", tests, NULL, NULL);
}
