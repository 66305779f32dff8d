/* tus_file: the bytes of a resumable upload so far, as a file that only one request at a time has.
 *
 * Owner    the arena, which closes it; tus_file_close() does it earlier. The kernel takes the lock from a process that is killed.
 * Failure  E_* with words; E_CONFLICT: somebody else has it; E_FULL: no room.
 * Threads  one loop; (waits).
 * Units    bytes.
 */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "mod/storage/tus_head.h"

struct arena;
struct tus_file;

/* Locked. at: what was committed; bytes beyond it are cut off, E_ABSENT when there are fewer. */
struct tus_file *tus_file_open(struct arena *a, const char *data, struct str id,
	struct err *e) MUST_CHECK;
int tus_file_cut(struct tus_file *f, int64_t at, struct err *e) MUST_CHECK;

int tus_file_add(struct tus_file *f, struct str piece, struct err *e) MUST_CHECK;
int64_t tus_file_len(const struct tus_file *f);
int tus_file_sync(struct tus_file *f, struct err *e) MUST_CHECK;

/* The next piece from *at on, valid until the next call; absent at the end. */
int tus_file_read(struct tus_file *f, int64_t *at, struct str *ret_piece, struct err *e) MUST_CHECK;

/* Are the bytes from `from` on those of the checksum? */
bool tus_file_fits(struct tus_file *f, int64_t from, const struct tus_checksum *sum);

void tus_file_remove(struct tus_file *f);
void tus_file_close(struct tus_file *f); /* fine at any time, NULL too */

/* Files of uploads that were given up: by id, and whatever nobody wrote to for two days. */
void tus_file_forget(struct arena *a, const char *data, struct str id);
int tus_file_sweep(struct arena *a, const char *data, int64_t *ret_removed,
	struct err *e) MUST_CHECK;
