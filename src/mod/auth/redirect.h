/* redirect: where links and sign-ins may lead a browser.
 *
 * Owner, failure none. Threads pure.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

/* Does the whole url fit the pattern? * is any text without / ? # @ : \ in it, and ** any text. */
bool redirect_fits(struct str pattern, struct str url);

/* Of the same scheme, host and port as site, or fits one of the patterns (separated by commas; absent: none). Never with a name and
 * password in it, controls, spaces or anything that is not ASCII. */
bool redirect_may(struct str url, struct str site, struct str patterns);
