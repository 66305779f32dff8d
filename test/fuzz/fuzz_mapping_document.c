/* Any JSON as a mapping: refused with a sentence, or it types a payload into a line that COPY takes. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/mapping.h"
#include "mod/mls/mapping_local.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char payload[] =
	"{\"ListingKey\": \"k\", \"A\": 7, \"B\": \"text\", \"C\": [\"one\", \"two\"], \"D\": {\"x\": [1]}, \"E\": true, \"F\": null,"
	" \"G\": \"\\u0000\", \"H\": \"Acres\", \"I\": 1e300, \"J\": [[1]], \"ListPrice\": 5, \"City\": \"Miami\"}";

static void type(struct arena *a, const struct mapping *m)
{
	const struct json *v = json_parse(a, str_of(payload), NULL);
	struct listing_row row;

	mapping_apply(m, a, v, &row);
	for (int c = 0; c < LISTING_COLUMNS; c++)
		if (mapping_columns[c].kind == KIND_TEXT && row.values[c].s.p)
			assert(!memchr(row.values[c].s.p, 0, row.values[c].s.len));
	double lat = row.values[LISTING_LATITUDE].x;
	assert(isnan(lat) || (lat >= -90 && lat <= 90));
	assert(row.extra.p == NULL || json_type(json_parse(a, row.extra, NULL)) == JSON_OBJECT);
	for (unsigned i = 0; i < row.problems_n && i < LISTING_PROBLEMS_MAX; i++)
		assert(row.problems[i].field.p && row.problems[i].reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	const struct json *document = json_parse(a, str_from(data, size), NULL);
	const struct mapping *m = document ? mapping_new(a, document, &e) : NULL;

	if (m) {
		assert(!e.code);
		assert(hash_128_eq(mapping_hash(m), mapping_hash(mapping_new(a, document, NULL))));
		type(a, m);
	} else if (document) {
		assert(e.code == E_INPUT && e.msg && *e.msg);
	}
	arena_free(a);
	return 0;
}
