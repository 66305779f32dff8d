/* tus_local: rows of storage.tus_uploads, and how their bytes are taken; for the files behind the TUS endpoints.
 *
 * Owner    texts live in the call's arena.
 * Failure  -1 after storage_fault() or storage_fail().
 * Threads  (waits).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct storage_call;

struct tus_row {
	struct str id, bucket, name, workspace_id, owner;
	struct str content_type, cache_control, user_metadata; /* absent: not told */
	bool is_upsert, is_expired;
	int64_t length; /* -1: not told yet */
	int64_t offset;
	int64_t expires_us;
};

/* NoSuchUpload unless it is the caller's. */
int tus_row_find(struct storage_call *c, struct str id, struct tus_row *ret_row);
int tus_row_add(struct storage_call *c, struct tus_row *row); /* fills id and expires_us */
/* Commits an offset, and a length that was not told before. Conflict when somebody else did. */
int tus_row_advance(struct storage_call *c, struct tus_row *row, int64_t offset);
int tus_row_drop(struct storage_call *c, struct tus_row *row);

/* Takes the body of this request from row->offset on; row->offset is then what is committed. At the end the object is made. */
int tus_take(struct storage_call *c, struct tus_row *row);
/* For an upload of nothing. */
int tus_take_nothing(struct storage_call *c, struct tus_row *row);
