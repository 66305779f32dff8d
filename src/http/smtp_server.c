/* smtp_server: the mail server and the addresses that settings name. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "http/smtp.h"
#include "http/url.h"

#define WORDS "smtp://user:password@host:587 or smtps://…"

static bool is_local(struct str host)
{
	for (size_t i = 0; i < host.len && str_starts(host, STR("127.")); i++)
		if (host.p[i] != '.' && (host.p[i] < '0' || host.p[i] > '9'))
			return false; /* a name, of whoever */
	return str_eq_nocase(host, STR("localhost")) || str_starts(host, STR("127.")) ||
		str_eq(host, STR("::1"));
}

static int take_options(struct arena *a, struct str query, struct smtp_server *s, struct err *e)
{
	struct http_pair pair;
	int more;

	while ((more = http_query_next(a, &query, &pair, e)) > 0) {
		if (str_eq(pair.name, STR("ca")))
			s->ca_file = pair.value;
		else if (!str_eq(pair.name, STR("tls")))
			return err_set(e, E_INPUT, "has the option " STR_FMT ", not tls or ca",
				STR_ARG(pair.name));
		else if (str_eq(pair.value, STR("on")) || str_eq(pair.value, STR("off")))
			s->starttls = !s->tls_at_once && str_eq(pair.value, STR("on"));
		else
			return err_set(e, E_INPUT, "has tls neither on nor off");
	}
	return more;
}

static int take_login(struct arena *a, struct str userinfo, struct smtp_server *s, struct err *e)
{
	struct str password = userinfo, user = str_cut(&password, ':');

	if (!userinfo.p)
		return 0;
	if (!password.p || !enc_percent_decode(a, user, &s->user) ||
		!enc_percent_decode(a, password, &s->password))
		return err_set(e, E_INPUT,
			"has a login that is not user:password (%%XX for odd characters)");
	return 0;
}

/* The port that is written, or the usual one: http's parser says 80 or 443 when none is. */
static uint16_t port_of(struct str url, const struct http_url *parts, bool tls_at_once)
{
	bool said = str_find(url, STR(":80")) >= 0 || str_find(url, STR(":443")) >= 0;

	if (said || (parts->port != 80 && parts->port != 443))
		return parts->port;
	return tls_at_once ? 465 : 587;
}

/* Both schemes are http's in another word, so its parser does the rest. */
static int parse_parts(struct arena *a, struct str url, bool tls_at_once,
	struct http_url *ret_parts)
{
	struct str rest = str_sub(url, tls_at_once ? 8 : 7, url.len);
	struct str like = STR_JOIN(a, tls_at_once ? STR("https://") : STR("http://"), rest);

	if (http_url_parse(like, ret_parts, NULL))
		return E_INPUT;
	return ret_parts->path.len > 1 || ret_parts->fragment.p ? E_INPUT : 0;
}

int smtp_server_parse(struct arena *a, struct str url, struct smtp_server *ret_server,
	struct err *e)
{
	struct smtp_server s = {.tls_at_once = str_starts(url, STR("smtps://"))};
	struct err own = {.arena = a};
	struct http_url parts;

	if ((!s.tls_at_once && !str_starts(url, STR("smtp://"))) ||
		parse_parts(a, url, s.tls_at_once, &parts))
		return err_set(e, E_INPUT, "is not of the form " WORDS);
	s.host = str_copy(a, parts.host);
	s.port = port_of(url, &parts, s.tls_at_once);
	s.starttls = !s.tls_at_once && !is_local(s.host);
	if (take_login(a, parts.userinfo, &s, &own) || take_options(a, parts.query, &s, &own))
		return err_set(e, (enum err_code)own.code, "%s", own.msg);
	*ret_server = s;
	return 0;
}

static bool is_address(struct str s)
{
	struct str host = s, name = str_cut(&host, '@');

	if (!host.p || !host.len || !name.len || s.len > 320 || !str_is_utf8(s))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '<' ||
			s.p[i] == '>' || s.p[i] == ',')
			return false;
	return str_find_char(host, '@') < 0;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

int smtp_address_parse(struct arena *a, struct str text, struct smtp_address *ret_address,
	struct err *e)
{
	struct smtp_address found = {.address = str_trim(text)};
	ptrdiff_t open = str_find_char(text, '<');

	if (open >= 0) {
		struct str inner = str_trim(str_sub(text, (size_t)open + 1, text.len));
		if (!str_ends(inner, STR(">")))
			inner = STR(""); /* refused below */
		found.address = str_sub(inner, 0, inner.len ? inner.len - 1 : 0);
		found.name = str_trim(str_sub(text, 0, (size_t)open));
		if (found.name.len > 1 && found.name.p[0] == '"' && str_ends(found.name, STR("\"")))
			found.name = str_sub(found.name, 1, found.name.len - 1);
		if (!found.name.len)
			found.name = STR_NULL;
	}
	if (!is_address(found.address) || has_control(found.name) || !str_is_utf8(found.name))
		return err_set(e, E_INPUT, "is not of the form Name <name@example.org>");
	found.address = str_copy(a, found.address);
	found.name = str_copy(a, found.name);
	*ret_address = found;
	return 0;
}
