#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

/* With fewer columns looking at each is as fast. */
#define MAP_FROM 12

/* pg_relation_is_updatable() */
enum { MAY_UPDATE = 4, MAY_INSERT = 8, MAY_DELETE = 16 };

enum {
	TABLE_OID,
	TABLE_SCHEMA,
	TABLE_NAME,
	TABLE_KIND,
	TABLE_IS_EXPOSED,
	TABLE_ROWS,
	TABLE_MAY,
	TABLE_COMMENT,
	TABLE_TYPE
};

static const char tables_sql[] =
	"with recursive " CACHE_RELATIONS
	"select c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, r.is_exposed,"
	" c.reltuples::float8,"
	/* To ask about a foreign table whose wrapper has no handler is an error. */
	" case when c.relkind = 'v' or c.relkind = 'f' and (select w.fdwhandler <> 0"
	"   from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver"
	"   join pg_foreign_data_wrapper w on w.oid = s.srvfdw where f.ftrelid = c.oid)"
	"  then pg_relation_is_updatable(c.oid, true)"
	"  when c.relkind in ('r', 'p') then 28 else 0 end, d.description, c.reltype::int8"
	" from relations r join pg_class c on c.oid = r.oid join pg_namespace n on n.oid = c.relnamespace"
	" left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass"
	"  and d.objsubid = 0"
	" order by n.nspname, c.relname";

struct rest_table *cache_table_find(const struct cache_load *l, unsigned oid)
{
	return cache_oids_get(&l->c->tables_by_oid, oid);
}

static enum rest_table_kind kind_of(char relkind)
{
	switch (relkind) {
	case 'v': return REST_VIEW;
	case 'm': return REST_MATVIEW;
	case 'f': return REST_FOREIGN;
	case 'p': return REST_PARTITIONED;
	case 'c': return REST_COMPOSITE;
	default: return REST_TABLE;
	}
}

static void read_table(struct cache_load *l, const struct result *r, int row)
{
	struct rest_table *t = ARENA_NEW(l->a, struct rest_table);
	struct cache_schema *schema = cache_schema_of(l, result_text(r, row, TABLE_SCHEMA));
	int64_t may = result_i64(r, row, TABLE_MAY);
	struct str plain, quoted_schema, quoted;

	t->oid = (unsigned)result_i64(r, row, TABLE_OID);
	t->schema = schema->name;
	cache_name(l->a, result_text(r, row, TABLE_NAME), &t->name, &quoted);
	cache_name(l->tmp, t->schema, &plain, &quoted_schema);
	t->sql = str_printf(l->a, STR_FMT "." STR_FMT, STR_ARG(quoted_schema), STR_ARG(quoted));
	t->kind = kind_of(*result_text(r, row, TABLE_KIND).p);
	t->is_exposed = result_bool(r, row, TABLE_IS_EXPOSED);
	t->rows = t->kind == REST_VIEW ? -1 : result_f64(r, row, TABLE_ROWS);
	t->may_insert = may & MAY_INSERT;
	t->may_update = may & MAY_UPDATE;
	t->may_delete = may & MAY_DELETE;
	t->comment = str_copy(l->a, result_text(r, row, TABLE_COMMENT));
	t->row_type = cache_type_of(l, result_i64(r, row, TABLE_TYPE));
	cache_oids_add(&l->c->tables_by_oid, l->a, t->oid, t);
	if (!t->is_exposed)
		return;
	map_put(schema->tables, t->name, t);
	l->c->tables[l->c->n_tables++] = t;
}

static void read_tables(struct cache_load *l, const struct result *r)
{
	l->c->tables = arena_array(l->a, (size_t)result_rows(r), sizeof(struct rest_table *));
	for (int row = 0; row < result_rows(r); row++)
		read_table(l, r, row);
	cache_oids_sort(&l->c->tables_by_oid);
}

const struct cache_step cache_tables_step = {tables_sql, 1, read_tables};

enum {
	COLUMN_TABLE,
	COLUMN_NUMBER,
	COLUMN_NAME,
	COLUMN_TYPE,
	COLUMN_TYPE_SQL,
	COLUMN_NULLABLE,
	COLUMN_DEFAULT,
	COLUMN_IS_GENERATED,
	COLUMN_IDENTITY,
	COLUMN_LENGTH,
	COLUMN_COMMENT
};

static const char columns_sql[] =
	"with recursive " CACHE_RELATIONS
	"select a.attrelid::int8, a.attnum::int, a.attname::text, a.atttypid::int8,"
	" case when a.atttypmod >= 0 then format_type(a.atttypid, a.atttypmod) end,"
	" not (a.attnotnull or t.typtype = 'd' and t.typnotnull),"
	" case when a.attidentity = 'd' then (select format('nextval(%L)', s.objid::regclass)"
	"   from pg_depend s where s.refclassid = 'pg_class'::regclass and s.refobjid = a.attrelid"
	"   and s.refobjsubid = a.attnum and s.deptype = 'i' limit 1)"
	"  when a.attgenerated <> '' then null"
	"  when a.atthasdef then (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d"
	"   where d.adrelid = a.attrelid and d.adnum = a.attnum)"
	"  when t.typtype = 'd' then pg_get_expr(t.typdefaultbin, 0) end,"
	" a.attgenerated <> '', a.attidentity::text,"
	" case when m.type in (1042, 1043) and m.mod > 3 then m.mod - 4"     /* bpchar, varchar */
	"  when m.type in (1560, 1562) and m.mod > 0 then m.mod else 0 end," /* bit, varbit */
	" c.description"
	" from relations r join pg_attribute a on a.attrelid = r.oid"
	" join pg_type t on t.oid = a.atttypid"
	" left join pg_description c on c.objoid = a.attrelid and c.classoid = 'pg_class'::regclass"
	"  and c.objsubid = a.attnum,"
	" lateral (select case when t.typtype = 'd' then t.typbasetype else t.oid end as type,"
	"  case when t.typtype = 'd' then t.typtypmod else a.atttypmod end as mod) m"
	" where a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum";

static void read_column(struct cache_load *l, const struct result *r, int row,
	struct rest_column *c)
{
	char identity = result_text(r, row, COLUMN_IDENTITY).len
		? *result_text(r, row, COLUMN_IDENTITY).p
		: '\0';

	cache_name(l->a, result_text(r, row, COLUMN_NAME), &c->name, &c->sql);
	c->number = (int)result_i64(r, row, COLUMN_NUMBER);
	c->type = cache_type_of(l, result_i64(r, row, COLUMN_TYPE));
	c->type_sql = result_is_null(r, row, COLUMN_TYPE_SQL)
		? c->type->sql
		: str_copy(l->a, result_text(r, row, COLUMN_TYPE_SQL));
	c->nullable = result_bool(r, row, COLUMN_NULLABLE);
	c->default_sql = str_copy(l->a, result_text(r, row, COLUMN_DEFAULT));
	c->has_default = c->default_sql.p || identity;
	c->is_generated = result_bool(r, row, COLUMN_IS_GENERATED);
	c->is_identity_always = identity == 'a';
	c->max_length = result_i64(r, row, COLUMN_LENGTH);
	c->comment = str_copy(l->a, result_text(r, row, COLUMN_COMMENT));
}

static void read_columns(struct cache_load *l, const struct result *r)
{
	int rows = result_rows(r);

	for (int row = 0, end; row < rows; row = end) {
		int64_t oid = result_i64(r, row, COLUMN_TABLE);
		struct rest_table *t = cache_table_find(l, (unsigned)oid);

		for (end = row + 1; end < rows && result_i64(r, end, COLUMN_TABLE) == oid;)
			end++;
		if (!t)
			continue;
		t->columns = arena_array(l->a, (size_t)(end - row), sizeof *t->columns);
		for (int i = row; i < end; i++)
			read_column(l, r, i, &t->columns[t->n++]);
	}
}

const struct cache_step cache_columns_step = {columns_sql, 1, read_columns};

const struct rest_column *cache_column_at(const struct rest_table *t, unsigned number)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if ((unsigned)t->columns[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->n && (unsigned)t->columns[low].number == number ? &t->columns[low] : NULL;
}

static void take_key(struct cache_load *l, const struct cache_key *k)
{
	struct rest_table *t = cache_table_find(l, k->table);

	if (!t || k->kind != 'p')
		return;
	t->pk = arena_array(l->a, k->n, sizeof *t->pk);
	for (size_t i = 0; i < k->n; i++) {
		const struct rest_column *c = cache_column_at(t, k->columns[i]);
		if (!c) {
			t->n_pk = 0;
			return;
		}
		t->pk[t->n_pk++] = c;
	}
}

void cache_tables_finish(struct cache_load *l)
{
	struct rest_cache *c = l->c;

	for (size_t i = 0; i < l->n_keys; i++)
		take_key(l, &l->keys[i]);
	for (size_t i = 0; i < c->tables_by_oid.n; i++) {
		struct rest_table *t = c->tables_by_oid.v[i].p;
		for (size_t j = 0; j < t->n_pk; j++)
			t->columns[t->pk[j] - t->columns].in_pk = true;
		if (t->n < MAP_FROM)
			continue;
		t->by_name = map_new(l->a, t->n);
		for (size_t j = 0; j < t->n; j++)
			map_put(t->by_name, t->columns[j].name, &t->columns[j]);
	}
}

const struct rest_column *rest_table_column(const struct rest_table *t, struct str name)
{
	if (t->by_name)
		return map_get(t->by_name, name);
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->columns[i].name, name))
			return &t->columns[i];
	return NULL;
}

struct rest_func *rest_table_computed(const struct rest_table *t, struct str name)
{
	for (struct rest_func *f = t->computed; f; f = f->next_computed)
		if (str_eq(f->name, name))
			return f;
	return NULL;
}
