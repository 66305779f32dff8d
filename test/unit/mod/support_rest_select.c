#include "support_rest_select.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/enc.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/rest/call.h"
#include "mod/rest/encode.h"
#include "mod/rest/keyset.h"
#include "mod/rest/select.h"

struct rest_config rst_config;
struct rest_site rst_site = {.config = &rst_config};
struct rst_more rst_more;
bool rst_null_limit;

static const char tables[] =
	"set client_min_messages = error; drop schema if exists test, other, hidden cascade;"
	"create schema test; create schema other; create schema hidden;"
	"do $$ begin if to_regrole('rst_half') is null then create role rst_half; end if;"
	" exception when duplicate_object or unique_violation then null; end $$;"
	"create type test.mood as enum ('sad', 'glad'); create type test.size as (w int, h int);"
	/* directors 1 - * films 1 - * roles * - 1 actors; specs are one to one */
	"create table test.directors (id int primary key, name text not null, land text);"
	"create table test.films (id int primary key, director_id int references test.directors,"
	" backup_id int references test.directors, title text not null, year int, score numeric(3, 1),"
	" tags text[], info jsonb, mood test.mood, frame test.size, seen timestamptz, plain json, words tsvector);"
	"create table test.specs (film_id int primary key references test.films, minutes int, note text);"
	"create table test.actors (id int primary key, name text not null, boss_id int references test.actors);"
	"create table test.roles (film_id int references test.films, actor_id int references test.actors,"
	" whom text, primary key (film_id, actor_id));"
	"create table test.lines (id int primary key, film_id int, actor_id int, said text,"
	" foreign key (film_id, actor_id) references test.roles);"
	"create table test.odd (\"a\"\"b\" int primary key, \"t1\" text, \"c1\" text, count int);"
	"create table test.keyless (a int, b int); create table test.half (id int primary key, shown text, hidden text);"
	"insert into test.directors values (1, 'Ash', 'US'), (2, 'Bea', 'FR'), (3, 'Cem', null);"
	"insert into test.films values"
	" (1, 1, 2, 'Alpha', 1990, 7.5, '{a,b}', '{\"x\": {\"y\": [1, 2]}, \"k\": \"v\"}', 'sad', '(1,2)', '2020-01-01Z', '{\"q\": 1}', to_tsvector('english', 'dogs run')),"
	" (2, 1, null, 'Beta', 2000, 8.0, '{}', '{\"x\": null, \"k\": \"w\"}', 'glad', null, null, null, to_tsvector('english', 'a cat')),"
	" (3, 2, 1, 'Gamma', 2010, null, null, null, null, null, null, null, null),"
	" (4, null, null, 'Delta', null, 6.5, '{b}', '[10, 20]', 'sad', '(3,4)', '2021-01-01Z', null, null);"
	"insert into test.specs values (1, 90, null), (2, 120, 'long');"
	"insert into test.actors values (1, 'Ida', null), (2, 'Jon', 1), (3, 'Kim', 1);"
	"insert into test.roles values (1, 1, 'Hero'), (1, 2, 'Foe'), (2, 1, 'Aunt'), (3, 3, 'Guard');"
	"insert into test.lines values (1, 1, 1, 'Hi'), (2, 1, 1, 'Bye'), (3, 1, 2, 'No');"
	"insert into test.odd values (1, 'one', 'c', 5); insert into test.keyless values (1, 2);"
	"insert into test.half values (1, 'seen', 'not');"
	"grant usage on schema test to rst_half; grant select (id, shown) on test.half to rst_half;";

static const char functions[] =
	"create function test.decade(f test.films) returns int language sql immutable return f.year / 10 * 10;"
	"create function test.tags_of(f test.films) returns text[] language sql immutable return f.tags;"
	"create function test.first_role(f test.films) returns setof test.roles rows 1 language sql stable"
	" begin atomic select r.* from test.roles r where r.film_id = f.id order by r.actor_id limit 1; end;"
	"create function test.boss(a test.actors) returns test.actors language sql stable"
	" begin atomic select b.* from test.actors b where b.id = a.boss_id; end;"
	"create function test.team(a test.actors) returns setof test.actors language sql stable"
	" begin atomic select b.* from test.actors b where b.boss_id = a.id; end;"
	"create function test.films_of(who int) returns setof test.films language sql stable"
	" begin atomic select f.* from test.films f where f.director_id = who; end;"
	"create function test.pairs(n int) returns table (a int, b text) language sql immutable"
	" begin atomic select i, 'b' || i from generate_series(1, n) i; end;"
	"create view test.films_view as select id, title, director_id, year from test.films;"
	"create table other.reviews (id int primary key, film_id int references test.films, stars int);"
	"create table other.films (id int primary key); create table other.specs (id int primary key, film_id int references test.films);"
	"insert into other.reviews values (1, 1, 5), (2, 1, 3); insert into other.specs values (9, 1);"
	/* a domain that reads and shows itself in its own way */
	"create domain test.hue as int;"
	"create function test.hue(json) returns test.hue language sql immutable return ('x' || lpad(ltrim($1 #>> '{}', '#'), 8, '0'))::bit(32)::int;"
	"create function test.hue(text) returns test.hue language sql immutable return ('x' || lpad(ltrim($1, '#'), 8, '0'))::bit(32)::int;"
	"create function test.json(test.hue) returns json language sql immutable return to_json('#' || lpad(to_hex($1), 6, '0'));"
	"create cast (test.hue as json) with function test.json(test.hue) as implicit;"
	"create cast (json as test.hue) with function test.hue(json) as implicit;"
	"create cast (text as test.hue) with function test.hue(text) as implicit;"
	"create table test.inks (id int primary key, hue test.hue, film_id int references test.films);"
	"insert into test.inks values (1, 255, 1), (2, 65280, 1), (3, null, 2);"
	/* what a handler makes of rows */
	"create domain test.\"text/lines\" as text; create domain test.\"application/vnd.film\" as bytea;"
	"create function test.lines_step(a test.\"text/lines\", r anyelement) returns test.\"text/lines\" language sql immutable"
	" as $$ select (a || (to_json(r) ->> 'id') || ';')::test.\"text/lines\" $$;"
	"create aggregate test.lines_all(anyelement) (initcond = '', stype = test.\"text/lines\", sfunc = test.lines_step);"
	"create function test.film_step(a test.\"application/vnd.film\", f test.films) returns test.\"application/vnd.film\" language sql immutable"
	" as $$ select (a || convert_to(f.title, 'UTF8'))::test.\"application/vnd.film\" $$;"
	"create aggregate test.film_all(test.films) (initcond = '', stype = test.\"application/vnd.film\", sfunc = test.film_step);"
	"create or replace function public.st_asgeojson(r record) returns text language plpgsql immutable"
	" as $$ begin return json_build_object('type', 'Feature', 'properties', to_json(r))::text; end $$;"
	"analyze";

int rst_setup(void **state)
{
	(void)state;
	rst_config = (struct rest_config){.db_max_rows = -1,
		.db_aggregates_enabled = true,
		.db_plan_enabled = true,
		.db_planned_counts = true,
		.url_use_legacy_target_names = true};
	rst_more = (struct rst_more){.schema = NULL};
	return 0;
}

int rst_fixture(void **state)
{
	rct_admin(tables);
	rct_admin(functions);
	return rst_setup(state);
}

static struct rest_request *request_of(struct rct *t, const struct rst_more *more)
{
	struct rest_request *r = ARENA_NEW(t->arena, struct rest_request);

	r->arena = r->fault.arena = r->values.arena = t->arena;
	r->cache = t->cache;
	r->site = &rst_site;
	r->method = more->head ? REST_HEAD : REST_GET;
	r->schema = str_of(more->schema ? more->schema : "test");
	r->login.role = str_of(more->role ? more->role : "postgres");
	r->role = more->role ? rest_cache_role(t->cache, str_of(more->role)) : -1;
	return r;
}

static int read_headers(struct rest_request *r, const struct rst_more *more)
{
	if (rest_parse_prefer(r->arena, str_of(more->prefer), &r->prefer, &r->fault))
		return -1;
	if (!more->accept)
		return 0;
	if (rest_parse_accept(r->arena, str_of(more->accept), &r->accepts, &r->n_accepts,
		    &r->fault))
		return -1;
	r->accept = r->accepts;
	return 0;
}

static int read_path(struct rest_request *r, struct str path)
{
	struct str query = path, head = str_cut(&query, '?');
	struct rest_parse p = {.arena = r->arena,
		.query = query,
		.legacy_targets = rst_config.url_use_legacy_target_names};

	p.is_call = p.is_read_call = str_starts(head, STR("/rpc/"));
	r->target = p.is_call ? REST_TARGET_CALL : REST_TARGET_TABLE;
	assert_true(
		enc_percent_decode(r->arena, str_sub(head, p.is_call ? 5 : 1, head.len), &r->name));
	r->func = p.is_call ? rest_cache_func(r->cache, r->schema, r->name) : NULL;
	p.is_arg = rest_call_is_arg;
	p.arg = r->func;
	if (rest_parse_query(&p, &r->query, &r->fault))
		return -1;
	r->table = rest_cache_table(r->cache, r->schema, r->name);
	if (p.is_call)
		return rest_call_choose(r);
	if (!r->table)
		fail_msg("there is no table " STR_FMT, STR_ARG(r->name));
	return 0;
}

static int make_plan(struct rest_request *r)
{
	struct rest_plan *p = ARENA_NEW(r->arena, struct rest_plan);
	struct buf shape;
	int code = 0;

	buf_init(&shape, 0);
	rest_shape_query(&shape, &r->values, &r->query);
	if (r->query.root.limit_param < 0 && rst_null_limit)
		r->query.root.limit_param = rest_values_add(&r->values, db_null());
	code = rest_body_shape(r, &shape);
	if (code == 0)
		code = rest_select_shape(r, &shape);
	buf_done(&shape);
	p->arena = r->arena;
	p->limit_value = p->inserted_col = p->affected_col = -1;
	r->plan = p;
	if (code)
		return code;
	return r->target == REST_TARGET_CALL ? rest_plan_call(r, p) : rest_plan_read(r, p);
}

struct rest_request *rst_plan(struct rct *t, const char *path, struct rest_fault *ret_fault)
{
	struct rst_more more = rst_more;
	struct rest_request *r = request_of(t, &more);

	rst_more = (struct rst_more){.schema = NULL};
	if (read_headers(r, &more) || read_path(r, str_of(path)) || make_plan(r)) {
		*ret_fault = r->fault;
		return NULL;
	}
	return r;
}

static struct batch *send(struct rct *t, struct rest_request *r, const struct rest_statement *s,
	struct err *e)
{
	struct batch *b = batch_new(t->arena);
	struct db_param *params = arena_array(t->arena, s->n, sizeof(*params));

	for (size_t i = 0; i < s->n; i++)
		params[i] = r->values.v[s->values[i]];
	batch_add(b, "select set_config('search_path', 'test, public', true)", 0, NULL);
	batch_add(b, s->stmt.sql, (int)s->n, params);
	(void)!db_run(t->db, b, e);
	return b;
}

struct result *rst_run(struct rct *t, struct rest_request *r, const struct rest_statement *s)
{
	struct err e = {.arena = t->arena};
	struct batch *b = send(t, r, s, &e);
	const struct db_error *d = batch_db_error(b);

	if (e.code)
		fail_msg("%s: %s", s->stmt.sql, d ? d->message : e.msg);
	return batch_result(b, 1);
}

static const char *fault_text(struct rct *t, const struct rest_fault *f)
{
	const char *text = arena_printf(t->arena, "%d %s %s", f->status, f->code, f->message);

	if (f->details || f->details_json)
		text = arena_printf(t->arena, "%s | %s", text,
			f->details_json ? f->details_json : f->details);
	return f->hint ? arena_printf(t->arena, "%s | %s", text, f->hint) : text;
}

static void encode(struct rct *t, const struct rest_plan *p, const struct result *res, bool strip,
	struct buf *out)
{
	struct rest_encoder x;

	rest_encode_init(&x, t->arena, p, strip, out);
	rest_encode_types(&x, res);
	if (p->is_csv) {
		rest_encode_csv_head(&x);
		for (int i = 0; i < result_rows(res); i++)
			rest_encode_csv_row(&x, res, i);
	} else if (p->result == REST_RESULT_BODY) {
		for (int i = 0; i < result_rows(res); i++)
			buf_str(out, result_text(res, i, 0));
	} else if (p->result == REST_RESULT_VALUE) {
		rest_encode_value(&x, res, 0, 0);
	} else {
		rest_encode_array(&x, res);
	}
}

const char *rst_failure(struct rct *t, struct rest_request *r)
{
	struct err e = {.arena = t->arena};
	struct batch *b = send(t, r, &r->plan->main, &e);
	const struct db_error *d = batch_db_error(b);

	if (!d)
		fail_msg("%s: does not fail (%s)", r->plan->main.stmt.sql, e.code ? e.msg : "");
	rest_fault_sql(&r->fault, d, false);
	return fault_text(t, &r->fault);
}

const char *rst_get(struct rct *t, const char *path)
{
	struct rest_fault f = {.status = 0};
	struct rest_request *r = rst_plan(t, path, &f);
	struct err e = {.arena = t->arena};
	struct buf out;

	if (!r)
		return fault_text(t, &f);
	struct batch *b = send(t, r, &r->plan->main, &e);
	if (e.code) {
		const struct db_error *d = batch_db_error(b);
		if (d)
			rest_fault_sql(&r->fault, d, false);
		return d ? fault_text(t, &r->fault) : e.msg;
	}
	buf_init(&out, 0);
	encode(t, r->plan, batch_result(b, 1), r->accept && r->accept->strip_nulls, &out);
	const char *text = str_cstr(t->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

void rst_rows(struct rct *t, const char *path, const char *wanted)
{
	const char *found = rst_get(t, path);

	if (strcmp(found, wanted))
		fail_msg("%s\n  gives  %s\n  wanted %s", path, found, wanted);
}

static const char *sql_of(struct rct *t, const char *path)
{
	struct rest_fault f = {.status = 0};
	struct rest_request *r = rst_plan(t, path, &f);

	if (!r)
		fail_msg("%s: %s", path, fault_text(t, &f));
	return r->plan->main.stmt.sql;
}

void rst_sql_is(struct rct *t, const char *path, const char *wanted)
{
	const char *sql = sql_of(t, path);

	if (strcmp(sql, wanted))
		fail_msg("%s\n  is     %s\n  wanted %s", path, sql, wanted);
}

void rst_sql_has(struct rct *t, const char *path, const char *part)
{
	const char *sql = sql_of(t, path);

	if (!strstr(sql, part))
		fail_msg("%s\n  is     %s\n  wanted %s", path, sql, part);
}

void rst_sql_has_not(struct rct *t, const char *path, const char *part)
{
	const char *sql = sql_of(t, path);

	if (strstr(sql, part))
		fail_msg("%s\n  is     %s\n  without %s", path, sql, part);
}
