#include "mod/demo/demo.h"

#include <stdlib.h>

#include "app/worker.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/keyring.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/auth/auth.h"
#include "mod/mls/mls.h"

static const struct person {
	struct demo_login login;
	const char *mls, *org, *crm, *ops; /* roles; NULL: none */
	bool realtor, marketing, developer;
} people[] = {
	{{"admin@demo.test", "Ada Admin", "mls.admin, org.admin, ops.admin, crm.admin", {0}},
		.mls = "admin", .org = "admin", .crm = "admin", .ops = "admin"},
	{{"agent@demo.test", "Abel Agent", "mls.agent, marketing.agent, org.user, crm.user", {0}},
		.mls = "agent", .org = "user", .crm = "user", .marketing = true},
	{{"client@demo.test", "Clara Client", "mls.client, crm.user", {0}}, .mls = "client",
		.crm = "user"},
	{{"developer@demo.test", "Dora Developer", "org.developer, mls.agent", {0}}, .mls = "agent",
		.org = "user", .crm = "user", .developer = true},
	{{"operations@demo.test", "Otto Operations", "ops.operations, mls.agent", {0}},
		.mls = "agent", .crm = "user", .ops = "operations"},
	{{"marketing@demo.test", "Mara Marketing", "ops.marketing, mls.agent", {0}}, .mls = "agent",
		.crm = "user", .ops = "marketing"},
	{{"support@demo.test", "Sam Support", "ops.support, crm.support, mls.client", {0}},
		.mls = "client", .crm = "support", .ops = "support"},
	{{"realtor@demo.test", "Rita Realtor", "ops.realtor, crm.standard, mls.client", {0}},
		.mls = "client", .crm = "standard", .realtor = true},
};

#define PEOPLE (sizeof people / sizeof *people)

const struct demo_login *demo_logins(void)
{
	static struct demo_login list[PEOPLE + 1];

	for (size_t i = 0; i < PEOPLE; i++)
		list[i] = people[i].login;
	return list;
}

static struct demo_login *draw_passwords(struct arena *a)
{
	struct demo_login *list = arena_array(a, PEOPLE + 1, sizeof *list);

	for (size_t i = 0; i < PEOPLE; i++) {
		list[i] = people[i].login;
		list[i].password = password_random(a);
	}
	return list;
}

static int find(struct session *s, struct arena *a, bool *ret_there, struct err *e)
{
	struct result *r;

	if (session_exec(s, a, "select from mls.workspaces where slug = '" DEMO_SLUG "'", 0, NULL,
		    &r, e))
		return e->code;
	*ret_there = result_rows(r) > 0;
	return 0;
}

/* The organisation holds a licence for every module: with any organisation there, a module without one would be off. */
static int make_places(struct session *s, struct arena *a, struct str *ret_workspace,
	struct str *ret_org, struct err *e)
{
	struct result *r;

	if (session_exec(s, a,
		    "with o as (insert into org.organizations (name) values ('Demo Realty') returning id), "
		    "w as (insert into mls.workspaces (organization_id, slug, name) select id, '" DEMO_SLUG
		    "', 'Demo Realty Miami' from o returning id), "
		    "m as (insert into org.org_modules (organization_id, module_name, description) "
		    "  select o.id, x.name, x.name || ' module' from o, "
		    "  unnest(array['mls', 'marketing', 'ops', 'crm', 'assistant']) x (name) returning id), "
		    "l as (insert into org.licenses (organization_id) select id from o returning id), "
		    "n as (insert into org.license_modules (license_id, module_id) select l.id, m.id from l, m) "
		    "select w.id, o.id from w, o",
		    0, NULL, &r, e))
		return e->code;
	*ret_workspace = result_text(r, 0, 0);
	*ret_org = result_text(r, 0, 1);
	return 0;
}

/* Through an invitation, as any person comes in: the sign-up trigger makes the memberships. */
static int invite(struct session *s, struct arena *a, const struct person *p, struct str workspace,
	struct str org, struct err *e)
{
	struct db_param params[] = {db_text(p->login.email), db_text(p->login.name),
		db_str(workspace), db_text(p->mls), p->org ? db_str(org) : db_null(),
		db_text(p->org), db_text(p->crm), db_text(p->ops), db_bool(p->realtor),
		db_bool(p->marketing)};

	return session_exec(s, a,
		"insert into auth.invitations (email, full_name, workspace_id, mls_role, organization_id, org_role, crm_role, "
		"ops_role, is_realtor, is_marketing_agent) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		10, params, NULL, e);
}

static int sign_up(struct session *s, struct arena *a, const struct person *p, struct str hash,
	struct err *e)
{
	struct db_param params[] = {db_text(p->login.email), db_text(p->login.name), db_str(hash)};
	struct db_param developer = db_text(p->login.email);

	if (session_exec(s, a,
		    "insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, "
		    "raw_user_meta_data, created_at, updated_at) values (gen_random_uuid(), 'authenticated', 'authenticated', $1, $3, "
		    "now(), '{\"provider\": \"email\", \"providers\": [\"email\"]}', jsonb_build_object('full_name', $2::text), "
		    "now(), now())",
		    3, params, NULL, e))
		return e->code;
	if (!p->developer)
		return 0;
	return session_exec(s, a,
		"update org.user_profile p set role = 'developer' from auth.users u where u.id = p.user_id and u.email = $1",
		1, &developer, NULL, e);
}

static int make(struct session *s, struct arena *a, const struct demo_login *logins, struct err *e)
{
	struct str workspace, org;

	if (make_places(s, a, &workspace, &org, e))
		return e->code;
	for (size_t i = 0; i < PEOPLE; i++)
		if (invite(s, a, &people[i], workspace, org, e) ||
			sign_up(s, a, &people[i], password_hash(a, logins[i].password), e))
			return err_prefix(e, "%s", people[i].login.email);
	return 0;
}

int demo_make(struct db *db, struct arena *a, bool *ret_made, const struct demo_login **ret_logins,
	struct err *e)
{
	struct demo_login *logins = draw_passwords(a);
	struct session *s = worker_session(db, e);
	bool there = false;

	if (!s || session_begin(s, e) || find(s, a, &there, e) ||
		(!there && make(s, a, logins, e)) || session_commit(s, e)) {
		session_close(s);
		return e->code;
	}
	session_close(s);
	*ret_made = !there;
	*ret_logins = logins;
	return 0;
}

static int change_all(struct session *s, struct arena *a, const struct demo_login *logins,
	struct err *e)
{
	for (size_t i = 0; i < PEOPLE; i++) {
		struct db_param params[] = {db_text(logins[i].email),
			db_str(password_hash(a, logins[i].password))};
		if (session_exec(s, a,
			    "update auth.users set encrypted_password = $2, updated_at = now() where email = $1",
			    2, params, NULL, e))
			return e->code;
	}
	return 0;
}

int demo_new_passwords(struct db *db, struct arena *a, const struct demo_login **ret_logins,
	struct err *e)
{
	struct demo_login *logins = draw_passwords(a);
	struct session *s = worker_session(db, e);

	if (!s || session_begin(s, e) || change_all(s, a, logins, e) || session_commit(s, e)) {
		session_close(s);
		return e->code;
	}
	session_close(s);
	*ret_logins = logins;
	return 0;
}

struct str demo_feed_token(struct keyring *k, struct arena *a)
{
	unsigned char key[CRYPTO_KEY_LEN];

	if (!keyring_derive(k, keyring_current(k), "token of the demo feed", key))
		abort();
	struct str token = enc_base64url(a, str_from(key, sizeof key));
	crypto_wipe(key, sizeof key);
	return token;
}

int demo_connect(struct db *db, struct keyring *k, struct arena *a, int port, struct err *e)
{
	struct connection c = {.provider = STR("bridge"),
		.dataset = STR(DEMO_DATASET),
		.base_url = str_printf(a, "http://127.0.0.1:%d/api/v2/OData", port),
		.token = demo_feed_token(k, a)};
	struct str workspace, id;

	if (connection_find_workspace(db, a, STR(DEMO_SLUG), &workspace, e))
		return e->code;
	return connection_store(db, k, a, workspace, &c, &id, e);
}
