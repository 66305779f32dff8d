/* s3_put: bytes into a file of ours without a name, then the file to the service. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/md5.h"
#include "loop/fiber.h"
#include "mod/storage/s3_local.h"

struct s3_put {
	struct storage_put base;
	struct s3 *engine;
	struct arena *arena;
	struct str key;
	int fd;           /* -1: none any more */
	struct str piece; /* what the thread writes */
	uint64_t len;
	int failed; /* errno of the thread */
};

static int open_spool(struct arena *a, const char *folder)
{
	char *name = arena_printf(a, "%s/put-XXXXXX", folder);
	int fd = mkostemp(name, O_CLOEXEC);

	if (fd >= 0)
		unlink(name);
	return fd;
}

struct storage_put *s3_put_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, struct err *e)
{
	struct s3_put *p = ARENA_NEW(a, struct s3_put);

	p->engine = (struct s3 *)g;
	p->arena = a;
	if (storage_place_key(a, place, &p->key, e))
		return NULL;
	p->fd = open_spool(a, p->engine->spool);
	if (p->fd < 0) {
		err_set(e, errno == ENOSPC ? E_FULL : E_BUG, "%s: %s", p->engine->spool,
			strerror(errno));
		return NULL;
	}
	return &p->base;
}

static void write_piece(void *arg)
{
	struct s3_put *p = arg;

	p->failed = 0;
	while (p->piece.len) {
		ssize_t n = pwrite(p->fd, p->piece.p, p->piece.len, (off_t)p->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			p->failed = n ? errno : EIO;
			return;
		}
		p->piece = str_sub(p->piece, (size_t)n, p->piece.len);
		p->len += (uint64_t)n;
	}
}

int s3_put_write(struct storage_put *base, struct str piece, struct err *e)
{
	struct s3_put *p = (struct s3_put *)base;

	md5_add(base->md5, piece);
	p->piece = piece;
	fiber_work(write_piece, p);
	if (p->failed)
		return err_set(e, p->failed == ENOSPC || p->failed == EDQUOT ? E_FULL : E_BUG,
			"%s: %s", p->engine->spool, strerror(p->failed));
	return 0;
}

/* Just written, so it is in memory: reading it here does not wait for a disk in practice. */
static long read_spool(char *to, size_t n, uint64_t at, void *arg)
{
	struct s3_put *p = arg;

	return pread(p->fd, to, n, (off_t)at);
}

static void close_spool(struct s3_put *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/* Content-MD5 is signed: what does not arrive as it was sent is refused there. */
int s3_put_finish(struct storage_put *base, struct err *e)
{
	struct s3_put *p = (struct s3_put *)base;
	struct http_fetch_header headers[] = {
		{"Content-Type", STR("application/octet-stream")},
		{"Content-MD5", enc_base64(p->arena, str_from(base->digest, MD5_LEN))},
	};
	struct s3_ask ask = {.method = "PUT",
		.key = p->key,
		.headers = headers,
		.n_headers = 2,
		.source = read_spool,
		.source_arg = p,
		.source_len = p->len};
	const struct http_result *r;
	int code = s3_call(p->engine, p->arena, &ask, &r, e);

	if (!code && r->status == 404)
		code = err_set(e, E_UPSTREAM, "the object service has no bucket %s",
			p->engine->bucket);
	if (!code)
		close_spool(p);
	return code;
}

void s3_put_abandon(struct storage_put *base)
{
	close_spool((struct s3_put *)base);
}
