/* Areas in square feet, and the price of one: mapping_areas(), declared in mapping_local.h. */
#include "mod/mls/mapping_local.h"

#include <limits.h>
#include <math.h>

#include "mod/mls/normal.h"

static int64_t whole(double x)
{
	x = round(x);
	return x >= 1 && x <= INT_MAX ? (int64_t)x : LISTING_NULL;
}

static enum mapping_unit living_unit(const struct typing *t)
{
	return mapping_unit_of(mapping_helper(t, SLOT_LIVING_UNITS));
}

static void living_area(struct typing *t)
{
	int64_t *area = &t->row->values[LISTING_LIVING_AREA_SQFT].n;
	double exact;

	if (*area == LISTING_NULL || living_unit(t) != UNIT_SQM)
		return;
	if (!normal_float(t->values[LISTING_LIVING_AREA_SQFT], 0, INT_MAX, &exact))
		*area = whole(exact * mapping_unit_sqft(UNIT_SQM));
}

/* Square feet from acres, or from an area whose unit is known. */
static void lot_size(struct typing *t)
{
	int64_t *lot = &t->row->values[LISTING_LOT_SIZE_SQFT].n;
	struct str field = t->m->fields[LISTING_LOT_SIZE_SQFT];
	bool is_acres = str_eq(field, STR("LotSizeAcres")),
	     is_area = str_eq(field, STR("LotSizeArea"));
	double acres, area;

	if (t->m->values[LISTING_LOT_SIZE_SQFT] || (*lot != LISTING_NULL && !is_acres && !is_area))
		return;
	*lot = LISTING_NULL;
	if (!normal_float(t->values[SLOT_LOT_ACRES], 0, 1e6, &acres) && acres > 0) {
		*lot = whole(acres * mapping_unit_sqft(UNIT_ACRES));
		return;
	}
	enum mapping_unit unit = mapping_unit_of(mapping_helper(t, SLOT_LOT_UNITS));
	if (!normal_float(t->values[SLOT_LOT_AREA], 0, 1e12, &area) && !isnan(area) && unit)
		*lot = whole(area * mapping_unit_sqft(unit));
}

static void price_per_sqft(struct typing *t)
{
	int64_t price = t->row->values[LISTING_LIST_PRICE].n;
	int64_t area = t->row->values[LISTING_LIVING_AREA_SQFT].n;
	int64_t *rate = &t->row->values[LISTING_PRICE_PER_SQFT].n;

	if (*rate == LISTING_NULL && price != LISTING_NULL && area != LISTING_NULL)
		*rate = whole((double)price / (double)area);
}

void mapping_areas(struct typing *t)
{
	living_area(t);
	lot_size(t);
	price_per_sqft(t);
}
