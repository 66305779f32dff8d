/* uuid: 128-bit ids as RFC 9562 writes them.
 *
 * Owner    a value, copied freely.
 * Failure  parsing returns false; generation cannot fail (without randomness the process ends).
 * Threads  safe.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

#define UUID_LEN 36
#define UUID_SIZE (UUID_LEN + 1)

struct uuid {
	unsigned char b[16]; /* in network order */
};

struct uuid uuid_new(void); /* version 4: random */

/* 8-4-4-4-12 hexadecimal digits in either case; no braces, no urn:, any version. */
bool uuid_parse(struct str s, struct uuid *ret_id);
bool uuid_is_valid(struct str s);
char *uuid_format(char out[UUID_SIZE], struct uuid id); /* returns out, lower case */

bool uuid_eq(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid a); /* all zero */
