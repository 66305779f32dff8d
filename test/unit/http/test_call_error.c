/* What the client says when there is no answer, or none that can be used. */
#include "support_fetch.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/watch.h"

/* --- failures -------------------------------------------------------------------------------------------- */

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
	assert_failed(r, E_TIMEOUT, "%s did not answer in full within 0.1 s", host_of_server());
	assert_true(r->took_us >= 90 * 1000 && r->took_us < 2000 * 1000);
}

static void tells_a_truncated_body(void **state)
{
	(void)state;
	assert_failed(get("/cut"), E_UPSTREAM,
		"%s closed the connection before the answer was complete", host_of_server());
}

static void tells_a_body_larger_than_allowed(void **state)
{
	static const char *const paths[] = {"/big", "/big-chunked", "/bomb"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct http_result *r = fetch((struct http_fetch){.url = url_of(paths[i]),
			.max_body_bytes = 50 * 1000,
			.gzip = true});
		assert_failed(r, E_LIMIT, "%s sent a larger body than allowed", host_of_server());
	}
}

static void tells_a_body_that_does_not_unpack(void **state)
{
	const struct http_result *r =
		fetch((struct http_fetch){.url = url_of("/bad-gzip"), .gzip = true});

	(void)state;
	assert_failed(r, E_UPSTREAM, "%s sent a body that cannot be unpacked", host_of_server());
}

static void tells_redirects_without_end(void **state)
{
	const struct http_result *r =
		fetch((struct http_fetch){.url = url_of("/circle"), .follow_redirects = true});

	(void)state;
	assert_failed(r, E_UPSTREAM, "%s redirects without end", host_of_server());
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

int main(void)
{
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, fetch_setup, fetch_teardown)
	const struct CMUnitTest tests[] = {
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
	};
	return cmocka_run_group_tests_name("http/call_error", tests, NULL, NULL);
}
