#include "app/forwarded.h"

#include <arpa/inet.h>
#include <string.h>

#include "app/settings.h"
#include "base/arena.h"
#include "http/request.h"

#define HOST_MAX 253

/* Of a list that each proxy appends to: what the nth from the end says; absent without a proxy or without the header. */
static struct str said(struct http_request *http, const char *header)
{
	struct str list = http_header_list(http, header), item = STR_NULL;

	for (long long n = setting_int(SET_TRUST_PROXY); n > 0 && list.len; n--) {
		size_t comma = list.len;
		while (comma && list.p[comma - 1] != ',')
			comma--;
		item = str_trim(str_sub(list, comma, list.len));
		list.len = comma ? comma - 1 : 0;
	}
	return item.len ? item : STR_NULL;
}

struct str forwarded_address(struct arena *a, struct str said)
{
	bool is_bracketed = str_starts(said, STR("["));
	ptrdiff_t end = str_find_char(said, is_bracketed ? ']' : ':');
	unsigned char room[16];
	const char *text;

	if (is_bracketed && end >= 0)
		said = str_sub(said, 1, (size_t)end);
	else if (end >= 0 && str_find_char(str_sub(said, (size_t)end + 1, said.len), ':') < 0)
		said = str_sub(said, 0, (size_t)end);
	text = str_cstr(a, said);
	if (inet_pton(AF_INET, text, room) != 1 && inet_pton(AF_INET6, text, room) != 1)
		return STR_NULL;
	return str_of(text);
}

struct str forwarded_remote(struct http_request *http)
{
	struct str client = said(http, "X-Forwarded-For");
	struct str address = client.p ? forwarded_address(http->arena, client) : STR_NULL;

	return address.p ? address : forwarded_address(http->arena, http->remote);
}

struct str forwarded_network_of(struct arena *a, struct str remote)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];

	if (!remote.p)
		return STR("unknown");
	if (inet_pton(AF_INET6, str_cstr(a, remote), &address) != 1)
		return remote;
	memset(address.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &address, text, sizeof text);
	return str_copy(a, str_of(text));
}

struct str forwarded_network(struct http_request *http)
{
	return forwarded_network_of(http->arena, forwarded_remote(http));
}

/* Without the port: behind the bracket of an IPv6 address, or behind the one colon of anything else. */
static struct str without_port(struct str host)
{
	if (str_starts(host, STR("["))) {
		ptrdiff_t end = str_find_char(host, ']');
		return end < 0 ? STR_NULL : str_sub(host, 1, (size_t)end);
	}
	ptrdiff_t colon = str_find_char(host, ':');
	return colon < 0 ? host : str_sub(host, 0, (size_t)colon);
}

bool forwarded_is_host_told(void)
{
	return setting_int(SET_TRUST_PROXY) > 0 && setting_is(SET_FORWARDED_HOST, "on");
}

struct str forwarded_host(struct http_request *http)
{
	struct str from_proxy =
		forwarded_is_host_told() ? said(http, "X-Forwarded-Host") : STR_NULL;
	struct str host = without_port(str_trim(from_proxy.p ? from_proxy : http->host));

	if (str_ends(host, STR(".")))
		host.len--;
	if (!host.len || host.len > HOST_MAX)
		return STR_NULL;
	for (size_t i = 0; i < host.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:_",
			    host.p[i]) ||
			!host.p[i])
			return STR_NULL;
	return str_lower(http->arena, host);
}

bool forwarded_is_https(struct http_request *http)
{
	return str_eq_nocase(said(http, "X-Forwarded-Proto"), STR("https"));
}

bool forwarded_is_local(struct http_request *http)
{
	static const char *const passed_on[] = {"Forwarded", "Via", "X-Forwarded-For",
		"X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"};

	for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
		if (http_header(http, passed_on[i]).p)
			return false;
	return !http->remote.len || str_starts(http->remote, STR("127.")) ||
		str_eq(http->remote, STR("::1")) || str_starts(http->remote, STR("::ffff:127."));
}
