/* cache_local: how the cache is made. Private to cache*.c.
 *
 * Each kind of thing has a file that holds its SQL and what reads the rows: cache_types.c, cache_tables.c, … cache_load.c runs them in
 * one batch and calls the readers in order; a later reader finds what earlier ones made.
 *
 * Owner    what stays lives in the arena of the cache, what only the loading needs in that of the load.
 * Failure  a row that points to something another statement did not see (the catalogue changed in between) is left out.
 * Threads  one loop.
 */
#pragma once
#include "mod/rest/cache.h"

struct batch;
struct result;

/* By oid: filled, sorted, then asked. */
struct cache_oid {
	unsigned oid;
	void *p;
};

struct cache_oids {
	struct cache_oid *v;
	size_t n, cap;
};

void cache_oids_add(struct cache_oids *o, struct arena *a, unsigned oid, void *p);
void cache_oids_sort(struct cache_oids *o);
void *cache_oids_get(const struct cache_oids *o, unsigned oid); /* NULL when absent */

/* A schema with everything in it. Those that are not exposed have types only. */
struct cache_schema {
	struct str name;
	bool is_exposed;
	struct str comment;
	struct map *tables, *funcs, *types; /* of funcs: the first overload */
	struct rest_handler *handlers;
};

struct rest_cache {
	unsigned refs;
	struct arena *arena;
	struct map *schemas;
	struct cache_schema **exposed, **extra; /* in the order configured */
	size_t n_exposed, n_extra;
	struct rest_table **tables;
	size_t n_tables;
	struct rest_func **funcs;
	size_t n_funcs;
	struct cache_oids types_by_oid, tables_by_oid;
	struct rest_role *roles;
	size_t n_roles;
	struct rest_cache_uses uses;
	int64_t load_us;
	struct rest_plans *plans;
	void (*plans_free)(struct rest_plans *plans);
};

/* A primary key ('p'), unique ('u') or foreign key ('f'), by numbers of columns. */
struct cache_key {
	struct str name;
	char kind;
	unsigned table, other; /* oids; other: where a foreign key points */
	unsigned *columns, *foreign;
	size_t n;
	bool is_unique; /* of a foreign key: its columns are a primary or unique key */
};

/* A column of a view that is nothing but a column of a table. */
struct cache_origin {
	unsigned table, column;          /* the table's */
	const struct rest_column *shown; /* the view's */
};

struct cache_view {
	struct rest_table *view;
	struct cache_origin *origins; /* by table, column, place in the view */
	size_t n;
};

struct cache_load {
	struct rest_cache *c;
	struct arena *a; /* of the cache */
	struct arena *tmp;
	const struct rest_cache_options *options;
	struct cache_key *keys; /* by table and name */
	size_t n_keys;
	struct cache_oids rules;  /* relation -> struct cache_rule, of views */
	struct cache_view *views; /* exposed ones with origins */
	size_t n_views;
	struct rest_func *all_funcs; /* linked by next, also those that cannot be called */
	struct err *e;
};

/* A statement and its reader. params: $1 exposed schemas, $2 extra ones; how many of them it has. */
struct cache_step {
	const char *sql;
	int params;
	void (*read)(struct cache_load *l, const struct result *r);
};

extern const struct cache_step cache_schemas_step, cache_types_step, cache_casts_step,
	cache_tables_step, cache_columns_step, cache_keys_step, cache_views_step, cache_funcs_step,
	cache_aggregates_step, cache_roles_step, cache_grants_step, cache_uses_step;

/* Conditions and tables that several statements share; literals to be put together. */
#define CACHE_EXPOSED "any (array(select oid from pg_namespace where nspname = any ($1::text[])))"
#define CACHE_EXTRA "any (array(select oid from pg_namespace where nspname = any ($2::text[])))"
#define CACHE_IS_EXPOSED \
	"c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition and c.relnamespace = " CACHE_EXPOSED

/* relations(oid, is_exposed): what is exposed, and composite types that functions return. For "with recursive". */
#define CACHE_RELATIONS                                                                         \
	"returned(type) as ("                                                                   \
	" select prorettype from pg_proc where prokind = 'f' and pronamespace = " CACHE_EXPOSED \
	" union"                                                                                \
	" select t.typbasetype from returned r join pg_type t on t.oid = r.type"                \
	" where t.typtype = 'd'),"                                                              \
	"relations(oid, is_exposed) as ("                                                       \
	" select c.oid, " CACHE_IS_EXPOSED " from pg_class c where (" CACHE_IS_EXPOSED ")"      \
	" or c.reltype in (select type from returned)) "

/* roles(oid, name, bit): whom the login may become, nearest first. For "with recursive". */
#define CACHE_ROLES                                                                      \
	"memberships(oid, depth) as ("                                                   \
	" select oid, 0 from pg_roles where rolname = current_user"                      \
	" union all"                                                                     \
	" select m.roleid, s.depth + 1 from memberships s join pg_auth_members m"        \
	" on m.member = s.oid),"                                                         \
	"nearest(oid, depth) as (select oid, min(depth) from memberships group by oid)," \
	"roles(oid, name, bit) as ("                                                     \
	" select r.oid, r.rolname,"                                                      \
	" (row_number() over (order by n.depth nulls last, r.rolname))::int - 1"         \
	" from pg_roles r left join nearest n on n.oid = r.oid"                          \
	" where n.oid is not null or r.rolname !~ '^pg_'"                                \
	" and pg_has_role(current_user, r.oid, 'member')"                                \
	" order by n.depth nulls last, r.rolname limit 64) "

/* Makes it when it is not there. */
struct cache_schema *cache_schema_of(struct cache_load *l, struct str name);
struct cache_schema *cache_schema_find(const struct rest_cache *c, struct str name); /* NULL */

/* Never NULL: a type that was not seen is text. */
const struct rest_type *cache_type_of(const struct cache_load *l, int64_t oid);
const struct rest_type *cache_type_root(const struct rest_type *t); /* below all domains */

struct rest_table *cache_table_find(const struct cache_load *l, unsigned oid);          /* NULL */
const struct rest_column *cache_column_at(const struct rest_table *t, unsigned number); /* NULL */
void cache_tables_finish(struct cache_load *l);

/* Name and "name" with one allocation. */
void cache_name(struct arena *a, struct str name, struct str *ret_name, struct str *ret_sql);
struct str cache_qualified(struct arena *a, struct str schema, struct str name);

/* {a,"b c",NULL} and {1,2}, as PostgreSQL writes one-dimensional arrays. What is no array is empty. */
size_t cache_texts(struct arena *a, struct str array, struct str **ret_texts);
size_t cache_numbers(struct arena *a, struct str array, unsigned **ret_numbers);
struct str cache_text_array(struct arena *a, const struct str *texts, size_t n);

/* cache_nodes.c: the target list of a rewrite rule (pg_rewrite.ev_action). */
struct cache_target {
	unsigned number;        /* of the view's column */
	unsigned table, column; /* where it comes from as it is; 0: an expression */
};

struct cache_rule {
	struct cache_target *targets;
	size_t n;
};

size_t cache_nodes_targets(struct arena *a, struct str tree, struct cache_target **ret_targets);

/* Index of the first key of the table, or of where it would be. */
size_t cache_keys_of(const struct cache_load *l, unsigned table);

/* After all rows are read. */
void cache_views_finish(struct cache_load *l); /* origins, keys of views */
void cache_links_make(struct cache_load *l);
void cache_links_computed(struct cache_load *l);
void cache_links_sort(struct cache_load *l);
void cache_funcs_finish(struct cache_load *l);
void cache_handlers_finish(struct cache_load *l);

struct rest_link *cache_link_add(struct cache_load *l, struct rest_table *from,
	struct rest_table *to);
void cache_junctions_make(struct cache_load *l); /* many-to-many, from what is many-to-one */
