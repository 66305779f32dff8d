/* range: the header Range (RFC 9110 14.2), one range of bytes.
 *
 * Owner, failure none. Threads pure. Units bytes.
 */
#pragma once
#include <stdint.h>

#include "base/str.h"

enum range_answer {
	RANGE_WHOLE, /* no range, several, another unit, or nonsense: the whole is the answer */
	RANGE_PART,
	RANGE_BEYOND, /* 416 */
};

/* size: of the whole. For RANGE_PART from and len, within it. */
enum range_answer range_parse(struct str header, int64_t size, int64_t *ret_from, int64_t *ret_len);
