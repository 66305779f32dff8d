/* demo: a workspace to look around in: one login for each role of the five modules, and a connection to plat's own feed.
 *
 * Everything is made in one transaction, so it is there as a whole or not at all.
 *
 * Owner    the logins live in the arena; passwords are wiped with it. They are stored as hashes only: whoever does not print them
 *          now can only make new ones (demo_new_passwords).
 * Failure  one sentence. Threads (waits): in a fiber.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct keyring;

#define DEMO_SLUG "demo"
#define DEMO_DATASET "miami_demo"

struct demo_login {
	const char *email, *name, *roles; /* roles as a person reads them */
	struct str password;              /* absent unless it was made just now */
};

/* Every login of the demo, without passwords; ends with an empty entry. */
const struct demo_login *demo_logins(void);

/* Makes the workspace unless it is there. ret_made tells; then *ret_logins has the passwords (ends with an empty entry). */
int demo_make(struct db *db, struct arena *a, bool *ret_made, const struct demo_login **ret_logins,
	struct err *e) MUST_CHECK;
int demo_new_passwords(struct db *db, struct arena *a, const struct demo_login **ret_logins,
	struct err *e) MUST_CHECK;

/* Points the demo's connection at a feed on this machine. The token follows from the master key, so the feed's process and the
 * connection agree without storing it twice. */
struct str demo_feed_token(struct keyring *k, struct arena *a);
int demo_connect(struct db *db, struct keyring *k, struct arena *a, int port,
	struct err *e) MUST_CHECK;
