/* link: the addresses that mails lead to.
 *
 * Owner, failure: the arena, none. Threads none.
 */
#pragma once
#include "base/str.h"

struct arena;
struct keyring;

struct str alerts_link_api(
	struct arena *a); /* where this server is reached, without a slash at its end */
struct str alerts_link_site(struct arena *a); /* where people look at listings */

/* Absent without a master key. search_id absent: everything of the person's. */
struct str alerts_link_unsubscribe(struct arena *a, const struct keyring *keyring,
	struct str workspace_id, struct str user_id, struct str search_id);
