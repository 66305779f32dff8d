/* md5: the checksum that object stores use as ETag. No cryptography: whoever chooses both texts can make them equal.
 *
 * Owner    whoever called md5_new(); md5_free(). Failure none. Threads one at a time. Units bytes.
 */
#pragma once

#include "base/str.h"

#define MD5_LEN 16

struct md5;

struct md5 *md5_new(void) __attribute__((returns_nonnull));
void md5_free(struct md5 *m); /* NULL is fine */

void md5_add(struct md5 *m, struct str bytes);
/* Once, at the end. */
void md5_end(struct md5 *m, unsigned char out[MD5_LEN]);
