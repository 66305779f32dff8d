/* notice: what must stand with every display of a workspace's listings (mls.display_notice()).
 *
 * Owner    the arena. Failure -1 after site_fail(). Threads (waits).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct site_call;

struct site_notice {
	struct str json; /* the whole object */
	bool on_search, on_detail;
	int64_t max_results;
	struct str copyright;
	struct str hidden; /* fields that the MLS hides from the public: ",city,list_price," */
};

int site_notice_read(struct site_call *c, struct site_notice *ret);
