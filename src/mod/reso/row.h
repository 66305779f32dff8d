/* row: one row of an answer from its payload. A payload that needs no change is copied as it is; others are read and written anew.
 *
 * Owner    scratch is reset for each row by the caller. Failure E_*: what PostgreSQL gave is no object. Threads pure.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/reso/odata_query.h"

struct arena;
struct buf;
struct reso_catalog;

struct reso_row {
	const struct reso_catalog *catalog;
	const struct odata_query *query;
	bool is_property;
	bool is_verbatim; /* reso_row_init() */
};

void reso_row_init(struct reso_row *r, const struct reso_catalog *catalog,
	const struct odata_query *query, bool is_property);

/* Appends the row's members without the brace in front: `"a":1}`. more: what $expand adds; absent or {}: nothing. */
int reso_row_write(const struct reso_row *r, struct arena *scratch, struct buf *b,
	struct str payload, struct str more, struct err *e) MUST_CHECK;
