#include "base/arena.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

#define OID_ANYELEMENT 2283

enum { AGGREGATE_SCHEMA, AGGREGATE_NAME, AGGREGATE_RETURNS, AGGREGATE_TAKES };

/* Any domain with a slash in its name may be a media type; which ones are is looked at here. */
static const char aggregates_sql[] =
	"select n.nspname::text, p.proname::text, p.prorettype::int8, p.proargtypes[0]::int8"
	" from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_type t on t.oid = p.prorettype"
	" where p.prokind = 'a' and p.pronargs = 1 and t.typtype = 'd' and t.typname like '%/%'"
	" and p.pronamespace = " CACHE_EXPOSED " order by n.nspname, p.proname, p.oid";

static bool is_word(struct str s, const char *more)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			str_find_char(str_of(more), c) >= 0;
		if (!ok)
			return false;
	}
	return s.len > 0;
}

/* The media type that a domain is named like, in lower case; absent when it is none. The name is what stands behind the schema in
 * format_type(), with quotes because of the slash. */
static struct str media_of(struct arena *a, const struct rest_type *t)
{
	struct str name = t->sql;

	if (t->typtype != 'd' || !str_ends(name, STR("\"")))
		return STR_NULL;
	name.len--;
	for (size_t i = name.len; i-- > 0;)
		if (name.p[i] == '"') {
			name = str_lower(a, str_sub(name, i + 1, name.len));
			break;
		}
	struct str rest = name, kind = str_cut(&rest, '/');
	bool is_any = str_eq(name, STR("*/*"));
	return is_any || (is_word(kind, ".-") && is_word(rest, ".+-")) ? name : STR_NULL;
}

static struct rest_handler *add(struct cache_load *l, struct cache_schema *s, struct str media)
{
	struct rest_handler *h = ARENA_NEW(l->a, struct rest_handler), **end = &s->handlers;

	while (*end)
		end = &(*end)->next;
	h->media = media;
	h->is_any = str_eq(media, STR("*/*"));
	return *end = h;
}

static void read_aggregate(struct cache_load *l, const struct result *r, int row)
{
	struct cache_schema *schema = cache_schema_of(l, result_text(r, row, AGGREGATE_SCHEMA));
	struct str media = media_of(l->a, cache_type_of(l, result_i64(r, row, AGGREGATE_RETURNS)));
	const struct rest_type *takes = cache_type_of(l, result_i64(r, row, AGGREGATE_TAKES));
	struct rest_table *t = NULL;

	if (takes->relation)
		t = cache_table_find(l, takes->relation);
	if (!media.p || (takes->oid != OID_ANYELEMENT && (!t || !t->is_exposed)))
		return;
	struct rest_handler *h = add(l, schema, media);
	h->table = t;
	h->aggregate = cache_qualified(l->a, schema->name, result_text(r, row, AGGREGATE_NAME));
}

static void read_aggregates(struct cache_load *l, const struct result *r)
{
	for (int row = 0; row < result_rows(r); row++)
		read_aggregate(l, r, row);
}

const struct cache_step cache_aggregates_step = {aggregates_sql, 1, read_aggregates};

/* Functions that return a media type by themselves come behind the aggregates; then what other schemas have, since a handler
 * serves them all. */
void cache_handlers_finish(struct cache_load *l)
{
	struct rest_cache *c = l->c;
	size_t *own = arena_array(l->tmp, c->n_exposed, sizeof *own);

	for (size_t i = 0; i < c->n_funcs; i++) {
		struct rest_func *f = c->funcs[i];
		struct str media = f->returns_set ? STR_NULL : media_of(l->a, f->returns);
		if (media.p)
			add(l, cache_schema_of(l, f->schema), media)->func = f;
	}
	for (size_t i = 0; i < c->n_exposed; i++)
		for (struct rest_handler *h = c->exposed[i]->handlers; h; h = h->next)
			own[i]++;
	for (size_t i = 0; i < c->n_exposed; i++) {
		for (size_t j = 0; j < c->n_exposed; j++) {
			const struct rest_handler *h = c->exposed[j]->handlers;
			for (size_t k = 0; k < own[j] && j != i; k++, h = h->next) {
				struct rest_handler *copy = add(l, c->exposed[i], h->media);
				copy->table = h->table;
				copy->aggregate = h->aggregate;
				copy->func = h->func;
			}
		}
	}
}
