/* plat domains: the host names of a workspace's public site, and the proof that they are its own. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/errand.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/site/site.h"

static const char *workspace;
static bool primary;

static int list(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	struct result *r;

	(void)operands;
	if (login_ask(l->db, t->arena,
		    "select d.domain, case when d.is_primary then 'primary' else '' end as which,"
		    " case when d.verified_at is null then 'not verified' when d.failing_since is not null then 'verified, proof missing'"
		    " else 'verified by ' || d.verified_by end as status, d.checked_at::timestamptz(0) as checked, d.failure"
		    " from mls.workspace_domains d where d.workspace_id = $1 order by d.is_primary desc, d.domain",
		    1, (struct db_param[]){db_str(workspace_id)}, &r, e))
		return e->code;
	table_print(stdout, r);
	return 0;
}

static int find(struct task *t, struct login *l, struct str workspace_id, const char *domain,
	struct str *ret_id, struct str *ret_token, struct err *e)
{
	struct result *r;

	if (login_ask(l->db, t->arena,
		    "select d.id, d.verification_token from mls.workspace_domains d where d.workspace_id = $1 and d.domain = lower($2)",
		    2, (struct db_param[]){db_str(workspace_id), db_text(domain)}, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "the workspace has no domain '%s'", domain);
	*ret_id = result_text(r, 0, 0);
	*ret_token = result_text(r, 0, 1);
	return 0;
}

static void print_proof(const char *domain, struct str token)
{
	printf("To show that %s is yours, do one of these, then plat domains verify %s:\n"
	       "  DNS   _plat.%s  TXT  \"plat-verify=" STR_FMT "\"\n"
	       "  file  https://%s/.well-known/plat-verify.txt with " STR_FMT "\n"
	       "        (plat answers that itself once the domain leads to it)\n",
		domain, domain, domain, STR_ARG(token), domain, STR_ARG(token));
}

static int add(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	const char *domain = operands[0];
	struct batch *b = batch_new(t->arena);
	struct str id, token;

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	if (primary)
		batch_add(b,
			"update mls.workspace_domains set is_primary = false where workspace_id = $1 and is_primary",
			1, (struct db_param[]){db_str(workspace_id)});
	batch_add(b,
		"insert into mls.workspace_domains (workspace_id, domain, is_primary) values ($1, lower($2), $3)"
		" on conflict (workspace_id, domain) do update set is_primary = excluded.is_primary",
		3, (struct db_param[]){db_str(workspace_id), db_text(domain), db_bool(primary)});
	if (db_run(l->db, b, e)) {
		const struct db_error *why = batch_db_error(b);
		if (why && !strcmp(why->sqlstate, "23514"))
			fprintf(stderr, "plat domains: '%s' is no host name (www.example.com)\n",
				domain);
		return e->code;
	}
	if (find(t, l, workspace_id, domain, &id, &token, e))
		return e->code;
	print_proof(domain, token);
	return 0;
}

static int verify(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	const char *domain = operands[0];
	struct site_domain_proof proof;
	struct str id, token;

	if (find(t, l, workspace_id, domain, &id, &token, e) ||
		site_domain_verify(l->db, l->http, t->arena, id, &proof, e))
		return e->code;
	if (proof.by) {
		printf("verified by %s: %s leads to the workspace's site\n", proof.by, domain);
		return 0;
	}
	print_proof(domain, token);
	return err_set(e, E_CONFLICT, "%s%s" STR_FMT,
		proof.is_verified ? "still verified, for three days without a proof: " : "", "",
		STR_ARG(proof.problem));
}

static int remove_one(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	const char *domain = operands[0];
	struct result *r;

	if (login_ask(l->db, t->arena,
		    "delete from mls.workspace_domains where workspace_id = $1 and domain = lower($2) returning domain",
		    2, (struct db_param[]){db_str(workspace_id), db_text(domain)}, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "the workspace has no domain '%s'", domain);
	printf("removed: %s is no site of the workspace any more\n", domain);
	return 0;
}

static int run(int n, char **operands)
{
	static const struct errand errands[] = {
		{"list", 0, 0, list},
		{"add", 1, 1, add},
		{"verify", 1, 1, verify},
		{"remove", 1, 1, remove_one},
		{0},
	};

	return errand_run("domains", "list, add DOMAIN, verify DOMAIN or remove DOMAIN", errands,
		workspace, n, operands);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"primary", ARG_FLAG, &primary, NULL, "with add: the one of its domains that counts first",
		0, 0},
	{0},
};

const struct command domains_command = {
	.name = "domains",
	.summary = "host names of the workspace's public site, and the proof that they are its own",
	.operands = "list | add DOMAIN | verify DOMAIN | remove DOMAIN",
	.details =
		"add prints what proves the domain; verify looks for it: a TXT record, or a file where the domain leads to. A verified domain is\n"
		"looked at again weekly, and lost when its proof is missing for three days. docs/site.md.",
	.examples =
		"plat domains add www.example.com --primary\nplat domains verify www.example.com\nplat domains list --workspace north\n",
	.args = args,
	.run = run,
};
