/* The numbers of a text's words, in their order: a varint for the bytes that follow, then a varint each. */
#include <stdlib.h>

#include "mod/search/index_words.h"

size_t search_forward_varint(uint8_t *to, uint32_t n)
{
	size_t len = 0;

	for (; n >= 0x80; n >>= 7)
		to[len++] = (uint8_t)(n | 0x80);
	to[len++] = (uint8_t)n;
	return len;
}

uint8_t *search_forward_new(const uint32_t *words, size_t n, size_t *ret_bytes)
{
	uint8_t room[SEARCH_VARINT_MAX];
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += search_forward_varint(room, words[i]);
	size_t head = search_forward_varint(room, (uint32_t)len);
	uint8_t *forward = malloc(head + len), *to = forward;
	if (!forward)
		abort();
	to += search_forward_varint(to, (uint32_t)len);
	for (size_t i = 0; i < n; i++)
		to += search_forward_varint(to, words[i]);
	*ret_bytes = head + len;
	return forward;
}

struct search_forward search_forward_read(const uint8_t *forward)
{
	struct search_forward f = {.p = forward}; /* no end: the length is there */
	uint32_t len;

	if (!forward)
		return (struct search_forward){0};
	search_forward_next(&f, &len);
	f.end = f.p + len;
	return f;
}

size_t search_forward_bytes(const uint8_t *forward)
{
	return forward ? (size_t)(search_forward_read(forward).end - forward) : 0;
}
