#include "mod/rest/body_element.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/uuid.h"

#define DAYS_TO_2000 10957 /* PostgreSQL's dates and times begin there */

static size_t put(char *out, uint64_t n, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (char)(n >> (8 * (len - 1 - i)));
	return len;
}

static size_t write_int(struct str s, size_t len, int64_t min, int64_t max, char *out)
{
	int64_t n;

	if (!str_to_i64(s, &n) || n < min || n > max)
		return 0;
	return put(out, (uint64_t)n, len);
}

static size_t write_int2(struct str s, char *out)
{
	return write_int(s, 2, INT16_MIN, INT16_MAX, out);
}

static size_t write_int4(struct str s, char *out)
{
	return write_int(s, 4, INT32_MIN, INT32_MAX, out);
}

static size_t write_int8(struct str s, char *out)
{
	return write_int(s, 8, INT64_MIN, INT64_MAX, out);
}

/* Without an exponent and with few digits nothing can overflow or underflow. */
static size_t write_float8(struct str s, char *out)
{
	double x;
	uint64_t bits;

	if (s.len > 24 || !str_to_f64(s, &x))
		return 0;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == 'e' || s.p[i] == 'E')
			return 0;
	memcpy(&bits, &x, sizeof(bits));
	return put(out, bits, 8);
}

static size_t write_bool(struct str s, char *out)
{
	bool is_true = str_eq(s, STR("true"));

	*out = is_true;
	return is_true || str_eq(s, STR("false")) ? 1 : 0;
}

static size_t write_uuid(struct str s, char *out)
{
	struct uuid id;

	if (!uuid_parse(s, &id))
		return 0;
	memcpy(out, id.b, sizeof(id.b));
	return sizeof(id.b);
}

static size_t write_date(struct str s, char *out)
{
	int32_t days;

	if (!clock_parse_date(s, &days))
		return 0;
	return put(out, (uint64_t)(int64_t)(days - DAYS_TO_2000), 4);
}

/* With its zone, which is otherwise the session's, and no more than six digits of a second, which would be rounded. */
static bool is_whole_time(struct str s)
{
	size_t zone = s.len - 1, point = 0;

	if (s.len < 17)
		return false;
	for (size_t i = 16; i < s.len; i++) {
		if (s.p[i] == ',')
			return false;
		if (s.p[i] == '.')
			point = i;
		if (s.p[i] == '+' || s.p[i] == '-')
			zone = i;
	}
	bool has_zone = zone < s.len - 1 || s.p[zone] == 'Z' || s.p[zone] == 'z';
	return has_zone && (!point || zone - point <= 7);
}

static size_t write_timestamptz(struct str s, char *out)
{
	int64_t us;

	if (!is_whole_time(s) || !clock_parse_iso(s, &us))
		return 0;
	return put(out, (uint64_t)(us - DAYS_TO_2000 * US_PER_DAY), 8);
}

/* Digits in fours, counted from the decimal point. */
#define GROUP 4
#define MAX_DIGITS 60

struct decimal {
	char digits[MAX_DIGITS + 2 * GROUP]; /* whole groups: zeros around what was written */
	size_t before, after;                /* groups on both sides of the point */
	size_t scale;                        /* digits behind the point, as written */
	bool minus;
};

static size_t count_digits(struct str s, size_t at)
{
	size_t n = at;

	while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n - at;
}

static bool read_decimal(struct str s, struct decimal *d)
{
	size_t at = s.len && *s.p == '-', whole = count_digits(s, at), point = at + whole;
	bool has_point = point < s.len && s.p[point] == '.';

	d->minus = at;
	d->scale = has_point ? count_digits(s, point + 1) : 0;
	if (whole == 0 || s.len > MAX_DIGITS || (has_point && d->scale == 0) ||
		point + has_point + d->scale != s.len)
		return false;
	d->before = (whole + GROUP - 1) / GROUP;
	d->after = (d->scale + GROUP - 1) / GROUP;
	memset(d->digits, '0', (d->before + d->after) * GROUP);
	memcpy(d->digits + d->before * GROUP - whole, s.p + at, whole);
	if (d->scale)
		memcpy(d->digits + d->before * GROUP, s.p + point + 1, d->scale);
	return true;
}

static unsigned group_at(const struct decimal *d, size_t i)
{
	unsigned n = 0;

	for (size_t k = 0; k < GROUP; k++)
		n = n * 10 + (unsigned)(d->digits[i * GROUP + k] - '0');
	return n;
}

/* Groups without zero ones at both ends, the weight of the first, sign, digits behind the point (numeric_recv). */
static size_t write_numeric(struct str s, char *out)
{
	struct decimal d;
	size_t first = 0, end;

	if (!read_decimal(s, &d))
		return 0;
	end = d.before + d.after;
	while (first < end && group_at(&d, first) == 0)
		first++;
	while (end > first && group_at(&d, end - 1) == 0)
		end--;
	int64_t weight = first < end ? (int64_t)d.before - 1 - (int64_t)first : 0;
	size_t n = put(out, end - first, 2);
	n += put(out + n, (uint64_t)weight, 2);
	n += put(out + n, d.minus && first < end ? 0x4000 : 0, 2);
	n += put(out + n, d.scale, 2);
	for (size_t i = first; i < end; i++)
		n += put(out + n, group_at(&d, i), 2);
	return n;
}

static const struct body_element elements[] = {
	{21, 1005, REST_WAY_INT2, 2, write_int2},
	{23, 1007, REST_WAY_INT4, 4, write_int4},
	{20, 1016, REST_WAY_INT8, 8, write_int8},
	{701, 1022, REST_WAY_FLOAT8, 8, write_float8},
	{1700, 1231, REST_WAY_NUMERIC, 8 + 2 * (MAX_DIGITS / GROUP + 2), write_numeric},
	{16, 1000, REST_WAY_BOOL, 1, write_bool},
	{2950, 2951, REST_WAY_UUID, 16, write_uuid},
	{1082, 1182, REST_WAY_DATE, 4, write_date},
	{1184, 1185, REST_WAY_TIMESTAMPTZ, 8, write_timestamptz},
};

const struct body_element *body_element_of(unsigned oid)
{
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		if (elements[i].oid == oid)
			return &elements[i];
	return NULL;
}
