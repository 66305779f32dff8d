#include "mod/search/filter_scan.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

#define SHOWN 60
#define EXACT_MAX INT64_C(9007199254740992) /* whole numbers up to here are exact in a double */
#define METRES_KM 1000.0
#define METRES_MI 1609.344

struct search_scan search_scan_of(struct arena *a, const char *param, struct str all,
	enum search_audience who, struct err *e)
{
	return (struct search_scan){.a = a,
		.e = e,
		.param = param,
		.all = all,
		.end = all.len,
		.who = who};
}

struct str search_scan_shown(struct arena *a, struct str text)
{
	struct str s = str_copy(a, str_sub(text, 0, SHOWN));
	char *p = (char *)(uintptr_t)s.p;

	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			p[i] = ' ';
	s.len = str_utf8_prefix(s);
	return s;
}

int search_scan_wrong(struct search_scan *s, size_t at, const char *fmt, ...)
{
	va_list ap;

	if (!s->e || !s->e->arena)
		return err_set(s->e, E_INPUT, "%s", s->param);
	va_start(ap, fmt);
	const char *what = arena_vprintf(s->e->arena, fmt, ap);
	va_end(ap);
	return err_set(s->e, E_INPUT, "%s at %zu: %s", s->param, at + 1, what);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void search_scan_space(struct search_scan *s)
{
	while (s->at < s->end && is_space(s->all.p[s->at]))
		s->at++;
}

char search_scan_peek(struct search_scan *s)
{
	search_scan_space(s);
	return s->at < s->end ? s->all.p[s->at] : '\0';
}

bool search_scan_is(const struct search_scan *s, size_t at, const char *text)
{
	size_t n = strlen(text);

	return at <= s->end && n <= s->end - at && !memcmp(s->all.p + at, text, n);
}

bool search_scan_take(struct search_scan *s, const char *text)
{
	search_scan_space(s);
	if (!search_scan_is(s, s->at, text))
		return false;
	s->at += strlen(text);
	return true;
}

struct str search_scan_until(struct search_scan *s, const char *stops, size_t *ret_at)
{
	search_scan_space(s);
	size_t from = s->at;
	while (s->at < s->end && (!s->all.p[s->at] || !strchr(stops, s->all.p[s->at])))
		s->at++;
	if (ret_at)
		*ret_at = from;
	return str_trim(str_sub(s->all, from, s->at));
}

int search_scan_closing(struct search_scan *s, size_t open, size_t *ret_at)
{
	char opens = s->all.p[open], closes = opens == '(' ? ')' : ']';
	size_t depth = 0;
	bool is_quoted = false;

	for (size_t i = open; i < s->end; i++) {
		char c = s->all.p[i];
		if (is_quoted && c == '\\' && search_scan_is(s, i + 1, "`"))
			i++;
		else if (c == '`')
			is_quoted = !is_quoted;
		else if (!is_quoted && c == opens)
			depth++;
		else if (!is_quoted && c == closes && !--depth) {
			*ret_at = i;
			return 0;
		}
	}
	return search_scan_wrong(s, open, "what begins here with %c has no %c", opens, closes);
}

static int absent(struct search_scan *s, size_t at, struct str name, const char *kind,
	const char *where)
{
	struct str shown = search_scan_shown(s->a, name);
	const char *near = search_field_near(name, s->who);

	if (near && search_field_find(name, s->who) < 0)
		return err_set(s->e, E_ABSENT,
			"%s at %zu: Could not find a%s field named `" STR_FMT
			"` in the schema%s. Did you mean `%s`?",
			s->param, at + 1, kind, STR_ARG(shown), where, near);
	return err_set(s->e, E_ABSENT,
		"%s at %zu: Could not find a%s field named `" STR_FMT "` in the schema%s.",
		s->param, at + 1, kind, STR_ARG(shown), where);
}

int search_scan_field_for(struct search_scan *s, size_t at, struct str name, unsigned flags,
	const char *kind, const char *where, int *ret_field)
{
	int field = search_field_find(name, s->who);

	if (field < 0)
		return absent(s, at, name, "", "");
	if ((search_fields[field].flags & flags) != flags)
		return absent(s, at, name, kind, where);
	*ret_field = field;
	return 0;
}

int search_scan_field(struct search_scan *s, size_t at, struct str name, int *ret_field)
{
	return search_scan_field_for(s, at, name, 0, "", "", ret_field);
}

static bool to_int64(struct str text, double *ret_x)
{
	int64_t n;

	if (str_to_i64(text, &n)) {
		if (n < -EXACT_MAX || n > EXACT_MAX)
			return false;
		*ret_x = (double)n;
		return true;
	}
	if (!clock_parse_iso(text, &n))
		return false;
	*ret_x = (double)n / (double)US_PER_SECOND;
	return true;
}

int search_scan_number(struct search_scan *s, size_t at, struct str text, int field, double *ret_x)
{
	const struct search_field *f = &search_fields[field];
	bool is_whole = f->type == SEARCH_INT32;
	int64_t n;
	bool fits;

	if (is_whole) {
		fits = str_to_i64(text, &n);
		if (fits && (n < INT32_MIN || n > INT32_MAX))
			return search_scan_wrong(s, at,
				"Error with filter field `%s`: `" STR_FMT
				"` exceeds the range of an int32",
				f->name, STR_ARG(search_scan_shown(s->a, text)));
		if (fits)
			*ret_x = (double)n;
	} else if (f->type == SEARCH_INT64) {
		fits = to_int64(text, ret_x);
	} else {
		fits = str_to_f64(text, ret_x);
	}
	if (fits)
		return 0;
	return search_scan_wrong(s, at, "Error with filter field `%s`: `" STR_FMT "` is %s",
		f->name, STR_ARG(search_scan_shown(s->a, text)),
		is_whole ? "not an int32"
			: f->type == SEARCH_INT64
			? "not an int64, nor a date as 2026-01-31 or 2026-01-31T12:00:00Z"
			: "not a float");
}

int search_scan_distance(struct search_scan *s, size_t at, struct str text, double *ret_m)
{
	bool is_km = str_ends(text, STR("km"));
	double x;

	if (!is_km && !str_ends(text, STR("mi")))
		return search_scan_wrong(s, at,
			"a distance is written as 5.1 km or 2 mi: Unit must be either `km` or `mi`");
	if (!str_to_f64(str_trim(str_sub(text, 0, text.len - 2)), &x) || !(x > 0))
		return search_scan_wrong(s, at,
			"`" STR_FMT "` is no distance: a number above 0 is, and `km` or `mi`",
			STR_ARG(search_scan_shown(s->a, text)));
	x *= is_km ? METRES_KM : METRES_MI;
	if (!isfinite(x))
		return search_scan_wrong(s, at, "this distance is too long");
	*ret_m = x;
	return 0;
}

int search_scan_point(struct search_scan *s, size_t at, double lat, double lng,
	struct search_point *ret_point)
{
	if (!(lat >= -90 && lat <= 90))
		return search_scan_wrong(s, at, "the latitude %g is not between -90 and 90", lat);
	if (!(lng >= -180 && lng <= 180))
		return search_scan_wrong(s, at, "the longitude %g is not between -180 and 180",
			lng);
	*ret_point = (struct search_point){lat, lng};
	return 0;
}
