/* engine_disk: what the two halves of the engine on files share. Private to it.
 *
 *     <data>/storage/objects/<workspace, or shared>/<2 digits>/<version>          the bytes
 *                                                            /<version>.part     on their way; renamed when they are durable
 *
 * Owner    the engine.
 * Failure  errno, put into words by engine_disk_fail().
 * Threads  what touches the disk runs in a thread (fiber_work).
 */
#pragma once
#include <stddef.h>

#include "mod/storage/engine.h"

#define DISK_PART ".part"

struct disk {
	struct storage_engine base;
	const char *root; /* .../objects */
};

/* Makes the folders of `path` below root, each of which outlives a power cut when this returns. errno, or 0. In a thread. */
int engine_disk_make_folders(const char *root, const char *path);
/* The folder that holds path has its entry on the disk. errno, or 0. In a thread. */
int engine_disk_sync_folder(const char *path);

/* ENOSPC and EDQUOT are E_FULL. */
int engine_disk_fail(struct err *e, int failed, const char *what, const char *path);
/* And ENOENT is E_ABSENT: where there should be bytes. */
int engine_disk_fail_read(struct err *e, int failed, const char *what, const char *path);

const char *engine_disk_path(const struct disk *d, struct arena *a,
	const struct storage_place *place, struct err *e);

int engine_disk_list(struct storage_engine *g, storage_entry_fn *fn, void *arg, struct err *e);
int engine_disk_copy(struct storage_engine *g, struct arena *a, const struct storage_place *from,
	const struct storage_place *to, struct err *e);
