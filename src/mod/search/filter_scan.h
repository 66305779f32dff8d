/* filter_scan: a place in the text of a search parameter, for the readers of filter_by, sort_by, facet_by and lists.
 *
 * Owner    texts borrow from the parameter, or lie in the arena.
 * Failure  E_INPUT, or E_ABSENT for a field that is not there, with one sentence: "filter_by at 17: ...". Positions are bytes, from 1.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/search/fields.h"
#include "mod/search/query.h"

struct arena;

#define SEARCH_SCAN_OPERANDS 4000 /* values of all conditions together */
#define SEARCH_SCAN_CORNERS 500   /* of all polygons together */

struct search_scan {
	struct arena *a;
	struct err *e;
	const char *param;
	struct str all;
	size_t at, end; /* from 0; what is to be read */
	enum search_audience who;
	size_t nodes, operands, corners; /* used so far, of what a query may have */
};

struct search_scan search_scan_of(struct arena *a, const char *param, struct str all,
	enum search_audience who, struct err *e);

/* Records "<param> at <at + 1>: ..." and returns E_INPUT. */
int search_scan_wrong(struct search_scan *s, size_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void search_scan_space(struct search_scan *s);
char search_scan_peek(struct search_scan *s); /* after spaces; NUL at the end */
bool search_scan_is(const struct search_scan *s, size_t at, const char *text);
bool search_scan_take(struct search_scan *s, const char *text); /* after spaces */

/* What stands before the first of stops, or the end, without spaces around; *ret_at is where it begins. */
struct str search_scan_until(struct search_scan *s, const char *stops, size_t *ret_at);

/* The place of the bracket that closes the one at `open` ('(' or '['); what stands in backticks does not count. */
int search_scan_closing(struct search_scan *s, size_t open, size_t *ret_at);

/* A name that stands at `at`, as the number of a field. `kind` and `where` make Typesense's sentence "Could not find a<kind> field
 * named `x` in the schema<where>."; flags: what the field must be for. */
int search_scan_field(struct search_scan *s, size_t at, struct str name, int *ret_field);
int search_scan_field_for(struct search_scan *s, size_t at, struct str name, unsigned flags,
	const char *kind, const char *where, int *ret_field);

/* A value of a field of numbers: dates are int64, too. */
int search_scan_number(struct search_scan *s, size_t at, struct str text, int field, double *ret_x);
/* "5.1 km", "2mi": metres, more than 0. */
int search_scan_distance(struct search_scan *s, size_t at, struct str text, double *ret_m);
int search_scan_point(struct search_scan *s, size_t at, double lat, double lng,
	struct search_point *ret_point);

/* For messages: short, without control characters. */
struct str search_scan_shown(struct arena *a, struct str text);
