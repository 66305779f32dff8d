/* Where an object or a list ends: sync_scan_nested(), declared in sync_scan.h. 64 bytes at a time; most of them are in texts. */
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "mod/mls/sync_scan.h"

#define BLOCK 64

/* A bit for each byte of a block. */
struct masks {
	uint64_t quote, backslash, open, close;
};

#ifdef __SSE2__
static uint64_t equal(const __m128i v[4], char c)
{
	__m128i want = _mm_set1_epi8(c);
	uint64_t bits = 0;

	for (int i = 0; i < 4; i++)
		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], want)) << 16 * i;
	return bits;
}

static struct masks look(const char *p)
{
	__m128i v[4], low[4];

	for (int i = 0; i < 4; i++) {
		v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		/* [ and ] differ from { and } by this bit alone. */
		low[i] = _mm_or_si128(v[i], _mm_set1_epi8(0x20));
	}
	return (struct masks){equal(v, '"'), equal(v, '\\'), equal(low, '{'), equal(low, '}')};
}
#else
static struct masks look(const char *p)
{
	struct masks m = {0};

	for (int i = 0; i < BLOCK; i++) {
		uint64_t bit = UINT64_C(1) << i;
		m.quote |= p[i] == '"' ? bit : 0;
		m.backslash |= p[i] == '\\' ? bit : 0;
		m.open |= p[i] == '{' || p[i] == '[' ? bit : 0;
		m.close |= p[i] == '}' || p[i] == ']' ? bit : 0;
	}
	return m;
}
#endif

/* The bytes that a backslash in front makes harmless. */
static uint64_t escaped_bytes(uint64_t backslash, size_t n, bool *is_escaped)
{
	uint64_t escaped = *is_escaped;

	*is_escaped = false;
	for (backslash &= ~escaped; backslash; backslash &= backslash - 1) {
		int at = __builtin_ctzll(backslash);
		if ((size_t)at + 1 == n) {
			*is_escaped = true;
			break;
		}
		escaped |= UINT64_C(2) << at;
		backslash &= ~(UINT64_C(2) << at) | (UINT64_C(1) << at);
	}
	return escaped;
}

/* Each bit becomes the exclusive or of all up to it: what is between quotes. */
static uint64_t between(uint64_t quote)
{
	for (int shift = 1; shift < BLOCK; shift *= 2)
		quote ^= quote << shift;
	return quote;
}

/* Where depth comes to 0; -1 when it does not. */
static int find_end(uint64_t open, uint64_t close, size_t *depth)
{
	for (uint64_t both = open | close; both; both &= both - 1) {
		uint64_t bit = both & -both;
		if (open & bit)
			++*depth;
		else if (!--*depth)
			return __builtin_ctzll(bit);
	}
	return -1;
}

bool sync_scan_nested(const char *p, size_t n, size_t *depth, bool *in_string, bool *is_escaped,
	size_t *ret_len)
{
	char tail[BLOCK];

	for (size_t at = 0, len; at < n; at += len) {
		const char *block = p + at;
		len = n - at < BLOCK ? n - at : BLOCK;
		if (len < BLOCK) {
			memset(tail, 0, sizeof tail);
			memcpy(tail, block, len);
			block = tail;
		}
		struct masks m = look(block);
		if (m.backslash || *is_escaped)
			m.quote &= ~escaped_bytes(m.backslash, len, is_escaped);
		uint64_t inside = between(m.quote) ^ (*in_string ? ~UINT64_C(0) : 0);
		*in_string = inside >> (BLOCK - 1);
		m.open &= ~inside;
		m.close &= ~inside;
		/* Not before so many have been closed. */
		size_t closes = (size_t)__builtin_popcountll(m.close);
		if (*depth > closes) {
			*depth += (size_t)__builtin_popcountll(m.open) - closes;
			continue;
		}
		int end = find_end(m.open, m.close, depth);
		if (end >= 0) {
			*ret_len = at + (size_t)end + 1;
			return true;
		}
	}
	return false;
}
