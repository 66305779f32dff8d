#include "mod/mls/normal.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "mod/mls/normal_local.h"

#define TEXT_NUMBER_MAX 40 /* bytes; longer texts are no numbers of this trade */

static bool is_missing(const struct json *v)
{
	return json_type(v) <= JSON_NULL;
}

/* The element of a list that has just one; any other value as it is. */
static const struct json *single(const struct json *v)
{
	return json_type(v) == JSON_ARRAY && json_len(v) <= 1 ? json_at(v, 0) : v;
}

/* The text or number in v, trimmed. "" also stands for a missing value. */
static const char *scalar(const struct json *v, struct str *ret_s)
{
	v = single(v);
	if (is_missing(v)) {
		*ret_s = STR("");
		return NULL;
	}
	if (json_type(v) == JSON_ARRAY)
		return "is a list of several";
	if (json_type(v) == JSON_OBJECT)
		return "is an object";
	*ret_s = str_trim(json_scalar(v));
	return NULL;
}

/* --- text ------------------------------------------------------------------------------------- */

static const char *joined(struct arena *a, const struct json *list, size_t max, struct str *ret_s)
{
	struct buf b;
	const char *why = NULL;

	buf_init(&b, max);
	for (struct json_iter it = json_each(list); json_next(&it) && !why;) {
		struct str s = str_trim(json_scalar_pg(a, it.value));
		if (json_len(it.value))
			why = "holds another list or an object";
		if (!s.len)
			continue;
		if (b.len)
			buf_cstr(&b, ", ");
		buf_str(&b, s);
	}
	if (b.failed)
		why = "is too long";
	if (!why && b.len)
		*ret_s = str_copy(a, buf_view(&b));
	buf_done(&b);
	return why;
}

const char *normal_text(struct arena *a, const struct json *v, size_t max, struct str *ret_s)
{
	*ret_s = STR_NULL;
	if (is_missing(v))
		return NULL;
	if (json_type(v) == JSON_OBJECT)
		return "is an object";
	if (json_type(v) == JSON_ARRAY)
		return joined(a, v, max, ret_s);
	struct str s = str_trim(json_scalar_pg(a, v));
	if (s.len > max)
		return "is too long";
	if (s.len)
		*ret_s = s;
	return NULL;
}

size_t normal_bare(char *out, size_t cap, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
		if (c == ' ' || c == '_' || c == '-')
			continue;
		if (n == cap)
			return cap + 1;
		out[n++] = c;
	}
	return n;
}

const char *normal_status(struct arena *a, const struct json *v, struct str *ret_s)
{
	static const struct {
		const char *bare, *status;
	} known[] = {
		{"active", "Active"},
		{"activeundercontract", "Active Under Contract"},
		{"backonmarket", "Active"},
		{"canceled", "Canceled"},
		{"cancelled", "Canceled"},
		{"closed", "Closed"},
		{"sold", "Closed"},
		{"comingsoon", "Coming Soon"},
		{"contingent", "Active Under Contract"},
		{"delete", "Delete"},
		{"deleted", "Delete"},
		{"expired", "Expired"},
		{"hold", "Hold"},
		{"incomplete", "Incomplete"},
		{"leased", "Closed"},
		{"pending", "Pending"},
		{"rented", "Closed"},
		{"temporarilyoffmarket", "Hold"},
		{"withdrawn", "Withdrawn"},
	};
	char text[24];
	struct str s;

	*ret_s = STR_NULL;
	if (json_type(v) == JSON_ARRAY)
		v = json_at(v, 0);
	const char *why = normal_text(a, v, SIZE_MAX, &s);
	if (why || !s.p)
		return why;
	struct str word = {text, normal_bare(text, sizeof(text), s)};
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (word.len <= sizeof(text) && str_eq(word, str_of(known[i].bare))) {
			*ret_s = str_of(known[i].status);
			return NULL;
		}
	}
	return "is no StandardStatus";
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Takes the commas out when each has three digits behind it. */
static bool without_commas(struct str s, char *out, struct str *ret_s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != ',') {
			out[n++] = s.p[i];
			continue;
		}
		for (size_t k = 1; k <= 3; k++)
			if (i + k >= s.len || s.p[i + k] < '0' || s.p[i + k] > '9')
				return false;
		if (i == 0 || (i + 4 < s.len && s.p[i + 4] != ',' && s.p[i + 4] != '.'))
			return false;
	}
	*ret_s = (struct str){out, n};
	return true;
}

static const char *number(const struct json *v, double *ret_x)
{
	char room[TEXT_NUMBER_MAX];
	struct str s;

	*ret_x = NAN;
	v = single(v);
	if (json_type(v) == JSON_NUMBER)
		return json_to_f64(v, ret_x) ? NULL : "is out of range";
	const char *why = scalar(v, &s);
	if (why || !s.len)
		return why;
	if (json_type(v) == JSON_STRING && str_starts(s, STR("$")))
		s = str_trim(str_sub(s, 1, s.len));
	if (json_type(v) != JSON_STRING || s.len > sizeof(room) || !without_commas(s, room, &s) ||
		!str_to_f64(s, ret_x))
		return "is no number";
	return NULL;
}

/* The usual case, without a detour through floating point. */
static bool plain_whole(const struct json *v, int64_t *ret_n)
{
	struct str s;

	if (json_type(v) == JSON_NUMBER)
		return json_to_i64(v, ret_n);
	return json_to_str(v, &s) && str_to_i64(s, ret_n);
}

static const char *in_range(int64_t n, int64_t lo, int64_t hi, int64_t *ret_n)
{
	if (n < lo || n > hi)
		return "is out of range";
	*ret_n = n;
	return NULL;
}

const char *normal_float(const struct json *v, double lo, double hi, double *ret_x)
{
	double x;
	const char *why = number(v, &x);

	*ret_x = NAN;
	if (why || isnan(x))
		return why;
	if (x < lo || x > hi)
		return "is out of range";
	*ret_x = x;
	return NULL;
}

const char *normal_round(const struct json *v, int64_t lo, int64_t hi, int64_t *ret_n)
{
	double x;
	int64_t n;

	*ret_n = NORMAL_NULL;
	if (plain_whole(v, &n))
		return in_range(n, lo, hi, ret_n);
	const char *why = number(v, &x);
	if (why || isnan(x))
		return why;
	x = round(x);
	if (x < (double)lo || x > (double)hi)
		return "is out of range";
	*ret_n = (int64_t)x;
	return NULL;
}

const char *normal_int(const struct json *v, int64_t lo, int64_t hi, int64_t *ret_n)
{
	double x;
	int64_t n;

	*ret_n = NORMAL_NULL;
	if (plain_whole(v, &n))
		return in_range(n, lo, hi, ret_n);
	const char *why = number(v, &x);
	if (why || isnan(x))
		return why;
	if (x != trunc(x))
		return "is no whole number";
	return normal_round(v, lo, hi, ret_n);
}

/* --- time and truth --------------------------------------------------------------------------- */

const char *normal_date(const struct json *v, int64_t *ret_days)
{
	int32_t days;
	int64_t us;
	struct str s;

	*ret_days = NORMAL_NULL;
	const char *why = scalar(v, &s);
	if (why || !s.len)
		return why;
	if (s.len > 10 && !clock_parse_iso(s, &us))
		return "is no date";
	if (!clock_parse_date(str_sub(s, 0, 10), &days))
		return "is no date";
	*ret_days = days;
	return NULL;
}

const char *normal_time(const struct json *v, int64_t *ret_us)
{
	int64_t us;
	struct str s;

	*ret_us = NORMAL_NULL;
	const char *why = scalar(v, &s);
	if (why || !s.len)
		return why;
	if (!clock_parse_iso(s, &us))
		return "is no time";
	*ret_us = us;
	return NULL;
}

const char *normal_bool(const struct json *v, int64_t *ret_truth)
{
	bool truth;
	struct str s;

	*ret_truth = NORMAL_NULL;
	const char *why = scalar(v, &s);
	if (why || !s.len)
		return why;
	if (str_eq_nocase(s, STR("y")) || str_eq_nocase(s, STR("t")))
		truth = true;
	else if (str_eq_nocase(s, STR("n")) || str_eq_nocase(s, STR("f")))
		truth = false;
	else if (!str_to_bool(s, &truth))
		return "is neither true nor false";
	*ret_truth = truth;
	return NULL;
}
