#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/map.h"
#include "mod/mls/gen.h"
#include "mod/mls/gen_field.h"
#include "mod/mls/gen_key.h"
#include "mod/mls/gen_listing.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define ROWS 600
#define NOW INT64_C(1795219200000000) /* 2026-11-21 */

static struct gen *market(uint64_t seed, uint32_t rows, int64_t as_of_us)
{
	return gen_new(&(struct gen_config){
		.seed = seed,
		.rows = rows,
		.as_of_us = as_of_us,
		.dataset = "miamire_demo",
		.media_base = "https://media.example.invalid/demo",
	});
}

static int setup(void **state)
{
	*state = market(7, ROWS, NOW);
	return 0;
}

static int teardown(void **state)
{
	gen_free(*state);
	return 0;
}

static struct str row(struct arena *a, const struct gen *g, uint32_t slot,
	const struct gen_view *view)
{
	struct buf b;

	buf_init(&b, 0);
	gen_row(g, slot, view, &b);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static const struct json *parsed(struct arena *a, struct str text)
{
	struct err e = {.arena = a};
	const struct json *v = json_parse(a, text, &e);

	if (!v)
		print_message("%s in " STR_FMT "\n", e.msg, STR_ARG(text));
	assert_non_null(v);
	return v;
}

static struct str text_at(const struct json *v, const char *field)
{
	struct str s = STR_NULL;

	json_to_str(json_get(v, field), &s);
	return s;
}

static int64_t time_at(const struct json *v, const char *field)
{
	int64_t us = GEN_NONE;

	clock_parse_iso(text_at(v, field), &us);
	return us;
}

/* --- the same bytes --------------------------------------------------------------------------------- */

static struct hash_128 hash_of(uint64_t seed, uint32_t rows, int64_t as_of_us)
{
	struct gen *g = market(seed, rows, as_of_us);
	struct buf b;

	buf_init(&b, 0);
	for (uint32_t i = 0; i < 100; i++)
		gen_row(g, i, NULL, &b);
	struct hash_128 h = hash_128(buf_view(&b));
	buf_done(&b);
	gen_free(g);
	return h;
}

static void seed_rows_and_time_decide_every_byte(void **state)
{
	struct hash_128 h = hash_of(7, 200, NOW);

	(void)state;
	assert_true(hash_128_eq(h, hash_of(7, 200, NOW)));
	assert_false(hash_128_eq(h, hash_of(8, 200, NOW)));
	assert_false(hash_128_eq(h, hash_of(7, 200, NOW + 30 * US_PER_DAY)));
}

static void every_row_is_json_with_every_field(void **state)
{
	struct arena *a = arena_new();

	for (uint32_t i = 0; i < ROWS; i++) {
		struct str text = row(a, *state, i, NULL);
		const struct json *v = parsed(a, text);
		assert_int_equal(json_len(v), gen_fields_n);
		assert_int_equal(text_at(v, "ListingKey").len, 32);
		assert_true(text.len > 4000 && text.len < 32000);
		assert_true(str_find(text, STR("{h}")) < 0 && str_find(text, STR("{b}")) < 0);
		arena_reset(a);
	}
	arena_free(a);
}

static void a_view_limits_the_fields(void **state)
{
	struct arena *a = arena_new();
	bool fields[GEN_FIELDS_MAX] = {0};
	struct gen_view view = {.fields = fields, .id_base = STR("http://h/Property")};

	fields[gen_field_find(STR("City"))] = true;
	const struct json *v = parsed(a, row(a, *state, 3, &view));
	assert_int_equal(json_len(v), 2);
	assert_true(str_starts(text_at(v, "@odata.id"), STR("http://h/Property('")));
	assert_true(text_at(v, "City").len > 2);
	fields[gen_field_find(STR("City"))] = false;
	view.id_base = STR_NULL;
	assert_true(str_eq(row(a, *state, 3, &view), STR("{}")));
	arena_free(a);
}

static void odd_rows_are_json_too_and_keep_their_key(void **state)
{
	struct gen_view view = {.odd_types = true, .odd_fields = true};
	struct arena *a = arena_new();
	unsigned odd = 0;

	for (uint32_t i = 0; i < ROWS; i++) {
		const struct json *v = parsed(a, row(a, *state, i, &view));
		assert_int_equal(text_at(v, "ListingKey").len, 32);
		assert_int_equal(json_type(json_get(v, "DEMO_LocalField")), JSON_OBJECT);
		odd += json_type(json_get(v, "BedroomsTotal")) == JSON_STRING;
		arena_reset(a);
	}
	assert_in_range(odd, ROWS / 20, ROWS / 2);
	arena_free(a);
}

static void fields_agree_with_their_lists(void **state)
{
	(void)state;
	for (unsigned i = 0; i < gen_fields_n; i++) {
		const struct gen_field *f = &gen_fields[i];
		assert_int_equal(gen_field_find(str_of(f->name)), i); /* no name twice */
		assert_int_equal(strlen(f->json), f->json_len);
		if (f->kind == GEN_LIST)
			assert_string_equal(f->name, gen_lists[f->list].name);
	}
	for (unsigned i = 0; i < gen_lists_n; i++) {
		int found = gen_field_find(str_of(gen_lists[i].name));
		assert_true(found >= 0 && gen_fields[found].list == i);
	}
	assert_int_equal(gen_field_find(STR("city")), -1);
}

/* --- keys and index --------------------------------------------------------------------------------- */

static void mixing_can_be_undone(void **state)
{
	struct gen_rand r = {42};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t x = gen_next(&r);
		assert_true(gen_unmix(gen_mix(x)) == x && gen_mix(gen_unmix(x)) == x);
	}
	assert_true(gen_unmix(gen_mix(0)) == 0);
}

static void keys_lead_back_to_their_slot(void **state)
{
	char key[GEN_KEY_SIZE];
	uint32_t slot;
	int32_t turn;

	(void)state;
	for (int i = -50; i < 50; i++) {
		gen_key_format(key, 7, (uint32_t)(i + 50) * 99991, i);
		assert_true(gen_key_parse(str_of(key), 7, &slot, &turn));
		assert_int_equal(slot, (uint32_t)(i + 50) * 99991);
		assert_int_equal(turn, i);
		assert_false(gen_key_parse(str_of(key), 8, &slot, &turn));
		key[31] = key[31] == '0' ? '1' : '0';
		assert_false(gen_key_parse(str_of(key), 7, &slot, &turn));
	}
	assert_false(gen_key_parse(STR("abc"), 7, &slot, &turn));
	assert_false(gen_key_parse(STR("ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"), 7, &slot, &turn));
}

static void keys_and_numbers_are_unique(void **state)
{
	struct arena *a = arena_new();
	struct map *keys = map_new(a, 2 * ROWS);

	for (uint32_t i = 0; i < ROWS; i++) {
		const struct json *v = parsed(a, row(a, *state, i, NULL));
		uint32_t slot;
		assert_null(map_put(keys, text_at(v, "ListingKey"), "k"));
		assert_null(map_put(keys, text_at(v, "ListingId"), "n"));
		assert_true(gen_find(*state, text_at(v, "ListingKey"), &slot));
		assert_int_equal(slot, i);
	}
	arena_free(a);
}

static void index_has_every_listing_in_order(void **state)
{
	struct arena *a = arena_new();
	const struct gen_entry *index = gen_index(*state);
	bool seen[ROWS] = {0};

	for (uint32_t i = 0; i < ROWS; i++) {
		const struct json *v = parsed(a, row(a, *state, index[i].slot, NULL));
		assert_int_equal(time_at(v, "BridgeModificationTimestamp"), index[i].at);
		assert_true(index[i].at <= NOW);
		assert_false(seen[index[i].slot]);
		seen[index[i].slot] = true;
		if (i)
			assert_true(index[i].at > index[i - 1].at ||
				(index[i].at == index[i - 1].at &&
					index[i].key > index[i - 1].key));
		arena_reset(a);
	}
	assert_int_equal(gen_index_from(*state, INT64_MIN), 0);
	assert_int_equal(gen_index_from(*state, index[17].at), 17);
	assert_int_equal(gen_index_from(*state, index[17].at + 1), 18);
	assert_int_equal(gen_index_from(*state, NOW + 1), ROWS);
	arena_free(a);
}

static void an_empty_market_is_a_market(void **state)
{
	struct gen *g = market(1, 0, NOW);

	(void)state;
	assert_non_null(gen_index(g));
	assert_int_equal(gen_index_from(g, 0), 0);
	gen_free(g);
}

/* --- time ------------------------------------------------------------------------------------------- */

/* Looks at the market for 90 days: what changes, and whether the timestamps say so. */
static void a_row_changes_only_with_its_bridge_timestamp(void **state)
{
	struct arena *a = arena_new();
	unsigned changed = 0, vanished = 0, prices = 0, statuses = 0;

	for (uint32_t i = 0; i < 150; i++) {
		struct str before = STR_NULL;
		for (int64_t t = NOW; t < NOW + 90 * US_PER_DAY; t += US_PER_DAY * 3 / 2) {
			gen_set_as_of(*state, t);
			struct str now = row(a, *state, i, NULL);
			const struct json *v = parsed(a, now),
					  *w = before.p ? parsed(a, before) : v;
			int64_t at = time_at(v, "BridgeModificationTimestamp");
			assert_true(at <= t);
			if (!str_eq(text_at(v, "ListingKey"), text_at(w, "ListingKey")))
				vanished++;
			else if (before.p && !str_eq(now, before)) {
				assert_true(at > time_at(w, "BridgeModificationTimestamp"));
				changed++;
				int64_t p, q;
				if (json_to_i64(json_get(v, "ListPrice"), &p) &&
					json_to_i64(json_get(w, "ListPrice"), &q))
					prices += p != q;
				statuses += !str_eq(text_at(v, "StandardStatus"),
					text_at(w, "StandardStatus"));
			} else
				assert_int_equal(at, time_at(w, "BridgeModificationTimestamp"));
			before = now;
		}
		arena_reset(a);
	}
	assert_in_range(changed, 50, 500);
	assert_in_range(vanished, 10, 120);
	assert_in_range(prices, 10, 200);
	assert_in_range(statuses, 30, 300);
	arena_free(a);
}

static void not_after(const struct json *v, const char *early, const char *late)
{
	int64_t a = time_at(v, early), b = time_at(v, late);

	if (a != GEN_NONE && b != GEN_NONE && a > b)
		print_message("%s is after %s\n", early, late);
	assert_true(a == GEN_NONE || b == GEN_NONE || a <= b);
}

static void timestamps_and_statuses_agree(void **state)
{
	struct arena *a = arena_new();

	for (uint32_t i = 0; i < ROWS; i++) {
		const struct json *v = parsed(a, row(a, *state, i, NULL));
		struct str status = text_at(v, "StandardStatus");
		not_after(v, "OriginalEntryTimestamp", "ModificationTimestamp");
		not_after(v, "ModificationTimestamp", "BridgeModificationTimestamp");
		not_after(v, "PhotosChangeTimestamp", "BridgeModificationTimestamp");
		not_after(v, "StatusChangeTimestamp", "ModificationTimestamp");
		not_after(v, "PriceChangeTimestamp", "ModificationTimestamp");
		not_after(v, "MajorChangeTimestamp", "ModificationTimestamp");
		not_after(v, "OnMarketTimestamp", "StatusChangeTimestamp");
		not_after(v, "ListingContractDate", "CloseDate");
		bool closed = str_eq(status, STR("Closed"));
		assert_int_equal(json_type(json_get(v, "ClosePrice")),
			closed ? JSON_NUMBER : JSON_NULL);
		assert_int_equal(json_type(json_get(v, "CloseDate")),
			closed ? JSON_STRING : JSON_NULL);
		assert_int_equal(json_type(json_get(v, "BuyerAgentKey")),
			closed ? JSON_STRING : JSON_NULL);
		assert_int_equal(json_type(json_get(v, "OffMarketDate")) == JSON_NULL,
			str_starts(status, STR("Active")) || str_eq(status, STR("Coming Soon")));
		arena_reset(a);
	}
	arena_free(a);
}

/* --- what it looks like ----------------------------------------------------------------------------- */

static void photos_are_numbered_and_counted(void **state)
{
	struct arena *a = arena_new();

	for (uint32_t i = 0; i < ROWS; i++) {
		const struct json *v = parsed(a, row(a, *state, i, NULL)),
				  *media = json_get(v, "Media");
		struct str key = text_at(v, "ListingKey");
		int64_t count = -1;
		assert_true(json_to_i64(json_get(v, "PhotosCount"), &count));
		assert_int_equal(json_len(media), count);
		assert_true(count <= 40);
		int n = 0;
		for (struct json_iter it = json_each(media); json_next(&it);) {
			n++;
			assert_true(str_eq(text_at(it.value, "Order"), str_printf(a, "%d", n)));
			assert_true(str_eq(text_at(it.value, "MediaKey"),
				str_printf(a, STR_FMT "-m%d", STR_ARG(key), n)));
			assert_true(
				str_starts(text_at(it.value, "MediaURL"), STR("https://media.")));
		}
		arena_reset(a);
	}
	arena_free(a);
}

static void homes_lie_in_south_florida_and_are_of_human_size(void **state)
{
	struct gen_listing *l = malloc(sizeof(*l));

	for (uint32_t i = 0; i < ROWS; i++) {
		gen_look(*state, i, l);
		assert_in_range(l->lat_e6, 25350000, 26400000);
		assert_in_range(-l->lon_e6, 80020000, 80560000);
		if (l->beds != GEN_NONE) {
			assert_in_range(l->beds, 0, 10);
			assert_in_range(l->area_sqft, 250, 12000);
			assert_true(l->baths >= 1 && l->baths <= l->beds + 3);
		}
		if (!l->lease && l->class != CLASS_BUSINESS)
			assert_in_range(l->list_price, 40000, 60000000);
		if (l->lease)
			assert_in_range(l->list_price, 300, 200000);
	}
	free(l);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Median price of the condominiums for sale in a place. */
static int64_t median(const struct gen *g, uint32_t rows, const char *place)
{
	int64_t *prices = calloc(rows, sizeof(*prices)), n = 0;
	struct gen_listing *l = malloc(sizeof(*l));

	for (uint32_t i = 0; i < rows; i++) {
		gen_look(g, i, l);
		if (l->class == CLASS_CONDO && !l->lease && !strcmp(l->place->name, place))
			prices[n++] = l->list_price;
	}
	assert_true(n > 20);
	qsort(prices, (size_t)n, sizeof(*prices), by_value);
	int64_t middle = prices[n / 2];
	free(prices);
	free(l);
	return middle;
}

static void prices_follow_the_place(void **state)
{
	struct gen *g = market(3, 20000, NOW);

	(void)state;
	assert_true(median(g, 20000, "Sunny Isles Beach") > median(g, 20000, "Brickell"));
	assert_true(median(g, 20000, "Brickell") > 2 * median(g, 20000, "Tamarac"));
	gen_free(g);
}

/* Words that describe people instead of property, or promise what no agent may. */
static void remarks_speak_of_the_property_only(void **state)
{
	static const char *const words[] = {"family", "families", "children", "kids", "adult",
		"couple", "bachelor", "exclusive", "restricted", "private community", "christian",
		"church", "jewish", "hispanic", "latino", "perfect for", "ideal for", "suitable",
		"safe", "able-bodied", "mature", "retire", "senior", "young", "professional",
		"integrated", "traditional", "section 8", "no "};
	struct arena *a = arena_new();

	for (uint32_t i = 0; i < ROWS; i++) {
		const struct json *v = parsed(a, row(a, *state, i, NULL));
		struct str remarks = str_lower(a, text_at(v, "PublicRemarks"));
		assert_true(remarks.len > 100 && remarks.len < 2000);
		for (size_t w = 0; w < N(words); w++) {
			bool hit = str_find(remarks, str_of(words[w])) >= 0;
			/* "mature palms" and "no fixed bridges" are about the property */
			hit = hit && str_find(remarks, STR("mature palms")) < 0 &&
				strcmp(words[w], "no ");
			if (hit)
				print_message("%s: " STR_FMT "\n", words[w], STR_ARG(remarks));
			assert_false(hit);
		}
		arena_reset(a);
	}
	arena_free(a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seed_rows_and_time_decide_every_byte),
		TEST(every_row_is_json_with_every_field),
		TEST(a_view_limits_the_fields),
		TEST(odd_rows_are_json_too_and_keep_their_key),
		cmocka_unit_test(fields_agree_with_their_lists),
		cmocka_unit_test(mixing_can_be_undone),
		cmocka_unit_test(keys_lead_back_to_their_slot),
		TEST(keys_and_numbers_are_unique),
		TEST(index_has_every_listing_in_order),
		cmocka_unit_test(an_empty_market_is_a_market),
		TEST(a_row_changes_only_with_its_bridge_timestamp),
		TEST(timestamps_and_statuses_agree),
		TEST(photos_are_numbered_and_counted),
		TEST(homes_lie_in_south_florida_and_are_of_human_size),
		cmocka_unit_test(prices_follow_the_place),
		TEST(remarks_speak_of_the_property_only),
	};
	return cmocka_run_group_tests_name("mod/gen", tests, NULL, NULL);
}
