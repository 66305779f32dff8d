/* A place in a text, and the words for what went wrong there: those of the Parsec library, which PostgREST shows to its clients. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/parse_local.h"

#define SHOWN_MAX 2000 /* bytes of a parameter that are repeated in a refusal */
#define TAB_STOP 8

static const char *const labels[REST_WANTS] = {
	[REST_WANT_GT] = "\">\"",
	[REST_WANT_COLON] = "\":\"",
	[REST_WANT_SPREAD] = "\"...\"",
	[REST_WANT_NAME] = "field name (* or [a..z0..9_$])",
	[REST_WANT_STAR] = "\"*\"",
	[REST_WANT_COUNT_CALL] = "\"count()\"",
	[REST_WANT_BACKSLASH] = "\"\\\\\"",
	[REST_WANT_QUOTE] = "\"\\\"\"",
	[REST_WANT_BRACE] = "\"{\"",
	[REST_WANT_MINUS] = "\"-\"",
	[REST_WANT_LETTER] = "letter",
	[REST_WANT_DIGIT] = "digit",
	[REST_WANT_KEY] = "any non reserved character different from: .,>()",
	[REST_WANT_DASH] = "\"-\"",
	[REST_WANT_BANG] = "\"!\"",
	[REST_WANT_OPEN] = "\"(\"",
	[REST_WANT_ARROW_TEXT] = "\"->>\"",
	[REST_WANT_ARROW] = "\"->\"",
	[REST_WANT_CAST] = "\"::\"",
	[REST_WANT_DELIMITER] = "delimiter (.)",
	[REST_WANT_DOT] = "\".\"",
	[REST_WANT_AGG_CAST] = "\"::\"",
	[REST_WANT_SUM] = "\"sum\"",
	[REST_WANT_AVG] = "\"avg\"",
	[REST_WANT_COUNT] = "\"count\"",
	[REST_WANT_MAX] = "\"max\"",
	[REST_WANT_MIN] = "\"min\"",
	[REST_WANT_CALL] = "\"()\"",
	[REST_WANT_ASC] = "\"asc\"",
	[REST_WANT_DESC] = "\"desc\"",
	[REST_WANT_NULLSFIRST] = "\"nullsfirst\"",
	[REST_WANT_NULLSLAST] = "\"nullslast\"",
	[REST_WANT_NOT] = "\"not\"",
	[REST_WANT_OPERATOR] = "operator (eq, gt, ...)",
	[REST_WANT_IS] = "isVal: (null, not_null, true, false, unknown)",
	[REST_WANT_NEGATION] = "negation operator (not)",
	[REST_WANT_LOGIC] = "logic operator (and, or)",
	[REST_WANT_OR] = "\"or\"",
	[REST_WANT_CLOSE_FIRST] = "\")\"",
	[REST_WANT_COMMA] = "\",\"",
	[REST_WANT_CLOSE] = "\")\"",
	[REST_WANT_END] = "end of input",
};

void rest_scan_start(struct rest_scan *s, const char *what, struct str text)
{
	s->begin = s->p = text.p ? text.p : "";
	s->end = s->begin + text.len;
	s->what = what;
	s->shown = text;
	s->indent = 0;
	s->tail = 0;
}

int rest_scan_miss(struct rest_scan *s, const char *at, const char *odd, uint64_t want)
{
	s->at = at;
	s->odd = odd;
	s->want = want;
	return -1;
}

int rest_scan_limit(struct rest_scan *s, const char *sentence)
{
	s->limit = sentence;
	return -1;
}

const char *rest_scan_differs(const struct rest_scan *s, const char *word)
{
	const char *p = s->p;

	while (p < s->end && *word && *p == *word)
		p++, word++;
	return p;
}

/* --- words ------------------------------------------------------------------------------------ */

/* One character at p, as Haskell writes it within quotes. */
static void add_character(struct buf *b, const char *p, const char *end, char quote)
{
	static const char names[][4] = {"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "a", "b",
		"t", "n", "v", "f", "r", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK",
		"SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"};
	unsigned char c = (unsigned char)*p;

	buf_char(b, quote);
	if (c < 0x20) {
		buf_char(b, '\\');
		buf_cstr(b, names[c]);
	} else if (c == 0x7f) {
		buf_cstr(b, "\\DEL");
	} else if (c < 0x80) {
		if (c == '\\' || c == (unsigned char)quote)
			buf_char(b, '\\');
		buf_char(b, (char)c);
	} else {
		unsigned code = c & (c >= 0xf0 ? 7 : c >= 0xe0 ? 15 : 31);
		while (++p < end && ((unsigned char)*p & 0xc0) == 0x80)
			code = code << 6 | ((unsigned char)*p & 63);
		buf_char(b, '\\');
		buf_u64(b, code);
	}
	buf_char(b, quote);
}

static void add_unexpected(struct buf *b, const struct rest_scan *s)
{
	buf_cstr(b, "unexpected ");
	if (s->odd >= s->end)
		buf_cstr(b, "end of input");
	else
		add_character(b, s->odd, s->end, s->want & WANT(END) ? '\'' : '"');
}

static void add_expected(struct buf *b, uint64_t want)
{
	const char *before = " expecting ";

	while (want) {
		const char *label = labels[__builtin_ctzll(want)];
		want &= want - 1;
		buf_cstr(b, before);
		buf_cstr(b, label);
		before = want & (want - 1) ? ", " : " or ";
	}
}

/* Characters, not bytes; tabs go to the next stop. */
static void find_place(const struct rest_scan *s, int *ret_line, int *ret_column)
{
	int line = 1, column = 1 + s->indent;

	for (const char *p = s->begin; p < s->at; p++) {
		if (*p == '\n')
			line++, column = 1;
		else if (*p == '\t')
			column += TAB_STOP - (column - 1) % TAB_STOP;
		else if (((unsigned char)*p & 0xc0) != 0x80)
			column++;
	}
	*ret_line = line;
	*ret_column = column;
}

int rest_scan_say(const struct rest_scan *s, struct rest_fault *f)
{
	int line, column;
	struct buf b;

	if (s->limit)
		return rest_fault(f, 400, "PGRST100", "%s", s->limit);
	if (f->status)
		return -1;
	find_place(s, &line, &column);
	struct str shown = str_sub(s->shown, 0, SHOWN_MAX);
	shown.len = str_utf8_prefix(shown);
	rest_fault(f, 400, "PGRST100",
		"\"failed to parse %s (" STR_FMT "%s)\" (line %d, column %d)", s->what,
		STR_ARG(shown), shown.len < s->shown.len ? "…" : "", line, column);
	buf_init(&b, 0);
	add_unexpected(&b, s);
	add_expected(&b, s->want);
	rest_fault_details(f, "%s", b.p);
	buf_done(&b);
	return -1;
}
