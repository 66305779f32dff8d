/* feed_model: generated listings as OData sees them: the model of each kind of feed, and rows that filters can ask.
 *
 * Bridge has the photos inside the rows, and two timestamps; a plain server has Media as a resource of its own, and
 * ModificationTimestamp alone.
 *
 * Owner    the arena. Failure none. Threads pure, as gen_field.h is.
 */
#pragma once
#include <stdbool.h>

#include "mod/mls/gen_field.h"
#include "mod/reso/reso.h"

struct arena;
struct gen_listing;

/* odata_field.of of Property's fields is the struct gen_field, or NULL: Coordinates. */
struct odata_model *feed_model_new(struct arena *a, bool is_reso) __attribute__((returns_nonnull));

/* Rows of which odata_row.of is a struct gen_listing; its texts may be written while it is asked. */
extern const struct odata_row_kind feed_model_listing;

/* Rows of Media: of is this. */
struct feed_photo {
	struct arena *a; /* for what is made while it is asked */
	struct gen_listing *l;
	int n; /* from 1 */
};
extern const struct odata_row_kind feed_model_photo;
