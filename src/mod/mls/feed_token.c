/* OAuth client credentials (RFC 6749, 4.4) for a feed that has a client. */
#include "mod/mls/feed_local.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"

#define BODY_MAX 4096

bool feed_token_is_good(const struct feed *f, struct str given)
{
	int64_t now = now_us();

	if (given.len != 32)
		return false;
	for (size_t i = 0; i < FEED_TOKENS; i++)
		if (f->tokens.of[i].ends_us > now && crypto_eq(given, str_of(f->tokens.of[i].text)))
			return true;
	return false;
}

void feed_token_end_all(struct feed *f)
{
	for (size_t i = 0; i < FEED_TOKENS; i++)
		f->tokens.of[i].ends_us = 0;
}

static const char *issue(struct feed *f)
{
	unsigned at = f->tokens.issued++ % FEED_TOKENS;
	uint64_t n[2];

	crypto_random(n, sizeof(n));
	snprintf(f->tokens.of[at].text, sizeof(f->tokens.of[at].text), "%016" PRIx64 "%016" PRIx64,
		n[0], n[1]);
	f->tokens.of[at].ends_us = now_us() + f->config.token_ttl_s * US_PER_SECOND;
	return f->tokens.of[at].text;
}

static void refuse(struct http_request *req, int status, const char *code)
{
	http_reply(req, status, "application/json",
		str_printf(req->arena, "{\"error\":\"%s\"}\n", code));
}

/* "Basic base64(id:secret)"; absent parts when there is no such header. */
static void basic_of(struct http_request *req, struct str *ret_id, struct str *ret_secret)
{
	struct str header = http_header(req, "Authorization"), both;

	if (!str_eq_nocase(str_sub(header, 0, 6), STR("Basic ")) ||
		!enc_base64_decode(req->arena, str_sub(header, 6, header.len), &both))
		return;
	*ret_id = str_cut(&both, ':');
	*ret_secret = both;
}

static void on_body(struct http_request *req, struct str body, const struct err *err, void *arg)
{
	struct feed *f = arg;
	struct str id = STR_NULL, secret = STR_NULL;

	if (err) {
		http_reply_err(req, err);
		return;
	}
	basic_of(req, &id, &secret);
	if (!id.p) {
		id = http_query_get(req->arena, body, "client_id");
		secret = http_query_get(req->arena, body, "client_secret");
	}
	if (!str_eq(http_query_get(req->arena, body, "grant_type"), STR("client_credentials")))
		refuse(req, 400, "unsupported_grant_type");
	else if (!crypto_eq(id, str_of(f->config.client_id)) ||
		!crypto_eq(secret, str_of(f->config.client_secret)))
		refuse(req, 401, "invalid_client");
	else
		http_reply(req, 200, "application/json",
			str_printf(req->arena,
				"{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%" PRId64
				"}\n",
				issue(f), f->config.token_ttl_s));
}

void feed_token_answer(struct feed *f, struct http_request *req)
{
	if (!str_eq(req->method, STR("POST")))
		refuse(req, 405, "invalid_request");
	else
		http_read_body(req, BODY_MAX, on_body, f);
}
