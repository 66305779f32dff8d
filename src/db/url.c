#include "db/url.h"

#include <libpq-fe.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/str.h"
#include "db/url_local.h"

struct setting {
	const char *keyword, *value;
};

/* What we want when neither the URL nor the environment says otherwise. A dead peer is noticed
 * within ten seconds, also while dialling, where libpq then tries the next host. GSS would read
 * files and ask servers while the loop waits. */
static const struct setting defaults[] = {
	{"gssencmode", "disable"},
	{"keepalives_idle", "30"},
	{"keepalives_interval", "10"},
	{"keepalives_count", "3"},
	{"tcp_user_timeout", "10000"},
};

/* These ones would make libpq look names up by itself if we left them to it. */
static const char *const from_environment[] = {"host", "hostaddr", "port", "user", "dbname"};

struct url *url_new(int cap)
{
	struct arena *a = arena_new();
	struct url *u = ARENA_NEW(a, struct url);

	u->arena = a;
	u->keywords = arena_array(a, (size_t)cap + 1, sizeof(*u->keywords));
	u->values = arena_array(a, (size_t)cap + 1, sizeof(*u->values));
	u->cap = cap;
	return u;
}

static int find(const struct url *u, const char *keyword)
{
	for (int i = 0; i < u->n; i++)
		if (strcmp(u->keywords[i], keyword) == 0)
			return i;
	return -1;
}

const char *url_get(const struct url *u, const char *keyword)
{
	int i = find(u, keyword);

	return i < 0 ? NULL : u->values[i];
}

void url_set(struct url *u, const char *keyword, const char *value)
{
	int i = find(u, keyword);

	if (i < 0)
		i = u->n++;
	u->keywords[i] = arena_dup(u->arena, keyword, strlen(keyword));
	u->values[i] = arena_dup(u->arena, value, strlen(value));
}

static void set_missing(struct url *u, const char *keyword, const char *value)
{
	if (value && value[0] && !url_get(u, keyword))
		url_set(u, keyword, value);
}

void url_add_option(struct url *u, const char *option)
{
	const char *before = url_get(u, "options");

	url_set(u, "options", before ? arena_printf(u->arena, "%s %s", before, option) : option);
}

static void add_environment(struct url *u)
{
	PQconninfoOption *options = PQconndefaults();

	for (PQconninfoOption *o = options; o && o->keyword; o++)
		for (size_t i = 0; i < sizeof(from_environment) / sizeof(*from_environment); i++)
			if (strcmp(o->keyword, from_environment[i]) == 0)
				set_missing(u, o->keyword, o->val);
	PQconninfoFree(options);
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static void make_name(struct url *u)
{
	const char *host = url_get(u, "host");
	const char *port = or_empty(url_get(u, "port"));
	bool is_folder = !host || host[0] == '/' || host[0] == '@';

	if (!host)
		host = or_empty(url_get(u, "hostaddr"));
	u->name = arena_printf(u->arena, "%s@%s%s%s/%s", or_empty(url_get(u, "user")),
		host[0] ? host : "local", is_folder ? "" : ":", is_folder ? "" : port,
		or_empty(url_get(u, "dbname")));
}

/* libpq quotes what it did not understand, and that may be the password: only its words in front of
 * the first quotation mark are repeated. */
static void refuse(const char *why, struct err *e)
{
	size_t len = why ? strcspn(why, "\"\n") : 0;

	while (len > 0 && (why[len - 1] == ' ' || why[len - 1] == ':'))
		len--;
	err_set(e, E_INPUT, "the database URL cannot be read%s%.*s%s", len ? " (" : "", (int)len,
		len ? why : "", len ? ")" : "");
}

struct url *url_parse(const char *text, const char *app_name, struct err *e)
{
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(text ? text : "", &why);

	if (!options) {
		refuse(why, e);
		PQfreemem(why);
		return NULL;
	}
	int n = 0;
	while (options[n].keyword)
		n++;
	struct url *u = url_new(n + 8);
	for (PQconninfoOption *o = options; o->keyword; o++)
		set_missing(u, o->keyword, o->val);
	PQconninfoFree(options);
	add_environment(u);
	set_missing(u, "application_name", app_name);
	url_set(u, "client_encoding", "UTF8");
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		set_missing(u, defaults[i].keyword, defaults[i].value);
	make_name(u);
	return u;
}

struct url *url_copy(const struct url *u)
{
	struct url *copy = url_new(u->n + 3);

	for (int i = 0; i < u->n; i++)
		url_set(copy, u->keywords[i], u->values[i]);
	copy->name = arena_dup(copy->arena, u->name, strlen(u->name));
	return copy;
}

void url_free(struct url *u)
{
	if (!u)
		return;
	int i = find(u, "password");
	if (i >= 0)
		explicit_bzero((char *)(uintptr_t)u->values[i], strlen(u->values[i]));
	arena_free(u->arena);
}

const char *url_name(const struct url *u)
{
	return u->name;
}

const char *const *url_keywords(const struct url *u)
{
	return u->keywords;
}

const char *const *url_values(const struct url *u)
{
	return u->values;
}
