#include "support_rest_cache.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/batch.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "loop/loop.h"

const char *rct_schemas = "test", *rct_extra = "", *rct_url;

static const char *needed(const char *url)
{
	if (!url) {
		fprintf(stderr,
			"these tests need DATABASE_URL (run them with tools/with-postgres)\n");
		exit(2);
	}
	return url;
}

void rct_admin(const char *sql)
{
	PGconn *pg = PQconnectdb(needed(getenv("DATABASE_URL")));
	PGresult *r = PQexec(pg, "set client_min_messages = error");

	PQclear(r);
	r = PQexec(pg, sql);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK) {
		fprintf(stderr, "%s", PQerrorMessage(pg));
		_exit(2);
	}
	PQclear(r);
	PQfinish(pg);
}

static size_t names_of(const char *list, struct str *names)
{
	size_t n = 0;

	for (struct str rest = str_of(list); rest.len;)
		names[n++] = str_cut(&rest, ',');
	return n;
}

struct rest_cache *rct_load(struct rct *t, const char *schemas, const char *extra)
{
	static const struct str hoisted[] = {{STR_INIT("statement_timeout")},
		{STR_INIT("default_transaction_isolation")}};
	struct str names[32], extras[32];
	struct rest_cache_options o = {.schemas = names,
		.n_schemas = names_of(schemas, names),
		.extra = extras,
		.n_extra = names_of(extra, extras),
		.hoisted = hoisted,
		.n_hoisted = 2};

	return rest_cache_load(t->db, &o, &t->err);
}

struct str rct_ask(struct rct *t, const char *sql)
{
	struct batch *b = batch_new(t->arena);

	batch_add(b, sql, 0, NULL);
	if (db_run(t->db, b, &t->err))
		fail_msg("%s", t->err.msg);
	return result_text(batch_result(b, 0), 0, 0);
}

struct running {
	struct loop *loop;
	struct rct_case *c;
};

static void run(void *p)
{
	struct running *r = p;
	struct rct t = {.loop = r->loop, .arena = arena_new()};
	struct db_options o = {.url = rct_url ? rct_url : needed(getenv("DATABASE_URL")),
		.shared = 1};

	t.err.arena = t.arena;
	t.db = db_open(r->loop, &o, &t.err);
	assert_non_null(t.db);
	t.cache = rct_load(&t, rct_schemas, rct_extra);
	if (!t.cache)
		fail_msg("%s", t.err.msg);
	r->c->fn(&t);
	rest_cache_unref(t.cache);
	arena_free(t.arena);
	db_close(t.db);
}

void rct_run(void **state)
{
	struct running r = {.loop = loop_new(), .c = *state};

	loop_run_fiber(r.loop, run, &r);
	loop_free(r.loop);
}

struct rest_table *rct_table(struct rct *t, const char *schema, const char *name)
{
	struct rest_table *found = rest_cache_table(t->cache, str_of(schema), str_of(name));

	if (!found)
		fail_msg("there is no %s.%s", schema, name);
	return found;
}

struct rest_func *rct_func(struct rct *t, const char *schema, const char *name)
{
	struct rest_func *found = rest_cache_func(t->cache, str_of(schema), str_of(name));

	if (!found)
		fail_msg("there is no %s.%s()", schema, name);
	return found;
}

const struct rest_column *rct_column(const struct rest_table *t, const char *name)
{
	const struct rest_column *c = rest_table_column(t, str_of(name));

	if (!c)
		fail_msg("there is no column %s", name);
	return c;
}

const char *rct_names(struct rct *t, const struct rest_column *const *columns, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_printf(t->arena, "%s%s" STR_FMT, text, i ? "," : "",
			STR_ARG(columns[i]->name));
	return text;
}

#define NAMES(list, n) rct_names(t, (const struct rest_column *const *)(list), n)

static const char *link_text(struct rct *t, const struct rest_link *k)
{
	static const char *const kinds[] = {[REST_MANY_TO_ONE] = "m2o",
		[REST_ONE_TO_MANY] = "o2m",
		[REST_ONE_TO_ONE] = "o2o",
		[REST_MANY_TO_MANY] = "m2m",
		[REST_COMPUTED] = "computed"};
	const char *head = arena_printf(t->arena, "%s%s%s " STR_FMT, kinds[k->cardinality],
		k->is_self ? " self" : "", k->is_parent ? " key" : "", STR_ARG(k->to->name));

	if (k->cardinality == REST_COMPUTED)
		return arena_printf(t->arena, "%s " STR_FMT "() %s\n", head, STR_ARG(k->func->name),
			k->is_to_one ? "one" : "many");
	if (k->cardinality == REST_MANY_TO_MANY)
		return arena_printf(t->arena,
			"%s " STR_FMT " " STR_FMT " (%s)=(%s) " STR_FMT " (%s)=(%s)\n", head,
			STR_ARG(k->junction->name), STR_ARG(k->constraint), NAMES(k->columns, k->n),
			NAMES(k->near, k->n), STR_ARG(k->far_constraint), NAMES(k->far, k->n_far),
			NAMES(k->foreign, k->n_far));
	return arena_printf(t->arena, "%s " STR_FMT " (%s)=(%s)\n", head, STR_ARG(k->constraint),
		NAMES(k->columns, k->n), NAMES(k->foreign, k->n));
}

const char *rct_links(struct rct *t, const struct rest_table *table)
{
	const char *text = "";

	for (const struct rest_link *k = table->links; k; k = k->next) {
		assert_ptr_equal(k->from, table);
		text = arena_printf(t->arena, "%s%s", text, link_text(t, k));
	}
	return text;
}

void rct_eq(struct str s, const char *wanted)
{
	if (!str_eq(s, str_of(wanted)))
		fail_msg("'" STR_FMT "' is not '%s'", STR_ARG(s), wanted ? wanted : "absent");
}
