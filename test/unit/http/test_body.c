/* Request bodies: whole and streamed, counted and chunked, too large, cut off, unread. */
#include "support_loopback.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* What a handler was told. */
static struct {
	size_t max;
	struct http_request *req;
	struct buf got;
	int chunks, ends;
	int code;         /* of the failure; 0 */
	char message[80]; /* of the failure */
	bool pause_first; /* the first piece pauses */
} seen;

static void finish(struct http_request *req, const struct err *err)
{
	seen.ends++;
	if (!err) {
		http_reply(req, 200, NULL, str_copy(req->arena, buf_view(&seen.got)));
		return;
	}
	seen.code = err->code;
	snprintf(seen.message, sizeof(seen.message), "%s", err->msg);
	http_reply_err(req, err);
}

static void on_body(struct http_request *req, struct str body, const struct err *err, void *arg)
{
	assert_ptr_equal(arg, &seen);
	assert_int_equal(!body.p, !!err);
	buf_str(&seen.got, body);
	finish(req, err);
}

static void read_whole(struct http_request *req, void *arg)
{
	int ends = seen.ends;

	(void)arg;
	seen.req = req;
	http_read_body(req, seen.max, on_body, &seen);
	assert_int_equal(seen.ends, ends); /* never inside the call */
}

static void on_chunk(struct http_request *req, struct str chunk, void *arg)
{
	assert_ptr_equal(arg, &seen);
	assert_true(chunk.len > 0);
	buf_str(&seen.got, chunk);
	if (seen.chunks++ == 0 && seen.pause_first)
		http_body_pause(req);
}

static void on_end(struct http_request *req, const struct err *err, void *arg)
{
	(void)arg;
	finish(req, err);
}

static void read_stream(struct http_request *req, void *arg)
{
	(void)arg;
	seen.req = req;
	http_stream_body(req, seen.max, on_chunk, on_end, &seen);
}

static void read_nothing(struct http_request *req, void *arg)
{
	(void)arg;
	http_reply(req, 200, NULL, STR("unread"));
}

static void wait(struct http_request *req, void *arg)
{
	(void)arg;
	seen.req = req;
}

static struct loopback *begin(http_request_fn *fn)
{
	static const struct http_options opt = {.max_body_bytes = 2000 * 1000};

	memset(&seen, 0, sizeof(seen));
	buf_init(&seen.got, 0);
	return loopback_new(&opt, fn, NULL);
}

static void end(struct loopback *lb)
{
	loopback_free(lb);
	buf_done(&seen.got);
}

#define POST "POST / HTTP/1.1\r\nHost: x\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static void reads_a_counted_body(void **state)
{
	struct loopback *lb = begin(read_whole);

	(void)state;
	const char *answer = TALK(lb->first,
		POST "Content-Length: 5\r\n\r\nhello" POST "Content-Length: 1\r\n\r\n!");
	assert_has(answer, "\r\n\r\nhelloHTTP/1.1 200 OK");
	assert_has(answer, "\r\n\r\nhello!");
	end(lb);
}

static void reads_a_chunked_body(void **state)
{
	struct loopback *lb = begin(read_whole);

	(void)state;
	assert_string_equal(body_of(TALK(lb->first,
				    CHUNKED "5\r\nhello\r\n1;ext=\"x\"\r\n \r\n5\r\nworld\r\n"
					    "0\r\nTrailer: ignored\r\n\r\n")),
		"hello world");
	assert_has(TALK(lb->first, CHUNKED "0\r\n\r\n"), "200 OK");
	end(lb);
}

static void reads_a_body_byte_by_byte(void **state)
{
	static const char request[] = CHUNKED "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";

	(void)state;
	for (int streamed = 0; streamed < 2; streamed++) {
		struct loopback *lb = begin(streamed ? read_stream : read_whole);
		for (size_t i = 0; i < sizeof(request) - 1; i++) {
			peer_send(lb->first, str_from(request + i, 1));
			loopback_turn(lb);
		}
		assert_string_equal(body_of(peer_answer(lb->first)), "hello world");
		end(lb);
	}
}

static void reads_an_empty_body(void **state)
{
	(void)state;
	for (int streamed = 0; streamed < 2; streamed++) {
		struct loopback *lb = begin(streamed ? read_stream : read_whole);
		assert_has(TALK(lb->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK");
		assert_int_equal(seen.ends, 1);
		assert_int_equal(seen.chunks, 0);
		end(lb);
	}
}

static void gives_a_large_body_unharmed(void **state)
{
	enum { N = 1500 * 1000 };

	(void)state;
	for (int streamed = 0; streamed < 2; streamed++) {
		struct loopback *lb = begin(streamed ? read_stream : read_whole);
		char *body = arena_alloc(lb->arena, N);
		for (size_t i = 0; i < N; i++)
			body[i] = (char)('a' + i % 23);
		peer_send(lb->first, str_printf(lb->arena, POST "Content-Length: %d\r\n\r\n", N));
		peer_send(lb->first, str_from(body, N));
		struct str answer = peer_answer_str(lb->first);
		assert_true(answer.len > N);
		assert_memory_equal(answer.p + answer.len - N, body, N);
		end(lb);
	}
}

static void a_body_may_be_asked_for_later(void **state)
{
	struct loopback *lb = begin(wait);

	(void)state;
	assert_string_equal(TALK(lb->first, POST "Content-Length: 5\r\n\r\nhello"), "");
	http_read_body(seen.req, 0, on_body, &seen);
	assert_int_equal(seen.ends, 0);
	assert_string_equal(body_of(peer_answer(lb->first)), "hello");
	end(lb);
}

static void refuses_more_than_the_handler_takes(void **state)
{
	static const struct str requests[] = {
		{STR_INIT(POST "Content-Length: 6\r\n\r\n123456")},
		{STR_INIT(CHUNKED "3\r\n123\r\n3\r\n456\r\n0\r\n\r\n")},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct loopback *lb = begin(i / 2 ? read_stream : read_whole);
		seen.max = 5;
		const char *answer = peer_talk(lb->first, requests[i % 2]);
		assert_has(answer, "HTTP/1.1 413 ");
		assert_has(answer, "\"code\":\"limit\"");
		assert_int_equal(seen.code, E_LIMIT);
		assert_int_equal(seen.ends, 1);
		end(lb);
	}
}

static void takes_exactly_what_the_handler_takes(void **state)
{
	struct loopback *lb = begin(read_whole);

	(void)state;
	seen.max = 6;
	assert_string_equal(body_of(TALK(lb->first, CHUNKED "3\r\n123\r\n3\r\n456\r\n0\r\n\r\n")),
		"123456");
	end(lb);
}

static void tells_of_a_malformed_chunk(void **state)
{
	static const struct str requests[] = {
		{STR_INIT(CHUNKED "3\r\nabcd\r\n")},
		{STR_INIT(CHUNKED "x\r\nabc\r\n")},
		{STR_INIT(CHUNKED "3 \r\nabc\r\n")},
		{STR_INIT(CHUNKED "-3\r\nabc\r\n")},
		{STR_INIT(CHUNKED "3\nabc\r\n")},
		{STR_INIT(CHUNKED "fffffffffffffffff\r\n")},
		{STR_INIT(CHUNKED "3\r\nabc\r\n0\r\nbad trailer\r\n\r\n")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct loopback *lb = begin(i % 2 ? read_stream : read_whole);
		const char *answer = peer_talk(lb->first, requests[i]);
		if (!strstr(answer, "HTTP/1.1 400 "))
			fail_msg("%zu: %s", i, answer);
		assert_has(answer, "Connection: close\r\n");
		assert_int_equal(seen.code, E_INPUT);
		assert_true(lb->first->is_closed);
		assert_false(lb->first->is_reset);
		end(lb);
	}
}

static void tells_of_a_body_that_is_all_framing(void **state)
{
	struct loopback *lb = begin(read_stream);
	char *ext = arena_alloc(lb->arena, 100 * 1000);

	(void)state;
	memset(ext, 'e', 100 * 1000);
	SEND(lb->first, CHUNKED "1;");
	peer_send(lb->first, str_from(ext, 100 * 1000));
	assert_has(peer_answer(lb->first), "mostly chunk framing");
	end(lb);
}

static void tells_of_a_body_that_is_cut_off(void **state)
{
	(void)state;
	for (int streamed = 0; streamed < 2; streamed++) {
		struct loopback *lb = begin(streamed ? read_stream : read_whole);
		SEND(lb->first, POST "Content-Length: 10\r\n\r\nhello");
		peer_shutdown(lb->first);
		assert_has(peer_answer(lb->first), "400 Bad Request");
		assert_string_equal(seen.message, "the body ended before it was complete");
		assert_int_equal(seen.ends, 1);
		end(lb);
	}
}

static void sends_continue_when_the_body_is_wanted(void **state)
{
	struct loopback *lb = begin(wait);

	(void)state;
	assert_string_equal(TALK(lb->first,
				    POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
		"");
	http_read_body(seen.req, 0, on_body, &seen);
	assert_string_equal(peer_answer(lb->first), "HTTP/1.1 100 Continue\r\n\r\n");
	const char *answer = TALK(lb->first, "hello");
	assert_int_equal(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17), 0);
	assert_string_equal(body_of(answer), "hello");
	end(lb);
}

static void closes_instead_of_sending_continue_when_the_body_is_not_wanted(void **state)
{
	struct loopback *lb = begin(read_nothing);

	(void)state;
	const char *answer =
		TALK(lb->first, POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
	assert_has_not(answer, "100 Continue");
	assert_has(answer, "Connection: close\r\n");
	assert_true(lb->first->is_closed);
	end(lb);
}

static void skips_a_small_unread_body(void **state)
{
	struct loopback *lb = begin(read_nothing);

	(void)state;
	const char *answer = TALK(lb->first,
		POST "Content-Length: 20\r\n\r\nGET /trap HTTP/1.1\r\n" POST
		     "Content-Length: 1\r\n\r\nx");
	assert_int_equal(count_of(answer, "200 OK"), 2);
	assert_has_not(answer, "Connection: close");
	assert_int_equal(http_server_counters(lb->server)->requests, 2);
	end(lb);
}

static void closes_after_a_large_or_endless_unread_body(void **state)
{
	static const struct str requests[] = {
		{STR_INIT(POST "Content-Length: 100000\r\n\r\nabc")},
		{STR_INIT(CHUNKED "3\r\nabc\r\n")},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct loopback *lb = begin(read_nothing);
		const char *answer = peer_talk(lb->first, requests[i]);
		assert_has(answer, "200 OK");
		assert_has(answer, "Connection: close\r\n");
		assert_true(lb->first->is_closed);
		assert_false(lb->first->is_reset);
		end(lb);
	}
}

static void pausing_stops_the_client(void **state)
{
	enum { N = 1900 * 1000 };
	struct loopback *lb = begin(read_stream);
	char *body = arena_zalloc(lb->arena, N);
	size_t sent = 0;

	(void)state;
	seen.pause_first = true;
	peer_send(lb->first, str_printf(lb->arena, POST "Content-Length: %d\r\n\r\n", N));
	for (int stuck = 0; stuck < 5;) {
		ssize_t n = send(lb->first->fd, body, N - sent, MSG_DONTWAIT);
		stuck = n > 0 ? 0 : stuck + 1;
		sent += n > 0 ? (size_t)n : 0;
		loopback_turn(lb);
	}
	assert_true(sent < N);
	assert_int_equal(seen.chunks, 1);
	http_body_resume(seen.req);
	assert_int_equal(seen.chunks, 1); /* never inside the call */
	peer_send(lb->first, str_from(body, N - sent));
	assert_has(peer_answer(lb->first), "200 OK");
	assert_int_equal(seen.got.len, N);
	end(lb);
}

static void pausing_holds_the_end_back(void **state)
{
	struct loopback *lb = begin(read_stream);

	(void)state;
	seen.pause_first = true;
	assert_string_equal(TALK(lb->first, POST "Content-Length: 5\r\n\r\nhello"), "");
	assert_int_equal(seen.chunks, 1);
	assert_int_equal(seen.ends, 0);
	http_body_resume(seen.req);
	assert_string_equal(body_of(peer_answer(lb->first)), "hello");
	end(lb);
}

static void end_early(struct http_request *req, struct str chunk, void *arg)
{
	(void)arg;
	(void)chunk;
	seen.chunks++;
	http_reply(req, 202, NULL, STR("enough"));
}

static void stream_and_end_early(struct http_request *req, void *arg)
{
	(void)arg;
	http_stream_body(req, 0, end_early, on_end, &seen);
}

static void a_request_may_end_within_a_piece(void **state)
{
	struct loopback *lb = begin(stream_and_end_early);

	(void)state;
	const char *answer = TALK(lb->first, POST "Content-Length: 5\r\n\r\nhe");
	assert_has(answer, "202 Accepted");
	assert_has(TALK(lb->first, "llo" POST "Content-Length: 1\r\n\r\nx"), "202 Accepted");
	assert_int_equal(seen.chunks, 2);
	assert_int_equal(seen.ends, 0);
	end(lb);
}

static void echo_chunk(struct http_request *req, struct str chunk, void *arg)
{
	(void)arg;
	(void)!http_reply_write(req, chunk);
}

static void echo_end(struct http_request *req, const struct err *err, void *arg)
{
	(void)arg;
	assert_null(err);
	http_reply_end(req);
}

static void echo_stream(struct http_request *req, void *arg)
{
	(void)arg;
	http_stream_body(req, 0, echo_chunk, echo_end, NULL);
	http_reply_begin(req, 200);
}

static void an_answer_may_begin_before_the_body_is_complete(void **state)
{
	struct loopback *lb = begin(echo_stream);

	(void)state;
	assert_has(TALK(lb->first, CHUNKED "3\r\nabc\r\n"), "\r\n\r\n0003\r\nabc\r\n");
	assert_string_equal(TALK(lb->first, "2\r\nde\r\n"), "0002\r\nde\r\n");
	assert_string_equal(TALK(lb->first, "0\r\n\r\n"), "0\r\n\r\n");
	assert_has(TALK(lb->first, CHUNKED "0\r\n\r\n"), "200 OK");
	end(lb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_counted_body),
		cmocka_unit_test(reads_a_chunked_body),
		cmocka_unit_test(reads_a_body_byte_by_byte),
		cmocka_unit_test(reads_an_empty_body),
		cmocka_unit_test(gives_a_large_body_unharmed),
		cmocka_unit_test(a_body_may_be_asked_for_later),
		cmocka_unit_test(refuses_more_than_the_handler_takes),
		cmocka_unit_test(takes_exactly_what_the_handler_takes),
		cmocka_unit_test(tells_of_a_malformed_chunk),
		cmocka_unit_test(tells_of_a_body_that_is_all_framing),
		cmocka_unit_test(tells_of_a_body_that_is_cut_off),
		cmocka_unit_test(sends_continue_when_the_body_is_wanted),
		cmocka_unit_test(closes_instead_of_sending_continue_when_the_body_is_not_wanted),
		cmocka_unit_test(skips_a_small_unread_body),
		cmocka_unit_test(closes_after_a_large_or_endless_unread_body),
		cmocka_unit_test(pausing_stops_the_client),
		cmocka_unit_test(pausing_holds_the_end_back),
		cmocka_unit_test(a_request_may_end_within_a_piece),
		cmocka_unit_test(an_answer_may_begin_before_the_body_is_complete),
	};
	return cmocka_run_group_tests_name("http/body", tests, NULL, NULL);
}
