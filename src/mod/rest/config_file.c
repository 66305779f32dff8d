/* The configuration file: what PostgREST's (configurator-pg) takes.
 *
 *     # comment          name = "text"   name = 12   name = true|on|false|off   name = ["a", "b"]   (as "a,b")
 *     app.settings.x = "$(VARIABLE) or $(other-name), a dollar is $$, \" \\ \n \t \r \u00e9"
 *     app { settings { x = "1" } }      import "other.conf"      #; name = "a whole entry taken out"
 */
#include "mod/rest/config_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

#define MAX_TEXT (1 << 16)
#define MAX_DEPTH 8 /* groups in groups, lists in lists, files in files */

/* An entry as it was read; kept because $(name) may ask for it. */
struct entry {
	struct entry *next;
	struct str key, value;
	const char *where;
	bool used; /* by $(name) */
};

struct reader {
	struct arena *arena;
	const struct rest_config_source *source;
	struct entry *first, **tail;
	unsigned files;
	struct err *e;
};

static int read_entries(struct config_scan *s, struct str prefix, bool in_group);

/* Parts with dots between them, each beginning with a letter. */
static int read_name(struct config_scan *s, struct str *ret_name)
{
	size_t from = s->at;

	while (config_is_name_char(config_peek(s))) {
		if ((s->at == from || s->text.p[s->at - 1] == '.') &&
			!config_is_letter(config_peek(s)))
			return config_wrong(s, "a name begins with a letter");
		s->at++;
	}
	*ret_name = str_sub(s->text, from, s->at);
	return ret_name->len && !str_ends(*ret_name, STR("."))
		? 0
		: config_wrong(s, "expected a name, as in: db-anon-role = \"anon\"");
}

/* An entry read so far goes before a variable of the environment. */
static int read_variable(struct config_scan *s, struct str name, struct buf *b)
{
	struct entry *found = NULL;

	for (struct entry *x = s->reader->first; x; x = x->next)
		if (str_eq(x->key, name))
			found = x;
	const char *value = found || !s->reader->source->env
		? NULL
		: s->reader->source->env(str_cstr(s->arena, name));
	if (!found && !value)
		return config_wrong(s,
			arena_printf(s->arena,
				"$(" STR_FMT
				") is neither an entry before this nor a variable of the environment",
				STR_ARG(name)));
	if (found)
		found->used = true;
	buf_str(b, found ? found->value : str_of(value));
	return 0;
}

static int interpolate(struct config_scan *s, struct str raw, struct buf *b)
{
	for (struct str rest = raw; rest.p;) {
		buf_str(b, str_cut(&rest, '$'));
		if (!rest.p)
			break;
		if (str_starts(rest, STR("$"))) {
			buf_char(b, '$');
			rest = str_sub(rest, 1, rest.len);
			continue;
		}
		ptrdiff_t end = str_find_char(rest, ')');
		if (!str_starts(rest, STR("(")) || end < 2)
			return config_wrong(s, "a dollar is written $$, a variable $(NAME)");
		if (read_variable(s, str_sub(rest, 1, (size_t)end), b))
			return E_INPUT;
		rest = str_sub(rest, (size_t)end + 1, rest.len);
	}
	return 0;
}

static int read_text(struct config_scan *s, struct str *ret_text)
{
	struct buf raw, text;

	buf_init(&raw, 0), buf_init(&text, MAX_TEXT);
	int rc = config_quoted(s, &raw);
	if (!rc)
		rc = interpolate(s, buf_view(&raw), &text);
	if (!rc && text.failed)
		rc = config_wrong(s, "a text is longer than 65536 bytes");
	*ret_text = str_copy(s->arena, buf_view(&text));
	buf_done(&raw), buf_done(&text);
	return rc;
}

static int read_value(struct config_scan *s, struct str *ret_text);

static int read_list(struct config_scan *s, struct str *ret_text)
{
	struct str item;

	*ret_text = STR("");
	if (++s->depth > MAX_DEPTH)
		return config_wrong(s, "lists are too deep in each other");
	config_skip(s, true);
	for (bool first = true; !config_take(s, "]"); first = false) {
		if (!first && !config_take(s, ","))
			return config_wrong(s, "expected , or ] in a list");
		config_skip(s, true);
		if (read_value(s, &item))
			return E_INPUT;
		*ret_text = str_printf(s->arena, STR_FMT "%s" STR_FMT, STR_ARG(*ret_text),
			first ? "" : ",", STR_ARG(item));
		config_skip(s, true);
	}
	s->depth--;
	return 0;
}

static int read_word(struct config_scan *s, struct str *ret_text)
{
	static const char *const words[] = {"true", "false", "on", "off"};
	size_t from = s->at;
	double x;

	while (config_is_name_char(config_peek(s)) || config_peek(s) == '+')
		s->at++;
	*ret_text = str_sub(s->text, from, s->at);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_eq(*ret_text, str_of(words[i])))
			return 0;
	if (str_to_f64(*ret_text, &x))
		return 0;
	s->at = from;
	return config_wrong(s,
		"a value is a text in double quotes, a number, true, false or a list in [ ]");
}

static int read_value(struct config_scan *s, struct str *ret_text)
{
	return config_take(s, "\"")   ? read_text(s, ret_text)
		: config_take(s, "[") ? read_list(s, ret_text)
				      : read_word(s, ret_text);
}

static void add_entry(struct config_scan *s, struct str key, struct str value, size_t line)
{
	struct entry *x = ARENA_NEW(s->arena, struct entry);

	x->key = key;
	x->value = value;
	x->where = arena_printf(s->arena, "%s, line %zu", s->name, line);
	*s->reader->tail = x;
	s->reader->tail = &x->next;
}

static int read_file(struct reader *r, const char *name, struct str text, struct str prefix)
{
	struct config_scan s = {.arena = r->arena,
		.name = name,
		.text = text,
		.e = r->e,
		.reader = r};

	if (!str_is_utf8(text) || str_find_char(text, '\0') >= 0)
		return err_set(r->e, E_INPUT, "%s is not UTF-8 text", name);
	if (++r->files > MAX_DEPTH)
		return err_set(r->e, E_INPUT, "%s: files import each other too deeply", name);
	int rc = read_entries(&s, prefix, false);
	r->files--;
	return rc;
}

/* Relative to the folder of the file that imports. */
static int read_import(struct config_scan *s, struct str prefix)
{
	struct arena *a = s->arena;
	const char *slash = strrchr(s->name, '/');
	struct str path, text;

	config_skip(s, false);
	if (!config_take(s, "\"") || read_text(s, &path))
		return config_wrong(s, "expected the name of a file in double quotes");
	if (!s->reader->source->imports)
		return config_wrong(s, "files cannot be imported here");
	if (!str_starts(path, STR("/")) && slash)
		path = str_printf(a, "%.*s" STR_FMT, (int)(slash - s->name + 1), s->name,
			STR_ARG(path));
	if (config_read_file(a, path.p, &text, s->e))
		return E_INPUT;
	return read_file(s->reader, path.p, text, prefix);
}

/* prefix is "" or ends with a dot. taken_out: read, but not kept ("#;"). */
static int read_entry(struct config_scan *s, struct str prefix, bool taken_out)
{
	size_t line = config_line(s);
	struct str name, value;

	if (read_name(s, &name))
		return E_INPUT;
	config_skip(s, true);
	if (str_eq(name, STR("import")))
		return taken_out ? config_wrong(s, "#; cannot take an import out")
				 : read_import(s, prefix);
	struct str key = str_printf(s->arena, STR_FMT STR_FMT, STR_ARG(prefix), STR_ARG(name));
	if (config_take(s, "{")) {
		if (taken_out || ++s->depth > MAX_DEPTH)
			return config_wrong(s,
				"groups are too deep in each other, or taken out by #;");
		int rc = read_entries(s, str_printf(s->arena, STR_FMT ".", STR_ARG(key)), true);
		s->depth--;
		return rc;
	}
	if (!config_take(s, "="))
		return config_wrong(s, "expected = behind a name");
	config_skip(s, true);
	if (read_value(s, &value))
		return E_INPUT;
	if (!taken_out)
		add_entry(s, key, value, line);
	return 0;
}

/* To the end of the file or, in a group, the closing brace. One entry a line. */
static int read_entries(struct config_scan *s, struct str prefix, bool in_group)
{
	for (;;) {
		config_skip(s, true);
		if (s->at == s->text.len)
			return in_group ? config_wrong(s, "a group has no closing brace") : 0;
		if (in_group && config_take(s, "}"))
			return 0;
		bool taken_out = config_take(s, "#;");
		config_skip(s, false);
		if (read_entry(s, prefix, taken_out))
			return E_INPUT;
		config_skip(s, false);
		if (s->at < s->text.len && !strchr("\n\r}", config_peek(s)))
			return config_wrong(s, "expected the end of the line");
	}
}

/* What only $(name) asks for is no mistake. */
static int set_entry(struct rest_config *c, const struct entry *x, struct err *e)
{
	bool is_alias;

	if (x->used && !config_row_named(x->key, &is_alias) &&
		!str_starts(x->key, STR("app.settings.")))
		return 0;
	return config_set_from(c, x->where, x->key, x->value, e);
}

int rest_config_read(struct rest_config *c, struct str text,
	const struct rest_config_source *source, struct err *e)
{
	struct reader r = {.arena = c->arena, .source = source, .e = e};

	r.tail = &r.first;
	if (read_file(&r, source->name, text, STR("")))
		return E_INPUT;
	for (const struct entry *x = r.first; x; x = x->next)
		if (set_entry(c, x, e))
			return E_INPUT;
	return 0;
}
