/* Any bytes as the token of an unsubscribe link: refused; and one that was signed is refused with any other byte. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/keyring.h"
#include "mod/alerts/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keyring *ring;
	struct arena *a = arena_new();
	struct alerts_token t = {0}, got;

	if (!ring)
		ring = keyring_from_text(
			STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
			NULL);
	assert(ring);
	struct str text = str_from(data, size), good = alerts_token_write(a, ring, &t);
	assert(alerts_token_read(a, ring, good, &got) && uuid_is_nil(got.person));
	if (alerts_token_read(a, ring, text, &got))
		assert(str_eq(alerts_token_write(a, ring, &got), text));
	if (size) {
		struct str wrong = str_copy(a, good);
		((char *)wrong.p)[data[0] % good.len] ^= (char)(data[size - 1] | 1);
		assert(!alerts_token_read(a, ring, wrong, &got));
	}
	arena_free(a);
	return 0;
}
