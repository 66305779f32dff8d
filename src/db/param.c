/* The shorthands of db.h for parameters, and what libpq wants to see of them. */
#include "db/param_local.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

#define BYTEA_OID 17

struct db_param db_null(void)
{
	return (struct db_param){.null = true};
}

struct db_param db_str(struct str s)
{
	assert(s.len <= INT32_MAX);
	return (struct db_param){.p = s.p, .len = (int)s.len, .null = !s.p};
}

struct db_param db_text(const char *s)
{
	return db_str(str_of(s));
}

struct db_param db_bool(bool b)
{
	return db_text(b ? "t" : "f");
}

struct db_param db_i64(struct arena *a, int64_t n)
{
	return db_text(arena_printf(a, "%lld", (long long)n));
}

struct db_param db_f64(struct arena *a, double x)
{
	if (isnan(x))
		return db_text("NaN");
	if (isinf(x))
		return db_text(x > 0 ? "Infinity" : "-Infinity");
	return db_text(arena_printf(a, "%.17g", x));
}

struct db_param db_bytes(struct str s)
{
	struct db_param p = db_str(s);

	p.binary = true;
	p.oid = BYTEA_OID;
	return p;
}

static bool is_nul_inside(const struct db_param *p)
{
	return !p->null && !p->binary && p->len > 0 && memchr(p->p, 0, (size_t)p->len);
}

int params_copy(struct arena *a, int n, const struct db_param *from, struct params *ret_params,
	struct err *e)
{
	size_t bytes = 0;

	assert(n >= 0 && n <= 65535);
	for (int i = 0; i < n; i++) {
		if (is_nul_inside(&from[i]))
			return err_set(e, E_INPUT, "a text must not contain the character U+0000");
		bytes += from[i].null ? 0 : (size_t)from[i].len + 1;
	}
	/* one piece of memory: pointers, then the numbers, then the bytes */
	size_t heads = (size_t)n * (sizeof(char *) + 3 * sizeof(int));
	char *memory = arena_alloc(a, heads + bytes);
	struct params p = {.n = n, .bytes = bytes};
	p.values = (const char **)(void *)memory;
	p.types = (Oid *)(void *)(p.values + n);
	p.lengths = (int *)(p.types + n);
	p.formats = p.lengths + n;
	char *at = memory + heads;
	for (int i = 0; i < n; i++) {
		p.values[i] = from[i].null ? NULL : at;
		p.types[i] = from[i].oid;
		p.lengths[i] = from[i].null ? 0 : from[i].len;
		p.formats[i] = from[i].binary;
		if (from[i].null)
			continue;
		memcpy(at, from[i].len ? from[i].p : "", (size_t)from[i].len);
		at[from[i].len] = 0;
		at += from[i].len + 1;
	}
	*ret_params = p;
	return 0;
}

int params_of_caller(struct arena *a, const struct db_caller *caller, struct params *ret_params,
	struct err *e)
{
	char timeout[16];

	snprintf(timeout, sizeof(timeout), "%u", caller->statement_timeout_ms);
	const struct db_param p[] = {
		db_str(caller->role.p ? caller->role : STR("none")),
		db_str(caller->claims.p ? caller->claims : STR("")),
		db_str(caller->user_id),
		db_text(timeout),
	};
	return params_copy(a, 4, p, ret_params, e);
}
