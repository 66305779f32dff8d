/* render_local: what the files behind render.h share. Private to them.
 *
 * Owner, Failure, Threads: mod/storage/render.h.
 */
#pragma once
#include "mod/storage/render.h"

/* (waits) One of few places; render_slot_leave() gives it back. */
int render_slot_take(struct err *e) MUST_CHECK;
void render_slot_leave(void);

/* (waits) Runs plat-image. E_INPUT and E_LIMIT are about the picture. Size of the picture in ret_made. */
int render_run(const struct render *r, struct arena *a, const char *in, const char *out,
	const struct rendition *want, struct render_made *ret_made, struct err *e) MUST_CHECK;
