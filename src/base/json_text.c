/* The writing half of json.h. Not yyjson's writer: that one allocates a text per call, and a page
 * has ten thousand rows. */
#include "base/json.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_local.h"

#define PG_NUMBER_MAX 300
#define PG_EXPONENT_MAX 400

enum target { FAITHFUL, FOR_POSTGRES };

static bool must_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Not zero when one of the eight bytes must be escaped (the classic borrow trick; the position of
 * the hit is then found byte by byte). */
static uint64_t any_must_escape(uint64_t w)
{
	uint64_t quote = w ^ EACH_BYTE('"'), backslash = w ^ EACH_BYTE('\\');

	return (((w - EACH_BYTE(0x20)) & ~w) | ((quote - EACH_BYTE(1)) & ~quote) |
		       ((backslash - EACH_BYTE(1)) & ~backslash)) &
		EACH_BYTE(0x80);
}

/* How many bytes may be copied as they are. */
static size_t plain_len(const char *p, size_t n)
{
	size_t i = 0;

	for (uint64_t w; i + 8 <= n; i += 8) {
		memcpy(&w, p + i, 8);
		if (any_must_escape(w))
			break;
	}
	while (i < n && !must_escape((unsigned char)p[i]))
		i++;
	return i;
}

static void escape(struct buf *b, unsigned char c)
{
	static const char letters[0x20] =
		{['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	static const char hex[] = "0123456789abcdef";

	if (c >= 0x20)
		buf_add(b, (char[]){'\\', (char)c}, 2);
	else if (letters[c])
		buf_add(b, (char[]){'\\', letters[c]}, 2);
	else
		buf_add(b, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

static void escape_rest(struct buf *b, struct str s, enum target target)
{
	while (s.len) {
		size_t n = plain_len(s.p, s.len);
		buf_add(b, s.p, n);
		if (n < s.len) {
			if (s.p[n] || target == FAITHFUL)
				escape(b, (unsigned char)s.p[n]);
			n++;
		}
		s.p += n, s.len -= n;
	}
	buf_char(b, '"');
}

/* With a comma in front and a colon behind where asked: most of a page are members, so one check
 * for room each pays. */
static void quote(struct buf *b, bool comma, struct str s, bool colon, enum target target)
{
	size_t n = plain_len(s.p, s.len);
	char *start = buf_reserve(b, n + 4), *out = start;

	if (!out)
		return;
	if (comma)
		*out++ = ',';
	*out++ = '"';
	if (n)
		memcpy(out, s.p, n);
	out += n;
	if (n == s.len)
		*out++ = '"';
	if (n == s.len && colon)
		*out++ = ':';
	buf_commit(b, (size_t)(out - start));
	if (n == s.len)
		return;
	escape_rest(b, str_sub(s, n, s.len), target);
	if (colon)
		buf_char(b, ':');
}

/* Whether jsonb takes it: numeric has 131072 digits before the point and 16383 after, and stores
 * every one of them. */
static bool is_reasonable(struct str number)
{
	int64_t exponent = 0;

	for (size_t i = 0; i < number.len; i++)
		if ((number.p[i] | 0x20) == 'e' &&
			!str_to_i64(str_sub(number, i + 1, number.len), &exponent))
			return false;
	return number.len <= PG_NUMBER_MAX && exponent <= PG_EXPONENT_MAX &&
		exponent >= -PG_EXPONENT_MAX;
}

static void write_value(struct buf *b, yyjson_val *v, enum target target);

static void write_array(struct buf *b, yyjson_val *arr, enum target target)
{
	yyjson_val *v = arr + 1;

	buf_char(b, '[');
	for (size_t i = 0; i < unsafe_yyjson_get_len(arr); i++, v = unsafe_yyjson_get_next(v)) {
		if (i)
			buf_char(b, ',');
		write_value(b, v, target);
	}
	buf_char(b, ']');
}

static void write_object(struct buf *b, yyjson_val *obj, enum target target)
{
	yyjson_val *key = obj + 1;

	buf_char(b, '{');
	for (size_t i = 0; i < unsafe_yyjson_get_len(obj);
		i++, key = unsafe_yyjson_get_next(key + 1)) {
		quote(b, i > 0, str_val(key), true, target);
		write_value(b, key + 1, target);
	}
	buf_char(b, '}');
}

static void write_number(struct buf *b, struct str number, enum target target)
{
	if (target == FOR_POSTGRES && !is_reasonable(number))
		quote(b, false, number, false, target);
	else
		buf_str(b, number);
}

/* Recursion ends: json_parse() refuses more than JSON_MAX_DEPTH levels. */
static void write_value(struct buf *b, yyjson_val *v, enum target target)
{
	switch (yyjson_get_type(v)) {
	case YYJSON_TYPE_STR: quote(b, false, str_val(v), false, target); break;
	case YYJSON_TYPE_RAW: write_number(b, str_val(v), target); break;
	case YYJSON_TYPE_BOOL: buf_str(b, yyjson_is_true(v) ? STR("true") : STR("false")); break;
	case YYJSON_TYPE_ARR: write_array(b, v, target); break;
	case YYJSON_TYPE_OBJ: write_object(b, v, target); break;
	default: buf_str(b, STR("null")); break;
	}
}

void json_text(struct buf *b, const struct json *v)
{
	write_value(b, val_of(v), FAITHFUL);
}

void json_text_pg(struct buf *b, const struct json *v)
{
	write_value(b, val_of(v), FOR_POSTGRES);
}

struct str json_text_dup(struct arena *a, const struct json *v)
{
	struct buf b;

	buf_init(&b, 0);
	json_text(&b, v);
	struct str copy = str_copy(a, buf_view(&b));
	buf_done(&b);
	return copy;
}

void json_quote(struct buf *b, struct str s)
{
	quote(b, false, s, false, FAITHFUL);
}
