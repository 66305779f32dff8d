#include "mod/mls/gen_text.h"

#include <string.h>

static void add(struct gen_out *o, const char *p, size_t n)
{
	size_t room = (size_t)(o->end - o->at);

	if (n > room)
		n = room;
	memcpy(o->at, p, n);
	o->at += n;
	*o->at = 0;
}

struct gen_out gen_out_of(char *p, size_t cap)
{
	*p = 0;
	return (struct gen_out){p, p + cap - 1};
}

void gen_add(struct gen_out *o, const char *text)
{
	if (text)
		add(o, text, strlen(text));
}

void gen_add_int(struct gen_out *o, int64_t n)
{
	char digits[24], *p = digits + sizeof(digits);
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	do
		*--p = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		*--p = '-';
	add(o, p, (size_t)(digits + sizeof(digits) - p));
}

void gen_add_thousands(struct gen_out *o, int64_t n)
{
	if (n >= 1000) {
		gen_add_thousands(o, n / 1000);
		char rest[4] = {',', (char)('0' + n / 100 % 10), (char)('0' + n / 10 % 10),
			(char)('0' + n % 10)};
		add(o, rest, sizeof(rest));
	} else {
		gen_add_int(o, n);
	}
}

void gen_add_hex(struct gen_out *o, uint64_t n)
{
	char digits[16];

	for (int i = 15; i >= 0; i--, n >>= 4)
		digits[i] = "0123456789abcdef"[n & 15];
	add(o, digits, sizeof(digits));
}

void gen_fill(struct gen_out *o, const char *pattern, const struct gen_words *words)
{
	const char *open;

	for (; (open = strchr(pattern, '{')); pattern = open + 3) {
		add(o, pattern, (size_t)(open - pattern));
		gen_add(o, words->word[open[1] - 'a']);
	}
	gen_add(o, pattern);
}
