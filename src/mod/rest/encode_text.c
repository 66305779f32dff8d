/* Single values to JSON. The hot part of every answer: a text without special characters is one scan, eight bytes at a time, and one
 * copy. */
#include <string.h>

#include "mod/rest/encode_local.h"

enum {
	OID_BOOL = 16,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_JSON = 114,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_TIMESTAMP = 1114,
	OID_TIMESTAMPTZ = 1184,
	OID_NUMERIC = 1700,
	OID_JSONB = 3802
};

enum rest_kind encode_kind(unsigned oid)
{
	switch (oid) {
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
	case OID_FLOAT4:
	case OID_FLOAT8:
	case OID_NUMERIC: return REST_KIND_NUMBER;
	case OID_BOOL: return REST_KIND_BOOL;
	case OID_JSON:
	case OID_JSONB: return REST_KIND_JSON;
	case OID_TIMESTAMP: return REST_KIND_TIMESTAMP;
	case OID_TIMESTAMPTZ: return REST_KIND_TIMESTAMPTZ;
	default: return REST_KIND_TEXT;
	}
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Has one of the eight bytes the value c, or one below 0x20? May say yes without reason, never no. */
static bool has_special(uint64_t w)
{
	uint64_t quote = w ^ ONES * '"', slash = w ^ ONES * '\\';
	uint64_t low = (w - ONES * 0x20) & ~w;

	return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | low) & HIGHS;
}

static bool is_special(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

static size_t plain_len(const char *p, size_t len)
{
	size_t i = 0;
	uint64_t w;

	for (; i + 8 <= len; i += 8) {
		memcpy(&w, p + i, 8);
		if (has_special(w))
			break;
	}
	while (i < len && !is_special((unsigned char)p[i]))
		i++;
	return i;
}

static void escape(struct buf *out, unsigned char c)
{
	static const char names[0x20] =
		{['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	static const char hex[] = "0123456789abcdef";

	buf_char(out, '\\');
	if (c >= 0x20) {
		buf_char(out, (char)c);
	} else if (names[c]) {
		buf_char(out, names[c]);
	} else {
		buf_add(out, "u00", 3);
		buf_char(out, hex[c >> 4]);
		buf_char(out, hex[c & 15]);
	}
}

static void add_escaped(struct buf *out, struct str text)
{
	while (text.len) {
		size_t n = plain_len(text.p, text.len);
		buf_add(out, text.p, n);
		if (n == text.len)
			return;
		escape(out, (unsigned char)text.p[n]);
		text = str_sub(text, n + 1, text.len);
	}
}

void encode_text(struct buf *out, struct str text)
{
	char *at = buf_reserve(out, text.len + 2);

	if (!at)
		return;
	if (plain_len(text.p, text.len) == text.len) {
		at[0] = '"';
		memcpy(at + 1, text.p, text.len);
		at[text.len + 1] = '"';
		buf_commit(out, text.len + 2);
		return;
	}
	buf_char(out, '"');
	add_escaped(out, text);
	buf_char(out, '"');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void number(struct buf *out, struct str text)
{
	size_t first = text.p[0] == '-' ? 1 : 0;

	if (first < text.len && is_digit(text.p[first]))
		buf_str(out, text);
	else
		encode_text(out, text); /* NaN, Infinity */
}

/* "2020-01-02 03:04:05.6+00" or "… BC"; "infinity" has no space and stays. */
static void timestamp(struct buf *out, struct str text, bool has_zone)
{
	ptrdiff_t space = str_find_char(text, ' ');
	size_t end = text.len;

	if (space < 0) {
		encode_text(out, text);
		return;
	}
	if (str_ends(text, STR(" BC")))
		end -= 3;
	buf_char(out, '"');
	buf_add(out, text.p, (size_t)space);
	buf_char(out, 'T');
	buf_str(out, str_sub(text, (size_t)space + 1, end));
	if (has_zone && end >= 3 && (text.p[end - 3] == '+' || text.p[end - 3] == '-'))
		buf_add(out, ":00", 3);
	buf_str(out, str_sub(text, end, text.len));
	buf_char(out, '"');
}

void encode_kind_value(struct buf *out, enum rest_kind kind, struct str text)
{
	switch (kind) {
	case REST_KIND_NUMBER: number(out, text); break;
	case REST_KIND_BOOL: buf_str(out, text.p[0] == 't' ? STR("true") : STR("false")); break;
	case REST_KIND_JSON: buf_str(out, text); break;
	case REST_KIND_TIMESTAMP: timestamp(out, text, false); break;
	case REST_KIND_TIMESTAMPTZ: timestamp(out, text, true); break;
	case REST_KIND_TEXT:
	case REST_KIND_WRAP: encode_text(out, text); break;
	}
}
