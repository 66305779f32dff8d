#include "base/enc.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static struct str finish(char *text, size_t len)
{
	text[len] = '\0';
	return str_from(text, len);
}

void enc_hex_write(char *out, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++) {
		*out++ = hex_digits[p[i] >> 4];
		*out++ = hex_digits[p[i] & 15];
	}
}

struct str enc_hex(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, 2 * bytes.len + 1);

	enc_hex_write(out, bytes.p, bytes.len);
	return finish(out, 2 * bytes.len);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	char low = (char)(c | 0x20);
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

bool enc_hex_read(struct str text, void *out)
{
	unsigned char *bytes = out;

	if (!text.p || text.len % 2)
		return false;
	for (size_t i = 0; i < text.len; i += 2) {
		int high = hex_value(text.p[i]), low = hex_value(text.p[i + 1]);
		if (high < 0 || low < 0)
			return false;
		*bytes++ = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool enc_hex_decode(struct arena *a, struct str text, struct str *ret_bytes)
{
	char *out = arena_alloc(a, text.len / 2 + 1);

	if (!enc_hex_read(text, out))
		return false;
	*ret_bytes = finish(out, text.len / 2);
	return true;
}

static struct str base64(struct arena *a, struct str bytes, const char *letters, bool pad)
{
	char *out = arena_alloc(a, (bytes.len / 3 + 1) * 4 + 1);
	size_t n = 0;

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t w = (uint32_t)(unsigned char)bytes.p[i] << 16;
		w |= left > 1 ? (uint32_t)(unsigned char)bytes.p[i + 1] << 8 : 0;
		w |= left > 2 ? (unsigned char)bytes.p[i + 2] : 0;
		for (size_t k = 0; k < 4; k++) {
			if (k <= left)
				out[n++] = letters[w >> (18 - 6 * k) & 63];
			else if (pad)
				out[n++] = '=';
		}
	}
	return finish(out, n);
}

/* text without its padding */
static bool base64_decode(struct arena *a, struct str text, const char *letters,
	struct str *ret_bytes)
{
	uint32_t w = 0;
	unsigned bits = 0;
	size_t n = 0;

	if (text.len % 4 == 1)
		return false;
	char *out = arena_alloc(a, text.len / 4 * 3 + 3);
	for (size_t i = 0; i < text.len; i++) {
		const char *at = memchr(letters, text.p[i], 64);
		if (!at)
			return false;
		w = w << 6 | (uint32_t)(at - letters);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (char)(w >> bits & 0xff);
		}
	}
	if (w & ((1u << bits) - 1)) /* spare bits: the same bytes would have two texts */
		return false;
	*ret_bytes = finish(out, n);
	return true;
}

struct str enc_base64(struct arena *a, struct str bytes)
{
	return base64(a, bytes, base64_letters, true);
}

bool enc_base64_decode(struct arena *a, struct str text, struct str *ret_bytes)
{
	if (!text.p || text.len % 4)
		return false;
	for (int pads = 0; pads < 2 && str_ends(text, STR("=")); pads++)
		text.len--;
	return base64_decode(a, text, base64_letters, ret_bytes);
}

struct str enc_base64url(struct arena *a, struct str bytes)
{
	return base64(a, bytes, base64url_letters, false);
}

bool enc_base64url_decode(struct arena *a, struct str text, struct str *ret_bytes)
{
	return text.p && base64_decode(a, text, base64url_letters, ret_bytes);
}

static bool is_unreserved(char c)
{
	char low = (char)(c | 0x20);

	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		c == '_' || c == '~';
}

struct str enc_percent(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, 3 * bytes.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		if (is_unreserved((char)c)) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = "0123456789ABCDEF"[c >> 4];
		out[n++] = "0123456789ABCDEF"[c & 15];
	}
	return finish(out, n);
}

static bool percent_decode(struct arena *a, struct str text, bool form, struct str *ret_bytes)
{
	char *out = arena_alloc(a, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (c == '+' && form)
			c = ' ';
		if (c == '%') {
			if (text.len - i < 3)
				return false;
			int high = hex_value(text.p[i + 1]), low = hex_value(text.p[i + 2]);
			if (high < 0 || low < 0 || high + low == 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		out[n++] = c;
	}
	*ret_bytes = finish(out, n);
	return true;
}

bool enc_percent_decode(struct arena *a, struct str text, struct str *ret_bytes)
{
	if (!text.p)
		return false;
	if (str_find_char(text, '%') >= 0)
		return percent_decode(a, text, false, ret_bytes);
	*ret_bytes = text;
	return true;
}

bool enc_form_decode(struct arena *a, struct str text, struct str *ret_bytes)
{
	if (!text.p)
		return false;
	if (str_find_char(text, '%') >= 0 || str_find_char(text, '+') >= 0)
		return percent_decode(a, text, true, ret_bytes);
	*ret_bytes = text;
	return true;
}

struct str enc_base32(struct arena *a, struct str bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = arena_alloc(a, bytes.len / 5 * 8 + 9);
	size_t len = 0, bits = 0;
	uint32_t held = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		held = held << 8 | (unsigned char)bytes.p[i];
		for (bits += 8; bits >= 5; bits -= 5)
			out[len++] = letters[held >> (bits - 5) & 31];
	}
	if (bits)
		out[len++] = letters[held << (5 - bits) & 31];
	return finish(out, len);
}
