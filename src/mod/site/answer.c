#include "mod/site/answer.h"

#include <string.h>

#include "app/forwarded.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/pack.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/site/call.h"

#define WORTH_BYTES 1024 /* smaller answers are not compressed */
#define LISTINGS_S 60
#define FIGURES_S 300
#define ETAG_BYTES 16
#define KEYS_MAX 1500 /* twice that and the other headers fit what proxies take at first (4 KiB) */

/* Too many: the workspace's alone, which comes first. */
static struct str keys_of(struct str keys)
{
	return keys.len > KEYS_MAX ? str_cut(&keys, ' ') : keys;
}

static struct str pack(struct arena *a, struct str body)
{
	struct buf b;
	struct str packed = STR_NULL;

	if (body.len < WORTH_BYTES)
		return packed;
	buf_init(&b, 0);
	pack_add(pack_new(a, PACK_GZIP), body, false, true, &b);
	if (b.len < body.len)
		packed = str_copy(a, buf_view(&b));
	buf_done(&b);
	return packed;
}

void site_answer_make(struct arena *a, const struct site_page *page, const struct buf *out,
	const struct buf *keys, bool is_settled, struct site_answer *ret)
{
	unsigned char hash[CRYPTO_SHA256_LEN];

	*ret = (struct site_answer){
		.type = page->type,
		.body = str_copy(a, buf_view(out)),
		.keys = str_copy(a, keys_of(buf_view(keys))),
		.until_us = mono_us() +
			(page->life == SITE_FIGURES ? FIGURES_S : LISTINGS_S) * US_PER_SECOND,
		.is_settled = is_settled,
	};
	crypto_sha256(ret->body, hash);
	enc_hex_write(ret->etag, hash, ETAG_BYTES);
	ret->etag[2 * ETAG_BYTES] = 0;
	ret->packed = pack(a, ret->body);
}

/* "gzip;q=0" refuses it. */
bool site_answer_may_pack(struct site_call *c)
{
	struct str list = http_header_list(c->http, "Accept-Encoding");

	while (list.p) {
		struct str params = str_cut(&list, ','), name = str_trim(str_cut(&params, ';'));
		double q = 1;
		if (params.p && str_starts(str_trim(params), STR("q=")) &&
			!str_to_f64(str_sub(str_trim(params), 2, params.len), &q))
			q = 1;
		if (q > 0 && (str_eq_nocase(name, STR("gzip")) || str_eq(name, STR("*"))))
			return true;
	}
	return false;
}

/* Any of If-None-Match, compared weakly (RFC 9110 13.1.2). */
static bool has_it(struct site_call *c, struct str etag)
{
	struct str list = http_header_list(c->http, "If-None-Match");

	while (list.p) {
		struct str one = str_trim(str_cut(&list, ','));
		if (str_starts(one, STR("W/")))
			one = str_sub(one, 2, one.len);
		if (str_eq(one, etag) || str_eq(one, STR("*")))
			return true;
	}
	return false;
}

/* Where a listing shows, nothing is older than a minute and a half on the way: somebody may have opted out. */
static struct str cache_control(const struct site_page *page, const struct site_answer *answer)
{
	if (!answer->is_settled)
		return STR("no-cache");
	if (page->cache_control)
		return str_of(page->cache_control);
	return page->life == SITE_FIGURES ? STR("public, max-age=300, stale-while-revalidate=60")
					  : STR("public, max-age=60, stale-while-revalidate=30");
}

/* Fastly and Varnish read Surrogate-Key, Cloudflare and others Cache-Tag, with commas. */
static void add_keys(struct site_call *c, struct str keys)
{
	char *tags = arena_alloc(c->arena, keys.len);

	for (size_t i = 0; i < keys.len; i++)
		tags[i] = keys.p[i] == ' ' ? ',' : keys.p[i];
	http_reply_header(c->http, "Surrogate-Key", keys);
	http_reply_header(c->http, "Cache-Tag", str_from(tags, keys.len));
}

void site_answer_send(struct site_call *c, const struct site_answer *answer, bool is_new)
{
	struct http_request *http = c->http;
	bool is_packed = answer->packed.p && site_answer_may_pack(c);
	struct str etag = str_printf(c->arena, "\"%s%s\"", answer->etag, is_packed ? "-gzip" : "");

	site_call_open(c);
	http_reply_header(http, "ETag", etag);
	http_reply_header(http, "Cache-Control", cache_control(c->page, answer));
	http_reply_header(http, "Vary",
		forwarded_is_host_told() ? STR("Host, X-Forwarded-Host, Accept-Encoding")
					 : STR("Host, Accept-Encoding"));
	http_reply_header(http, "X-Cache", is_new ? STR("miss") : STR("hit"));
	add_keys(c, answer->keys);
	if (has_it(c, etag)) {
		http_reply(http, 304, NULL, STR(""));
		return;
	}
	if (is_packed)
		http_reply_header(http, "Content-Encoding", STR("gzip"));
	http_reply(http, 200, answer->type, is_packed ? answer->packed : answer->body);
}
