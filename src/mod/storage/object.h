/* object: the rows of storage.objects, as row level security shows and takes them.
 *
 * Owner    texts live in the call's arena.
 * Failure  -1 after storage_fault() or storage_fail().
 * Threads  (waits).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "db/db.h"
#include "mod/storage/engine.h"

struct storage_call;

struct storage_object {
	struct str id, bucket, name, workspace_id, owner;
	struct str version; /* absent: a row without bytes */
	struct str mimetype, etag /* with its quotes */, cache_control, content_encoding;
	int64_t size;
	int64_t changed_us; /* lastModified */
	int64_t created_us;
	struct str user_metadata; /* JSON; absent: none */
};

/* The place of its bytes. */
struct storage_place storage_object_place(const struct storage_object *o);

enum storage_eyes {
	STORAGE_AS_CALLER, /* what row level security shows */
	STORAGE_AS_PUBLIC, /* objects of public buckets, for anybody; NoSuchBucket when it is none */
	STORAGE_AS_WORKER, /* everything: the right was checked before (signed links) */
	STORAGE_AS_EITHER, /* public, else the caller's: GET /object/bucket/name */
};

/* NoSuchKey when there is none, or it is not shown. */
int storage_object_find(struct storage_call *c, enum storage_eyes eyes, struct str bucket,
	struct str name, struct storage_object *ret_object);

enum storage_mode {
	STORAGE_INSERT, /* Duplicate when there is one */
	STORAGE_UPSERT,
};

/* In whose name a row is written, and what the bucket takes: found out once, before the first byte. */
struct storage_right {
	const struct db_caller *caller; /* the call's, or storage_worker for who signed a link */
	struct str bucket, name;
	enum storage_mode mode;
	struct str owner;        /* of a new row; absent: the caller */
	struct str workspace_id; /* in: of who signed; out: the row's. absent: the installation's */
	/* Out: */
	int64_t size_limit;            /* the smaller one of bucket and PLAT_STORAGE_MAX_BYTES */
	struct str allowed_mime_types; /* JSON array; absent: any */
};

/* May this be written? Tries and undoes it. AccessDenied, NoSuchBucket, Duplicate, InvalidKey. */
int storage_right_check(struct storage_call *c, struct storage_right *right);

/* mimetype against the right's types: InvalidMimeType. */
int storage_right_check_type(struct storage_call *c, const struct storage_right *right,
	struct str mimetype);

/* What the server writes about bytes that are in place. */
struct storage_fresh {
	struct str version;
	struct str mimetype, cache_control, content_encoding; /* content_encoding absent: none */
	int64_t size;
	unsigned char md5[16];
	struct str etag;          /* instead of md5 when not absent: of a copy, or of parts */
	struct str user_metadata; /* a JSON object; absent: none */
};

/* Commits the row; the bytes are durable. The version that was there before is deleted by a job. *ret_id: objects.id. */
int storage_object_put(struct storage_call *c, const struct storage_right *right,
	const struct storage_fresh *fresh, struct str *ret_id);
