/* plat invite: asks a person into a workspace. */
#include <stdbool.h>
#include <stdio.h>

#include "app/database.h"
#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/mls/connection.h"

static const char *email, *workspace, *role = "agent", *name, *org_role, *ops_role;
static bool realtor, marketing_agent;

static int invite_into(struct task *t, struct login *l, struct str workspace_id, struct err *e)
{
	struct batch *b = batch_new(t->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	/* The workspace that auth.invite() works in, as a request's preamble sets it. */
	batch_add(b, "select set_config('plat.me', '|' || $1, true)", 1,
		(struct db_param[]){db_str(workspace_id)});
	batch_add(b,
		"select i.email, i.expires_at::date from auth.invite($1, $2, $3, $4, 'user', $5, $6, $7) i",
		7,
		(struct db_param[]){db_text(email), db_text(role), db_text(name), db_text(org_role),
			db_text(ops_role), db_bool(realtor), db_bool(marketing_agent)});
	if (db_run(l->db, b, e))
		return e->code;
	struct result *r = batch_result(b, 1);
	printf("invited " STR_FMT " as %s, good until " STR_FMT
	       "; plat work sends the mail, plat mail lists it\n",
		STR_ARG(result_text(r, 0, 0)), role, STR_ARG(result_text(r, 0, 1)));
	return 0;
}

static int invite(struct task *t, struct err *e)
{
	struct str workspace_id;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = connection_find_workspace(l.db, t->arena, str_of(workspace), &workspace_id, e);
	if (!code)
		code = invite_into(t, &l, workspace_id, e);
	login_close(&l);
	return code;
}

static int run(int n, char **operands)
{
	if (n != 1) {
		fprintf(stderr, "plat invite: give one mail address\n");
		return 2;
	}
	email = operands[0];
	return task_run("invite", invite, NULL);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"role", ARG_TEXT, &role, "ROLE", "admin, agent (the default) or client", 0, 0},
	{"name", ARG_TEXT, &name, "NAME", "the person's name", 0, 0},
	{"org-role", ARG_TEXT, &org_role, "ROLE", "in the workspace's organisation: admin or user",
		0, 0},
	{"ops-role", ARG_TEXT, &ops_role, "ROLE",
		"on the staff: admin, operations, marketing or support", 0, 0},
	{"realtor", ARG_FLAG, &realtor, NULL, "is a realtor of operations", 0, 0},
	{"marketing-agent", ARG_FLAG, &marketing_agent, NULL, "is an agent of marketing", 0, 0},
	{0},
};

const struct command invite_command = {
	.name = "invite",
	.summary = "ask a person into a workspace",
	.operands = "EMAIL",
	.details =
		"The person gets a mail with a link that is good for an hour and signs in; with that the memberships are made. An invitation\n"
		"that is open is replaced.",
	.examples = "plat invite ann@example.com --workspace north --role admin\n",
	.args = args,
	.run = run,
};
