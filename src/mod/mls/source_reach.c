#include "mod/mls/source_reach.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "app/settings.h"
#include "http/url.h"

static bool is_number(struct str host)
{
	char text[INET6_ADDRSTRLEN] = "";
	uint8_t bytes[16];

	if (host.len >= sizeof text)
		return false;
	memcpy(text, host.p, host.len);
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

bool source_is_public_only(struct str url)
{
	struct http_url u;

	if (setting_is(SET_PRIVATE_FEEDS, "on") || http_url_parse(url, &u, NULL))
		return false;
	return !str_eq_nocase(u.host, STR("localhost")) && !is_number(u.host);
}
