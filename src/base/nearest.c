#include "base/nearest.h"

#include <limits.h>
#include <string.h>

#define LONGEST 40

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned row[LONGEST + 1];

	if (n > LONGEST || m > LONGEST)
		return UINT_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[m];
}

struct nearest nearest_to(const char *word)
{
	return (struct nearest){.word = word, .distance = (unsigned)strlen(word) / 3 + 2};
}

void nearest_offer(struct nearest *n, const char *name)
{
	unsigned d = distance(n->word, name);

	if (d < n->distance) {
		n->distance = d;
		n->best = name;
	}
}
