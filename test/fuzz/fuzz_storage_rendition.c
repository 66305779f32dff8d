/* Parameters of renditions, as a query and as the transform of a link. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/storage/rendition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, int code, struct rendition *want, const struct err *e)
{
	if (code) {
		assert(e->msg && (e->code == E_INPUT || e->code == E_LIMIT));
		return;
	}
	assert(want->width >= 0 && want->width <= RENDITION_SIDE_MAX);
	assert(want->height >= 0 && want->height <= RENDITION_SIDE_MAX);
	assert(want->quality >= 20 && want->quality <= 100);
	rendition_settle(want, STR("image/webp"));
	struct str name = rendition_name(a, want); /* becomes the name of a file */
	assert(name.len < 64 && str_find_char(name, '/') < 0 && name.p[0] != '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct str text = str_from(data, size);
	struct rendition want;

	check(a, rendition_of_query(a, text, &want, &e), &want, &e);
	err_clear(&e);
	const struct json *v = json_parse(a, text, &e);
	if (json_type(v) == JSON_OBJECT) {
		err_clear(&e);
		check(a, rendition_of_json(a, v, &want, &e), &want, &e);
	}
	arena_free(a);
	return 0;
}
