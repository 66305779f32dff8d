/* engine: where the bytes of objects lie. The rows of storage.objects say what there is; here are bytes under a place and nothing else.
 *
 * A place is written once and never changed: other content gets another version, so whoever reads is never disturbed, and moving or
 * renaming an object moves no bytes. Rows are committed after put_finish(), bytes are deleted after the row is gone: whatever is killed,
 * what is left over is bytes without a row, which storage.sweep finds with list().
 *
 *     struct storage_put *put = storage_put_open(engine, a, &place, e);
 *     while (...) storage_put_write(put, piece, e)
 *     storage_put_finish(put, e)      now it survives a power cut
 *
 * Owner    the engine: storage_engine_open() to _close(), one for each process. Puts and gets: the arena, which closes them when it ends
 *          (an unfinished put leaves nothing); close them earlier yourself, since a request's arena may live on for a while, and in any
 *          case before their engine.
 * Failure  E_* with words: E_ABSENT no such bytes, E_BUSY the service behind does not answer, E_FULL no room.
 * Threads  one loop; everything but _engine_close(), _put_abandon() and _get_close() (waits): in a fiber.
 * Units    bytes; times in microseconds since 1970.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct http_client;
struct loop;
struct md5;
struct storage_engine;
struct storage_get;
struct storage_put;

struct storage_place {
	struct str workspace_id; /* a UUID; absent: the installation's */
	struct str version;      /* a UUID */
};

/* "<workspace, or shared>/<first two digits of version>/<version>": a path, or the key in a bucket. E_INPUT unless both are UUIDs. */
int storage_place_key(struct arena *a, const struct storage_place *p, struct str *ret_key,
	struct err *e) MUST_CHECK;
/* The reverse; false for anything else. */
bool storage_place_parse(struct arena *a, struct str key, struct storage_place *ret_place);

struct storage_entry { /* of list() */
	struct storage_place place;
	int64_t size;
	int64_t changed_us; /* when these bytes came to this place */
	bool is_part;       /* the rest of a put that was killed; only good for remove() */
};
/* A code other than 0 ends the listing and is returned. May wait. */
typedef int storage_entry_fn(const struct storage_entry *entry, void *arg, struct err *e);

/* One kind of engine. The functions below it are thin: they check and call these. */
struct storage_engine_kind {
	const char *name; /* "disk", "s3" */
	void (*close)(struct storage_engine *g);

	/* A put begins with struct storage_put. */
	struct storage_put *(*put_open)(struct storage_engine *g, struct arena *a,
		const struct storage_place *place, struct err *e);
	int (*put_write)(struct storage_put *p, struct str piece,
		struct err *e); /* also md5_add(p->md5, piece) */
	int (*put_finish)(struct storage_put *p, struct err *e);
	void (*put_abandon)(struct storage_put *p);

	/* from + len within the size. */
	struct storage_get *(*get_open)(struct storage_engine *g, struct arena *a,
		const struct storage_place *place, int64_t from, int64_t len, struct err *e);
	int (*get_read)(struct storage_get *r, struct str *ret_piece, struct err *e);
	void (*get_close)(struct storage_get *r);

	int (*remove)(struct storage_engine *g, struct arena *a, const struct storage_entry *entry,
		struct err *e);
	int (*copy)(struct storage_engine *g, struct arena *a, const struct storage_place *from,
		const struct storage_place *to, struct err *e);
	int (*list)(struct storage_engine *g, storage_entry_fn *fn, void *arg, struct err *e);
};

/* The engines' own structs begin with these. */
struct storage_engine {
	const struct storage_engine_kind *kind;
	struct loop *loop;
};
struct storage_put {
	struct storage_engine *engine;
	struct md5 *md5; /* of what was written; the generic part's */
	int64_t len;
	bool is_over;             /* finished or abandoned */
	unsigned char digest[16]; /* from put_finish() on, for the engine too */
};
struct storage_get {
	struct storage_engine *engine;
	bool is_over;
};

struct storage_engine_options {
	struct loop *loop;
	const char *data;         /* data directory: files go to <data>/storage */
	struct http_client *http; /* of a worker, borrowed; NULL: one of its own when needed */
};

/* S3 when PLAT_S3_URL is set, else files. */
struct storage_engine *storage_engine_open(const struct storage_engine_options *options,
	struct err *e) MUST_CHECK;
void storage_engine_close(struct storage_engine *g); /* NULL is fine */

/* Of the engines' files: what storage_engine_open() calls. */
struct storage_engine *storage_engine_disk(const struct storage_engine_options *options,
	struct err *e) MUST_CHECK;

struct storage_put *storage_put_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, struct err *e) MUST_CHECK;
int storage_put_write(struct storage_put *p, struct str piece, struct err *e) MUST_CHECK;
int storage_put_finish(struct storage_put *p, struct err *e) MUST_CHECK;
void storage_put_abandon(
	struct storage_put *p); /* fine at any time, NULL too; what was finished stays */

struct storage_get *storage_get_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, int64_t from, int64_t len, struct err *e) MUST_CHECK;
/* The next piece, at most 256 KiB, valid until the next call; absent at the end. E_BUG when the bytes end too early. */
int storage_get_read(struct storage_get *r, struct str *ret_piece, struct err *e) MUST_CHECK;
void storage_get_close(struct storage_get *r); /* fine at any time, NULL too */

/* Bytes that are not there are removed already. */
int storage_remove(struct storage_engine *g, struct arena *a, const struct storage_place *place,
	struct err *e) MUST_CHECK;
int storage_remove_entry(struct storage_engine *g, struct arena *a,
	const struct storage_entry *entry, struct err *e) MUST_CHECK;
/* The same for who cannot do anything about a failure: it is logged, and storage.sweep finds the bytes. */
void storage_discard(struct storage_engine *g, struct arena *a, const struct storage_place *place);
/* Durable when it returns, as put_finish(). */
int storage_copy(struct storage_engine *g, struct arena *a, const struct storage_place *from,
	const struct storage_place *to, struct err *e) MUST_CHECK;
/* In no order. What comes or goes meanwhile may or may not be shown. */
int storage_list(struct storage_engine *g, storage_entry_fn *fn, void *arg,
	struct err *e) MUST_CHECK;
