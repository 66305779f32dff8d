#include "base/uuid.h"

#include <string.h>

#include "base/crypto.h"
#include "base/enc.h"

struct uuid uuid_new(void)
{
	struct uuid id;

	crypto_random(id.b, sizeof(id.b));
	id.b[6] = (unsigned char)(0x40 | (id.b[6] & 0x0f));
	id.b[8] = (unsigned char)(0x80 | (id.b[8] & 0x3f));
	return id;
}

/* Each run of digits: the byte it starts with, and how many bytes it holds. */
static const struct {
	unsigned char at, len;
} groups[] = {{0, 4}, {4, 2}, {6, 2}, {8, 2}, {10, 6}};

#define N_GROUPS (sizeof(groups) / sizeof(*groups))

bool uuid_parse(struct str s, struct uuid *ret_id)
{
	struct uuid id;
	const char *p = s.p;

	if (s.len != UUID_LEN)
		return false;
	for (size_t i = 0; i < N_GROUPS; i++) {
		size_t digits = 2 * (size_t)groups[i].len;
		if (i > 0 && *p++ != '-')
			return false;
		if (!enc_hex_read(str_from(p, digits), id.b + groups[i].at))
			return false;
		p += digits;
	}
	*ret_id = id;
	return true;
}

bool uuid_is_valid(struct str s)
{
	struct uuid id;

	return uuid_parse(s, &id);
}

char *uuid_format(char out[UUID_SIZE], struct uuid id)
{
	char *p = out;

	for (size_t i = 0; i < N_GROUPS; i++) {
		if (i > 0)
			*p++ = '-';
		enc_hex_write(p, id.b + groups[i].at, groups[i].len);
		p += 2 * groups[i].len;
	}
	*p = '\0';
	return out;
}

bool uuid_eq(struct uuid a, struct uuid b)
{
	return memcmp(a.b, b.b, sizeof(a.b)) == 0;
}

bool uuid_is_nil(struct uuid a)
{
	return uuid_eq(a, (struct uuid){{0}});
}
