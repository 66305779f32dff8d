/* plat consumers: other systems that read a workspace's listings over /reso/odata. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/errand.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"

static const char *workspace, *scopes = "idx";
static long long per_minute, per_hour;

static struct batch *worker_batch(struct task *t)
{
	struct batch *b = batch_new(t->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

static void print_secrets(const struct result *r)
{
	printf("token          " STR_FMT "\nclient id      " STR_FMT "\nclient secret  " STR_FMT
	       "\n",
		STR_ARG(result_text(r, 0, 1)), STR_ARG(result_text(r, 0, 2)),
		STR_ARG(result_text(r, 0, 3)));
	printf("None of this is shown again. Either the token is sent as it is (Authorization: Bearer ...), or id and secret get one for\n"
	       "an hour from /reso/oauth/token.\n");
}

static int add(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	const char *name = operands[0];
	struct batch *b = worker_batch(t);

	batch_add(b,
		"select * from mls.add_reso_consumer($1, string_to_array($2, ','), nullif($3::int, 0), nullif($4::int, 0), $5)",
		5,
		(struct db_param[]){db_text(name), db_text(scopes), db_i64(t->arena, per_minute),
			db_i64(t->arena, per_hour), db_str(workspace_id)});
	if (db_run(l->db, b, e)) {
		const struct db_error *why = batch_db_error(b);
		if (why && !strcmp(why->sqlstate, "23505"))
			fprintf(stderr, "plat consumers: there is one of this name already\n");
		else if (why && strstr(why->constraint, "scopes"))
			fprintf(stderr,
				"plat consumers: --scopes takes idx, vow or full, and media, member, office\n");
		return e->code;
	}
	print_secrets(batch_result(b, 0));
	return 0;
}

static int find(struct task *t, struct login *l, struct str workspace_id, const char *name,
	struct str *ret_id, struct err *e)
{
	struct batch *b = worker_batch(t);

	batch_add(b,
		"select id from mls.reso_consumers where workspace_id = $1 and (name = $2 or id::text = $2)",
		2, (struct db_param[]){db_str(workspace_id), db_text(name)});
	if (db_run(l->db, b, e))
		return e->code;
	if (!result_rows(batch_result(b, 0)))
		return err_set(e, E_ABSENT, "there is no consumer '%s'", name);
	*ret_id = result_text(batch_result(b, 0), 0, 0);
	return 0;
}

static int rotate(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	const char *name = operands[0];
	struct batch *b = worker_batch(t);
	struct str id;

	if (find(t, l, workspace_id, name, &id, e))
		return e->code;
	batch_add(b, "select * from mls.rotate_reso_consumer($1, $2)", 2,
		(struct db_param[]){db_str(id), db_str(workspace_id)});
	if (db_run(l->db, b, e))
		return e->code;
	print_secrets(batch_result(b, 0));
	return 0;
}

static int revoke(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	const char *name = operands[0];
	struct batch *b = worker_batch(t);
	struct str id;

	if (find(t, l, workspace_id, name, &id, e))
		return e->code;
	batch_add(b, "select mls.revoke_reso_consumer($1, $2)", 2,
		(struct db_param[]){db_str(id), db_str(workspace_id)});
	if (db_run(l->db, b, e))
		return e->code;
	printf("revoked: requests of %s are refused from now on\n", name);
	return 0;
}

static int list(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	struct batch *b = worker_batch(t);

	(void)operands;
	batch_add(b,
		"select c.name, array_to_string(c.scopes, ',') as scopes, c.per_minute, c.per_hour,"
		" coalesce(u.requests, 0) as requests, c.last_used_at::timestamptz(0) as last_used,"
		" case when c.revoked_at is null then 'good' else 'revoked' end as status, c.client_id"
		" from mls.reso_consumers c left join mls.reso_usage u on u.workspace_id = c.workspace_id and u.reso_consumer_id = c.id"
		" where c.workspace_id = $1 order by c.created_at",
		1, (struct db_param[]){db_str(workspace_id)});
	if (db_run(l->db, b, e))
		return e->code;
	table_print(stdout, batch_result(b, 0));
	return 0;
}

static int run(int n, char **operands)
{
	static const struct errand errands[] = {
		{"list", 0, 0, list},
		{"add", 1, 1, add},
		{"rotate", 1, 1, rotate},
		{"revoke", 1, 1, revoke},
		{0},
	};

	return errand_run("consumers", "list, add NAME, rotate NAME or revoke NAME", errands,
		workspace, n, operands);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"scopes", ARG_TEXT, &scopes, "LIST",
		"with add: idx (unless said), vow or full, and media, member, office; with commas",
		0, 0},
	{"per-minute", ARG_INT, &per_minute, "N", "with add: requests a minute; 334 unless said", 1,
		1000000},
	{"per-hour", ARG_INT, &per_hour, "N", "with add: requests an hour; 5000 unless said", 1,
		60000000},
	{0},
};

const struct command consumers_command = {
	.name = "consumers",
	.summary = "other systems that read the workspace's listings over /reso/odata",
	.operands = "list | add NAME | rotate NAME | revoke NAME",
	.details =
		"add prints a token and client credentials, once. rotate replaces them: the ones before are refused at once. A revoked consumer stays\n"
		"revoked. What each scope sees: docs/reso.md.",
	.examples =
		"plat consumers add 'Website of North Realty' --scopes idx,media\nplat consumers list --workspace north\n",
	.args = args,
	.run = run,
};
