#include "http/out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BLOCK_CAP 16000 /* content; with everything around it just under 16 KiB */
#define CHUNK_HEAD 6    /* "3e80\r\n" */
#define CHUNK_TAIL 2

struct http_piece {
	struct http_piece *next;
	const char *p;
	size_t len;
	bool owned; /* the piece of a block */
};

struct http_block {
	struct http_piece piece; /* first, so that freeing the piece frees the block */
	size_t used;             /* content bytes */
	char data[CHUNK_HEAD + BLOCK_CAP + CHUNK_TAIL];
};

static void append(struct http_out *o, struct http_piece *piece)
{
	if (o->last)
		o->last->next = piece;
	else
		o->first = piece;
	o->last = piece;
}

void http_out_close_block(struct http_out *o, bool chunked)
{
	struct http_block *b = o->open;
	char head[CHUNK_HEAD + 1];

	if (!b)
		return;
	o->open = NULL;
	b->piece.p = b->data + CHUNK_HEAD;
	b->piece.len = b->used;
	if (chunked) {
		snprintf(head, sizeof(head), "%04zx\r\n", b->used);
		memcpy(b->data, head, CHUNK_HEAD);
		memcpy(b->data + CHUNK_HEAD + b->used, "\r\n", CHUNK_TAIL);
		b->piece.p = b->data;
		b->piece.len += CHUNK_HEAD + CHUNK_TAIL;
		o->bytes += CHUNK_HEAD + CHUNK_TAIL;
	}
	append(o, &b->piece);
}

void http_out_borrow(struct http_out *o, struct arena *a, struct str s, bool chunked)
{
	struct http_piece *piece;

	http_out_close_block(o, chunked);
	if (!s.len)
		return;
	piece = arena_alloc(a, sizeof(*piece));
	*piece = (struct http_piece){.p = s.p, .len = s.len};
	append(o, piece);
	o->bytes += s.len;
}

static struct http_block *block_new(void)
{
	struct http_block *b = malloc(sizeof(*b));

	if (!b)
		abort();
	b->piece = (struct http_piece){.owned = true};
	b->used = 0;
	return b;
}

void http_out_copy(struct http_out *o, struct str s, bool chunked)
{
	o->bytes += s.len;
	while (s.len) {
		if (!o->open)
			o->open = block_new();
		struct http_block *b = o->open;
		size_t n = BLOCK_CAP - b->used < s.len ? BLOCK_CAP - b->used : s.len;
		memcpy(b->data + CHUNK_HEAD + b->used, s.p, n);
		b->used += n;
		s = str_sub(s, n, s.len);
		if (b->used == BLOCK_CAP)
			http_out_close_block(o, chunked);
	}
}

int http_out_gather(const struct http_out *o, struct iovec *iov, int max)
{
	int n = 0;

	for (const struct http_piece *piece = o->first; piece && n < max; piece = piece->next)
		iov[n++] = (struct iovec){.iov_base = (char *)(uintptr_t)piece->p,
			.iov_len = piece->len};
	return n;
}

static void drop_first(struct http_out *o)
{
	struct http_piece *piece = o->first;

	o->first = piece->next;
	if (!o->first)
		o->last = NULL;
	if (piece->owned)
		free(piece);
}

size_t http_out_sent(struct http_out *o, size_t n)
{
	while (o->first && n) {
		struct http_piece *piece = o->first;
		size_t step = n < piece->len ? n : piece->len;

		piece->p += step;
		piece->len -= step;
		o->bytes -= step;
		n -= step;
		if (!piece->len)
			drop_first(o);
	}
	return n;
}

void http_out_done(struct http_out *o)
{
	while (o->first)
		drop_first(o);
	free(o->open);
	*o = (struct http_out){0};
}
