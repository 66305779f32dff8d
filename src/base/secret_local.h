/* secret_local: what the two forms of sealed values, secret.c and api_key.c, share. Private to
 * them. */
#pragma once
#include "base/secret.h"

/* The place as associated data. */
struct str secret_place_text(struct arena *a, struct secret_place at);

/* Takes "v1.<key id>.<body>" apart; false for anything else. */
bool secret_split(struct str envelope, struct str *ret_id, struct str *ret_body);

/* Opens sealed (ciphertext | tag, at least a tag long) into memory wiped with the arena. */
int secret_open_body(struct arena *a, const unsigned char *key, struct secret_place at,
	const unsigned char *nonce, struct str sealed, struct str *ret_plain,
	struct err *e) MUST_CHECK;
