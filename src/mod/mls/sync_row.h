/* sync_row: what tells a row of a feed from others, found by a walk over the top level of its text: its key, its timestamp, its hash.
 * A row that is what it was needs no more than that; it is never parsed.
 *
 * Owner    the key borrows from the text.
 * Failure  false: the text is not simple enough (escapes in the key, a number for a key, no object, brackets that do not match): it
 *          is to be parsed, which also finds out whether it is JSON at all.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/str.h"

struct sync_row_fields {
	struct str key;
	struct str stamps[2]; /* the first that a row has counts; absent: none */
};

struct sync_row_head {
	struct str key;   /* 1 to 255 bytes of UTF-8 */
	int64_t stamp_us; /* NORMAL_NULL without one */
	struct hash_128
		hash; /* of the text from the first member on that is no @odata annotation */
};

bool sync_row_read(struct str text, const struct sync_row_fields *fields,
	struct sync_row_head *ret_head);

/* The hash alone: of any object that json_parse() took. */
struct hash_128 sync_row_hash(struct str text);
