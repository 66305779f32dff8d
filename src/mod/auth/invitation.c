/* Invitations to a workspace, for its admins: POST, GET, DELETE /invitations. The mail goes with the row (auth.mail_invitation()); its
 * link signs in and makes the memberships (auth.accept_invitation()). */
#include "app/module.h"
#include "base/json.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "mod/auth/limit.h"
#include "mod/auth/more.h"

/* As who asks, for rights are decided in SQL. */
static struct batch *batch_of(struct auth_call *c)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b,
		&(struct db_caller){.role = c->role,
			.claims = json_text_dup(c->arena, c->claims),
			.user_id = c->user_id});
	return b;
}

static int read_role(struct auth_call *c, const char *name, const char *const *allowed,
	struct str *ret_role)
{
	if (auth_body_str(c, name, ret_role))
		return -1;
	if (!ret_role->p)
		return 0;
	for (; *allowed; allowed++)
		if (str_eq(*ret_role, str_of(*allowed)))
			return 0;
	return auth_fault(c, 400, "validation_failed", "%s cannot be '" STR_FMT "'", name,
		STR_ARG(*ret_role));
}

struct invitation {
	struct str email, role, full_name, org_role, crm_role, ops_role, agent;
	bool is_realtor, is_agent;
};

static int read_roles(struct auth_call *c, struct invitation *i)
{
	static const char *const mls[] = {"admin", "agent", "client", NULL};
	static const char *const org[] = {"admin", "user", NULL};
	static const char *const crm[] = {"user", "admin", "support", "standard", NULL};
	static const char *const ops[] = {"admin", "operations", "marketing", "support", NULL};

	return read_role(c, "role", mls, &i->role) || read_role(c, "org_role", org, &i->org_role) ||
			read_role(c, "crm_role", crm, &i->crm_role) ||
			read_role(c, "ops_role", ops, &i->ops_role) ||
			auth_body_bool(c, "is_realtor", &i->is_realtor) ||
			auth_body_bool(c, "is_marketing_agent", &i->is_agent)
		? -1
		: 0;
}

static int read_invitation(struct auth_call *c, struct invitation *i)
{
	if (auth_body_need(c, "email", &i->email) || auth_admin_email(c, &i->email) ||
		auth_body_str(c, "full_name", &i->full_name) || read_roles(c, i) ||
		auth_body_str(c, "marketing_agent_id", &i->agent))
		return -1;
	if (i->agent.p && !uuid_is_valid(i->agent))
		return auth_fault(c, 400, "validation_failed", "marketing_agent_id must be a uuid");
	return 0;
}

int auth_invitation_post(struct auth_call *c)
{
	struct batch *b = batch_of(c);
	struct invitation i = {0};

	if (read_invitation(c, &i) || auth_limit(c, "invite", c->user_id))
		return -1;
	batch_add(b,
		"select auth.invitation_json(auth.invite($1, coalesce($2, 'client'), $3, $4, coalesce($5, 'user'), $6, $7, $8, $9))",
		9,
		(struct db_param[]){db_str(i.email), db_str(i.role), db_str(i.full_name),
			db_str(i.org_role), db_str(i.crm_role), db_str(i.ops_role),
			db_bool(i.is_realtor), db_bool(i.is_agent), db_str(i.agent)});
	return auth_call_run(c, b) ? -1 : auth_reply_row(c, b);
}

int auth_invitation_list(struct auth_call *c)
{
	struct batch *b = batch_of(c);

	batch_add(b, "select auth.open_invitations()", 0, NULL);
	return auth_call_run(c, b) ? -1 : auth_reply_row(c, b);
}

int auth_invitation_delete(struct auth_call *c)
{
	struct batch *b = batch_of(c);
	struct str id;

	if (auth_more_id(c, 0, "invite_not_found", &id))
		return -1;
	batch_add(b, "select auth.withdraw_invitation($1)", 1, (struct db_param[]){db_str(id)});
	return auth_call_run(c, b) ? -1 : auth_reply_empty(c);
}
