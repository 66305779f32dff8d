/* normal_local: what the parts of normal share. Not for others.
 *
 *   normal.c       texts, numbers, times
 *   normal_word.c  property types, states, postal codes
 *   normal_place.c coordinates, addresses in one line
 *   normal_area.c  the states of the United States and the provinces of Canada
 */
#pragma once
#include "mod/mls/normal.h"

/* Without case, spaces, "_" and "-"; more than cap: too long. */
size_t normal_bare(char *out, size_t cap, struct str s);

/* Every place of a state or province is within, and a little of what is around. */
struct normal_area {
	const char code[3];
	const char *name;
	float south, north, west, east;
};

/* By its code or name, in any case; NULL: no such one. */
const struct normal_area *normal_area_of(struct str s);
