#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define PLAIN_DIGITS 19 /* any number of these fits into 64 bits */
#define EXACT_MOST (UINT64_C(1) << 53)
#define F64_TEXT_MAX 500

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

struct str str_of(const char *cstr)
{
	return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

bool str_eq(struct str a, struct str b)
{
	if (!a.p || !b.p)
		return a.p == b.p;
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (!a.p || !b.p)
		return a.p == b.p;
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;

	if (!a.p || !b.p)
		return (a.p != NULL) - (b.p != NULL);
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str head)
{
	return s.len >= head.len && (head.len == 0 || memcmp(s.p, head.p, head.len) == 0);
}

bool str_ends(struct str s, struct str tail)
{
	return s.len >= tail.len &&
		(tail.len == 0 || memcmp(s.p + s.len - tail.len, tail.p, tail.len) == 0);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.len && is_space(*s.p))
		s.p++, s.len--;
	while (s.len && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct str str_sub(struct str s, size_t from, size_t to)
{
	if (!s.p)
		return s;
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return (struct str){s.p + from, to - from};
}

struct str str_cut(struct str *rest, char sep)
{
	struct str whole = *rest;
	ptrdiff_t at = str_find_char(whole, sep);

	if (at < 0) {
		*rest = STR_NULL;
		return whole;
	}
	*rest = str_sub(whole, (size_t)at + 1, whole.len);
	return str_sub(whole, 0, (size_t)at);
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	if (needle.len == 0)
		return 0;
	const char *hit = s.len ? memmem(s.p, s.len, needle.p, needle.len) : NULL;
	return hit ? hit - s.p : -1;
}

ptrdiff_t str_find_char(struct str s, char c)
{
	const char *hit = s.len ? memchr(s.p, c, s.len) : NULL;

	return hit ? hit - s.p : -1;
}

struct str str_copy(struct arena *a, struct str s)
{
	return s.p ? (struct str){arena_dup(a, s.p, s.len), s.len} : s;
}

char *str_cstr(struct arena *a, struct str s)
{
	return arena_dup(a, s.p, s.len);
}

struct str str_lower(struct arena *a, struct str s)
{
	if (!s.p)
		return s;
	char *copy = arena_dup(a, s.p, s.len);
	for (size_t i = 0; i < s.len; i++)
		copy[i] = lower(copy[i]);
	return (struct str){copy, s.len};
}

struct str str_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	struct str s = str_of(arena_vprintf(a, fmt, ap));
	va_end(ap);
	return s;
}

struct str str_join(struct arena *a, const struct str *parts, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += parts[i].len;
	char *text = arena_alloc(a, len + 1), *end = text;
	for (size_t i = 0; i < n; i++)
		if (parts[i].len)
			end = mempcpy(end, parts[i].p, parts[i].len);
	*end = '\0';
	return (struct str){text, len};
}

struct str str_decimal(char room[STR_DECIMAL_SIZE], int64_t n)
{
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	char *end = room + STR_DECIMAL_SIZE, *p = end;

	do
		*--p = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		*--p = '-';
	return (struct str){p, (size_t)(end - p)};
}

bool str_to_i64(struct str s, int64_t *ret_n)
{
	bool minus = s.len && *s.p == '-';
	size_t i = s.len && (minus || *s.p == '+');
	int64_t n = 0;

	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		if (!is_digit(s.p[i]))
			return false;
		int digit = s.p[i] - '0';
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, minus ? -digit : digit, &n))
			return false;
	}
	*ret_n = n;
	return true;
}

static size_t digits_at(struct str s, size_t i)
{
	size_t n = 0;

	while (i + n < s.len && is_digit(s.p[i + n]))
		n++;
	return n;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit somewhere before the e. */
static bool is_decimal(struct str s)
{
	size_t i = s.len && (*s.p == '-' || *s.p == '+');
	size_t n = digits_at(s, i), m = 0;

	i += n;
	if (i < s.len && s.p[i] == '.') {
		m = digits_at(s, i + 1);
		i += 1 + m;
	}
	if (n + m == 0)
		return false;
	if (i < s.len && (s.p[i] | 0x20) == 'e') {
		i++;
		i += i < s.len && (s.p[i] == '-' || s.p[i] == '+');
		n = digits_at(s, i);
		if (n == 0)
			return false;
		i += n;
	}
	return i == s.len;
}

/* Digits with perhaps a point among them, as most numbers are. Both parts are exact, so the quotient is the nearest number, as strtod has
 * it. false: not such a one. */
static bool read_plain(struct str s, double *ret_x)
{
	static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
	size_t from = s.len && s.p[0] == '-', point = SIZE_MAX;
	uint64_t n = 0;

	if (s.len - from > PLAIN_DIGITS)
		return false;
	for (size_t i = from; i < s.len; i++) {
		if (is_digit(s.p[i]))
			n = n * 10 + (uint64_t)(s.p[i] - '0');
		else if (s.p[i] == '.' && point == SIZE_MAX)
			point = i;
		else
			return false;
	}
	if (s.len - from <= (point != SIZE_MAX) || n > EXACT_MOST)
		return false;
	double x = (double)n / powers[point == SIZE_MAX ? 0 : s.len - point - 1];
	*ret_x = from ? -x : x;
	return true;
}

/* strtod reads a comma in some locales; plat never calls setlocale(). */
bool str_to_f64(struct str s, double *ret_x)
{
	char text[F64_TEXT_MAX + 1];

	if (read_plain(s, ret_x))
		return true;
	if (s.len > F64_TEXT_MAX || !is_decimal(s))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	double x = strtod(text, NULL);
	if (isinf(x))
		return false;
	*ret_x = x;
	return true;
}

bool str_to_bool(struct str s, bool *ret_b)
{
	static const struct {
		struct str word;
		bool value;
	} words[] = {
		{{STR_INIT("true")}, true},
		{{STR_INIT("false")}, false},
		{{STR_INIT("yes")}, true},
		{{STR_INIT("no")}, false},
		{{STR_INIT("on")}, true},
		{{STR_INIT("off")}, false},
		{{STR_INIT("1")}, true},
		{{STR_INIT("0")}, false},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_eq_nocase(s, words[i].word)) {
			*ret_b = words[i].value;
			return true;
		}
	}
	return false;
}

static size_t ascii_prefix(const char *p, size_t n)
{
	size_t i = 0;

	for (uint64_t w; i + 8 <= n; i += 8) {
		memcpy(&w, p + i, 8);
		if (w & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < n && !(p[i] & 0x80))
		i++;
	return i;
}

/* Length of the well-formed sequence at p (RFC 3629 section 4), 0 when there is none. */
static size_t sequence_len(const unsigned char *p, size_t n)
{
	unsigned char lead = p[0], low = 0x80, high = 0xbf;
	size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (lead < 0xc2 || lead > 0xf4 || n < len)
		return 0;
	if (lead == 0xe0)
		low = 0xa0;
	if (lead == 0xed)
		high = 0x9f;
	if (lead == 0xf0)
		low = 0x90;
	if (lead == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t str_utf8_prefix(struct str s)
{
	size_t i = 0, step = 1;

	while (i < s.len && step) {
		i += ascii_prefix(s.p + i, s.len - i);
		if (i == s.len)
			break;
		step = sequence_len((const unsigned char *)s.p + i, s.len - i);
		i += step;
	}
	return i;
}

bool str_is_utf8(struct str s)
{
	return str_utf8_prefix(s) == s.len;
}

struct str str_without_nul(struct arena *a, struct str s)
{
	if (str_find_char(s, '\0') < 0)
		return s;
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i])
			out[n++] = s.p[i];
	out[n] = '\0';
	return (struct str){out, n};
}
