/* demo_load: fills the demo workspace and says what is in it.
 *
 * Makes the workspace and its logins (printed once), starts `plat feed` on this machine, imports saved RESO payloads when a folder
 * with them is there (../shared/data/reso beside the working folder), and syncs the feed.
 *
 * Owner    *ret_feed is the caller's to stop, also after a failure.
 * Failure  one sentence. Threads (waits): in a fiber.
 */
#pragma once

#include "base/err.h"

struct arena;
struct database;
struct keeper;
struct loop;

struct demo_load {
	struct loop *loop;
	struct arena *arena;
	struct database *database;
	const char *program; /* plat itself */
	int feed_port;
	long long rows;
};

int demo_load(const struct demo_load *o, struct keeper **ret_feed, struct err *e) MUST_CHECK;
