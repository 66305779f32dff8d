#include "mod/auth/oauth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "http/client.h"
#include "http/url.h"
#include "mod/auth/more.h"
#include "mod/auth/openid.h"

#define TIMEOUT_MS 10000
#define ANSWER_MAX (1024 * 1024)
#define HEADERS 4

static struct oauth {
	struct arena *arena;
	struct auth_providers providers;
	struct http_client *http;
} *oauth; /* one service a process */

static int read_file(struct arena *a, const char *path, struct str *ret_text, struct err *e)
{
	char *text = arena_alloc(a, AUTH_PROVIDERS_MAX_BYTES + 1);
	FILE *f = fopen(path, "re");

	if (!f)
		return err_set(e, E_INPUT, "%s: %s", path, strerror(errno));
	size_t len = fread(text, 1, AUTH_PROVIDERS_MAX_BYTES + 1, f);
	bool failed = ferror(f);
	fclose(f);
	if (failed || len > AUTH_PROVIDERS_MAX_BYTES)
		return err_set(e, E_INPUT, "%s cannot be read, or is larger than %d bytes", path,
			AUTH_PROVIDERS_MAX_BYTES);
	*ret_text = str_from(text, len);
	return 0;
}

int auth_oauth_open(struct service *s, struct err *e)
{
	const char *path = setting(SET_AUTH_PROVIDERS);
	struct arena *a = arena_new();
	struct str text = STR("{}");

	oauth = ARENA_NEW(a, struct oauth);
	oauth->arena = a;
	if ((path && read_file(a, path, &text, e)) ||
		auth_providers_parse(a, text, &oauth->providers, e)) {
		err_prefix(e, "PLAT_AUTH_PROVIDERS");
		auth_oauth_close();
		return e->code;
	}
	if (oauth->providers.n)
		oauth->http = http_client_new(service_loop(s), NULL);
	openid_open(oauth->providers.n);
	return 0;
}

void auth_oauth_close(void)
{
	if (!oauth)
		return;
	openid_close();
	http_client_free(oauth->http);
	arena_free(oauth->arena);
	oauth = NULL;
}

size_t auth_oauth_index(const struct auth_provider *p)
{
	return (size_t)(p - oauth->providers.list);
}

int auth_oauth_provider(struct auth_call *c, struct str name,
	const struct auth_provider **ret_provider)
{
	*ret_provider = auth_provider_find(&oauth->providers, name);
	if (!*ret_provider)
		return auth_fault(c, 400, "validation_failed",
			"Unsupported provider: provider is not enabled");
	return 0;
}

void auth_provider_write_names(struct auth_call *c, struct jsonw *w)
{
	(void)c;
	for (size_t i = 0; i < oauth->providers.n; i++) {
		jsonw_key_str(w, oauth->providers.list[i].name);
		jsonw_bool(w, true);
	}
}

static int say_failure(struct auth_call *c, const struct auth_provider *p,
	const struct http_result *r)
{
	if (r->err.code)
		log_warn("auth.provider", LOG_STR("provider", p->name), LOG_ERR(&r->err));
	else
		log_warn("auth.provider", LOG_STR("provider", p->name),
			LOG_INT("status", r->status));
	return auth_fault(c, 502, "unexpected_failure",
		"The provider " STR_FMT " could not be asked", STR_ARG(p->name));
}

static const struct http_result *fetch_json(struct auth_call *c, const struct http_fetch *fetch,
	const struct json **ret_json)
{
	struct http_fetch f = *fetch;
	struct err ignored = {.arena = c->arena};

	f.timeout_ms = TIMEOUT_MS;
	f.max_body_bytes = ANSWER_MAX;
	f.gzip = true;
	const struct http_result *r = http_fetch_wait(oauth->http, c->arena, &f);
	*ret_json = r->err.code ? NULL : json_parse(c->arena, r->body, &ignored);
	return r;
}

int auth_oauth_fetch(struct auth_call *c, const struct auth_provider *p,
	const struct http_fetch *fetch, const struct json **ret_json)
{
	const struct http_result *r = fetch_json(c, fetch, ret_json);

	return r->status == 200 && *ret_json ? 0 : say_failure(c, p, r);
}

int auth_oauth_get(struct auth_call *c, const struct auth_provider *p, struct str url,
	struct str token, const struct json **ret_json)
{
	struct http_fetch_header headers[] = {
		{"Accept", STR("application/json")},
		{"Authorization", STR_JOIN(c->arena, STR("Bearer "), token)},
	};

	return auth_oauth_fetch(c, p,
		&(struct http_fetch){.url = str_cstr(c->arena, url),
			.headers = headers,
			.n_headers = token.p ? 2 : 1},
		ret_json);
}

static void add_field(struct buf *b, struct arena *a, const char *name, struct str value)
{
	if (!value.p)
		return;
	if (b->len)
		buf_char(b, '&');
	buf_cstr(b, name);
	buf_char(b, '=');
	buf_str(b, enc_percent(a, value));
}

static struct str form_of(struct auth_call *c, const struct auth_provider *p,
	const struct auth_oauth_code *code)
{
	struct buf b;

	buf_init(&b, 0);
	add_field(&b, c->arena, "grant_type", STR("authorization_code"));
	add_field(&b, c->arena, "code", code->code);
	add_field(&b, c->arena, "redirect_uri", code->redirect_uri);
	add_field(&b, c->arena, "code_verifier", code->verifier);
	if (!code->basic) {
		add_field(&b, c->arena, "client_id", p->client_id);
		add_field(&b, c->arena, "client_secret", p->client_secret);
	}
	struct str form = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return form;
}

/* RFC 6749 2.3.1: both parts are encoded as in a form first. */
static struct str basic_of(struct arena *a, const struct auth_provider *p)
{
	struct str pair = STR_JOIN(a, enc_percent(a, p->client_id), STR(":"),
		enc_percent(a, p->client_secret));

	return STR_JOIN(a, STR("Basic "), enc_base64(a, pair));
}

/* GitHub says what is wrong with 200 and "error"; OpenID providers with 400 and the same. */
static int refuse_code(struct auth_call *c, const struct auth_provider *p,
	const struct json *answer)
{
	struct str error = STR_NULL;

	json_to_str(json_get(answer, "error"), &error);
	log_warn("auth.provider", LOG_STR("provider", p->name), LOG_STR("error", error));
	return auth_fault(c, 400, "bad_oauth_callback", "Unable to exchange external code");
}

int auth_oauth_exchange(struct auth_call *c, const struct auth_provider *p,
	const struct auth_oauth_code *code, struct auth_oauth_tokens *ret_tokens)
{
	struct http_fetch_header headers[HEADERS] = {
		{"Accept", STR("application/json")},
		{"Content-Type", STR("application/x-www-form-urlencoded")},
	};
	struct http_fetch fetch = {.method = "POST",
		.url = str_cstr(c->arena, code->token_url),
		.headers = headers,
		.n_headers = 2,
		.body = form_of(c, p, code)};
	const struct json *answer;

	if (code->basic)
		headers[fetch.n_headers++] =
			(struct http_fetch_header){"Authorization", basic_of(c->arena, p)};
	const struct http_result *r = fetch_json(c, &fetch, &answer);
	if (!r->err.code && r->status < 500 && json_get(answer, "error"))
		return refuse_code(c, p, answer);
	if (r->status != 200 || !answer)
		return say_failure(c, p, r);
	*ret_tokens = (struct auth_oauth_tokens){0};
	json_to_str(json_get(answer, "id_token"), &ret_tokens->id);
	json_to_str(json_get(answer, "refresh_token"), &ret_tokens->refresh);
	if (!json_to_str(json_get(answer, "access_token"), &ret_tokens->access))
		return say_failure(c, p, r);
	return 0;
}
