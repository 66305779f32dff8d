/* render: makes renditions of pictures with plat-image (docs/decisions/0006-images.md), at most two at a time in one process, and keeps
 * them in a folder beside the objects.
 *
 * A rendition is named by the version of the bytes and its parameters, so it is never out of date; render_trim() removes what was not
 * looked at for longest.
 *
 * Owner    the file descriptor: the arena.
 * Failure  E_INPUT: no picture, a damaged one, one that takes too long; remembered, so that it is not tried again. E_LIMIT: too many
 *          pixels or bytes. E_BUSY: many are waiting already. Otherwise as the engine's.
 * Threads  one loop; (waits).
 * Units    bytes.
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "mod/storage/engine.h"

struct arena;
struct rendition;

#define RENDER_CACHE_BYTES (INT64_C(1) << 30)

struct render {
	struct loop *loop;
	struct storage_engine *engine;
	const char *data; /* data directory */
};

/* What is to be rendered, and what came of it. */
struct render_made {
	int fd;            /* of the rendition; closed with the arena */
	int64_t size;      /* of the rendition */
	const char *type;  /* "image/webp" */
	int width, height; /* of the picture; 0 when it was made before */
};

/* (waits) size: of the bytes at place. */
int render_open(const struct render *r, struct arena *a, const struct storage_place *place,
	int64_t size, const struct rendition *want, struct render_made *ret_made,
	struct err *e) MUST_CHECK;

/* (waits) Brings the folder under max bytes, beginning with what was used longest ago. */
int render_trim(struct arena *a, const char *data, int64_t max, int64_t *ret_removed,
	struct err *e) MUST_CHECK;

/* (waits) The versions that have renditions, up to a thousand: whose objects may be gone. */
int render_versions(struct arena *a, const char *data, struct str **ret_versions, size_t *ret_n,
	struct err *e) MUST_CHECK;

/* (waits) Removes the renditions of one version, whose object is gone. */
void render_forget(struct arena *a, const char *data, struct str version);
