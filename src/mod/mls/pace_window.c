#include "mod/mls/pace_window.h"

#include "base/clock.h"
#include "base/str.h"
#include "http/client.h"

const char *const pace_span_names[PACE_SPANS] = {"minute", "hour", "day"};

static const int64_t span_us[PACE_SPANS] = {60 * US_PER_SECOND, 3600 * US_PER_SECOND, US_PER_DAY};

/* Bridge, Trestle, and what others send. */
static const struct names {
	enum pace_span span;
	const char *limit, *remaining, *reset;
} names[] = {
	{PACE_HOUR, "application-ratelimit-limit", "application-ratelimit-remaining",
		"application-ratelimit-reset"},
	{PACE_MINUTE, "burst-ratelimit-limit", "burst-ratelimit-remaining",
		"burst-ratelimit-reset"},
	{PACE_HOUR, "hour-quota-limit", "hour-quota-available", "hour-quota-resettime"},
	{PACE_MINUTE, "minute-quota-limit", "minute-quota-available", "minute-quota-resettime"},
	{PACE_HOUR, "hour-quota-limit", "hour-quota-remaining", "hour-quota-reset"},
	{PACE_MINUTE, "minute-quota-limit", "minute-quota-remaining", "minute-quota-reset"},
	{PACE_MINUTE, "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"},
	{PACE_MINUTE, "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"},
};

static void turn(struct pace_window *w, enum pace_span span, int64_t now_us)
{
	if (now_us - w->started_us >= span_us[span] || now_us < w->started_us) {
		w->started_us = now_us;
		w->used = 0;
	}
	if (w->reset_us && now_us >= w->reset_us) {
		w->reset_us = 0;
		w->remaining = -1;
	}
}

void pace_window_count(struct pace_window w[PACE_SPANS], int64_t now_us)
{
	for (int s = 0; s < PACE_SPANS; s++) {
		turn(&w[s], s, now_us);
		w[s].used++;
		w[s].unsaved++;
		if (w[s].remaining > 0)
			w[s].remaining--;
	}
}

/* Of what we were told to keep to nine tenths are used; of what the source still has, all but a little for others. */
static bool is_used_up(const struct pace_window *w)
{
	if (w->limit && w->used >= (w->limit * 9 + 9) / 10)
		return true;
	return w->remaining >= 0 && w->reset_us && w->remaining <= w->most / 50;
}

int64_t pace_window_wait(struct pace_window w[PACE_SPANS], int64_t now_us)
{
	int64_t longest = 0;

	for (int s = 0; s < PACE_SPANS; s++) {
		turn(&w[s], s, now_us);
		if (!is_used_up(&w[s]))
			continue;
		bool is_told = w[s].remaining >= 0 && w[s].reset_us;
		int64_t until = is_told ? w[s].reset_us : w[s].started_us + span_us[s];
		if (until - now_us > longest)
			longest = until - now_us;
	}
	return longest;
}

int64_t pace_window_skew(const struct http_result *r, int64_t now_us)
{
	int64_t at_us, skew;

	if (!clock_parse_http(http_result_header(r, "date"), &at_us))
		return 0;
	skew = at_us - now_us;
	/* The header has whole seconds, and the answer was on its way. */
	return skew > -3 * US_PER_SECOND && skew < 3 * US_PER_SECOND ? 0 : skew;
}

/* Seconds from now, seconds or milliseconds since 1970, or a time as text. */
static bool read_reset(struct str text, int64_t skew, int64_t now_us, int64_t *ret_us)
{
	int64_t n;

	if (str_to_i64(text, &n) && n >= 0 && n < 100 * 366 * INT64_C(86400) * 1000) {
		if (n < 10000000)
			*ret_us = now_us + n * US_PER_SECOND;
		else if (n < INT64_C(100000000000))
			*ret_us = n * US_PER_SECOND - skew;
		else
			*ret_us = n * US_PER_MS - skew;
		return true;
	}
	if (!clock_parse_iso(text, &n) && !clock_parse_http(text, &n))
		return false;
	*ret_us = n - skew;
	return true;
}

bool pace_window_read(struct pace_window w[PACE_SPANS], const struct http_result *r, int64_t now_us)
{
	int64_t skew = pace_window_skew(r, now_us), n;
	bool is_near = false;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pace_window *one = &w[names[i].span];
		if (!str_to_i64(http_result_header(r, names[i].remaining), &n) || n < 0)
			continue;
		one->remaining = n;
		if (str_to_i64(http_result_header(r, names[i].limit), &n) && n > 0)
			one->most = n;
		if (!read_reset(http_result_header(r, names[i].reset), skew, now_us,
			    &one->reset_us))
			one->reset_us = now_us + span_us[names[i].span];
		if (one->reset_us > now_us + 2 * span_us[names[i].span])
			one->reset_us = now_us + span_us[names[i].span];
	}
	for (int s = 0; s < PACE_SPANS; s++)
		is_near = is_near || (w[s].remaining >= 0 && w[s].remaining <= w[s].most / 10) ||
			(w[s].limit && w[s].used >= w[s].limit * 8 / 10);
	return is_near;
}
