/* leaked: looks a password up in a sorted file of SHA-1 hashes, as those that collect leaks publish them ("<40 hex digits>:count").
 *
 * Owner    the caller's file, which stays open and may be of any size: some 30 short reads a look-up.
 * Failure  a file that cannot be read, or is not sorted, has no password; logged. Threads leaked_has() (waits), leaked_search() is for the thread pool.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

bool leaked_has(int file, struct str password);

/* hash: 40 digits in upper case. */
bool leaked_search(int file, const char *hash);
