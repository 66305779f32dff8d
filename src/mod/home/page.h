/* page: the HTML of the page at /, from the results of home.c's batch.
 *
 * Every value is escaped. Owner: the text lives in the arena. Failure none. Threads none.
 */
#pragma once

#include "base/str.h"
#include "mod/demo/demo.h"

struct arena;
struct result;

#define HOME_SLUG DEMO_SLUG
#define HOME_DATASET DEMO_DATASET

enum home_part {
	HOME_WORKSPACE,
	HOME_COUNTS,
	HOME_SCHEMAS,
	HOME_RUNS,
	HOME_PAYLOADS,
	HOME_FEED,
	HOME_PARTS
};

struct str page_write(struct arena *a, struct result *const parts[HOME_PARTS]);
