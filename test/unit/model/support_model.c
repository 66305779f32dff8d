#include "support_model.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/uuid.h"
#include "db/result.h"
#include "db/url.h"
#include "model/auth/user.h"
#include "model/marketing/agent.h"
#include "model/marketing/user.h"
#include "model/mls/user_profile.h"
#include "model/mls/workspace.h"

static char own_url[2048], own_name[128], template_name[100];

bool mt_has_database(void)
{
	if (getenv("PLAT_MIGRATED_URL"))
		return true;
	printf("1..0 # SKIP there is no migrated database (PLAT_MIGRATED_URL)\n");
	return false;
}

const char *mt_url(void)
{
	return own_url;
}

/* The migrated database's URL with another database, as key = 'value'. */
static void name_database(void)
{
	struct err e = {0};
	struct url *u = url_parse(getenv("PLAT_MIGRATED_URL"), "plat test", &e);
	size_t len = 0;

	assert_non_null(u);
	snprintf(template_name, sizeof(template_name), "%s", url_get(u, "dbname"));
	snprintf(own_name, sizeof(own_name), "%s_model", template_name);
	for (int i = 0; url_keywords(u)[i]; i++) {
		bool is_name = strcmp(url_keywords(u)[i], "dbname") == 0;
		len += (size_t)snprintf(own_url + len, sizeof(own_url) - len, "%s='%s' ",
			url_keywords(u)[i], is_name ? own_name : url_values(u)[i]);
		assert_true(len < sizeof(own_url));
	}
	url_free(u);
}

struct admin {
	struct loop *loop;
	const char *sql[2];
};

static void run_admin(void *p)
{
	struct admin *admin = p;
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct db_options o = {.url = getenv("DATABASE_URL")};
	struct db *db = db_open(admin->loop, &o, &e);

	assert_non_null(db);
	struct session *s = session_open(db, NULL, &e);
	for (int i = 0; i < 2 && admin->sql[i]; i++)
		if (!s || session_exec(s, a, admin->sql[i], 0, NULL, NULL, &e)) {
			const struct db_error *d = s ? session_db_error(s) : NULL;
			fail_msg("%s: %s (%s)", admin->sql[i], e.msg, d ? d->message : "");
		}
	session_close(s);
	db_close(db);
	arena_free(a);
}

static void administrate(const char *first, const char *second)
{
	struct admin admin = {loop_new(), {first, second}};

	loop_run_fiber(admin.loop, run_admin, &admin);
	loop_free(admin.loop);
}

int mt_create(void **state)
{
	char drop[200], create[400];

	(void)state;
	name_database();
	snprintf(drop, sizeof(drop), "drop database if exists \"%s\" with (force)", own_name);
	snprintf(create, sizeof(create), "create database \"%s\" template \"%s\"", own_name,
		template_name);
	administrate(drop, create);
	return 0;
}

int mt_drop(void **state)
{
	char drop[200];

	(void)state;
	snprintf(drop, sizeof(drop), "drop database \"%s\" with (force)", own_name);
	administrate(drop, NULL);
	return 0;
}

struct running {
	struct mt_case *c;
	struct mt t;
};

static void run_case(void *p)
{
	struct running *r = p;
	struct db_options o = {.url = own_url};
	struct db_caller worker = {.role = STR("plat_worker")};

	r->t.arena = arena_new();
	r->t.err.arena = r->t.arena;
	r->t.db = db_open(r->t.loop, &o, &r->t.err);
	assert_non_null(r->t.db);
	r->t.worker = session_open(r->t.db, &worker, &r->t.err);
	assert_non_null(r->t.worker);
	r->c->fn(&r->t);
	while (r->t.opened_n)
		session_close(r->t.opened[--r->t.opened_n]);
	session_close(r->t.worker);
	db_close(r->t.db);
	arena_free(r->t.arena);
}

void mt_run(void **state)
{
	struct running r = {.c = *state, .t = {.loop = loop_new()}};

	loop_run_fiber(r.t.loop, run_case, &r);
	loop_free(r.t.loop);
}

void ok_at(struct mt *t, int code, const char *file, int line)
{
	if (code)
		fail_msg("%s:%d: %s: %s", file, line, err_name(code),
			t->err.msg ? t->err.msg : "no words");
}

void expect_code_at(struct mt *t, int code, int wanted, const char *file, int line)
{
	if (code != wanted)
		fail_msg("%s:%d: %s instead of %s: %s", file, line, err_name(code),
			err_name(wanted), t->err.msg ? t->err.msg : "no words");
}

const char *ask(struct mt *t, const char *sql)
{
	struct result *r;

	ok(t, session_exec(t->worker, t->arena, sql, 0, NULL, &r, &t->err));
	return result_rows(r) ? str_cstr(t->arena, result_text(r, 0, 0)) : "";
}

struct str fresh_uuid(struct mt *t)
{
	return str_of(uuid_format(arena_alloc(t->arena, UUID_SIZE), uuid_new()));
}

struct str fresh_name(struct mt *t, const char *head)
{
	return str_printf(t->arena, "%s-" STR_FMT, head, STR_ARG(fresh_uuid(t)));
}

struct person new_person(struct mt *t)
{
	struct mls_workspace workspace = {.slug = fresh_name(t, "w"), .name = STR("Workspace")};
	struct auth_user user = {.id = fresh_uuid(t),
		.email = str_printf(t->arena, STR_FMT "@example.org", STR_ARG(fresh_name(t, "u"))),
		.aud = STR("authenticated"),
		.role = STR("authenticated")};

	ok(t, mls_workspace_insert(t->worker, t->arena, &workspace, &t->err));
	ok(t, auth_user_insert(t->worker, t->arena, &user, &t->err));
	/* Signing up has made a profile. */
	struct mls_user_profile profile = {.id = user.id,
		.workspace_id = workspace.id,
		.role = STR("agent")};
	ok(t,
		mls_user_profile_upsert(t->worker, t->arena, &profile, MLS_USER_PROFILE_BY_PRIMARY,
			MODEL_USUAL, &t->err));
	struct marketing_agent agent = {.workspace_id = workspace.id,
		.name = STR("Ada"),
		.email = user.email};
	ok(t, marketing_agent_insert(t->worker, t->arena, &agent, &t->err));
	struct marketing_user login = {.workspace_id = workspace.id,
		.id = user.id,
		.agent_id = agent.id,
		.email = user.email,
		.password_hash = STR("")};
	ok(t, marketing_user_insert(t->worker, t->arena, &login, &t->err));
	return (struct person){workspace.id, user.id, agent.id};
}

struct db_caller caller_of(struct person p)
{
	return (struct db_caller){.role = STR("authenticated"), .user_id = p.user_id};
}

struct db_caller anon(void)
{
	return (struct db_caller){.role = STR("anon")};
}

struct session *as(struct mt *t, struct db_caller caller)
{
	struct session *s = session_open(t->db, &caller, &t->err);

	ok(t, s ? 0 : t->err.code);
	assert_true(t->opened_n < 3);
	t->opened[t->opened_n++] = s;
	return s;
}

void assert_str(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("\"" STR_FMT "\" instead of \"%s\"", STR_ARG(got), want ? want : "(null)");
}
