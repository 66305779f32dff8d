/* s3_list: reads the answers of ListObjectsV2 and of errors, which are XML of somebody else's service.
 *
 * It looks for the few elements it knows, in order, and takes no notice of the rest: no entities of their own, no namespaces.
 *
 * Owner    texts live in the arena.
 * Failure  false for an object without a key or a size, and at the end.
 * Threads  pure.
 * Units    bytes; microseconds since 1970.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

struct s3_object {
	struct str key;
	int64_t size, changed_us; /* 0: not told */
};

/* The next <Contents>; *rest is what follows it. */
bool s3_list_next(struct arena *a, struct str *rest, struct s3_object *ret_object);

/* Where the next page begins; absent on the last one. */
struct str s3_list_token(struct arena *a, struct str xml);

/* "NoSuchKey" of an error; "" without one. */
struct str s3_list_code(struct arena *a, struct str xml);
