/* Clients that go away: before, while and after the handler answers. Run under AddressSanitizer each of
 * these is a use-after-free test; the server keeps no pool of arenas then. */
#include "support_loopback.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/watch.h"

static struct {
	struct http_request *req;
	int gone, bodies, code, drains;
	bool drop_when_gone;
} seen;

static void on_gone(struct http_request *req, void *arg)
{
	assert_ptr_equal(arg, &seen);
	assert_ptr_equal(req, seen.req);
	seen.gone++;
	if (seen.drop_when_gone) {
		http_drop(req);
		seen.req = NULL;
	}
}

static void keep(struct http_request *req, void *arg)
{
	(void)arg;
	seen.req = req;
	http_on_gone(req, on_gone, &seen);
}

static const struct http_options tcp = {.listen = "127.0.0.1:0"};

static int setup(void **state)
{
	memset(&seen, 0, sizeof(seen));
	*state = loopback_new(&tcp, keep, NULL);
	return 0;
}

static int teardown(void **state)
{
	loopback_free(*state);
	return 0;
}

#define ASK(lb) assert_string_equal(TALK((lb)->first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "")

static void a_handler_may_answer_long_after_the_client_reset(void **state)
{
	struct loopback *lb = *state;

	ASK(lb);
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	assert_true(http_is_gone(seen.req));
	assert_int_equal(http_server_counters(lb->server)->connections_open, 0);
	/* everything one may do with a request still works and goes nowhere */
	assert_string_equal(str_cstr(lb->arena, seen.req->path), "/");
	assert_non_null(arena_alloc(seen.req->arena, 100));
	http_reply_header(seen.req, "A", STR("b"));
	http_reply(seen.req, 200, "text/plain", STR("nobody hears it"));
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	assert_int_equal(http_server_counters(lb->server)->by_class[0], 1);
	assert_int_equal(http_server_counters(lb->server)->requests_in_flight, 0);
}

static void a_handler_may_drop_the_request_in_on_gone(void **state)
{
	struct loopback *lb = *state;

	seen.drop_when_gone = true;
	ASK(lb);
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	assert_null(seen.req);
	assert_int_equal(http_server_counters(lb->server)->requests_in_flight, 0);
}

/* The classic: the client's reset and the database's answer are events of one turn of the loop.
 * A descriptor that becomes readable in the same turn stands for the database. */
static int database[2];

static void on_database(struct watch *w, unsigned events, void *arg)
{
	(void)events;
	(void)arg;
	watch_set(w, 0);
	if (seen.req)
		http_reply(seen.req, 200, NULL, STR("answer"));
	seen.req = NULL;
}

static void gone_and_answer(struct loopback *lb, bool answer_first, bool drop)
{
	struct watch *w;

	seen.drop_when_gone = drop;
	ASK(lb);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, database), 0);
	w = watch_new(lb->loop, database[0], on_database, NULL);
	watch_set(w, WATCH_READ);
	loopback_turn(lb); /* both are watched now, and silent */
	if (answer_first)
		assert_int_equal(write(database[1], "x", 1), 1);
	peer_reset(lb->first);
	if (!answer_first)
		assert_int_equal(write(database[1], "x", 1), 1);
	loopback_settle(lb);
	assert_null(seen.req);
	assert_int_equal(http_server_counters(lb->server)->requests, 1);
	assert_int_equal(http_server_counters(lb->server)->connections_open, 0);
	watch_free(w);
	close(database[0]);
	close(database[1]);
}

static void gone_then_answer_in_one_turn(void **state)
{
	gone_and_answer(*state, false, false);
}

static void gone_and_dropped_then_answer_in_one_turn(void **state)
{
	gone_and_answer(*state, false, true);
}

static void answer_then_gone_in_one_turn(void **state)
{
	gone_and_answer(*state, true, false);
	assert_true(seen.gone <= 1);
}

static void nobody_is_told_after_the_answer(void **state)
{
	struct loopback *lb = *state;

	ASK(lb);
	http_reply(seen.req, 200, NULL, STR("a"));
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.gone, 0);
}

static void a_client_that_only_half_closes_gets_its_answer(void **state)
{
	struct loopback *lb = *state;

	ASK(lb);
	peer_shutdown(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	assert_false(http_is_gone(seen.req));
	http_reply(seen.req, 200, NULL, STR("still here"));
	const char *answer = peer_answer(lb->first);
	assert_has(answer, "Connection: close\r\n");
	assert_string_equal(body_of(answer), "still here");
	assert_true(lb->first->is_closed);
}

static void pipelined_requests_before_a_half_close_are_answered(void **state)
{
	struct loopback *lb = *state;

	SEND(lb->first, "PUT /1 HTTP/1.1\r\nHost: x\r\n\r\nPUT /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	peer_shutdown(lb->first);
	loopback_settle(lb);
	http_reply(seen.req, 200, NULL, STR("one"));
	loopback_settle(lb);
	http_reply(seen.req, 200, NULL, STR("two"));
	assert_int_equal(count_of(peer_answer(lb->first), "200 OK"), 2);
	assert_true(lb->first->is_closed);
}

static void registering_after_the_client_went_is_told_as_well(void **state)
{
	struct loopback *lb = *state;

	ASK(lb);
	http_on_gone(seen.req, NULL, NULL);
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.gone, 0);
	http_on_gone(seen.req, on_gone, &seen);
	assert_int_equal(seen.gone, 0); /* never inside the call */
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	http_drop(seen.req);
}

static void every_request_of_a_pipeline_is_told(void **state)
{
	static struct http_request *both[2];
	struct loopback *lb = *state;

	SEND(lb->first, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	loopback_settle(lb);
	both[0] = seen.req;
	http_on_gone(both[0], NULL, NULL);
	SEND(lb->first, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	loopback_settle(lb);
	both[1] = seen.req;
	assert_ptr_not_equal(both[0], both[1]);
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	http_reply(both[1], 200, NULL, STR("b"));
	loopback_settle(lb);
	http_reply(both[0], 200, NULL, STR("a"));
	loopback_settle(lb);
	assert_int_equal(http_server_counters(lb->server)->by_class[0], 2);
}

/* One handler's on_gone may end another request of the same connection. */
static struct http_request *other;

static void on_gone_end_other(struct http_request *req, void *arg)
{
	(void)arg;
	http_reply(other, 200, NULL, STR("other"));
	http_reply(req, 200, NULL, STR("mine"));
	seen.gone++;
}

static void on_gone_may_end_another_request(void **state)
{
	struct loopback *lb = *state;
	struct http_request *first;

	ASK(lb);
	first = seen.req;
	http_on_gone(first, on_gone_end_other, NULL);
	ASK(lb);
	other = seen.req;
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	assert_int_equal(http_server_counters(lb->server)->requests_in_flight, 0);
}

static void on_body(struct http_request *req, struct str body, const struct err *err, void *arg)
{
	(void)arg;
	assert_null(body.p);
	seen.bodies++;
	seen.code = err->code;
	http_reply_err(req, err);
}

static void a_client_that_goes_within_its_body_fails_the_read(void **state)
{
	struct loopback *lb = *state;

	SEND(lb->first, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
	loopback_settle(lb);
	http_read_body(seen.req, 0, on_body, NULL);
	loopback_settle(lb);
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.bodies, 1);
	assert_int_equal(seen.code, E_CANCEL);
	assert_int_equal(seen.gone, 0); /* the request had ended by then */
}

static void a_body_asked_for_after_the_client_went_fails(void **state)
{
	struct loopback *lb = *state;

	SEND(lb->first, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf");
	loopback_settle(lb);
	http_server_free(lb->server); /* also: the server may go before its requests */
	http_read_body(seen.req, 0, on_body, NULL);
	assert_int_equal(seen.bodies, 0);
	loopback_settle(lb);
	assert_int_equal(seen.bodies, 1);
	assert_int_equal(seen.code, E_CANCEL);
	lb->server = NULL;
}

static void fill(struct http_request *req)
{
	static const char piece[10000];

	while (http_reply_write(req, str_from(piece, sizeof(piece))))
		;
}

static void on_drain(struct http_request *req, void *arg)
{
	(void)arg;
	if (!http_is_gone(req)) { /* the kernel's buffers are not full yet */
		fill(req);
		return;
	}
	seen.drains++;
	assert_true(http_reply_write(req, STR("more")));
	http_reply_end(req);
}

static void a_producer_that_waits_is_released_when_the_client_goes(void **state)
{
	struct loopback *lb = *state;

	ASK(lb);
	peer_stop_reading(lb->first);
	http_reply_on_drain(seen.req, on_drain, NULL);
	http_reply_begin(seen.req, 200);
	fill(seen.req);
	loopback_settle(lb);
	assert_int_equal(seen.drains, 0);
	peer_reset(lb->first);
	loopback_settle(lb);
	assert_int_equal(seen.drains, 1);
	assert_int_equal(seen.gone, 1);
}

static void a_partial_head_is_forgotten(void **state)
{
	struct loopback *lb = *state;

	SEND(lb->first, "GET / HTTP/1.1\r\nHo");
	loopback_settle(lb);
	peer_reset(lb->first);
	struct peer *second = loopback_connect(lb);
	SEND(second, "GET / HTT");
	loopback_settle(lb);
	peer_close(second);
	loopback_settle(lb);
	assert_int_equal(http_server_counters(lb->server)->connections_open, 0);
	assert_int_equal(http_server_counters(lb->server)->requests, 0);
}

static void a_server_may_be_freed_with_requests_under_way(void **state)
{
	struct loopback *lb = *state;

	ASK(lb);
	http_server_free(lb->server);
	lb->server = NULL;
	loopback_settle(lb);
	assert_int_equal(seen.gone, 1);
	http_reply(seen.req, 200, NULL, STR("late"));
}

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PLAIN(a_handler_may_answer_long_after_the_client_reset),
		PLAIN(a_handler_may_drop_the_request_in_on_gone),
		PLAIN(gone_then_answer_in_one_turn),
		PLAIN(gone_and_dropped_then_answer_in_one_turn),
		PLAIN(answer_then_gone_in_one_turn),
		PLAIN(nobody_is_told_after_the_answer),
		PLAIN(a_client_that_only_half_closes_gets_its_answer),
		PLAIN(pipelined_requests_before_a_half_close_are_answered),
		PLAIN(registering_after_the_client_went_is_told_as_well),
		PLAIN(every_request_of_a_pipeline_is_told),
		PLAIN(on_gone_may_end_another_request),
		PLAIN(a_client_that_goes_within_its_body_fails_the_read),
		PLAIN(a_body_asked_for_after_the_client_went_fails),
		PLAIN(a_producer_that_waits_is_released_when_the_client_goes),
		PLAIN(a_partial_head_is_forgotten),
		PLAIN(a_server_may_be_freed_with_requests_under_way),
	};
	return cmocka_run_group_tests_name("http/gone", tests, NULL, NULL);
}
