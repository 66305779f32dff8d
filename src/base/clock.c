#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MIN_DAYS (-719162) /* 0001-01-01 */
#define MAX_DAYS 2932896   /* 9999-12-31 */

static _Atomic int64_t frozen_us;

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	int64_t frozen = atomic_load_explicit(&frozen_us, memory_order_relaxed);

	return frozen ? frozen : read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void clock_freeze(int64_t us)
{
	atomic_store(&frozen_us, us);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_len(int year, int month)
{
	static const signed char len[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return len[month - 1] + (month == 2 && is_leap(year));
}

/* The year is counted from March, so that the leap day is its last: then the days before a month
 * are a straight line, (153 * m + 2) / 5 (Howard Hinnant, "chrono-compatible low-level date
 * algorithms"). */
bool clock_days(struct clock_date d, int32_t *ret_days)
{
	if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1 ||
		d.day > month_len(d.year, d.month))
		return false;

	int year = d.year - (d.month <= 2);
	int month = (d.month + 9) % 12;
	int day_of_year = (153 * month + 2) / 5 + d.day - 1;

	*ret_days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
	return true;
}

static int32_t clamp_days(int64_t days)
{
	return days < MIN_DAYS ? MIN_DAYS : days > MAX_DAYS ? MAX_DAYS : (int32_t)days;
}

struct clock_date clock_date_of(int32_t days)
{
	int32_t z = clamp_days(days) + 719468;
	int32_t era = z / 146097, in_era = z % 146097;
	int32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int32_t day = in_era - (365 * year + year / 4 - year / 100);
	int32_t month = (5 * day + 2) / 153;
	int32_t january = month >= 10;

	return (struct clock_date){
		.year = year + era * 400 + january,
		.month = month + (january ? -9 : 3),
		.day = day - (153 * month + 2) / 5 + 1,
	};
}

int clock_weekday(int32_t days)
{
	return (int)(((int64_t)days % 7 + 10) % 7); /* 1970-01-01 was a Thursday */
}

/* Cuts exactly n digits off the front. */
static bool take_digits(struct str *s, size_t n, int *ret_value)
{
	int value = 0;

	if (s->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		value = value * 10 + (s->p[i] - '0');
	}
	*s = str_sub(*s, n, s->len);
	*ret_value = value;
	return true;
}

static bool take_char(struct str *s, const char *any_of)
{
	if (s->len == 0 || !*s->p || !strchr(any_of, *s->p))
		return false;
	*s = str_sub(*s, 1, s->len);
	return true;
}

static bool take_date(struct str *s, int32_t *ret_days)
{
	struct clock_date d;

	return take_digits(s, 4, &d.year) && take_char(s, "-") && take_digits(s, 2, &d.month) &&
		take_char(s, "-") && take_digits(s, 2, &d.day) && clock_days(d, ret_days);
}

/* The digits after the point; those beyond microseconds are checked and dropped. */
static bool take_fraction(struct str *s, int *ret_us)
{
	int us = 0, digit, n = 0;

	for (; take_digits(s, 1, &digit); n++)
		if (n < 6)
			us = us * 10 + digit;
	if (n == 0)
		return false;
	for (; n < 6; n++)
		us *= 10;
	*ret_us = us;
	return true;
}

/* hh:mm[:ss[.fraction]] */
static bool take_time(struct str *s, int64_t *ret_us)
{
	int hour, minute, second = 0, us = 0;

	if (!take_digits(s, 2, &hour) || !take_char(s, ":") || !take_digits(s, 2, &minute))
		return false;
	if (take_char(s, ":")) {
		if (!take_digits(s, 2, &second))
			return false;
		if (take_char(s, ".,") && !take_fraction(s, &us))
			return false;
	}
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ret_us = (hour * 3600 + minute * 60 + second) * US_PER_SECOND + us;
	return true;
}

/* What to subtract to get UTC: 0 for Z and for no zone at all. */
static bool take_zone(struct str *s, int64_t *ret_us)
{
	int hours, minutes = 0;

	*ret_us = 0;
	if (s->len == 0 || take_char(s, "Zz"))
		return true;
	bool west = *s->p == '-';
	if (!take_char(s, "+-") || !take_digits(s, 2, &hours))
		return false;
	if (s->len && ((void)take_char(s, ":"), !take_digits(s, 2, &minutes)))
		return false;
	if (hours > 15 || minutes > 59)
		return false;
	*ret_us = (west ? -1 : 1) * (hours * 60 + minutes) * 60 * US_PER_SECOND;
	return true;
}

bool clock_parse_iso(struct str s, int64_t *ret_us)
{
	int32_t days;
	int64_t time_us = 0, zone_us = 0;

	if (!take_date(&s, &days))
		return false;
	if (s.len &&
		(!take_char(&s, "Tt ") || !take_time(&s, &time_us) || !take_zone(&s, &zone_us)))
		return false;
	if (s.len)
		return false;
	*ret_us = days * US_PER_DAY + time_us - zone_us;
	return true;
}

bool clock_parse_date(struct str s, int32_t *ret_days)
{
	int32_t days;

	if (!take_date(&s, &days) || s.len)
		return false;
	*ret_days = days;
	return true;
}

/* Days (rounded down) and the microseconds of the day, inside the years 0001 to 9999. */
static int32_t split(int64_t us, int64_t *ret_in_day)
{
	int64_t days = us / US_PER_DAY, in_day = us % US_PER_DAY;

	if (in_day < 0)
		days--, in_day += US_PER_DAY;
	if (days < MIN_DAYS)
		in_day = 0;
	if (days > MAX_DAYS)
		in_day = US_PER_DAY - 1;
	*ret_in_day = in_day;
	return clamp_days(days);
}

/* n digits at p, zeros in front; returns what follows. By hand: it is done by the million. */
static char *put(char *p, int64_t value, int n)
{
	for (int i = n; i-- > 0; value /= 10)
		p[i] = (char)('0' + value % 10);
	return p + n;
}

static char *put_date(char *p, int32_t days)
{
	struct clock_date d = clock_date_of(days);

	p = put(p, d.year, 4);
	*p++ = '-';
	p = put(p, d.month, 2);
	*p++ = '-';
	return put(p, d.day, 2);
}

static char *put_time(char *p, int64_t seconds)
{
	p = put(p, seconds / 3600, 2);
	*p++ = ':';
	p = put(p, seconds / 60 % 60, 2);
	*p++ = ':';
	return put(p, seconds % 60, 2);
}

char *clock_format_date(char out[CLOCK_DATE_SIZE], int32_t days)
{
	*put_date(out, days) = '\0';
	return out;
}

char *clock_format_iso(char out[CLOCK_ISO_SIZE], int64_t us)
{
	int64_t in_day;
	char *p = put_date(out, split(us, &in_day));

	*p++ = 'T';
	p = put_time(p, in_day / US_PER_SECOND);
	*p++ = '.';
	p = put(p, in_day % US_PER_SECOND, 6);
	memcpy(p, "Z", 2);
	return out;
}

static const char weekdays[] = "MonTueWedThuFriSatSun";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

char *clock_format_http(char out[CLOCK_HTTP_SIZE], int64_t us)
{
	int64_t in_day;
	int32_t days = split(us, &in_day);
	struct clock_date d = clock_date_of(days);
	char time[9];

	*put_time(time, in_day / US_PER_SECOND) = '\0';
	snprintf(out, CLOCK_HTTP_SIZE, "%.3s, %02d %.3s %04d %s GMT",
		weekdays + 3 * clock_weekday(days), d.day, months + 3 * (d.month - 1), d.year,
		time);
	return out;
}

/* The index of s's first three bytes in a table of three-letter names, or -1. */
static int take_name(struct str *s, const char *names)
{
	for (int i = 0; names[3 * i]; i++) {
		if (!str_starts(*s, str_from(names + 3 * i, 3)))
			continue;
		*s = str_sub(*s, 3, s->len);
		return i;
	}
	return -1;
}

bool clock_parse_http(struct str s, int64_t *ret_us)
{
	struct clock_date d;
	int32_t days;
	int64_t time_us;
	int weekday = take_name(&s, weekdays);

	if (!take_char(&s, ",") || !take_char(&s, " ") || !take_digits(&s, 2, &d.day) ||
		!take_char(&s, " "))
		return false;
	d.month = take_name(&s, months) + 1;
	if (!take_char(&s, " ") || !take_digits(&s, 4, &d.year) || !take_char(&s, " "))
		return false;
	if (s.len < 8 || !clock_days(d, &days) || weekday != clock_weekday(days))
		return false;
	struct str time = str_sub(s, 0, 8);
	if (!take_time(&time, &time_us) || time.len || !str_eq(str_sub(s, 8, s.len), STR(" GMT")))
		return false;
	*ret_us = days * US_PER_DAY + time_us;
	return true;
}
