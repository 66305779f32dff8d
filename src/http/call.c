#include "http/call.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/client_local.h"
#include "http/url.h"
#include "loop/loop.h"

#define MAX_HEADER_BYTES (256 * 1024)
#define MAX_REDIRECTS 5
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* --- what comes back, in this order ------------------------------------------------------------------ */

static int fail(struct http_call *call, enum err_code code, const char *what)
{
	return err_set(&call->result->err, code, STR_FMT " %s", STR_ARG(call->host), what);
}

static size_t read_source(struct http_call *call, char *to, size_t n)
{
	uint64_t left = call->source_len - call->body_at;
	long got;

	if (!left)
		return 0;
	got = call->source(to, n < left ? n : (size_t)left, call->body_at, call->source_arg);
	if (got <= 0) {
		err_set(&call->result->err, E_BUG, "the body could not be read to its end");
		return CURL_READFUNC_ABORT;
	}
	call->body_at += (uint64_t)got;
	return (size_t)got;
}

static size_t on_request_body(char *to, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;

	if (!call->is_over && call->source)
		return read_source(call, to, size * n);
	struct str rest = str_sub(call->body, call->body_at, call->body_at + size * n);

	if (call->is_over)
		return CURL_READFUNC_ABORT;
	memcpy(to, rest.p, rest.len);
	call->body_at += rest.len;
	return rest.len;
}

/* A request on a connection that turns out to be dead is sent again from the start. */
static int on_rewind(void *arg, curl_off_t offset, int origin)
{
	struct http_call *call = arg;

	if (origin != SEEK_SET || offset < 0 ||
		(uint64_t)offset > (call->source ? call->source_len : call->body.len))
		return CURL_SEEKFUNC_FAIL;
	call->body_at = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static void add_header(struct http_call *call, struct str line)
{
	struct http_result *r = call->result;
	struct str value = line, name = str_cut(&value, ':');

	if (!value.p)
		return;
	if (r->n_headers == call->headers_cap) {
		size_t size = sizeof(r->headers[0]), cap = 2 * call->headers_cap + 16;
		r->headers =
			arena_resize(call->arena, r->headers, call->headers_cap * size, cap * size);
		call->headers_cap = cap;
	}
	r->headers[r->n_headers++] = (struct http_fetch_header){
		.name = str_cstr(call->arena, str_trim(name)),
		.value = str_copy(call->arena, str_trim(value)),
	};
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;
	struct str s = str_from(line, size * n);

	if (call->is_over)
		return 0;
	call->header_bytes += s.len;
	if (call->header_bytes > MAX_HEADER_BYTES) {
		fail(call, E_LIMIT, "sent more headers than allowed");
		return 0;
	}
	if (str_starts(s, STR("HTTP/"))) { /* another answer: after a redirect, or a 100 */
		call->result->n_headers = 0;
		call->result->body_bytes = 0;
		buf_clear(&call->collected);
	} else {
		add_header(call, s);
	}
	return s.len;
}

static bool is_for_sink(struct http_call *call)
{
	long status = 0;

	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	return call->sink && status >= 200 && status <= 299;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;
	struct http_result *r = call->result;
	struct str piece = str_from(p, size * n);

	if (call->is_over)
		return 0;
	if (r->body_bytes + piece.len > call->max_body_bytes) {
		fail(call, E_LIMIT, "sent a larger body than allowed");
		return 0;
	}
	if (is_for_sink(call)) {
		int rc = call->sink(piece, call->sink_arg);
		if (rc == HTTP_SINK_PAUSE)
			return CURL_WRITEFUNC_PAUSE;
		if (rc && !call->is_over)
			err_set(&r->err, E_CANCEL, "the transfer was stopped");
		if (rc || call->is_over)
			return 0;
	} else {
		buf_str(&call->collected, piece);
	}
	r->body_bytes += piece.len;
	return piece.len;
}

/* --- setting up ---------------------------------------------------------------------------------------- */

static void add_request_header(struct http_call *call, const char *name, struct str value)
{
	/* libcurl sends a header without a value only when written with a semicolon. */
	const char *line = value.len
		? arena_printf(call->arena, "%s: " STR_FMT, name, STR_ARG(value))
		: arena_printf(call->arena, "%s;", name);

	if (str_find_char(str_of(line), '\r') >= 0 || str_find_char(str_of(line), '\n') >= 0) {
		err_set(&call->result->err, E_INPUT, "the header %s holds a line end", name);
		return;
	}
	call->headers = curl_slist_append(call->headers, line);
	if (!call->headers)
		abort();
}

static void set_headers(struct http_call *call, const struct http_fetch *f)
{
	bool has_type = false;

	if (f->aws) /* libcurl before 8 would sign the hash of nothing for a body that is read */
		add_request_header(call, "x-amz-content-sha256",
			f->source || f->body.p ? STR("UNSIGNED-PAYLOAD") : STR(EMPTY_SHA256));
	for (size_t i = 0; i < f->n_headers; i++) {
		add_request_header(call, f->headers[i].name, f->headers[i].value);
		has_type |= str_eq_nocase(str_of(f->headers[i].name), STR("content-type"));
	}
	/* What libcurl would add of its own accord. Some versions would sign the names that are left out here, too. */
	if (!f->aws)
		call->headers = curl_slist_append(call->headers, "Expect:");
	if (!has_type && !f->aws)
		call->headers = curl_slist_append(call->headers, "Content-Type:");
	curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

static void set_method(struct http_call *call, const struct http_fetch *f)
{
	const char *method = f->method ? f->method : "GET";
	bool is_head = !strcmp(method, "HEAD"), is_get = !strcmp(method, "GET");
	bool has_body = f->body.p || f->source;
	CURL *easy = call->easy;

	if (has_body) {
		uint64_t len = f->source ? f->source_len : f->body.len;
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
		curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_request_body);
		curl_easy_setopt(easy, CURLOPT_READDATA, call);
		curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_rewind);
		curl_easy_setopt(easy, CURLOPT_SEEKDATA, call);
	}
	if (is_head)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (!is_get || has_body)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	if (f->follow_redirects && (is_get || is_head)) {
		bool is_tls = str_starts(str_of(f->url), STR("https:"));
		curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
		curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
		curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR,
			is_tls ? "https" : "http,https");
	}
}

static void set_limits(struct http_call *call, const struct http_fetch *f)
{
	CURL *easy = call->easy;

	call->timeout_ms = f->timeout_ms ? f->timeout_ms : 30 * 1000;
	call->connect_timeout_ms = f->connect_timeout_ms ? f->connect_timeout_ms : 10 * 1000;
	call->max_body_bytes = f->max_body_bytes ? f->max_body_bytes : 64 * 1024 * 1024;
	buf_init(&call->collected, call->max_body_bytes);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)call->connect_timeout_ms);
	if (f->stall_s) {
		curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)f->stall_s);
	}
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)call->max_body_bytes);
}

static void set_signature(struct http_call *call, const struct http_aws *aws)
{
	CURL *easy = call->easy;
	const char *scope = arena_printf(call->arena, "aws:amz:%s:%s", aws->region, aws->service);

	curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, scope);
	curl_easy_setopt(easy, CURLOPT_USERNAME, aws->key);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, aws->secret);
}

static void set_up(struct http_call *call, const struct http_fetch *f)
{
	struct http_client *c = call->client;
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(easy, CURLOPT_URL, f->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, c->no_proxy);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, c->user_agent);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->words);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	if (c->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, c->ca_file);
	if (f->public_only)
		http_call_only_public(call);
	if (f->gzip)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	set_limits(call, f);
	set_method(call, f);
	set_headers(call, f);
	if (f->aws)
		set_signature(call, f->aws);
}

static struct str host_of(struct arena *a, const struct http_url *u)
{
	bool usual = u->port == (u->scheme.len == 5 ? 443 : 80);

	return usual ? str_copy(a, u->host)
		     : str_printf(a, STR_FMT ":%u", STR_ARG(u->host), (unsigned)u->port);
}

struct http_call *http_call_new(struct http_client *c, struct arena *a,
	const struct http_fetch *fetch)
{
	struct http_call *call = calloc(1, sizeof(*call));
	struct http_url url;

	if (!call)
		abort();
	*call = (struct http_call){.client = c, .arena = a, .next = c->calls, .body = fetch->body};
	if (call->next)
		call->next->prev = call;
	c->calls = call;
	c->n_calls++;
	call->sink = fetch->sink;
	call->sink_arg = fetch->sink_arg;
	call->source = fetch->source;
	call->source_arg = fetch->source_arg;
	call->source_len = fetch->source_len;
	call->start_us = mono_us();
	call->result = ARENA_NEW(a, struct http_result);
	call->result->err.arena = a;
	call->result->body = STR("");
	if (http_url_parse(str_of(fetch->url), &url, &call->result->err))
		return call;
	call->host = host_of(a, &url);
	call->easy = curl_easy_init();
	if (!call->easy)
		abort();
	set_up(call, fetch);
	return call;
}

/* --- the end ------------------------------------------------------------------------------------------ */

void http_call_free(struct http_call *call)
{
	struct http_client *c = call->client;

	call->is_over = true;
	*(call->prev ? &call->prev->next : &c->calls) = call->next;
	if (call->next)
		call->next->prev = call->prev;
	c->n_calls--;
	if (call->easy) {
		curl_multi_remove_handle(c->multi, call->easy);
		curl_easy_cleanup(call->easy);
	}
	curl_slist_free_all(call->headers);
	buf_done(&call->collected);
	call->client = NULL;
	loop_later_free(c->loop, call); /* a resume or the rest of a cancel may still be due */
}

/* The collected body gets the life of the arena without being copied. */
static struct str take_body(struct http_call *call)
{
	size_t len;
	char *p;

	if (!call->collected.len)
		return STR("");
	p = buf_take(&call->collected, &len);
	arena_defer(call->arena, free, p);
	return str_from(p, len);
}

void http_call_finish(struct http_call *call, CURLcode code)
{
	struct http_result *r = call->result;
	http_done_fn *on_done = call->on_done;
	void *arg = call->arg;
	long status = 0;

	if (call->is_over) /* cancelled in this turn; freed at its end */
		return;
	if (call->easy)
		curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code && !r->err.code)
		http_call_explain(call, code);
	r->status = (int)status;
	r->took_us = mono_us() - call->start_us;
	r->body = take_body(call);
	http_call_free(call);
	on_done(r, arg);
}

/* --- results ------------------------------------------------------------------------------------------ */

struct str http_result_header(const struct http_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (str_eq_nocase(str_of(r->headers[i].name), str_of(name)))
			return r->headers[i].value;
	return STR_NULL;
}

int64_t http_result_retry_ms(const struct http_result *r)
{
	struct str value = http_result_header(r, "Retry-After");
	int64_t seconds, at_us, now = now_us();

	if (str_to_i64(value, &seconds) && seconds >= 0)
		return seconds < INT_MAX / 1000 ? seconds * 1000 : INT_MAX;
	if (clock_parse_http(value, &at_us))
		return at_us > now ? (at_us - now) / US_PER_MS : 0;
	return -1;
}
