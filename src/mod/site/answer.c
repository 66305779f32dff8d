#include "mod/site/answer.h"

#include <string.h>

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
#define UNSETTLED_US (3 * US_PER_SECOND) /* an index may still be behind */
#define MOMENT_US US_PER_SECOND
#define ETAG_BYTES 16
#define KEYS_MAX 8000

static int64_t life_us(const struct site_page *page, int64_t changed_us)
{
	if (page->from_index && changed_us && mono_us() - changed_us < UNSETTLED_US)
		return MOMENT_US;
	return (page->life == SITE_FIGURES ? FIGURES_S : LISTINGS_S) * US_PER_SECOND;
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
	const struct buf *keys, int64_t changed_us, struct site_answer *ret)
{
	unsigned char hash[CRYPTO_SHA256_LEN];

	*ret = (struct site_answer){
		.type = page->type,
		.body = str_copy(a, buf_view(out)),
		.keys = str_copy(a, str_sub(buf_view(keys), 0, KEYS_MAX)),
		.until_us = mono_us() + life_us(page, changed_us),
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

void site_answer_send(struct site_call *c, const struct site_answer *answer, bool is_new)
{
	struct http_request *http = c->http;
	bool is_packed = answer->packed.p && site_answer_may_pack(c);
	struct str etag = str_printf(c->arena, "\"%s%s\"", answer->etag, is_packed ? "-gzip" : "");

	site_call_open(c);
	http_reply_header(http, "ETag", etag);
	http_reply_header(http, "Cache-Control",
		c->page->life == SITE_FIGURES
			? STR("public, max-age=300, stale-while-revalidate=600")
			: STR("public, max-age=60, stale-while-revalidate=600"));
	http_reply_header(http, "Vary", STR("Host, Accept-Encoding"));
	http_reply_header(http, "X-Cache", is_new ? STR("miss") : STR("hit"));
	http_reply_header(http, "Surrogate-Key", answer->keys);
	if (has_it(c, etag)) {
		http_reply(http, 304, NULL, STR(""));
		return;
	}
	if (is_packed)
		http_reply_header(http, "Content-Encoding", STR("gzip"));
	http_reply(http, 200, answer->type, is_packed ? answer->packed : answer->body);
}
