/* As much of RFC 3986 as settings need. */
#include "mod/rest/config_local.h"

#include <string.h>

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* As far as RFC 3986 can be checked without taking the URI apart: scheme, characters, complete %XX. */
bool config_is_uri(struct str s)
{
	ptrdiff_t colon = str_find_char(s, ':');

	if (colon < 1 || !is_letter(*s.p))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool plain = is_letter(c) || is_digit(c);
		if (i < (size_t)colon ? !plain && !is_one_of(c, "+-.")
				      : !plain && !is_one_of(c, "-._~:/?#[]@!$&'()*+,;=%"))
			return false;
		if (c == '%' &&
			(i + 2 >= s.len || !strchr("0123456789abcdefABCDEF", s.p[i + 1]) ||
				!strchr("0123456789abcdefABCDEF", s.p[i + 2])))
			return false;
	}
	return true;
}

/* No login, query or fragment; the host may be an address in brackets. */
bool config_is_proxy(struct str s)
{
	struct str rest = s, scheme = str_cut(&rest, ':');
	int64_t port = 1;

	if (!config_is_uri(s) ||
		!(str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https"))) ||
		!str_starts(rest, STR("//")) || str_find_char(s, '?') >= 0 ||
		str_find_char(s, '#') >= 0)
		return false;
	rest = str_sub(rest, 2, rest.len);
	struct str authority = str_cut(&rest, '/'), host = authority;
	ptrdiff_t bracket = str_find_char(authority, ']');
	struct str behind = str_sub(authority, bracket < 0 ? 0 : (size_t)bracket, authority.len);
	ptrdiff_t colon = str_find_char(behind, ':');
	if (colon >= 0) {
		struct str digits = str_sub(behind, (size_t)colon + 1, behind.len);
		host.len = authority.len - digits.len - 1;
		if (!str_to_i64(digits, &port) || !is_digit(*digits.p))
			return false;
	}
	return host.len && port > 0 && port < 65536 && str_find_char(authority, '@') < 0;
}
