/* location(25.77, -80.19, exclude_radius: 2 mi, precision: 0.5 km) */
#include "mod/search/order_local.h"

static int read_coordinate(struct search_scan *s, double *ret_x)
{
	size_t at;
	struct str part = search_scan_until(s, ",)", &at);

	if (!str_to_f64(part, ret_x))
		return search_scan_wrong(s, at, "a latitude and a longitude are wanted here");
	return 0;
}

static int read_option(struct search_scan *s, struct search_sort *sort)
{
	size_t at, value_at;

	struct str name = search_scan_until(s, ":,)", &at);
	bool is_exclusion = str_eq(name, STR("exclude_radius"));
	if (!is_exclusion && !str_eq(name, STR("precision")))
		return search_scan_wrong(s, at,
			"exclude_radius or precision is wanted here, as exclude_radius: 2 mi");
	if (!search_scan_take(s, ":"))
		return search_scan_wrong(s, at, "this option has no colon");
	struct str value = search_scan_until(s, ",)", &value_at);
	return search_scan_distance(s, value_at, value,
		is_exclusion ? &sort->exclude_radius_m : &sort->precision_m);
}

int search_order_distance(struct search_scan *s, struct search_sort *sort)
{
	size_t at = s->at;
	double lat, lng;

	sort->key = SEARCH_BY_DISTANCE;
	if (read_coordinate(s, &lat))
		return E_INPUT;
	if (!search_scan_take(s, ","))
		return search_scan_wrong(s, at, "a latitude and a longitude are wanted here");
	if (read_coordinate(s, &lng))
		return E_INPUT;
	while (search_scan_take(s, ","))
		if (read_option(s, sort))
			return E_INPUT;
	return search_scan_point(s, at, lat, lng, &sort->centre);
}
