/* name: what buckets and objects may be called, and how names come out of a path.
 *
 * A name is 1 to 1024 characters of UTF-8 without controls; its parts between slashes are neither empty nor "." nor "..". A slash that
 * was percent-encoded is refused, since proxies do not agree on what it is.
 *
 * Owner    the arena. Failure false. Threads pure.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct arena;

bool storage_name_is_bucket(struct str text);
bool storage_name_is_object(struct str text);

/* raw: what stands in the request's path after the bucket, percent-encoded. Decodes, and checks. */
bool storage_name_decode(struct arena *a, struct str raw, struct str *ret_name);
