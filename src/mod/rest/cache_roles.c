/* Whom the login may become, what is set for them, and what they may not touch although they may others of the table. */
#include "base/arena.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

enum { ROLE_NAME, ROLE_SETTINGS };

/* Settings that the login may set: those for all databases first, so that the ones for this database win. */
static const char roles_sql[] =
	"with recursive " CACHE_ROLES
	"select r.name::text, array(select x from pg_db_role_setting s, unnest(s.setconfig) x"
	"  where s.setrole = r.oid and (s.setdatabase = 0"
	"   or s.setdatabase = (select oid from pg_database where datname = current_database()))"
	"  and exists (select from pg_settings g where lower(g.name) = lower(split_part(x, '=', 1))"
	"   and (g.context = 'user' or has_parameter_privilege(current_user, g.name, 'set')))"
	"  order by s.setdatabase, x)::text"
	" from roles r order by r.bit";

static void set(struct rest_role *role, struct str name, struct str value)
{
	for (size_t i = 0; i < role->n_settings; i += 2) {
		if (!str_eq_nocase(role->settings[i], name))
			continue;
		role->settings[i + 1] = value;
		return;
	}
	role->settings[role->n_settings++] = name;
	role->settings[role->n_settings++] = value;
}

static void read_role(struct cache_load *l, const struct result *r, int row, struct rest_role *role)
{
	struct str *all;
	size_t n = cache_texts(l->a, result_text(r, row, ROLE_SETTINGS), &all);

	role->name = str_copy(l->a, result_text(r, row, ROLE_NAME));
	role->settings = arena_array(l->a, 2 * n, sizeof *role->settings);
	for (size_t i = 0; i < n; i++) {
		struct str value = all[i], name = str_cut(&value, '=');
		if (!value.p)
			continue;
		if (str_eq_nocase(name, STR("default_transaction_isolation")))
			role->isolation = value;
		else
			set(role, name, value);
	}
}

static void read_roles(struct cache_load *l, const struct result *r)
{
	struct rest_cache *c = l->c;

	c->n_roles = (size_t)result_rows(r);
	c->roles = arena_array(l->a, c->n_roles, sizeof *c->roles);
	for (size_t i = 0; i < c->n_roles; i++)
		read_role(l, r, (int)i, &c->roles[i]);
}

const struct cache_step cache_roles_step = {roles_sql, 0, read_roles};

enum { GRANT_TABLE, GRANT_BIT, GRANT_KIND, GRANT_COLUMNS };

/* Only tables with a grant on some column can be open in part. */
static const char grants_sql[] =
	"with recursive " CACHE_ROLES ","
	"candidates(oid) as (select c.oid from pg_class c where " CACHE_IS_EXPOSED
	" and exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0"
	"  and not a.attisdropped and a.attacl is not null)),"
	"partly(oid, role, bit, kind) as materialized ("
	" select c.oid, r.oid, r.bit, k.kind from candidates c, roles r,"
	" (values ('select'), ('insert'), ('update')) k(kind)"
	" where not has_table_privilege(r.oid, c.oid, k.kind)"
	" and has_any_column_privilege(r.oid, c.oid, k.kind))"
	"select p.oid::int8, p.bit, left(p.kind, 1), array_agg(a.attnum order by a.attnum)::text"
	" from partly p join pg_attribute a on a.attrelid = p.oid"
	" where a.attnum > 0 and not a.attisdropped"
	" and not has_column_privilege(p.role, p.oid, a.attnum, p.kind)"
	" group by p.oid, p.bit, p.kind order by p.oid, p.bit, p.kind";

static void deny(struct rest_column *c, char kind, uint64_t bit)
{
	if (kind == 's')
		c->denied |= bit;
	else if (kind == 'i')
		c->no_insert |= bit;
	else
		c->no_update |= bit;
}

static void read_grant(struct cache_load *l, const struct result *r, int row)
{
	struct rest_table *t = cache_table_find(l, (unsigned)result_i64(r, row, GRANT_TABLE));
	uint64_t bit = UINT64_C(1) << result_i64(r, row, GRANT_BIT);
	char kind = *result_text(r, row, GRANT_KIND).p;
	unsigned *columns;
	size_t n = cache_numbers(l->tmp, result_text(r, row, GRANT_COLUMNS), &columns);

	if (!t)
		return;
	t->has_column_grants |= kind == 's';
	for (size_t i = 0; i < n; i++) {
		const struct rest_column *c = cache_column_at(t, columns[i]);
		if (c)
			deny(&t->columns[c - t->columns], kind, bit);
	}
}

static void read_grants(struct cache_load *l, const struct result *r)
{
	for (int row = 0; row < result_rows(r); row++)
		read_grant(l, r, row);
}

const struct cache_step cache_grants_step = {grants_sql, 1, read_grants};

int rest_cache_role(const struct rest_cache *c, struct str name)
{
	for (size_t i = 0; i < c->n_roles; i++)
		if (str_eq(c->roles[i].name, name))
			return (int)i;
	return -1;
}

const struct rest_role *rest_cache_role_at(const struct rest_cache *c, int i)
{
	return i >= 0 && (size_t)i < c->n_roles ? &c->roles[i] : NULL;
}
