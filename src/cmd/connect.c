/* plat connect: stores access to an MLS feed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/database.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "mod/mls/connection.h"

#define TOKEN_MAX 4096

static const char *workspace, *provider = "bridge", *dataset, *base_url;

/* From a pipe or a prompt: on the command line everybody on the machine could read it. */
static int read_token(struct task *t, struct str *ret_token, struct err *e)
{
	const char *from_environment = getenv("MLS_TOKEN");
	char *line = arena_zalloc(t->arena, TOKEN_MAX);

	crypto_wipe_later(t->arena, line, TOKEN_MAX);
	if (from_environment && *from_environment) {
		*ret_token = str_of(from_environment);
		return 0;
	}
	fprintf(stderr, "token: ");
	if (!fgets(line, TOKEN_MAX, stdin))
		return err_set(e, E_INPUT, "there is no token on standard input or in MLS_TOKEN");
	*ret_token = str_trim(str_of(line));
	return ret_token->len ? 0 : err_set(e, E_INPUT, "the token is empty");
}

static int connect(struct task *t, struct err *e)
{
	struct connection c = {.provider = str_of(provider),
		.dataset = str_of(dataset),
		.base_url = str_of(base_url)};
	struct str workspace_id, id;
	struct login l;

	if (!dataset)
		return err_set(e, E_INPUT, "say which dataset with --dataset");
	if (read_token(t, &c.token, e) || login_open(t, &l, e))
		return e->code;
	int code = connection_find_workspace(l.db, t->arena, str_of(workspace), &workspace_id, e);
	if (!code)
		code = connection_store(l.db, database_keyring(l.database), t->arena, workspace_id,
			&c, &id, e);
	login_close(&l);
	if (!code)
		printf("connection " STR_FMT " stored, its token encrypted; plat sync reads it\n",
			STR_ARG(id));
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
	{"dataset", ARG_TEXT, &dataset, "ID", "dataset of the feed, as it stands in its URLs", 0,
		0},
	{"base-url", ARG_TEXT, &base_url, "URL", "OData root of the feed; default: Bridge's", 0, 0},
	{0},
};

const struct command connect_command = {
	.name = "connect",
	.summary = "store access to an MLS feed",
	.details =
		"The token is read from standard input, or from MLS_TOKEN in the environment, and kept encrypted. A connection that is\n"
		"there already is changed.",
	.examples =
		"plat connect --dataset miamire < token.txt\n"
		"MLS_TOKEN=demo plat connect --dataset demo --base-url http://127.0.0.1:8081/api/v2/OData\n",
	.args = args,
	.run = run,
};
