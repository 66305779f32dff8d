#include "mod/auth/redirect.h"

#include <string.h>

#include "http/url.h"

#define URL_MAX 2048

static bool is_plain(char c)
{
	return !strchr("/?#@:\\", c);
}

/* ends[i]: what was read of the pattern fits the first i characters of the url. One walk over the url for each character of the pattern,
 * whatever strangers send. */
static void take_char(bool *ends, struct str url, char c)
{
	for (size_t i = url.len; i > 0; i--)
		ends[i] = ends[i - 1] && url.p[i - 1] == c;
	ends[0] = false;
}

static void take_star(bool *ends, struct str url, bool any)
{
	for (size_t i = 1; i <= url.len; i++)
		ends[i] = ends[i] || (ends[i - 1] && (any || is_plain(url.p[i - 1])));
}

bool redirect_fits(struct str pattern, struct str url)
{
	bool ends[URL_MAX + 1] = {true};

	if (url.len > URL_MAX)
		return false;
	for (size_t i = 0; i < pattern.len; i++) {
		bool any = pattern.p[i] == '*' && i + 1 < pattern.len && pattern.p[i + 1] == '*';
		if (pattern.p[i] == '*')
			take_star(ends, url, any);
		else
			take_char(ends, url, pattern.p[i]);
		i += any;
	}
	return ends[url.len];
}

static bool is_clean(struct str url)
{
	if (!url.len || url.len > URL_MAX)
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("\"<>\\^`{|}", url.p[i]))
			return false;
	return true;
}

static bool is_of_site(struct str url, struct str site)
{
	struct http_url a, b;

	return !http_url_parse(url, &a, NULL) && !http_url_parse(site, &b, NULL) && !a.userinfo.p &&
		str_eq(a.scheme, b.scheme) && str_eq_nocase(a.host, b.host) && a.port == b.port;
}

/* Other schemes are of apps, whose addresses have no common form. */
static bool is_web(struct str url)
{
	return str_eq_nocase(str_sub(url, 0, 7), STR("http://")) ||
		str_eq_nocase(str_sub(url, 0, 8), STR("https://"));
}

bool redirect_may(struct str url, struct str site, struct str patterns)
{
	struct http_url parts;

	if (!is_clean(url))
		return false;
	if (is_of_site(url, site))
		return true;
	if (http_url_parse(url, &parts, NULL) ? is_web(url) : parts.userinfo.p != NULL)
		return false;
	ptrdiff_t hash = str_find_char(url, '#');
	struct str whole = hash < 0 ? url : str_sub(url, 0, (size_t)hash);
	for (struct str rest = patterns; rest.p;) {
		struct str pattern = str_trim(str_cut(&rest, ','));
		if (pattern.len && redirect_fits(pattern, whole))
			return true;
	}
	return false;
}
