#include "mod/mls/feed_rate.h"

#include "base/clock.h"

static void turn(struct feed_window *w, int64_t now_us)
{
	if (now_us < w->ends_us && now_us >= w->ends_us - w->length_us)
		return;
	w->ends_us = now_us / w->length_us * w->length_us + w->length_us;
	w->used = 0;
}

void feed_rate_init(struct feed_rate *r, int64_t per_hour, int64_t now_us)
{
	int64_t per_minute = per_hour / 15 + 1;

	*r = (struct feed_rate){
		.hour = {.length_us = 3600 * US_PER_SECOND, .limit = per_hour},
		.minute = {.length_us = 60 * US_PER_SECOND, .limit = per_minute},
	};
	turn(&r->hour, now_us);
	turn(&r->minute, now_us);
}

bool feed_rate_take(struct feed_rate *r, int64_t now_us)
{
	turn(&r->hour, now_us);
	turn(&r->minute, now_us);
	if (r->hour.used >= r->hour.limit || r->minute.used >= r->minute.limit)
		return false;
	r->hour.used++;
	r->minute.used++;
	return true;
}

int64_t feed_window_left(const struct feed_window *w)
{
	return w->limit > w->used ? w->limit - w->used : 0;
}

int64_t feed_rate_wait_s(const struct feed_rate *r, int64_t now_us)
{
	int64_t until = now_us;

	if (r->hour.used >= r->hour.limit)
		until = r->hour.ends_us;
	else if (r->minute.used >= r->minute.limit)
		until = r->minute.ends_us;
	return (until - now_us) / US_PER_SECOND + 1;
}
