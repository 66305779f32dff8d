#include "mod/mls/gen_life.h"

#include <assert.h>

#include "base/clock.h"
#include "mod/mls/gen_rand.h"

enum { TOPIC_SLOT = 100, TOPIC_LIFE, TOPIC_MARKETING };

#define EPOCH INT64_C(1262304000000000) /* 2010-01-01 */
#define HOUR (US_PER_DAY / 24)

const char *const gen_status_names[GEN_STATUSES] = {
	[STATUS_ACTIVE] = "Active",
	[STATUS_UNDER_CONTRACT] = "Active Under Contract",
	[STATUS_CANCELED] = "Canceled",
	[STATUS_CLOSED] = "Closed",
	[STATUS_COMING_SOON] = "Coming Soon",
	[STATUS_DELETE] = "Delete",
	[STATUS_EXPIRED] = "Expired",
	[STATUS_HOLD] = "Hold",
	[STATUS_INCOMPLETE] = "Incomplete",
	[STATUS_PENDING] = "Pending",
	[STATUS_WITHDRAWN] = "Withdrawn",
};

const char *const gen_status_local[GEN_STATUSES] = {
	[STATUS_ACTIVE] = "Active",
	[STATUS_UNDER_CONTRACT] = "Active With Contract",
	[STATUS_CANCELED] = "Cancelled",
	[STATUS_CLOSED] = "Closed Sale",
	[STATUS_COMING_SOON] = "Coming Soon",
	[STATUS_DELETE] = "Deleted",
	[STATUS_EXPIRED] = "Expired",
	[STATUS_HOLD] = "Temp Off Market",
	[STATUS_INCOMPLETE] = "Draft",
	[STATUS_PENDING] = "Pending Sale",
	[STATUS_WITHDRAWN] = "Withdrawn",
};

const char *const gen_event_names[] = {
	[EVENT_COMING] = "Coming Soon",
	[EVENT_LISTED] = "New Listing",
	[EVENT_PRICE] = "Price Change",
	[EVENT_UNDER_CONTRACT] = "Active Under Contract",
	[EVENT_PENDING] = "Pending",
	[EVENT_BACK] = "Back On Market",
	[EVENT_HOLD] = "Hold",
	[EVENT_CLOSED] = "Closed",
	[EVENT_EXPIRED] = "Expired",
	[EVENT_WITHDRAWN] = "Withdrawn",
	[EVENT_CANCELED] = "Canceled",
};

/* Keeps the events in order; equal times in order of calls. What would come after the end is lost. */
static void happen(struct gen_life *life, int64_t at, enum gen_event_kind kind, int amount)
{
	assert(life->n < GEN_EVENTS_MAX);
	at = at / US_PER_MS * US_PER_MS; /* as feeds write it */
	if (at >= life->end)
		return;
	int i = life->n++;
	for (; i > 0 && life->events[i - 1].at > at; i--)
		life->events[i] = life->events[i - 1];
	life->events[i] = (struct gen_event){at, kind, amount};
}

static int64_t days(struct gen_rand *r, int lo, int hi)
{
	return gen_between(r, lo * US_PER_DAY, hi * US_PER_DAY) / US_PER_MS * US_PER_MS;
}

static int64_t within(struct gen_rand *r, int64_t from, int64_t to)
{
	return gen_between(r, from, to > from ? to : from) / US_PER_MS * US_PER_MS;
}

/* Prices, photos and edits between the first day on the market and the contract. */
static void advertise(struct gen_life *life, int64_t from, int64_t to)
{
	struct gen_rand r = gen_rand_of(life->key, TOPIC_MARKETING);
	static const int cuts[] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 3};
	int prices = GEN_PICK(&r, cuts), photos = gen_chance(&r, 35) + gen_chance(&r, 15);

	for (int i = 0; i < prices; i++) {
		int off = (int)gen_between(&r, 10, 55);
		if (gen_chance(&r, 12))
			off = -off / 2;
		happen(life, within(&r, from + 5 * US_PER_DAY, to - HOUR), EVENT_PRICE, off);
	}
	for (int i = 0; i < photos; i++)
		happen(life, within(&r, from + HOUR, to - HOUR), EVENT_PHOTOS,
			(int)gen_between(&r, 1, 4));
	if (gen_chance(&r, 40))
		happen(life, within(&r, from + HOUR, to - HOUR), EVENT_EDIT, 0);
}

/* From the first contract to the closing. */
static void sell(struct gen_life *life, struct gen_rand *r, int64_t at)
{
	if (gen_chance(r, 55)) {
		happen(life, at, EVENT_UNDER_CONTRACT, 0);
		at += days(r, 3, 12);
	}
	happen(life, at, EVENT_PENDING, 0);
	if (gen_chance(r, 11)) {
		at += days(r, 6, 20);
		happen(life, at, EVENT_BACK, 0);
		at += days(r, 5, 25);
		happen(life, at, EVENT_PENDING, 0);
	}
	at += days(r, 18, 45);
	happen(life, at, EVENT_CLOSED, (int)gen_between(r, 930, 1012));
}

/* Off the market unsold; the feed drops such listings after a few days. */
static void give_up(struct gen_life *life, struct gen_rand *r)
{
	static const enum gen_event_kind ways[] = {EVENT_EXPIRED, EVENT_EXPIRED, EVENT_WITHDRAWN,
		EVENT_CANCELED};

	happen(life, life->end - days(r, 2, 12), GEN_PICK(r, ways), 0);
}

static void live(struct gen_life *life)
{
	struct gen_rand r = gen_rand_of(life->key, TOPIC_LIFE);
	int64_t from = life->begin, length = life->end - life->begin;
	int64_t contract = from + length / 100 * gen_between(&r, 38, 72);

	if (gen_chance(&r, 8)) {
		happen(life, from, EVENT_COMING, 0);
		from += days(&r, 5, 14);
	}
	happen(life, from, EVENT_LISTED, 0);
	advertise(life, from, contract);
	if (gen_chance(&r, 4)) {
		int64_t hold = within(&r, from + US_PER_DAY, contract - 12 * US_PER_DAY);
		happen(life, hold, EVENT_HOLD, 0);
		happen(life, hold + days(&r, 2, 10), EVENT_BACK, 0);
	}
	if (gen_chance(&r, 78))
		sell(life, &r, contract);
	else
		give_up(life, &r);
}

struct gen_life gen_life_at(uint64_t seed, uint32_t slot, int64_t as_of_us)
{
	uint64_t slot_key = gen_mix(seed ^ gen_mix(slot));
	struct gen_rand r = gen_rand_of(slot_key, TOPIC_SLOT);
	int64_t period = days(&r, 150, 420), phase = within(&r, 0, period);
	int64_t since = as_of_us - EPOCH - phase;
	int64_t turn = since / period - (since % period < 0);
	struct gen_life life = {.turn = (int32_t)turn};

	life.key = gen_mix(slot_key ^ gen_mix((uint64_t)turn));
	life.begin = EPOCH + phase + turn * period;
	life.end = life.begin + period;
	live(&life);
	return life;
}

int gen_life_seen(const struct gen_life *life, int64_t as_of_us)
{
	int n = 1;

	while (n < life->n && life->events[n].at <= as_of_us)
		n++;
	return n;
}
