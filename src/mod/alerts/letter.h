/* letter: what mls.take_alert_mail() says, with the links that only the program can make, as the data of the template search_alert.
 *
 * Owner    the arena. Failure E_BUG: it is not what that function says. Threads pure.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;
struct keyring;

struct alerts_letter_for {
	struct arena *arena;
	const struct keyring *keyring; /* NULL: no links to unsubscribe */
	struct str workspace_id, user_id;
};

struct alerts_letter {
	struct str address, data; /* data: JSON, for plat.send_mail() */
};

int alerts_letter_write(const struct alerts_letter_for *who, struct str taken,
	struct alerts_letter *ret_letter, struct err *e) MUST_CHECK;
