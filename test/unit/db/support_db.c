#include "support_db.h"

#include <stdio.h>
#include <stdlib.h>

const char *dbt_url(void)
{
	const char *url = getenv("DATABASE_URL");

	if (!url) {
		fprintf(stderr,
			"these tests need DATABASE_URL (run them with tools/with-postgres)\n");
		exit(2);
	}
	return url;
}

static PGresult *admin_run(const char *sql)
{
	static PGconn *pg;

	if (!pg || PQstatus(pg) != CONNECTION_OK) {
		PQfinish(pg);
		pg = PQconnectdb(dbt_url());
	}
	PGresult *r = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(r);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(pg));
	return r;
}

void admin(const char *sql)
{
	PQclear(admin_run(sql));
}

char *admin_text(const char *sql)
{
	static char text[1024];
	PGresult *r = admin_run(sql);

	snprintf(text, sizeof(text), "%s", PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	return text;
}

int dbt_group_setup(void **state)
{
	(void)state;
	admin("set client_min_messages = error;"
	      "do $$ begin"
	      "  if to_regrole('authenticated') is null then create role authenticated; end if;"
	      "exception when duplicate_object or unique_violation then null; end $$;"
	      "drop schema if exists plat cascade; create schema plat;"
	      "create table plat.memberships (login uuid primary key, me text);"
	      "create function plat.enter_by_sources(login uuid) returns text language sql strict"
	      " as $$ select login::text $$;"
	      "create function plat.begin_request(role text, claims text, login uuid, ms text)"
	      " returns void language plpgsql as $$ begin"
	      "  execute format('set local plat.me = %L', coalesce(plat.enter_by_sources(login), ''));"
	      "  execute format('set local request.jwt.claims = %L', claims);"
	      "  execute format('set local statement_timeout = %L', ms);"
	      "  execute format('set local role = %L', role); end $$;"
	      "drop table if exists notes cascade;"
	      "create table notes (id int primary key, text text check (text <> 'bad'));"
	      "grant all on notes to authenticated;"
	      "grant usage on schema plat to authenticated;");
	return 0;
}

struct running_case {
	struct dbt_case *c;
	struct dbt t;
};

static void run_case(void *p)
{
	struct running_case *r = p;
	struct db_options o = r->c->options;

	if (!o.url)
		o.url = dbt_url();
	r->t.arena = arena_new();
	r->t.err.arena = r->t.arena;
	r->t.db = db_open(r->t.loop, &o, &r->t.err);
	assert_non_null(r->t.db);
	r->c->fn(&r->t);
	arena_free(r->t.arena);
	db_close(r->t.db);
}

void dbt_run(void **state)
{
	struct running_case r = {.c = *state, .t = {.loop = loop_new()}};

	loop_run_fiber(r.t.loop, run_case, &r);
	loop_free(r.t.loop);
}

struct batch *batch_of(struct dbt *t, const char *sql)
{
	struct batch *b = batch_new(t->arena);

	batch_add(b, sql, 0, NULL);
	return b;
}

const char *ask(struct dbt *t, const char *sql)
{
	struct batch *b = batch_of(t, sql);
	struct err e = {.arena = t->arena};

	if (db_run(t->db, b, &e)) {
		const struct db_error *d = batch_db_error(b);
		fail_msg("%s: %s (%s)", sql, e.msg, d ? d->message : "");
	}
	struct result *r = batch_result(b, 0);
	return result_rows(r) ? str_cstr(t->arena, result_text(r, 0, 0)) : "";
}

int ask_err(struct dbt *t, const char *sql)
{
	err_clear(&t->err);
	return db_run(t->db, batch_of(t, sql), &t->err);
}

void on_waited(struct batch *b, void *arg)
{
	struct waiting *w = arg;

	(void)b;
	w->done++;
	if (w->fiber)
		fiber_wake(w->fiber);
}

void submit(struct dbt *t, struct batch *b, struct waiting *w)
{
	w->fiber = fiber_current();
	assert_int_equal(db_submit(t->db, b, on_waited, w), 0);
}

void wait_done(struct waiting *w, int n)
{
	while (w->done < n)
		assert_int_equal(fiber_park(), 0);
}

struct db_stats stats_of(struct dbt *t)
{
	struct db_stats s;

	db_stats(t->db, &s);
	return s;
}
