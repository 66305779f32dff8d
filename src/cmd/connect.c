/* plat connect: stores access to an MLS feed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/database.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "mod/mls/connection.h"

#define TOKEN_MAX 9000

static const char *workspace, *provider = "bridge", *dataset, *base_url, *client_id, *token_url,
			      *scope, *feed, *cadence;
static struct arg_many settings;
static bool keep_token;

/* From a pipe or a prompt: on the command line everybody on the machine could read it. */
static int read_token(struct task *t, struct str *ret_token, struct err *e)
{
	const char *name = client_id && *client_id ? "MLS_CLIENT_SECRET" : "MLS_TOKEN";
	const char *from_environment = getenv(name);
	char *line = arena_zalloc(t->arena, TOKEN_MAX);

	crypto_wipe_later(t->arena, line, TOKEN_MAX);
	if (from_environment && *from_environment) {
		*ret_token = str_of(from_environment);
		return 0;
	}
	fprintf(stderr, client_id && *client_id ? "client secret: " : "token: ");
	if (!fgets(line, TOKEN_MAX, stdin))
		return err_set(e, E_INPUT, "there is no token on standard input or in %s", name);
	*ret_token = str_trim(str_of(line));
	return ret_token->len ? 0 : err_set(e, E_INPUT, "the token is empty");
}

static int add_setting(struct jsonw *w, const char *text, struct err *e)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text)
		return err_set(e, E_INPUT, "--setting takes KEY=VALUE, not '%s'", text);
	jsonw_key_str(w, str_from(text, (size_t)(equals - text)));
	jsonw_str(w, equals[1] ? str_of(equals + 1) : STR_NULL);
	return 0;
}

/* Checked where they are stored; KEY= takes one away. */
static int read_settings(struct arena *a, const struct json **ret, struct err *e)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	if (feed)
		jsonw_key(&w, "feed"), jsonw_str(&w, *feed ? str_of(feed) : STR_NULL);
	for (int i = 0; i < settings.n && !e->code; i++)
		add_setting(&w, settings.values[i], e);
	jsonw_end(&w);
	*ret = e->code ? NULL : json_parse(a, buf_view(&b), e);
	buf_done(&b);
	return e->code;
}

static int connect(struct task *t, struct err *e)
{
	struct connection c = {.provider = str_of(provider),
		.dataset = str_of(dataset),
		.base_url = str_of(base_url),
		.client_id = str_of(client_id),
		.token_url = str_of(token_url),
		.token_scope = str_of(scope),
		.cadence = str_of(cadence)};
	struct str workspace_id, id;
	struct login l;

	if (!dataset && !keep_token && !strcmp(provider, "bridge"))
		return err_set(e, E_INPUT, "say which dataset with --dataset");
	if (read_settings(t->arena, &c.settings, e) ||
		(!keep_token && read_token(t, &c.token, e)) || login_open(t, &l, e))
		return e->code;
	int code = connection_find_workspace(l.db, t->arena, str_of(workspace), &workspace_id, e);
	if (!code)
		code = connection_store(l.db, database_keyring(l.database), t->arena, workspace_id,
			&c, &id, e);
	login_close(&l);
	if (!code)
		printf("connection " STR_FMT
		       " stored%s; plat connections test tries it, plat sync reads it\n",
			STR_ARG(id), keep_token ? "" : ", its token encrypted");
	return code;
}

static int run(int n, char **operands)
{
	(void)n, (void)operands;
	return task_run("connect", connect, NULL);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"provider", ARG_TEXT, &provider, "NAME", "bridge (the default) or reso", 0, 0},
	{"dataset", ARG_TEXT, &dataset, "ID",
		"dataset of the feed, as it stands in its URLs; a name of one's own for reso", 0,
		0},
	{"base-url", ARG_TEXT, &base_url, "URL", "OData root of the feed; default: Bridge's", 0, 0},
	{"feed", ARG_TEXT, &feed, "NAME",
		"feed type that follows the dataset in the path, such as idx", 0, 0},
	{"client-id", ARG_TEXT, &client_id, "ID",
		"OAuth client credentials instead of a token; what is read is then the client's secret",
		0, 0},
	{"token-url", ARG_TEXT, &token_url, "URL", "OAuth: the token endpoint", 0, 0},
	{"scope", ARG_TEXT, &scope, "TEXT", "OAuth: the scope to ask for", 0, 0},
	{"cadence", ARG_TEXT, &cadence, "WORD",
		"how often plat work syncs: manual (the default), hourly or daily", 0, 0},
	{"setting", ARG_MANY, &settings, "KEY=VALUE",
		"a setting of docs/connections.md, as often as needed; KEY= takes one away", 0, 0},
	{"keep-token", ARG_FLAG, &keep_token, NULL, "change the rest, and ask for no token", 0, 0},
	{0},
};

const struct command connect_command = {
	.name = "connect",
	.summary = "store access to an MLS feed",
	.details =
		"The token is read from standard input, or from MLS_TOKEN in the environment (a client's secret: MLS_CLIENT_SECRET), and kept\n"
		"encrypted. A connection that is there already is changed. With another address a token is forgotten unless a new one is given.",
	.examples =
		"plat connect --dataset miamire < token.txt\n"
		"MLS_TOKEN=demo plat connect --dataset demo --base-url http://127.0.0.1:8081/api/v2/OData\n"
		"plat connect --provider reso --base-url https://mls.example/odata --client-id us --token-url https://mls.example/token < secret.txt\n"
		"plat connect --keep-token --setting page_size=500 --setting media=expand\n",
	.args = args,
	.run = run,
};
