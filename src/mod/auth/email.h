/* email: addresses as strangers write them.
 *
 * Owner    the arena of the call. Failure -1 after auth_fault() "validation_failed". Threads pure.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct auth_call;

/* One @, something on both sides of it, at most 255 bytes of UTF-8 without controls and spaces. */
bool email_is_valid(struct str text);

/* The member "email" of the body, in lower case without spaces around it. */
int email_of_body(struct auth_call *c, struct str *ret_address);
