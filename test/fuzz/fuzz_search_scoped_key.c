/* Any bytes as a scoped key: never signed with a key that whoever made them does not know. And whatever parameters it fixes, with
 * whatever a request says beside them, are read or refused. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/json.h"
#include "mod/search/access.h"
#include "mod/search/asked.h"
#include "mod/search/scoped_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, struct str text)
{
	struct search_access who = {.who = SEARCH_PUBLIC};
	struct err e = {.arena = a};
	struct search_scoped_key k;
	struct search_asked asked;

	if (!search_scoped_key_read(a, text, &k))
		return;
	assert(k.prefix.len == SCOPED_KEY_PREFIX && k.expires_s >= 0);
	assert(!search_scoped_key_is_of(a, &k, STR("a key that nobody has been told")));
	who.embedded = k.json;
	/* The key's parameters stand for a request's as well. */
	if (!search_asked_read(a, &who, k.json, NULL, &asked, &e))
		for (size_t i = 0; i < asked.look.marked_n; i++)
			assert(!asked.look.is_hidden[asked.look.marked[i]]);
	else
		assert(e.msg && *e.msg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str all = str_from(data, size);

	check(a, all);
	check(a, enc_base64(a, all));
	/* As if somebody had signed it. */
	check(a,
		enc_base64(a,
			STR_JOIN(a, STR("H/lOHgpqpLsEsu7wzlD6APcWAEbAGC6dGJbEBsgs2xU=RN23"), all)));
	arena_free(a);
	return 0;
}
