/* gen_rand: pseudo-random numbers for the generator, the same on every machine and in every release.
 *
 * A stream is a SplitMix64 that starts from a key and a topic. Each topic of a listing (its life, its
 * rooms, its words, ...) has a stream of its own, so that a change in one leaves the others alone.
 *
 * Owner    values. Failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct gen_rand {
	uint64_t s;
};

/* A bijection of 64 bits; gen_unmix() is its inverse. */
static inline uint64_t gen_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline uint64_t gen_unmix(uint64_t x)
{
	x = (x ^ (x >> 31) ^ (x >> 62)) * UINT64_C(0x319642b2d24d8ec3);
	x = (x ^ (x >> 27) ^ (x >> 54)) * UINT64_C(0x96de1b173f119089);
	return x ^ (x >> 30) ^ (x >> 60);
}

static inline struct gen_rand gen_rand_of(uint64_t key, uint64_t topic)
{
	return (struct gen_rand){gen_mix(key ^ gen_mix(topic + 1))};
}

static inline uint64_t gen_next(struct gen_rand *r)
{
	r->s += UINT64_C(0x9e3779b97f4a7c15);
	return gen_mix(r->s);
}

/* 0 .. n-1; n > 0. */
static inline uint32_t gen_below(struct gen_rand *r, uint32_t n)
{
	return (uint32_t)((gen_next(r) >> 32) * n >> 32);
}

/* lo .. hi, both included. */
static inline int64_t gen_between(struct gen_rand *r, int64_t lo, int64_t hi)
{
	return lo + (int64_t)(gen_next(r) % (uint64_t)(hi - lo + 1));
}

static inline bool gen_chance(struct gen_rand *r, unsigned percent)
{
	return gen_below(r, 100) < percent;
}

/* About normal: mean 0, deviation 1, within 3.5 (the sum of four uniform numbers). */
static inline double gen_normal(struct gen_rand *r)
{
	uint64_t x = gen_next(r);
	double sum = 0;

	for (int i = 0; i < 4; i++, x >>= 16)
		sum += (double)(x & 0xffff) / 65535.0;
	return (sum - 2.0) * 1.7320508075688772;
}

#define GEN_PICK(r, table) ((table)[gen_below((r), sizeof(table) / sizeof(*(table)))])
