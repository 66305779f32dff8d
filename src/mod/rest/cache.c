#include "mod/rest/cache.h"

#include <assert.h>

#include "base/arena.h"
#include "base/map.h"
#include "mod/rest/cache_local.h"

struct rest_cache *rest_cache_ref(struct rest_cache *c)
{
	c->refs++;
	return c;
}

void rest_cache_unref(struct rest_cache *c)
{
	if (!c || --c->refs)
		return;
	if (c->plans)
		c->plans_free(c->plans);
	arena_free(c->arena); /* it holds the cache too */
}

void rest_cache_set_plans(struct rest_cache *c, struct rest_plans *plans,
	void (*free)(struct rest_plans *))
{
	assert(!c->plans);
	c->plans = plans;
	c->plans_free = free;
}

struct rest_plans *rest_cache_plans(const struct rest_cache *c)
{
	return c->plans;
}

struct cache_schema *cache_schema_find(const struct rest_cache *c, struct str name)
{
	return map_get(c->schemas, name);
}

static struct cache_schema *exposed(const struct rest_cache *c, struct str name)
{
	struct cache_schema *s = cache_schema_find(c, name);

	return s && s->is_exposed ? s : NULL;
}

struct rest_table *rest_cache_table(const struct rest_cache *c, struct str schema, struct str name)
{
	struct cache_schema *s = exposed(c, schema);

	return s ? map_get(s->tables, name) : NULL;
}

struct rest_table *rest_cache_table_by_oid(const struct rest_cache *c, unsigned oid)
{
	return cache_oids_get(&c->tables_by_oid, oid);
}

struct rest_func *rest_cache_func(const struct rest_cache *c, struct str schema, struct str name)
{
	struct cache_schema *s = exposed(c, schema);

	return s ? map_get(s->funcs, name) : NULL;
}

const struct rest_type *rest_cache_type(const struct rest_cache *c, unsigned oid)
{
	return cache_oids_get(&c->types_by_oid, oid);
}

const struct rest_handler *rest_cache_handlers(const struct rest_cache *c, struct str schema)
{
	struct cache_schema *s = exposed(c, schema);

	return s ? s->handlers : NULL;
}

struct str rest_cache_schema_comment(const struct rest_cache *c, struct str schema)
{
	struct cache_schema *s = exposed(c, schema);

	return s ? s->comment : STR_NULL;
}

size_t rest_cache_tables(const struct rest_cache *c)
{
	return c->n_tables;
}

struct rest_table *rest_cache_table_at(const struct rest_cache *c, size_t i)
{
	assert(i < c->n_tables);
	return c->tables[i];
}

size_t rest_cache_funcs(const struct rest_cache *c)
{
	return c->n_funcs;
}

struct rest_func *rest_cache_func_at(const struct rest_cache *c, size_t i)
{
	assert(i < c->n_funcs);
	return c->funcs[i];
}

const struct rest_cache_uses *rest_cache_uses(const struct rest_cache *c)
{
	return &c->uses;
}

int64_t rest_cache_load_us(const struct rest_cache *c)
{
	return c->load_us;
}

size_t rest_cache_bytes(const struct rest_cache *c)
{
	return arena_total(c->arena);
}
