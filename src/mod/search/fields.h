/* fields: the fields of the collection `listings`, as searches name them, and where each comes from.
 *
 * Owner    constants. Threads any.
 *
 * Names are the columns of mls.listings; `location` is its latitude and longitude. What a field is for the public:
 *   SEARCH_AGENT    not there at all: to name it is an error, as any unknown field is
 *   SEARCH_ADDRESS  absent from listings whose address is opted out (InternetAddressDisplayYN): no filter, sort, facet, word or
 *                   output of it tells a public caller anything of such a listing
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum search_type {
	SEARCH_STRING,
	SEARCH_INT32,
	SEARCH_INT64, /* dates and times too: seconds since 1970 */
	SEARCH_FLOAT,
	SEARCH_BOOL,
	SEARCH_GEOPOINT, /* [latitude, longitude] */
};

enum {
	SEARCH_FACET = 1, /* facet_by, group_by */
	SEARCH_SORT = 2,  /* sort_by */
	SEARCH_WORDS = 4, /* query_by; every string is */
	SEARCH_ADDRESS = 8,
	SEARCH_AGENT = 16,
	SEARCH_REQUIRED = 32, /* never null */
	SEARCH_TEXT = 64,     /* long: words and :=, but no facets and no sorting */
};

enum search_audience { SEARCH_PUBLIC, SEARCH_AGENTS };

struct search_field {
	const char *name;
	enum search_type type;
	unsigned flags;
	/* SQL over `l` (mls.listings), whose text is the value: a string as it is, numbers in decimal, t or f; null: absent.
	 * A geopoint is "latitude,longitude". NULL: not from the table (id). */
	const char *sql;
};

#define SEARCH_FIELDS_MAX 64

extern const struct search_field search_fields[];
extern const int search_fields_n;

/* The field's number; -1 when there is none, or none for this audience. */
int search_field_find(struct str name, enum search_audience who);

bool search_field_is_for(int field, enum search_audience who);

/* The name nearest to one that is not there, for "did you mean"; NULL: none is near. */
const char *search_field_near(struct str name, enum search_audience who);

const char *search_type_name(enum search_type t); /* "string", "int32", ... as Typesense says */
