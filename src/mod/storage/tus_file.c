#include "mod/storage/tus_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/md5.h"
#include "base/uuid.h"
#include "loop/fiber.h"

#define PIECE ((size_t)256 * 1024)
#define ABANDONED_S (2 * 24 * 3600)

struct tus_file {
	struct arena *arena;
	const char *folder, *path;
	int fd, failed;
	int64_t len;

	/* Of the job under way. */
	struct str piece;
	int64_t at;
	char *room;
	ssize_t got;
	const struct tus_checksum *sum;
	bool fits;
};

static int fail(struct tus_file *f, struct err *e)
{
	if (f->failed == EWOULDBLOCK)
		return err_set(e, E_CONFLICT, "another request is writing to this upload");
	return err_set(e, f->failed == ENOSPC || f->failed == EDQUOT ? E_FULL : E_BUG, "%s: %s",
		f->path, strerror(f->failed));
}

static int work(struct tus_file *f, void (*run)(void *arg), struct err *e)
{
	f->failed = 0;
	fiber_work(run, f);
	return f->failed ? fail(f, e) : 0;
}

/* --- opening --------------------------------------------------------------------------------------- */

static void open_locked(void *arg)
{
	struct tus_file *f = arg;
	struct stat st;

	if (mkdir(f->folder, 0700) && errno != EEXIST) {
		f->failed = errno;
		return;
	}
	f->fd = open(f->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (f->fd < 0 || flock(f->fd, LOCK_EX | LOCK_NB) || fstat(f->fd, &st))
		f->failed = errno;
	else
		f->len = st.st_size;
}

static void end(void *p)
{
	tus_file_close(p);
}

struct tus_file *tus_file_open(struct arena *a, const char *data, struct str id, struct err *e)
{
	struct tus_file *f = ARENA_NEW(a, struct tus_file);

	f->arena = a;
	f->folder = arena_printf(a, "%s/uploads", data);
	f->path = arena_printf(a, "%s/" STR_FMT, f->folder, STR_ARG(id));
	f->fd = -1;
	arena_defer(a, end, f);
	if (!work(f, open_locked, e))
		return f;
	tus_file_close(f);
	return NULL;
}

static void cut(void *arg)
{
	struct tus_file *f = arg;

	if (ftruncate(f->fd, f->at))
		f->failed = errno;
}

int tus_file_cut(struct tus_file *f, int64_t at, struct err *e)
{
	if (f->len < at)
		return err_set(e, E_ABSENT, "the bytes of this upload are not on this machine");
	if (f->len == at)
		return 0;
	f->at = at;
	int code = work(f, cut, e);
	if (!code)
		f->len = at;
	return code;
}

/* --- bytes ------------------------------------------------------------------------------------------- */

static void add(void *arg)
{
	struct tus_file *f = arg;

	while (f->piece.len && !f->failed) {
		ssize_t n = pwrite(f->fd, f->piece.p, f->piece.len, f->len);
		if (n > 0) {
			f->piece = str_sub(f->piece, (size_t)n, f->piece.len);
			f->len += n;
		} else if (n == 0 || errno != EINTR) {
			f->failed = n ? errno : EIO;
		}
	}
}

int tus_file_add(struct tus_file *f, struct str piece, struct err *e)
{
	f->piece = piece;
	return work(f, add, e);
}

int64_t tus_file_len(const struct tus_file *f)
{
	return f->len;
}

static void sync_all(void *arg)
{
	struct tus_file *f = arg;
	int folder = -1;

	if (fsync(f->fd))
		f->failed = errno;
	else if ((folder = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
		fsync(folder))
		f->failed = errno;
	if (folder >= 0)
		close(folder);
}

int tus_file_sync(struct tus_file *f, struct err *e)
{
	return work(f, sync_all, e);
}

static void read_piece(void *arg)
{
	struct tus_file *f = arg;

	f->got = pread(f->fd, f->room, PIECE, f->at);
	if (f->got < 0)
		f->failed = errno;
}

int tus_file_read(struct tus_file *f, int64_t *at, struct str *ret_piece, struct err *e)
{
	if (!f->room)
		f->room = arena_alloc(f->arena, PIECE);
	f->at = *at;
	int code = work(f, read_piece, e);
	*ret_piece = !code && f->got ? str_from(f->room, (size_t)f->got) : STR_NULL;
	*at += code ? 0 : f->got;
	return code;
}

static void add_up(enum tus_algorithm algorithm, struct str bytes, unsigned char out[TUS_SUM_MAX])
{
	struct md5 *m;

	switch (algorithm) {
	case TUS_MD5:
		m = md5_new();
		md5_add(m, bytes);
		md5_end(m, out);
		md5_free(m);
		break;
	case TUS_SHA1: crypto_sha1(bytes, out); break;
	case TUS_SHA256: crypto_sha256(bytes, out); break;
	case TUS_NO_SUM: break;
	}
}

/* Mapped: it has just been written, and may be large. */
static void compare(void *arg)
{
	struct tus_file *f = arg;
	int64_t page = sysconf(_SC_PAGESIZE), from = f->at - f->at % page;
	size_t len = (size_t)(f->len - from);
	char *map = f->len > f->at ? mmap(NULL, len, PROT_READ, MAP_SHARED, f->fd, from) : NULL;
	unsigned char sum[TUS_SUM_MAX];

	if (map == MAP_FAILED)
		return;
	add_up(f->sum->algorithm,
		map ? str_from(map + (f->at - from), (size_t)(f->len - f->at)) : STR(""), sum);
	if (map)
		munmap(map, len);
	f->fits = !memcmp(sum, f->sum->sum, f->sum->len);
}

bool tus_file_fits(struct tus_file *f, int64_t from, const struct tus_checksum *sum)
{
	f->at = from;
	f->sum = sum;
	f->fits = false;
	fiber_work(compare, f);
	return f->fits;
}

/* --- the end ------------------------------------------------------------------------------------------- */

void tus_file_remove(struct tus_file *f)
{
	unlink(f->path);
	tus_file_close(f);
}

void tus_file_close(struct tus_file *f)
{
	if (f && f->fd >= 0)
		close(f->fd);
	if (f)
		f->fd = -1;
}

void tus_file_forget(struct arena *a, const char *data, struct str id)
{
	unlink(arena_printf(a, "%s/uploads/" STR_FMT, data, STR_ARG(id)));
}

struct sweep {
	DIR *dir;
	int64_t removed;
};

static void sweep(void *arg)
{
	struct sweep *s = arg;
	struct stat st;

	for (struct dirent *d; (d = readdir(s->dir));)
		if (uuid_is_valid(str_of(d->d_name)) &&
			!fstatat(dirfd(s->dir), d->d_name, &st, 0) &&
			st.st_mtime < time(NULL) - ABANDONED_S)
			s->removed += !unlinkat(dirfd(s->dir), d->d_name, 0);
}

int tus_file_sweep(struct arena *a, const char *data, int64_t *ret_removed, struct err *e)
{
	const char *path = arena_printf(a, "%s/uploads", data);
	struct sweep s = {.dir = opendir(path)};

	*ret_removed = 0;
	if (!s.dir)
		return errno == ENOENT ? 0 : err_set(e, E_BUG, "%s: %s", path, strerror(errno));
	fiber_work(sweep, &s);
	closedir(s.dir);
	*ret_removed = s.removed;
	return 0;
}
