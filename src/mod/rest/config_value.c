/* What each kind of setting takes. */
#include "mod/rest/config_local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "mod/rest/claim.h"

void config_list_add(struct arena *a, struct rest_list *list, struct str item)
{
	list->at = arena_resize(a, list->at, list->n * sizeof(*list->at),
		(list->n + 1) * sizeof(*list->at));
	list->at[list->n++] = item;
}

/* "NAME must be ALLOWED, not 'VALUE'" */
static int refuse(const struct config_row *r, struct str value, struct err *e, const char *allowed)
{
	if (r->secret)
		return err_set(e, E_INPUT, "%s must be %s", r->name, allowed);
	return err_set(e, E_INPUT, "%s must be %s, not '" STR_FMT "'", r->name, allowed,
		STR_ARG(value));
}

static bool to_bool(struct str value, bool *ret_b)
{
	int64_t n;

	if (str_to_bool(value, ret_b))
		return true;
	if (!str_to_i64(value, &n))
		return false;
	*ret_b = n > 0;
	return true;
}

/* log-query was main-query or disabled before PostgREST 14. */
static int set_bool(const struct config_row *r, struct str value, bool *b, struct err *e)
{
	bool old = str_eq(value, STR("main-query"));

	if (!strcmp(r->name, "log-query") && (old || str_eq(value, STR("disabled")))) {
		*b = old;
		return 0;
	}
	return to_bool(value, b) ? 0 : refuse(r, value, e, "true or false");
}

static int set_switch(const struct config_row *r, struct str value, int *ret, struct err *e)
{
	bool b = false;

	if (value.len && !to_bool(value, &b))
		return refuse(r, value, e, "true or false");
	*ret = value.len ? b : -1;
	return 0;
}

struct unit {
	const char *name;
	int64_t times;
};

static const struct unit no_units[] = {{NULL, 0}};
static const struct unit bytes_units[] = {{"kB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30},
	{"B", 1}, {NULL, 0}};
static const struct unit ms_units[] = {{"ms", 1}, {"min", 60000}, {"s", 1000}, {"h", 3600000},
	{NULL, 0}};

/* A whole number, "1e3" too, with a unit behind it. */
static bool to_number(struct str value, const struct unit *units, int64_t *ret_n)
{
	int64_t times = 1;
	double x;

	for (; units->name; units++)
		if (str_ends(value, str_of(units->name))) {
			value = str_trim(str_sub(value, 0, value.len - strlen(units->name)));
			times = units->times;
			break;
		}
	if (!str_to_i64(value, ret_n)) {
		if (!str_to_f64(value, &x) || floor(x) != x || fabs(x) > 9e15)
			return false;
		*ret_n = (int64_t)x;
	}
	return !__builtin_mul_overflow(*ret_n, times, ret_n);
}

static int refuse_number(const struct config_row *r, struct str value, struct err *e,
	const char *unit)
{
	char allowed[120];

	if (r->max == INT64_MAX)
		snprintf(allowed, sizeof allowed, "a whole number from %lld", (long long)r->min);
	else
		snprintf(allowed, sizeof allowed, "a whole number from %lld to %lld%s",
			(long long)r->min, (long long)r->max, unit);
	return refuse(r, value, e, allowed);
}

static int set_number(const struct config_row *r, struct str value, int64_t *ret_n,
	const struct unit *units, const char *unit, struct err *e)
{
	int64_t n;

	if (!value.len) {
		*ret_n = -1;
		return 0;
	}
	if (!to_number(value, units, &n) || n < r->min || n > r->max)
		return refuse_number(r, value, e, unit);
	*ret_n = n;
	return 0;
}

/* "a, b or c" */
static const char *choices_text(struct arena *a, const char *choices)
{
	struct str rest = str_of(choices);
	const char *text = "";

	while (rest.p) {
		struct str one = str_cut(&rest, '|');
		text = arena_printf(a, "%s%s" STR_FMT, text,
			!*text           ? ""
				: rest.p ? ", "
					 : " or ",
			STR_ARG(one));
	}
	return text;
}

static int set_choice(struct rest_config *c, const struct config_row *r, struct str value,
	struct err *e)
{
	int i = 0;

	for (struct str rest = str_of(r->choices); rest.p; i++)
		if (str_eq(value, str_cut(&rest, '|'))) {
			memcpy(config_place(c, r), &i, sizeof(i));
			return 0;
		}
	return refuse(r, value, e, choices_text(c->arena, r->choices));
}

static int set_mode(const struct config_row *r, struct str value, unsigned *ret_mode, struct err *e)
{
	unsigned mode = 0;
	bool fine = value.len >= 3 && value.len <= 5;

	for (size_t i = 0; i < value.len && fine; i++) {
		fine = value.p[i] >= '0' && value.p[i] <= '7';
		mode = mode * 8 + (unsigned)(value.p[i] - '0');
	}
	if (!fine || mode < (unsigned)r->min || mode > (unsigned)r->max)
		return refuse(r, value, e, "an octal number from 600 to 777");
	*ret_mode = mode;
	return 0;
}

static int set_list(struct rest_config *c, const struct config_row *r, struct str value,
	struct err *e)
{
	struct rest_list list = {0};

	for (struct str rest = value; value.len && rest.p;) {
		struct str item = str_trim(str_cut(&rest, ','));
		if (!item.len)
			return refuse(r, value, e, "a list of names with commas between them");
		config_list_add(c->arena, &list, item);
	}
	memcpy(config_place(c, r), &list, sizeof(list));
	return 0;
}

/* Served, they would give the catalogue away. */
static int check_schemas(const struct rest_config *c, struct err *e)
{
	static const char *const refused[] = {"pg_catalog", "information_schema"};

	for (size_t i = 0; i < c->db_schemas.n; i++)
		for (size_t k = 0; k < 2; k++)
			if (str_eq(c->db_schemas.at[i], str_of(refused[k])))
				return err_set(e, E_INPUT,
					"db-schemas must be schemas other than pg_catalog and information_schema, not '%s'",
					refused[k]);
	return 0;
}

static int set_name(struct rest_config *c, const struct config_row *r, struct str value,
	struct err *e)
{
	struct rest_qualified name = {.name = value.len ? value : STR_NULL};
	ptrdiff_t dot = str_find_char(value, '.');

	if (dot >= 0) {
		name.schema = str_sub(value, 0, (size_t)dot);
		name.name = str_sub(value, (size_t)dot + 1, value.len);
		if (!name.schema.len || !name.name.len)
			return refuse(r, value, e, "the name of a function, as in schema.function");
	}
	memcpy(config_place(c, r), &name, sizeof(name));
	return 0;
}

static int set_costs(struct rest_config *c, const struct config_row *r, struct str value,
	struct err *e)
{
	struct rest_costs list = {0};

	for (struct str rest = value; value.len && rest.p;) {
		struct str item = str_trim(str_cut(&rest, ',')), amount = item;
		struct rest_cost cost = {.role = str_trim(str_cut(&amount, '='))};
		if (!cost.role.len || !str_to_f64(str_trim(amount), &cost.cost) || cost.cost <= 0)
			return refuse(r, value, e, "a list like role=1000,other=1e6,*=1e5");
		list.at = arena_resize(c->arena, list.at, list.n * sizeof(*list.at),
			(list.n + 1) * sizeof(*list.at));
		list.at[list.n++] = cost;
	}
	memcpy(config_place(c, r), &list, sizeof(list));
	return 0;
}

static int set_text(struct rest_config *c, const struct config_row *r, struct str value,
	struct err *e)
{
	struct str text = value.len ? value : STR_NULL;
	struct err why = {.arena = c->arena};

	if (r->kind == CONFIG_AUDIENCE && str_find_char(value, ':') >= 0 && !config_is_uri(value))
		return refuse(r, value, e, "a text without a colon, or a URI");
	if (r->kind == CONFIG_PROXY && text.p && !config_is_proxy(value))
		return refuse(r, value, e,
			"like https://example.com:8443/path, without login and query");
	if (r->kind == CONFIG_CLAIM && !rest_claim_parse(c->arena, value, &why))
		return refuse(r, value, e,
			arena_printf(c->arena, "a path like $.role (%s)", why.msg));
	memcpy(config_place(c, r), &text, sizeof(text));
	return 0;
}

static int place(struct rest_config *c, const struct config_row *r, struct str value, struct err *e)
{
	void *at = config_place(c, r);

	switch (r->kind) {
	case CONFIG_BOOL: return set_bool(r, value, at, e);
	case CONFIG_SWITCH: return set_switch(r, value, at, e);
	case CONFIG_INT: return set_number(r, value, at, no_units, "", e);
	case CONFIG_BYTES:
		return set_number(r, value, at, bytes_units, " bytes (or kB, MB, GB)", e);
	case CONFIG_MS:
		return set_number(r, value, at, ms_units, " milliseconds (or ms, s, min, h)", e);
	case CONFIG_CHOICE: return set_choice(c, r, value, e);
	case CONFIG_MODE: return set_mode(r, value, at, e);
	case CONFIG_LIST: return set_list(c, r, value, e);
	case CONFIG_NAME: return set_name(c, r, value, e);
	case CONFIG_COSTS: return set_costs(c, r, value, e);
	case CONFIG_GONE: return 0;
	case CONFIG_TEXT:
	case CONFIG_AUDIENCE:
	case CONFIG_PROXY:
	case CONFIG_CLAIM: break;
	}
	return set_text(c, r, value, e);
}

int config_value(struct rest_config *c, const struct config_row *r, struct str value, struct err *e)
{
	value = str_copy(c->arena, r->secret ? value : str_trim(value));
	if (r->secret)
		crypto_wipe_later(c->arena, (void *)(uintptr_t)value.p, value.len);
	if (!str_is_utf8(value) || str_find_char(value, '\0') >= 0)
		return err_set(e, E_INPUT, "%s must be UTF-8 text", r->name);
	if (!value.len && !r->may_be_empty)
		value = str_of(r->fallback);
	int rc = place(c, r, value, e);
	return rc || strcmp(r->name, "db-schemas") != 0 ? rc : check_schemas(c, e);
}
