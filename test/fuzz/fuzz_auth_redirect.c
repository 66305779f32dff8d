/* Any text as an address that a link may lead to: what is allowed can split no header, is of the site or what a pattern says. The first
 * line is the url, the second the patterns. */
#include <assert.h>
#include <stdint.h>

#include "http/url.h"
#include "mod/auth/email.h"
#include "mod/auth/redirect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SITE STR("https://app.example")

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str patterns = str_from(size ? (const char *)data : "", size);
	struct str url = str_cut(&patterns, '\n');
	struct http_url parts;

	bool may = redirect_may(url, SITE, STR_NULL);
	if (may) {
		for (size_t i = 0; i < url.len; i++)
			assert(url.p[i] > ' ' && url.p[i] < 0x7f);
		assert(!http_url_parse(url, &parts, NULL) && !parts.userinfo.p);
		assert(str_eq_nocase(parts.host, STR("app.example")) && parts.port == 443);
	}
	assert(!may || redirect_may(url, SITE, patterns));
	if (redirect_may(url, SITE, STR("https://*.preview.example/**")) && !may) {
		assert(!http_url_parse(url, &parts, NULL) && !parts.userinfo.p);
		assert(str_ends(parts.host, STR(".preview.example")));
	}
	if (email_is_valid(url))
		assert(str_is_utf8(url) && str_find_char(url, '\n') < 0);
	return 0;
}
