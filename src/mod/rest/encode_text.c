/* Single values to JSON. The hot part of every answer: a text without special characters is one scan, eight bytes at a time, and one
 * copy. */
#include <assert.h>
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

const unsigned char encode_kinds[ENCODE_KINDS] = {
	[OID_INT2] = REST_KIND_NUMBER,
	[OID_INT4] = REST_KIND_NUMBER,
	[OID_INT8] = REST_KIND_NUMBER,
	[OID_FLOAT4] = REST_KIND_NUMBER,
	[OID_FLOAT8] = REST_KIND_NUMBER,
	[OID_NUMERIC] = REST_KIND_NUMBER,
	[OID_BOOL] = REST_KIND_BOOL,
	[OID_JSON] = REST_KIND_JSON,
	[OID_JSONB] = REST_KIND_JSON,
	[OID_TIMESTAMP] = REST_KIND_TIMESTAMP,
	[OID_TIMESTAMPTZ] = REST_KIND_TIMESTAMPTZ,
};
static_assert(REST_KIND_TEXT == 0 && OID_JSONB < ENCODE_KINDS,
	"what the table leaves out, and its end");

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Has one of the eight bytes to be escaped? May say yes without reason, never no. */
static bool has_special(uint64_t w)
{
	uint64_t quote = (w ^ ONES * '"') - ONES, slash = (w ^ ONES * '\\') - ONES;
	uint64_t low = w - ONES * 0x20;

	return (quote | slash | low) & ~w & HIGHS;
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

/* Four to seven bytes as eight, some of them twice. */
static uint64_t half_words(const char *p, size_t len)
{
	uint32_t first, last;

	memcpy(&first, p, sizeof(first));
	memcpy(&last, p + len - sizeof(last), sizeof(last));
	return (uint64_t)last << 32 | first;
}

/* The last words overlap. */
static bool is_plain(struct str text)
{
	uint64_t w;

	if (text.len < sizeof(w) / 2)
		return plain_len(text.p, text.len) == text.len;
	if (text.len < sizeof(w))
		return !has_special(half_words(text.p, text.len));
	const char *last = text.p + text.len - sizeof(w);
	for (const char *p = text.p; p < last; p += sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		if (has_special(w))
			return false;
	}
	memcpy(&w, last, sizeof(w));
	return !has_special(w);
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

static char *put_quoted(char *at, struct str text)
{
	*at++ = '"';
	at = mempcpy(at, text.p, text.len);
	*at++ = '"';
	return at;
}

static char *put_text(char *at, struct str text)
{
	return is_plain(text) ? put_quoted(at, text) : NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char *put_number(char *at, struct str text)
{
	size_t first = text.p[0] == '-' ? 1 : 0;

	if (first < text.len && is_digit(text.p[first]))
		return mempcpy(at, text.p, text.len);
	return put_text(at, text); /* NaN, Infinity */
}

/* "2020-01-02 03:04:05.6+00" or "… BC"; "infinity" has no space and stays. */
static char *put_timestamp(char *at, struct str text, bool has_zone)
{
	ptrdiff_t space = str_find_char(text, ' ');
	size_t end = str_ends(text, STR(" BC")) ? text.len - 3 : text.len;

	if (space < 0)
		return put_text(at, text);
	*at++ = '"';
	memcpy(at, text.p, end);
	at[space] = 'T';
	at += end;
	if (has_zone && end >= 3 && (text.p[end - 3] == '+' || text.p[end - 3] == '-'))
		at = mempcpy(at, ":00", 3);
	at = mempcpy(at, text.p + end, text.len - end);
	*at++ = '"';
	return at;
}

char *encode_put(char *at, enum rest_kind kind, struct str text)
{
	switch (kind) {
	case REST_KIND_NUMBER: return put_number(at, text);
	case REST_KIND_BOOL: return text.p[0] == 't' ? stpcpy(at, "true") : stpcpy(at, "false");
	case REST_KIND_JSON: return mempcpy(at, text.p, text.len);
	case REST_KIND_TIMESTAMP: return put_timestamp(at, text, false);
	case REST_KIND_TIMESTAMPTZ: return put_timestamp(at, text, true);
	case REST_KIND_TEXT:
	case REST_KIND_WRAP: break;
	}
	return put_text(at, text);
}

void encode_escaped(struct buf *out, struct str text)
{
	buf_char(out, '"');
	add_escaped(out, text);
	buf_char(out, '"');
}
