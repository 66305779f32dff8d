/* password: bcrypt hashes as auth.users.encrypted_password holds them ($2b$, by libxcrypt's crypt(3)).
 *
 * Owner    texts live in the arena; plain passwords are the caller's to wipe.
 * Failure  none but running out of memory, which ends the process. Passwords beyond 72 bytes are refused by the caller: bcrypt
 *          would ignore the rest.
 * Threads  password_hash() and password_fits() take some 50 ms of a processor: (waits), in a fiber, with the work done in the
 *          thread pool.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"

struct arena;

#define PASSWORD_MAX 72 /* bytes */
#define PASSWORD_COST 10

struct str password_hash(struct arena *a, struct str password);
bool password_fits(struct arena *a, struct str password, struct str hash);

/* A random one of 16 characters (80 bits) that can be read out and typed. */
struct str password_random(struct arena *a);
