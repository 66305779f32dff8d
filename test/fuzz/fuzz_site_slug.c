/* Any text as a slug, and as the words of one: what is read can stand in an array of PostgreSQL, and what is made is found again. */
#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "mod/site/slug.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_texts(const struct site_slug *s)
{
	for (size_t i = 0; i < s->numbers_n; i++) {
		assert(s->numbers[i].len);
		for (size_t k = 0; k < s->numbers[i].len; k++)
			assert(isalnum((unsigned char)s->numbers[i].p[k]) ||
				strchr("-._~", s->numbers[i].p[k]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct site_slug s = {.numbers_n = 0};
	struct str text = str_from(data, size);

	if (site_slug_read(a, text, &s))
		check_texts(&s);
	struct site_slug_parts p = {.id = STR("0b2f3c64-9d0e-4c1b-8a53-0d1f2e3a4b5c"),
		.number = str_sub(text, 0, size / 2),
		.street = {STR("1"), str_sub(text, size / 2, size), STR_NULL}};
	struct str slug = site_slug_make(a, &p);
	assert(slug.len < 300 && site_slug_read(a, slug, &s));
	check_texts(&s);
	bool is_found = str_eq(s.id, p.id);
	for (size_t i = 0; i < s.numbers_n; i++)
		is_found |= str_eq(s.numbers[i], p.number);
	assert(is_found);
	arena_free(a);
	return 0;
}
