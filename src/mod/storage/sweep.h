/* sweep: brings rows and bytes together again after whatever was killed: bytes without a row are removed once they are old enough to be
 * nobody's, rows without bytes are reported.
 *
 * Owner    the caller. Failure E_* with words; what was removed by then stays removed. Threads (waits).
 */
#pragma once
#include <stdint.h>

#include "base/err.h"

struct arena;
struct db;
struct storage_engine;

struct storage_swept {
	int64_t files, bytes;          /* there were */
	int64_t orphans, orphan_bytes; /* of these, removed */
	int64_t missing;               /* rows without bytes */
};

/* min_age_s: an upload that is under way has no row yet. */
int storage_sweep(struct db *db, struct storage_engine *g, int64_t min_age_s,
	struct storage_swept *ret_swept, struct err *e) MUST_CHECK;

/* Removes what storage.garbage lists. */
int storage_sweep_garbage(struct db *db, struct storage_engine *g, int64_t *ret_n,
	struct err *e) MUST_CHECK;
