/* Any bytes as Range of a file, whose size is in the first two bytes: a part is within the file and not empty. */
#include <assert.h>
#include <stdint.h>

#include "mod/storage/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t from, len;

	if (size < 2)
		return 0;
	int64_t whole = data[0] * 256 + data[1];
	if (range_parse(str_from(data + 2, size - 2), whole, &from, &len) == RANGE_PART)
		assert(from >= 0 && len > 0 && from < whole && len <= whole - from);
	if (range_parse(str_from(data + 2, size - 2), INT64_MAX, &from, &len) == RANGE_PART)
		assert(from >= 0 && len > 0 && len <= INT64_MAX - from);
	return 0;
}
