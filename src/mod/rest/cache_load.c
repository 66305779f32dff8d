#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

/* Names are written with their schema when the path is empty. No limit of the login's own cuts the reading short. */
static const char settings_sql[] =
	"select set_config('search_path', '', true), set_config('jit', 'off', true),"
	" set_config('statement_timeout', '0', true), set_config('quote_all_identifiers', 'off', true)";

/* In this order: a reader uses what the earlier ones made. */
static const struct cache_step *const steps[] = {&cache_schemas_step, &cache_types_step,
	&cache_casts_step, &cache_tables_step, &cache_columns_step, &cache_keys_step,
	&cache_views_step, &cache_funcs_step, &cache_aggregates_step, &cache_roles_step,
	&cache_grants_step, &cache_uses_step};

#define STEPS (sizeof steps / sizeof *steps)

struct cache_schema *cache_schema_of(struct cache_load *l, struct str name)
{
	struct cache_schema *s = cache_schema_find(l->c, name);

	if (s)
		return s;
	s = ARENA_NEW(l->a, struct cache_schema);
	*s = (struct cache_schema){.name = str_copy(l->a, name),
		.tables = map_new(l->a, 0),
		.funcs = map_new(l->a, 0),
		.types = map_new(l->a, 0)};
	map_put(l->c->schemas, s->name, s);
	return s;
}

enum { SCHEMA_NAME, SCHEMA_IS_THERE, SCHEMA_IS_EXPOSED, SCHEMA_COMMENT };

static const char schemas_sql[] =
	"select s.name, n.oid is not null, s.exposed, obj_description(n.oid, 'pg_namespace')"
	" from (select x.name, true as exposed, x.i from unnest($1::text[]) with ordinality x(name, i)"
	"  union all"
	"  select x.name, false, x.i from unnest($2::text[]) with ordinality x(name, i)) s"
	" left join pg_namespace n on n.nspname = s.name order by s.exposed desc, s.i";

static void read_schemas(struct cache_load *l, const struct result *r)
{
	struct rest_cache *c = l->c;
	size_t rows = (size_t)result_rows(r);

	c->exposed = arena_array(l->a, rows, sizeof(struct cache_schema *));
	c->extra = arena_array(l->a, rows, sizeof(struct cache_schema *));
	for (int row = 0; row < result_rows(r); row++) {
		struct str name = result_text(r, row, SCHEMA_NAME);
		struct cache_schema *s = cache_schema_of(l, name);

		if (!result_bool(r, row, SCHEMA_IS_THERE)) {
			err_set(l->e, E_INPUT, "there is no schema \"" STR_FMT "\"", STR_ARG(name));
		} else if (!result_bool(r, row, SCHEMA_IS_EXPOSED)) {
			c->extra[c->n_extra++] = s;
		} else if (!s->is_exposed) {
			s->is_exposed = true;
			s->comment = str_copy(l->a, result_text(r, row, SCHEMA_COMMENT));
			c->exposed[c->n_exposed++] = s;
		}
	}
}

const struct cache_step cache_schemas_step = {schemas_sql, 2, read_schemas};

static struct batch *ask(struct cache_load *l)
{
	const struct rest_cache_options *o = l->options;
	struct batch *b = batch_new(l->tmp);
	const struct db_param params[] = {
		db_str(cache_text_array(l->tmp, o->schemas, o->n_schemas)),
		db_str(cache_text_array(l->tmp, o->extra, o->n_extra)),
	};

	batch_read_only(b);
	batch_add(b, settings_sql, 0, NULL);
	for (size_t i = 0; i < STEPS; i++)
		batch_add(b, steps[i]->sql, steps[i]->params, params);
	return b;
}

static void put_together(struct cache_load *l)
{
	cache_views_finish(l);
	cache_tables_finish(l);
	cache_funcs_finish(l);
	cache_handlers_finish(l);
	cache_links_make(l);
	cache_junctions_make(l);
	cache_links_computed(l);
	cache_links_sort(l);
}

static int load(struct cache_load *l, struct db *db)
{
	struct batch *b = ask(l);
	struct err e = {.arena = l->tmp};

	if (db_run(db, b, &e)) {
		const struct db_error *d = batch_db_error(b);
		return err_set(l->e, (enum err_code)e.code, "the catalogue could not be read: %s",
			d ? d->message : e.msg);
	}
	for (size_t i = 0; i < STEPS; i++) {
		steps[i]->read(l, batch_result(b, (int)i + 1));
		if (l->e->code)
			return l->e->code;
	}
	put_together(l);
	return 0;
}

struct rest_cache *rest_cache_load(struct db *db, const struct rest_cache_options *options,
	struct err *e)
{
	struct arena *a = arena_new(), *tmp = arena_new();
	struct rest_cache *c = ARENA_NEW(a, struct rest_cache);
	struct err own = {.arena = tmp};
	struct cache_load l = {.c = c, .a = a, .tmp = tmp, .options = options, .e = &own};
	int64_t from = mono_us();

	*c = (struct rest_cache){.refs = 1, .arena = a, .schemas = map_new(a, 0)};
	int code = load(&l, db);
	c->load_us = mono_us() - from;
	if (code) {
		err_set(e, (enum err_code)code, "%s", own.msg);
		arena_free(a);
		c = NULL;
	}
	arena_free(tmp);
	return c;
}
