/* What a client sees of the server when nothing goes wrong: framing, keep-alive, pipelining, drain. */
#include "support_loopback.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/ulid.h"

/* Answers with what it was asked. */
static void echo(struct http_request *req, void *arg)
{
	(void)arg;
	http_reply(req, 200, "text/plain",
		str_printf(req->arena, STR_FMT " " STR_FMT, STR_ARG(req->method),
			STR_ARG(req->path)));
}

static struct http_request *waiting[64];
static int n_waiting;

/* Keeps the request for later. */
static void keep(struct http_request *req, void *arg)
{
	(void)arg;
	waiting[n_waiting++] = req;
}

static int setup(void **state)
{
	n_waiting = 0;
	*state = loopback_new(NULL, echo, NULL);
	return 0;
}

static int setup_keep(void **state)
{
	n_waiting = 0;
	*state = loopback_new(NULL, keep, NULL);
	return 0;
}

static int teardown(void **state)
{
	loopback_free(*state);
	return 0;
}

static void answers_a_request(void **state)
{
	struct loopback *lb = *state;
	const char *answer = TALK(lb->first, "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");

	assert_has(answer, "HTTP/1.1 200 OK\r\nDate: ");
	assert_has(answer, " GMT\r\nContent-Length: 6\r\nX-Request-Id: ");
	assert_has(answer, "Content-Type: text/plain\r\n");
	assert_has_not(answer, "Connection:");
	assert_string_equal(body_of(answer), "GET /a");
	assert_false(lb->first->is_closed);
}

static void keeps_the_connection(void **state)
{
	struct loopback *lb = *state;

	for (int i = 0; i < 5; i++)
		assert_has(TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK");
	assert_int_equal(http_server_counters(lb->server)->connections, 1);
	assert_int_equal(http_server_counters(lb->server)->requests, 5);
	assert_int_equal(http_server_counters(lb->server)->by_class[2], 5);
	assert_int_equal(http_server_counters(lb->server)->connections_idle, 1);
}

static void takes_a_request_byte_by_byte(void **state)
{
	struct loopback *lb = *state;
	struct str request = STR("\r\nGET /bytes HTTP/1.1\r\nHost: x\r\nX-Empty:\r\n\r\n");

	for (size_t i = 0; i < request.len; i++) {
		peer_send(lb->first, str_sub(request, i, i + 1));
		loopback_turn(lb);
	}
	assert_string_equal(body_of(peer_answer(lb->first)), "GET /bytes");
}

static void answers_pipelined_requests_in_order(void **state)
{
	struct loopback *lb = *state;
	const char *answer = TALK(lb->first,
		"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
		"DELETE /2 HTTP/1.1\r\nHost: x\r\n\r\n"
		"GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");

	assert_int_equal(count_of(answer, "200 OK"), 3);
	assert_true(strstr(answer, "GET /1") < strstr(answer, "DELETE /2"));
	assert_true(strstr(answer, "DELETE /2") < strstr(answer, "GET /3"));
}

static void answers_many_pipelined_requests(void **state)
{
	struct loopback *lb = *state;
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "GET /%d HTTP/1.1\r\nHost: x\r\n\r\n", i);
	const char *answer = peer_talk(lb->first, buf_view(&b));
	buf_done(&b);
	assert_int_equal(count_of(answer, "200 OK"), 1000);
	for (int i = 0; i < 1000; i++) {
		char want[32];
		snprintf(want, sizeof(want), "\r\n\r\nGET /%d", i);
		const char *at = strstr(answer, want);
		assert_non_null(at);
		answer = at + strlen(want);
	}
}

static void runs_safe_requests_side_by_side(void **state)
{
	struct loopback *lb = *state;

	assert_string_equal(TALK(lb->first,
				    "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
				    "HEAD /2 HTTP/1.1\r\nHost: x\r\n\r\n"
				    "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n"),
		"");
	assert_int_equal(n_waiting, 3);
	/* answered last first, sent first to last */
	for (int i = 2; i >= 0; i--) {
		assert_string_equal(peer_answer(lb->first), "");
		http_reply(waiting[i], 200, NULL, waiting[i]->path);
	}
	const char *answer = peer_answer(lb->first);
	assert_int_equal(count_of(answer, "200 OK"), 3);
	assert_true(strstr(answer, "\r\n\r\n/1") < strstr(answer, "\r\n\r\n/3"));
	assert_has_not(answer, "\r\n\r\n/2");
}

static void runs_unsafe_requests_alone(void **state)
{
	struct loopback *lb = *state;

	SEND(lb->first,
		"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
		"PUT /2 HTTP/1.1\r\nHost: x\r\n\r\n"
		"GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < 3; i++) {
		peer_answer(lb->first);
		assert_int_equal(n_waiting, i + 1);
		http_reply(waiting[i], 200, NULL, waiting[i]->path);
	}
	assert_has(peer_answer(lb->first), "\r\n\r\n/3");
}

static void leaves_pipelined_requests_beyond_the_limit_in_the_socket(void **state)
{
	struct http_options opt = {.max_pipelined = 2};
	struct loopback *lb = loopback_new(&opt, keep, NULL);

	(void)state;
	n_waiting = 0;
	for (int i = 0; i < 5; i++)
		SEND(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	peer_answer(lb->first);
	assert_int_equal(n_waiting, 2);
	http_reply(waiting[0], 200, NULL, STR("a"));
	peer_answer(lb->first);
	assert_int_equal(n_waiting, 3);
	for (int i = 1; i < 5; i++) {
		peer_answer(lb->first);
		http_reply(waiting[i], 200, NULL, STR("a"));
	}
	peer_answer(lb->first);
	assert_int_equal(http_server_counters(lb->server)->requests, 5);
	loopback_free(lb);
}

static void writes_answers_of_one_turn_together(void **state)
{
	struct loopback *lb = *state;

	SEND(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
	peer_answer(lb->first);
	assert_int_equal(n_waiting, 2);
	http_reply(waiting[0], 200, NULL, STR("a"));
	assert_int_equal(http_server_counters(lb->server)->bytes_out, 0);
	http_reply(waiting[1], 200, NULL, STR("b"));
	assert_int_equal(http_server_counters(lb->server)->bytes_out, 0);
	assert_int_equal(count_of(peer_answer(lb->first), "200 OK"), 2);
}

static void closes_when_the_client_asks(void **state)
{
	struct loopback *lb = *state;
	const char *answer = TALK(lb->first,
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");

	assert_has(answer, "Connection: close\r\n");
	assert_int_equal(count_of(answer, "200 OK"), 1);
	assert_true(lb->first->is_closed);
	assert_false(lb->first->is_reset);
}

static void speaks_http_1_0(void **state)
{
	struct loopback *lb = *state;
	const char *answer = TALK(lb->first, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

	assert_has(answer, "Connection: keep-alive\r\n");
	assert_false(lb->first->is_closed);
	assert_has(TALK(lb->first, "GET / HTTP/1.0\r\n\r\n"), "Connection: close\r\n");
	assert_true(lb->first->is_closed);
}

static void declines_an_upgrade(void **state)
{
	struct loopback *lb = *state;
	const char *answer = TALK(lb->first,
		"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n"
		"Upgrade: websocket\r\n\r\n");

	assert_has(answer, "200 OK");
	assert_has(TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK");
}

static void gives_each_request_an_id(void **state)
{
	struct loopback *lb = *state;
	const char *answer =
		TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: abc-123.DEF_4\r\n\r\n");

	assert_has(answer, "X-Request-Id: abc-123.DEF_4\r\n");
	answer = TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: no \"good\"\r\n\r\n");
	const char *id = strstr(answer, "X-Request-Id: ") + 14;
	assert_true(ulid_is_valid(str_from(id, ULID_LEN)));
	answer = TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: short\r\n\r\n");
	assert_has_not(answer, "X-Request-Id: short");
}

static void tells_the_handler_who_asks(void **state)
{
	struct http_options opt = {.listen = "127.0.0.1:0"};
	struct loopback *lb = loopback_new(&opt, keep, NULL);

	(void)state;
	n_waiting = 0;
	TALK(lb->first,
		"POST http://h.example:81/p%20q?x=1 HTTP/1.1\r\nHost: other\r\nA: 1\r\na: 2\r\n"
		"Content-Length: 3\r\n\r\nabc");
	struct http_request *req = waiting[0];
	assert_string_equal(str_cstr(lb->arena, req->remote), "127.0.0.1");
	assert_string_equal(str_cstr(lb->arena, req->host), "h.example:81");
	assert_string_equal(str_cstr(lb->arena, req->path), "/p q");
	assert_string_equal(str_cstr(lb->arena, req->raw_path), "/p%20q");
	assert_string_equal(str_cstr(lb->arena, req->query), "x=1");
	assert_int_equal(req->version, 11);
	assert_int_equal(req->body_len, 3);
	assert_string_equal(str_cstr(lb->arena, http_header(req, "HOST")), "other");
	assert_string_equal(str_cstr(lb->arena, http_header(req, "a")), "1");
	assert_string_equal(str_cstr(lb->arena, http_header_list(req, "a")), "1, 2");
	assert_null(http_header(req, "b").p);
	assert_null(http_header_list(req, "b").p);
	struct str name, value;
	assert_true(http_header_at(req, 3, &name, &value));
	assert_string_equal(str_cstr(lb->arena, name), "Content-Length");
	assert_false(http_header_at(req, 4, &name, &value));
	http_drop(req);
	loopback_free(lb);
}

static void refuses_an_address_it_cannot_have(void **state)
{
	struct loopback *lb = *state;
	struct err e = {.arena = lb->arena};
	struct http_options opt = {.listen = "127.0.0.1:0"};
	struct http_server *first = http_server_new(lb->loop, &opt, echo, NULL, &e);

	assert_non_null(first);
	opt.listen = arena_printf(lb->arena, "127.0.0.1:%d", http_server_port(first));
	assert_null(http_server_new(lb->loop, &opt, echo, NULL, &e));
	assert_has(e.msg, "Address already in use");
	assert_int_equal(e.code, E_BUSY);
	http_server_free(first);

	static const char *const bad[] = {"8080", "localhost", "::1:80", "x:99999", "x:-1",
		":http"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&e);
		opt.listen = bad[i];
		assert_null(http_server_new(lb->loop, &opt, echo, NULL, &e));
		assert_int_equal(e.code, E_INPUT);
	}
}

static bool has_request(void *arg)
{
	(void)arg;
	return n_waiting > 0;
}

static void survives_running_out_of_descriptors(void **state)
{
	static const struct http_options tcp = {.listen = "127.0.0.1:0"};
	struct loopback *lb = loopback_new(&tcp, keep, NULL);
	struct rlimit before, none;
	struct peer *late;
	int next;

	(void)state;
	n_waiting = 0;
	loopback_settle(lb);
	late = loopback_connect(lb); /* waits in the backlog: its client's end exists already */
	SEND(late, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	next = dup(0);
	close(next);
	none = before;
	none.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	loopback_settle(lb);
	uint64_t failures = http_server_counters(lb->server)->accept_failures;
	bool was_evicted = lb->first->is_closed;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(failures, 1);
	assert_true(was_evicted); /* the idle connection made room */
	assert_true(loopback_wait(lb, has_request, NULL));
	http_reply(waiting[0], 200, NULL, STR("late"));
	assert_has(peer_answer(late), "late");
	loopback_free(lb);
}

static bool drained;
static void on_drained(void *arg)
{
	(void)arg;
	drained = true;
}

static bool is_drained(void *arg)
{
	(void)arg;
	return drained;
}

static void drains(void **state)
{
	struct loopback *lb = *state;
	struct peer *idle = loopback_connect(lb);

	SEND(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\nPUT /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	peer_answer(lb->first);
	assert_int_equal(n_waiting, 1);
	drained = false;
	http_server_drain(lb->server, 5000, on_drained, NULL);
	peer_answer(idle);
	assert_true(idle->is_closed);
	assert_false(lb->first->is_closed);
	assert_false(drained);
	http_reply(waiting[0], 200, NULL, STR("a"));
	assert_has(peer_answer(lb->first), "Connection: close\r\n");
	assert_true(lb->first->is_closed);
	assert_int_equal(n_waiting, 1); /* what came after the closing answer was not started */
	peer_close(lb->first);
	loopback_settle(lb);
	assert_true(drained);
}

static void drain_cuts_what_is_left_at_the_deadline(void **state)
{
	struct http_options opt = {.idle_timeout_ms = 40};
	struct loopback *lb = loopback_new(&opt, keep, NULL);

	(void)state;
	n_waiting = 0;
	TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	drained = false;
	http_server_drain(lb->server, 30, on_drained, NULL);
	assert_true(loopback_wait(lb, is_drained, NULL));
	assert_true(lb->first->is_closed);
	assert_true(http_is_gone(waiting[0]));
	http_reply(waiting[0], 200, NULL, STR("late"));
	loopback_free(lb);
}

static void drain_without_connections_is_over_at_once(void **state)
{
	struct loopback *lb = *state;

	peer_close(lb->first);
	loopback_settle(lb);
	drained = false;
	http_server_drain(lb->server, 5000, on_drained, NULL);
	assert_false(drained); /* never inside the call */
	loopback_turn(lb);
	assert_true(drained);
}

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define KEEP(f) cmocka_unit_test_setup_teardown(f, setup_keep, teardown)
	const struct CMUnitTest tests[] = {
		PLAIN(answers_a_request),
		PLAIN(keeps_the_connection),
		PLAIN(takes_a_request_byte_by_byte),
		PLAIN(answers_pipelined_requests_in_order),
		PLAIN(answers_many_pipelined_requests),
		KEEP(runs_safe_requests_side_by_side),
		KEEP(runs_unsafe_requests_alone),
		cmocka_unit_test(leaves_pipelined_requests_beyond_the_limit_in_the_socket),
		KEEP(writes_answers_of_one_turn_together),
		PLAIN(closes_when_the_client_asks),
		PLAIN(speaks_http_1_0),
		PLAIN(declines_an_upgrade),
		PLAIN(gives_each_request_an_id),
		cmocka_unit_test(tells_the_handler_who_asks),
		PLAIN(refuses_an_address_it_cannot_have),
		cmocka_unit_test(survives_running_out_of_descriptors),
		KEEP(drains),
		cmocka_unit_test(drain_cuts_what_is_left_at_the_deadline),
		PLAIN(drain_without_connections_is_over_at_once),
	};
	return cmocka_run_group_tests_name("http/server", tests, NULL, NULL);
}
