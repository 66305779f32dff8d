/* s3: the engine whose bytes lie in a bucket of an S3-compatible service.
 *
 * A put goes through a file of ours without a name: the service wants length and checksum before the first byte, and so a put that
 * breaks leaves nothing on either side. A get goes through two buffers, filled while the client takes what was filled before.
 *
 * Owner, Failure, Threads: mod/storage/engine.h. Settings: PLAT_S3_*.
 */
#pragma once
#include "base/err.h"
#include "mod/storage/engine.h"

/* For a test that names the service itself; url without a slash at its end. */
struct s3_options {
	struct loop *loop;
	struct http_client *http; /* NULL: one of its own */
	const char *spool;        /* folder for puts under way; made when missing */
	const char *url, *bucket, *region, *key, *secret;
	int first_wait_ms; /* before the second try; doubled after; 0: 200 */
};

struct storage_engine *s3_open(const struct s3_options *options, struct err *e) MUST_CHECK;

/* As the settings say; for storage_engine_open(). */
struct storage_engine *storage_engine_s3(const struct storage_engine_options *options,
	struct err *e) MUST_CHECK;
