/* support_odata: rows for the tests of OData's filters: texts that say "Name=value;..." against a small model. */
#pragma once
#include "base/arena.h"
#include "mod/reso/odata.h"

/* One resource, Property: text Key, City, Status (lookup); whole Beds, Baths; decimal Price; truth Pool; date Closed;
 * timestamp Modified; time Opens; point Place; lists of text View, Heating (lookup); Media with MediaKey, Order and the
 * list Permission, as a collection behind Property; Office, single. */
struct odata_model *support_odata_model(struct arena *a);

/* "Key='a';Beds=3;View='Bay','Ocean';Media=[Order=1|Order=2]": values as $filter writes them; what is not said is
 * null, or an empty list. */
struct odata_row support_odata_row(struct arena *a, const struct odata_resource *r,
	const char *text);

/* Does the filter hold for the row? The test fails when it cannot be read. */
bool support_odata_holds(struct arena *a, const struct odata_model *m, const char *filter,
	const char *row);

#define SUPPORT_NOW INT64_C(1795219200000000) /* 2026-11-21T00:00:00Z */
