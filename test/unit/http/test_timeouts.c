/* Clients that are slow or silent, each in its state (http/conn_state.h). */
#include "support_loopback.h"

#include <string.h>

static struct http_request *req;
static int n_requests, code;

static void keep(struct http_request *r, void *arg)
{
	(void)arg;
	req = r;
	n_requests++;
}

static void on_body(struct http_request *r, struct str body, const struct err *err, void *arg)
{
	(void)body;
	(void)arg;
	code = err ? err->code : 0;
	if (err)
		http_reply_err(r, err);
	else
		http_reply(r, 200, NULL, STR("thanks"));
}

static void read_body(struct http_request *r, void *arg)
{
	keep(r, arg);
	http_read_body(r, 0, on_body, NULL);
}

static struct loopback *begin(http_request_fn *fn, struct http_options opt)
{
	req = NULL;
	n_requests = code = 0;
	return loopback_new(&opt, fn, NULL);
}

static void an_idle_connection_is_closed(void **state)
{
	struct loopback *lb = begin(keep, (struct http_options){.idle_timeout_ms = 200});

	(void)state;
	loopback_run_ms(lb, 20);
	assert_false(lb->first->is_closed);
	assert_true(peer_is_closed_soon(lb->first));
	assert_int_equal(lb->first->in.len, 0);
	loopback_free(lb);
}

static void each_request_begins_a_new_idle_time(void **state)
{
	struct loopback *lb = begin(keep, (struct http_options){.idle_timeout_ms = 400});

	(void)state;
	for (int i = 0; i < 5; i++) {
		loopback_run_ms(lb, 100);
		TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		http_reply(req, 200, NULL, STR("a"));
	}
	assert_has(peer_answer(lb->first), "200 OK");
	assert_false(lb->first->is_closed);
	loopback_free(lb);
}

static void a_slow_head_is_answered_with_408(void **state)
{
	struct loopback *lb = begin(keep, (struct http_options){.header_timeout_ms = 100});
	struct str head = STR("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ssssssssssssssssssssss");

	(void)state;
	/* a byte now and then does not help */
	for (size_t i = 0; i < head.len && !lb->first->is_closed; i++) {
		peer_send(lb->first, str_sub(head, i, i + 1));
		loopback_run_ms(lb, 4);
	}
	assert_true(peer_is_closed_soon(lb->first));
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "HTTP/1.1 408 Request Timeout\r\n");
	assert_has(answer, "\"code\":\"timeout\"");
	assert_true(lb->first->is_closed);
	assert_int_equal(n_requests, 0);
	loopback_free(lb);
}

static void a_head_in_time_is_taken_whatever_came_before(void **state)
{
	struct loopback *lb = begin(keep, (struct http_options){.header_timeout_ms = 500});

	(void)state;
	/* the second head begins in the read that ends the first one */
	SEND(lb->first, "GET /1 HTTP/1.1\r\n");
	loopback_run_ms(lb, 300);
	SEND(lb->first, "Host: x\r\n\r\nGET /2 HT");
	loopback_run_ms(lb, 5);
	http_reply(req, 200, NULL, STR("one"));
	loopback_run_ms(lb, 300);
	SEND(lb->first, "TP/1.1\r\nHost: x\r\n\r\n");
	assert_has(peer_answer(lb->first), "one");
	assert_int_equal(n_requests, 2);
	http_reply(req, 200, NULL, STR("two"));
	assert_has(peer_answer(lb->first), "two");
	loopback_free(lb);
}

static void a_slow_body_is_answered_with_408(void **state)
{
	struct loopback *lb = begin(read_body,
		(struct http_options){.body_timeout_ms = 100, .min_body_rate = 5000});

	(void)state;
	SEND(lb->first, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	for (int i = 0; i < 100 && !lb->first->is_closed; i++) {
		SEND(lb->first, "b");
		loopback_run_ms(lb, 4);
	}
	assert_true(peer_is_closed_soon(lb->first));
	assert_has(peer_answer(lb->first), "HTTP/1.1 408 Request Timeout\r\n");
	assert_int_equal(code, E_TIMEOUT);
	loopback_free(lb);
}

static void a_body_that_keeps_the_rate_may_take_its_time(void **state)
{
	struct loopback *lb = begin(read_body,
		(struct http_options){.body_timeout_ms = 400, .min_body_rate = 100});

	(void)state;
	SEND(lb->first, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	for (int i = 0; i < 20; i++) {
		peer_send(lb->first, str_printf(lb->arena, "%050d", i));
		loopback_run_ms(lb, 60);
	}
	assert_has(peer_answer(lb->first), "thanks");
	loopback_free(lb);
}

static void a_body_that_nobody_reads_does_not_time_out(void **state)
{
	struct loopback *lb = begin(keep,
		(struct http_options){.body_timeout_ms = 300,
			.idle_timeout_ms = 300,
			.header_timeout_ms = 300});

	(void)state;
	SEND(lb->first, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
	loopback_run_ms(lb, 700);
	assert_false(lb->first->is_closed);
	http_read_body(req, 0, on_body, NULL);
	loopback_run_ms(lb, 5);
	SEND(lb->first, "cd");
	assert_has(peer_answer(lb->first), "thanks");
	loopback_free(lb);
}

static void a_handler_may_take_its_time(void **state)
{
	struct loopback *lb = begin(keep,
		(struct http_options){.body_timeout_ms = 20,
			.idle_timeout_ms = 20,
			.header_timeout_ms = 20,
			.send_timeout_ms = 20});

	(void)state;
	SEND(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	loopback_run_ms(lb, 100);
	assert_false(lb->first->is_closed);
	http_reply(req, 200, NULL, STR("at last"));
	assert_has(peer_answer(lb->first), "at last");
	loopback_free(lb);
}

static void a_client_that_takes_nothing_is_cut(void **state)
{
	struct loopback *lb = begin(keep, (struct http_options){.send_timeout_ms = 400});
	char *body;

	(void)state;
	SEND(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	loopback_run_ms(lb, 5);
	peer_stop_reading(lb->first);
	body = arena_zalloc(req->arena, 8 << 20);
	http_reply(req, 200, NULL, str_from(body, 8 << 20));
	loopback_run_ms(lb, 20);
	assert_int_equal(http_server_counters(lb->server)->connections_open, 1);
	assert_true(loopback_is_deserted_soon(lb));
	loopback_free(lb);
}

static void a_client_that_takes_a_little_now_and_then_is_not_cut(void **state)
{
	struct loopback *lb = begin(keep, (struct http_options){.send_timeout_ms = 400});
	char *body;

	(void)state;
	SEND(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	loopback_run_ms(lb, 5);
	peer_stop_reading(lb->first);
	body = arena_zalloc(req->arena, 4 << 20);
	http_reply(req, 200, NULL, str_from(body, 4 << 20));
	for (int i = 0; i < 10; i++) {
		loopback_run_ms(lb, 100);
		peer_read_on(lb->first);
		loopback_turn(lb);
		peer_stop_reading(lb->first);
	}
	assert_int_equal(http_server_counters(lb->server)->connections_open, 1);
	peer_read_on(lb->first);
	assert_true(peer_answer_str(lb->first).len > 4 << 20);
	loopback_free(lb);
}

static void a_silent_client_is_not_waited_for_after_a_refusal(void **state)
{
	struct loopback *lb = begin(keep, (struct http_options){0});

	(void)state;
	peer_stop_reading(lb->first);
	SEND(lb->first, "NONSENSE\r\n\r\n");
	loopback_run_ms(lb, 50);
	assert_int_equal(http_server_counters(lb->server)->connections_open, 1); /* lingers */
	assert_true(loopback_is_deserted_soon(lb));
	loopback_free(lb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_connection_is_closed),
		cmocka_unit_test(each_request_begins_a_new_idle_time),
		cmocka_unit_test(a_slow_head_is_answered_with_408),
		cmocka_unit_test(a_head_in_time_is_taken_whatever_came_before),
		cmocka_unit_test(a_slow_body_is_answered_with_408),
		cmocka_unit_test(a_body_that_keeps_the_rate_may_take_its_time),
		cmocka_unit_test(a_body_that_nobody_reads_does_not_time_out),
		cmocka_unit_test(a_handler_may_take_its_time),
		cmocka_unit_test(a_client_that_takes_nothing_is_cut),
		cmocka_unit_test(a_client_that_takes_a_little_now_and_then_is_not_cut),
		cmocka_unit_test(a_silent_client_is_not_waited_for_after_a_refusal),
	};
	return cmocka_run_group_tests_name("http/timeouts", tests, NULL, NULL);
}
