/* gen_listing: one generated listing as values, before it is written as JSON.
 *
 * Made in two steps: gen_listing_at() draws the facts (about a microsecond, enough for filters), and
 * gen_listing_write() composes the texts, only when one is wanted.
 *
 * Owner    the caller embeds it (about 6 KB); texts point into constants or into the listing itself,
 *          so it must not be copied or moved.
 * Failure  none.
 * Threads  pure.
 * Units    numbers are int64_t, GEN_NONE is null; money, areas and the like are fixed-point with the
 *          scale that gen_fields[] gives them; booleans are 0 and 1.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/mls/gen.h"
#include "mod/mls/gen_life.h"
#include "mod/mls/gen_list.h"
#include "mod/mls/gen_place.h"

enum gen_class {
	CLASS_CONDO,
	CLASS_HOUSE,
	CLASS_TOWNHOUSE,
	CLASS_INCOME,
	CLASS_LAND,
	CLASS_COMMERCIAL,
	CLASS_BUSINESS,
};

/* A whole number of slots for people; see gen_people.h. */
struct gen_world {
	uint64_t seed;
	uint32_t rows;
	const char *dataset, *media_base;
	bool one_timestamp;
	struct gen_twist twist;
};

#define GEN_FUTURE INT64_C(4070908800000000) /* 2099-01-01 */

static inline bool gen_is_of_future(const struct gen_world *w, uint32_t slot)
{
	return w->twist.future && slot == 0;
}

struct gen_listing {
	const struct gen_world *world;
	uint32_t slot;
	int64_t null; /* GEN_NONE: what fields without a value point at */
	struct str null_text;
	struct gen_life life;
	struct gen_state state;

	/* Facts: gen_listing_at() */
	const struct gen_place *place;
	enum gen_class class;
	bool lease;
	unsigned traits; /* GEN_TRAIT_*: which features suit it */
	uint32_t agent, co_agent, buyer_agent;
	struct str type, subtype, status, mls_status;
	int64_t key_numeric;
	int64_t year, beds, baths, baths_full, baths_half, rooms;
	int64_t area_sqft, building_area, lot_sqft_e2, lot_acres_e4;
	int64_t stories, stories_total, entry_level, units_total;
	int64_t garage, carport, covered, parking, fireplaces;
	int64_t lat_e6, lon_e6, list_price;
	int64_t is_garage, is_attached_garage, is_pool, is_waterfront, is_view, is_association;
	int64_t is_new, is_attached, is_fireplace, is_spa, is_senior, is_cooled, is_heated;
	int64_t is_shown, is_address_shown, is_valued, is_commented, is_idx;
	int64_t fee_e2, tax_e2, tax_year, assessed, walk_score;
	int64_t lease_amount, photos, photos_kept;
	int64_t listed_date, close_date, off_date, pending_date, contingent_date, purchase_date;
	int64_t expiration_date, withdrawn_date, canceled_date, back_date, activation_date;
	int64_t status_date, days_on_market, days_total;
	struct str street_number, quadrant, street_name, street_suffix, unit;
	struct str subdivision, direction_faces, furnished, fee_frequency, occupant, major_change;
	struct str building, city, zip, county, state_name, country, area_major;
	struct str system, dataset, service, agreement; /* the same for all, or nearly */
	struct str resource;                            /* "Property", which its photos name */
	struct gen_building tower;                      /* of a condominium */
	struct gen_street street;
	uint64_t lists[GEN_LISTS_MAX]; /* chosen values, one bit each */

	/* Texts: gen_listing_write() */
	bool written;
	struct str key, listing_id, address, parcel, lot_size, directions, remarks, private_remarks;
	struct str elementary, middle, high, tour, association;
	struct str agent_key, agent_id, agent_name, agent_mail, agent_phone;
	struct str office_key, office_id, office_name, office_phone, contact;
	struct str co_agent_key, co_agent_name, buyer_key, buyer_name;
	struct str buyer_office_key, buyer_office_name, copyright, lot_units, area_units,
		area_source;
	char number_text[12], unit_text[12];
	char text[4096]; /* what the texts above are made in */
};

/* Facts and lists of the listing that stands in the slot at that time. */
void gen_listing_at(struct gen_listing *l, const struct gen_world *world, uint32_t slot,
	int64_t as_of_us);

/* The texts; nothing when they are there. */
void gen_listing_write(struct gen_listing *l);
