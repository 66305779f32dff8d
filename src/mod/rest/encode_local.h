/* encode_local: single values, for the encoders. Private to src/mod/rest.
 *
 * Owner, failure, threads: as encode.h.
 */
#pragma once
#include "base/buf.h"
#include "mod/rest/cache.h"

/* enum rest_kind by oid, for types of PostgreSQL's own. Types that need more were wrapped in to_json() by the select. */
#define ENCODE_KINDS 3803
extern const unsigned char encode_kinds[ENCODE_KINDS];

static inline enum rest_kind encode_kind(unsigned oid)
{
	return oid < ENCODE_KINDS ? (enum rest_kind)encode_kinds[oid] : REST_KIND_TEXT;
}

/* Writes the value and returns where it ends; NULL, and nothing is written, for a text that has to be escaped. text is UTF-8, as
 * PostgreSQL gives it; room is for text.len + ENCODE_ROOM bytes. */
#define ENCODE_ROOM 8
char *encode_put(char *at, enum rest_kind kind, struct str text);
/* Such a text. */
void encode_escaped(struct buf *out, struct str text);
