/* Any bytes: a time that is accepted is written in one form, and that form reads back equal. */
#include <assert.h>
#include <stdint.h>

#include "base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_from(data, size);
	char iso[CLOCK_ISO_SIZE], http[CLOCK_HTTP_SIZE], date[CLOCK_DATE_SIZE];
	int64_t us, again;
	int32_t days, days_again;

	if (clock_parse_iso(s, &us) && us >= -62135596800 * US_PER_SECOND &&
		us < 253402300800 * US_PER_SECOND) {
		assert(clock_parse_iso(str_of(clock_format_iso(iso, us)), &again) && again == us);
		assert(clock_parse_http(str_of(clock_format_http(http, us)), &again));
	}
	if (clock_parse_date(s, &days)) {
		assert(str_eq(str_of(clock_format_date(date, days)), s));
		assert(clock_parse_iso(s, &us) && us == days * US_PER_DAY);
		assert(clock_days(clock_date_of(days), &days_again) && days_again == days);
	}
	if (clock_parse_http(s, &us))
		assert(str_eq(str_of(clock_format_http(http, us)), s));
	return 0;
}
