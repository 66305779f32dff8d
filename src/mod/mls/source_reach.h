/* source_reach: may a request to this address only go to the internet?
 *
 * Logins give addresses by name (mls.address_problem); what a name leads to is up to its owner, and may be a machine that only ours can
 * ask. Only who runs plat can give an address by number, or localhost: they mean it. PLAT_PRIVATE_FEEDS lets names go everywhere.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

bool source_is_public_only(struct str url);
