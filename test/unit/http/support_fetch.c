#include "support_fetch.h"

#include <string.h>
#include <zlib.h>

struct fetch_fixture t;

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
	http_reply_header(req, "X-Authorization", http_header(req, "authorization"));
	http_reply_header(req, "X-Hash", http_header(req, "x-amz-content-sha256"));
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

int fetch_setup(void **state)
{
	static const struct http_options tcp = {.listen = "127.0.0.1:0"};

	(void)state;
	memset(&t, 0, sizeof(t));
	t.lb = loopback_new(&tcp, serve, NULL);
	t.client = http_client_new(t.lb->loop, NULL);
	t.arena = arena_new();
	return 0;
}

int fetch_teardown(void **state)
{
	(void)state;
	http_client_free(t.client);
	if (t.kept)
		http_drop(t.kept);
	loopback_free(t.lb);
	arena_free(t.arena);
	return 0;
}

const char *url_of(const char *path)
{
	return arena_printf(t.arena, "http://127.0.0.1:%d%s", http_server_port(t.lb->server), path);
}

void fetch_on_done(const struct http_result *result, void *arg)
{
	assert_ptr_equal(arg, &t);
	t.done++;
	t.result = result;
	loop_stop(t.lb->loop);
}

const struct http_result *fetch(struct http_fetch f)
{
	int done = t.done;

	http_fetch(t.client, t.arena, &f, fetch_on_done, &t);
	assert_int_equal(t.done, done); /* never inside the call */
	loop_run(t.lb->loop);
	assert_int_equal(t.done, done + 1);
	assert_int_equal(http_client_calls(t.client), 0);
	return t.result;
}

const struct http_result *get(const char *path)
{
	return fetch((struct http_fetch){.url = url_of(path)});
}

const char *host_of_server(void)
{
	return arena_printf(t.arena, "127.0.0.1:%d", http_server_port(t.lb->server));
}
