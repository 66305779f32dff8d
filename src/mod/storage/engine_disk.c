/* The engine on files: puts and gets. Whatever waits for the disk is in a thread. */
#include "mod/storage/engine_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/md5.h"
#include "loop/fiber.h"

#define PIECE (256 * 1024)
/* So much is handed to the disk while more comes in, and fsync() at the end has little left to wait for. */
#define AHEAD (8 * 1024 * 1024)

struct disk_put {
	struct storage_put base;
	const char *root, *part, *path;
	int fd;
	struct str piece;       /* of the job under way */
	int64_t written, begun; /* bytes; begun: of these on their way to the disk */
	int failed;
};

struct disk_get {
	struct storage_get base;
	const char *path;
	int fd, failed;
	int64_t from, left;
	char *room;
	ssize_t got;
};

/* --- what both halves use ----------------------------------------------------------------------- */

int engine_disk_sync_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = (size_t)(slash - path);

	if (len >= sizeof folder)
		return ENAMETOOLONG;
	memcpy(folder, path, len);
	folder[len] = 0;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd) ? errno : 0;
	if (fd >= 0)
		close(fd);
	return failed;
}

int engine_disk_make_folders(const char *root, const char *path)
{
	char folder[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof folder)
		return ENAMETOOLONG;
	memcpy(folder, path, len + 1);
	for (char *at = folder + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = 0;
		if (!mkdir(folder, 0700)) {
			int failed = engine_disk_sync_folder(folder);
			if (failed)
				return failed;
		} else if (errno != EEXIST) {
			return errno;
		}
		*at = '/';
	}
	return 0;
}

int engine_disk_fail(struct err *e, int failed, const char *what, const char *path)
{
	return err_set(e, failed == ENOSPC || failed == EDQUOT ? E_FULL : E_BUG, "%s %s: %s", what,
		path, strerror(failed));
}

int engine_disk_fail_read(struct err *e, int failed, const char *what, const char *path)
{
	if (failed == ENOENT)
		return err_set(e, E_ABSENT, "%s %s: there is no such file", what, path);
	return engine_disk_fail(e, failed, what, path);
}

const char *engine_disk_path(const struct disk *d, struct arena *a,
	const struct storage_place *place, struct err *e)
{
	struct str key;

	if (storage_place_key(a, place, &key, e))
		return NULL;
	return arena_printf(a, "%s/" STR_FMT, d->root, STR_ARG(key));
}

/* --- puts --------------------------------------------------------------------------------------- */

static void open_part(void *arg)
{
	struct disk_put *p = arg;

	p->failed = engine_disk_make_folders(p->root, p->part);
	if (p->failed)
		return;
	p->fd = open(p->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (p->fd < 0)
		p->failed = errno;
}

static struct storage_put *put_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, struct err *e)
{
	struct disk *d = (struct disk *)g;
	struct disk_put *p = ARENA_NEW(a, struct disk_put);

	p->root = d->root;
	p->path = engine_disk_path(d, a, place, e);
	if (!p->path)
		return NULL;
	p->part = arena_printf(a, "%s" DISK_PART, p->path);
	fiber_work(open_part, p);
	if (p->failed) {
		engine_disk_fail(e, p->failed, "opening", p->part);
		return NULL;
	}
	return &p->base;
}

static void write_piece(void *arg)
{
	struct disk_put *p = arg;
	struct str rest = p->piece;

	while (rest.len) {
		ssize_t n = write(p->fd, rest.p, rest.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			p->failed = errno;
			return;
		}
		rest = str_sub(rest, (size_t)n, rest.len);
	}
	md5_add(p->base.md5, p->piece);
	p->written += (int64_t)p->piece.len;
	if (p->written - p->begun < AHEAD)
		return;
	(void)!sync_file_range(p->fd, p->begun, p->written - p->begun, SYNC_FILE_RANGE_WRITE);
	p->begun = p->written;
}

static int put_write(struct storage_put *base, struct str piece, struct err *e)
{
	struct disk_put *p = (struct disk_put *)base;

	p->piece = piece;
	fiber_work(write_piece, p);
	return p->failed ? engine_disk_fail(e, p->failed, "writing", p->part) : 0;
}

static void settle(void *arg)
{
	struct disk_put *p = arg;

	if (fsync(p->fd) || rename(p->part, p->path))
		p->failed = errno;
	else
		p->failed = engine_disk_sync_folder(p->path);
}

static int put_finish(struct storage_put *base, struct err *e)
{
	struct disk_put *p = (struct disk_put *)base;

	fiber_work(settle, p);
	if (p->failed)
		return engine_disk_fail(e, p->failed, "finishing", p->part);
	close(p->fd);
	return 0;
}

static void put_abandon(struct storage_put *base)
{
	struct disk_put *p = (struct disk_put *)base;

	close(p->fd);
	unlink(p->part);
	if (p->failed) /* after the rename: what the folder's fsync refused */
		unlink(p->path);
}

/* --- gets --------------------------------------------------------------------------------------- */

static void open_file(void *arg)
{
	struct disk_get *r = arg;

	r->fd = open(r->path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0)
		r->failed = errno;
}

static struct storage_get *get_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, int64_t from, int64_t len, struct err *e)
{
	struct disk_get *r = ARENA_NEW(a, struct disk_get);

	r->path = engine_disk_path((struct disk *)g, a, place, e);
	if (!r->path)
		return NULL;
	fiber_work(open_file, r);
	if (r->failed) {
		engine_disk_fail_read(e, r->failed, "opening", r->path);
		return NULL;
	}
	r->from = from;
	r->left = len;
	r->room = arena_alloc(a, (size_t)(len < PIECE ? len : PIECE));
	return &r->base;
}

static void read_piece(void *arg)
{
	struct disk_get *r = arg;

	do
		r->got = pread(r->fd, r->room, (size_t)(r->left < PIECE ? r->left : PIECE),
			(off_t)r->from);
	while (r->got < 0 && errno == EINTR);
	if (r->got < 0)
		r->failed = errno;
}

static int get_read(struct storage_get *base, struct str *ret_piece, struct err *e)
{
	struct disk_get *r = (struct disk_get *)base;

	if (!r->left) {
		*ret_piece = STR_NULL;
		return 0;
	}
	fiber_work(read_piece, r);
	if (r->failed)
		return engine_disk_fail(e, r->failed, "reading", r->path);
	if (!r->got)
		return err_set(e, E_BUG, "%s ends too early", r->path);
	r->from += r->got;
	r->left -= r->got;
	*ret_piece = str_from(r->room, (size_t)r->got);
	return 0;
}

static void get_close(struct storage_get *base)
{
	close(((struct disk_get *)base)->fd);
}

/* --- the engine ----------------------------------------------------------------------------------- */

struct removal {
	const char *path;
	int failed;
};

static void unlink_file(void *arg)
{
	struct removal *r = arg;

	if (unlink(r->path) && errno != ENOENT)
		r->failed = errno;
}

static int disk_remove(struct storage_engine *g, struct arena *a, const struct storage_entry *entry,
	struct err *e)
{
	struct removal r = {.path = engine_disk_path((struct disk *)g, a, &entry->place, e)};

	if (!r.path)
		return e->code;
	if (entry->is_part)
		r.path = arena_printf(a, "%s" DISK_PART, r.path);
	fiber_work(unlink_file, &r);
	return r.failed ? engine_disk_fail(e, r.failed, "removing", r.path) : 0;
}

static void disk_close(struct storage_engine *g)
{
	free((void *)(uintptr_t)((struct disk *)g)->root);
	free(g);
}

struct storage_engine *storage_engine_disk(const struct storage_engine_options *options,
	struct err *e)
{
	static const struct storage_engine_kind kind = {.name = "disk",
		.close = disk_close,
		.put_open = put_open,
		.put_write = put_write,
		.put_finish = put_finish,
		.put_abandon = put_abandon,
		.get_open = get_open,
		.get_read = get_read,
		.get_close = get_close,
		.remove = disk_remove,
		.copy = engine_disk_copy,
		.list = engine_disk_list};
	struct disk *d;
	char *root;

	if (!options->data) {
		err_set(e, E_INPUT, "there is no data directory for files");
		return NULL;
	}
	d = calloc(1, sizeof *d);
	if (!d || asprintf(&root, "%s/storage/objects", options->data) < 0)
		abort();
	d->base = (struct storage_engine){.kind = &kind, .loop = options->loop};
	d->root = root;
	int failed = engine_disk_make_folders(options->data, root);
	if (!failed && mkdir(root, 0700) && errno != EEXIST)
		failed = errno;
	if (failed) {
		engine_disk_fail(e, failed, "making folders for", root);
		disk_close(&d->base);
		return NULL;
	}
	return &d->base;
}
