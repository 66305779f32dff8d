#include "mod/mls/gen_place.h"

#include <string.h>

#include "mod/mls/gen_text.h"

enum { TOPIC_BUILDING = 1 };

/* "name|suffix" */
static const char *const gables[] = {"Alhambra|Cir", "Granada|Blvd", "Anastasia|Ave", "Sevilla|Ave",
	"Columbus|Blvd", "Castile|Ave", "Cordova|St", "Palermo|Ave", "Malaga|Ave", "Santander|Ave",
	"Toledo|St", "Alcazar|Ave", "Minorca|Ave", "Navarre|Ave", "Valencia|Ave", "Almeria|Ave",
	"Segovia|St", "Mendoza|Ave", "Obispo|Ave", "Pizarro|St", "Riviera|Dr", "San Amaro|Dr",
	"Hardee|Rd", "Campo Sano|Ave", "Maynada|St", "Blue|Rd", "Leonardo|St", "Arvida|Pkwy"};
static const char *const beach[] = {"Collins|Ave", "Ocean|Dr", "Harding|Ave", "Abbott|Ave",
	"Byron|Ave", "Washington|Ave", "Meridian|Ave", "Euclid|Ave", "Lenox|Ave", "Alton|Rd",
	"Bay|Rd", "West|Ave", "Pine Tree|Dr", "Indian Creek|Dr", "Prairie|Ave", "Royal Palm|Ave",
	"Michigan|Ave", "Jefferson|Ave", "Pennsylvania|Ave", "Atlantic|Blvd", "El Mar|Dr",
	"Surf|Rd", "Briny|Ave", "Galt Ocean|Dr", "Seabreeze|Blvd", "Sunrise|Dr", "Carlyle|Ave"};
static const char *const coast[] = {"Bayshore|Dr", "Harbor|Dr", "Island|Blvd", "Mystic Pointe|Dr",
	"Country Club|Dr", "Yacht Club|Dr", "Isle of Venice|Dr", "Royal Plaza|Dr", "Mola|Ave",
	"Hendricks|Isle", "Barcelona|Dr", "Fernwood|Rd", "Hampton|Ln", "Ridgewood|Rd",
	"Glenridge|Rd", "Woodcrest|Ln", "Mashta|Dr", "Cape Florida|Dr", "Tigertail|Ave",
	"Matheson|Ave", "Hibiscus|St", "Poinciana|Ave", "Royal Palm|Ave", "Palm|Ave", "Bayview|Dr",
	"Bay Harbor|Dr", "Broadview|Ter", "Bay|Dr", "Kane Concourse|", "Venetian|Way",
	"Rivo Alto|Ter", "San Marino|Dr"};
static const char *const suburb[] = {"Banyan|Ln", "Cypress|Ct", "Live Oak|Dr", "Sawgrass|Ter",
	"Egret|Ln", "Heron|Way", "Ibis|Dr", "Osprey|Ct", "Pelican|Ln", "Sandpiper|Cir",
	"Lakeview|Dr", "Lake Shore|Dr", "Fairway|Dr", "Eagle Trace|Blvd", "Mahogany|Way",
	"Jacaranda|Ave", "Magnolia|Ter", "Gardenia|Ct", "Bougainvillea|Way", "Sabal Palm|Blvd",
	"Coconut|Cir", "Bonaventure|Blvd", "Weston|Rd", "Ramblewood|Dr", "Riverside|Dr", "Wiles|Rd",
	"Hiatus|Rd", "Sheridan|St", "Johnson|St", "Taylor|St", "Garfield|St", "Monroe|St",
	"Jackson|St", "Fillmore|St", "Royal Poinciana|Blvd", "Main|St", "Eagle Nest|Ln",
	"Silver Lake|Dr"};
static const char *const ways[] = {"St", "Ave", "Ct", "Ter", "Pl", "Ln", "St", "Ave", "St", "Ave"};

static const char *const marks[] = {"Aria", "Solana", "Mirador", "Palmera", "Azura", "Coralia",
	"Bayline", "Marisol", "Vizcaya View", "Paloma", "Atlantica", "Serena", "Oceana Point",
	"Costera", "Lumina", "Nautica", "Villa Clara", "Celeste", "Marbrisa", "Islamar", "Bellamar",
	"Sabal", "Meridia", "Tropica", "Alameda", "Sevilla", "Monterey", "Kestrel", "Laguna",
	"Parkline", "Biscaya", "Regatta", "Quay", "Windward", "Halcyon", "Tidewater", "Royale",
	"Everglade", "Flamingo", "Grandview"};
/* {m} one of the marks, {h} the place */
static const char *const patterns[] = {"{m} at {h}", "{h} {m}", "The {m}", "{m} Towers",
	"{m} House", "{m} on the Water", "{m} Club", "{m} Residences", "{m} Place", "One {m}",
	"{m} Gardens", "{m} Plaza"};

const struct gen_place *gen_place_pick(struct gen_rand *r)
{
	const struct gen_place *p;

	do
		p = &gen_places[gen_below(r, gen_places_n)];
	while (gen_below(r, GEN_WEIGHT_MAX) >= p->weight);
	return p;
}

const char *gen_county_name(const struct gen_place *place)
{
	return place->county == COUNTY_DADE ? "Miami-Dade" : "Broward";
}

static const char *ordinal(int n)
{
	if (n % 100 >= 11 && n % 100 <= 13)
		return "th";
	return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static struct gen_street grid_street(const struct gen_place *place, struct gen_rand *r)
{
	int n = (int)gen_between(r, place->grid_lo, place->grid_hi);
	int cross = (int)gen_between(r, place->grid_lo, place->grid_hi);
	struct gen_street s = {.quadrant = place->quadrant, .suffix = GEN_PICK(r, ways)};

	struct gen_out name = gen_out_of(s.name, sizeof(s.name));
	gen_add_int(&name, n);
	gen_add(&name, ordinal(n));
	s.number = cross * 100 + (int)gen_between(r, 1, 99);
	return s;
}

static struct gen_street named_street(const char *entry, struct gen_rand *r)
{
	const char *bar = strchr(entry, '|');
	struct gen_street s = {.suffix = bar + 1, .number = (int)gen_between(r, 101, 9899)};

	memcpy(s.name, entry, (size_t)(bar - entry));
	return s;
}

struct gen_street gen_street_pick(const struct gen_place *place, struct gen_rand *r)
{
	switch ((enum gen_streets)place->streets) {
	case STREETS_GABLES: return named_street(GEN_PICK(r, gables), r);
	case STREETS_BEACH: return named_street(GEN_PICK(r, beach), r);
	case STREETS_COAST: return named_street(GEN_PICK(r, coast), r);
	case STREETS_SUBURB: return named_street(GEN_PICK(r, suburb), r);
	case STREETS_GRID: break;
	}
	return grid_street(place, r);
}

void gen_point_pick(const struct gen_place *place, struct gen_rand *r, int32_t *ret_lat_e6,
	int32_t *ret_lon_e6)
{
	/* A degree of latitude is 111 km, one of longitude at 25.9 degrees north 100 km. */
	*ret_lat_e6 = place->lat_e6 + (int32_t)(gen_normal(r) * place->reach_ns_m * 4.5);
	*ret_lon_e6 = place->lon_e6 + (int32_t)(gen_normal(r) * place->reach_we_m * 5.0);
}

/* What stands there follows from the place and the building's number alone. */
struct gen_building gen_building_pick(const struct gen_place *place, struct gen_rand *r)
{
	uint64_t which = (uint64_t)(place - gen_places) << 8 | gen_below(r, 3 + place->condo / 10);
	struct gen_rand b = gen_rand_of(which, TOPIC_BUILDING);
	struct gen_building g = {0};
	struct gen_words words = {0};
	struct gen_out name = gen_out_of(g.name, sizeof(g.name));
	bool tower = place->condo_ppsf > 400;

	GEN_WORD(&words, 'm') = GEN_PICK(&b, marks);
	GEN_WORD(&words, 'h') = place->name;
	gen_fill(&name, GEN_PICK(&b, patterns), &words);
	g.street = gen_street_pick(place, &b);
	g.floors = (int)(tower ? gen_between(&b, 8, 52) : gen_between(&b, 2, 9));
	g.year = (int)(tower ? gen_between(&b, 1966, 2025) : gen_between(&b, 1962, 2018));
	gen_point_pick(place, &b, &g.lat_e6, &g.lon_e6);
	return g;
}
