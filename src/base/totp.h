/* totp: codes of authenticator apps (RFC 6238 with what every app assumes: SHA-1, 30 seconds, six digits).
 *
 * Owner    the caller's buffers. Failure none. Threads pure.
 * Units    a step is half a minute since 1970.
 */
#pragma once
#include <stdint.h>

#include "base/str.h"

#define TOTP_KEY_LEN 20
#define TOTP_STEP_S 30
#define TOTP_CODE_SIZE 7 /* six digits and NUL */

/* Returns out. */
char *totp_code(char out[TOTP_CODE_SIZE], struct str key, int64_t step);

/* The step that the code belongs to: the one of this second, the one before or the one after (clocks differ). -1: none of them.
 * Takes the same time whichever it is. A step is good once: that is for the caller to keep. */
int64_t totp_find_step(struct str key, struct str code, int64_t now_s);
