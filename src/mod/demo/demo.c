#include "mod/demo/demo.h"

#include <stdlib.h>

#include "app/worker.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/keyring.h"
#include "db/db.h"
#include "db/session.h"
#include "mod/auth/auth.h"
#include "mod/mls/mls.h"
#include "model/auth/invitation.h"
#include "model/auth/user.h"
#include "model/mls/workspace.h"
#include "model/org/license.h"
#include "model/org/license_module.h"
#include "model/org/module.h"
#include "model/org/organization.h"
#include "model/org/user_profile.h"

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
	struct model_query q = {.where = {{MLS_WORKSPACE_SLUG, MODEL_EQ, MODEL_V(DEMO_SLUG)}}};
	int64_t n;

	if (mls_workspace_count(s, a, &q, &n, e))
		return e->code;
	*ret_there = n > 0;
	return 0;
}

/* The organisation holds a licence for every module: with any organisation there, a module without one would be off. */
static int make_licence(struct session *s, struct arena *a, struct str org, struct err *e)
{
	static const char *const names[] = {"mls", "marketing", "ops", "crm", "assistant"};
	struct org_license licence = {.organization_id = org};

	if (org_license_insert(s, a, &licence, e))
		return e->code;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct org_module module = {.organization_id = org,
			.module_name = str_of(names[i]),
			.description = str_printf(a, "%s module", names[i])};
		struct org_license_module on = {.license_id = licence.id};
		if (org_module_insert(s, a, &module, e))
			return e->code;
		on.module_id = module.id;
		if (org_license_module_insert(s, a, &on, e))
			return e->code;
	}
	return 0;
}

/* Its feed says what may be displayed; one of its offices is the demo's own. */
static int make_profile(struct session *s, struct arena *a, struct str workspace, struct err *e)
{
	return session_exec(s, a,
		"insert into mls.compliance_profiles (workspace_id, mls_name, brokerage_name, own_office_mls_ids, contact_email, contact_phone,"
		" correction_contact, copyright_notice, attribution_html, disclaimer_html) values ($1, 'Demo MLS of Miami',"
		" 'Demo Realty Miami', '{OF1000}', 'hello@demo.test', '305-555-0100', 'corrections@demo.test', '© {year} {mls}',"
		" '<p>Listings of {mls}, displayed by {broker}. Last updated {as_of}.</p>',"
		" '<p>Information is for consumers’ personal, non-commercial use and may not be used for any purpose other than to identify"
		" prospective properties. Data of {mls} is deemed reliable but is not guaranteed accurate by the MLS or {broker}."
		" Last updated {as_of}. © {year} {mls}. These are generated listings: no such property is for sale.</p>')"
		" on conflict (workspace_id) do update set mls_name = excluded.mls_name, brokerage_name = excluded.brokerage_name,"
		" own_office_mls_ids = excluded.own_office_mls_ids, contact_email = excluded.contact_email,"
		" contact_phone = excluded.contact_phone, correction_contact = excluded.correction_contact,"
		" copyright_notice = excluded.copyright_notice, attribution_html = excluded.attribution_html,"
		" disclaimer_html = excluded.disclaimer_html",
		1, (struct db_param[]){db_str(workspace)}, NULL, e);
}

static int make_places(struct session *s, struct arena *a, struct str *ret_workspace,
	struct str *ret_org, struct err *e)
{
	struct org_organization org = {.name = STR("Demo Realty")};
	struct mls_workspace workspace = {.slug = STR(DEMO_SLUG), .name = STR("Demo Realty Miami")};

	if (org_organization_insert(s, a, &org, e))
		return e->code;
	workspace.organization_id = org.id;
	if (mls_workspace_insert(s, a, &workspace, e) || make_licence(s, a, org.id, e) ||
		make_profile(s, a, workspace.id, e))
		return e->code;
	*ret_workspace = workspace.id;
	*ret_org = org.id;
	return 0;
}

/* Through an invitation, as any person comes in: the sign-up trigger makes the memberships. *ret_now is PostgreSQL's clock. */
static int invite(struct session *s, struct arena *a, const struct person *p, struct str workspace,
	struct str org, struct model_time *ret_now, struct err *e)
{
	struct auth_invitation invitation = {
		.email = str_of(p->login.email),
		.full_name = str_of(p->login.name),
		.workspace_id = workspace,
		.mls_role = str_of(p->mls),
		.organization_id = p->org ? org : STR_NULL,
		.org_role = str_of(p->org),
		.crm_role = str_of(p->crm),
		.ops_role = str_of(p->ops),
		.is_realtor = model_bool(p->realtor),
		.is_marketing_agent = model_bool(p->marketing),
	};

	if (auth_invitation_insert(s, a, &invitation, e))
		return e->code;
	*ret_now = invitation.created_at;
	return 0;
}

/* The role is none that an invitation gives. */
static int make_developer(struct session *s, struct arena *a, const struct auth_user *user,
	struct err *e)
{
	struct org_user_profile_list profiles;

	if (org_user_profile_list_of_user(s, a, user, NULL, &profiles, e))
		return e->code;
	for (size_t i = 0; i < profiles.n; i++) {
		profiles.row[i].role = STR("developer");
		if (org_user_profile_update(s, a, &profiles.row[i],
			    MODEL_COLUMNS(ORG_USER_PROFILE_ROLE), e))
			return e->code;
	}
	return 0;
}

static int sign_up(struct session *s, struct arena *a, const struct person *p, struct str hash,
	struct model_time now, struct err *e)
{
	struct auth_user user = {
		.aud = STR("authenticated"),
		.role = STR("authenticated"),
		.email = str_of(p->login.email),
		.encrypted_password = hash,
		.email_confirmed_at = now,
		.raw_app_meta_data = STR("{\"provider\": \"email\", \"providers\": [\"email\"]}"),
		/* A name of ours: nothing in it has to be escaped. */
		.raw_user_meta_data = str_printf(a, "{\"full_name\": \"%s\"}", p->login.name),
	};

	if (auth_user_insert(s, a, &user, e))
		return e->code;
	return p->developer ? make_developer(s, a, &user, e) : 0;
}

static int make(struct session *s, struct arena *a, const struct demo_login *logins, struct err *e)
{
	struct str workspace = STR_NULL, org = STR_NULL;
	struct model_time now = {0};

	if (make_places(s, a, &workspace, &org, e))
		return e->code;
	for (size_t i = 0; i < PEOPLE; i++)
		if (invite(s, a, &people[i], workspace, org, &now, e) ||
			sign_up(s, a, &people[i], password_hash(a, logins[i].password), now, e))
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
