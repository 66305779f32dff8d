#include "http/vet.h"

#include <string.h>

#include "base/arena.h"
#include "base/ulid.h"
#include "http/exchange.h"
#include "http/parser.h"
#include "http/server_local.h"
#include "http/url.h"

static bool refuse(struct http_fault *fault, int status, const char *words)
{
	*fault = (struct http_fault){.status = status, .words = words};
	return false;
}

/* The value of a header that may come once. -1: it comes more often. 0: not at all. 1: once. */
static int get_single(const struct http_head *h, struct str name, struct str *ret_value)
{
	int i = http_head_find(h, name, 0);

	*ret_value = STR_NULL;
	if (i < 0)
		return 0;
	if (http_head_find(h, name, (size_t)i + 1) >= 0)
		return -1;
	*ret_value = http_head_value(h, (size_t)i);
	return 1;
}

/* --- id ------------------------------------------------------------------------------------------ */

static bool is_request_id(struct str s)
{
	static const char more[] = "._-";

	if (s.len < 8 || s.len > 64)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool is_alnum =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!is_alnum && !memchr(more, c, sizeof(more) - 1))
			return false;
	}
	return true;
}

void http_vet_id(struct http_exchange *x)
{
	if (x->req.id.p)
		return;
	struct str given;
	if (get_single(&x->head, STR("x-request-id"), &given) == 1 && is_request_id(given))
		x->req.id = given;
	else
		x->req.id = str_from(ulid_new(arena_alloc(x->req.arena, ULID_SIZE)), ULID_LEN);
}

/* --- target and host ------------------------------------------------------------------------------- */

static bool has_only_target_bytes(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '#')
			return false;
	return true;
}

static bool is_host(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\"#%/<>?@\\^`{|},", s.p[i]))
			return false;
	return true;
}

static bool vet_host(struct http_exchange *x, struct http_fault *fault)
{
	struct str host;
	int n = get_single(&x->head, STR("host"), &host);

	if (n < 0)
		return refuse(fault, 400, "there is more than one Host header");
	if (n == 0 && x->req.version >= 11)
		return refuse(fault, 400, "the Host header is missing");
	if (n && !is_host(host))
		return refuse(fault, 400, "the Host header is malformed");
	if (!x->req.host.p)
		x->req.host = n ? host : STR("");
	return true;
}

/* "http://host/path?query" (RFC 9112 3.2.2): its host replaces the Host header. */
static bool cut_absolute(struct http_exchange *x, struct str *target)
{
	struct http_url u;

	if (http_url_parse(*target, &u, NULL) || u.userinfo.p)
		return false;
	size_t start = u.scheme.len + 3, end = start;
	while (end < target->len && !strchr("/?", target->p[end]))
		end++;
	x->req.host = str_sub(*target, start, end);
	*target = str_sub(*target, end, target->len);
	if (!target->len || target->p[0] == '?')
		*target = str_printf(x->req.arena, "/" STR_FMT, STR_ARG(*target));
	return true;
}

static bool vet_target(struct http_exchange *x, struct http_fault *fault)
{
	struct http_request *req = &x->req;
	struct str target = http_head_target(&x->head);
	struct err e = {.arena = req->arena};

	req->target = target;
	if (!has_only_target_bytes(target))
		return refuse(fault, 400, "the request target holds a byte that must be escaped");
	if (str_eq(target, STR("*"))) {
		if (!str_eq(req->method, STR("OPTIONS")))
			return refuse(fault, 400, "the target '*' is for OPTIONS only");
		req->path = req->raw_path = target;
		return true;
	}
	if (!str_starts(target, STR("/")) && !cut_absolute(x, &target))
		return refuse(fault, 400, "the request target is neither a path nor an http URL");
	req->query = target;
	req->raw_path = str_cut(&req->query, '?');
	if (http_path_decode(req->arena, req->raw_path, &req->path, &e))
		return refuse(fault, 400, e.msg);
	return true;
}

/* --- framing and expectations ----------------------------------------------------------------------- */

/* llhttp has refused what could smuggle a request; this refuses codings we cannot undo (RFC 9112 6.1),
 * and chunks from HTTP/1.0, which an older hop would have framed otherwise. */
static bool vet_coding(struct http_exchange *x, struct http_fault *fault)
{
	struct str coding;
	int n = get_single(&x->head, STR("transfer-encoding"), &coding);

	if (n == 0)
		return true;
	if (x->req.version < 11)
		return refuse(fault, 400, "HTTP/1.0 has no Transfer-Encoding");
	if (n < 0 || !str_eq_nocase(coding, STR("chunked")))
		return refuse(fault, 501, "the only transfer coding known is 'chunked'");
	return true;
}

static bool vet_expectation(struct http_exchange *x, struct http_fault *fault)
{
	struct str expected;
	int n = get_single(&x->head, STR("expect"), &expected);

	if (n == 0 || x->req.version < 11)
		return true;
	if (n < 0 || !str_eq_nocase(expected, STR("100-continue")))
		return refuse(fault, 417, "the only expectation known is '100-continue'");
	x->expects = x->req.body_len != 0;
	return true;
}

static bool is_safe(struct str method)
{
	return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")) ||
		str_eq(method, STR("OPTIONS")) || str_eq(method, STR("TRACE"));
}

bool http_vet(struct http_exchange *x, const struct http_parser *p, struct http_fault *ret_fault)
{
	struct http_request *req = &x->req;

	req->method = http_parser_method(p);
	req->version = http_parser_version(p);
	req->body_len = http_parser_body_len(p);
	req->path = req->raw_path = STR("");
	x->keeps_alive = http_parser_keeps_alive(p);
	x->is_safe = is_safe(req->method) && req->body_len == 0;
	http_vet_id(x);
	if (req->version != 10 && req->version != 11)
		return refuse(ret_fault, 505, "the version is neither HTTP/1.1 nor HTTP/1.0");
	if (str_eq(req->method, STR("CONNECT")))
		return refuse(ret_fault, 501, "this is not a proxy");
	if (!vet_coding(x, ret_fault) || !vet_target(x, ret_fault) || !vet_host(x, ret_fault) ||
		!vet_expectation(x, ret_fault))
		return false;
	if (req->body_len > 0 && (uint64_t)req->body_len > x->server->opt.max_stream_bytes)
		return refuse(ret_fault, 413, "the body is larger than this server takes");
	return true;
}
