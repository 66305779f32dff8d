/* Answers: whole and streamed, their framing, failures, and what reaches the log. */
#include "support_loopback.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"

static struct http_request *req; /* the one being answered */

static void keep(struct http_request *r, void *arg)
{
	(void)arg;
	req = r;
}

static int setup(void **state)
{
	*state = loopback_new(NULL, keep, NULL);
	return 0;
}

static int teardown(void **state)
{
	log_set_sink(NULL, NULL);
	loopback_free(*state);
	return 0;
}

#define ASK(lb, method, version)                                            \
	assert_string_equal(TALK((lb)->first,                               \
				    method " /p?token=s3cret HTTP/" version \
					   "\r\nHost: x\r\n\r\n"),          \
		"")
#define GET(lb) ASK(lb, "GET", "1.1")

static void sends_headers_of_the_handler(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_reply_header(req, "Location", STR("/x"));
	http_reply_header(req, "Set-Cookie", STR("a=1"));
	http_reply_header(req, "Set-Cookie", STR("b=2"));
	http_reply(req, 303, NULL, STR(""));
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "HTTP/1.1 303 See Other\r\n");
	assert_has(answer, "Location: /x\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n");
	assert_has(answer, "Content-Length: 0\r\n");
	assert_has_not(answer, "Content-Type");
}

static void no_header_value_can_split_an_answer(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_reply_header(req, "Location", STR("/x\r\nSet-Cookie: evil=1\r\n\r\n<html>\0"));
	http_reply(req, 302, NULL, STR(""));
	assert_has(peer_answer(lb->first), "Location: /x  Set-Cookie: evil=1    <html> \r\n");
}

static void says_other_words_behind_the_status(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_reply_reason(req, STR("Pay first\r\nEvil: 1"));
	http_reply(req, 402, NULL, STR(""));
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "HTTP/1.1 402 Pay first  Evil: 1\r\nDate: ");
}

static void takes_many_headers(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	for (int i = 0; i < 200; i++)
		http_reply_header(req, "X-Many", str_printf(req->arena, "%0100d", i));
	http_reply(req, 200, NULL, STR("a"));
	assert_int_equal(count_of(peer_answer(lb->first), "X-Many: "), 200);
}

static void answers_head_with_the_length_only(void **state)
{
	struct loopback *lb = *state;

	ASK(lb, "HEAD", "1.1");
	http_reply(req, 200, "text/plain", STR("hello"));
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "Content-Length: 5\r\n");
	assert_string_equal(body_of(answer), "");

	ASK(lb, "HEAD", "1.1");
	http_reply_begin(req, 200);
	assert_true(http_reply_write(req, STR("hello")));
	http_reply_end(req);
	answer = peer_answer(lb->first);
	assert_string_equal(body_of(answer), "");
	assert_has(answer, "Transfer-Encoding: chunked\r\n"); /* what GET would have said */
	assert_false(lb->first->is_closed);
}

static void sends_no_body_with_204_and_304(void **state)
{
	struct loopback *lb = *state;
	static const int statuses[] = {204, 304};

	for (size_t i = 0; i < 2; i++) {
		GET(lb);
		http_reply(req, statuses[i], "text/plain", STR("never"));
		const char *answer = peer_answer(lb->first);
		assert_has_not(answer, "Content-Length");
		assert_has_not(answer, "Content-Type");
		assert_string_equal(body_of(answer), "");

		GET(lb);
		http_reply_begin(req, statuses[i]);
		assert_true(http_reply_write(req, STR("never")));
		http_reply_end(req);
		answer = peer_answer(lb->first);
		assert_has_not(answer, "Transfer-Encoding");
		assert_string_equal(body_of(answer), "");
	}
	assert_false(lb->first->is_closed);
}

static void streams_in_chunks(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_reply_header(req, "Content-Type", STR("text/plain"));
	http_reply_begin(req, 200);
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "Transfer-Encoding: chunked\r\n"); /* sent though nothing follows yet */
	assert_has_not(answer, "Content-Length");
	assert_true(http_reply_write(req, STR("ab")));
	assert_true(http_reply_write(req, STR("")));
	assert_true(http_reply_write(req, STR("cd")));
	assert_string_equal(peer_answer(lb->first), "0004\r\nabcd\r\n"); /* one chunk a turn */
	assert_true(http_reply_write(req, STR("e")));
	http_reply_end(req);
	assert_string_equal(peer_answer(lb->first), "0001\r\ne\r\n0\r\n\r\n");
	GET(lb);
	http_reply(req, 200, NULL, STR("next"));
	assert_string_equal(body_of(peer_answer(lb->first)), "next");
}

static void streams_a_known_length(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_reply_length(req, 4);
	http_reply_begin(req, 200);
	assert_true(http_reply_write(req, STR("ab")));
	assert_true(http_reply_write(req, STR("cd")));
	http_reply_end(req);
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "Content-Length: 4\r\n");
	assert_string_equal(body_of(answer), "abcd");
	assert_false(lb->first->is_closed);
}

static void cuts_an_answer_shorter_than_announced(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_reply_length(req, 4);
	http_reply_begin(req, 200);
	assert_true(http_reply_write(req, STR("ab")));
	http_reply_end(req);
	peer_answer(lb->first);
	assert_true(lb->first->is_closed);
}

static void ends_with_the_connection_for_http_1_0(void **state)
{
	struct loopback *lb = *state;

	ASK(lb, "GET", "1.0");
	http_reply_begin(req, 200);
	assert_true(http_reply_write(req, STR("abc")));
	http_reply_end(req);
	const char *answer = peer_answer(lb->first);
	assert_has_not(answer, "Transfer-Encoding");
	assert_has_not(answer, "Content-Length");
	assert_string_equal(body_of(answer), "abc");
	assert_true(lb->first->is_closed);
}

/* A producer that stops when told to, and starts again when told to. */
static struct {
	size_t left;
	int stops, drains;
	size_t most;
} producer;

static void produce(struct http_request *r, void *arg)
{
	static const char piece[1000];

	(void)arg;
	while (producer.left) {
		producer.left--;
		if (!http_reply_write(r, str_from(piece, sizeof(piece)))) {
			producer.stops++;
			return;
		}
	}
	http_reply_end(r);
}

static void on_drain(struct http_request *r, void *arg)
{
	producer.drains++;
	produce(r, arg);
}

static void a_slow_reader_stops_the_producer(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	memset(&producer, 0, sizeof(producer));
	producer.left = 5000;
	peer_stop_reading(lb->first);
	http_reply_length(req, 5000 * 1000);
	http_reply_on_drain(req, on_drain, NULL);
	http_reply_begin(req, 200);
	produce(req, NULL);
	assert_int_equal(producer.stops, 1);
	assert_int_equal(producer.left, 5000 - 66);
	loopback_settle(lb);
	assert_true(producer.left > 4000); /* not more than the socket and the mark take */
	size_t left = producer.left;
	loopback_settle(lb);
	assert_int_equal(producer.left, left);
	peer_read_on(lb->first);
	struct str answer = peer_answer_str(lb->first);
	assert_int_equal(producer.left, 0);
	assert_true(producer.drains > 10);
	assert_true(answer.len > 5000 * 1000);
	assert_false(lb->first->is_closed);
}

static void sends_a_large_answer_without_copying_it(void **state)
{
	enum { N = 3000 * 1000 };
	struct loopback *lb = *state;
	char *body;

	GET(lb);
	body = arena_alloc(req->arena, N);
	memset(body, 'b', N);
	http_reply(req, 200, NULL, str_from(body, N));
	struct str answer = peer_answer_str(lb->first);
	assert_int_equal(answer.len, N + (size_t)(body_of(answer.p) - answer.p));
	assert_int_equal(http_server_counters(lb->server)->bytes_out, answer.len);
}

/* --- failures and the log --------------------------------------------------------------------------- */

static struct buf lines;

static void on_line(void *arg, struct str line)
{
	(void)arg;
	buf_str(&lines, line);
}

static void catch_log(void)
{
	log_set_level(LOG_LEVEL_INFO);
	log_set_format(LOG_FORMAT_JSON);
	log_set_sink(on_line, NULL);
	buf_init(&lines, 0);
}

static const char *caught(struct loopback *lb)
{
	const char *text = str_cstr(lb->arena, buf_view(&lines));

	buf_done(&lines);
	return text;
}

static void turns_an_error_into_an_answer_and_one_line(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	catch_log();
	struct err e = {.arena = req->arena};
	err_set(&e, E_BUSY, "the database has \"%d\" too many", 7);
	http_reply_err(req, &e);
	const char *answer = peer_answer(lb->first), *line = caught(lb);
	assert_has(answer, "HTTP/1.1 503 Service Unavailable\r\n");
	assert_has(answer, "Retry-After: 1\r\n");
	const struct json *j = json_parse(lb->arena, str_of(body_of(answer)), NULL);
	assert_non_null(j);
	struct str id = json_scalar(json_get(j, "request_id"));
	assert_string_equal(str_cstr(lb->arena, json_scalar(json_get(j, "code"))), "busy");
	assert_string_equal(str_cstr(lb->arena, json_scalar(json_get(j, "message"))),
		"the database has \"7\" too many");
	assert_int_equal(count_of(line, "\n"), 1);
	assert_has(line, "\"event\":\"http.request\"");
	assert_has(line, "\"level\":\"warn\"");
	assert_has(line, "\"error\":\"busy\",\"message\":\"the database has \\\"7\\\" too many\"");
	assert_has(line, str_cstr(lb->arena, id));
	assert_has(line, "\"path\":\"/p\"");
	assert_has_not(line, "s3cret");
}

static void keeps_the_words_of_a_bug_to_itself(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	catch_log();
	struct err e = {.arena = req->arena};
	err_set(&e, E_BUG, "column secret_stuff does not exist");
	http_reply_err(req, &e);
	const char *answer = peer_answer(lb->first), *line = caught(lb);
	assert_has(answer, "HTTP/1.1 500 ");
	assert_has_not(answer, "secret_stuff");
	assert_has(line, "secret_stuff");
	assert_has(line, "\"level\":\"error\"");
}

static void answers_with_a_status_no_code_stands_for(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_reply_header(req, "Allow", STR("POST"));
	http_reply_problem(req, 405, "method", STR("only POST works here"));
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "HTTP/1.1 405 Method Not Allowed\r\n");
	assert_has(answer, "Allow: POST\r\n");
	assert_has(answer,
		"{\"code\":\"method\",\"message\":\"only POST works here\",\"request_id\":");
}

static void an_error_after_the_beginning_cuts_the_answer(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	catch_log();
	http_reply_begin(req, 200);
	assert_true(http_reply_write(req, STR("half")));
	peer_answer(lb->first);
	struct err e = {.arena = req->arena};
	err_set(&e, E_TIMEOUT, "the database took too long");
	http_reply_err(req, &e);
	assert_has_not(peer_answer(lb->first), "0\r\n\r\n");
	assert_true(lb->first->is_closed);
	const char *line = caught(lb);
	assert_int_equal(count_of(line, "\n"), 1);
	assert_has(line, "\"message\":\"the database took too long\"");
}

static void dropping_closes_without_an_answer(void **state)
{
	struct loopback *lb = *state;

	GET(lb);
	http_drop(req);
	assert_string_equal(peer_answer(lb->first), "");
	assert_true(lb->first->is_closed);
	assert_int_equal(http_server_counters(lb->server)->by_class[0], 1);
}

static void writes_one_line_for_each_request(void **state)
{
	static const struct http_options loud = {.listen = "127.0.0.1:0"};
	struct loopback *lb = loopback_new(&loud, keep, NULL);
	struct err e = {0};

	(void)state;
	http_server_free(lb->server);
	lb->server = http_server_new(lb->loop, &loud, keep, NULL, &e); /* not quiet */
	struct peer *p = loopback_connect(lb);
	catch_log();
	TALK(p, "GET /a%20b?token=s3cret HTTP/1.1\r\nHost: x\r\nX-Request-Id: request-1\r\n\r\n");
	http_reply(req, 200, NULL, STR("hello"));
	peer_answer(p);
	const char *line = caught(lb);
	log_set_sink(NULL, NULL);
	assert_has(line,
		"\"level\":\"info\",\"event\":\"http.request\",\"request_id\":\"request-1\","
		"\"method\":\"GET\",\"path\":\"/a b\",\"status\":200,\"bytes\":");
	assert_has(line, "\"took_us\":");
	assert_has(line, "\"remote\":\"127.0.0.1\"}\n");
	assert_int_equal(count_of(line, "\n"), 1);
	assert_has_not(line, "s3cret");
	loopback_free(lb);
}

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PLAIN(sends_headers_of_the_handler),
		PLAIN(no_header_value_can_split_an_answer),
		PLAIN(says_other_words_behind_the_status),
		PLAIN(takes_many_headers),
		PLAIN(answers_head_with_the_length_only),
		PLAIN(sends_no_body_with_204_and_304),
		PLAIN(streams_in_chunks),
		PLAIN(streams_a_known_length),
		PLAIN(cuts_an_answer_shorter_than_announced),
		PLAIN(ends_with_the_connection_for_http_1_0),
		PLAIN(a_slow_reader_stops_the_producer),
		PLAIN(sends_a_large_answer_without_copying_it),
		PLAIN(turns_an_error_into_an_answer_and_one_line),
		PLAIN(keeps_the_words_of_a_bug_to_itself),
		PLAIN(answers_with_a_status_no_code_stands_for),
		PLAIN(an_error_after_the_beginning_cuts_the_answer),
		PLAIN(dropping_closes_without_an_answer),
		cmocka_unit_test(writes_one_line_for_each_request),
	};
	return cmocka_run_group_tests_name("http/reply", tests, NULL, NULL);
}
