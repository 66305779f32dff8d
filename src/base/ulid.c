#include "base/ulid.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"

#define RANDOM_LEN 10
#define POOL_IDS \
	64 /* random parts drawn at once: one draw costs 6,600 instructions, of any length */

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The last id of this thread, and random bytes for the next ones. */
static _Thread_local struct {
	int64_t ms;
	unsigned char random[RANDOM_LEN];
	unsigned char pool[POOL_IDS * RANDOM_LEN];
	size_t left; /* bytes of the pool, from its beginning, that nobody has had */
} last;

/* A child of fork() has one thread, the one that called it; it must not go on from its parent's. */
static void on_fork(void)
{
	last.ms = 0;
	last.left = 0;
}

static void watch_forks(void)
{
	if (pthread_atfork(NULL, NULL, on_fork))
		abort();
}

static void draw(unsigned char random[RANDOM_LEN])
{
	if (!last.left) {
		crypto_random(last.pool, sizeof(last.pool));
		last.left = sizeof(last.pool);
	}
	last.left -= RANDOM_LEN;
	memcpy(random, last.pool + last.left, RANDOM_LEN);
}

/* False when all 80 bits were ones. */
static bool count_up(unsigned char random[RANDOM_LEN])
{
	for (int i = RANDOM_LEN - 1; i >= 0; i--)
		if (++random[i] != 0)
			return true;
	return false;
}

static void next(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int64_t ms = now_us() / US_PER_MS;

	pthread_once(&once, watch_forks);
	if (ms <= last.ms) {
		if (count_up(last.random))
			return;
		ms = last.ms + 1;
	}
	last.ms = ms;
	draw(last.random);
}

char *ulid_new(char out[ULID_SIZE])
{
	unsigned char b[16];
	unsigned bits = 2, value = 0; /* 26 letters hold 130 bits: two zeros in front */
	char *p = out;

	next();
	for (int i = 0; i < 6; i++)
		b[i] = (unsigned char)(last.ms >> (40 - 8 * i));
	memcpy(b + 6, last.random, RANDOM_LEN);
	for (size_t i = 0; i < sizeof(b); i++) {
		value = (value << 8 | b[i]) & 0xffff;
		for (bits += 8; bits >= 5; bits -= 5)
			*p++ = letters[value >> (bits - 5) & 31];
	}
	*p = '\0';
	return out;
}

static int letter_value(char c)
{
	char upper = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	const char *at = upper ? strchr(letters, upper) : NULL;

	return at ? (int)(at - letters) : -1;
}

bool ulid_is_valid(struct str s)
{
	if (s.len != ULID_LEN || letter_value(s.p[0]) > 7)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (letter_value(s.p[i]) < 0)
			return false;
	return true;
}

bool ulid_time(struct str s, int64_t *ret_ms)
{
	int64_t ms = 0;

	if (!ulid_is_valid(s))
		return false;
	for (size_t i = 0; i < 10; i++)
		ms = ms << 5 | letter_value(s.p[i]);
	*ret_ms = ms;
	return true;
}
