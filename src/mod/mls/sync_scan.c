#include "mod/mls/sync_scan.h"

#include <assert.h>
#include <string.h>

void sync_scan_init(struct sync_scan *s, size_t row_max, const struct sync_scan_to *to)
{
	*s = (struct sync_scan){.to = to, .row_max = row_max};
	buf_init(&s->envelope, row_max);
}

void sync_scan_done(struct sync_scan *s)
{
	buf_done(&s->envelope);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A string of the envelope has ended. */
static void note_string(struct sync_scan *s)
{
	struct str text = str_sub(buf_view(&s->envelope), s->string_at, s->envelope.len);

	s->is_value = s->is_name && s->depth == 1 && str_eq(text, STR("\"value\""));
	s->is_name = false;
}

static void add_in_string(struct sync_scan *s, char c)
{
	if (s->is_escaped)
		s->is_escaped = false;
	else if (c == '\\')
		s->is_escaped = true;
	else if (c == '"') {
		s->in_string = false;
		note_string(s);
	}
}

static void add_envelope(struct sync_scan *s, char c)
{
	buf_char(&s->envelope, c);
	if (s->in_string) {
		add_in_string(s, c);
		return;
	}
	switch (c) {
	case '"':
		s->in_string = true;
		s->string_at = s->envelope.len - 1;
		break;
	case '{': s->is_name = ++s->depth == 1; break;
	case ',': s->is_name = s->depth == 1; break;
	case '[':
		if (s->depth == 1 && s->is_value)
			s->place = SYNC_SCAN_BETWEEN;
		s->depth++;
		break;
	case '}':
	case ']': s->depth -= s->depth > 0; break;
	default: break;
	}
}

static void end_array(struct sync_scan *s)
{
	buf_char(&s->envelope, ']');
	s->depth--;
	s->is_value = false;
	s->place = SYNC_SCAN_ENVELOPE;
}

static void begin_row(struct sync_scan *s, char c)
{
	s->place = c == '{' || c == '[' ? SYNC_SCAN_ROW
		: c == '"'              ? SYNC_SCAN_TEXT
					: SYNC_SCAN_WORD;
	s->row = s->to->text(s->to->arg);
	s->row_at = s->row->len;
	s->row_len = s->row_depth = 0;
	s->is_skipping = s->in_string = s->is_escaped = false;
}

/* c is in `value` and no part of a row. False: it begins one. */
static bool add_between(struct sync_scan *s, char c)
{
	if (is_space(c))
		return true;
	if (c == ']' && !s->has_comma) {
		end_array(s);
		return true;
	}
	if (s->place == SYNC_SCAN_BEHIND || c == ',' || c == ']' || c == '}' || c == ':') {
		if (s->place == SYNC_SCAN_BEHIND && c == ',') {
			s->has_comma = true;
			s->place = SYNC_SCAN_BETWEEN;
		} else {
			s->place = SYNC_SCAN_BROKEN;
		}
		return true;
	}
	begin_row(s, c);
	return false;
}

static void keep(struct sync_scan *s, const char *p, size_t n)
{
	s->row_len += n;
	if (s->is_skipping)
		return;
	buf_add(s->row, p, n);
	if (s->row_len <= s->row_max && !s->row->failed)
		return;
	s->is_skipping = true;
	buf_truncate(s->row, s->row_at);
}

static void end_row(struct sync_scan *s)
{
	s->place = SYNC_SCAN_BEHIND;
	s->has_comma = s->in_string = s->is_escaped = false;
	if (s->is_skipping)
		s->to->skipped(s->to->arg);
	else
		s->to->row(s->to->arg, s->row_at, s->row_len);
}

static size_t add_nested(struct sync_scan *s, const char *p, size_t n)
{
	size_t len = n;
	bool ends = sync_scan_nested(p, n, &s->row_depth, &s->in_string, &s->is_escaped, &len);

	keep(s, p, len);
	if (ends)
		end_row(s);
	return len;
}

static size_t add_text(struct sync_scan *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool is_escaped = s->is_escaped;
		s->is_escaped = !is_escaped && p[i] == '\\';
		if (p[i] != '"' || is_escaped)
			continue;
		if (s->in_string) {
			keep(s, p, i + 1);
			end_row(s);
			return i + 1;
		}
		s->in_string = true;
	}
	keep(s, p, n);
	return n;
}

static size_t add_word(struct sync_scan *s, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] != ',' && p[i] != ']' && !is_space(p[i]))
		i++;
	keep(s, p, i);
	if (i < n)
		end_row(s);
	return i;
}

void sync_scan_add(struct sync_scan *s, struct str piece)
{
	for (size_t at = 0; at < piece.len;) {
		const char *p = piece.p + at;
		size_t n = piece.len - at;
		switch (s->place) {
		case SYNC_SCAN_ENVELOPE:
			add_envelope(s, *p);
			at++;
			break;
		case SYNC_SCAN_BETWEEN:
		case SYNC_SCAN_BEHIND: at += add_between(s, *p); break;
		case SYNC_SCAN_ROW: at += add_nested(s, p, n); break;
		case SYNC_SCAN_TEXT: at += add_text(s, p, n); break;
		case SYNC_SCAN_WORD: at += add_word(s, p, n); break;
		case SYNC_SCAN_BROKEN: return;
		}
	}
}

int sync_scan_end(struct sync_scan *s, struct err *e)
{
	if (s->envelope.failed)
		return err_set(e, E_LIMIT, "what is around the rows is larger than %zu MB",
			s->row_max >> 20);
	if (s->place != SYNC_SCAN_ENVELOPE || s->depth || !s->envelope.len)
		return err_set(e, E_INPUT,
			s->place == SYNC_SCAN_BROKEN
				? "the answer is no complete JSON: its rows are not separated by commas"
				: "the answer is no complete JSON: it ends in the middle");
	return 0;
}
