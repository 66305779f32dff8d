/* The statement that reads the in-database settings. */
#include "mod/rest/config_local.h"

#include "base/arena.h"
#include "base/buf.h"

static void add_quoted(struct buf *b, struct str name)
{
	buf_char(b, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, name.p[i]);
	}
	buf_char(b, '"');
}

static void add_function(struct buf *b, struct rest_qualified name)
{
	if (name.schema.p) {
		add_quoted(b, name.schema);
		buf_char(b, '.');
	}
	add_quoted(b, name.name);
	buf_cstr(b, "()");
}

/* 'pgrst.db_schemas', ... */
static void add_names(struct buf *b)
{
	const char *comma = "";

	for (size_t i = 0; i < config_row_count(); i++) {
		if (!config_rows[i].in_database)
			continue;
		buf_printf(b, "%s'pgrst.", comma);
		for (const char *p = config_rows[i].name; *p; p++)
			buf_char(b, *p == '-' ? '_' : *p);
		buf_char(b, '\'');
		comma = ", ";
	}
}

/* What the login has for this database goes before what it has for all, and that before what the function sets. (The
 * function is asked for all settings after it ran, so it must not be called once for each.) */
struct str rest_config_sql(struct arena *a, const struct rest_config *c)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b,
		"with said as ("
		"select case when s.setdatabase = 0 then 2 else 1 end as rank, "
		"split_part(x, '=', 1) as name, substr(x, strpos(x, '=') + 1) as value "
		"from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) x "
		"where s.setrole = (select oid from pg_catalog.pg_roles where rolname = current_user) "
		"and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))");
	if (c->db_pre_config.name.p) {
		buf_cstr(&b, " union all select 3, n, current_setting(n, true) from unnest(array[");
		add_names(&b);
		buf_cstr(&b, "]) n join ");
		add_function(&b, c->db_pre_config);
		buf_cstr(&b, " _ on true");
	}
	buf_cstr(&b,
		") select distinct on (name) substr(name, 7) as key, value from said "
		"where name like 'pgrst.%' and value is not null order by name, rank");
	struct str sql = str_copy(a, buf_view(&b));
	buf_done(&b);
	return sql;
}
