/* event: what happened to a listing since alerts looked at it last.
 *
 * Owner, failure, threads: none, pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Bits. Of a search: what its person wants to be told. */
enum alerts_kind {
	ALERTS_NEW = 1,
	ALERTS_BACK = 2,
	ALERTS_DROP = 4,
	ALERTS_STATUS = 8, /* agents alone */
	/* Of a listing alone: it was on the market and is, and what searches read of it has changed. New to those that fit it from now on. */
	ALERTS_FITS = 16,
};

/* A row of mls.read_alert_changes(): how it was, and how it is. `is_`, `before_`: on the market. */
struct alerts_change {
	bool was_known;  /* looked at before */
	bool is_fresh;   /* never looked at, and not of the time before the workspace was watched */
	bool has_before; /* what it was is known: something has changed that searches read */
	bool is_public, is_open, before_public, before_open, was_public, was_open;
	bool has_old_price, has_new_price;
	int64_t old_price, new_price;
	struct str old_status, new_status;
};

/* For agents, or for the public, to whom a listing that may not be displayed does not exist. */
unsigned alerts_event_kinds(const struct alerts_change *c, bool for_agents);

const char *alerts_event_name(enum alerts_kind kind); /* as mls.search_alerts says it */
unsigned alerts_event_mask(struct str names);         /* "new,price_drop" */
