#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "http/client.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "mod/mls/feed.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define ROWS 450
#define TOKEN "secret"

/* A feed, a client and what the client got last; texts live until the end of the test. */
static struct {
	struct loop *loop;
	struct http_client *client;
	struct feed *feed;
	struct arena *arena;
	struct feed_config config;
	const struct http_result *result;
} t;

static int setup(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_OFF);
	t.arena = arena_new();
	t.loop = loop_new();
	t.client = http_client_new(t.loop, NULL);
	t.config = (struct feed_config){
		.listen = "127.0.0.1:0",
		.token = TOKEN,
		.dataset = "miamire_demo",
		.media_url = "https://media.example.invalid",
		.seed = 9,
		.rows = ROWS,
		.as_of_us = INT64_C(1795219200000000),
		.page_max = 200,
		.requests_per_hour = 100000,
		.links = FEED_LINK_NEXT,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	feed_free(t.feed);
	http_client_free(t.client);
	loop_free(t.loop);
	arena_free(t.arena);
	memset(&t, 0, sizeof(t));
	return 0;
}

static void start(const char *faults)
{
	struct err e = {.arena = t.arena};

	t.config.faults = faults;
	t.feed = feed_new(t.loop, &t.config, &e);
	if (!t.feed)
		print_message("%s\n", e.msg);
	assert_non_null(t.feed);
}

static void on_done(const struct http_result *result, void *arg)
{
	(void)arg;
	t.result = result;
	loop_stop(t.loop);
}

static void stop_loop(void *arg)
{
	(void)arg;
	loop_stop(t.loop);
}

static const struct http_result *send(struct http_fetch fetch, const char *token)
{
	struct http_fetch_header header = {"Authorization",
		str_printf(t.arena, "Bearer %s", token)};

	fetch.headers = &header;
	fetch.n_headers = *token ? 1 : 0;
	t.result = NULL;
	http_fetch(t.client, t.arena, &fetch, on_done, NULL);
	while (!t.result)
		loop_run(t.loop);
	return t.result;
}

static const char *url(const char *path)
{
	const char *root = *path == '/' ? "" : "/api/v2/OData/miamire_demo/";

	return arena_printf(t.arena, "http://127.0.0.1:%d%s%s", feed_port(t.feed), root, path);
}

static const struct http_result *get(const char *path)
{
	return send((struct http_fetch){.url = strstr(path, "://") ? path : url(path)}, TOKEN);
}

static const struct http_result *post(const char *path, const char *body)
{
	return send((struct http_fetch){.method = "POST", .url = url(path), .body = str_of(body)},
		TOKEN);
}

/* The answer's JSON; the test ends here unless it was a 200 with JSON. */
static const struct json *body_of(const struct http_result *r)
{
	struct err e = {.arena = t.arena};
	const struct json *v = json_parse(t.arena, r->body, &e);

	if (r->status != 200 || !v)
		print_message("%d: " STR_FMT "\n", r->status, STR_ARG(r->body));
	assert_int_equal(r->status, 200);
	assert_non_null(v);
	return v;
}

static size_t rows_of(const struct http_result *r)
{
	return json_len(json_get(body_of(r), "value"));
}

static void is_error(const struct http_result *r, int status, const char *code, const char *message)
{
	struct str got_code = STR_NULL, got_message = STR_NULL;
	const struct json *v = json_parse(t.arena, r->body, NULL);

	assert_int_equal(r->status, status);
	json_to_str(json_get(json_get(v, "error"), "code"), &got_code);
	json_to_str(json_get(json_get(v, "error"), "message"), &got_message);
	assert_string_equal(str_cstr(t.arena, got_code), code);
	assert_string_equal(str_cstr(t.arena, got_message), message);
}

static const char *next_of(const struct http_result *r)
{
	struct str next = http_result_header(r, "next");

	return next.p ? str_cstr(t.arena, next) : NULL;
}

/* --- who may ask ------------------------------------------------------------------------------------ */

static void only_the_token_opens_the_feed(void **state)
{
	const char *words = "The access token is missing or not valid";

	(void)state;
	start(NULL);
	is_error(send((struct http_fetch){.url = url("Property")}, ""), 401, "Unauthorized", words);
	is_error(send((struct http_fetch){.url = url("Property")}, "wrong"), 401, "Unauthorized",
		words);
	is_error(send((struct http_fetch){.url = url("Property?access_token=wrong")}, ""), 401,
		"Unauthorized", words);
	assert_int_equal(rows_of(send((struct http_fetch){.url = url(
								  "Property?access_token=" TOKEN)},
				 "")),
		10);
	assert_int_equal(rows_of(get("Property")), 10);
	assert_int_equal(send((struct http_fetch){.url = url("/live")}, "")->status, 200);
}

static void says_what_is_not_there(void **state)
{
	(void)state;
	start(NULL);
	is_error(get("Member"), 404, "NotFound", "there is no resource 'Member' here");
	is_error(get("Property/something"), 404, "NotFound",
		"there is nothing at 'Property/something'");
	is_error(get("/api/v2/OData/other/Property"), 404, "NotFound",
		"There is no dataset 'other' for this token");
	is_error(get("/nothing"), 404, "NotFound", "There is nothing at /nothing");
	is_error(get("Property('abc')"), 404, "NotFound",
		"There is no Property with the key 'abc'");
	is_error(get("Property?$top=201"), 400, "BadRequest", "$top may be 200 at most here");
	is_error(post("Property", "{}"), 405, "MethodNotAllowed", "This feed can only be read");
}

static void describes_itself(void **state)
{
	(void)state;
	start(NULL);
	const struct json *system =
		json_at(json_get(body_of(get("/api/v2/OData/DataSystem")), "value"), 0);
	struct str name = STR_NULL;
	assert_true(
		json_to_str(json_get(system, "Name"), &name) && str_eq(name, STR("miamire_demo")));
	const struct http_result *r = get("$metadata");
	assert_int_equal(r->status, 200);
	assert_true(
		str_find(r->body, STR("<Property Name=\"ListPrice\" Type=\"Edm.Int64\"/>")) > 0);
	assert_true(str_find(r->body,
			    STR("<Property Name=\"View\" Type=\"Collection(Edm.String)\">")) > 0);
}

/* --- Property --------------------------------------------------------------------------------------- */

static void a_listing_is_found_by_its_key(void **state)
{
	struct str key = STR_NULL, again = STR_NULL;

	(void)state;
	start(NULL);
	const struct json *row = json_at(json_get(body_of(get("Property?$top=1")), "value"), 0);
	assert_true(json_to_str(json_get(row, "ListingKey"), &key));
	const struct json *one =
		body_of(get(arena_printf(t.arena, "Property('" STR_FMT "')", STR_ARG(key))));
	assert_true(json_to_str(json_get(one, "ListingKey"), &again) && str_eq(key, again));
	one = body_of(
		get(arena_printf(t.arena, "Properties('" STR_FMT "')?$select=City", STR_ARG(key))));
	assert_int_equal(json_type(json_get(one, "ListingKey")), JSON_ABSENT);
	assert_int_equal(json_type(json_get(one, "City")), JSON_STRING);
}

/* Follows links from the first page on; returns the number of rows, each of which came once. */
static size_t walk(const char *path, int *ret_pages)
{
	struct map *keys = map_new(t.arena, ROWS);
	const char *next = path;

	for (*ret_pages = 0; next; (*ret_pages)++) {
		const struct http_result *r = get(next);
		const struct json *page = body_of(r);
		struct str key = STR_NULL, link = STR_NULL;
		for (struct json_iter it = json_each(json_get(page, "value")); json_next(&it);) {
			assert_true(json_to_str(json_get(it.value, "ListingKey"), &key));
			assert_null(map_put(keys, key, "seen"));
		}
		json_to_str(json_get(page, "@odata.nextLink"), &link);
		next = next_of(r) ? next_of(r) : link.p ? str_cstr(t.arena, link) : NULL;
	}
	return map_len(keys);
}

static void pages_of_property_hold_every_match_once(void **state)
{
	int pages;

	(void)state;
	start(NULL);
	assert_int_equal(walk("Property?$top=200&$select=ListingKey", &pages), ROWS);
	assert_int_equal(pages, 3);
	size_t miami = walk(
		"Property?$top=37&$filter=City%20eq%20'Miami'&$select=ListingKey&$orderby=ListPrice%20desc",
		&pages);
	assert_in_range(miami, 50, 200);
	assert_int_equal(pages, (miami + 36) / 37);
	int64_t count;
	assert_true(json_to_i64(
		json_get(body_of(get("Property?$top=0&$count=true&$filter=City%20eq%20'Miami'")),
			"@odata.count"),
		&count));
	assert_int_equal(count, miami);
}

static void orders_as_asked(void **state)
{
	int64_t before = INT64_MAX, price;

	(void)state;
	start(NULL);
	const struct json *page = body_of(
		get("Property?$top=200&$orderby=ListPrice%20desc,ListingKey&$select=ListPrice"));
	for (struct json_iter it = json_each(json_get(page, "value")); json_next(&it);
		before = price) {
		assert_true(json_to_i64(json_get(it.value, "ListPrice"), &price));
		assert_true(price <= before);
	}
	struct str last = STR(""), key;
	page = body_of(get("Property?$top=200&$orderby=ListingKey&$select=ListingKey"));
	for (struct json_iter it = json_each(json_get(page, "value")); json_next(&it); last = key) {
		assert_true(json_to_str(json_get(it.value, "ListingKey"), &key));
		assert_true(str_cmp(last, key) < 0);
	}
}

/* --- replication ------------------------------------------------------------------------------------ */

static void replication_brings_every_listing_once(void **state)
{
	int pages;

	(void)state;
	start(NULL);
	assert_int_equal(walk("Property/replication?$select=ListingKey", &pages), ROWS);
	assert_int_equal(pages, 3);
	/* 450 is 9 times 50: the last full page names one more, which is empty and names none. */
	assert_int_equal(walk("Property/replication?$select=ListingKey&$top=50", &pages), ROWS);
	assert_int_equal(pages, 10);
}

static void replication_goes_from_old_to_new(void **state)
{
	struct str before = STR(""), now;

	(void)state;
	start(NULL);
	const struct json *page =
		body_of(get("Property/replication?$select=BridgeModificationTimestamp"));
	for (struct json_iter it = json_each(json_get(page, "value")); json_next(&it);
		before = now) {
		assert_true(json_to_str(json_get(it.value, "BridgeModificationTimestamp"), &now));
		assert_true(str_cmp(before, now) <= 0);
	}
}

static void the_next_link_stands_where_it_was_configured(void **state)
{
	struct str link;

	(void)state;
	t.config.links = FEED_LINK_LINK | FEED_LINK_BODY;
	start(NULL);
	const struct http_result *r = get("Property/replication?$select=ListingKey");
	assert_null(next_of(r));
	assert_true(json_to_str(json_get(body_of(r), "@odata.nextLink"), &link));
	assert_string_equal(str_cstr(t.arena, http_result_header(r, "Link")),
		arena_printf(t.arena, "<" STR_FMT ">; rel=\"next\"", STR_ARG(link)));
}

static void a_later_time_shows_what_changed_and_nothing_else(void **state)
{
	int pages;
	int64_t changed = -1;

	(void)state;
	start(NULL);
	const char *since =
		"Property/replication?$select=ListingKey&$filter=BridgeModificationTimestamp%20gt%202026-11-21T00:00:00Z";
	assert_int_equal(walk(since, &pages), 0);
	assert_int_equal(post("/_control/as-of", "+5d")->status, 200);
	changed = (int64_t)walk(since, &pages);
	assert_in_range(changed, 10, 150);
	assert_int_equal(walk("Property/replication?$select=ListingKey", &pages), ROWS);
	assert_int_equal(post("/_control/as-of", "2026-11-21T00:00:00Z")->status, 200);
	assert_int_equal(walk(since, &pages), 0);
}

/* --- control, limits, faults ------------------------------------------------------------------------ */

static void control_says_what_it_takes(void **state)
{
	(void)state;
	start(NULL);
	is_error(post("/_control/as-of", "soon"), 400, "BadRequest",
		"as-of takes a time such as 2026-11-21T12:00:00Z, or a step such as +36h");
	is_error(post("/_control/faults", "flood"), 400, "BadRequest", "there is no fault 'flood'");
	is_error(post("/_control/other", ""), 404, "NotFound",
		"There is /_control/as-of and /_control/faults");
	assert_int_equal(send((struct http_fetch){.method = "POST",
				      .url = url("/_control/as-of"),
				      .body = STR("+1d")},
				 "")
				 ->status,
		401);
	struct str as_of;
	assert_true(json_to_str(json_get(body_of(get("/_control/as-of")), "as_of"), &as_of));
	assert_true(str_eq(as_of, STR("2026-11-21T00:00:00.000000Z")));
}

static void every_answer_tells_the_budgets(void **state)
{
	(void)state;
	t.config.requests_per_hour = 30;
	start(NULL);
	const struct http_result *r = get("Property?$top=1&$select=City");
	assert_string_equal(str_cstr(t.arena, http_result_header(r, "Application-RateLimit-Limit")),
		"30");
	assert_string_equal(str_cstr(t.arena, http_result_header(r, "Burst-RateLimit-Remaining")),
		"2");
	r = get("Property?$top=999");
	assert_string_equal(str_cstr(t.arena,
				    http_result_header(r, "Application-RateLimit-Remaining")),
		"28");
	get("Property?$top=1");
	r = get("Property?$top=1"); /* within one minute, unless it has just turned */
	if (r->status == 200)
		return;
	is_error(r, 429, "TooManyRequests", "Rate limit exceeded for this token");
	assert_true(http_result_retry_ms(r) > 0);
	int64_t reset;
	assert_true(clock_parse_iso(http_result_header(r, "Burst-RateLimit-Reset"), &reset));
	assert_true(reset > now_us() - US_PER_SECOND);
	assert_true(http_result_retry_ms(get("Property")) < 0); /* every other time it is missing */
}

static void faults_of_whole_answers(void **state)
{
	(void)state;
	start("unauthorized:2");
	assert_int_equal(get("Property")->status, 200);
	assert_int_equal(get("Property")->status, 401);
	assert_int_equal(post("/_control/faults", "429")->status, 200);
	assert_true(http_result_retry_ms(get("Property")) > 0);
	assert_true(http_result_retry_ms(get("Property")) < 0);
	assert_int_equal(post("/_control/faults", "500")->status, 200);
	assert_int_equal(get("Property/replication")->status, 500);
	assert_int_equal(post("/_control/faults", "empty_page")->status, 200);
	const struct http_result *r = get("Property/replication");
	assert_int_equal(rows_of(r), 0);
	assert_null(next_of(r));
	assert_int_equal(post("/_control/faults", "")->status, 200);
	assert_int_equal(rows_of(get("Property")), 10);
}

static void faults_within_a_page(void **state)
{
	(void)state;
	start("truncated");
	const struct http_result *r = get("Property/replication");
	assert_int_equal(r->status, 200);
	assert_true(r->body.len > 100000);
	assert_null(json_parse(t.arena, r->body, NULL));
	assert_int_equal(post("/_control/faults", "disconnect")->status, 200);
	r = get("Property/replication");
	assert_int_not_equal(r->err.code, 0);
	assert_int_equal(post("/_control/faults", "wrong_types,unknown_fields")->status, 200);
	const struct json *row =
		json_at(json_get(body_of(get("Property/replication")), "value"), 0);
	assert_int_equal(json_type(json_get(row, "ListingKey")), JSON_STRING);
	assert_int_equal(json_type(json_get(row, "DEMO_LocalField")), JSON_OBJECT);
}

static void a_repeated_page_is_the_one_before(void **state)
{
	(void)state;
	start(NULL);
	const struct http_result *one = get("Property/replication?$select=ListingKey");
	assert_int_equal(post("/_control/faults", "repeated_page")->status, 200);
	const struct http_result *two = get(next_of(one));
	assert_true(str_eq(one->body, two->body));
	assert_string_equal(next_of(one), next_of(two));
}

static void a_slow_feed_answers_in_full(void **state)
{
	(void)state;
	start("slow");
	const struct http_result *r = get("Property/replication?$top=30");
	assert_int_equal(rows_of(r), 30);
	assert_true(r->took_us > 200000);
}

static void a_client_that_leaves_costs_nothing(void **state)
{
	(void)state;
	start("slow");
	struct http_fetch_header header = {"Authorization", STR("Bearer " TOKEN)};
	struct http_fetch fetch = {.url = url("Property/replication"),
		.headers = &header,
		.n_headers = 1,
		.timeout_ms = 250};
	t.result = NULL;
	http_fetch(t.client, t.arena, &fetch, on_done, NULL);
	while (!t.result)
		loop_run(t.loop);
	assert_int_equal(t.result->err.code, E_TIMEOUT);
	assert_int_equal(post("/_control/faults", "")->status, 200);
	assert_int_equal(rows_of(get("Property")), 10);
}

static void may_be_freed_in_the_middle_of_a_page(void **state)
{
	(void)state;
	start("slow");
	struct http_fetch_header header = {"Authorization", STR("Bearer " TOKEN)};
	struct http_fetch fetch = {.url = url("Property/replication"),
		.headers = &header,
		.n_headers = 1};
	t.result = NULL;
	http_fetch(t.client, t.arena, &fetch, on_done, NULL);
	struct timer *timer = timer_new(t.loop, stop_loop, NULL);
	timer_start(timer, 250, 0);
	loop_run(t.loop);
	assert_null(t.result); /* it takes longer than that */
	feed_free(t.feed);
	t.feed = NULL;
	while (!t.result)
		loop_run(t.loop);
	assert_int_not_equal(t.result->err.code, 0);
	timer_free(timer);
}

static void refuses_a_config_with_an_unknown_fault(void **state)
{
	struct err e = {.arena = t.arena};

	(void)state;
	t.config.faults = "flood";
	assert_null(feed_new(t.loop, &t.config, &e));
	assert_string_equal(e.msg, "there is no fault 'flood'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_the_token_opens_the_feed),
		TEST(says_what_is_not_there),
		TEST(describes_itself),
		TEST(a_listing_is_found_by_its_key),
		TEST(pages_of_property_hold_every_match_once),
		TEST(orders_as_asked),
		TEST(replication_brings_every_listing_once),
		TEST(replication_goes_from_old_to_new),
		TEST(the_next_link_stands_where_it_was_configured),
		TEST(a_later_time_shows_what_changed_and_nothing_else),
		TEST(control_says_what_it_takes),
		TEST(every_answer_tells_the_budgets),
		TEST(faults_of_whole_answers),
		TEST(faults_within_a_page),
		TEST(a_repeated_page_is_the_one_before),
		TEST(a_slow_feed_answers_in_full),
		TEST(a_client_that_leaves_costs_nothing),
		TEST(may_be_freed_in_the_middle_of_a_page),
		TEST(refuses_a_config_with_an_unknown_fault),
	};
	return cmocka_run_group_tests_name("mod/feed", tests, NULL, NULL);
}
