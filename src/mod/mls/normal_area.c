/* The states of the United States and the provinces of Canada, roughly: normal_area_of(), declared in normal_local.h. */
#include "mod/mls/normal_local.h"

static const struct normal_area areas[] = {
	{"AL", "Alabama", 30.1f, 35.1f, -88.6f, -84.8f},
	{"AK", "Alaska", 51, 71.6f, -180, -129},
	{"AZ", "Arizona", 31.2f, 37.1f, -115, -108.9f},
	{"AR", "Arkansas", 32.9f, 36.6f, -94.7f, -89.6f},
	{"CA", "California", 32.4f, 42.1f, -124.6f, -114},
	{"CO", "Colorado", 36.9f, 41.1f, -109.2f, -101.9f},
	{"CT", "Connecticut", 40.9f, 42.1f, -73.8f, -71.7f},
	{"DE", "Delaware", 38.4f, 39.9f, -75.9f, -74.9f},
	{"DC", "District of Columbia", 38.7f, 39.1f, -77.2f, -76.8f},
	{"FL", "Florida", 24.3f, 31.1f, -87.7f, -79.9f},
	{"GA", "Georgia", 30.3f, 35.1f, -85.7f, -80.7f},
	{"HI", "Hawaii", 18.8f, 22.4f, -160.4f, -154.7f},
	{"ID", "Idaho", 41.9f, 49.1f, -117.3f, -111},
	{"IL", "Illinois", 36.9f, 42.6f, -91.6f, -87.4f},
	{"IN", "Indiana", 37.7f, 41.8f, -88.2f, -84.7f},
	{"IA", "Iowa", 40.3f, 43.6f, -96.7f, -90.1f},
	{"KS", "Kansas", 36.9f, 40.1f, -102.2f, -94.5f},
	{"KY", "Kentucky", 36.4f, 39.2f, -89.7f, -81.9f},
	{"LA", "Louisiana", 28.8f, 33.1f, -94.1f, -88.7f},
	{"ME", "Maine", 42.9f, 47.5f, -71.2f, -66.8f},
	{"MD", "Maryland", 37.8f, 39.8f, -79.6f, -74.9f},
	{"MA", "Massachusetts", 41.1f, 42.9f, -73.6f, -69.8f},
	{"MI", "Michigan", 41.6f, 48.4f, -90.5f, -82.3f},
	{"MN", "Minnesota", 43.4f, 49.5f, -97.4f, -89.4f},
	{"MS", "Mississippi", 30, 35.1f, -91.8f, -88},
	{"MO", "Missouri", 35.9f, 40.7f, -95.9f, -89},
	{"MT", "Montana", 44.3f, 49.1f, -116.2f, -103.9f},
	{"NE", "Nebraska", 39.9f, 43.1f, -104.2f, -95.2f},
	{"NV", "Nevada", 34.9f, 42.1f, -120.1f, -113.9f},
	{"NH", "New Hampshire", 42.6f, 45.4f, -72.6f, -70.6f},
	{"NJ", "New Jersey", 38.8f, 41.4f, -75.7f, -73.8f},
	{"NM", "New Mexico", 31.2f, 37.1f, -109.2f, -102.9f},
	{"NY", "New York", 40.4f, 45.1f, -79.9f, -71.7f},
	{"NC", "North Carolina", 33.7f, 36.7f, -84.4f, -75.3f},
	{"ND", "North Dakota", 45.8f, 49.1f, -104.2f, -96.4f},
	{"OH", "Ohio", 38.3f, 42.4f, -84.9f, -80.4f},
	{"OK", "Oklahoma", 33.5f, 37.1f, -103.1f, -94.3f},
	{"OR", "Oregon", 41.9f, 46.4f, -124.7f, -116.3f},
	{"PA", "Pennsylvania", 39.6f, 42.4f, -80.6f, -74.6f},
	{"RI", "Rhode Island", 41, 42.1f, -72, -71},
	{"SC", "South Carolina", 31.9f, 35.3f, -83.5f, -78.4f},
	{"SD", "South Dakota", 42.4f, 46, -104.2f, -96.3f},
	{"TN", "Tennessee", 34.9f, 36.8f, -90.4f, -81.5f},
	{"TX", "Texas", 25.7f, 36.6f, -106.8f, -93.4f},
	{"UT", "Utah", 36.9f, 42.1f, -114.2f, -108.9f},
	{"VT", "Vermont", 42.6f, 45.1f, -73.6f, -71.4f},
	{"VA", "Virginia", 36.4f, 39.6f, -83.8f, -75.1f},
	{"WA", "Washington", 45.4f, 49.1f, -124.9f, -116.8f},
	{"WV", "West Virginia", 37.1f, 40.7f, -82.8f, -77.6f},
	{"WI", "Wisconsin", 42.3f, 47.4f, -93, -86.2f},
	{"WY", "Wyoming", 40.9f, 45.1f, -111.2f, -103.9f},
	{"PR", "Puerto Rico", 17.8f, 18.6f, -68, -65.1f},
	{"VI", "Virgin Islands", 17.6f, 18.5f, -65.2f, -64.5f},
	{"AB", "Alberta", 48.9f, 60.1f, -120.1f, -109.9f},
	{"BC", "British Columbia", 48.2f, 60.1f, -139.2f, -114},
	{"MB", "Manitoba", 48.9f, 60.1f, -102.2f, -88.9f},
	{"NB", "New Brunswick", 44.5f, 48.2f, -69.2f, -63.7f},
	{"NL", "Newfoundland and Labrador", 46.5f, 60.6f, -67.9f, -52.5f},
	{"NS", "Nova Scotia", 43.3f, 47.1f, -66.5f, -59.6f},
	{"NT", "Northwest Territories", 59.9f, 78.9f, -136.6f, -101.9f},
	{"NU", "Nunavut", 51.6f, 83.2f, -120.8f, -61.1f},
	{"ON", "Ontario", 41.6f, 56.9f, -95.3f, -74.2f},
	{"PE", "Prince Edward Island", 45.9f, 47.2f, -64.6f, -61.9f},
	{"QC", "Quebec", 44.9f, 62.7f, -79.9f, -57},
	{"SK", "Saskatchewan", 48.9f, 60.1f, -110.1f, -101.3f},
	{"YT", "Yukon", 59.9f, 69.8f, -141.2f, -123.7f},
};

const struct normal_area *normal_area_of(struct str s)
{
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
		const struct normal_area *a = &areas[i];
		if (s.len == 2 ? (s.p[0] | 0x20) == (a->code[0] | 0x20) &&
					(s.p[1] | 0x20) == (a->code[1] | 0x20)
			       : (s.len > 3 && str_eq_nocase(s, str_of(a->name))))
			return a;
	}
	return NULL;
}
