#include "base/hash.h"

#include <endian.h>
#include <pthread.h>
#include <string.h>

#include "base/crypto.h"
#include "base/enc.h"

static uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static uint64_t load64(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* The last n < 8 bytes, little-endian: read from both ends, which may overlap. */
static uint64_t load_tail(const char *p, size_t n)
{
	uint32_t head, tail;

	if (n >= 4) {
		memcpy(&head, p, sizeof(head));
		memcpy(&tail, p + n - sizeof(tail), sizeof(tail));
		return le32toh(head) | (uint64_t)le32toh(tail) << 8 * (n - 4);
	}
	if (!n)
		return 0;
	return (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 * (n / 2) |
		(uint64_t)(unsigned char)p[n - 1] << 8 * (n - 1);
}

#define C1 UINT64_C(0x87c37b91114253d5)
#define C2 UINT64_C(0x4cf5ad432745937f)

static uint64_t mix1(uint64_t k)
{
	return rotl(k * C1, 31) * C2;
}

static uint64_t mix2(uint64_t k)
{
	return rotl(k * C2, 33) * C1;
}

static uint64_t avalanche(uint64_t k)
{
	k = (k ^ k >> 33) * UINT64_C(0xff51afd7ed558ccd);
	k = (k ^ k >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return k ^ k >> 33;
}

/* MurmurHash3_x64_128 by Austin Appleby, who placed it in the public domain. */
struct hash_128 hash_128(struct str s)
{
	uint64_t h1 = 0, h2 = 0;
	size_t i = 0;

	for (; i + 16 <= s.len; i += 16) {
		h1 = rotl(h1 ^ mix1(load64(s.p + i)), 27) + h2;
		h1 = h1 * 5 + 0x52dce729;
		h2 = rotl(h2 ^ mix2(load64(s.p + i + 8)), 31) + h1;
		h2 = h2 * 5 + 0x38495ab5;
	}
	size_t rest = s.len - i;
	if (rest > 8)
		h2 ^= mix2(load_tail(s.p + i + 8, rest - 8));
	if (rest > 0)
		h1 ^= mix1(load_tail(s.p + i, rest < 8 ? rest : 8));

	h1 ^= s.len;
	h2 ^= s.len;
	h1 += h2;
	h2 += h1;
	h1 = avalanche(h1);
	h2 = avalanche(h2);
	h1 += h2;
	h2 += h1;
	return (struct hash_128){.hi = h1, .lo = h2};
}

bool hash_128_eq(struct hash_128 a, struct hash_128 b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

char *hash_128_hex(char out[HASH_128_HEX_SIZE], struct hash_128 h)
{
	uint64_t words[] = {htobe64(h.hi), htobe64(h.lo)};

	enc_hex_write(out, words, sizeof(words));
	out[HASH_128_HEX_SIZE - 1] = '\0';
	return out;
}

struct sip {
	uint64_t a, b, c, d;
};

/* Inlined, so that the four words stay in registers. */
static inline __attribute__((always_inline)) struct sip sip_round(struct sip v)
{
	v.a += v.b;
	v.b = rotl(v.b, 13) ^ v.a;
	v.a = rotl(v.a, 32);
	v.c += v.d;
	v.d = rotl(v.d, 16) ^ v.c;
	v.a += v.d;
	v.d = rotl(v.d, 21) ^ v.a;
	v.c += v.b;
	v.b = rotl(v.b, 17) ^ v.c;
	v.c = rotl(v.c, 32);
	return v;
}

static inline __attribute__((always_inline)) struct sip sip_word(struct sip v, uint64_t word)
{
	v.d ^= word;
	v = sip_round(sip_round(v));
	v.a ^= word;
	return v;
}

/* SipHash-2-4 (Aumasson and Bernstein, 2012). */
uint64_t hash_64(struct hash_key key, struct str s)
{
	struct sip v = {
		key.k0 ^ UINT64_C(0x736f6d6570736575),
		key.k1 ^ UINT64_C(0x646f72616e646f6d),
		key.k0 ^ UINT64_C(0x6c7967656e657261),
		key.k1 ^ UINT64_C(0x7465646279746573),
	};
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8)
		v = sip_word(v, load64(s.p + i));
	uint64_t tail = i < s.len ? load_tail(s.p + i, s.len - i) : 0;
	v = sip_word(v, tail | (uint64_t)s.len << 56);
	v.c ^= 0xff;
	v = sip_round(sip_round(sip_round(sip_round(v))));
	return v.a ^ v.b ^ v.c ^ v.d;
}

static struct hash_key process_key;
static pthread_once_t drawn = PTHREAD_ONCE_INIT;

static void draw(void)
{
	crypto_random(&process_key, sizeof(process_key));
}

struct hash_key hash_key_process(void)
{
	pthread_once(&drawn, draw);
	return process_key;
}
