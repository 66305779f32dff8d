/* page_place: where a page begins, and the link to the next one.
 *
 * Owner    the request's arena. Failure -1 after a fault. Threads pure.
 */
#pragma once
#include "base/err.h"
#include "mod/reso/reso_sql.h"

struct reso_call;
struct reso_want;

struct page_place {
	int64_t size; /* rows a page */
	int64_t left; /* of $top; -1: all */
	int64_t skip; /* rows to pass over */
	struct reso_place after;
};

int page_place_read(struct reso_call *c, const struct reso_want *want,
	struct page_place *ret_place) MUST_CHECK;
int64_t page_place_rows(struct page_place *place);

/* The URL of the page behind the row `last`, after `rows` rows. */
struct str page_place_link(struct reso_call *c, const struct reso_want *want,
	const struct page_place *place, const struct reso_place *last, int64_t rows);
