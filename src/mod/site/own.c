#include "mod/site/own.h"

#include "app/settings.h"
#include "base/arena.h"
#include "base/err.h"
#include "http/url.h"

static const enum setting urls[] = {SET_PUBLIC_URL, SET_SITE_URL};

#define URLS (sizeof urls / sizeof *urls)

/* Absent: it is not set, or no URL. The host borrows from the setting. */
static struct str host_of(struct arena *a, enum setting which)
{
	const char *text = setting(which);
	struct err e = {.arena = a};
	struct http_url url;

	return text && !http_url_parse(str_of(text), &url, &e) ? url.host : STR_NULL;
}

static bool is_below(struct str host, struct str parent)
{
	return host.len > parent.len && host.p[host.len - parent.len - 1] == '.' &&
		str_eq_nocase(str_sub(host, host.len - parent.len, host.len), parent);
}

bool site_own_has(struct str host)
{
	struct arena *a = arena_new();
	bool has = false;

	for (size_t i = 0; i < URLS; i++) {
		struct str own = host_of(a, urls[i]);
		has |= own.p && (str_eq_nocase(host, own) || is_below(host, own));
	}
	arena_free(a);
	return has;
}

bool site_own_is_loopback(struct str host)
{
	return str_eq_nocase(host, STR("localhost")) || is_below(host, STR("localhost")) ||
		str_starts(host, STR("127.")) || str_eq(host, STR("::1"));
}

bool site_own_is_trial(void)
{
	struct arena *a = arena_new();
	bool is_trial = !setting_int(SET_TRUST_PROXY);

	for (size_t i = 0; i < URLS; i++)
		if (setting(urls[i]))
			is_trial &= site_own_is_loopback(host_of(a, urls[i]));
	arena_free(a);
	return is_trial;
}
