/* Numbers as keys that sort, and as texts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/run_local.h"

#define DIGIT_BITS 11
#define DIGITS (1 << DIGIT_BITS)
#define PASSES ((64 + DIGIT_BITS - 1) / DIGIT_BITS)
#define EXACT 9007199254740992.0 /* 2^53: integers up to here are exact */
#define TEXT_SIZE 40
#define FEW 200

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void pass(const uint64_t *from, uint64_t *to, size_t n, int shift, uint32_t *counts)
{
	uint32_t at = 0;

	for (size_t i = 0; i < DIGITS; i++) {
		uint32_t here = counts[i];
		counts[i] = at;
		at += here;
	}
	for (size_t i = 0; i < n; i++)
		to[counts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

void search_radix_sort(uint64_t *v, size_t n, uint64_t *room)
{
	uint32_t counts[DIGITS];
	uint64_t *from = v, *to = room;

	if (n <= FEW) {
		qsort(v, n, sizeof(*v), ascending);
		return;
	}
	for (int shift = 0; shift < PASSES * DIGIT_BITS; shift += DIGIT_BITS) {
		memset(counts, 0, sizeof(counts));
		for (size_t i = 0; i < n; i++)
			counts[from[i] >> shift & (DIGITS - 1)]++;
		/* Alike in this digit: nothing moves. */
		if (counts[from[0] >> shift & (DIGITS - 1)] == n)
			continue;
		pass(from, to, n, shift, counts);
		uint64_t *other = from;
		from = to;
		to = other;
	}
	if (from != v)
		memcpy(v, from, n * sizeof(*v));
}

uint64_t search_number_key(double x)
{
	uint64_t bits;

	x += 0.0; /* -0 is 0 */
	memcpy(&bits, &x, sizeof(bits));
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

double search_number_of_key(uint64_t key)
{
	uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

struct str search_number_text(struct arena *a, double x)
{
	char text[TEXT_SIZE];

	if (fabs(x) < EXACT && x == rint(x))
		return str_printf(a, "%lld", (long long)x);
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	return str_copy(a, str_of(text));
}
