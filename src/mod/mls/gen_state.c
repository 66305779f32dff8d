/* What the events of a life make of a listing: gen_state_of(), declared in gen_life.h. */
#include "mod/mls/gen_life.h"

#include "base/clock.h"
#include "mod/mls/gen_rand.h"

/* The MLS stamps a change a moment before Bridge has it: 2 to 90 seconds. */
static int64_t mls_time(const struct gen_life *life, const struct gen_event *e)
{
	uint64_t x = gen_mix(life->key ^ (uint64_t)e->at);

	return e->at - (int64_t)(2000 + x % 88000) * US_PER_MS;
}

static int64_t round_price(int64_t price)
{
	int64_t step = price >= 1000000 ? 5000 : price >= 100000 ? 1000 : price >= 10000 ? 100 : 25;

	return (price + step / 2) / step * step;
}

static const struct {
	enum gen_status status;
	int counts; /* changes the status */
} becomes[] = {
	[EVENT_COMING] = {STATUS_COMING_SOON, 1},
	[EVENT_LISTED] = {STATUS_ACTIVE, 1},
	[EVENT_PRICE] = {STATUS_ACTIVE, 0},
	[EVENT_EDIT] = {STATUS_ACTIVE, 0},
	[EVENT_PHOTOS] = {STATUS_ACTIVE, 0},
	[EVENT_UNDER_CONTRACT] = {STATUS_UNDER_CONTRACT, 1},
	[EVENT_PENDING] = {STATUS_PENDING, 1},
	[EVENT_BACK] = {STATUS_ACTIVE, 1},
	[EVENT_HOLD] = {STATUS_HOLD, 1},
	[EVENT_CLOSED] = {STATUS_CLOSED, 1},
	[EVENT_EXPIRED] = {STATUS_EXPIRED, 1},
	[EVENT_WITHDRAWN] = {STATUS_WITHDRAWN, 1},
	[EVENT_CANCELED] = {STATUS_CANCELED, 1},
};

/* The time that an event leaves on the listing. */
static void remember(struct gen_state *s, enum gen_event_kind kind, int64_t at)
{
	switch (kind) {
	case EVENT_LISTED: s->listed = at; break;
	case EVENT_BACK:
		s->back = at;
		s->contract = s->pending = GEN_NONE;
		break;
	case EVENT_PENDING: s->pending = at; __attribute__((fallthrough));
	case EVENT_UNDER_CONTRACT: s->contract = s->contract == GEN_NONE ? at : s->contract; break;
	case EVENT_CLOSED: s->closed = at; break;
	case EVENT_EXPIRED: s->expired = at; break;
	case EVENT_WITHDRAWN: s->withdrawn = at; break;
	case EVENT_CANCELED: s->canceled = at; break;
	case EVENT_COMING:
	case EVENT_PRICE:
	case EVENT_EDIT:
	case EVENT_PHOTOS:
	case EVENT_HOLD: break;
	}
}

static void apply(struct gen_state *s, const struct gen_life *life, const struct gen_event *e)
{
	int64_t at = mls_time(life, e);

	s->bridge_modified = e->at;
	if (e->kind == EVENT_PHOTOS) { /* Bridge's own work: the MLS's timestamp stays */
		s->photos_changed = e->at - 11 * US_PER_MS;
		s->photos_added += e->amount;
		s->photos_version++;
		return;
	}
	s->modified = at > s->modified ? at : s->modified;
	if (e->kind == EVENT_EDIT)
		return;
	s->major = e->kind;
	s->major_changed = at;
	remember(s, e->kind, at);
	if (becomes[e->kind].counts) {
		s->status = becomes[e->kind].status;
		s->status_changed = at;
	}
	if (e->kind == EVENT_PRICE) {
		s->previous_price = s->list_price;
		s->list_price = round_price(s->list_price * (1000 - e->amount) / 1000);
		s->price_changed = at;
	} else if (e->kind == EVENT_CLOSED) {
		s->close_price = round_price(s->list_price * e->amount / 1000);
	}
}

struct gen_state gen_state_of(const struct gen_life *life, int64_t as_of_us, int64_t first_price)
{
	struct gen_state s = {
		.previous_price = GEN_NONE,
		.close_price = GEN_NONE,
		.price_changed = GEN_NONE,
		.listed = GEN_NONE,
		.back = GEN_NONE,
		.contract = GEN_NONE,
		.pending = GEN_NONE,
		.closed = GEN_NONE,
		.expired = GEN_NONE,
		.withdrawn = GEN_NONE,
		.canceled = GEN_NONE,
	};
	int n = gen_life_seen(life, as_of_us);

	s.list_price = s.original_price = round_price(first_price);
	s.entered = mls_time(life, &life->events[0]) - 20 * US_PER_SECOND;
	s.photos_changed = life->begin - 11 * US_PER_MS;
	for (int i = 0; i < n; i++)
		apply(&s, life, &life->events[i]);
	/* As of the last change, so that a row changes only together with its timestamp. */
	int64_t until = s.contract != GEN_NONE ? s.contract : s.modified;
	if (s.listed != GEN_NONE && until > s.listed)
		s.days_on_market = (int)((until - s.listed) / US_PER_DAY);
	return s;
}
