#include "mod/mail/template.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"

#define DEPTH_MAX 16

const char *const template_names[] = {"SiteURL", "ConfirmationURL", "Token", "TokenHash",
	"RedirectTo", "Email", "NewEmail", "Data", NULL};

static const char *const secret_names[] = {"ConfirmationURL", "Token", "TokenHash", NULL};

enum word { WORD_TEXT, WORD_VALUE, WORD_IF, WORD_ELSE, WORD_END, WORD_OVER };

struct reader {
	struct str whole, rest;
	struct err *e;
	enum word word;
	struct str
		text; /* of WORD_TEXT; the path of WORD_VALUE and WORD_IF, without its first dot */
};

static int complain(struct reader *r, const char *what)
{
	int line = 1;

	for (const char *p = r->whole.p; p < r->rest.p; p++)
		line += *p == '\n';
	return err_set(r->e, E_INPUT, "line %d: %s", line, what);
}

static bool is_one_of(struct str s, const char *const *names)
{
	for (; *names; names++)
		if (str_eq(s, str_of(*names)))
			return true;
	return false;
}

static bool is_path_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-' || c == '.';
}

/* ".Data.first_name", and only Data has something below it. */
static int take_path(struct reader *r, struct str path)
{
	if (path.len < 2 || path.p[0] != '.')
		return complain(r, "between {{ and }} stands .Name, if .Name, else or end");
	for (size_t i = 0; i < path.len; i++)
		if (!is_path_char(path.p[i]))
			return complain(r, "a name has letters, digits, _ and - only");
	r->text = str_sub(path, 1, path.len);
	struct str below = r->text, first = str_cut(&below, '.');
	if (!is_one_of(first, template_names))
		return complain(r,
			"there is no such variable (SiteURL, ConfirmationURL, Token, TokenHash, RedirectTo, Email, NewEmail, Data.…)");
	if (below.p && !str_eq(first, STR("Data")))
		return complain(r, "only Data has names below it");
	return 0;
}

static int take_braces(struct reader *r, struct str inner)
{
	struct str words = str_trim(inner);

	if (str_starts(words, STR("-")) || str_ends(words, STR("-")))
		words = str_trim(str_sub(words, words.p[0] == '-',
			words.len - (words.p[words.len - 1] == '-')));
	if (str_eq(words, STR("else"))) {
		r->word = WORD_ELSE;
	} else if (str_eq(words, STR("end"))) {
		r->word = WORD_END;
	} else if (str_starts(words, STR("if ")) || str_starts(words, STR("if\t"))) {
		r->word = WORD_IF;
		return take_path(r, str_trim(str_sub(words, 3, words.len)));
	} else {
		r->word = WORD_VALUE;
		return take_path(r, words);
	}
	return 0;
}

static int next(struct reader *r)
{
	ptrdiff_t open = str_find(r->rest, STR("{{"));

	if (!r->rest.len) {
		r->word = WORD_OVER;
		return 0;
	}
	if (open) {
		r->word = WORD_TEXT;
		r->text = open > 0 ? str_sub(r->rest, 0, (size_t)open) : r->rest;
		r->rest = str_sub(r->rest, r->text.len, r->rest.len);
		return 0;
	}
	ptrdiff_t close = str_find(r->rest, STR("}}"));
	if (close < 0)
		return complain(r, "{{ without }}");
	struct str inner = str_sub(r->rest, 2, (size_t)close);
	int code = take_braces(r, inner);
	r->rest = str_sub(r->rest, (size_t)close + 2, r->rest.len);
	return code;
}

static const struct json *find(const struct template_values *v, struct str path)
{
	const struct json *at = v->values;

	for (struct str rest = path; rest.p;)
		at = json_get_str(at, str_cut(&rest, '.'));
	return at;
}

static const struct {
	char c;
	const char *escaped;
} escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&#34;"}, {'\'', "&#39;"}};

static void put_char(struct buf *out, char c, enum template_form form)
{
	if (form == TEMPLATE_LINE && ((unsigned char)c < ' ' || c == 0x7f))
		c = ' ';
	for (size_t i = 0; form == TEMPLATE_HTML && i < sizeof escapes / sizeof *escapes; i++)
		if (escapes[i].c == c) {
			buf_cstr(out, escapes[i].escaped);
			return;
		}
	buf_char(out, c);
}

static void put_value(struct buf *out, struct str path, enum template_form form,
	const struct template_values *v)
{
	struct str value = json_scalar(find(v, path));

	if (v->masked && value.len && is_one_of(path, secret_names))
		value = STR("…");
	for (size_t i = 0; i < value.len; i++)
		put_char(out, value.p[i], form);
}

/* As Go's templates have it: nothing, false, 0 and "" are false. */
static bool is_true(const struct json *v)
{
	struct str text = json_scalar(v);

	if (json_type(v) == JSON_OBJECT || json_type(v) == JSON_ARRAY)
		return json_len(v) > 0;
	return text.len && !(json_type(v) == JSON_BOOL && str_eq(text, STR("false"))) &&
		!(json_type(v) == JSON_NUMBER && str_eq(text, STR("0")));
}

int template_render(struct buf *out, struct str text, enum template_form form,
	const struct template_values *values, struct err *e)
{
	struct reader r = {.whole = text, .rest = text, .e = e};
	bool shown[DEPTH_MAX + 1] = {true}, outer[DEPTH_MAX + 1], had_else[DEPTH_MAX + 1];
	int depth = 0;

	for (;;) {
		if (next(&r))
			return E_INPUT;
		switch (r.word) {
		case WORD_TEXT:
			if (shown[depth])
				buf_str(out, r.text);
			break;
		case WORD_VALUE:
			if (shown[depth])
				put_value(out, r.text, form, values);
			break;
		case WORD_IF:
			if (depth == DEPTH_MAX)
				return complain(&r, "if within if, too deep");
			depth++;
			outer[depth] = shown[depth - 1];
			had_else[depth] = false;
			shown[depth] = outer[depth] && is_true(find(values, r.text));
			break;
		case WORD_ELSE:
			if (!depth || had_else[depth])
				return complain(&r, "else without if");
			had_else[depth] = true;
			shown[depth] = outer[depth] && !shown[depth];
			break;
		case WORD_END:
			if (!depth)
				return complain(&r, "end without if");
			depth--;
			break;
		case WORD_OVER: return depth ? complain(&r, "if without end") : 0;
		}
	}
}

int template_check(struct str text, struct err *e)
{
	struct template_values nothing = {0};
	struct buf b;

	buf_init(&b, 0);
	int code = template_render(&b, text, TEMPLATE_TEXT, &nothing, e);
	buf_done(&b);
	return code;
}
