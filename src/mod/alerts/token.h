/* token: what an unsubscribe link carries: whose mails of which search are meant, signed with a key that follows from a master key.
 *
 * 69 bytes in base64url: version 1, the master key's id, workspace, person, search (zeros: all of the person's), 16 bytes of HMAC-SHA256
 * over what is before them. It opens nothing but that, never expires, and needs no row: mails are read years later. The master key of
 * its time must still be in the ring.
 *
 * Owner    the arena. Failure false, whatever is wrong with it. Threads any.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"
#include "base/uuid.h"

struct arena;
struct keyring;

struct alerts_token {
	struct uuid workspace, person, search; /* search nil: all of them */
};

/* Absent when the ring is empty. */
struct str alerts_token_write(struct arena *a, const struct keyring *keyring,
	const struct alerts_token *token);

bool alerts_token_read(struct arena *a, const struct keyring *keyring, struct str text,
	struct alerts_token *ret_token) __attribute__((warn_unused_result));
