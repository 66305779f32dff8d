#include "mod/mls/gen_listing.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "mod/mls/gen_key.h"
#include "mod/mls/gen_people.h"
#include "mod/mls/gen_text.h"

enum {
	TOPIC_PLACE = 200,
	TOPIC_ROOMS,
	TOPIC_MONEY,
	TOPIC_FEATURES,
	TOPIC_FLAGS,
	TOPIC_PEOPLE,
	TOPIC_DATES,
	TOPIC_PHOTOS,
};

#define MONTH (30 * US_PER_DAY)

static int64_t date_of(int64_t us)
{
	if (us == GEN_NONE)
		return GEN_NONE;
	return us / US_PER_DAY - (us % US_PER_DAY < 0);
}

static struct str of(const char *cstr)
{
	return str_of(cstr);
}

/* --- what it is and where -------------------------------------------------------------------- */

static const struct {
	uint8_t share; /* percent */
	enum gen_class class;
	bool lease;
	const char *type;
	const char *subtypes[4];
} kinds[] = {
	{83, CLASS_HOUSE, false, "Residential", {NULL}}, /* condo or not: by place */
	{9, CLASS_HOUSE, true, "Residential Lease", {NULL}},
	{3, CLASS_INCOME, false, "Residential Income",
		{"Duplex", "Triplex", "Quadruplex", "Duplex"}},
	{2, CLASS_LAND, false, "Land", {"Unimproved Land", "Unimproved Land", "Agriculture"}},
	{1, CLASS_COMMERCIAL, false, "Commercial Sale",
		{"Office", "Retail", "Warehouse", "Mixed Use"}},
	{1, CLASS_COMMERCIAL, true, "Commercial Lease", {"Office", "Retail", "Warehouse"}},
	{1, CLASS_BUSINESS, false, "Business Opportunity", {"Business"}},
};

static enum gen_class home_class(const struct gen_place *place, struct gen_rand *r)
{
	unsigned x = gen_below(r, 100);

	if (x < place->condo)
		return CLASS_CONDO;
	return x < (unsigned)place->condo + place->townhouse ? CLASS_TOWNHOUSE : CLASS_HOUSE;
}

static void draw_kind(struct gen_listing *l, struct gen_rand *r)
{
	unsigned x = gen_below(r, 100), k = 0, n = 0;

	for (; x >= kinds[k].share; k++)
		x -= kinds[k].share;
	l->class = kinds[k].class;
	l->lease = kinds[k].lease;
	l->type = of(kinds[k].type);
	while (n < 4 && kinds[k].subtypes[n])
		n++;
	if (n) {
		l->subtype = of(kinds[k].subtypes[gen_below(r, n)]);
		return;
	}
	l->class = home_class(l->place, r);
	l->subtype = l->class == CLASS_CONDO  ? STR("Condominium")
		: l->class == CLASS_TOWNHOUSE ? STR("Townhouse")
					      : STR("Single Family Residence");
}

static void draw_unit(struct gen_listing *l, struct gen_rand *r)
{
	struct gen_out o = gen_out_of(l->unit_text, sizeof(l->unit_text));

	if (l->class == CLASS_TOWNHOUSE) {
		gen_add_int(&o, gen_between(r, 1, 60));
	} else {
		int line = (int)gen_between(r, 1, 12);
		if (l->entry_level == l->tower.floors && gen_chance(r, 60)) {
			gen_add(&o, "PH");
			gen_add_int(&o, line);
		} else {
			gen_add_int(&o, l->entry_level * 100 + line);
		}
	}
	l->unit = of(l->unit_text);
}

static void draw_place(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_PLACE);
	int32_t lat, lon;

	l->place = gen_place_pick(&r);
	draw_kind(l, &r);
	gen_point_pick(l->place, &r, &lat, &lon);
	l->street = gen_street_pick(l->place, &r);
	l->entry_level = l->stories_total = GEN_NONE;
	if (l->class == CLASS_CONDO) {
		l->tower = gen_building_pick(l->place, &r);
		l->street = l->tower.street;
		l->building = of(l->tower.name);
		lat = l->tower.lat_e6, lon = l->tower.lon_e6;
		l->entry_level = gen_between(&r, 1, l->tower.floors);
		l->stories_total = l->tower.floors;
	}
	if (l->class == CLASS_CONDO || l->class == CLASS_TOWNHOUSE)
		draw_unit(l, &r);
	l->lat_e6 = lat, l->lon_e6 = lon;
	struct gen_out o = gen_out_of(l->number_text, sizeof(l->number_text));
	gen_add_int(&o, l->street.number);
	l->street_number = of(l->number_text);
	l->quadrant = of(l->street.quadrant);
	l->street_name = of(l->street.name);
	l->street_suffix = *l->street.suffix ? of(l->street.suffix) : STR_NULL;
	unsigned n = 0;
	while (n < 3 && l->place->subdivisions[n])
		n++;
	l->subdivision = of(l->place->subdivisions[gen_below(&r, n)]);
}

/* --- rooms and sizes -------------------------------------------------------------------------- */

static void draw_beds(struct gen_listing *l, struct gen_rand *r)
{
	static const uint8_t condo[] = {0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4};
	static const uint8_t town[] = {2, 2, 3, 3, 3, 3, 4};
	static const uint8_t house[] = {2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6, 7};

	l->beds = l->class == CLASS_CONDO     ? GEN_PICK(r, condo)
		: l->class == CLASS_TOWNHOUSE ? GEN_PICK(r, town)
		: l->class == CLASS_INCOME    ? gen_between(r, 4, 10)
					      : GEN_PICK(r, house);
	l->baths_full = l->beds < 2 ? 1 : (l->beds * 3 + 2) / 4 + gen_chance(r, 30);
	l->baths_half = gen_chance(r, l->class == CLASS_CONDO ? 25 : 40);
	l->baths = l->baths_full + l->baths_half;
	l->rooms = l->beds + l->baths + gen_between(r, 2, 4);
}

static void draw_lot(struct gen_listing *l, struct gen_rand *r)
{
	l->lot_sqft_e2 = l->lot_acres_e4 = GEN_NONE;
	if (l->class == CLASS_CONDO)
		return;
	int64_t sqft = l->class == CLASS_TOWNHOUSE ? gen_between(r, 1400, 3600)
		: l->class == CLASS_LAND           ? gen_between(r, 4000, 90000)
						   : gen_between(r, 5000, 12500);
	if (l->class == CLASS_HOUSE && l->place->house_ppsf > 600)
		sqft += sqft / 2;
	l->lot_sqft_e2 = sqft * 100 + gen_between(r, 0, 99);
	l->lot_acres_e4 = (l->lot_sqft_e2 * 100 + 21780) / 43560;
}

static void draw_rooms(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_ROOMS);
	double base;

	draw_beds(l, &r);
	draw_lot(l, &r);
	l->year = l->class == CLASS_CONDO ? l->tower.year : gen_between(&r, 1938, 2026);
	l->stories = l->class == CLASS_CONDO ? 1 : 1 + gen_chance(&r, l->year > 1985 ? 55 : 20);
	l->garage = l->carport = l->fireplaces = 0;
	switch (l->class) {
	case CLASS_CONDO: base = 430 + 365 * (double)l->beds; break;
	case CLASS_TOWNHOUSE: base = 750 + 330 * (double)l->beds; break;
	case CLASS_INCOME: base = 520 * (double)l->beds; break;
	case CLASS_COMMERCIAL:
	case CLASS_BUSINESS: base = 2600; break;
	case CLASS_HOUSE:
	case CLASS_LAND:
	default: base = 420 + 520 * (double)l->beds; break;
	}
	l->area_sqft = (int64_t)(base * exp(0.16 * gen_normal(&r)));
	l->building_area = l->area_sqft + l->area_sqft * gen_between(&r, 5, 22) / 100;
	if (l->class == CLASS_HOUSE || l->class == CLASS_TOWNHOUSE) {
		l->garage = gen_chance(&r, l->year > 1975 ? 80 : 35) *
			gen_between(&r, 1, 2 + (l->beds > 4));
		l->carport = !l->garage && gen_chance(&r, 40);
		l->fireplaces = gen_chance(&r, 9);
	}
	l->covered = l->class == CLASS_CONDO ? gen_between(&r, 0, 2) : l->garage + l->carport;
	l->parking = l->covered + gen_between(&r, 0, 3);
	l->units_total = l->class == CLASS_INCOME ? gen_between(&r, 2, 4) : 1;
}

/* Land and trade have no rooms. */
static void drop_rooms(struct gen_listing *l)
{
	int64_t *const rooms[] = {&l->beds, &l->baths, &l->baths_full, &l->baths_half, &l->rooms};
	int64_t *const built[] = {&l->year, &l->area_sqft, &l->building_area, &l->stories,
		&l->garage, &l->carport, &l->covered, &l->parking, &l->fireplaces};

	if (l->class == CLASS_LAND || l->class == CLASS_COMMERCIAL || l->class == CLASS_BUSINESS)
		for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
			*rooms[i] = GEN_NONE;
	if (l->class == CLASS_LAND)
		for (size_t i = 0; i < sizeof(built) / sizeof(*built); i++)
			*built[i] = GEN_NONE;
}

/* --- what suits it ---------------------------------------------------------------------------- */

static unsigned water_trait(enum gen_water water)
{
	switch (water) {
	case WATER_OCEAN: return GEN_TRAIT_OCEAN;
	case WATER_BAY: return GEN_TRAIT_BAY;
	case WATER_CANAL: return GEN_TRAIT_CANAL;
	case WATER_LAKE: return GEN_TRAIT_LAKE;
	case WATER_RIVER: return GEN_TRAIT_RIVER;
	case WATER_NONE: break;
	}
	return 0;
}

static unsigned class_traits(const struct gen_listing *l)
{
	unsigned built = GEN_TRAIT_BUILT | (l->stories > 1 ? GEN_TRAIT_TWO : GEN_TRAIT_FLAT);

	switch (l->class) {
	case CLASS_CONDO:
		return built | GEN_TRAIT_CONDO | GEN_TRAIT_FEE |
			(l->entry_level > 10 ? GEN_TRAIT_HIGH : 0);
	case CLASS_TOWNHOUSE: return built | GEN_TRAIT_GROUND | GEN_TRAIT_FEE;
	case CLASS_HOUSE:
	case CLASS_INCOME: return built | GEN_TRAIT_GROUND;
	case CLASS_LAND: return GEN_TRAIT_LAND;
	case CLASS_COMMERCIAL:
	case CLASS_BUSINESS: break;
	}
	return built | GEN_TRAIT_TRADE;
}

static unsigned when(bool holds, unsigned trait)
{
	return holds ? trait : 0;
}

static void draw_traits(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_FEATURES);
	bool house = l->class == CLASS_HOUSE, suburb = l->place->streets == STREETS_SUBURB;
	bool water = gen_chance(&r, l->place->water);
	bool pool = gen_chance(&r, l->place->house_ppsf > 500 ? 72 : 42) && house;
	bool spa = gen_chance(&r, 30) && pool;
	bool fee = gen_chance(&r, 70) && house && suburb;
	unsigned t = class_traits(l), ground = t & GEN_TRAIT_GROUND;

	t |= l->lease ? GEN_TRAIT_LEASE : GEN_TRAIT_SALE;
	t |= when(water, GEN_TRAIT_WATER | water_trait(l->place->water_kind));
	t |= when(pool, GEN_TRAIT_POOL) | when(spa, GEN_TRAIT_SPA) | when(fee, GEN_TRAIT_FEE);
	t |= when(l->garage > 0, GEN_TRAIT_GARAGE) | when(l->fireplaces > 0, GEN_TRAIT_FIRE);
	t |= when(l->year >= 2024, GEN_TRAIT_NEW); /* an unknown year is far below */
	t |= when((ground ? l->place->house_ppsf : l->place->condo_ppsf) > 700, GEN_TRAIT_DEAR);
	l->traits = t;
	for (unsigned i = 0; i < gen_lists_n; i++)
		l->lists[i] = gen_list_pick(&gen_lists[i], t, &r);
}

/* --- money ------------------------------------------------------------------------------------ */

static double price_of(const struct gen_listing *l, struct gen_rand *r)
{
	bool condo = l->class == CLASS_CONDO;
	double ppsf = condo ? l->place->condo_ppsf : l->place->house_ppsf;
	double price, age = l->year == GEN_NONE ? 0 : (double)(2026 - l->year);

	if (l->class == CLASS_LAND)
		price = (double)l->lot_sqft_e2 / 100 * ppsf * 0.16;
	else
		price = (double)l->area_sqft * ppsf * (l->class == CLASS_BUSINESS ? 0.2 : 1.0);
	price *= exp(0.22 * gen_normal(r)) * exp(-0.004 * age);
	if (l->traits & GEN_TRAIT_WATER)
		price *= condo ? 1.15 : 1.45;
	if (l->traits & GEN_TRAIT_POOL)
		price *= 1.06;
	if (l->traits & GEN_TRAIT_HIGH)
		price *= 1.0 + 0.004 * (double)l->entry_level;
	return l->lease ? price * 0.0056 : price;
}

static void draw_money(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_MONEY);
	int64_t price = (int64_t)price_of(l, &r), value = l->lease ? price * 170 : price;

	l->list_price = price;
	l->fee_e2 = GEN_NONE;
	l->fee_frequency = STR_NULL;
	if (l->traits & GEN_TRAIT_FEE) {
		int64_t cents = l->class == CLASS_CONDO ? l->area_sqft * gen_between(&r, 55, 125)
							: gen_between(&r, 9000, 52000);
		l->fee_e2 = cents / 100 * 100;
		l->fee_frequency = gen_chance(&r, 90) ? STR("Monthly") : STR("Quarterly");
	}
	l->assessed = value * gen_between(&r, 48, 88) / 100;
	l->tax_e2 = l->assessed * gen_between(&r, 170, 215) / 100 + gen_between(&r, 0, 99);
	l->walk_score = gen_between(&r, 22, 98);
	l->lease_amount = GEN_NONE;
	l->furnished = l->traits & GEN_TRAIT_CONDO || l->lease
		? gen_chance(&r, 30) ? STR("Furnished") : STR("Unfurnished")
		: STR_NULL;
	if (l->lease)
		l->assessed = l->tax_e2 = GEN_NONE;
}

/* --- the rest --------------------------------------------------------------------------------- */

static void draw_flags(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_FLAGS);
	static const char *const faces[] = {"East", "North", "Northeast", "Northwest", "South",
		"Southeast", "Southwest", "West"};
	static const char *const lives[] = {"Owner", "Tenant", "Vacant", "Vacant"};

	l->is_pool = !!(l->traits & GEN_TRAIT_POOL);
	l->is_waterfront = !!(l->traits & GEN_TRAIT_WATER);
	l->is_view = gen_chance(&r, 60);
	l->is_association = !!(l->traits & GEN_TRAIT_FEE);
	l->is_new = !!(l->traits & GEN_TRAIT_NEW);
	l->is_garage = !!(l->traits & GEN_TRAIT_GARAGE);
	l->is_attached_garage = l->is_garage && gen_chance(&r, 75);
	l->is_attached = l->class == CLASS_CONDO || l->class == CLASS_TOWNHOUSE;
	l->is_fireplace = !!(l->traits & GEN_TRAIT_FIRE);
	l->is_spa = !!(l->traits & GEN_TRAIT_SPA);
	l->is_senior = 0;
	l->is_cooled = l->is_heated = !!(l->traits & GEN_TRAIT_BUILT);
	l->is_shown = !gen_chance(&r, 2);
	l->is_address_shown = !gen_chance(&r, 3);
	l->is_valued = !gen_chance(&r, 12);
	l->is_commented = !gen_chance(&r, 12);
	l->is_idx = l->is_shown;
	l->direction_faces = gen_chance(&r, 60) ? of(GEN_PICK(&r, faces)) : STR_NULL;
	l->occupant = gen_chance(&r, 80) ? of(GEN_PICK(&r, lives)) : STR_NULL;
}

static void draw_people(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_PEOPLE);
	uint32_t n = gen_people_n(l->world);

	l->agent = gen_below(&r, n);
	l->co_agent = gen_chance(&r, 15) ? gen_below(&r, n) : GEN_NOBODY;
	uint32_t buyer = gen_below(&r, n);
	l->buyer_agent = l->state.status == STATUS_CLOSED ? buyer : GEN_NOBODY;
}

static void draw_dates(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_DATES);
	const struct gen_state *s = &l->state;
	int64_t before = gen_between(&r, 0, 4), term = gen_between(&r, 6, 12);

	l->listed_date = date_of(s->entered) - before;
	l->close_date = date_of(s->closed);
	l->pending_date = date_of(s->pending);
	l->contingent_date = date_of(s->status == STATUS_UNDER_CONTRACT ? s->contract : GEN_NONE);
	l->purchase_date = date_of(s->contract);
	l->expiration_date = date_of(s->entered + term * MONTH);
	l->withdrawn_date = date_of(s->withdrawn);
	l->canceled_date = date_of(s->canceled);
	l->back_date = date_of(s->back);
	l->activation_date = date_of(s->listed);
	l->status_date = date_of(s->status_changed);
	l->off_date = s->status == STATUS_ACTIVE || s->status == STATUS_UNDER_CONTRACT ||
			s->status == STATUS_COMING_SOON
		? GEN_NONE
		: date_of(s->status_changed);
	l->days_on_market = s->days_on_market;
	l->days_total = s->days_on_market + before;
	l->tax_year = l->assessed == GEN_NONE ? GEN_NONE
					      : clock_date_of((int32_t)l->listed_date).year - 1;
}

/* Few have none or forty; most around ten. */
static void draw_photos(struct gen_listing *l)
{
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_PHOTOS);
	int64_t a = gen_between(&r, 1, 12), b = gen_between(&r, 1, 13);
	int64_t n = gen_chance(&r, 4) ? 0
		: gen_chance(&r, 6)   ? gen_between(&r, 20, 40)
				      : (a + b) / 2;

	if (l->class == CLASS_LAND)
		n = n / 4;
	l->photos_kept = n;
	n += l->state.photos_added;
	l->photos = n > 40 ? 40 : n;
	if (l->world->twist.storm && l->slot % 40 == 7)
		l->photos = GEN_STORM;
}

static void adjust_times(struct gen_listing *l)
{
	if (gen_is_of_future(l->world, l->slot))
		l->state.bridge_modified = l->state.modified = GEN_FUTURE;
	if (l->world->one_timestamp)
		l->state.modified = l->state.bridge_modified;
}

static void name_place(struct gen_listing *l)
{
	l->city = of(l->place->city);
	l->zip = of(l->place->zip);
	l->county = of(gen_county_name(l->place));
	l->area_major = of(l->place->area);
	l->state_name = STR("FL");
	l->country = STR("US");
	l->system = STR("Demonstration MLS");
	l->dataset = of(l->world->dataset);
	l->service = STR("Full Service");
	l->resource = STR("Property");
	l->agreement = l->lease ? STR("Exclusive Right To Lease") : STR("Exclusive Right To Sell");
}

void gen_listing_at(struct gen_listing *l, const struct gen_world *world, uint32_t slot,
	int64_t as_of_us)
{
	memset(l, 0, offsetof(struct gen_listing, text));
	l->world = world;
	l->slot = slot;
	l->null = GEN_NONE;
	l->life = gen_life_at(world->seed, slot, as_of_us);
	draw_place(l);
	draw_rooms(l);
	draw_traits(l);
	draw_money(l);
	l->state = gen_state_of(&l->life, as_of_us, l->list_price);
	adjust_times(l);
	l->list_price = l->state.list_price;
	if (l->lease)
		l->lease_amount = l->list_price;
	drop_rooms(l);
	draw_flags(l);
	draw_people(l);
	draw_dates(l);
	draw_photos(l);
	l->key_numeric = gen_key_number(slot, l->life.turn);
	l->status = of(gen_status_names[l->state.status]);
	l->mls_status = of(gen_status_local[l->state.status]);
	l->major_change = of(gen_event_names[l->state.major]);
	name_place(l);
}
