#include "mod/alerts/link.h"

#include <string.h>

#include "app/settings.h"
#include "base/arena.h"
#include "mod/alerts/token.h"

static struct str without_slash(struct str url)
{
	while (str_ends(url, STR("/")))
		url.len--;
	return url;
}

/* A link needs a name: what listens everywhere, or on a socket file, is reached from this machine at least. */
struct str alerts_link_api(struct arena *a)
{
	const char *url = setting(SET_PUBLIC_URL), *listen = setting(SET_LISTEN);
	const char *port = strrchr(listen, ':');

	if (url)
		return without_slash(str_of(url));
	if (!port || str_starts(str_of(listen), STR("unix:")))
		return STR("http://localhost");
	bool everywhere = port == listen || str_starts(str_of(listen), STR("0.0.0.0:")) ||
		str_starts(str_of(listen), STR("[::]:"));
	return everywhere ? str_printf(a, "http://localhost%s", port)
			  : str_printf(a, "http://%s", listen);
}

struct str alerts_link_site(struct arena *a)
{
	const char *url = setting(SET_SITE_URL);

	return url ? without_slash(str_of(url)) : alerts_link_api(a);
}

struct str alerts_link_unsubscribe(struct arena *a, const struct keyring *keyring,
	struct str workspace_id, struct str user_id, struct str search_id)
{
	struct alerts_token t = {0};
	struct str text = STR_NULL;

	if (keyring && uuid_parse(workspace_id, &t.workspace) && uuid_parse(user_id, &t.person) &&
		(!search_id.p || uuid_parse(search_id, &t.search)))
		text = alerts_token_write(a, keyring, &t);
	return text.p ? STR_JOIN(a, alerts_link_api(a), STR("/alerts/v1/unsubscribe?token="), text)
		      : STR_NULL;
}
