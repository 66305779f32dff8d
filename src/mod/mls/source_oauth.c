#include "mod/mls/source_oauth.h"

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "http/client.h"
#include "mod/mls/source_reach.h"

#define ANSWER_MAX 65536
#define TIMEOUT_MS 30000
#define SLACK_S 60          /* a token this near its end is not begun with */
#define LIFE_S 3600         /* when the server does not say */
#define LIFE_MAX_S 31536000 /* a year */
#define WORDS_MAX 200

static struct str wiped(struct arena *a, struct str s)
{
	crypto_wipe_later(a, (void *)(uintptr_t)s.p, s.len);
	return s;
}

static struct str form(const struct source_oauth *o, struct arena *a, bool with_client)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b, "grant_type=client_credentials");
	if (o->scope.len) {
		buf_cstr(&b, "&scope=");
		buf_str(&b, enc_percent(a, o->scope));
	}
	if (with_client) {
		buf_cstr(&b, "&client_id=");
		buf_str(&b, enc_percent(a, o->client_id));
		buf_cstr(&b, "&client_secret=");
		buf_str(&b, wiped(a, enc_percent(a, o->secret)));
	}
	struct str text = wiped(a, str_copy(a, buf_view(&b)));
	crypto_wipe(b.p, b.len);
	buf_done(&b);
	return text;
}

static struct str basic(const struct source_oauth *o, struct arena *a)
{
	struct str pair = wiped(a,
		STR_JOIN(a, enc_percent(a, o->client_id), STR(":"),
			wiped(a, enc_percent(a, o->secret))));

	return wiped(a, STR_JOIN(a, STR("Basic "), wiped(a, enc_base64(a, pair))));
}

static const struct http_result *ask(const struct source_oauth *o, struct arena *a, bool in_head)
{
	struct http_fetch_header headers[] = {
		{"Content-Type", STR("application/x-www-form-urlencoded")},
		{"Accept", STR("application/json")},
		{"Authorization", in_head ? basic(o, a) : STR_NULL},
	};
	struct http_fetch fetch = {.method = "POST",
		.url = str_cstr(a, o->token_url),
		.headers = headers,
		.n_headers = in_head ? 3 : 2,
		.body = form(o, a, !in_head),
		.timeout_ms = TIMEOUT_MS,
		.max_body_bytes = ANSWER_MAX,
		.public_only = source_is_public_only(o->token_url)};

	return http_fetch_wait(o->http, a, &fetch);
}

/* What the server says of its refusal; it may be anything, our secret too. */
static struct str words_of(const struct source_oauth *o, struct arena *a, const struct json *answer)
{
	struct str code = STR_NULL, more = STR_NULL;

	json_to_str(json_get(answer, "error"), &code);
	json_to_str(json_get(answer, "error_description"), &more);
	struct str all = more.len ? STR_JOIN(a, code, STR(": "), more) : code;
	if (!all.len || str_find(all, o->secret) >= 0)
		return STR("");
	all.len = str_utf8_prefix(str_sub(all, 0, WORDS_MAX));
	return str_printf(a, " (" STR_FMT ")", STR_ARG(all));
}

static int refused(const struct source_oauth *o, struct arena *a, const struct http_result *r,
	const struct json *answer, struct err *e)
{
	struct str words = words_of(o, a, answer);

	if (r->status == 400 || r->status == 401 || r->status == 403)
		return err_set(e, E_LOGIN,
			"the token endpoint refuses our client id and secret" STR_FMT,
			STR_ARG(words));
	if (r->status == 404)
		return err_set(e, E_LOGIN, "there is no token endpoint at token_url (404)");
	if (r->status == 429)
		return err_set(e, E_RATE,
			"the token endpoint was asked too often and refuses for now (429)");
	return err_set(e, E_UPSTREAM, "the token endpoint answered %d" STR_FMT, r->status,
		STR_ARG(words));
}

/* It becomes part of a header. */
static bool is_token(struct str token)
{
	for (size_t i = 0; i < token.len; i++)
		if (token.p[i] <= ' ' || token.p[i] > '~')
			return false;
	return token.len > 0 && token.len <= 16384;
}

static int64_t life_s(const struct json *answer)
{
	const struct json *v = json_get(answer, "expires_in");
	int64_t s;

	if (!json_to_i64(v, &s) && !str_to_i64(json_scalar(v), &s))
		return LIFE_S;
	return s < 0 ? 0 : s > LIFE_MAX_S ? LIFE_MAX_S : s;
}

static int take(struct source_oauth *o, struct arena *a, const struct json *answer,
	struct str *ret_token, struct err *e)
{
	struct str token = STR_NULL, type = STR("bearer");

	json_to_str(json_get(answer, "token_type"), &type);
	if (!str_eq_nocase(type, STR("bearer")))
		return err_set(e, E_UPSTREAM,
			"the token endpoint gives tokens of another type than bearer");
	if (!json_to_str(json_get(answer, "access_token"), &token))
		return err_set(e, E_UPSTREAM, "the token endpoint's answer has no access_token");
	if (!is_token(token))
		return err_set(e, E_UPSTREAM,
			"the token endpoint's access_token has characters that no token has");
	*ret_token = wiped(a, str_copy(a, token));
	int64_t s = life_s(answer), slack = s > 2 * SLACK_S ? SLACK_S : s / 2;
	o->good_until_us = mono_us() + (s - slack) * US_PER_SECOND;
	return 0;
}

static int fetch(struct source_oauth *o, struct arena *a, struct arena *once, struct str *ret_token,
	struct err *e)
{
	struct err ignored = {.arena = once};
	const struct http_result *r = ask(o, once, false);

	if (!r->err.code && r->status == 401)
		r = ask(o, once, true);
	if (r->err.code)
		return err_set(e, r->err.code, "the token endpoint: %s", r->err.msg);
	wiped(once, r->body);
	const struct json *answer = json_parse(once, r->body, &ignored);
	if (r->status != 200)
		return refused(o, once, r, answer, e);
	if (json_type(answer) != JSON_OBJECT)
		return err_set(e, E_UPSTREAM, "the token endpoint's answer is no JSON object");
	return take(o, a, answer, ret_token, e);
}

int source_oauth_token(struct source_oauth *o, struct arena *a, _Bool renew, struct str *token,
	struct err *e)
{
	if (!renew && token->p && mono_us() < o->good_until_us)
		return 0;
	struct arena *once = arena_new();
	int code = fetch(o, a, once, token, e);

	arena_free(once);
	return code;
}
