#include "mod/site/rate.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/sieve.h"

#define NETWORKS 100000
#define BYTES (16u << 20)
#define BURST_S 10
#define DEBT_S 60

struct site_rate {
	double per_second;
	struct sieve *networks; /* struct bucket */
};

struct bucket {
	double left;
	int64_t at_us;
};

struct site_rate *site_rate_new(long long per_second)
{
	struct site_rate *r = calloc(1, sizeof *r);

	if (!r)
		abort();
	r->per_second = (double)per_second;
	r->networks = sieve_new(NETWORKS, BYTES);
	return r;
}

void site_rate_free(struct site_rate *r)
{
	if (!r)
		return;
	sieve_free(r->networks);
	free(r);
}

/* NULL: there is no limit. */
static struct bucket *bucket_of(struct site_rate *r, struct str network, int64_t now_us)
{
	double most = r->per_second * BURST_S;
	struct bucket *b;

	if (r->per_second <= 0 || !network.p)
		return NULL;
	b = sieve_get(r->networks, network);
	if (!b) {
		b = sieve_put(r->networks, network, sizeof *b);
		*b = (struct bucket){most, now_us};
	}
	b->left += (double)(now_us - b->at_us) / (double)US_PER_SECOND * r->per_second;
	if (b->left > most)
		b->left = most;
	b->at_us = now_us;
	return b;
}

int64_t site_rate_take(struct site_rate *r, struct str network, int64_t now_us)
{
	struct bucket *b = bucket_of(r, network, now_us);

	if (!b)
		return 0;
	if (b->left < 1)
		return (int64_t)((1 - b->left) / r->per_second) + 1;
	b->left--;
	return 0;
}

void site_rate_charge(struct site_rate *r, struct str network, int64_t n, int64_t now_us)
{
	struct bucket *b = bucket_of(r, network, now_us);

	if (!b)
		return;
	b->left -= (double)n;
	if (b->left < -r->per_second * DEBT_S)
		b->left = -r->per_second * DEBT_S;
}
