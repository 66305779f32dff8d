#include "mod/auth/provider.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "http/url.h"

#define NAME_MAX_LEN 40

#define GITHUB "https://github.com"

struct reading {
	struct arena *arena;
	struct auth_provider *p;
	const struct json *json;
	struct err *e;
};

static int wrong(const struct reading *r, const char *member, const char *what)
{
	return err_set(r->e, E_INPUT, "provider " STR_FMT ": \"%s\" %s", STR_ARG(r->p->name),
		member, what);
}

/* Absent when it is not there, or null. */
static int read_text(const struct reading *r, const char *member, struct str *ret_text)
{
	const struct json *v = json_get(r->json, member);

	if (!v || json_type(v) == JSON_NULL)
		return 0;
	if (!json_to_str(v, ret_text) || !ret_text->len)
		return wrong(r, member, "must be a text that is not empty");
	if (memchr(ret_text->p, 0, ret_text->len))
		return wrong(r, member, "has a NUL in it");
	return 0;
}

static bool is_own_machine(struct str host)
{
	return str_eq(host, STR("127.0.0.1")) || str_eq(host, STR("::1")) ||
		str_eq_nocase(host, STR("localhost"));
}

static int read_url(const struct reading *r, const char *member, struct str *ret_url)
{
	struct err why = {.arena = r->arena};
	struct http_url url;

	if (read_text(r, member, ret_url))
		return r->e->code;
	if (!ret_url->p)
		return 0;
	if (http_url_parse(*ret_url, &url, &why))
		return wrong(r, member, "is no http or https URL");
	if (url.userinfo.p || url.query.p || url.fragment.p)
		return wrong(r, member, "has more than scheme, host and path");
	/* The parser lowers a scheme; what is kept is compared as text later. */
	if (!str_starts(*ret_url, url.scheme) ||
		(!str_eq(url.scheme, STR("https")) && !is_own_machine(url.host)))
		return wrong(r, member, "must begin with https://, or be on this machine");
	return 0;
}

static struct str without_slash(struct str url)
{
	while (str_ends(url, STR("/")))
		url.len--;
	return url;
}

static int read_github(const struct reading *r)
{
	struct str site = STR(GITHUB), api = STR("https://api.github.com");

	if (read_url(r, "url", &site) || read_url(r, "api_url", &api))
		return r->e->code;
	site = without_slash(site);
	r->p->kind = AUTH_PROVIDER_GITHUB;
	r->p->authorize_url = STR_JOIN(r->arena, site, STR("/login/oauth/authorize"));
	r->p->token_url = STR_JOIN(r->arena, site, STR("/login/oauth/access_token"));
	r->p->api_url = without_slash(api);
	if (!r->p->scopes.p)
		r->p->scopes = STR("read:user user:email");
	return 0;
}

static int read_openid(const struct reading *r)
{
	if (read_url(r, "issuer", &r->p->issuer))
		return r->e->code;
	if (!r->p->issuer.p)
		return wrong(r, "issuer", "is missing");
	r->p->kind = AUTH_PROVIDER_OPENID;
	if (!r->p->scopes.p)
		r->p->scopes = STR("openid email profile");
	return 0;
}

static int read_audiences(const struct reading *r)
{
	const struct json *more = json_get(r->json, "additional_client_ids");

	if (more && json_type(more) != JSON_ARRAY)
		return wrong(r, "additional_client_ids", "must be a list of texts");
	r->p->audiences = arena_array(r->arena, json_len(more) + 1, sizeof(struct str));
	r->p->audiences[r->p->n_audiences++] = r->p->client_id;
	for (struct json_iter it = json_each(more); json_next(&it);) {
		struct str *id = &r->p->audiences[r->p->n_audiences++];
		if (!json_to_str(it.value, id) || !id->len)
			return wrong(r, "additional_client_ids", "must be a list of texts");
	}
	return 0;
}

static int check_members(const struct reading *r)
{
	static const char *const known[] = {"preset", "issuer", "client_id", "client_secret",
		"additional_client_ids", "scopes", "url", "api_url"};

	for (struct json_iter it = json_each(r->json); json_next(&it);) {
		size_t i = 0;
		while (i < sizeof known / sizeof *known && !str_eq(it.key, str_of(known[i])))
			i++;
		if (i == sizeof known / sizeof *known)
			return err_set(r->e, E_INPUT,
				"provider " STR_FMT ": there is no member \"" STR_FMT "\"",
				STR_ARG(r->p->name), STR_ARG(it.key));
	}
	return 0;
}

static int read_provider(const struct reading *r)
{
	struct str preset = str_eq(r->p->name, STR("google")) || str_eq(r->p->name, STR("github"))
		? r->p->name
		: STR_NULL;

	if (json_type(r->json) != JSON_OBJECT)
		return err_set(r->e, E_INPUT, "provider " STR_FMT " must be an object",
			STR_ARG(r->p->name));
	if (check_members(r) || read_text(r, "preset", &preset) ||
		read_text(r, "client_id", &r->p->client_id) ||
		read_text(r, "client_secret", &r->p->client_secret) ||
		read_text(r, "scopes", &r->p->scopes))
		return r->e->code;
	if (!r->p->client_id.p)
		return wrong(r, "client_id", "is missing");
	if (read_audiences(r))
		return r->e->code;
	if (str_eq(preset, STR("github")))
		return read_github(r);
	if (str_eq(preset, STR("google")))
		r->p->issuer = STR("https://accounts.google.com");
	else if (preset.p)
		return wrong(r, "preset", "is neither google nor github");
	return read_openid(r);
}

/* email and phone are how identities without a provider are called. */
static bool is_name(struct str name)
{
	if (!name.len || name.len > NAME_MAX_LEN || str_eq(name, STR("email")) ||
		str_eq(name, STR("phone")) || str_eq(name, STR("anonymous")))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-:", name.p[i]) || !name.p[i])
			return false;
	return true;
}

int auth_providers_parse(struct arena *a, struct str text, struct auth_providers *ret_providers,
	struct err *e)
{
	const struct json *file = json_parse(a, text, e);
	struct auth_providers all = {0};

	if (!file)
		return e->code;
	if (json_type(file) != JSON_OBJECT)
		return err_set(e, E_INPUT, "the file must be an object of providers by name");
	all.list = arena_array(a, json_len(file) + 1, sizeof *all.list);
	for (struct json_iter it = json_each(file); json_next(&it);) {
		struct reading r = {.arena = a, .p = &all.list[all.n], .json = it.value, .e = e};
		if (!is_name(it.key))
			return err_set(e, E_INPUT,
				"'" STR_FMT "' is no name of a provider: a-z, 0-9, _, - and :",
				STR_ARG(it.key));
		if (auth_provider_find(&all, it.key))
			return err_set(e, E_INPUT, "provider " STR_FMT " is there twice",
				STR_ARG(it.key));
		r.p->name = it.key;
		if (read_provider(&r))
			return e->code;
		all.n++;
	}
	*ret_providers = all;
	return 0;
}

const struct auth_provider *auth_provider_find(const struct auth_providers *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->list[i].name, name))
			return &p->list[i];
	return NULL;
}
