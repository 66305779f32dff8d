#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

/* Of pg_type.dat; they never change. */
enum { OID_BOOL = 16, OID_TEXT = 25, OID_JSON = 114, OID_JSONB = 3802, OID_FIRST_USER = 16384 };

enum {
	TYPE_OID,
	TYPE_SCHEMA,
	TYPE_NAME,
	TYPE_FORMAT,
	TYPE_SQL,
	TYPE_KIND,
	TYPE_ELEMENT,
	TYPE_ARRAY,
	TYPE_BASE,
	TYPE_RELATION,
	TYPE_LABELS
};

static const char types_sql[] =
	"select t.oid::int8, n.nspname::text, t.typname::text, format_type(t.oid, null),"
	/* Without a length "character" would be one character long, so format_type() writes "bpchar" for -1. */
	" nullif(format_type(t.oid, -1), format_type(t.oid, null)), t.typtype::text,"
	" (case when t.typsubscript = 'array_subscript_handler'::regproc then t.typelem else 0 end)::int8,"
	" t.typarray::int8, t.typbasetype::int8, t.typrelid::int8,"
	" case when t.typtype = 'e' then (select array_agg(e.enumlabel::text order by e.enumsortorder)"
	"  from pg_enum e where e.enumtypid = t.oid)::text end"
	" from pg_type t join pg_namespace n on n.oid = t.typnamespace order by t.oid";

static enum rest_kind kind_of(unsigned oid)
{
	switch (oid) {
	case OID_BOOL: return REST_KIND_BOOL;
	case 20:  /* int8 */
	case 21:  /* int2 */
	case 23:  /* int4 */
	case 700: /* float4 */
	case 701: /* float8 */
	case 1700: return REST_KIND_NUMBER;
	case OID_JSON:
	case OID_JSONB: return REST_KIND_JSON;
	case 1114: return REST_KIND_TIMESTAMP;
	case 1184: return REST_KIND_TIMESTAMPTZ;
	case 2249: return REST_KIND_WRAP; /* record */
	default: return REST_KIND_TEXT;
	}
}

static struct rest_type *find(const struct cache_load *l, int64_t oid)
{
	return cache_oids_get(&l->c->types_by_oid, (unsigned)oid);
}

const struct rest_type *cache_type_of(const struct cache_load *l, int64_t oid)
{
	static const struct rest_type text = {.oid = OID_TEXT,
		.name = {STR_INIT("text")},
		.sql = {STR_INIT("text")},
		.typtype = 'b'};
	const struct rest_type *t = find(l, oid);

	return t ? t : &text;
}

const struct rest_type *cache_type_root(const struct rest_type *t)
{
	while (t->base)
		t = t->base;
	return t;
}

static struct rest_type *read_type(struct cache_load *l, const struct result *r, int row)
{
	struct rest_type *t = ARENA_NEW(l->a, struct rest_type);
	struct cache_schema *schema = cache_schema_of(l, result_text(r, row, TYPE_SCHEMA));

	t->oid = (unsigned)result_i64(r, row, TYPE_OID);
	t->name = str_copy(l->a, result_text(r, row, TYPE_FORMAT));
	t->sql = result_is_null(r, row, TYPE_SQL) ? t->name
						  : str_copy(l->a, result_text(r, row, TYPE_SQL));
	t->typtype = *result_text(r, row, TYPE_KIND).p;
	t->relation = (unsigned)result_i64(r, row, TYPE_RELATION);
	t->kind = t->typtype == 'c' ? REST_KIND_WRAP : kind_of(t->oid);
	t->n_labels = cache_texts(l->a, result_text(r, row, TYPE_LABELS), &t->labels);
	map_put(schema->types, str_copy(l->a, result_text(r, row, TYPE_NAME)), t);
	if (str_eq(schema->name, STR("pg_catalog")) && !map_has(schema->types, t->name))
		map_put(schema->types, t->name, t);
	return t;
}

static void read_types(struct cache_load *l, const struct result *r)
{
	struct cache_oids *types = &l->c->types_by_oid;

	for (int row = 0; row < result_rows(r); row++) {
		struct rest_type *t = read_type(l, r, row);
		cache_oids_add(types, l->a, t->oid, t);
	}
	for (int row = 0; row < result_rows(r); row++) {
		struct rest_type *t = types->v[row].p;

		t->base = find(l, result_i64(r, row, TYPE_BASE));
		t->array = find(l, result_i64(r, row, TYPE_ARRAY));
		t->element = find(l, result_i64(r, row, TYPE_ELEMENT));
		if (t->element)
			t->kind = REST_KIND_WRAP;
	}
}

const struct cache_step cache_types_step = {types_sql, 0, read_types};

enum { CAST_SOURCE, CAST_TARGET, CAST_SCHEMA, CAST_NAME, CAST_IS_IMPLICIT, CAST_MAY };

static const char casts_sql[] =
	"select c.castsource::int8, c.casttarget::int8, n.nspname::text, p.proname::text, c.castcontext = 'i',"
	" has_function_privilege(p.oid, 'execute')"
	" from pg_cast c join pg_proc p on p.oid = c.castfunc join pg_namespace n on n.oid = p.pronamespace"
	" where c.castmethod = 'f' and (c.casttarget = 'json'::regtype"
	" or c.castsource in ('json'::regtype, 'text'::regtype)) and c.oid >= 16384 order by c.oid";

/* A domain's representations; and what to_json() calls for by itself: it looks for a cast only of types that are not PostgreSQL's
 * own, and below domains. */
static void take_cast(struct rest_type *source, struct rest_type *target, struct str func,
	bool usable)
{
	bool to_json = target->oid == OID_JSON;

	if (to_json && !source->base)
		source->kind = source->oid >= OID_FIRST_USER ? REST_KIND_WRAP : source->kind;
	else if (to_json && usable)
		source->to_json = func;
	else if (!target->base || !usable)
		return;
	else if (source->oid == OID_JSON)
		target->from_json = func;
	else if (source->oid == OID_TEXT)
		target->from_text = func;
}

static void read_cast(struct cache_load *l, const struct result *r, int row)
{
	struct rest_type *source = find(l, result_i64(r, row, CAST_SOURCE));
	struct rest_type *target = find(l, result_i64(r, row, CAST_TARGET));
	bool usable = result_bool(r, row, CAST_IS_IMPLICIT) && result_bool(r, row, CAST_MAY);

	if (source && target)
		take_cast(source, target,
			cache_qualified(l->a, result_text(r, row, CAST_SCHEMA),
				result_text(r, row, CAST_NAME)),
			usable);
}

static void read_casts(struct cache_load *l, const struct result *r)
{
	struct cache_oids *types = &l->c->types_by_oid;

	for (int row = 0; row < result_rows(r); row++)
		read_cast(l, r, row);
	for (size_t i = 0; i < types->n; i++) {
		struct rest_type *t = types->v[i].p;
		if (t->base)
			t->kind = cache_type_root(t)->kind;
	}
}

const struct cache_step cache_casts_step = {casts_sql, 0, read_casts};
