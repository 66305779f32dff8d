#include "app/migrate.h"

#include <stddef.h>

#include "app/database.h"
#include "app/migrate_ledger.h"
#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"
#include "db/session.h"
#include "model/read.h"
#include "sql_files.h"

#define OLDEST_VERSION 150000
#define CONNECT_WAIT_MS 5000
/* An arbitrary number that other users of the server's advisory locks will not take: "plat" in ASCII. */
#define LOCK_KEY "1886151028"

struct run {
	struct database *database;
	struct session *s;
	struct arena *a;
	struct ledger ledger;
	void (*on_file)(const char *name);
	struct migrate_report report;
};

/* What check_server() asks about. */
struct server {
	struct model_int version_num;
	struct str version;
	struct str lacks; /* extensions; absent: none */
	struct model_bool is_super;
	struct str role;
};

#define AT(member) offsetof(struct server, member)
static const struct model_column server_columns[] = {
	{"version_num", "integer", MODEL_INT, 0, AT(version_num)},
	{"version", "text", MODEL_TEXT, 0, AT(version)},
	{"lacks", "text", MODEL_TEXT, 0, AT(lacks)},
	{"is_super", "boolean", MODEL_BOOL, 0, AT(is_super)},
	{"role", "name", MODEL_TEXT, 0, AT(role)},
};
static const struct model_table server_table = {.label = "server",
	.size = sizeof(struct server),
	.columns = server_columns,
	.n = sizeof server_columns / sizeof *server_columns};
#undef AT

/* What a server that we did not make may lack, said before anything is touched. */
static int check_server(struct run *r, struct err *e)
{
	static const char sql[] =
		"select current_setting('server_version_num')::int as version_num,"
		" current_setting('server_version') as version,"
		" (select string_agg(wanted, ', ') from unnest(array['vector', 'pgcrypto', 'pg_trgm']) wanted"
		"   where not exists (select from pg_available_extensions where name = wanted)) as lacks,"
		" (select rolsuper from pg_roles where rolname = current_user) as is_super,"
		" current_user as role";
	struct server server = {0};
	struct result *x;

	if (session_exec(r->s, r->a, sql, 0, NULL, &x, e) ||
		model_read_row(x, 0, r->a, &server_table, &server, e))
		return e->code;
	if (server.version_num.v < OLDEST_VERSION)
		return err_set(e, E_INPUT, "this server is PostgreSQL %s; plat needs 15 or newer",
			server.version.p);
	if (server.lacks.p)
		return err_set(e, E_INPUT,
			"this server lacks the extension %s; install its package on the server (tools/install-deps shows how)",
			server.lacks.p);
	if (!server.is_super.v)
		return err_set(e, E_INPUT,
			"the role %s of DATABASE_URL is no superuser, which making the roles service_role and plat_worker (BYPASSRLS) "
			"and the extensions needs",
			server.role.p);
	return 0;
}

static int run_text(struct run *r, const struct sql_file *f, struct err *e)
{
	int64_t began = mono_us();

	if (r->on_file)
		r->on_file(f->name);
	if (session_exec_script(r->s, str_from(f->text, f->len), e))
		return err_prefix(e, "sql/%s", f->name);
	return ledger_write(r->s, r->a, f, mono_us() - began, e);
}

static int run_alone(struct run *r, const struct sql_file *f, struct err *e)
{
	if (ledger_file_is_alone(f))
		return run_text(r, f, e);
	if (session_begin(r->s, e) || run_text(r, f, e) || session_commit(r->s, e)) {
		session_rollback(r->s, NULL);
		return e->code;
	}
	return 0;
}

static int run_migrations(struct run *r, struct err *e)
{
	for (const struct sql_file *f = sql_files; f->name; f++) {
		if (ledger_file_stage(f) != SQL_MIGRATION ||
			ledger_state(&r->ledger, f->name) == MIGRATION_APPLIED)
			continue;
		if (run_alone(r, f, e))
			return e->code;
		r->report.applied++;
	}
	return 0;
}

/* All files of a stage in one transaction when one of them is due: they may depend on each other. */
static int run_live(struct run *r, enum sql_stage stage, bool all, struct err *e)
{
	bool due = all;

	for (const struct sql_file *f = sql_files; f->name; f++)
		if (ledger_file_stage(f) == stage)
			due |= ledger_state(&r->ledger, f->name) != MIGRATION_APPLIED;
	if (!due)
		return 0;
	if (session_begin(r->s, e))
		return e->code;
	for (const struct sql_file *f = sql_files; f->name; f++) {
		if (ledger_file_stage(f) != stage)
			continue;
		if (run_text(r, f, e))
			goto failed;
		r->report.live++;
	}
	if (!session_commit(r->s, e))
		return 0;
failed:
	session_rollback(r->s, NULL);
	return e->code;
}

/* Whoever serves the tables (plat serve, PostgREST) reads them again. */
static int tell_servers(struct run *r, struct err *e)
{
	if (!r->report.applied && !r->report.live)
		return 0;
	return session_exec(r->s, r->a, "select pg_notify('pgrst', 'reload schema')", 0, NULL, NULL,
		e);
}

/* The verifier travels as a parameter and the statement is built inside the server, so no log has it. */
static int set_login(struct run *r, struct err *e)
{
	struct db_param verifier = db_text(database_login_verifier(r->database));

	/* Two databases of one server may be migrated at the same time; the lock is on a catalogue that they share. */
	if (session_begin(r->s, e) ||
		session_exec(r->s, r->a,
			"lock table pg_catalog.pg_authid in share row exclusive mode", 0, NULL,
			NULL, e) ||
		session_exec(r->s, r->a, "select set_config('plat.verifier', $1, true)", 1,
			&verifier, NULL, e) ||
		session_exec(r->s, r->a,
			"do $$ begin execute format('alter role authenticator password %L', current_setting('plat.verifier')); end $$",
			0, NULL, NULL, e) ||
		session_exec(r->s, r->a, "select pg_notify('plat_schema', '')", 0, NULL, NULL, e) ||
		session_commit(r->s, e)) {
		session_rollback(r->s, NULL);
		return e->code;
	}
	return 0;
}

static int run_all(struct run *r, struct err *e)
{
	if (session_exec(r->s, r->a, "set client_min_messages = warning", 0, NULL, NULL, e) ||
		session_exec(r->s, r->a, "select pg_advisory_lock(" LOCK_KEY ")", 0, NULL, NULL,
			e) ||
		ledger_read(r->s, r->a, &r->ledger, e) || ledger_check(&r->ledger, e))
		return e->code;
	if (ledger_create(r->s, r->a, e) || run_live(r, SQL_BEFORE, false, e) ||
		run_migrations(r, e))
		return e->code;
	if (run_live(r, SQL_AFTER, r->report.applied > 0, e))
		return e->code;
	return set_login(r, e) || tell_servers(r, e) ? e->code : 0;
}

static struct session *open_session(struct database *d, struct db **ret_db, struct err *e)
{
	*ret_db = database_connect_owner(d, CONNECT_WAIT_MS, e);
	return *ret_db ? session_open(*ret_db, NULL, e) : NULL;
}

int migrate_up(struct database *d, void (*on_file)(const char *name),
	struct migrate_report *ret_report, struct err *e)
{
	struct run r = {.database = d, .a = arena_new(), .on_file = on_file};
	struct db *db;
	int64_t began = mono_us();

	r.s = open_session(d, &db, e);
	int code = r.s ? check_server(&r, e) : e->code;
	if (!code)
		code = run_all(&r, e);
	session_close(r.s); /* gives the advisory lock back */
	db_close(db);
	arena_free(r.a);
	r.report.took_us = mono_us() - began;
	if (!code)
		*ret_report = r.report;
	return code;
}

int migrate_status(struct database *d, struct arena *a, const struct migration **ret_list,
	size_t *ret_n, struct err *e)
{
	struct ledger ledger;
	struct db *db;
	struct session *s = open_session(d, &db, e);
	int code = s ? ledger_read(s, a, &ledger, e) : e->code;

	session_close(s);
	db_close(db);
	if (code)
		return code;
	*ret_list = ledger.list;
	*ret_n = ledger.n;
	return 0;
}
