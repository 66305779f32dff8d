/* What the server answers by itself, before any handler: malformed requests, requests that two servers
 * could read differently (smuggling), and the limits on sizes. */
#include "support_loopback.h"

#include <stdio.h>
#include <string.h>

static int n_handled;

static void count(struct http_request *req, void *arg)
{
	(void)arg;
	n_handled++;
	http_reply(req, 200, NULL, req->path);
}

static const struct http_options small = {
	.max_target_bytes = 100,
	.max_header_bytes = 1000,
	.max_body_bytes = 50,
};

static int setup(void **state)
{
	n_handled = 0;
	*state = loopback_new(&small, count, NULL);
	return 0;
}

static int teardown(void **state)
{
	loopback_free(*state);
	return 0;
}

struct refusal {
	struct str request;
	int status;
	const char *words; /* in the body */
};

#define HOST "Host: x\r\n"
#define GET(target) STR_INIT("GET " target " HTTP/1.1\r\n" HOST "\r\n")
#define HEADER(line) STR_INIT("POST / HTTP/1.1\r\n" HOST line "\r\n\r\n")

/* The answer, the end of the connection, and nothing for the handler; also when the request comes in two
 * pieces, cut anywhere. */
static void refuse_cut(struct loopback *lb, const struct refusal *r, size_t cut)
{
	struct peer *p = loopback_connect(lb);
	char line[32];

	snprintf(line, sizeof(line), "HTTP/1.1 %d ", r->status);
	peer_send(p, str_sub(r->request, 0, cut));
	if (cut < r->request.len) {
		loopback_turn(lb);
		peer_send(p, str_sub(r->request, cut, r->request.len));
	}
	const char *answer = peer_answer(p);
	if (!strstr(answer, line) || !strstr(answer, r->words) || n_handled)
		fail_msg("%d times handled; wanted %d %s for\n" STR_FMT "\ngot\n%s", n_handled,
			r->status, r->words, STR_ARG(r->request), answer);
	assert_has(answer, "Connection: close\r\n");
	assert_has(answer, "Content-Type: application/json\r\n");
	assert_has(body_of(answer), "\"request_id\":\"");
	assert_int_equal(count_of(answer, "\r\nDate: "), 1);
	assert_true(p->is_closed);
	assert_false(p->is_reset);
	peer_close(p);
	buf_done(&p->in);
	lb->n--;
}

static void refuse_all(void **state, const struct refusal *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		refuse_cut(*state, &list[i], list[i].request.len);
		refuse_cut(*state, &list[i], list[i].request.len / 2);
	}
}
#define REFUSE(state, list) refuse_all(state, list, sizeof(list) / sizeof((list)[0]))

static void refuses_malformed_requests(void **state)
{
	static const struct refusal list[] = {
		{{STR_INIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello")}, 400,
			"not TLS"},
		{{STR_INIT("\x80hello\r\n\r\n")}, 400, "not an HTTP request"},
		{{STR_INIT("GET / HTTP/1.1\n" HOST "\n")}, 505, "CRLF"},
		{{STR_INIT("GET / HTTX/1.1\r\n" HOST "\r\n")}, 400, "request line"},
		{{STR_INIT("GET / x HTTP/1.1\r\n" HOST "\r\n")}, 400, "request line"},
		{{STR_INIT("GET /\x01 HTTP/1.1\r\n" HOST "\r\n")}, 400, "target"},
		{{STR_INIT("GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n")}, 400, "target"},
		{{STR_INIT("GET / HTTP/1.1\r\n" HOST "A b: c\r\n\r\n")}, 400, "header"},
		{{STR_INIT("GET / HTTP/1.1\r\n" HOST "A : c\r\n\r\n")}, 400, "header"},
		{{STR_INIT("GET / HTTP/1.1\r\n" HOST ": c\r\n\r\n")}, 400, "header"},
		{{STR_INIT("GET / HTTP/1.1\r\n" HOST "A: b\r\n folded\r\n\r\n")}, 400, "header"},
		{{STR_INIT("GET / HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n")}, 400, "header"},
		{{STR_INIT("GET / HTTP/1.1\r\n" HOST "A: b\rc: d\r\n\r\n")}, 400, "CRLF"},
	};
	REFUSE(state, list);
}

static void refuses_methods_and_versions_it_does_not_know(void **state)
{
	static const struct refusal list[] = {
		{{STR_INIT("FETCH / HTTP/1.1\r\n" HOST "\r\n")}, 501, "method"},
		{{STR_INIT("get / HTTP/1.1\r\n" HOST "\r\n")}, 501, "method"},
		{{STR_INIT("CONNECT x:1 HTTP/1.1\r\n" HOST "\r\n")}, 501, "proxy"},
		{{STR_INIT("GET / HTTP/1.2\r\n" HOST "\r\n")}, 505, "HTTP/1.1"},
		{{STR_INIT("GET / HTTP/2.0\r\n" HOST "\r\n")}, 505, "HTTP/1.1"},
		{{STR_INIT("GET / HTTP/0.9\r\n" HOST "\r\n")}, 505, "HTTP/1.1"},
		{{STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}, 505, "HTTP/2"},
	};
	REFUSE(state, list);
}

static void refuses_targets_that_are_ambiguous(void **state)
{
	static const struct refusal list[] = {
		{{GET("/a/../b")}, 400, "'..'"},
		{{GET("/a/%2e%2E/b")}, 400, "'..'"},
		{{GET("/a/.")}, 400, "'.'"},
		{{GET("/%2F..%2Fetc")}, 400, "'..'"},
		{{GET("/%00")}, 400, "percent"},
		{{GET("/%0d%0aSet-Cookie")}, 400, "control"},
		{{GET("/%zz")}, 400, "percent"},
		{{GET("/%4")}, 400, "percent"},
		{{GET("/%ff")}, 400, "UTF-8"},
		{{GET("/a#b")}, 400, "escaped"},
		{{GET("*")}, 400, "OPTIONS"},
		{{GET("ftp://x/")}, 400, "neither"},
		{{GET("http://user@x/")}, 400, "neither"},
		{{GET("http:///a")}, 400, ""},
	};
	REFUSE(state, list);
}

static void refuses_a_host_that_is_missing_doubled_or_odd(void **state)
{
	static const struct refusal list[] = {
		{{STR_INIT("GET / HTTP/1.1\r\n\r\n")}, 400, "Host header is missing"},
		{{STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")}, 400,
			"more than one Host"},
		{{STR_INIT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")}, 400,
			"Host header is malformed"},
		{{STR_INIT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")}, 400,
			"Host header is malformed"},
		{{STR_INIT("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n")}, 400,
			"Host header is malformed"},
		{{STR_INIT("GET / HTTP/1.1\r\nHost: u@b\r\n\r\n")}, 400,
			"Host header is malformed"},
		{{STR_INIT("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n")}, 400,
			"more than one Host"},
	};
	REFUSE(state, list);
}

/* Each of these is read differently by some server or proxy: the classic ways to smuggle a request. */
static void refuses_what_could_smuggle(void **state)
{
	static const struct refusal list[] = {
		{{HEADER("Content-Length: 3\r\nContent-Length: 3")}, 400, "Content-Length"},
		{{HEADER("Content-Length: 3\r\nContent-Length: 4")}, 400, "Content-Length"},
		{{HEADER("Content-Length: 3\r\nTransfer-Encoding: chunked")}, 400,
			"Content-Length"},
		{{HEADER("Transfer-Encoding: chunked\r\nContent-Length: 3")}, 400,
			"Content-Length"},
		{{HEADER("Content-Length: +3")}, 400, "Content-Length"},
		{{HEADER("Content-Length: -3")}, 400, "Content-Length"},
		{{HEADER("Content-Length: 0x3")}, 400, "Content-Length"},
		{{HEADER("Content-Length: 3, 3")}, 400, "Content-Length"},
		{{HEADER("Content-Length: 3 3")}, 400, "Content-Length"},
		{{HEADER("Content-Length:")}, 400, "Content-Length"},
		{{HEADER("Content-Length: 99999999999999999999")}, 400, "Content-Length"},
		{{HEADER("Content-Length : 3")}, 400, ""},
		{{HEADER("Transfer-Encoding: xchunked")}, 501, "transfer coding"},
		{{HEADER("Transfer-Encoding: gzip")}, 501, "transfer coding"},
		{{HEADER("Transfer-Encoding: gzip, chunked")}, 501, "transfer coding"},
		{{HEADER("Transfer-Encoding: chunked, identity")}, 400, ""},
		{{HEADER("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")}, 400,
			"Transfer-Encoding"},
		{{HEADER("Transfer-Encoding:")}, 501, "transfer coding"},
		{{HEADER("Transfer-Encoding:\x0b"
			 "chunked")},
			400, ""},
		{{STR_INIT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")}, 400,
			"HTTP/1.0"},
	};
	REFUSE(state, list);
}

static void refuses_expectations_it_does_not_know(void **state)
{
	static const struct refusal list[] = {
		{{HEADER("Expect: a-miracle\r\nContent-Length: 3")}, 417, "expectation"},
	};
	REFUSE(state, list);
}

static void refuses_a_body_that_is_announced_too_large(void **state)
{
	static const struct refusal list[] = {
		{{HEADER("Content-Length: 51")}, 413, "larger"},
		{{HEADER("Content-Length: 18446744073709551615")}, 413, "larger"},
	};
	REFUSE(state, list);
}

/* GET with a target of n bytes, and headers so that the head has `total` bytes. */
static struct str head_of(struct loopback *lb, size_t target, size_t total)
{
	static const char end[] = "\r\n\r\n";
	struct str begin = str_printf(lb->arena,
		"GET /%*s HTTP/1.1\r\nHost: x\r\nX-Fill: ", (int)target - 1, "");
	char *head = arena_alloc(lb->arena, total);

	memset(head, 'f', total);
	memcpy(head, begin.p, begin.len);
	for (size_t i = 5; i < 4 + target; i++)
		head[i] = 'p';
	memcpy(head + total - 4, end, 4);
	return str_from(head, total);
}

static void takes_a_head_up_to_the_limit_and_not_a_byte_more(void **state)
{
	struct loopback *lb = *state;

	assert_has(peer_talk(lb->first, head_of(lb, 10, 1000)), "200 OK");
	struct refusal r = {head_of(lb, 10, 1001), 431, "too large"};
	n_handled = 0;
	refuse_cut(lb, &r, r.request.len);
	refuse_cut(lb, &r, 999);
	r.request = str_sub(r.request, 0, 1001); /* also when its end never comes */
	refuse_cut(lb, &r, 500);
}

static void takes_a_target_up_to_the_limit_and_not_a_byte_more(void **state)
{
	struct loopback *lb = *state;

	assert_has(peer_talk(lb->first, head_of(lb, 100, 500)), "200 OK");
	struct refusal r = {head_of(lb, 101, 500), 414, "too long"};
	n_handled = 0;
	refuse_cut(lb, &r, r.request.len);
	refuse_cut(lb, &r, 50);
}

static void takes_a_hundred_headers_and_not_one_more(void **state)
{
	static const struct http_options wide = {.max_header_bytes = 8000};
	struct loopback *lb = loopback_new(&wide, count, NULL);
	struct buf b;

	(void)state;
	n_handled = 0;
	for (int n = 100; n <= 101; n++) {
		buf_init(&b, 0);
		buf_cstr(&b, "GET / HTTP/1.1\r\nHost: x\r\n");
		for (int i = 1; i < n; i++)
			buf_printf(&b, "H%d: %d\r\n", i, i);
		buf_cstr(&b, "\r\n");
		const char *answer = peer_talk(lb->first, buf_view(&b));
		buf_done(&b);
		assert_has(answer, n == 100 ? "200 OK" : "431 ");
	}
	assert_int_equal(n_handled, 1);
	loopback_free(lb);
}

static void a_refusal_waits_for_the_answers_before_it(void **state)
{
	struct loopback *lb = *state;
	const char *answer = TALK(lb->first, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nBROKEN\r\n\r\n");

	assert_true(strstr(answer, "200 OK") < strstr(answer, "501 "));
	assert_true(lb->first->is_closed);
	assert_int_equal(http_server_counters(lb->server)->by_class[2], 1);
	assert_int_equal(http_server_counters(lb->server)->by_class[5], 1);
}

static void a_refusal_reaches_a_client_that_is_still_sending(void **state)
{
	static const struct http_options tcp = {.listen = "127.0.0.1:0", .max_body_bytes = 1000};
	struct loopback *lb = loopback_new(&tcp, count, NULL);
	char *body = arena_zalloc(lb->arena, 1 << 20);

	(void)state;
	SEND(lb->first, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n");
	peer_send(lb->first, str_from(body, 1 << 20));
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "HTTP/1.1 413 Content Too Large\r\n");
	assert_false(lb->first->is_reset);
	loopback_free(lb);
}

static struct http_request *kept[8];
static int n_kept;

static void keep(struct http_request *req, void *arg)
{
	(void)arg;
	kept[n_kept++] = req;
}

static void is_busy_beyond_its_limit_but_stays_connected(void **state)
{
	static const struct http_options opt = {.max_requests_in_flight = 2};
	struct loopback *lb = loopback_new(&opt, keep, NULL);
	struct peer *second = loopback_connect(lb);

	(void)state;
	n_kept = 0;
	TALK(lb->first, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	const char *answer = TALK(second, "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_has(answer, "HTTP/1.1 503 Service Unavailable\r\n");
	assert_has(answer, "Retry-After: 1\r\n");
	assert_has(answer, "{\"code\":\"busy\",\"message\":");
	assert_false(second->is_closed);
	http_reply(kept[0], 200, NULL, STR("a"));
	peer_answer(lb->first);
	TALK(second, "GET /4 HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(n_kept, 3);
	assert_int_equal(http_server_counters(lb->server)->refused, 1);
	assert_int_equal(http_server_counters(lb->server)->requests_in_flight, 2);
	http_reply(kept[1], 200, NULL, STR("b"));
	http_reply(kept[2], 200, NULL, STR("c"));
	assert_has(peer_answer(second), "200 OK");
	loopback_free(lb);
}

static void closes_the_longest_idle_connection_to_take_a_new_one(void **state)
{
	static const struct http_options opt = {.listen = "127.0.0.1:0", .max_connections = 2};
	struct loopback *lb = loopback_new(&opt, keep, NULL);
	struct peer *second, *third;

	(void)state;
	n_kept = 0;
	peer_answer(lb->first);
	second = loopback_connect(lb);
	peer_answer(second);
	third = loopback_connect(lb);
	TALK(third, "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(lb->first->is_closed);
	assert_false(second->is_closed);
	assert_int_equal(n_kept, 1);

	/* With nobody idle the next one waits until there is room. */
	TALK(second, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	struct peer *fourth = loopback_connect(lb);
	assert_string_equal(TALK(fourth, "GET /4 HTTP/1.1\r\nHost: x\r\n\r\n"), "");
	assert_int_equal(n_kept, 2);
	assert_int_equal(http_server_counters(lb->server)->connections_open, 2);
	http_reply(kept[0], 200, NULL, STR("a"));
	peer_answer(third);
	peer_close(third);
	peer_answer(fourth);
	assert_int_equal(n_kept, 3);
	http_reply(kept[1], 200, NULL, STR("b"));
	http_reply(kept[2], 200, NULL, STR("c"));
	assert_has(peer_answer(fourth), "200 OK");
	loopback_free(lb);
}

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PLAIN(refuses_malformed_requests),
		PLAIN(refuses_methods_and_versions_it_does_not_know),
		PLAIN(refuses_targets_that_are_ambiguous),
		PLAIN(refuses_a_host_that_is_missing_doubled_or_odd),
		PLAIN(refuses_what_could_smuggle),
		PLAIN(refuses_expectations_it_does_not_know),
		PLAIN(refuses_a_body_that_is_announced_too_large),
		PLAIN(takes_a_head_up_to_the_limit_and_not_a_byte_more),
		PLAIN(takes_a_target_up_to_the_limit_and_not_a_byte_more),
		cmocka_unit_test(takes_a_hundred_headers_and_not_one_more),
		PLAIN(a_refusal_waits_for_the_answers_before_it),
		cmocka_unit_test(a_refusal_reaches_a_client_that_is_still_sending),
		cmocka_unit_test(is_busy_beyond_its_limit_but_stays_connected),
		cmocka_unit_test(closes_the_longest_idle_connection_to_take_a_new_one),
	};
	return cmocka_run_group_tests_name("http/refusals", tests, NULL, NULL);
}
