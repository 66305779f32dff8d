#include "http/reply_head.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/conn.h"
#include "http/exchange.h"
#include "http/server_local.h"
#include "http/status.h"

#define HEAD_ROOM 384 /* what is written here at most, without the id and the handler's headers */

static char *put(char *at, const char *text)
{
	return stpcpy(at, text);
}

static char *put_str(char *at, struct str s)
{
	return mempcpy(at, s.p, s.len);
}

static char *put_u64(char *at, uint64_t n)
{
	char digits[20];
	int i = (int)sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	return mempcpy(at, digits + i, sizeof(digits) - (size_t)i);
}

/* "Sat, 21 Nov 2026 12:00:00 GMT", written anew once a second. */
static const char *date(struct http_server *s)
{
	int64_t now = now_us();

	if (now / US_PER_SECOND != s->date_s) {
		s->date_s = now / US_PER_SECOND;
		clock_format_http(s->date, now);
	}
	return s->date;
}

static bool status_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

/* How a body is framed follows from the length, when one was announced, and the client's version. */
static void decide(struct http_exchange *x, bool final)
{
	struct http_answer *a = &x->answer;
	bool has_body = status_has_body(a->status);

	a->bodyless = !has_body || str_eq(x->req.method, STR("HEAD"));
	a->close |= !x->keeps_alive || x->server->is_draining || http_body_forces_close(x, final) ||
		(x->conn && http_conn_is_eof(x->conn));
	if (has_body && a->announced < 0) {
		a->chunked = x->req.version >= 11;
		a->close |= !a->chunked && !a->bodyless;
	}
}

static char *put_framing(char *at, const struct http_exchange *x)
{
	const struct http_answer *a = &x->answer;

	if (a->announced >= 0 && status_has_body(a->status)) {
		at = put(at, "Content-Length: ");
		at = put_u64(at, (uint64_t)a->announced);
		at = put(at, "\r\n");
	} else if (a->chunked) {
		at = put(at, "Transfer-Encoding: chunked\r\n");
	}
	if (a->close)
		at = put(at, "Connection: close\r\n");
	else if (x->req.version < 11)
		at = put(at, "Connection: keep-alive\r\n");
	return at;
}

void http_reply_head(struct http_exchange *x, bool final)
{
	struct http_answer *a = &x->answer;
	struct str reason = a->reason.p ? a->reason : str_of(http_status_text(a->status));
	char *head = arena_alloc(x->req.arena,
		     HEAD_ROOM + x->req.id.len + reason.len + a->fields_len),
	     *at = head;

	decide(x, final);
	at = put(at, "HTTP/1.1 ");
	at = put_u64(at, (uint64_t)a->status);
	at = put(at, " ");
	at = put_str(at, reason);
	at = put(at, "\r\n");
	if (!a->own_date) {
		at = put(at, "Date: ");
		at = put(at, date(x->server));
		at = put(at, "\r\n");
	}
	at = put_framing(at, x);
	at = put(at, "X-Request-Id: ");
	at = put_str(at, x->req.id);
	at = put(at, "\r\n");
	if (a->fields_len)
		at = mempcpy(at, a->fields, a->fields_len);
	at = put(at, "\r\n");
	http_out_borrow(&a->out, x->req.arena, str_from(head, (size_t)(at - head)), false);
	a->chunked &= !a->bodyless;
}
