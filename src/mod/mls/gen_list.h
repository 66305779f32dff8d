/* gen_list: the multi-value fields (Appliances, View, ...) and their values, in RESO's spelling.
 *
 * A value asks for traits: "Dock" for water, "Elevator(s)" for a condominium. Of the values that suit
 * a listing a few are drawn.
 *
 * Owner    constants. Failure none. Threads pure.
 */
#pragma once
#include <stdint.h>

#include "mod/mls/gen_rand.h"

enum gen_trait {
	GEN_TRAIT_BUILT = 1 << 0, /* anything but land */
	GEN_TRAIT_CONDO = 1 << 1,
	GEN_TRAIT_GROUND = 1 << 2, /* a house or townhouse on its own lot */
	GEN_TRAIT_POOL = 1 << 3,
	GEN_TRAIT_WATER = 1 << 4,
	GEN_TRAIT_OCEAN = 1 << 5,
	GEN_TRAIT_BAY = 1 << 6,
	GEN_TRAIT_CANAL = 1 << 7,
	GEN_TRAIT_LAKE = 1 << 8,
	GEN_TRAIT_RIVER = 1 << 9,
	GEN_TRAIT_FEE = 1 << 10, /* an association */
	GEN_TRAIT_GARAGE = 1 << 11,
	GEN_TRAIT_HIGH = 1 << 12, /* above the tenth floor */
	GEN_TRAIT_NEW = 1 << 13,
	GEN_TRAIT_SALE = 1 << 14,
	GEN_TRAIT_LEASE = 1 << 15,
	GEN_TRAIT_LAND = 1 << 16,
	GEN_TRAIT_TRADE = 1 << 17, /* commercial */
	GEN_TRAIT_DEAR = 1 << 18,  /* the upper end */
	GEN_TRAIT_FIRE = 1 << 19,
	GEN_TRAIT_SPA = 1 << 20,
	GEN_TRAIT_TWO = 1 << 21,  /* two floors or more */
	GEN_TRAIT_FLAT = 1 << 22, /* one floor */
};

struct gen_value {
	const char *quoted; /* "\"Central Air\"": ready for JSON */
	unsigned needs;     /* all of these traits */
};

#define GEN_VALUES_MAX 26
#define GEN_LISTS_MAX 48

struct gen_list {
	const char *name; /* of the field, and of its lookup unless that has another name */
	const char *lookup;
	unsigned needs; /* null without */
	uint8_t min, max;
	struct gen_value values[GEN_VALUES_MAX]; /* ends with a NULL */
};

extern const struct gen_list gen_lists[];
extern const unsigned gen_lists_n;

/* One bit per chosen value; 0 when nothing suits. */
uint64_t gen_list_pick(const struct gen_list *list, unsigned traits, struct gen_rand *r);
