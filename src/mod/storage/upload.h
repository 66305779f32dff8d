/* upload: bytes on their way into an object, from whatever brings them: a request's body, parts, a resumed upload.
 *
 *     struct storage_upload *u = storage_upload_open(c, &ask);   rights and limits are checked here, before any byte
 *     storage_upload_write(u, piece) ...                         first bytes against the type, size against the limit
 *     storage_upload_finish(u, &id)                              bytes durable, row committed
 *
 * Owner    the call's arena, which abandons what was not finished. storage_upload_abandon() does it at once.
 * Failure  NULL or -1 after storage_fault() or storage_fail(); nothing is left then.
 * Threads  (waits).
 */
#pragma once

#include "mod/storage/object.h"

struct storage_upload;

struct storage_upload_ask {
	struct storage_right right; /* storage_upload_open() checks it */
	struct str
		mimetype; /* as the client says; absent or empty: application/octet-stream. What storage-js says of bytes whose type it
			      * was not told (text/plain;charset=UTF-8) becomes what they look like */
	struct str cache_control; /* "max-age=3600"; absent: no-cache */
	struct str content_encoding;
	struct str user_metadata; /* a JSON object as text, checked; absent: none */
	int64_t size;             /* when known before; -1 */
};

struct storage_upload *storage_upload_open(struct storage_call *c,
	const struct storage_upload_ask *ask);
int storage_upload_write(struct storage_upload *u, struct str piece);
int storage_upload_finish(struct storage_upload *u, struct str *ret_id);
void storage_upload_abandon(struct storage_upload *u); /* NULL is fine */

/* x-metadata, Upload-Metadata's metadata: base 64 of a JSON object, or the object itself. -1 with InvalidRequest. */
int storage_upload_metadata(struct storage_call *c, struct str text, struct str *ret_json);
