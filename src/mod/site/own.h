/* own: the host names of this server itself, as its settings say (PLAT_PUBLIC_URL, PLAT_SITE_URL).
 *
 * Owner    nothing. Failure none: a setting that is no URL names no host. Threads any: reads settings.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

/* One of them, or below one: what is asked for there comes to us, whoever has the name. host in lower case. */
bool site_own_has(struct str host);

/* localhost, NAME.localhost, 127.…, ::1 */
bool site_own_is_loopback(struct str host);

/* Nobody from outside is told to come here: neither a URL nor a proxy is set up. Only then a request that seems to be of this machine is: a proxy
 * need not say that it passes something on. */
bool site_own_is_trial(void);
