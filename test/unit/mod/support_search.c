#include "support_search.h"

#include <assert.h>
#include <string.h>

uint32_t search_dice_roll(struct search_dice *d, uint32_t below)
{
	d->state = d->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((d->state >> 33) % below);
}

int search_support_field(const char *name)
{
	int field = search_field_find(str_of(name), SEARCH_AGENTS);

	assert(field >= 0);
	return field;
}

struct search_doc search_support_doc(uint32_t n)
{
	struct search_doc doc = {.is_public = true, .is_address_public = true};

	for (int i = 0; i < 4; i++)
		doc.id[i] = (uint8_t)(n >> (24 - 8 * i));
	return doc;
}

static const char *const vocabulary[] = {"pool", "poll", "pools", "beach", "beachfront", "bech",
	"house", "houses", "home", "homes", "view", "viw", "ocean", "oecan", "canoe", "sunny",
	"isles", "isle", "the", "a", "an", "of", "miami", "maimi", "señor", "senor", "straße",
	"tower", "towers", "two", "2", "12", "123", "1234", "21", "renovated", "renovation",
	"waterfront", "water", "front", "kitchen", "kitchens", "chicken", "garage", "garden",
	"gardens", "lauderdale", "laudredale"};

struct str search_support_word(struct search_dice *d)
{
	return str_of(vocabulary[search_dice_roll(d, sizeof vocabulary / sizeof *vocabulary)]);
}

struct str search_support_text(struct arena *a, struct search_dice *d, uint32_t words_most)
{
	uint32_t n = search_dice_roll(d, words_most + 1);
	struct str text = STR("");

	for (uint32_t i = 0; i < n; i++)
		text = STR_JOIN(a, text, i ? STR(" ") : STR(""), search_support_word(d));
	return text;
}

static int characters(struct str s, uint32_t *to)
{
	int n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (((uint8_t)s.p[i] & 0xc0) == 0x80)
			to[n - 1] = to[n - 1] << 8 | (uint8_t)s.p[i];
		else
			to[n++] = (uint8_t)s.p[i];
	}
	return n;
}

int search_support_distance(struct str s, struct str t)
{
	uint32_t a[64], b[64];
	int d[65][65], n = characters(s, a), m = characters(t, b);

	for (int i = 0; i <= n; i++)
		for (int j = 0; j <= m; j++) {
			int least = i + j;
			if (i && j) {
				least = d[i - 1][j] + 1;
				least = d[i][j - 1] + 1 < least ? d[i][j - 1] + 1 : least;
				int same = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
				least = same < least ? same : least;
			}
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				d[i - 2][j - 2] + 1 < least)
				least = d[i - 2][j - 2] + 1;
			d[i][j] = least;
		}
	return d[n][m];
}
