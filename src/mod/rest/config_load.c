/* Files, the environment, and what has to fit together. */
#include "mod/rest/config_local.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jwk.h"
#include "mod/rest/claim.h"

#define MAX_FILE (1 << 20)
#define APP_VARIABLES "PGRST_APP_SETTINGS_"

extern char **environ;

/* By stdio, so that /dev/stdin and pipes do. */
int config_read_file(struct arena *a, const char *path, struct str *ret_text, struct err *e)
{
	FILE *f = fopen(path, "re");
	struct buf b;
	char piece[4096];
	size_t n;

	if (!f)
		return err_set(e, E_INPUT, "%s cannot be read: %s", path, strerror(errno));
	buf_init(&b, MAX_FILE);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(&b, piece, n);
	int bad = ferror(f) ? errno : 0;
	fclose(f);
	*ret_text = str_copy(a, buf_view(&b));
	bool too_long = b.failed;
	buf_done(&b);
	if (bad)
		return err_set(e, E_INPUT, "%s cannot be read: %s", path, strerror(bad));
	return too_long ? err_set(e, E_INPUT, "%s is longer than %d bytes", path, MAX_FILE) : 0;
}

/* PGRST_X and PLAT_REST_X as x and plat-x; NULL for other variables. */
static const char *setting_name(struct arena *a, struct str variable)
{
	bool ours = str_starts(variable, STR("PLAT_REST_"));

	if (!ours && !str_starts(variable, STR("PGRST_")))
		return NULL;
	struct str rest = str_sub(variable, strlen(ours ? "PLAT_REST_" : "PGRST_"), variable.len);
	char *name = arena_printf(a, "%s" STR_FMT, ours ? "plat-" : "", STR_ARG(rest));
	for (char *p = name; *p; p++)
		*p = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
	return name;
}

static int set_app(struct rest_config *c, struct str variable, struct str value, struct err *e)
{
	struct str name = str_sub(variable, strlen(APP_VARIABLES), variable.len);
	struct str key = str_printf(c->arena, "app.settings." STR_FMT, STR_ARG(name));

	return config_set_from(c, str_cstr(c->arena, variable), str_lower(c->arena, key), value, e);
}

static int set_variable(struct rest_config *c, struct str variable, struct str value, struct err *e)
{
	const char *name = setting_name(c->arena, variable);
	bool is_alias;

	if (!name)
		return 0;
	if (str_starts(variable, STR(APP_VARIABLES)))
		return set_app(c, variable, value, e);
	/* A name of ours under PGRST_, or the other way round, is none. */
	const struct config_row *r = config_row_named(str_of(name), &is_alias);
	if (r &&
		str_starts(str_of(r->name), STR("plat-")) ==
			str_starts(variable, STR("PLAT_REST_")))
		return config_set_from(c, str_cstr(c->arena, variable), str_of(name), value, e);
	config_warn_unknown(c, str_cstr(c->arena, variable), true);
	return 0;
}

static int read_environment(struct rest_config *c, struct err *e)
{
	for (char **at = environ; *at; at++) {
		struct str value = str_of(*at), variable = str_cut(&value, '=');
		if (value.p && set_variable(c, variable, value, e))
			return E_INPUT;
	}
	return 0;
}

static const char *variable(const char *name)
{
	return getenv(name);
}

int rest_config_load(struct rest_config *c, const char *path, struct err *e)
{
	struct rest_config_source source = {.name = path, .env = variable, .imports = true};
	struct str text;

	if (path &&
		(config_read_file(c->arena, path, &text, e) ||
			rest_config_read(c, text, &source, e)))
		return E_INPUT;
	if (read_environment(c, e))
		return E_INPUT;
	if (!str_starts(c->db_uri, STR("@")))
		return 0;
	if (config_read_file(c->arena, str_cstr(c->arena, c->db_uri) + 1, &text, e))
		return err_prefix(e, "db-uri");
	c->db_uri = str_trim(text);
	return 0;
}

/* Once for each name, so that a pipe can be used and finishing again is harmless. Without the last line end. */
static int read_secret(struct rest_config *c, struct str *ret_secret, struct err *e)
{
	struct str name = c->jwt_secret;

	*ret_secret = name;
	if (!str_starts(name, STR("@")))
		return 0;
	if (!str_eq(name, c->secret_file_name)) {
		if (config_read_file(c->arena, str_cstr(c->arena, name) + 1, &c->secret_file, e))
			return err_prefix(e, "jwt-secret");
		if (str_ends(c->secret_file, STR("\n")))
			c->secret_file.len--;
		c->secret_file_name = name;
	}
	*ret_secret = c->secret_file;
	return 0;
}

static int read_keys(struct rest_config *c, struct err *e)
{
	struct err why = {.arena = c->arena};
	struct str secret;

	c->keys = NULL;
	if (!c->jwt_secret.p)
		return 0;
	if (read_secret(c, &secret, e))
		return E_INPUT;
	c->keys = jwk_set_of_text(c->arena, secret, c->jwt_secret_is_base64, &why);
	if (!c->keys)
		return err_set(e, E_INPUT,
			"jwt-secret must be a secret of at least %d bytes, a JWK or a JWKS%s: %s",
			JWK_SECRET_MIN, c->jwt_secret_is_base64 ? ", in base 64" : "", why.msg);
	if (!c->keys->n)
		config_warn(c, "jwt-secret has no key that could check a token");
	return 0;
}

static int check_ports(const struct rest_config *c, struct err *e)
{
	if (c->admin_server_port < 0 || c->admin_server_port == 0 || c->server_unix_socket.p ||
		c->admin_server_port != c->server_port)
		return 0;
	return err_set(e, E_INPUT,
		"admin-server-port must be another port than server-port, not %lld",
		(long long)c->admin_server_port);
}

int rest_config_finish(struct rest_config *c, struct err *e)
{
	if (check_ports(c, e) || read_keys(c, e))
		return E_INPUT;
	if (!c->admin_server_host.p)
		c->admin_server_host = c->server_host;
	c->role_claim = rest_claim_parse(c->arena, c->jwt_role_claim_key, e);
	if (c->role_claim && rest_claim_is_old(c->role_claim))
		config_warn(c,
			"jwt-role-claim-key is in the notation before PostgREST 16; write it as JSONPath ($.role)");
	return c->role_claim ? 0 : E_INPUT;
}
