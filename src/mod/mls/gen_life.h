/* gen_life: what happens to a generated listing between its first day in the feed and its last.
 *
 * A feed of N rows is N slots. A slot always holds one listing: it enters, lives through events
 * (prices, photos, contract, closing ...) and vanishes without a word, as from Bridge; at that moment
 * the slot's next listing, with another key, enters. So the state at any time is a pure function of
 * (seed, slot, time), and there are always exactly N rows.
 *
 *   COMING ──> LISTED ──> HOLD ──> BACK
 *                │ ^
 *                v │ BACK
 *        UNDER_CONTRACT ──> PENDING ──> CLOSED
 *   LISTED ──> EXPIRED | WITHDRAWN | CANCELED
 *   PRICE, EDIT and PHOTOS change no status.
 *
 * Owner    values. Failure none. Threads pure.
 * Units    microseconds since 1970; prices in whole dollars.
 */
#pragma once
#include <stdint.h>

#define GEN_NONE INT64_MIN /* "null" in all numbers of the generator */

enum gen_event_kind {
	EVENT_COMING,
	EVENT_LISTED,
	EVENT_PRICE,
	EVENT_EDIT,
	EVENT_PHOTOS,
	EVENT_UNDER_CONTRACT,
	EVENT_PENDING,
	EVENT_BACK,
	EVENT_HOLD,
	EVENT_CLOSED,
	EVENT_EXPIRED,
	EVENT_WITHDRAWN,
	EVENT_CANCELED,
};

struct gen_event {
	int64_t at; /* when Bridge shows it: BridgeModificationTimestamp */
	enum gen_event_kind kind;
	int amount; /* PRICE: per mille off; PHOTOS: photos added; CLOSED: per mille of the price */
};

#define GEN_EVENTS_MAX 20

struct gen_life {
	uint64_t key; /* of this listing: the start of all its streams */
	int32_t turn; /* which listing of the slot this is */
	int64_t begin, end;
	int n;
	struct gen_event events[GEN_EVENTS_MAX]; /* by time; the first is at begin */
};

/* The listing that stands in the slot at that time. */
struct gen_life gen_life_at(uint64_t seed, uint32_t slot, int64_t as_of_us);

/* How many of its events have happened; at least 1. */
int gen_life_seen(const struct gen_life *life, int64_t as_of_us);

enum gen_status {
	STATUS_ACTIVE,
	STATUS_UNDER_CONTRACT,
	STATUS_CANCELED,
	STATUS_CLOSED,
	STATUS_COMING_SOON,
	STATUS_DELETE,
	STATUS_EXPIRED,
	STATUS_HOLD,
	STATUS_INCOMPLETE,
	STATUS_PENDING,
	STATUS_WITHDRAWN,
	GEN_STATUSES
};

/* What the events seen so far make of the listing. Times that have not come are GEN_NONE. */
struct gen_state {
	enum gen_status status;
	enum gen_event_kind major; /* the last event that is a MajorChangeType */
	int64_t list_price, original_price, previous_price, close_price;
	int64_t modified, bridge_modified, photos_changed;
	int64_t status_changed, price_changed, major_changed;
	int64_t entered, listed, back, contract, pending, closed;
	int64_t expired, withdrawn, canceled;
	int photos_added, photos_version; /* version: how many photo events */
	int days_on_market;
};

struct gen_state gen_state_of(const struct gen_life *life, int64_t as_of_us, int64_t first_price);

extern const char *const gen_status_names[GEN_STATUSES]; /* StandardStatus */
extern const char *const gen_status_local[GEN_STATUSES]; /* MlsStatus */
extern const char *const gen_event_names[];              /* MajorChangeType */
