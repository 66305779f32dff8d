/* The settings as a file, and as a page. */
#include "mod/rest/config_local.h"

#include <string.h>

#include "base/arena.h"

#define HIDDEN "***"

/* As config_file.c reads it back. */
static void print_text(FILE *to, struct str text)
{
	fputc('"', to);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (c == '\n' || c == '\r' || c == '\t')
			fprintf(to, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
		else if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c == '$')
			fputs("$$", to);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void print_list(FILE *to, const struct rest_list *list)
{
	struct arena *a = arena_new();
	struct str text = STR("");

	for (size_t i = 0; i < list->n; i++)
		text = str_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(text), i ? "," : "",
			STR_ARG(list->at[i]));
	print_text(to, text);
	arena_free(a);
}

static void print_costs(FILE *to, const struct rest_costs *list)
{
	struct arena *a = arena_new();
	struct str text = STR("");

	for (size_t i = 0; i < list->n; i++)
		text = str_printf(a, STR_FMT "%s" STR_FMT "=%.15g", STR_ARG(text), i ? "," : "",
			STR_ARG(list->at[i].role), list->at[i].cost);
	print_text(to, text);
	arena_free(a);
}

static void print_name(FILE *to, const struct rest_qualified *name)
{
	struct arena *a = arena_new();

	print_text(to,
		str_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(name->schema),
			name->schema.p ? "." : "", STR_ARG(name->name)));
	arena_free(a);
}

static void print_choice(FILE *to, const char *choices, const void *at)
{
	struct str rest = str_of(choices), one = STR_NULL;
	int wanted;

	memcpy(&wanted, at, sizeof(wanted));
	for (int i = 0; i <= wanted; i++)
		one = str_cut(&rest, '|');
	print_text(to, one);
}

static void print_number(FILE *to, int64_t n)
{
	if (n < 0)
		fputs("\"\"", to);
	else
		fprintf(to, "%lld", (long long)n);
}

/* postgresql://user:***@host/name, host=x password=***: from the password to the end of its word. What is not understood is
 * hidden whole. */
static struct str without_password(struct arena *a, struct str uri)
{
	ptrdiff_t scheme = str_find(uri, STR("://")), named = str_find(uri, STR("password"));

	if (named >= 0)
		return STR(HIDDEN);
	if (scheme < 0)
		return uri;
	size_t from = (size_t)scheme + 3, at = from;
	for (size_t i = from; i < uri.len;
		i++) /* the last @: one in a password need not be encoded */
		at = uri.p[i] == '@' ? i : at;
	ptrdiff_t colon = str_find_char(str_sub(uri, from, at), ':');
	if (colon < 0)
		return uri;
	return str_printf(a, STR_FMT ":" HIDDEN STR_FMT,
		STR_ARG(str_sub(uri, 0, from + (size_t)colon)), STR_ARG(str_sub(uri, at, uri.len)));
}

static void print_secret(FILE *to, const struct config_row *r, struct str value)
{
	struct arena *a = arena_new();

	if (!strcmp(r->name, "db-uri"))
		value = without_password(a, value);
	else if (value.len && *value.p != '@')
		value = STR(HIDDEN);
	print_text(to, value);
	arena_free(a);
}

static void print_value(FILE *to, const struct config_row *r, const void *at)
{
	switch (r->kind) {
	case CONFIG_BOOL: fputs(*(const bool *)at ? "true" : "false", to); break;
	case CONFIG_SWITCH:
		fputs(*(const int *)at < 0 ? "\"\"" : *(const int *)at ? "true" : "false", to);
		break;
	case CONFIG_INT:
	case CONFIG_BYTES:
	case CONFIG_MS: print_number(to, *(const int64_t *)at); break;
	case CONFIG_CHOICE: print_choice(to, r->choices, at); break;
	case CONFIG_MODE: fprintf(to, "\"%o\"", *(const unsigned *)at); break;
	case CONFIG_LIST: print_list(to, at); break;
	case CONFIG_NAME: print_name(to, at); break;
	case CONFIG_COSTS: print_costs(to, at); break;
	case CONFIG_TEXT:
	case CONFIG_AUDIENCE:
	case CONFIG_PROXY:
	case CONFIG_CLAIM:
		r->secret ? print_secret(to, r, *(const struct str *)at)
			  : print_text(to, *(const struct str *)at);
		break;
	case CONFIG_GONE: break;
	}
}

void rest_config_print(FILE *to, const struct rest_config *c)
{
	for (size_t i = 0; i < config_row_count(); i++) {
		const struct config_row *r = &config_rows[i];
		if (r->kind == CONFIG_GONE)
			continue;
		fprintf(to, "%s = ", r->name);
		print_value(to, r, (const char *)c + r->offset);
		fputc('\n', to);
	}
	for (size_t i = 0; i < c->app_settings.n; i += 2)
		fprintf(to, STR_FMT " = \"" HIDDEN "\"\n", STR_ARG(c->app_settings.at[i]));
}

static void print_row(FILE *to, const struct config_row *r)
{
	char variable[CONFIG_ENV_SIZE];

	fprintf(to, "| `%s`", r->name);
	if (r->alias)
		fprintf(to, ", `%s`", r->alias);
	fprintf(to, " | `%s` | %s |", config_env_name(variable, r->name),
		r->in_database ? "yes" : "");
	fprintf(to, *r->fallback ? " `%s` | " : "%s | ", r->fallback);
	for (const char *p = r->help; *p; p++)
		fprintf(to, *p == '|' || *p == '*' ? "\\%c" : "%c", *p);
	const char *before = " One of ";
	for (struct str rest = str_of(r->choices); rest.p; before = ", ") {
		struct str one = str_cut(&rest, '|');
		fprintf(to, "%s`" STR_FMT "`", before, STR_ARG(one));
	}
	fputs(r->choices ? ". |\n" : " |\n", to);
}

void rest_config_print_markdown(FILE *to)
{
	fputs("# Settings of the REST dialect\n\nGenerated by `plat rest --markdown`; a test compares this page with the program.\n\n"
	      "What is said later wins: defaults, the file, the environment, the database. In the database a setting is `pgrst.` and its name "
	      "with `_` for `-`, set for the login (`alter role authenticator set pgrst.db_schemas = 'api'`) or by the function that "
	      "`db-pre-config` names. `app.settings.x` (`PGRST_APP_SETTINGS_X`) hands a setting on to every transaction. An empty value is the "
	      "default. In a file texts stand in double quotes, `$(NAME)` is a variable, and a dollar is `$$`.\n\n"
	      "| setting | environment | database | default | meaning |\n|---|---|---|---|---|\n",
		to);
	for (size_t i = 0; i < config_row_count(); i++)
		print_row(to, &config_rows[i]);
}
