/* The client against our own server in the same loop, and against servers that misbehave. */
#include "support_loopback.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "base/clock.h"
#include "http/client.h"
#include "loop/fiber.h"
#include "loop/watch.h"

static struct {
	struct loopback *lb;
	struct http_client *client;
	struct arena *arena;
	const struct http_result *result;
	int done;
	struct http_request *kept;
	int redirects;
} t;

/* --- the server --------------------------------------------------------------------------------------- */

static struct str gzipped(struct arena *a, struct str s)
{
	z_stream z = {0};
	size_t cap = s.len + 1000;
	char *out = arena_alloc(a, cap);

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)s.p;
	z.avail_in = (uInt)s.len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	cap -= z.avail_out;
	deflateEnd(&z);
	return str_from(out, cap);
}

static void on_body(struct http_request *req, struct str body, const struct err *err, void *arg)
{
	(void)arg;
	assert_null(err);
	http_reply_header(req, "X-Type", http_header(req, "content-type"));
	http_reply_header(req, "X-Expect", http_header(req, "expect"));
	http_reply(req, 200, NULL,
		str_printf(req->arena, STR_FMT ":" STR_FMT, STR_ARG(req->method), STR_ARG(body)));
}

static void serve(struct http_request *req, void *arg)
{
	struct str path = req->path;
	char *big = arena_zalloc(req->arena, 100 * 1000);

	(void)arg;
	if (str_eq(path, STR("/echo"))) {
		http_read_body(req, 0, on_body, NULL);
	} else if (str_eq(path, STR("/agent"))) {
		http_reply(req, 200, NULL, http_header(req, "user-agent"));
	} else if (str_eq(path, STR("/never"))) {
		t.kept = req;
	} else if (str_eq(path, STR("/busy"))) {
		http_reply_header(req, "Retry-After", STR("7"));
		http_reply(req, 429, "text/plain", STR("slow down"));
	} else if (str_eq(path, STR("/big"))) {
		http_reply(req, 200, NULL, str_from(big, 100 * 1000));
	} else if (str_eq(path, STR("/big-chunked"))) {
		http_reply_begin(req, 200);
		(void)!http_reply_write(req, str_from(big, 100 * 1000));
		http_reply_end(req);
	} else if (str_eq(path, STR("/cut"))) {
		http_reply_length(req, 100);
		http_reply_begin(req, 200);
		(void)!http_reply_write(req, STR("only this"));
		http_reply_end(req);
	} else if (str_eq(path, STR("/gzip"))) {
		bool asked = str_find(http_header(req, "accept-encoding"), STR("gzip")) >= 0;
		if (asked)
			http_reply_header(req, "Content-Encoding", STR("gzip"));
		http_reply(req, 200, NULL,
			asked ? gzipped(req->arena, STR("unpacked")) : STR("plain"));
	} else if (str_eq(path, STR("/bad-gzip"))) {
		http_reply_header(req, "Content-Encoding", STR("gzip"));
		http_reply(req, 200, NULL, STR("this is not gzip"));
	} else if (str_eq(path, STR("/bomb"))) {
		http_reply_header(req, "Content-Encoding", STR("gzip"));
		http_reply(req, 200, NULL, gzipped(req->arena, str_from(big, 100 * 1000)));
	} else if (str_eq(path, STR("/redirect"))) {
		t.redirects++;
		http_reply_header(req, "Location", STR("/agent"));
		http_reply(req, 302, NULL, STR("elsewhere"));
	} else if (str_eq(path, STR("/circle"))) {
		t.redirects++;
		http_reply_header(req, "Location", STR("/circle"));
		http_reply(req, 302, NULL, STR(""));
	} else {
		http_reply(req, 404, "text/plain", STR("no such page"));
	}
}

/* --- running -------------------------------------------------------------------------------------------- */

static int setup(void **state)
{
	static const struct http_options tcp = {.listen = "127.0.0.1:0"};

	(void)state;
	memset(&t, 0, sizeof(t));
	t.lb = loopback_new(&tcp, serve, NULL);
	t.client = http_client_new(t.lb->loop, NULL);
	t.arena = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	http_client_free(t.client);
	if (t.kept)
		http_drop(t.kept);
	loopback_free(t.lb);
	arena_free(t.arena);
	return 0;
}

static const char *url_of(const char *path)
{
	return arena_printf(t.arena, "http://127.0.0.1:%d%s", http_server_port(t.lb->server), path);
}

static void on_done(const struct http_result *result, void *arg)
{
	assert_ptr_equal(arg, &t);
	t.done++;
	t.result = result;
	loop_stop(t.lb->loop);
}

static const struct http_result *fetch(struct http_fetch f)
{
	int done = t.done;

	http_fetch(t.client, t.arena, &f, on_done, &t);
	assert_int_equal(t.done, done); /* never inside the call */
	loop_run(t.lb->loop);
	assert_int_equal(t.done, done + 1);
	assert_int_equal(http_client_calls(t.client), 0);
	return t.result;
}

static const struct http_result *get(const char *path)
{
	return fetch((struct http_fetch){.url = url_of(path)});
}

#define assert_str(s, want) assert_string_equal(str_cstr(t.arena, (s)), (want))

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

/* --- failures -------------------------------------------------------------------------------------------- */

static const char *host(void)
{
	return arena_printf(t.arena, "127.0.0.1:%d", http_server_port(t.lb->server));
}

#define assert_failed(r, want_code, ...)                                               \
	do {                                                                           \
		assert_int_equal((r)->err.code, (want_code));                          \
		assert_string_equal((r)->err.msg, arena_printf(t.arena, __VA_ARGS__)); \
	} while (0)

static void tells_a_refused_connection(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0); /* but does not listen */
	getsockname(fd, (struct sockaddr *)&at, &len);
	const struct http_result *r = fetch((struct http_fetch){
		.url = arena_printf(t.arena, "http://127.0.0.1:%d/?token=s3cret",
			ntohs(at.sin_port))});
	assert_failed(r, E_UPSTREAM, "could not connect to 127.0.0.1:%d: Connection refused",
		ntohs(at.sin_port));
	assert_int_equal(r->status, 0);
	close(fd);
}

static void tells_a_name_that_does_not_resolve(void **state)
{
	const struct http_result *r =
		fetch((struct http_fetch){.url = "http://no-such-host.invalid/?token=s3cret"});

	(void)state;
	if (getenv("http_proxy")) { /* then the proxy resolves names */
		print_message("a proxy is set: not checked\n");
		return;
	}
	assert_failed(r, E_UPSTREAM, "no-such-host.invalid could not be resolved");
}

static void tells_a_url_that_cannot_be_read(void **state)
{
	static const char *const urls[] = {"", "ftp://x/", "file:///etc/passwd", "http://",
		"http://x:99999/", "http://a b/", "http://x/\r\nEvil: 1"};

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const struct http_result *r = fetch((struct http_fetch){.url = urls[i]});
		assert_int_equal(r->err.code, E_INPUT);
		assert_non_null(strstr(r->err.msg, "the URL "));
	}
}

static void refuses_a_header_with_a_line_end(void **state)
{
	struct http_fetch_header h = {"X-A", STR("b\r\nEvil: 1")};
	const struct http_result *r =
		fetch((struct http_fetch){.url = url_of("/agent"), .headers = &h, .n_headers = 1});

	(void)state;
	assert_failed(r, E_INPUT, "the header X-A holds a line end");
}

static void tells_a_timeout(void **state)
{
	const struct http_result *r =
		fetch((struct http_fetch){.url = url_of("/never"), .timeout_ms = 100});

	(void)state;
	assert_failed(r, E_TIMEOUT, "%s did not answer in full within 0.1 s", host());
	assert_true(r->took_us >= 90 * 1000 && r->took_us < 2000 * 1000);
}

static void tells_a_truncated_body(void **state)
{
	(void)state;
	assert_failed(get("/cut"), E_UPSTREAM,
		"%s closed the connection before the answer was complete", host());
}

static void tells_a_body_larger_than_allowed(void **state)
{
	static const char *const paths[] = {"/big", "/big-chunked", "/bomb"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct http_result *r = fetch((struct http_fetch){.url = url_of(paths[i]),
			.max_body_bytes = 50 * 1000,
			.gzip = true});
		assert_failed(r, E_LIMIT, "%s sent a larger body than allowed", host());
	}
}

static void tells_a_body_that_does_not_unpack(void **state)
{
	const struct http_result *r =
		fetch((struct http_fetch){.url = url_of("/bad-gzip"), .gzip = true});

	(void)state;
	assert_failed(r, E_UPSTREAM, "%s sent a body that cannot be unpacked", host());
}

static void tells_redirects_without_end(void **state)
{
	const struct http_result *r =
		fetch((struct http_fetch){.url = url_of("/circle"), .follow_redirects = true});

	(void)state;
	assert_failed(r, E_UPSTREAM, "%s redirects without end", host());
	assert_int_equal(t.redirects, 6);
}

/* A server that accepts and then says exactly this. */
static int bad_server;
static struct str bad_words;

static void on_bad_request(struct watch *w, unsigned events, void *arg)
{
	int fd = accept(watch_fd(w), NULL, NULL);
	char buf[1000];

	(void)events;
	(void)arg;
	(void)!recv(fd, buf, sizeof(buf), 0);
	(void)!send(fd, bad_words.p, bad_words.len, MSG_NOSIGNAL);
	close(fd);
}

static const struct http_result *fetch_bad(struct str words, const char *scheme)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	bad_words = words;
	bad_server = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(bad_server, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(bad_server, 5), 0);
	getsockname(bad_server, (struct sockaddr *)&at, &len);
	struct watch *w = watch_new(t.lb->loop, bad_server, on_bad_request, NULL);
	watch_set(w, WATCH_READ);
	const struct http_result *r =
		fetch((struct http_fetch){.url = arena_printf(t.arena, "%s://127.0.0.1:%d/", scheme,
						  ntohs(at.sin_port)),
			.timeout_ms = 2000});
	watch_free(w);
	close(bad_server);
	return r;
}

static void tells_what_is_not_an_http_answer(void **state)
{
	(void)state;
	assert_int_equal(fetch_bad(STR("SSH-2.0-OpenSSH\r\n"), "http")->err.code, E_UPSTREAM);
	const struct http_result *r = fetch_bad(STR(""), "http");
	assert_int_equal(r->err.code, E_UPSTREAM);
	assert_non_null(strstr(r->err.msg, "without an answer"));
	r = fetch_bad(STR("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), "http");
	assert_int_equal(r->err.code, E_UPSTREAM);
	r = fetch_bad(STR("HTTP/1.1 400 Bad Request\r\n\r\n"), "https");
	assert_int_equal(r->err.code, E_UPSTREAM);
	assert_non_null(strstr(r->err.msg, "TLS with 127.0.0.1:"));
}

static void limits_the_headers_of_an_answer(void **state)
{
	size_t len = 400 * 1000;
	char *words = arena_alloc(t.arena, len);
	int at = sprintf(words, "HTTP/1.1 200 OK\r\n");

	(void)state;
	while ((size_t)at < len - 1100) {
		memset(words + at, 'h', 1000);
		memcpy(words + at, "X: ", 3);
		memcpy(words + at + 998, "\r\n", 2);
		at += 1000;
	}
	memcpy(words + at, "\r\n", 2);
	const struct http_result *r = fetch_bad(str_from(words, (size_t)at + 2), "http");
	assert_true(r->err.code == E_LIMIT || r->err.code == E_UPSTREAM);
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
	struct http_call *call = http_fetch(t.client, t.arena, &f, on_done, &t);
	loopback_run_ms(t.lb, 50);
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
	struct http_call *call = http_fetch(t.client, a, &f, on_done, &t);

	(void)state;
	loopback_run_ms(t.lb, 20);
	assert_non_null(t.kept);
	http_call_cancel(call);
	arena_free(a);
	loopback_run_ms(t.lb, 20);
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
	sink.victim = http_fetch(t.client, a, &never, on_done, &t);
	loopback_run_ms(t.lb, 20);
	struct http_fetch f = {.url = url_of("/big"), .sink = on_piece, .sink_arg = &sink};
	http_fetch(t.client, t.arena, &f, on_done, &t);
	loop_run(t.lb->loop);
	arena_free(a);
	assert_int_equal(t.done, 1);
	loopback_run_ms(t.lb, 5);
	assert_int_equal(http_client_calls(t.client), 0);
	sink_reset();
}

static void a_client_may_be_freed_with_calls_under_way(void **state)
{
	struct http_fetch never = {.url = url_of("/never")}, bad = {.url = "nonsense"};

	(void)state;
	http_fetch(t.client, t.arena, &never, on_done, &t);
	loopback_run_ms(t.lb, 20);
	http_fetch(t.client, t.arena, &bad, on_done, &t);
	http_client_free(t.client);
	t.client = NULL;
	loopback_run_ms(t.lb, 20);
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
		http_fetch(t.client, t.arena, &f, on_done, &t);
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
		loopback_run_ms(t.lb, 5);
	fiber_cancel(fiber);
	loop_run(t.lb->loop);
	assert_int_equal(t.result->err.code, E_CANCEL);
	assert_int_equal(http_client_calls(t.client), 0);
	fiber_detach(fiber);
}

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PLAIN(fetches_a_page),
		PLAIN(a_status_is_an_answer),
		PLAIN(reads_a_date_in_retry_after),
		PLAIN(sends_methods_bodies_and_headers),
		PLAIN(sends_a_large_body),
		PLAIN(uses_connections_again),
		PLAIN(unpacks_gzip_when_asked),
		PLAIN(follows_redirects_only_when_asked),
		PLAIN(tells_a_refused_connection),
		PLAIN(tells_a_name_that_does_not_resolve),
		PLAIN(tells_a_url_that_cannot_be_read),
		PLAIN(refuses_a_header_with_a_line_end),
		PLAIN(tells_a_timeout),
		PLAIN(tells_a_truncated_body),
		PLAIN(tells_a_body_larger_than_allowed),
		PLAIN(tells_a_body_that_does_not_unpack),
		PLAIN(tells_redirects_without_end),
		PLAIN(tells_what_is_not_an_http_answer),
		PLAIN(limits_the_headers_of_an_answer),
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
