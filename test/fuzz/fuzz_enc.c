/* Any bytes: encodings are reversible, and a text that decodes is the only one for its bytes. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/ulid.h"
#include "base/uuid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(struct arena *a, struct str text)
{
	struct str bytes, again;
	struct uuid id;
	char written[UUID_SIZE];
	int64_t ms;

	if (enc_hex_decode(a, text, &bytes))
		assert(str_eq_nocase(enc_hex(a, bytes), text));
	if (enc_base64_decode(a, text, &bytes))
		assert(str_eq(enc_base64(a, bytes), text));
	if (enc_base64url_decode(a, text, &bytes))
		assert(str_eq(enc_base64url(a, bytes), text));
	if (enc_percent_decode(a, text, &bytes))
		assert(enc_percent_decode(a, enc_percent(a, bytes), &again) ==
			(str_find_char(bytes, '\0') < 0));
	if (enc_form_decode(a, text, &bytes))
		assert(bytes.len <= text.len);
	if (uuid_parse(text, &id))
		assert(str_eq_nocase(str_of(uuid_format(written, id)), text));
	assert(ulid_is_valid(text) == ulid_time(text, &ms));
}

static void encode(struct arena *a, struct str bytes)
{
	struct str back;

	assert(enc_hex_decode(a, enc_hex(a, bytes), &back) && str_eq(back, bytes));
	assert(enc_base64_decode(a, enc_base64(a, bytes), &back) && str_eq(back, bytes));
	assert(enc_base64url_decode(a, enc_base64url(a, bytes), &back) && str_eq(back, bytes));
	if (str_find_char(bytes, '\0') < 0)
		assert(enc_form_decode(a, enc_percent(a, bytes), &back) && str_eq(back, bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = str_from(size ? (const void *)data : "", size);

	decode(a, s);
	encode(a, s);
	arena_free(a);
	return 0;
}
