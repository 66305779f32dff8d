#include "mod/auth/limit.h"

#include <string.h>

#include "app/forwarded.h"
#include "app/module.h"
#include "app/settings.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/reply.h"
#include "mod/auth/call.h"

static int too_often(struct auth_call *c, int64_t wait_s, const char *code, const char *words)
{
	http_reply_header(c->req->http, "Retry-After",
		str_printf(c->arena, "%lld", (long long)wait_s));
	return auth_fault(c, 429, code, "%s", words);
}

int auth_limit(struct auth_call *c, const char *what, struct str account)
{
	long long most = setting_int(SET_AUTH_RATE);
	struct batch *b;

	if (!most || str_eq(c->role, STR("service_role")))
		return 0;
	b = auth_call_batch(c);
	struct db_param params[] = {db_text(what),
		db_str(forwarded_network_of(c->arena, c->remote)),
		db_str(account.p ? str_lower(c->arena, str_sub(account, 0, 300)) : account),
		db_i64(c->arena, most)};
	batch_add(b,
		"select greatest(auth.hit($1 || ' from', $2, $4::int, '5 minutes'), auth.hit($1 || ' on', $3, $4::int, '5 minutes'))",
		4, params);
	if (auth_call_run(c, b))
		return -1;
	int64_t wait_s =
		result_is_null(batch_result(b, 0), 0, 0) ? 0 : result_i64(batch_result(b, 0), 0, 0);
	return wait_s > 0
		? too_often(c, wait_s, "over_request_rate_limit", "Request rate limit reached")
		: 0;
}

int auth_limit_mail(struct auth_call *c, struct str address)
{
	struct batch *b;

	if (!setting_int(SET_AUTH_RATE) || str_eq(c->role, STR("service_role")))
		return 0;
	b = auth_call_batch(c);
	struct db_param params[] = {db_str(str_lower(c->arena, str_sub(address, 0, 300)))};
	batch_add(b, "select auth.hit('mail to', $1, 1, '60 seconds')", 1, params);
	if (auth_call_run(c, b))
		return -1;
	int64_t wait_s = result_i64(batch_result(b, 0), 0, 0);
	return wait_s > 0
		? too_often(c, wait_s, "over_email_send_rate_limit",
			  arena_printf(c->arena,
				  "For security purposes, you can only request this after %lld seconds.",
				  (long long)wait_s))
		: 0;
}
