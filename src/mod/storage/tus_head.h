/* tus_head: the headers of resumable uploads (TUS 1.0.0) that have a form of their own.
 *
 * Owner    texts live in the arena.
 * Failure  E_INPUT with a sentence that names the header.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

#define TUS_METADATA_MAX (64 * 1024)

/* Of Upload-Metadata; absent: not told. bucket and name have the form of such names. */
struct tus_metadata {
	struct str bucket, name, content_type, cache_control;
	struct str user_metadata; /* the text as it was sent */
};

/* "bucketName cGhvdG9z,objectName YS5qcGc=": keys with values in base 64. Other keys are passed over. */
int tus_head_metadata(struct arena *a, struct str header, struct tus_metadata *ret_metadata,
	struct err *e) MUST_CHECK;

enum tus_algorithm { TUS_NO_SUM, TUS_MD5, TUS_SHA1, TUS_SHA256 };

#define TUS_SUM_MAX 32

struct tus_checksum {
	enum tus_algorithm algorithm;
	unsigned char sum[TUS_SUM_MAX];
	size_t len;
};

/* "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=". An absent header is TUS_NO_SUM. */
int tus_head_checksum(struct arena *a, struct str header, struct tus_checksum *ret_checksum,
	struct err *e) MUST_CHECK;

/* Upload-Length, Upload-Offset: digits alone. */
int tus_head_number(const char *name, struct str header, int64_t *ret_n, struct err *e) MUST_CHECK;
