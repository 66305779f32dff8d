#include "base/pack.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/arena.h"
#include "base/buf.h"

#define GZIP_LEVEL 1
#define GZIP_WINDOW (15 + 16) /* the largest, with a gzip head */
#define GZIP_MEMORY 8
#define ZSTD_LEVEL 1
#define ROOM 16384

struct pack {
	enum pack_kind kind;
	z_stream z;
	ZSTD_CCtx *zstd;
};

static void release(void *arg)
{
	struct pack *p = arg;

	if (p->kind == PACK_GZIP)
		deflateEnd(&p->z);
	else
		ZSTD_freeCCtx(p->zstd);
}

struct pack *pack_new(struct arena *a, enum pack_kind kind)
{
	struct pack *p = ARENA_NEW(a, struct pack);

	p->kind = kind;
	if (kind == PACK_GZIP) {
		if (deflateInit2(&p->z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
			    Z_DEFAULT_STRATEGY) != Z_OK)
			abort();
	} else {
		p->zstd = ZSTD_createCCtx();
		if (!p->zstd)
			abort();
		ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
	}
	arena_defer(a, release, p);
	return p;
}

static void add_gzip(struct pack *p, struct str piece, int mode, struct buf *out)
{
	p->z.next_in = (Bytef *)(uintptr_t)piece.p;
	p->z.avail_in = (uInt)piece.len;
	do {
		char *room = buf_reserve(out, ROOM);
		if (!room)
			return;
		p->z.next_out = (Bytef *)room;
		p->z.avail_out = ROOM;
		deflate(&p->z, mode);
		buf_commit(out, ROOM - p->z.avail_out);
	} while (p->z.avail_out == 0);
}

static void add_zstd(struct pack *p, struct str piece, ZSTD_EndDirective mode, struct buf *out)
{
	ZSTD_inBuffer in = {.src = piece.p, .size = piece.len};
	size_t left;

	do {
		char *room = buf_reserve(out, ROOM);
		if (!room)
			return;
		ZSTD_outBuffer to = {.dst = room, .size = ROOM};
		left = ZSTD_compressStream2(p->zstd, &to, &in, mode);
		if (ZSTD_isError(left))
			abort();
		buf_commit(out, to.pos);
	} while (in.pos < in.size || (mode != ZSTD_e_continue && left));
}

void pack_add(struct pack *p, struct str piece, bool flush, bool last, struct buf *out)
{
	if (p->kind == PACK_GZIP)
		add_gzip(p, piece, last ? Z_FINISH : flush ? Z_SYNC_FLUSH : Z_NO_FLUSH, out);
	else
		add_zstd(p, piece, last ? ZSTD_e_end : flush ? ZSTD_e_flush : ZSTD_e_continue, out);
}
