#include "http/url.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"

static int bad(struct err *e, const char *why)
{
	return err_set(e, E_INPUT, "the URL %s", why);
}

/* --- taking apart ----------------------------------------------------------------------------- */

static bool has_only_url_bytes(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c))
			return false;
	}
	return true;
}

static bool cut_scheme(struct str *text, struct http_url *u)
{
	static const struct {
		const char *name;
		uint16_t port;
	} known[] = {{"http", 80}, {"https", 443}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct str name = str_of(known[i].name);
		if (!str_eq_nocase(str_sub(*text, 0, name.len), name) ||
			!str_starts(str_sub(*text, name.len, text->len), STR("://")))
			continue;
		u->scheme = name;
		u->port = known[i].port;
		*text = str_sub(*text, name.len + 3, text->len);
		return true;
	}
	return false;
}

/* The part before the first of the two bytes (or all of it), without changing *text. */
static struct str until(struct str text, const char *stops)
{
	size_t n = 0;

	while (n < text.len && !strchr(stops, text.p[n]))
		n++;
	return str_sub(text, 0, n);
}

static int parse_port(struct str text, uint16_t *ret_port, struct err *e)
{
	int64_t port;

	if (!text.len)
		return 0; /* "host:" means the scheme's port (RFC 3986 3.2.3) */
	if (text.p[0] < '0' || text.p[0] > '9' || !str_to_i64(text, &port) || port < 1 ||
		port > 65535)
		return bad(e, "has a port that is not 1 to 65535");
	*ret_port = (uint16_t)port;
	return 0;
}

/* An IPv6 address stands in brackets; nothing else may have any. */
static bool is_host(struct str host, bool was_bracketed)
{
	for (size_t i = 0; i < host.len; i++)
		if (was_bracketed ? !strchr("0123456789abcdefABCDEF:.", host.p[i])
				  : !!strchr("[]", host.p[i]))
			return false;
	return host.len;
}

static int parse_authority(struct str text, struct http_url *u, struct err *e)
{
	struct str port;
	bool brackets;
	ptrdiff_t at = -1, end;

	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] == '@')
			at = (ptrdiff_t)i;
	u->userinfo = at < 0 ? STR_NULL : str_sub(text, 0, (size_t)at);
	text = str_sub(text, (size_t)(at + 1), text.len);

	brackets = str_starts(text, STR("["));
	if (brackets) {
		end = str_find_char(text, ']');
		if (end < 0)
			return bad(e, "has a '[' without a ']'");
		u->host = str_sub(text, 1, (size_t)end);
		text = str_sub(text, (size_t)end + 1, text.len);
		if (text.len && text.p[0] != ':')
			return bad(e, "has text between ']' and the port");
		port = str_sub(text, 1, text.len);
	} else {
		u->host = until(text, ":");
		port = str_sub(text, u->host.len + 1, text.len);
	}
	if (!is_host(u->host, brackets))
		return bad(e, "has no host, or one that cannot be");
	return parse_port(port, &u->port, e);
}

int http_url_parse(struct str text, struct http_url *ret_url, struct err *e)
{
	struct http_url u = {.query = STR_NULL, .fragment = STR_NULL};
	struct str part;

	if (!has_only_url_bytes(text))
		return bad(e, "holds a byte that must be escaped");
	if (!cut_scheme(&text, &u))
		return bad(e, "does not begin with http:// or https://");
	part = until(text, "/?#");
	if (parse_authority(part, &u, e))
		return E_INPUT;
	text = str_sub(text, part.len, text.len);

	u.path = until(text, "?#");
	text = str_sub(text, u.path.len, text.len);
	if (!u.path.len)
		u.path = STR("/");
	if (text.len && text.p[0] == '?') {
		part = until(text, "#");
		u.query = str_sub(part, 1, part.len);
		text = str_sub(text, part.len, text.len);
	}
	if (text.len)
		u.fragment = str_sub(text, 1, text.len);
	*ret_url = u;
	return 0;
}

struct str http_url_shown(struct arena *a, struct str text)
{
	struct http_url u;

	if (http_url_parse(text, &u, NULL))
		return STR("(not a URL)");
	bool brackets = str_find_char(u.host, ':') >= 0;
	bool usual = u.port == (u.scheme.len == 5 ? 443 : 80);
	struct str host = str_printf(a, brackets ? "[" STR_FMT "]" : STR_FMT, STR_ARG(u.host));
	if (usual)
		return str_printf(a, STR_FMT "://" STR_FMT STR_FMT, STR_ARG(u.scheme),
			STR_ARG(host), STR_ARG(u.path));
	return str_printf(a, STR_FMT "://" STR_FMT ":%u" STR_FMT, STR_ARG(u.scheme), STR_ARG(host),
		(unsigned)u.port, STR_ARG(u.path));
}

/* --- paths ------------------------------------------------------------------------------------ */

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

static bool has_dot_segment(struct str path)
{
	if (!memmem(path.p, path.len, "/.", 2))
		return false;
	for (struct str rest = path; rest.p;) {
		struct str segment = str_cut(&rest, '/');
		if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
			return true;
	}
	return false;
}

int http_path_decode(struct arena *a, struct str raw, struct str *ret_path, struct err *e)
{
	struct str path;

	if (!str_starts(raw, STR("/")))
		return err_set(e, E_INPUT, "the path does not begin with '/'");
	if (!enc_percent_decode(a, raw, &path))
		return err_set(e, E_INPUT, "the path has a wrong percent escape");
	if (has_control(path))
		return err_set(e, E_INPUT, "the path holds a control character");
	if (!str_is_utf8(path))
		return err_set(e, E_INPUT, "the path is not UTF-8");
	if (has_dot_segment(path))
		return err_set(e, E_INPUT, "the path has a '.' or '..' segment");
	*ret_path = path;
	return 0;
}

/* --- queries ---------------------------------------------------------------------------------- */

static bool decode_part(struct arena *a, struct str raw, struct str *ret)
{
	return str_find_char(raw, '\0') < 0 && enc_form_decode(a, raw, ret) && str_is_utf8(*ret);
}

int http_query_next(struct arena *a, struct str *rest, struct http_pair *ret_pair, struct err *e)
{
	while (rest->p) {
		struct str value = str_cut(rest, '&');
		struct http_pair pair;

		if (!value.len)
			continue;
		struct str name = str_cut(&value, '=');
		if (!decode_part(a, name, &pair.name))
			return err_set(e, E_INPUT, "the query has a name that cannot be decoded");
		pair.value = STR("");
		if (value.p && !decode_part(a, value, &pair.value))
			return err_set(e, E_INPUT,
				"the value of '" STR_FMT "' in the query cannot be decoded",
				STR_ARG(pair.name));
		*ret_pair = pair;
		return 1;
	}
	return 0;
}

struct str http_query_get(struct arena *a, struct str query, const char *name)
{
	struct http_pair pair;

	while (http_query_next(a, &query, &pair, NULL) > 0)
		if (str_eq(pair.name, str_of(name)))
			return pair.value;
	return STR_NULL;
}

/* --- putting together -------------------------------------------------------------------------- */

static void add_escaped(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
		if (plain)
			buf_char(b, (char)c);
		else
			buf_add(b, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
	}
}

void http_url_add_query(struct buf *b, struct str name, struct str value)
{
	buf_char(b, b->len && memchr(b->p, '?', b->len) ? '&' : '?');
	add_escaped(b, name);
	buf_char(b, '=');
	add_escaped(b, value);
}

void http_url_add_segment(struct buf *b, struct str segment)
{
	if (!b->len || b->p[b->len - 1] != '/')
		buf_char(b, '/');
	add_escaped(b, segment);
}
