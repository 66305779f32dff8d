#include "mod/mail/template.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"

#define DEPTH_MAX 16
#define RANGES_MAX \
	2 /* one within another: what a template costs stays in proportion to what it is filled with */

const char *const template_names[] = {"SiteURL", "ConfirmationURL", "Token", "TokenHash",
	"RedirectTo", "Email", "NewEmail", "UnsubscribeURL", "Data", NULL};

static const char *const secret_names[] = {"ConfirmationURL", "Token", "TokenHash",
	"UnsubscribeURL", NULL};

enum word { WORD_TEXT, WORD_VALUE, WORD_IF, WORD_RANGE, WORD_ELSE, WORD_END, WORD_OVER };

struct reader {
	struct str whole, rest;
	struct err *e;
	enum word word;
	int ranges;      /* that we are within */
	bool is_root;    /* of a path: it begins at the mail's values, whatever the range */
	struct str text; /* of WORD_TEXT; of the others the path, without its first dot */
};

/* What is between if or range and its end. */
struct block {
	bool is_range, shown, outer, had_else;
	struct json_iter items; /* of a range: those still to come */
	const struct json *item;
	struct str body; /* from where the text is read again for the next item */
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

/* ".Data.first_name", and only Data has something below it. Within a range names are those of its items, "$.Data" the mail's. */
static int take_path(struct reader *r, struct str path)
{
	r->is_root = str_starts(path, STR("$."));
	if (r->is_root)
		path = str_sub(path, 1, path.len);
	if (path.len < 2 || path.p[0] != '.')
		return complain(r,
			"between {{ and }} stands .Name, if .Name, range .Name, else or end");
	for (size_t i = 0; i < path.len; i++)
		if (!is_path_char(path.p[i]))
			return complain(r, "a name has letters, digits, _ and - only");
	r->text = str_sub(path, 1, path.len);
	if (r->ranges && !r->is_root)
		return 0;
	struct str below = r->text, first = str_cut(&below, '.');
	if (!is_one_of(first, template_names))
		return complain(r,
			"there is no such variable (SiteURL, ConfirmationURL, Token, TokenHash, RedirectTo, Email, NewEmail, UnsubscribeURL, Data.…)");
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
	} else if (str_starts(words, STR("range ")) || str_starts(words, STR("range\t"))) {
		r->word = WORD_RANGE;
		return take_path(r, str_trim(str_sub(words, 6, words.len)));
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

/* item: of the innermost range; NULL: the mail's values. */
static const struct json *find(const struct reader *r, const struct json *item,
	const struct template_values *v)
{
	const struct json *at = r->ranges && !r->is_root ? item : v->values;

	for (struct str rest = r->text; rest.p;)
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

static void put_value(struct buf *out, const struct reader *r, const struct json *item,
	enum template_form form, const struct template_values *v)
{
	struct str value = json_scalar(find(r, item, v));

	if (v->masked && value.len && is_one_of(r->text, secret_names))
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

struct writer {
	struct reader r;
	const struct template_values *values;
	struct block blocks[DEPTH_MAX + 1];
	int depth;
};

static const struct json *item_of(const struct writer *w)
{
	for (int i = w->depth; i > 0; i--)
		if (w->blocks[i].is_range)
			return w->blocks[i].item;
	return NULL;
}

static int open_block(struct writer *w, bool is_range)
{
	const struct json *value = find(&w->r, item_of(w), w->values);

	if (w->depth == DEPTH_MAX)
		return complain(&w->r, "if within if, too deep");
	if (is_range && w->r.ranges == RANGES_MAX)
		return complain(&w->r, "range within range, too deep");
	bool outer = w->blocks[w->depth].shown;
	struct block *b = &w->blocks[++w->depth];
	*b = (struct block){.is_range = is_range, .outer = outer, .body = w->r.rest};
	w->r.ranges += is_range;
	if (!is_range) {
		b->shown = outer && is_true(value);
		return 0;
	}
	b->items = json_each(json_type(value) == JSON_ARRAY ? value : NULL);
	b->shown = outer && json_next(&b->items);
	b->item = b->shown ? b->items.value : NULL;
	return 0;
}

static int turn_block(struct writer *w)
{
	struct block *b = &w->blocks[w->depth];

	if (!w->depth || b->had_else)
		return complain(&w->r, "else without if");
	b->had_else = true;
	b->shown = b->outer && !(b->is_range ? b->item != NULL : b->shown);
	return 0;
}

static int close_block(struct writer *w)
{
	struct block *b = &w->blocks[w->depth];

	if (!w->depth)
		return complain(&w->r, "end without if");
	if (b->item && json_next(&b->items)) {
		b->item = b->items.value;
		b->shown = true;
		b->had_else = false;
		w->r.rest = b->body;
		return 0;
	}
	w->r.ranges -= b->is_range;
	w->depth--;
	return 0;
}

int template_render(struct buf *out, struct str text, enum template_form form,
	const struct template_values *values, struct err *e)
{
	struct writer w = {.r = {.whole = text, .rest = text, .e = e},
		.values = values,
		.blocks = {{.shown = true}}};

	for (;;) {
		int code = next(&w.r);
		bool shown = w.blocks[w.depth].shown;
		if (code)
			return code;
		switch (w.r.word) {
		case WORD_TEXT:
			if (shown)
				buf_str(out, w.r.text);
			break;
		case WORD_VALUE:
			if (shown)
				put_value(out, &w.r, item_of(&w), form, values);
			break;
		case WORD_IF: code = open_block(&w, false); break;
		case WORD_RANGE: code = open_block(&w, true); break;
		case WORD_ELSE: code = turn_block(&w); break;
		case WORD_END: code = close_block(&w); break;
		case WORD_OVER: return w.depth ? complain(&w.r, "if without end") : 0;
		}
		if (code)
			return code;
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
