/* Second factors of others, for the service key. */
#include "app/module.h"
#include "db/batch.h"
#include "mod/auth/more.h"

int auth_admin_factors(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	struct str id;

	if (auth_more_id(c, 0, "user_not_found", &id))
		return -1;
	batch_add(b, "select auth.admin_factors($1)", 1, (struct db_param[]){db_str(id)});
	return auth_call_run(c, b) ? -1 : auth_reply_row(c, b);
}

int auth_admin_factor_put(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	struct str id, factor, name;

	if (auth_more_id(c, 0, "user_not_found", &id) ||
		auth_more_id(c, 1, "mfa_factor_not_found", &factor) ||
		auth_body_str(c, "friendly_name", &name))
		return -1;
	batch_add(b, "select auth.admin_rename_factor($1, $2, $3)", 3,
		(struct db_param[]){db_str(id), db_str(factor), db_str(name)});
	return auth_call_run(c, b) ? -1 : auth_reply_row(c, b);
}

int auth_admin_factor_delete(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	struct str id, factor;

	if (auth_more_id(c, 0, "user_not_found", &id) ||
		auth_more_id(c, 1, "mfa_factor_not_found", &factor))
		return -1;
	batch_add(b, "select auth.factor_json(auth.unenroll_factor($1, 'aal2', $2))", 2,
		(struct db_param[]){db_str(id), db_str(factor)});
	return auth_call_run(c, b) ? -1 : auth_reply_row(c, b);
}
