/* The settings that links, issuers and codes are made with. */
#include <stdbool.h>
#include <string.h>

#include "app/settings.h"
#include "base/arena.h"
#include "base/enc.h"
#include "base/keyring.h"
#include "mod/auth/auth_local.h"

static struct str without_slash(struct str url)
{
	while (str_ends(url, STR("/")))
		url.len--;
	return url;
}

/* A link needs a name: what is listened on everywhere, or on a socket file, is reached from this machine at least. */
static const char *own_url(struct arena *a, const char *listen)
{
	const char *port = strrchr(listen, ':');
	bool is_file = str_starts(str_of(listen), STR("unix:"));
	bool is_everywhere =
		port == listen || !strncmp(listen, "0.0.0.0:", 8) || !strncmp(listen, "[::]:", 5);

	if (is_file || !port)
		return "http://localhost";
	return is_everywhere ? arena_printf(a, "http://localhost%s", port)
			     : arena_printf(a, "http://%s", listen);
}

struct auth_site *auth_site_new(struct arena *a, const struct keyring *keyring, struct err *e)
{
	const char *public_url = setting(SET_PUBLIC_URL), *site_url = setting(SET_SITE_URL);
	struct auth_site *site = ARENA_NEW(a, struct auth_site);

	if (!keyring || !keyring_len(keyring)) {
		err_set(e, E_INPUT, "signing in needs a master key");
		return NULL;
	}
	struct str oldest = keyring_id(keyring, keyring_len(keyring) - 1);
	if (!keyring_derive(keyring, oldest, "auth codes v1", site->secret)) {
		err_set(e, E_BUG, "the master key %.*s is not in the ring", STR_ARG(oldest));
		return NULL;
	}
	crypto_wipe_later(a, site->secret, sizeof site->secret);
	if (!public_url)
		public_url = own_url(a, setting(SET_LISTEN));
	site->public_url = without_slash(str_of(public_url));
	site->site_url = site_url ? without_slash(str_of(site_url)) : site->public_url;
	return site;
}

struct str auth_site_mac(const struct auth_site *site, struct arena *a, const char *use,
	struct str text)
{
	unsigned char mac[CRYPTO_SHA256_LEN];

	crypto_hmac_sha256(str_from(site->secret, sizeof site->secret),
		STR_JOIN(a, str_of(use), STR("\n"), text), mac);
	return enc_hex(a, str_from(mac, sizeof mac));
}

struct str auth_sha256(struct arena *a, struct str text)
{
	unsigned char *hash = arena_alloc(a, CRYPTO_SHA256_LEN);

	crypto_sha256(text, hash);
	return str_from(hash, CRYPTO_SHA256_LEN);
}
