#include "mod/rest/config.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/nearest.h"
#include "mod/rest/config_local.h"

#define APP_SETTINGS "app.settings."

void config_warn(struct rest_config *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	struct str words = str_of(arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
	for (size_t i = 0; i < c->warnings.n; i++)
		if (str_eq(c->warnings.at[i], words)) /* finished once more */
			return;
	config_list_add(c->arena, &c->warnings, words);
}

void config_warn_unknown(struct rest_config *c, const char *name, bool env)
{
	struct nearest n = nearest_to(name);
	char variable[CONFIG_ENV_SIZE];

	for (size_t i = 0; i < config_row_count(); i++) {
		const char *known = config_rows[i].name;
		if (env)
			known = arena_printf(c->arena, "%s", config_env_name(variable, known));
		nearest_offer(&n, known);
	}
	if (n.best)
		config_warn(c, "%s is no setting (did you mean %s?)", name, n.best);
	else
		config_warn(c, "%s is no setting", name);
}

struct rest_config *rest_config_new(struct arena *a)
{
	struct rest_config *c = ARENA_NEW(a, struct rest_config);
	struct err e = {.arena = a};

	assert(config_row_count() <= 64);
	c->arena = a;
	for (size_t i = 0; i < config_row_count(); i++) {
		int rc = config_value(c, &config_rows[i], str_of(config_rows[i].fallback), &e);
		assert(rc == 0);
		(void)rc;
	}
	return c;
}

/* Letters, digits and _ in parts with dots between them: what PostgreSQL takes as a name of a setting. */
static bool is_setting_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool first = i == 0 || s.p[i - 1] == '.';
		if (!isalpha(c) && c != '_' && c < 0x80 &&
			(first || (!isdigit(c) && c != '$' && c != '.')))
			return false;
	}
	return s.len && s.p[s.len - 1] != '.';
}

static int set_app(struct rest_config *c, struct str key, struct str value, struct err *e)
{
	struct str name = str_copy(c->arena, key);

	if (!is_setting_name(name))
		return err_set(e, E_INPUT,
			"'" STR_FMT "' is no name that PostgreSQL takes for a setting",
			STR_ARG(key));
	if (!str_is_utf8(value) || str_find_char(value, '\0') >= 0)
		return err_set(e, E_INPUT, STR_FMT " must be UTF-8 text", STR_ARG(key));
	value = str_copy(c->arena, value);
	for (size_t i = 0; i < c->app_settings.n; i += 2)
		if (str_eq(c->app_settings.at[i], name)) {
			c->app_settings.at[i + 1] = value;
			return 0;
		}
	config_list_add(c->arena, &c->app_settings, name);
	config_list_add(c->arena, &c->app_settings, value);
	return 0;
}

/* An alias counts only while the name itself was not used, wherever that was. */
static int set_row(struct rest_config *c, const struct config_row *r, bool is_alias,
	struct str value, struct err *e)
{
	uint64_t bit = UINT64_C(1) << (r - config_rows);

	if (is_alias && (c->given & bit))
		return 0;
	if (r->kind == CONFIG_GONE)
		config_warn(c, "%s has no effect. %s", r->name, r->help);
	if (!is_alias && (value.len || r->may_be_empty))
		c->given |= bit;
	return config_value(c, r, value, e);
}

int rest_config_set(struct rest_config *c, struct str key, struct str value, struct err *e)
{
	bool is_alias;
	const struct config_row *r = config_row_named(key, &is_alias);

	if (str_starts(key, STR(APP_SETTINGS)))
		return set_app(c, key, value, e);
	if (r)
		return set_row(c, r, is_alias, value, e);
	config_warn_unknown(c, str_cstr(c->arena, key), false);
	return 0;
}

int config_set_from(struct rest_config *c, const char *where, struct str key, struct str value,
	struct err *e)
{
	struct err own = {.arena = c->arena};

	if (rest_config_set(c, key, value, &own))
		return err_set(e, E_INPUT, "%s: %s", where, own.msg);
	return 0;
}

/* "db_max_rows", with or without "pgrst." in front. */
int rest_config_apply(struct rest_config *c, struct str key, struct str value, struct err *e)
{
	bool is_alias;

	if (str_starts(key, STR("pgrst.")))
		key = str_sub(key, strlen("pgrst."), key.len);
	char *name = str_cstr(c->arena, key);
	const char *where = arena_printf(c->arena, "pgrst.%s in the database", name);
	for (char *p = name; *p; p++)
		*p = *p == '_' ? '-' : *p;
	const struct config_row *r = config_row_named(str_of(name), &is_alias);
	if (r && !is_alias && r->in_database)
		return config_set_from(c, where, str_of(name), value, e);
	if (r)
		config_warn(c, "%s has no effect: set it in a file or in the environment", where);
	else
		config_warn_unknown(c, name, false);
	return 0;
}

double rest_config_cost_limit(const struct rest_config *c, struct str role)
{
	double others = 0;

	for (size_t i = 0; i < c->cost_limit.n; i++) {
		const struct rest_cost *cost = &c->cost_limit.at[i];
		if (str_eq(cost->role, role))
			return cost->cost;
		if (str_eq(cost->role, STR("*")))
			others = cost->cost;
	}
	return others;
}
