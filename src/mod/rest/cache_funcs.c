#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

enum {
	FUNC_OID,
	FUNC_SCHEMA,
	FUNC_NAME,
	FUNC_IS_EXPOSED,
	FUNC_COMMENT,
	FUNC_NAMES,
	FUNC_TYPES,
	FUNC_ALL_TYPES,
	FUNC_MODES,
	FUNC_DEFAULTS,
	FUNC_IS_VARIADIC,
	FUNC_VOLATILITY,
	FUNC_RETURNS,
	FUNC_RETURNS_SET,
	FUNC_ROWS,
	FUNC_SETTINGS
};

static const char funcs_sql[] =
	"select p.oid::int8, n.nspname::text, p.proname::text, p.pronamespace = " CACHE_EXPOSED
	", d.description, p.proargnames::text, '{' || array_to_string(p.proargtypes, ',') || '}', p.proallargtypes::text,"
	" array_to_string(p.proargmodes, ''), p.pronargdefaults, p.provariadic <> 0, p.provolatile::text,"
	" p.prorettype::int8, p.proretset, p.prorows::float8, p.proconfig::text"
	" from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
	" left join pg_description d on d.objoid = p.oid and d.classoid = 'pg_proc'::regclass"
	"  and d.objsubid = 0"
	" where p.prokind = 'f' and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)"
	" and (p.pronamespace = " CACHE_EXPOSED " or p.pronamespace = " CACHE_EXTRA
	"  and p.pronargs = 1 and exists (select from pg_type t"
	"   where t.oid = p.proargtypes[0] and t.typtype = 'c'))"
	" order by n.nspname, p.proname, p.pronargs, p.oid";

/* The arguments of one function, all arrays as long as n. modes: as in pg_proc; NULL: all are 'i'. */
struct args {
	struct str *names;
	unsigned *types;
	const char *modes;
	size_t n_names, n;
};

static struct args read_args(struct cache_load *l, const struct result *r, int row)
{
	struct str modes = result_text(r, row, FUNC_MODES);
	struct args a = {.n_names = cache_texts(l->tmp, result_text(r, row, FUNC_NAMES), &a.names)};
	bool all = modes.p && !result_is_null(r, row, FUNC_ALL_TYPES);

	a.n = cache_numbers(l->tmp, result_text(r, row, all ? FUNC_ALL_TYPES : FUNC_TYPES),
		&a.types);
	if (all && modes.len == a.n)
		a.modes = modes.p;
	return a;
}

static bool is_input(const struct args *a, size_t i)
{
	return !a->modes || strchr("ibv", a->modes[i]);
}

static bool is_output(const struct args *a, size_t i)
{
	return a->modes && strchr("obt", a->modes[i]);
}

static struct str name_at(const struct args *a, size_t i)
{
	return i < a->n_names && a->names[i].p ? a->names[i] : STR("");
}

static void take_inputs(struct cache_load *l, struct rest_func *f, const struct args *a,
	int64_t defaults)
{
	f->args = arena_array(l->a, a->n, sizeof *f->args);
	for (size_t i = 0; i < a->n; i++) {
		struct rest_arg *arg = &f->args[f->n];
		if (!is_input(a, i))
			continue;
		cache_name(l->a, name_at(a, i), &arg->name, &arg->sql);
		arg->type = cache_type_of(l, a->types[i]);
		arg->type_sql = arg->type->sql;
		arg->is_variadic = a->modes && a->modes[i] == 'v';
		f->n++;
	}
	for (size_t i = 0; i < f->n; i++)
		f->args[i].has_default = (int64_t)(f->n - i) <= defaults;
}

static void take_outputs(struct cache_load *l, struct rest_func *f, const struct args *a)
{
	f->out = arena_array(l->a, a->n, sizeof *f->out);
	for (size_t i = 0; i < a->n; i++) {
		struct rest_column *c = &f->out[f->n_out];
		if (!is_output(a, i))
			continue;
		cache_name(l->a, name_at(a, i), &c->name, &c->sql);
		c->number = (int)++f->n_out;
		c->type = cache_type_of(l, a->types[i]);
		c->type_sql = c->type->sql;
		c->nullable = true;
	}
}

static bool is_hoisted(const struct cache_load *l, struct str name)
{
	for (size_t i = 0; i < l->options->n_hoisted; i++)
		if (str_eq_nocase(l->options->hoisted[i], name))
			return true;
	return false;
}

static void take_settings(struct cache_load *l, struct rest_func *f, struct str list)
{
	struct str *all;
	size_t n = cache_texts(l->tmp, list, &all);

	f->settings = arena_array(l->a, 2 * n, sizeof *f->settings);
	for (size_t i = 0; i < n; i++) {
		struct str value = all[i], name = str_cut(&value, '=');
		if (!value.p || !is_hoisted(l, name))
			continue;
		f->settings[f->n_settings++] = str_copy(l->a, name);
		f->settings[f->n_settings++] = str_copy(l->a, value);
	}
}

static void take_result(struct cache_load *l, struct rest_func *f, const struct result *r, int row)
{
	f->returns = cache_type_of(l, result_i64(r, row, FUNC_RETURNS));
	f->returns_set = result_bool(r, row, FUNC_RETURNS_SET);
	f->returns_one_row = f->returns_set && result_f64(r, row, FUNC_ROWS) == 1;
	f->returns_void = str_eq(f->returns->sql, STR("void"));
	f->returns_record = !f->n_out && str_eq(f->returns->sql, STR("record"));
	const struct rest_type *root = cache_type_root(f->returns);
	f->returns_table_like = root->typtype == 'c' || f->n_out;
	if (root->typtype == 'c')
		f->table = cache_table_find(l, root->relation);
}

static enum rest_volatility volatility_of(char c)
{
	return c == 'i' ? REST_IMMUTABLE : c == 's' ? REST_STABLE : REST_VOLATILE;
}

static struct rest_func *read_func(struct cache_load *l, const struct result *r, int row)
{
	struct rest_func *f = ARENA_NEW(l->a, struct rest_func);
	struct args args = read_args(l, r, row);
	struct str quoted;

	f->oid = (unsigned)result_i64(r, row, FUNC_OID);
	f->schema = cache_schema_of(l, result_text(r, row, FUNC_SCHEMA))->name;
	cache_name(l->a, result_text(r, row, FUNC_NAME), &f->name, &quoted);
	f->sql = cache_qualified(l->a, f->schema, f->name);
	f->is_exposed = result_bool(r, row, FUNC_IS_EXPOSED);
	f->comment = str_copy(l->a, result_text(r, row, FUNC_COMMENT));
	f->volatility = volatility_of(*result_text(r, row, FUNC_VOLATILITY).p);
	take_inputs(l, f, &args, result_i64(r, row, FUNC_DEFAULTS));
	take_outputs(l, f, &args);
	take_settings(l, f, result_text(r, row, FUNC_SETTINGS));
	take_result(l, f, r, row);
	return f;
}

static void read_funcs(struct cache_load *l, const struct result *r)
{
	struct rest_func **end = &l->all_funcs;

	l->c->funcs = arena_array(l->a, (size_t)result_rows(r), sizeof(struct rest_func *));
	for (int row = 0; row < result_rows(r); row++) {
		*end = read_func(l, r, row);
		end = &(*end)->next;
	}
}

const struct cache_step cache_funcs_step = {funcs_sql, 2, read_funcs};

/* May its argument be the whole body? */
static bool takes_body(const struct rest_type *t)
{
	static const char *const names[] = {"bytea", "json", "jsonb", "text", "xml"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(t->sql, str_of(names[i])))
			return true;
	return false;
}

static bool is_callable(const struct rest_func *f)
{
	size_t unnamed = 0;

	for (size_t i = 0; i < f->n; i++)
		unnamed += !f->args[i].name.len;
	return !unnamed || (f->n == 1 && takes_body(f->args[0].type));
}

static int by_signature(const void *p, const void *q)
{
	const struct rest_func *a = *(struct rest_func *const *)p,
			       *b = *(struct rest_func *const *)q;
	int d = str_cmp(a->schema, b->schema);

	if (!d)
		d = str_cmp(a->name, b->name);
	if (!d)
		d = (a->n > b->n) - (a->n < b->n);
	for (size_t i = 0; !d && i < a->n; i++)
		d = str_cmp(a->args[i].name, b->args[i].name);
	for (size_t i = 0; !d && i < a->n; i++)
		d = str_cmp(a->args[i].type->name, b->args[i].type->name);
	return d;
}

static void take_computed(struct cache_load *l, struct rest_func *f)
{
	struct rest_table *t = NULL;

	if (f->n == 1 && f->args[0].type->typtype == 'c' && f->args[0].type->relation)
		t = cache_table_find(l, f->args[0].type->relation);
	if (!t || !t->is_exposed)
		return;
	struct rest_func **end = &t->computed;
	while (*end)
		end = &(*end)->next_computed;
	*end = f;
}

/* Makes the lists of overloads. Of computed ones with one name the exposed one comes first, as its schema is first in the path. */
void cache_funcs_finish(struct cache_load *l)
{
	struct rest_cache *c = l->c;

	for (struct rest_func *f = l->all_funcs; f; f = f->next)
		if (f->is_exposed)
			take_computed(l, f);
	for (struct rest_func *f = l->all_funcs, *next; f; f = next) {
		next = f->next;
		f->next = NULL;
		if (!f->is_exposed)
			take_computed(l, f);
		else if (is_callable(f))
			c->funcs[c->n_funcs++] = f;
	}
	if (c->n_funcs)
		qsort(c->funcs, c->n_funcs, sizeof *c->funcs, by_signature);
	for (size_t i = c->n_funcs; i-- > 0;) {
		struct rest_func *f = c->funcs[i];
		struct map *funcs = cache_schema_of(l, f->schema)->funcs;
		f->next = map_get(funcs, f->name);
		map_put(funcs, f->name, f);
	}
}
