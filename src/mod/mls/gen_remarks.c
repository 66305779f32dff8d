#include "mod/mls/gen_remarks.h"

#include <string.h>

#include "mod/mls/gen_listing.h"
#include "mod/mls/gen_text.h"

enum { TOPIC_REMARKS = 400 };

/* {b} beds  {a} baths  {s} square feet  {h} place  {c} city  {n} building or subdivision  {y} year
 * {t} what it is  {w} the water  {r} street  {l} floor  {p} parking  {g} lot square feet
 * {d} bedroom(s)  {e} bathroom(s)  {i} place and city */

static const char *const openings[] = {
	"Welcome to this {b}-bedroom, {a}-bath {t} in the heart of {h}.",
	"Now offered in {n}: a bright {b} bed, {a} bath {t} with {s} sq ft of living space.",
	"Light pours into this {b}/{a} {t} in {i}.",
	"Rarely available {b}-bedroom {t} in sought-after {n}.",
	"A refined {b} bedroom, {a} bathroom {t} set on {r} in {h}.",
	"Come see this well-kept {b}/{a} {t} with an easy, open layout and {s} square feet.",
	"{h} living at its best: {b} {d}, {a} {e} and {s} sq ft under air.",
	"Thoughtfully updated {t} in {n}, {c}, with {b} {d} and {a} {e}.",
	"This {y}-built {t} offers {b} {d}, {a} {e} and generous natural light.",
	"Step into {s} sq ft of comfort in this {b}-bedroom {t} near everything {h} offers.",
	"Beautifully presented {b}/{a} {t} in {c}, ready to move into.",
	"An excellent opportunity to own in {h}: {b} {d}, {a} {e}, {s} sq ft.",
};
static const char *const studio_openings[] = {
	"Smart studio {t} in {n} with {s} sq ft and a full bath.",
	"Bright open studio in the heart of {i}.",
	"Efficient studio layout in {n}, moments from everything {h} offers.",
};
static const char *const kitchens[] = {
	"The kitchen has stone counters, stainless steel appliances and a center island.",
	"The renovated kitchen opens to the living and dining areas and features quartz counters.",
	"Cook in an eat-in kitchen with wood cabinetry, a gas range and a walk-in pantry.",
	"Italian cabinetry, an induction cooktop and a wine refrigerator complete the kitchen.",
	"The white shaker kitchen was redone recently with new appliances and a breakfast bar.",
	"A pass-through kitchen keeps the cook close to the conversation.",
	"Granite counters, a double sink and plenty of storage make the kitchen a pleasure to use.",
	"The chef's kitchen has a six-burner range, a pot filler and a long waterfall island.",
};
static const char *const interiors[] = {
	"Porcelain floors run throughout, and impact windows keep the rooms cool and calm.",
	"The primary suite has a custom walk-in closet and a spa-like bath with a soaking tub.",
	"A split floor plan places the bedrooms on opposite sides of the living area.",
	"High ceilings and floor-to-ceiling glass frame the outdoors.",
	"Wood floors, recessed lighting and crown molding add character.",
	"The laundry is inside, with a full-size washer and dryer.",
	"A flexible den works as a home office, library or guest room.",
	"Both bathrooms were remodeled with frameless glass showers and new vanities.",
	"Closets are built out, and storage is generous for the size.",
	"Central air was replaced recently; the water heater is new as well.",
	"Electric shades, smart lighting and built-in speakers are included.",
	"The living room is wide enough for a dining area and a reading corner.",
};
static const char *const tower_views[] = {
	"A deep balcony looks toward {w}.",
	"Wake up to morning light and open views of {w}.",
	"The wraparound terrace takes in {w} and the skyline.",
	"Sliding doors open to a balcony with space for a table and chairs.",
	"The corner exposure brings breezes and light from two sides.",
};
static const char *const high_views[] = {
	"From the {l} floor the views reach across {c}.",
	"On the {l} floor, above its neighbors, with the skyline on one side and {w} on the other.",
};
static const char *const tower_amenities[] = {
	"{n} offers a pool deck, a fitness center, 24-hour concierge and covered parking.",
	"Residents of the building use the pool, gym, sauna and clubroom.",
	"The association provides water, basic cable, internet and building insurance.",
	"Amenities include two pools, tennis and pickleball courts, and bicycle storage.",
	"Building improvements and the recertification are complete; ask for the documents.",
	"One assigned garage space and a storage unit convey with the sale.",
	"The lobby and hallways were renovated, and reserves are well funded.",
	"Pets are welcome within the association's limits.",
};
static const char *const yards[] = {
	"Outside, a covered patio overlooks a fenced yard with mature palms.",
	"The heated saltwater pool is framed by travertine decking and a summer kitchen.",
	"A {g} sq ft lot leaves room for a pool, a garden or an addition.",
	"The backyard has fruit trees, a paver patio and space to park a boat.",
	"Mango and avocado trees shade the yard.",
	"The screened lanai extends the living space for most of the year.",
	"A circular drive and a {p}-car garage make parking simple.",
	"The corner lot is landscaped with native plants and has full irrigation.",
};
static const char *const systems[] = {
	"The roof was replaced in recent years, and all openings have impact glass.",
	"New plumbing and electrical panels were permitted and closed.",
	"Solar panels and a whole-house generator are in place.",
	"The home sits in a low-risk flood zone; no flood policy was required by the last lender.",
	"Accordion shutters, a newer roof and updated air conditioning help with insurance.",
	"Built in {y} in solid block construction.",
};
static const char *const waters[] = {
	"Dockage for a mid-size boat and no fixed bridges to {w}.",
	"Watch the boats go by from the back terrace.",
	"The seawall and dock were rebuilt, and the lift conveys.",
	"Waterfront living with wide views of {w}.",
	"Kayak or paddleboard straight from the property.",
};
static const char *const places[] = {
	"Cafes, galleries and shops of {h} are a short stroll away.",
	"Close to major highways, the airport and the beaches.",
	"Minutes from downtown Miami, parks and waterfront dining.",
	"Near markets, restaurants and the public transit of {c}.",
	"The farmers market, a marina and several parks are nearby.",
	"An easy drive to Brickell, the Design District and the beaches.",
	"{n} is known for its tree-lined streets and central location.",
	"Enjoy the restaurants and weekend events of {h}.",
};
static const char *const sale_closings[] = {
	"Easy to show with notice.",
	"Square footage per public records; buyer to verify.",
	"Seller is motivated; bring all offers.",
	"Vacant and ready for a quick closing.",
	"Association approval takes about two weeks.",
	"See the virtual tour and call the listing agent for a visit.",
	"Furniture is negotiable.",
	"Shown by appointment.",
};
static const char *const lease_closings[] = {
	"Available for an annual lease; first month and security deposit due at signing.",
	"Association application required; allow ten business days.",
	"Water, trash and basic cable are included in the rent.",
	"Offered unfurnished or furnished; ask for terms.",
	"Available now for twelve months or longer.",
};
static const char *const land[] = {
	"Build in {h}: a {g} sq ft parcel with utilities at the street.",
	"Cleared and level, with a recent survey on file.",
	"Zoning allows several uses; buyer to confirm with the city of {c}.",
	"Water and sewer connections are close by; soil report available.",
	"A rare open parcel on {r}, surrounded by new construction.",
};
static const char *const trade[] = {
	"{s} sq ft commercial space on {r} with strong street exposure in {h}.",
	"Flexible floor plan with reception, open work area, kitchenette and two restrooms.",
	"Current leases and expenses available with a confidentiality agreement.",
	"Ample parking, two entrances and signage facing {r}.",
	"High traffic counts, close to major roads and public transit.",
	"Air conditioning and electrical service were upgraded.",
};
static const char *const income[] = {
	"Income property in {h} with {b} bedrooms in total over several units.",
	"All units are separately metered and currently rented month to month.",
	"Rents are below market, with room to improve.",
	"Roof and plumbing were redone; impact windows on the front.",
	"Coin laundry on site adds income; off-street parking for every unit.",
	"Rent roll and expenses available on request.",
};

static const char *const notes[] = {
	"Text the listing agent two hours before. Lockbox at the front door.",
	"Call the front desk to schedule; photo identification needed at check-in.",
	"Proof of funds or a lender letter with every offer, please.",
	"Use the standard as-is contract. Deposits held by the title company.",
	"Tenant occupied: 24 hours notice. Do not disturb the occupants.",
};

/* A word that stands for what l has, in a buffer of the caller's. */
struct words {
	struct gen_words w;
	char beds[8], baths[8], sqft[16], year[8], street[40], floor[8], parking[8], lot[16],
		both[64];
};

static const char *number(char *out, size_t cap, int64_t n, const char *without)
{
	struct gen_out o = gen_out_of(out, cap);

	if (n == GEN_NONE)
		return without;
	gen_add_int(&o, n);
	return out;
}

static const char *grouped(char *out, size_t cap, int64_t n)
{
	struct gen_out o = gen_out_of(out, cap);

	gen_add_thousands(&o, n == GEN_NONE ? 0 : n);
	return out;
}

static const char *street(char *out, size_t cap, const struct gen_street *s)
{
	struct gen_out o = gen_out_of(out, cap);

	if (s->quadrant) {
		gen_add(&o, s->quadrant);
		gen_add(&o, " ");
	}
	gen_add(&o, s->name);
	if (*s->suffix) {
		gen_add(&o, " ");
		gen_add(&o, s->suffix);
	}
	return out;
}

static const char *floor_name(char *out, size_t cap, int64_t n)
{
	struct gen_out o = gen_out_of(out, cap);
	int64_t ten = n % 100;

	gen_add_int(&o, n);
	gen_add(&o,
		ten >= 11 && ten <= 13 ? "th"
			: n % 10 == 1  ? "st"
			: n % 10 == 2  ? "nd"
			: n % 10 == 3  ? "rd"
				       : "th");
	return out;
}

/* "Brickell, Miami"; but only "Aventura" for Aventura in Aventura. */
static const char *place_and_city(char *out, size_t cap, const struct gen_place *place)
{
	struct gen_out o = gen_out_of(out, cap);

	gen_add(&o, place->name);
	if (strcmp(place->name, place->city)) {
		gen_add(&o, ", ");
		gen_add(&o, place->city);
	}
	return out;
}

static const char *const seas[] = {
	[WATER_NONE] = "the neighborhood",
	[WATER_OCEAN] = "the Atlantic",
	[WATER_BAY] = "Biscayne Bay",
	[WATER_CANAL] = "the canal",
	[WATER_LAKE] = "the lake",
	[WATER_RIVER] = "the river",
};
static const char *const nouns[] = {
	[CLASS_CONDO] = "condo",
	[CLASS_HOUSE] = "home",
	[CLASS_TOWNHOUSE] = "townhome",
	[CLASS_INCOME] = "building",
	[CLASS_LAND] = "parcel",
	[CLASS_COMMERCIAL] = "space",
	[CLASS_BUSINESS] = "business",
};

static void words_of(struct words *x, const struct gen_listing *l)
{
	struct gen_words *w = &x->w;

	GEN_WORD(w, 'b') = number(x->beds, sizeof(x->beds), l->beds, "0");
	GEN_WORD(w, 'a') = number(x->baths, sizeof(x->baths), l->baths, "1");
	GEN_WORD(w, 's') = grouped(x->sqft, sizeof(x->sqft), l->area_sqft);
	GEN_WORD(w, 'y') = number(x->year, sizeof(x->year), l->year, "2000");
	GEN_WORD(w, 'r') = street(x->street, sizeof(x->street), &l->street);
	GEN_WORD(w, 'd') = l->beds == 1 ? "bedroom" : "bedrooms";
	GEN_WORD(w, 'e') = l->baths == 1 ? "bathroom" : "bathrooms";
	GEN_WORD(w, 'i') = place_and_city(x->both, sizeof(x->both), l->place);
	GEN_WORD(w, 'h') = l->place->name;
	GEN_WORD(w, 'c') = l->place->city;
	GEN_WORD(w, 'n') = l->building.p ? l->building.p : l->subdivision.p;
	GEN_WORD(w, 't') = nouns[l->class];
	GEN_WORD(w, 'w') = seas[l->place->water_kind];
	GEN_WORD(w, 'l') = floor_name(x->floor, sizeof(x->floor),
		l->entry_level == GEN_NONE ? 1 : l->entry_level);
	GEN_WORD(w, 'p') =
		number(x->parking, sizeof(x->parking), l->garage > 0 ? l->garage : 2, "2");
	GEN_WORD(w, 'g') = grouped(x->lot, sizeof(x->lot),
		l->lot_sqft_e2 == GEN_NONE ? GEN_NONE : l->lot_sqft_e2 / 100);
}

struct sentences {
	struct gen_out *o;
	const struct words *x;
	struct gen_rand r;
};

/* Adds n different sentences of a table, one after the other. */
static void say(struct sentences *s, const char *const table[], unsigned size, unsigned n)
{
	unsigned at = gen_below(&s->r, size);

	for (; n > 0; n--, at = (at + 1 + gen_below(&s->r, 2) * (size > 3)) % size) {
		gen_fill(s->o, table[at], &s->x->w);
		gen_add(s->o, " ");
	}
}

#define SAY(s, table, n) say((s), (table), sizeof(table) / sizeof(*(table)), (n))

static void say_home(struct sentences *s, const struct gen_listing *l)
{
	if (l->beds == 0)
		SAY(s, studio_openings, 1);
	else
		SAY(s, openings, 1);
	SAY(s, kitchens, 1);
	SAY(s, interiors, 2 + gen_below(&s->r, 2));
	if (l->class == CLASS_CONDO) {
		if (l->entry_level > 12)
			SAY(s, high_views, 1);
		SAY(s, tower_views, 1);
		SAY(s, tower_amenities, 1 + gen_below(&s->r, 2));
	} else {
		SAY(s, yards, 1);
		SAY(s, systems, gen_below(&s->r, 2));
	}
	if (l->traits & GEN_TRAIT_WATER && l->class != CLASS_CONDO)
		SAY(s, waters, 1);
	SAY(s, places, 1);
	if (l->lease)
		SAY(s, lease_closings, 1);
	else
		SAY(s, sale_closings, gen_below(&s->r, 3));
}

void gen_remarks(const struct gen_listing *l, struct gen_out *o)
{
	struct words x = {0};
	struct sentences s = {o, &x, gen_rand_of(l->life.key, TOPIC_REMARKS)};
	char *from = o->at;

	words_of(&x, l);
	switch (l->class) {
	case CLASS_LAND:
		SAY(&s, land, 3);
		SAY(&s, places, 1);
		break;
	case CLASS_COMMERCIAL:
	case CLASS_BUSINESS:
		SAY(&s, trade, 4);
		SAY(&s, places, 1);
		break;
	case CLASS_INCOME: SAY(&s, income, 4); break;
	case CLASS_CONDO:
	case CLASS_HOUSE:
	case CLASS_TOWNHOUSE: say_home(&s, l); break;
	}
	for (int i = 0; i < l->life.n; i++) /* an edit that has happened changes the words */
		if (l->life.events[i].kind == EVENT_EDIT &&
			l->life.events[i].at <= l->state.bridge_modified)
			gen_add(o, "Open house this weekend; see the schedule. ");
	if (o->at > from)
		*--o->at = 0;
}

void gen_remarks_private(const struct gen_listing *l, struct gen_out *o)
{
	struct words x = {0};
	struct sentences s = {o, &x, gen_rand_of(l->life.key, TOPIC_REMARKS + 1)};
	char *from = o->at;

	SAY(&s, notes, 1 + gen_below(&s.r, 2));
	if (o->at > from)
		*--o->at = 0;
}

void gen_remarks_directions(const struct gen_listing *l, struct gen_out *o)
{
	static const char *const ways[] = {
		"From I-95 exit toward {h}, continue to {r}, property on the right.",
		"Use GPS. {r} in {i}.",
		"From US-1 turn onto {r} and follow it into {h}.",
		"Take the Palmetto or Turnpike toward {c}; {r} is in {n}.",
	};
	struct words x = {0};
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_REMARKS + 2);

	words_of(&x, l);
	gen_fill(o, GEN_PICK(&r, ways), &x.w);
}
