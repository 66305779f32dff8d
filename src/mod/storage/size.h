/* size: "20mb" and the like, as clients give limits.
 *
 * Owner    nothing. Failure false. Threads pure. Units bytes: kb is 1000, kib 1024.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Digits with an optional fraction, then nothing, b, kb, mb, gb, tb, kib, mib, gib or tib in any case, with spaces between allowed. At least
 * one byte; fractions of bytes are cut off. */
bool storage_size_parse(struct str text, int64_t *ret_bytes);
