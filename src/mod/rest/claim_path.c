/* Segments and selectors of JSONPath (RFC 9535 section 2.3). */
#include "mod/rest/claim_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

int claim_integer(struct claim_scan *s, int64_t *ret_n)
{
	size_t from = s->at;

	if (claim_peek(s) == '-')
		s->at++;
	while (claim_peek(s) >= '0' && claim_peek(s) <= '9')
		s->at++;
	struct str digits = str_sub(s->text, from, s->at);
	/* Up to 2^53, as RFC 9535 has it: 15 digits are within that. */
	if (digits.len > 15 || !str_to_i64(digits, ret_n)) {
		s->at = from;
		return claim_expected(s, "a whole number");
	}
	return 0;
}

/* \uXXXX behind the u. */
static bool hex4(struct claim_scan *s, unsigned *ret_unit)
{
	unsigned unit = 0;

	for (int i = 0; i < 4; i++, s->at++) {
		char c = claim_peek(s), low = (char)(c | 0x20);
		if (c >= '0' && c <= '9')
			unit = unit * 16 + (unsigned)(c - '0');
		else if (low >= 'a' && low <= 'f')
			unit = unit * 16 + (unsigned)(low - 'a') + 10;
		else
			return false;
	}
	*ret_unit = unit;
	return true;
}

static void add_utf8(struct buf *b, unsigned c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
	} else if (c < 0x800) {
		buf_char(b, (char)(0xc0 | c >> 6));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_char(b, (char)(0xe0 | c >> 12));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_char(b, (char)(0xf0 | c >> 18));
		buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	}
}

static bool unescape_unicode(struct claim_scan *s, struct buf *b)
{
	unsigned c, low;

	if (!hex4(s, &c) || !c || (c >= 0xdc00 && c < 0xe000))
		return false;
	if (c >= 0xd800 && c < 0xdc00) {
		if (!claim_take(s, "\\u") || !hex4(s, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	add_utf8(b, c);
	return true;
}

/* Behind the backslash. Of the quotes only the one that the text is in. */
static bool unescape(struct claim_scan *s, char quote, struct buf *b)
{
	static const char letters[] = "btnfr/\\", meant[] = "\b\t\n\f\r/\\";
	char c = claim_peek(s);
	const char *at = c ? strchr(letters, c) : NULL;

	s->at++;
	if (c == 'u')
		return unescape_unicode(s, b);
	if (!at && c != quote)
		return false;
	buf_char(b, at ? meant[at - letters] : quote);
	return true;
}

static int read_string(struct claim_scan *s, char quote, struct buf *b)
{
	for (char c; (c = claim_peek(s)) != quote;) {
		if ((unsigned char)c < 0x20)
			return claim_expected(s, "a closing quote");
		s->at++;
		if (c != '\\')
			buf_char(b, c);
		else if (!unescape(s, quote, b))
			return claim_expected(s, "an escape of JSONPath before this");
	}
	s->at++;
	return 0;
}

int claim_string(struct claim_scan *s, struct str *ret_text)
{
	char quote = claim_peek(s);
	struct buf b;

	if (quote != '\'' && quote != '"')
		return claim_expected(s, "a text in quotes");
	s->at++;
	buf_init(&b, 0);
	int rc = read_string(s, quote, &b);
	*ret_text = str_copy(s->arena, buf_view(&b));
	buf_done(&b);
	return rc;
}

static bool is_digit_or_minus(char c)
{
	return (c >= '0' && c <= '9') || c == '-';
}

/* An index, or a slice from:to:step with all three left out if you like. */
static int read_range(struct claim_scan *s, struct claim_selector *sel)
{
	sel->pick = PICK_INDEX;
	sel->step = 1;
	if (is_digit_or_minus(claim_peek(s))) {
		if (claim_integer(s, &sel->index))
			return E_INPUT;
		sel->from = sel->index;
		sel->has_from = true;
	}
	claim_spaces(s);
	if (!claim_take(s, ":"))
		return sel->has_from ? 0 : claim_expected(s, "a name in quotes, an index, * or ?");
	sel->pick = PICK_SLICE;
	claim_spaces(s);
	sel->has_to = is_digit_or_minus(claim_peek(s));
	if (sel->has_to && claim_integer(s, &sel->to))
		return E_INPUT;
	claim_spaces(s);
	if (!claim_take(s, ":"))
		return 0;
	claim_spaces(s);
	return is_digit_or_minus(claim_peek(s)) ? claim_integer(s, &sel->step) : 0;
}

static int read_selector(struct claim_scan *s, struct claim_selector *sel)
{
	char c = claim_peek(s);

	if (c == '\'' || c == '"')
		return claim_string(s, &sel->name);
	if (claim_take(s, "*")) {
		sel->pick = PICK_ANY;
		return 0;
	}
	if (!claim_take(s, "?"))
		return read_range(s, sel);
	sel->pick = PICK_FILTER;
	return claim_filter(s, &sel->test);
}

static int read_bracket(struct claim_scan *s, struct claim_segment *segment)
{
	struct claim_selector **tail = &segment->selectors;

	do {
		*tail = ARENA_NEW(s->arena, struct claim_selector);
		claim_spaces(s);
		if (read_selector(s, *tail))
			return E_INPUT;
		tail = &(*tail)->next;
		claim_spaces(s);
	} while (claim_take(s, ","));
	return claim_take(s, "]") ? 0 : claim_expected(s, "] or ,");
}

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		(unsigned char)c >= 0x80 || (!first && c >= '0' && c <= '9');
}

static int read_name(struct claim_scan *s, struct claim_segment *segment)
{
	struct claim_selector *sel = ARENA_NEW(s->arena, struct claim_selector);
	size_t from = s->at;

	segment->selectors = sel;
	if (claim_take(s, "*")) {
		sel->pick = PICK_ANY;
		return 0;
	}
	while (is_name_char(claim_peek(s), s->at == from))
		s->at++;
	sel->name = str_sub(s->text, from, s->at);
	return sel->name.len ? 0
			     : claim_expected(s, "a name (in [''] when it has other characters)");
}

int claim_segments(struct claim_scan *s, struct claim_segment **ret_segments)
{
	struct claim_segment **tail = ret_segments;

	for (;;) {
		size_t before = s->at;
		claim_spaces(s);
		char c = claim_peek(s);
		if (c != '.' && c != '[') {
			s->at = before;
			return 0;
		}
		struct claim_segment *segment = ARENA_NEW(s->arena, struct claim_segment);
		segment->deep = claim_take(s, "..");
		bool dotted = segment->deep || claim_take(s, ".");
		bool bracket = (segment->deep || !dotted) && claim_take(s, "[");
		if (bracket ? read_bracket(s, segment) : read_name(s, segment))
			return E_INPUT;
		*tail = segment;
		tail = &segment->next;
	}
}
