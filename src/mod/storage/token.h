/* token: signed links. A JWT of our own key with "url" ("bucket/name"), "use" and "exp": whoever holds it may do that one thing.
 *
 * Owner    the call's arena. Failure -1 after storage_fault(). Threads pure.
 */
#pragma once
#include <stdint.h>

#include "base/str.h"

struct json;
struct storage_call;

#define STORAGE_LINK_MAX_S (INT64_C(10) * 365 * 24 * 3600)

/* use: "download" or "upload". more: members for the claims as JSON text ("\"owner\":\"…\""), "" for none. */
int storage_token_sign(struct storage_call *c, const char *use, struct str bucket, struct str name,
	int64_t expires_in_s, struct str more, struct str *ret_token);

/* ?token= of this request, for c->bucket and c->name: InvalidJWT, InvalidSignature. */
int storage_token_check(struct storage_call *c, const char *use, const struct json **ret_claims);
