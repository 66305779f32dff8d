/* POST /reso/oauth/token: client credentials for an access token (RFC 6749, 2.3.1, 4.4, 5). */
#include "app/module.h"
#include "app/req_fiber.h"
#include "app/service.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/jsonw.h"
#include "base/jwt.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/reso/call.h"
#include "mod/reso/consumer.h"
#include "mod/reso/reso_local.h"

#define BODY_MAX 16384

struct grant {
	struct str type, client_id, secret;
	bool is_basic; /* by Authorization */
};

/* Ends the request. Returns 0. */
static int refuse(struct reso_call *c, int status, const char *error, const char *words)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "error"), jsonw_cstr(&w, error);
	jsonw_key(&w, "error_description"), jsonw_cstr(&w, words);
	jsonw_end(&w);
	struct str body = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	if (status == 401)
		http_reply_header(c->http, "WWW-Authenticate", STR("Basic realm=\"reso\""));
	http_reply(c->http, status, "application/json;charset=utf-8", body);
	return 0;
}

/* NULL: fine; else what is wrong with it. */
static const char *read_basic(struct reso_call *c, struct grant *g)
{
	struct str text = http_header(c->http, "Authorization"), scheme = str_cut(&text, ' ');
	struct str plain;

	if (!scheme.len)
		return NULL;
	if (!str_eq_nocase(scheme, STR("Basic")) ||
		!enc_base64_decode(c->arena, str_trim(text), &plain))
		return "Authorization is not Basic with client id and secret";
	crypto_wipe_later(c->arena, (void *)plain.p, plain.len);
	struct str id = str_cut(&plain, ':');
	if (!plain.p || !enc_form_decode(c->arena, id, &g->client_id) ||
		!enc_form_decode(c->arena, plain, &g->secret))
		return "Authorization is not Basic with client id and secret";
	g->is_basic = true;
	return NULL;
}

static const char *read_pair(struct grant *g, const struct http_pair *pair)
{
	bool is_id = str_eq(pair->name, STR("client_id")),
	     is_secret = str_eq(pair->name, STR("client_secret"));
	struct str *to = is_id                          ? &g->client_id
		: is_secret                             ? &g->secret
		: str_eq(pair->name, STR("grant_type")) ? &g->type
							: NULL;

	if (g->is_basic && is_secret)
		return "client id and secret are given twice";
	if (g->is_basic && is_id)
		return str_eq(pair->value, g->client_id) ? NULL
							 : "client id and secret are given twice";
	if (to && to->p)
		return "a parameter is given twice";
	if (to)
		*to = pair->value;
	return NULL;
}

static const char *read_body(struct reso_call *c, struct grant *g)
{
	struct str body;
	struct http_pair pair;
	const char *wrong = NULL;
	int n = 0;

	if (req_fiber_body(c->req, BODY_MAX, &body, &c->err))
		return c->err.msg;
	for (struct str rest = body;
		!wrong && (n = http_query_next(c->arena, &rest, &pair, &c->err)) > 0;)
		wrong = read_pair(g, &pair);
	return n < 0 ? "the body is not application/x-www-form-urlencoded" : wrong;
}

static struct str access_token(struct reso_call *c, const struct jwk *key, struct str client_id)
{
	int64_t now_s = c->now_us / US_PER_SECOND;
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "iss"), jsonw_cstr(&w, "plat");
	jsonw_key(&w, "aud"), jsonw_cstr(&w, RESO_AUDIENCE);
	jsonw_key(&w, "sub"), jsonw_str(&w, client_id);
	jsonw_key(&w, "gen"), jsonw_i64(&w, c->who.generation);
	jsonw_key(&w, "iat"), jsonw_i64(&w, now_s);
	jsonw_key(&w, "exp"), jsonw_i64(&w, now_s + RESO_TOKEN_S);
	jsonw_end(&w);
	struct str token = jwt_sign(c->arena, key, buf_view(&b));
	buf_done(&b);
	return token;
}

static int answer(struct reso_call *c, struct str client_id)
{
	const struct jwk *key = token_keys_signer(service_token_keys(c->site->service));
	struct buf b;
	struct jsonw w;

	if (!key)
		return refuse(c, 503, "temporarily_unavailable",
			"this server has no key to sign tokens with");
	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "access_token"), jsonw_str(&w, access_token(c, key, client_id));
	jsonw_key(&w, "token_type"), jsonw_cstr(&w, "Bearer");
	jsonw_key(&w, "expires_in"), jsonw_i64(&w, RESO_TOKEN_S);
	jsonw_key(&w, "scope"), jsonw_str(&w, reso_consumer_scopes(c));
	jsonw_end(&w);
	struct str body = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	http_reply_header(c->http, "Pragma", STR("no-cache"));
	http_reply(c->http, 200, "application/json;charset=utf-8", body);
	return 0;
}

int reso_oauth_token(struct reso_call *c)
{
	struct grant g = {.is_basic = false};
	bool is_right = false;
	const char *wrong = read_basic(c, &g);

	if (!wrong)
		wrong = read_body(c, &g);
	if (c->err.code == E_CANCEL)
		return reso_fail(c, &c->err);
	if (wrong || !g.type.len)
		return refuse(c, 400, "invalid_request", wrong ? wrong : "grant_type is missing");
	if (!str_eq(g.type, STR("client_credentials")))
		return refuse(c, 400, "unsupported_grant_type",
			"grant_type has to be client_credentials");
	if (!g.client_id.len || !g.secret.len)
		return refuse(c, 401, "invalid_client", "client id and secret are missing");
	if (reso_consumer_client(c, g.client_id, g.secret, &is_right))
		return -1;
	return is_right ? answer(c, g.client_id)
			: refuse(c, 401, "invalid_client", "client id or secret is wrong");
}
