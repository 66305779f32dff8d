#include "mod/search/tries.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/sieve.h"

#define ENTRIES 10000
#define BYTES ((size_t)2 << 20)
#define KEPT_US (3 * US_PER_SECOND) /* a key may be made that somebody tried before */
#define MINUTE_US (60 * US_PER_SECOND)

struct search_tries {
	struct sieve *networks; /* struct bucket */
	struct sieve *none;     /* int64_t: until when */
};

struct bucket {
	double left;
	int64_t at_us;
};

struct search_tries *search_tries_new(void)
{
	struct search_tries *t = calloc(1, sizeof *t);

	if (!t)
		abort();
	t->networks = sieve_new(ENTRIES, BYTES);
	t->none = sieve_new(ENTRIES, BYTES);
	return t;
}

void search_tries_free(struct search_tries *t)
{
	if (!t)
		return;
	sieve_free(t->networks);
	sieve_free(t->none);
	free(t);
}

bool search_tries_take(struct search_tries *t, struct str network, int64_t now_us)
{
	struct bucket *b = network.p ? sieve_get(t->networks, network) : NULL;

	if (!network.p)
		return true;
	if (!b) {
		b = sieve_put(t->networks, network, sizeof *b);
		*b = (struct bucket){TRIES_MOST, now_us};
	}
	b->left += (double)(now_us - b->at_us) * TRIES_MOST / (double)MINUTE_US;
	b->left = b->left > TRIES_MOST ? TRIES_MOST : b->left;
	b->at_us = now_us;
	if (b->left < 1)
		return false;
	b->left--;
	return true;
}

void search_tries_give_back(struct search_tries *t, struct str network)
{
	struct bucket *b = network.p ? sieve_get(t->networks, network) : NULL;

	if (b)
		b->left++;
}

void search_tries_failed(struct search_tries *t, struct str hash, int64_t now_us)
{
	int64_t *until_us = sieve_get(t->none, hash);

	if (!until_us)
		until_us = sieve_put(t->none, hash, sizeof *until_us);
	*until_us = now_us + KEPT_US;
}

bool search_tries_was_none(struct search_tries *t, struct str hash, int64_t now_us)
{
	const int64_t *until_us = sieve_get(t->none, hash);

	return until_us && *until_us > now_us;
}
