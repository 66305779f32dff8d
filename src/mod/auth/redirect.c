#include "mod/auth/redirect.h"

#include <string.h>

#include "http/url.h"

#define URL_MAX 2048

static bool is_plain(char c)
{
	return !strchr("/?#@:\\", c);
}

static bool fits_from(struct str p, struct str u, int depth)
{
	while (p.len) {
		if (p.p[0] != '*') {
			if (!u.len || p.p[0] != u.p[0])
				return false;
			p = str_sub(p, 1, p.len), u = str_sub(u, 1, u.len);
			continue;
		}
		bool any = p.len > 1 && p.p[1] == '*';
		p = str_sub(p, any ? 2 : 1, p.len);
		if (depth == 0)
			return false;
		for (;; u = str_sub(u, 1, u.len)) {
			if (fits_from(p, u, depth - 1))
				return true;
			if (!u.len || (!any && !is_plain(u.p[0])))
				return false;
		}
	}
	return !u.len;
}

bool redirect_fits(struct str pattern, struct str url)
{
	return fits_from(pattern, url, 6);
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

bool redirect_may(struct str url, struct str site, struct str patterns)
{
	struct http_url parts;

	if (!is_clean(url))
		return false;
	if (is_of_site(url, site))
		return true;
	if (!http_url_parse(url, &parts, NULL) && parts.userinfo.p)
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
