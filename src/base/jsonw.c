#include "base/jsonw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"

struct jsonw jsonw_to(struct buf *b)
{
	return (struct jsonw){.b = b};
}

static bool in_object(const struct jsonw *w)
{
	return w->objects >> w->depth & 1;
}

/* Before every value: the comma, and whether a value may stand here at all. */
static void begin_value(struct jsonw *w)
{
	assert(!w->complete);
	assert(!in_object(w) || w->keyed);
	if (w->comma && !w->keyed)
		buf_char(w->b, ',');
	w->keyed = false;
	w->comma = true;
	w->complete = w->depth == 0;
}

static void open(struct jsonw *w, char bracket, bool is_object)
{
	begin_value(w);
	assert(w->depth < JSONW_MAX_DEPTH);
	w->depth++;
	w->objects &= ~(UINT64_C(1) << w->depth);
	w->objects |= (uint64_t)is_object << w->depth;
	w->comma = w->complete = false;
	buf_char(w->b, bracket);
}

void jsonw_obj(struct jsonw *w)
{
	open(w, '{', true);
}

void jsonw_arr(struct jsonw *w)
{
	open(w, '[', false);
}

void jsonw_end(struct jsonw *w)
{
	assert(w->depth > 0 && !w->keyed);
	buf_char(w->b, in_object(w) ? '}' : ']');
	w->depth--;
	w->comma = true;
	w->complete = w->depth == 0;
}

void jsonw_obj_end(struct jsonw *w)
{
	assert(in_object(w));
	jsonw_end(w);
}

void jsonw_arr_end(struct jsonw *w)
{
	assert(!in_object(w));
	jsonw_end(w);
}

/* Bytes that are no UTF-8 become U+FFFD, one for each. */
static void quote_foreign(struct buf *b, struct str s)
{
	struct buf clean;

	buf_init(&clean, 0);
	while (s.len) {
		size_t n = str_utf8_prefix(s);
		buf_add(&clean, s.p, n);
		if (n < s.len) {
			buf_cstr(&clean, "\xef\xbf\xbd");
			n++;
		}
		s.p += n, s.len -= n;
	}
	json_quote(b, buf_view(&clean));
	buf_done(&clean);
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Is one of the eight bytes not of ASCII, or one that must be escaped? May say yes without reason, never no. */
static bool is_special_word(uint64_t w)
{
	uint64_t quote = w ^ EACH_BYTE('"'), slash = w ^ EACH_BYTE('\\');

	return ((w - EACH_BYTE(0x20)) | w | (quote - EACH_BYTE(1)) | (slash - EACH_BYTE(1))) &
		EACH_BYTE(0x80);
}

/* The last words overlap; what is shorter than one is read in two halves, or byte by byte. */
static bool is_simple(struct str s)
{
	uint64_t w = 0;
	size_t i = 0;

	for (; i + sizeof(w) <= s.len; i += sizeof(w)) {
		memcpy(&w, s.p + i, sizeof(w));
		if (is_special_word(w))
			return false;
	}
	if (i == s.len)
		return true;
	if (s.len >= sizeof(w)) {
		memcpy(&w, s.p + s.len - sizeof(w), sizeof(w));
		return !is_special_word(w);
	}
	w = EACH_BYTE('.');
	for (size_t k = 0; k < s.len; k++)
		w = w << 8 | (unsigned char)s.p[k];
	return !is_special_word(w);
}

static char *put_simple(char *at, struct str s)
{
	*at++ = '"';
	at = mempcpy(at, s.p, s.len);
	*at++ = '"';
	return at;
}

static void quote(struct buf *b, struct str s)
{
	char *at = is_simple(s) ? buf_reserve(b, s.len + 2) : NULL;

	if (at)
		buf_commit(b, (size_t)(put_simple(at, s) - at));
	else if (str_is_utf8(s))
		json_quote(b, s);
	else
		quote_foreign(b, s);
}

void jsonw_key(struct jsonw *w, const char *key)
{
	jsonw_key_str(w, str_of(key));
}

void jsonw_key_str(struct jsonw *w, struct str key)
{
	char *start = is_simple(key) ? buf_reserve(w->b, key.len + 3 + w->comma) : NULL,
	     *at = start;

	assert(in_object(w) && !w->keyed);
	if (at) {
		if (w->comma)
			*at++ = ',';
		at = put_simple(at, key);
		*at++ = ':';
		buf_commit(w->b, (size_t)(at - start));
	} else {
		if (w->comma)
			buf_char(w->b, ',');
		quote(w->b, key);
		buf_char(w->b, ':');
	}
	w->keyed = true;
}

void jsonw_str(struct jsonw *w, struct str s)
{
	begin_value(w);
	if (s.p)
		quote(w->b, s);
	else
		buf_cstr(w->b, "null");
}

void jsonw_cstr(struct jsonw *w, const char *s)
{
	jsonw_str(w, str_of(s));
}

void jsonw_i64(struct jsonw *w, int64_t n)
{
	begin_value(w);
	buf_i64(w->b, n);
}

void jsonw_f64(struct jsonw *w, double x)
{
	char text[32];

	begin_value(w);
	if (!isfinite(x)) {
		buf_cstr(w->b, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	buf_cstr(w->b, text);
}

void jsonw_bool(struct jsonw *w, bool b)
{
	begin_value(w);
	buf_cstr(w->b, b ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
	begin_value(w);
	buf_cstr(w->b, "null");
}

void jsonw_time(struct jsonw *w, int64_t us)
{
	char text[CLOCK_ISO_SIZE];

	jsonw_cstr(w, clock_format_iso(text, us));
}

void jsonw_raw(struct jsonw *w, struct str json)
{
	begin_value(w);
	buf_str(w->b, json.p ? json : STR("null"));
}

void jsonw_json(struct jsonw *w, const struct json *v)
{
	begin_value(w);
	json_text(w->b, v);
}

bool jsonw_is_complete(const struct jsonw *w)
{
	return w->complete;
}
