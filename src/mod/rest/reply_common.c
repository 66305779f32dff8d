/* What every answer has, and small parts of answers. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/result.h"
#include "http/request.h"
#include "mod/rest/config.h"
#include "mod/rest/cors.h"
#include "mod/rest/keyset.h"
#include "mod/rest/reply.h"
#include "mod/rest/reply_local.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

void reply_percent(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z') || strchr("-._~", c);
		if (plain && c) {
			buf_char(b, (char)c);
		} else {
			buf_char(b, '%');
			buf_char(b, hex[c >> 4]);
			buf_char(b, hex[c & 15]);
		}
	}
}

int reply_not_singular(struct rest_request *r, int64_t rows)
{
	rest_fault(&r->fault, 406, "PGRST116", "Cannot coerce the result to a single JSON object");
	return rest_fault_details(&r->fault, "The result contains %lld rows", (long long)rows);
}

/* EXPLAIN in text form answers a row for each line. */
struct str reply_lines(struct rest_request *r, const struct result *res)
{
	int n = result_rows(res);
	struct buf b;

	if (n == 1)
		return result_text(res, 0, 0);
	buf_init(&b, 0);
	for (int i = 0; i < n; i++) {
		if (i)
			buf_char(&b, '\n');
		buf_str(&b, result_text(res, i, 0));
	}
	struct str text = str_copy(r->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

/* "?limit=2&order=id&after=" */
static void same_but_cursor(const struct rest_request *r, struct buf *b)
{
	char before = '?';

	for (struct str rest = r->query.canonical; rest.p;) {
		struct str pair = str_cut(&rest, '&');
		if (!pair.len || str_starts(pair, STR("after=")) ||
			str_starts(pair, STR("offset=")))
			continue;
		buf_char(b, before);
		buf_str(b, pair);
		before = '&';
	}
	buf_char(b, before);
	buf_cstr(b, "after=");
}

void reply_next_link(struct rest_request *r, const struct result *res)
{
	struct str cursor = res ? rest_keyset_next(r, res) : STR_NULL;
	struct buf b;

	if (!cursor.len)
		return;
	buf_init(&b, 0);
	buf_char(&b, '<');
	buf_cstr(&b, rest_site_prefix(r->site));
	buf_str(&b, r->target == REST_TARGET_CALL ? STR("/rpc/") : STR("/"));
	reply_percent(&b, r->name);
	same_but_cursor(r, &b);
	buf_str(&b, cursor);
	buf_cstr(&b, ">; rel=\"next\"");
	rest_answer_header(r, "Link", str_copy(r->arena, buf_view(&b)));
	buf_done(&b);
}

static void timing(struct rest_request *r)
{
	rest_answer_header(r, "Server-Timing",
		str_printf(r->arena,
			"jwt;dur=%.3f, parse;dur=%.3f, plan;dur=%.3f, transaction;dur=%.3f, response;dur=%.3f",
			(double)r->jwt_us / 1e3, (double)r->parse_us / 1e3,
			(double)r->plan_us / 1e3, (double)r->run_us / 1e3,
			(double)(rest_request_age_us(r) - r->jwt_us - r->parse_us - r->plan_us -
				r->run_us) /
				1e3));
}

void reply_common(struct rest_request *r)
{
	const struct rest_config *c = rest_site_config(r->site);

	if (r->has_profile)
		rest_answer_header(r, "Content-Profile", r->schema);
	rest_answer_header(r, "Vary",
		!r->http ? STR("Accept, Prefer, Range")
			 : STR("Accept, Prefer, Range, Accept-Encoding"));
	if (c->server_timing_enabled)
		timing(r);
	if (c->server_trace_header.len) {
		const char *name = str_cstr(r->arena, c->server_trace_header);
		struct str value = rest_request_header(r, name);
		bool is_said = r->http &&
			str_eq_nocase(c->server_trace_header, STR("X-Request-Id")) &&
			str_eq(value, r->http->id); /* every answer says that */
		if (value.p && !is_said)
			rest_answer_header(r, name, value);
	}
	if (r->http)
		rest_cors_answer(r);
}
