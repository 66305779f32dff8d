#include "mod/rest/preamble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "http/request.h"
#include "mod/rest/cache.h"
#include "mod/rest/config.h"
#include "mod/rest/plan.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

enum {
	USE_HOUSE = 1,
	USE_METHOD = 2,
	USE_PATH = 4,
	USE_HEADERS = 8,
	USE_COOKIES = 16,
	USE_MODE = 32,
	USES = 64
};

static unsigned used(const struct rest_request *r)
{
	const struct rest_cache_uses *u = rest_cache_uses(r->cache);
	bool is_house = rest_site_is_house(r->site), is_plain = r->plan && r->plan->is_plain;

	return (is_house ? USE_HOUSE : 0) | (is_house && is_plain ? 0 : USE_MODE) |
		(u->request_method ? USE_METHOD : 0) | (u->request_path ? USE_PATH : 0) |
		(u->request_headers ? USE_HEADERS : 0) | (u->request_cookies ? USE_COOKIES : 0);
}

static void set(FILE *out, const char *name, int *n)
{
	fprintf(out, "set_config('%s', $%d, true), ", name, (*n)++);
}

/* transaction_read_only comes first: the login's memberships may set it for a paused workspace, and then it stays. The role comes
 * last: the one who connected may do more than the one who asks. As arguments of one function all of that is one small column. */
static void write_settings(FILE *out, unsigned uses)
{
	static const char *const optional[] = {"request.method", "request.path", "request.headers",
		"request.cookies"};
	int n = 4;

	if (uses & USE_MODE)
		set(out, "transaction_read_only", &n);
	if (uses & USE_HOUSE) {
		fputs(BATCH_ENTER_LOGIN("$3") ", ", out);
		set(out, "statement_timeout", &n);
	} else {
		fputs("set_config('search_path', $3, true), ", out);
	}
	fputs("set_config('request.jwt.claims', $2, true), ", out);
	for (unsigned i = 0; i < 4; i++)
		if (uses & 2u << i)
			set(out, optional[i], &n);
	fputs("set_config('role', $1, true)", out);
}

static struct stmt *make(unsigned uses)
{
	struct stmt *s = calloc(1, sizeof *s);
	char *sql = NULL, *name = malloc(24);
	size_t len;
	FILE *out = open_memstream(&sql, &len);

	if (!s || !out || !name)
		abort();
	fputs("select num_nulls(", out);
	write_settings(out, uses);
	fputs(")", out);
	if (fclose(out))
		abort();
	snprintf(name, 24, "rest_enter_%u", uses);
	*s = (struct stmt){.name = name, .sql = sql};
	return s;
}

static const struct stmt *statement(unsigned uses)
{
	static const struct stmt *made[USES]; /* few, and they live as long as the connections */

	if (!made[uses])
		made[uses] = make(uses);
	return made[uses];
}

static struct str lower_headers(struct rest_request *r)
{
	struct buf b;
	struct jsonw w;
	struct str name, value;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	for (size_t i = 0; r->http && http_header_at(r->http, i, &name, &value); i++) {
		if (str_eq_nocase(name, STR("Cookie"))) /* request.cookies */
			continue;
		jsonw_key_str(&w, str_lower(r->arena, name));
		jsonw_str(&w, value);
	}
	jsonw_end(&w);
	struct str text = str_copy(r->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

static struct str cookies(struct rest_request *r)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	for (struct str rest = rest_request_header_list(r, "Cookie"); rest.p;) {
		struct str value = str_trim(str_cut(&rest, ';')), name = str_cut(&value, '=');
		if (name.len && value.p) {
			jsonw_key_str(&w, name);
			jsonw_str(&w, value);
		}
	}
	jsonw_end(&w);
	struct str text = str_copy(r->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

static struct str search_path(struct rest_request *r)
{
	const struct rest_config *c = rest_site_config(r->site);
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i <= c->db_extra_search_path.n; i++) {
		struct str name = i ? c->db_extra_search_path.at[i - 1] : r->schema;
		if (i)
			buf_cstr(&b, ", ");
		buf_char(&b, '"');
		for (size_t k = 0; k < name.len; k++) {
			buf_char(&b, name.p[k]);
			if (name.p[k] == '"')
				buf_char(&b, '"');
		}
		buf_char(&b, '"');
	}
	struct str text = str_copy(r->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

static const char *const method_names[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE",
	"OPTIONS"};

static struct db_param timeout(const struct rest_request *r)
{
	const struct rest_config *c = rest_site_config(r->site);

	return db_str(
		str_decimal(arena_alloc(r->arena, STR_DECIMAL_SIZE), c->statement_timeout_ms));
}

void rest_preamble(struct rest_request *r, struct rest_preamble *ret)
{
	unsigned uses = used(r);
	bool is_house = uses & USE_HOUSE;
	int n = 0;

	ret->stmt = statement(uses);
	ret->params[n++] = db_str(r->login.role);
	ret->params[n++] = db_str(r->login.claims.p ? r->login.claims : STR(""));
	ret->params[n++] = is_house ? db_str(r->login.user_id) : db_str(search_path(r));
	if (uses & USE_MODE)
		ret->params[n++] = db_text(r->plan && r->plan->is_read_only ? "on" : "off");
	if (is_house)
		ret->params[n++] = timeout(r);
	if (uses & USE_METHOD)
		ret->params[n++] = db_text(method_names[r->method]);
	if (uses & USE_PATH)
		ret->params[n++] = db_str(rest_request_path(r));
	if (uses & USE_HEADERS)
		ret->params[n++] = db_str(lower_headers(r));
	if (uses & USE_COOKIES)
		ret->params[n++] = db_str(cookies(r));
	ret->n = n;
}

struct settings {
	struct buf sql;
	struct db_param *params;
	int n;
};

static void add_setting(struct settings *s, struct str name, struct str value)
{
	buf_printf(&s->sql, "%s set_config($%d, $%d, true)", s->n ? "," : "select", s->n + 1,
		s->n + 2);
	s->params[s->n++] = db_str(name);
	s->params[s->n++] = db_str(value);
}

/* Of DateStyle only the order of day and month is the role's: in answers dates are ISO. */
static struct str iso(struct arena *a, struct str value)
{
	static const char *const orders[][2] = {{"german", "DMY"}, {"dmy", "DMY"}, {"euro", "DMY"},
		{"ymd", "YMD"}, {"mdy", "MDY"}, {"us", "MDY"}, {"noneuro", "MDY"}};
	const char *order = NULL;

	for (struct str rest = value; rest.p;) {
		struct str word = str_lower(a, str_trim(str_cut(&rest, ',')));
		for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
			if (str_starts(word, str_of(orders[i][0])) && (i || !order))
				order = orders[i][1];
	}
	return order ? str_printf(a, "ISO, %s", order) : STR("ISO");
}

/* Settings of role and function; what would make answers unreadable stays away. */
static void add_given(struct rest_request *r, struct settings *s, struct str name, struct str value)
{
	if (str_eq_nocase(name, STR("client_encoding")))
		return;
	add_setting(s, name, str_eq_nocase(name, STR("datestyle")) ? iso(r->arena, value) : value);
}

void rest_preamble_extra(struct rest_request *r, struct rest_extra *ret)
{
	const struct rest_role *role = r->role >= 0 ? rest_cache_role_at(r->cache, r->role) : NULL;
	const struct rest_config *c = rest_site_config(r->site);
	size_t n_role = role ? role->n_settings : 0, n_plan = r->plan ? r->plan->n_settings : 0;
	struct settings s = {0};

	*ret = (struct rest_extra){.sql = ""};
	if (!r->prefer.timezone.len && !n_role && !n_plan && !c->app_settings.n)
		return;
	s.params = arena_array(r->arena, n_role + n_plan + 2 + c->app_settings.n, sizeof *s.params);
	buf_init(&s.sql, 0);
	for (size_t i = 0; i + 1 < n_role; i += 2)
		add_given(r, &s, role->settings[i], role->settings[i + 1]);
	for (size_t i = 0; i + 1 < n_plan; i += 2)
		add_given(r, &s, r->plan->settings[i], r->plan->settings[i + 1]);
	for (size_t i = 0; i + 1 < c->app_settings.n; i += 2)
		add_setting(&s, c->app_settings.at[i], c->app_settings.at[i + 1]);
	if (r->prefer.timezone.len)
		add_setting(&s, STR("timezone"), r->prefer.timezone);
	ret->sql = str_cstr(r->arena, buf_view(&s.sql));
	ret->params = s.params;
	ret->n = s.n;
	buf_done(&s.sql);
}

static const char *level(struct str name)
{
	static const char *const levels[][2] = {
		{"read committed", "set transaction isolation level read committed"},
		{"repeatable read", "set transaction isolation level repeatable read"},
		{"serializable", "set transaction isolation level serializable"},
	};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (str_eq_nocase(name, str_of(levels[i][0])))
			return levels[i][1];
	return NULL;
}

const char *rest_preamble_isolation(const struct rest_request *r)
{
	const struct rest_role *role = r->role >= 0 ? rest_cache_role_at(r->cache, r->role) : NULL;
	const char *asked = role && role->isolation.p ? level(role->isolation) : NULL;

	for (size_t i = 0; r->plan && i + 1 < r->plan->n_settings; i += 2)
		if (str_eq(r->plan->settings[i], STR("default_transaction_isolation")))
			asked = level(r->plan->settings[i + 1]);
	return asked;
}
