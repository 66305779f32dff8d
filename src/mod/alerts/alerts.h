/* alerts: what other modules and commands use of this one.
 *
 * Threads (waits): in a fiber.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct session;

/* What a saved search finds among all listings that its person may see, now, as alerts find it; the table is read whole, in pieces. */
struct alerts_preview {
	struct str name, workspace_id, audience; /* of the search; agents or public */
	struct str *ids;                         /* of the first ones */
	size_t n;
	int64_t found, of;
};

/* most: of ids. E_ABSENT: there is no such search; E_INPUT with its problem. */
int alerts_preview(struct session *s, struct arena *a, struct str search_id, size_t most,
	struct alerts_preview *ret, struct err *e) MUST_CHECK;
