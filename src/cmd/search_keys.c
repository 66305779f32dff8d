/* plat search-keys: what pages on the web and other programs send to search a workspace's listings. */
#include <stdio.h>
#include <string.h>

#include "app/database.h"
#include "base/arena.h"
#include "base/clock.h"
#include "cmd/args.h"
#include "cmd/errand.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/search/key.h"

static const char *workspace, *audience = "public", *actions = "documents:search";
static long long days;

static int add(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	struct search_api_key key = {.workspace_id = workspace_id,
		.description = str_of(operands[0]),
		.actions = str_of(actions),
		.collections = STR("listings")};

	if (!search_key_audience(str_of(audience), &key.who))
		return err_set(e, E_INPUT, "--audience takes public or agents");
	if (days)
		key.expires_s = now_us() / US_PER_SECOND + days * 86400;
	if (search_key_make(l->db, database_keyring(l->database), t->arena, &key, e))
		return e->code;
	printf("id   %lld\nkey  " STR_FMT "\n", (long long)key.id, STR_ARG(key.value));
	printf("It is not shown again. Clients send it as X-TYPESENSE-API-KEY, and may sign scoped keys with it.\n");
	return 0;
}

static int list(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	struct result *rows;

	(void)operands;
	if (login_ask(l->db, t->arena,
		    "select k.id, k.value_prefix || '...' as key, k.audience, array_to_string(k.actions, ',') as actions,"
		    " case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'good' end as status,"
		    " k.expires_at::timestamptz(0) as expires, k.last_used_at::timestamptz(0) as last_used, k.description"
		    " from mls.search_keys k where k.workspace_id = $1 order by k.id",
		    1, (struct db_param[]){db_str(workspace_id)}, &rows, e))
		return e->code;
	table_print(stdout, rows);
	return 0;
}

static int revoke(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	const char *operand = operands[0];
	int64_t id;

	if (!str_to_i64(str_of(operand), &id))
		return err_set(e, E_INPUT,
			"'%s' is no id of a key; `plat search-keys list` shows them", operand);
	if (search_key_revoke(l->db, t->arena, workspace_id, id, e))
		return e->code;
	printf("revoked: searches with key %s, and with scoped keys of it, are refused within five seconds\n",
		operand);
	return 0;
}

static int run(int n, char **operands)
{
	static const struct errand errands[] = {
		{"list", 0, 0, list},
		{"add", 1, 1, add},
		{"remove", 1, 1, revoke},
		{0},
	};

	return errand_run("search-keys", "list, add DESCRIPTION or remove ID", errands, workspace,
		n, operands);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"audience", ARG_TEXT, &audience, "WHO",
		"with add: public (unless said) shows what anybody may see, agents every listing",
		0, 0},
	{"actions", ARG_TEXT, &actions, "LIST",
		"with add: documents:search (unless said), documents:get, documents:export, collections:get ... or *; with commas",
		0, 0},
	{"days", ARG_INT, &days, "N", "with add: for how long it is good; for ever unless said", 1,
		36500},
	{0},
};

const struct command search_keys_command = {
	.name = "search-keys",
	.summary = "keys that search the workspace's listings over Typesense's API",
	.operands = "list | add DESCRIPTION | remove ID",
	.details =
		"add prints the key, once. A page on the web gets a public one; what each key may do: docs/search-api.md.",
	.examples =
		"plat search-keys add 'Website of North Realty'\nplat search-keys add Dashboard --audience agents --actions '*' --days 90\n"
		"plat search-keys remove 12\n",
	.args = args,
	.run = run,
};
