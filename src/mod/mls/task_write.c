#include "mod/mls/task_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

/* Which of a term's values a filter takes: [from, to). */
struct part {
	size_t from, to;
};

struct writer {
	struct arena *arena;
	const struct task_terms *terms;
	const struct task_rules *rules;
	struct task_filters found;
};

static void write_text(struct buf *b, struct str s)
{
	buf_char(b, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\'')
			buf_char(b, '\'');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '\'');
}

static void write_field(struct buf *b, const char *field, bool is_lowered)
{
	if (is_lowered)
		buf_printf(b, "tolower(%s)", field);
	else
		buf_cstr(b, field);
}

static void write_in(struct buf *b, const char *field, const struct task_term *t, struct part p)
{
	buf_printf(b, "%s in (", field);
	for (size_t i = p.from; i < p.to; i++) {
		buf_cstr(b, i > p.from ? "," : "");
		write_text(b, t->values[i]);
	}
	buf_char(b, ')');
}

static void write_any(struct buf *b, const char *field, bool is_lowered, const struct task_term *t,
	struct part p)
{
	for (size_t i = p.from; i < p.to; i++) {
		buf_cstr(b, i > p.from ? " or " : "");
		write_field(b, field, is_lowered);
		buf_cstr(b, " eq ");
		write_text(b, t->values[i]);
	}
}

/* in behind a function is not understood everywhere, so those are written out. */
static void write_texts(struct buf *b, const struct task_term *t, const struct task_rules *rules,
	struct part p)
{
	bool is_lowered = t->kind == TASK_NAME && rules->has_tolower, is_one = p.to - p.from == 1;
	bool as_in = rules->has_in && !is_lowered && !is_one;
	bool in_parens = t->fields[1] || (!as_in && !is_one);

	buf_cstr(b, in_parens ? "(" : "");
	for (size_t i = 0; i < 2 && t->fields[i]; i++) {
		buf_cstr(b, i ? " or " : "");
		if (as_in)
			write_in(b, t->fields[i], t, p);
		else
			write_any(b, t->fields[i], is_lowered, t, p);
	}
	buf_cstr(b, in_parens ? ")" : "");
}

static struct str write_filter(struct writer *w, const struct part *parts)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < w->terms->n; i++) {
		const struct task_term *t = &w->terms->row[i];
		buf_cstr(&b, i ? " and " : "");
		if (t->kind == TASK_FREE)
			buf_printf(&b, "(" STR_FMT ")", STR_ARG(t->values[0]));
		else if (t->kind == TASK_LEAST || t->kind == TASK_MOST)
			buf_printf(&b, "%s %s " STR_FMT, t->fields[0],
				t->kind == TASK_LEAST ? "ge" : "le", STR_ARG(t->values[0]));
		else
			write_texts(&b, t, w->rules, parts[i]);
	}
	struct str text = str_copy(w->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

/* The list that takes most of the room; terms->n when none can be cut. */
static size_t longest(const struct writer *w, const struct part *parts)
{
	size_t best = w->terms->n, most = 0;

	for (size_t i = 0; i < w->terms->n; i++) {
		const struct task_term *t = &w->terms->row[i];
		size_t len = 0;
		for (size_t k = parts[i].from; k < parts[i].to; k++)
			len += task_filter_encoded(t->values[k]) + 8;
		if (parts[i].to - parts[i].from > 1 && len > most) {
			most = len;
			best = i;
		}
	}
	return best;
}

static int refuse_length(const struct writer *w, struct str text, struct err *e)
{
	return err_set(e, E_INPUT,
		"the filter needs %zu bytes of the URL and the source takes %zu: make \"odata\" shorter, or two tasks of it",
		task_filter_encoded(text), w->rules->most);
}

/* parts is changed on the way and is as it was afterwards. */
static int split(struct writer *w, struct part *parts, struct err *e)
{
	struct str text = write_filter(w, parts);

	if (task_filter_encoded(text) <= w->rules->most) {
		if (w->found.n == TASK_FILTERS_MAX)
			return err_set(e, E_INPUT,
				"the lists are so long that the source would have to be asked in more than %d filters; make several tasks of it",
				TASK_FILTERS_MAX);
		w->found.text[w->found.n++] = text;
		return 0;
	}
	size_t i = longest(w, parts);
	if (i == w->terms->n)
		return refuse_length(w, text, e);
	struct part whole = parts[i];
	size_t middle = whole.from + (whole.to - whole.from) / 2;
	parts[i].to = middle;
	int code = split(w, parts, e);
	parts[i] = (struct part){middle, whole.to};
	if (!code)
		code = split(w, parts, e);
	parts[i] = whole;
	return code;
}

int task_write(struct arena *a, const struct task_terms *t, const struct task_rules *rules,
	struct task_filters *ret_filters, struct err *e)
{
	struct writer w = {.arena = a, .terms = t, .rules = rules};
	struct part parts[TASK_TERMS_MAX];

	for (size_t i = 0; i < t->n; i++)
		parts[i] = (struct part){0, t->row[i].n};
	w.found.text = arena_alloc(a, TASK_FILTERS_MAX * sizeof(*w.found.text));
	if (split(&w, parts, e))
		return e->code;
	*ret_filters = w.found;
	return 0;
}
