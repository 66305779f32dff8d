/* slug: the last part of a listing's address on the web: what it is for people, and its number for us.
 *
 *     123-main-st-miami-fl-33101-A11234567        street, city, state, postal code, MLS number as it is written
 *     miami-fl-33101-A11234567                    the seller opted the address out
 *     miami-fl-0b2f3c64-…                         without a number that can stand in a URL: the listing's id
 *
 * Only the number counts when it is read: words before it may be old, or made up.
 *
 * Owner    the arena. Failure none. Threads any.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

struct site_slug_parts {
	struct str id;        /* a uuid's text */
	struct str number;    /* mls_number; absent: none, or not to be shown */
	struct str street[3]; /* number, name, unit; absent when the address is not displayed */
	struct str address;   /* address_full, for listings without a street's name */
	struct str area[3];   /* city, state, postal code */
};

struct str site_slug_make(struct arena *a, const struct site_slug_parts *p);

/* What a slug may stand for, best first: an id, or MLS numbers. */
#define SITE_SLUG_NUMBERS 24
struct site_slug {
	struct str id; /* lower case; absent: none */
	struct str numbers
		[SITE_SLUG_NUMBERS]; /* the longest first, each as written, in upper and in lower case */
	size_t numbers_n;
};

/* false: nothing can be behind it. */
bool site_slug_read(struct arena *a, struct str text, struct site_slug *ret);
