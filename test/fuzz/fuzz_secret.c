/* Any bytes as key file, master key and envelope: nothing opens that we did not seal. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/keyring.h"
#include "base/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_keys(struct arena *a, struct str text)
{
	struct err e = {.arena = a};
	struct keyring *k = keyring_parse(text, &e), *one = keyring_from_text(text, NULL);
	struct buf b;

	assert(!k == (e.code != 0));
	if (k) {
		buf_init(&b, 0);
		keyring_format(k, &b);
		struct keyring *again = keyring_parse(buf_view(&b), NULL);
		assert(again && keyring_len(again) == keyring_len(k));
		keyring_free(again);
		buf_done(&b);
	}
	keyring_free(k);
	keyring_free(one);
}

static void open_envelope(struct arena *a, struct str text)
{
	static struct keyring *k;
	struct secret_place at = {STR("table"), STR("row"), STR("column")};
	struct str plain;

	if (!k)
		k = keyring_from_text(
			STR("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
			NULL);
	assert(secret_open(a, k, at, text, &plain, NULL) != 0);
	if (secret_is_stale(k, text))
		assert(secret_key_id(text).p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = str_from(size ? (const void *)data : "", size);

	read_keys(a, s);
	open_envelope(a, s);
	arena_free(a);
	return 0;
}
