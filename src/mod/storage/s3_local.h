/* s3_local: what the files of the S3 engine share. Private to them.
 *
 * Owner, Failure, Threads: mod/storage/engine.h.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "http/client.h"
#include "mod/storage/engine.h"

#define S3_TRIES 4
#define S3_STALL_S 30
#define S3_TIMEOUT_MS \
	(6 * 3600 * 1000) /* of one call, whatever its size; a stall ends it long before */
#define S3_PIECE (256 * 1024)

struct s3 {
	struct storage_engine base;
	struct http_client *http;
	bool owns_http;
	char *root; /* "https://host/bucket" */
	char *bucket, *spool;
	struct http_aws aws; /* its texts are ours */
	int first_wait_ms;
};

struct s3_ask {
	const char *method; /* NULL: GET */
	struct str key;     /* "": the bucket itself */
	struct str query;   /* sorted and encoded; absent: none */
	const struct http_fetch_header *headers;
	size_t n_headers;
	long (*source)(char *to, size_t n, uint64_t at, void *arg);
	void *source_arg;
	uint64_t source_len;
};

/* (waits) Asks, again after a while when the service is not able to. 0 with a status below 400 or 404 in *ret_result. */
int s3_call(struct s3 *g, struct arena *a, const struct s3_ask *ask,
	const struct http_result **ret_result, struct err *e) MUST_CHECK;

/* The call that s3_call() makes, for who follows it himself. Texts live in a. */
struct http_fetch s3_fetch(struct s3 *g, struct arena *a, const struct s3_ask *ask);
/* Is it worth another try? Then waits, and the fiber may go on with it. */
bool s3_again(struct s3 *g, const struct http_result *r, int tries);
/* What an answer that is none of use means. */
int s3_explain(struct arena *a, const struct http_result *r, struct err *e);

/* s3_put.c, s3_get.c */
struct storage_put *s3_put_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, struct err *e);
int s3_put_write(struct storage_put *p, struct str piece, struct err *e);
int s3_put_finish(struct storage_put *p, struct err *e);
void s3_put_abandon(struct storage_put *p);
struct storage_get *s3_get_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, int64_t from, int64_t len, struct err *e);
int s3_get_read(struct storage_get *r, struct str *ret_piece, struct err *e);
void s3_get_close(struct storage_get *r);
