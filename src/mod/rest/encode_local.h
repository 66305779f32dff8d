/* encode_local: single values, for the encoders. Private to src/mod/rest.
 *
 * Owner, failure, threads: as encode.h.
 */
#pragma once
#include "base/buf.h"
#include "mod/rest/cache.h"

/* The JSON form of values of a type of PostgreSQL's own. Types that need more were wrapped in to_json() by the select. */
enum rest_kind encode_kind(unsigned oid);

/* text is UTF-8, as PostgreSQL gives it. */
void encode_text(struct buf *out, struct str text);
void encode_kind_value(struct buf *out, enum rest_kind kind, struct str text);
