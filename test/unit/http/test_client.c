/* The client against our own server in the same loop. */
#include "support_fetch.h"

#include <string.h>

#include "base/clock.h"
#include "loop/fiber.h"

/* --- answers -------------------------------------------------------------------------------------------- */

static void fetches_a_page(void **state)
{
	const struct http_result *r = get("/agent?a=b");

	(void)state;
	assert_int_equal(r->err.code, 0);
	assert_int_equal(r->status, 200);
	assert_str(r->body, "plat/" PLAT_VERSION);
	assert_int_equal(r->body_bytes, r->body.len);
	assert_str(http_result_header(r, "content-LENGTH"),
		str_cstr(t.arena, str_printf(t.arena, "%zu", r->body.len)));
	assert_null(http_result_header(r, "X-Absent").p);
	assert_true(r->took_us > 0);
}

static void a_status_is_an_answer(void **state)
{
	const struct http_result *r = get("/nowhere");

	(void)state;
	assert_int_equal(r->err.code, 0);
	assert_int_equal(r->status, 404);
	assert_str(r->body, "no such page");
	r = get("/busy");
	assert_int_equal(r->status, 429);
	assert_int_equal(http_result_retry_ms(r), 7000);
	assert_int_equal(http_result_retry_ms(get("/agent")), -1);
}

static void reads_a_date_in_retry_after(void **state)
{
	struct http_fetch_header h = {"retry-after", STR("Sat, 21 Nov 2026 12:00:30 GMT")};
	struct http_result r = {.headers = &h, .n_headers = 1};
	int64_t noon;

	(void)state;
	assert_true(clock_parse_iso(STR("2026-11-21T12:00:00Z"), &noon));
	clock_freeze(noon);
	assert_int_equal(http_result_retry_ms(&r), 30000);
	clock_freeze(noon + 60 * US_PER_SECOND);
	assert_int_equal(http_result_retry_ms(&r), 0);
	clock_freeze(0);
	h.value = STR("soon");
	assert_int_equal(http_result_retry_ms(&r), -1);
}

static void sends_methods_bodies_and_headers(void **state)
{
	static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
	struct http_fetch_header h[] = {{"Content-Type", STR("application/json")},
		{"X-Empty", STR("")}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct http_result *r = fetch((struct http_fetch){.url = url_of("/echo"),
			.method = methods[i],
			.body = STR("{}"),
			.headers = h,
			.n_headers = 2});
		assert_str(r->body, str_cstr(t.arena, str_printf(t.arena, "%s:{}", methods[i])));
		assert_str(http_result_header(r, "X-Type"), "application/json");
		assert_str(http_result_header(r, "X-Expect"), "");
	}
	const struct http_result *r = fetch(
		(struct http_fetch){.url = url_of("/echo"), .method = "POST", .body = STR("")});
	assert_str(r->body, "POST:");
	assert_str(http_result_header(r, "X-Type"), "");
	r = fetch((struct http_fetch){.url = url_of("/echo"), .method = "DELETE"});
	assert_str(r->body, "DELETE:");
	r = fetch((struct http_fetch){.url = url_of("/big"), .method = "HEAD"});
	assert_int_equal(r->err.code, 0);
	assert_int_equal(r->body.len, 0);
	assert_str(http_result_header(r, "Content-Length"), "100000");
}

static void sends_a_large_body(void **state)
{
	size_t len = 3 << 20;
	char *body = arena_alloc(t.arena, len);

	(void)state;
	memset(body, 'x', len);
	const struct http_result *r = fetch((struct http_fetch){.url = url_of("/echo"),
		.method = "PUT",
		.body = str_from(body, len)});
	assert_int_equal(r->err.code, 0);
	assert_int_equal(r->body.len, len + 4);
}

static void uses_connections_again(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(get("/agent")->status, 200);
	assert_int_equal(http_server_counters(t.lb->server)->connections,
		2); /* one is the loopback's */
}

static void unpacks_gzip_when_asked(void **state)
{
	(void)state;
	assert_str(get("/gzip")->body, "plain");
	assert_str(fetch((struct http_fetch){.url = url_of("/gzip"), .gzip = true})->body,
		"unpacked");
}

static void follows_redirects_only_when_asked(void **state)
{
	const struct http_result *r = get("/redirect");

	(void)state;
	assert_int_equal(r->status, 302);
	assert_str(http_result_header(r, "Location"), "/agent");
	assert_str(r->body, "elsewhere");
	r = fetch((struct http_fetch){.url = url_of("/redirect"), .follow_redirects = true});
	assert_int_equal(r->status, 200);
	assert_str(r->body, "plat/" PLAT_VERSION);
	assert_null(http_result_header(r, "Location").p); /* headers are the last answer's */
}

/* --- sinks, cancelling, fibers ----------------------------------------------------------------------------- */

static struct {
	struct buf got;
	int calls, fail_at, pause_at;
	struct http_call *call, *victim;
} sink;

static int on_piece(struct str piece, void *arg)
{
	assert_ptr_equal(arg, &sink);
	sink.calls++;
	if (sink.victim) {
		http_call_cancel(sink.victim);
		sink.victim = NULL;
	}
	if (sink.calls == sink.fail_at)
		return -1;
	if (sink.calls == sink.pause_at)
		return HTTP_SINK_PAUSE;
	buf_str(&sink.got, piece);
	return 0;
}

static void sink_reset(void)
{
	buf_done(&sink.got);
	memset(&sink, 0, sizeof(sink));
	buf_init(&sink.got, 0);
}

static void gives_pieces_to_a_sink(void **state)
{
	(void)state;
	sink_reset();
	const struct http_result *r = fetch((struct http_fetch){.url = url_of("/big-chunked"),
		.sink = on_piece,
		.sink_arg = &sink});
	assert_int_equal(r->err.code, 0);
	assert_int_equal(sink.got.len, 100 * 1000);
	assert_int_equal(r->body.len, 0);
	assert_int_equal(r->body_bytes, 100 * 1000);

	/* the body of an error is for reading, not for the sink */
	sink_reset();
	r = fetch((
		struct http_fetch){.url = url_of("/nowhere"), .sink = on_piece, .sink_arg = &sink});
	assert_int_equal(sink.calls, 0);
	assert_str(r->body, "no such page");
	sink_reset();
}

static void a_sink_may_stop_the_transfer(void **state)
{
	(void)state;
	sink_reset();
	sink.fail_at = 2;
	const struct http_result *r = fetch(
		(struct http_fetch){.url = url_of("/big"), .sink = on_piece, .sink_arg = &sink});
	assert_failed(r, E_CANCEL, "the transfer was stopped");
	sink_reset();
}

static void a_sink_may_pause(void **state)
{
	struct http_fetch f = {.url = url_of("/big"), .sink = on_piece, .sink_arg = &sink};

	(void)state;
	sink_reset();
	sink.pause_at = 2;
	struct http_call *call = http_fetch(t.client, t.arena, &f, fetch_on_done, &t);
	loopback_settle(t.lb);
	assert_int_equal(sink.calls, 2);
	assert_int_equal(t.done, 0);
	http_call_resume(call);
	assert_int_equal(sink.calls, 2); /* never inside the call */
	loop_run(t.lb->loop);
	assert_int_equal(t.result->err.code, 0);
	assert_int_equal(sink.got.len, 100 * 1000);
	sink_reset();
}

static void a_cancelled_call_is_silent(void **state)
{
	struct http_fetch f = {.url = url_of("/never")};
	struct arena *a = arena_new();
	struct http_call *call = http_fetch(t.client, a, &f, fetch_on_done, &t);

	(void)state;
	loopback_settle(t.lb);
	assert_non_null(t.kept);
	http_call_cancel(call);
	arena_free(a);
	loopback_settle(t.lb);
	assert_int_equal(t.done, 0);
	assert_int_equal(http_client_calls(t.client), 0);
	assert_int_equal(http_is_gone(t.kept) || true, 1);
}

static void a_sink_may_cancel_another_call(void **state)
{
	struct http_fetch never = {.url = url_of("/never")};
	struct arena *a = arena_new();

	(void)state;
	sink_reset();
	sink.victim = http_fetch(t.client, a, &never, fetch_on_done, &t);
	loopback_settle(t.lb);
	struct http_fetch f = {.url = url_of("/big"), .sink = on_piece, .sink_arg = &sink};
	http_fetch(t.client, t.arena, &f, fetch_on_done, &t);
	loop_run(t.lb->loop);
	arena_free(a);
	assert_int_equal(t.done, 1);
	loopback_settle(t.lb);
	assert_int_equal(http_client_calls(t.client), 0);
	sink_reset();
}

static void a_client_may_be_freed_with_calls_under_way(void **state)
{
	struct http_fetch never = {.url = url_of("/never")}, bad = {.url = "nonsense"};

	(void)state;
	http_fetch(t.client, t.arena, &never, fetch_on_done, &t);
	loopback_settle(t.lb);
	http_fetch(t.client, t.arena, &bad, fetch_on_done, &t);
	http_client_free(t.client);
	t.client = NULL;
	loopback_settle(t.lb);
	assert_int_equal(t.done, 0);
}

static void many_calls_share_a_few_connections(void **state)
{
	struct http_client_options few = {.max_connections_per_host = 2};
	struct http_fetch f = {.url = url_of("/agent")};

	(void)state;
	http_client_free(t.client);
	t.client = http_client_new(t.lb->loop, &few);
	for (int i = 0; i < 50; i++)
		http_fetch(t.client, t.arena, &f, fetch_on_done, &t);
	assert_int_equal(http_client_calls(t.client), 50);
	while (t.done < 50)
		loop_run(t.lb->loop);
	assert_int_equal(http_server_counters(t.lb->server)->connections, 3);
}

static struct fiber *fiber;

static void in_fiber(void *arg)
{
	struct http_fetch f = {.url = url_of("/agent")}, never = {.url = url_of("/never")};

	(void)arg;
	for (int i = 0; i < 3; i++)
		assert_int_equal(http_fetch_wait(t.client, t.arena, &f)->status, 200);
	t.result = http_fetch_wait(t.client, t.arena, &never);
	loop_stop(t.lb->loop);
}

static void a_fiber_waits_for_its_answer_or_its_cancel(void **state)
{
	(void)state;
	fiber = fiber_start(t.lb->loop, in_fiber, NULL);
	while (!t.kept)
		loopback_settle(t.lb);
	fiber_cancel(fiber);
	loop_run(t.lb->loop);
	assert_int_equal(t.result->err.code, E_CANCEL);
	assert_int_equal(http_client_calls(t.client), 0);
	fiber_detach(fiber);
}

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, fetch_setup, fetch_teardown)
	const struct CMUnitTest tests[] = {
		PLAIN(fetches_a_page),
		PLAIN(a_status_is_an_answer),
		PLAIN(reads_a_date_in_retry_after),
		PLAIN(sends_methods_bodies_and_headers),
		PLAIN(sends_a_large_body),
		PLAIN(uses_connections_again),
		PLAIN(unpacks_gzip_when_asked),
		PLAIN(follows_redirects_only_when_asked),
		PLAIN(gives_pieces_to_a_sink),
		PLAIN(a_sink_may_stop_the_transfer),
		PLAIN(a_sink_may_pause),
		PLAIN(a_cancelled_call_is_silent),
		PLAIN(a_sink_may_cancel_another_call),
		PLAIN(a_client_may_be_freed_with_calls_under_way),
		PLAIN(many_calls_share_a_few_connections),
		PLAIN(a_fiber_waits_for_its_answer_or_its_cancel),
	};
	return cmocka_run_group_tests_name("http/client", tests, NULL, NULL);
}
