/* gen_place: the map the generator stands on: neighbourhoods of Miami-Dade and Broward with their
 * centres, postal codes, price levels and housing mix; streets and condominium buildings in them.
 *
 * Places, cities, postal codes and street names are real or look it; buildings are invented, and the
 * same for every seed. Coordinates are near the place's centre, not on a parcel.
 *
 * Owner    constants. Failure none. Threads pure.
 * Units    degrees times a million, metres, US dollars a square foot, percent.
 */
#pragma once
#include <stdint.h>

#include "mod/mls/gen_rand.h"

enum gen_water { WATER_NONE, WATER_OCEAN, WATER_BAY, WATER_CANAL, WATER_LAKE, WATER_RIVER };
enum gen_streets { STREETS_GRID, STREETS_GABLES, STREETS_BEACH, STREETS_COAST, STREETS_SUBURB };
enum gen_county { COUNTY_DADE, COUNTY_BROWARD };

#define GEN_WEIGHT_MAX 10

struct gen_place {
	const char *name, *city, *zip, *area;
	int32_t lat_e6, lon_e6;
	uint16_t reach_ns_m, reach_we_m; /* how far from the centre */
	uint16_t condo_ppsf, house_ppsf;
	uint8_t condo, townhouse; /* percent of homes; the rest are houses */
	uint8_t water;            /* percent on the water */
	uint8_t weight;           /* share of the listings, 1 .. GEN_WEIGHT_MAX */
	uint8_t water_kind, streets, county;
	const char *quadrant;      /* "SW"; only for a grid */
	uint16_t grid_lo, grid_hi; /* numbers of the streets; only for a grid */
	const char *subdivisions[3];
};

extern const struct gen_place gen_places[];
extern const unsigned gen_places_n;

/* One by weight. */
const struct gen_place *gen_place_pick(struct gen_rand *r);
const char *gen_county_name(const struct gen_place *place);

/* Borrowed texts are constants. */
struct gen_street {
	const char *quadrant; /* NULL without */
	char name[24];
	const char *suffix; /* "St" */
	int number;         /* of the house */
};
struct gen_street gen_street_pick(const struct gen_place *place, struct gen_rand *r);

struct gen_building {
	char name[64];
	struct gen_street street;
	int floors, year;
	int32_t lat_e6, lon_e6;
};
struct gen_building gen_building_pick(const struct gen_place *place, struct gen_rand *r);

/* A point within reach of the place's centre; most are close. */
void gen_point_pick(const struct gen_place *place, struct gen_rand *r, int32_t *ret_lat_e6,
	int32_t *ret_lon_e6);
