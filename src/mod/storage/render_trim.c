/* render_trim: keeps the folder of renditions small. All of it in a thread. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/uuid.h"
#include "loop/fiber.h"
#include "mod/storage/render.h"

#define VERSIONS_MAX 1000
#define LEFTOVER_S 3600 /* a rendition is made in less */

struct file {
	char *path; /* "<version>/<name>" */
	int64_t size, used_s;
};

struct walk {
	int root;
	struct file *files;
	size_t n, cap;
	int64_t total, max, removed;
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void note(struct walk *w, const char *folder, const char *name, const struct stat *st)
{
	char *path;

	if (w->n == w->cap) {
		w->cap = 2 * w->cap + 64;
		w->files = must(reallocarray(w->files, w->cap, sizeof *w->files));
	}
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	w->files[w->n++] = (struct file){path, st->st_size, st->st_mtime};
	w->total += st->st_size;
}

static void walk_version(struct walk *w, const char *folder)
{
	int fd = openat(w->root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct stat st;

	for (struct dirent *d; dir && (d = readdir(dir));)
		if (d->d_name[0] != '.' && !fstatat(fd, d->d_name, &st, 0))
			note(w, folder, d->d_name, &st);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

/* What stands beside the folders belongs to renditions that are being made, or were when somebody was killed. */
static void drop_leftover(struct walk *w, const char *name)
{
	struct stat st;

	if (!fstatat(w->root, name, &st, 0) && st.st_mtime < time(NULL) - LEFTOVER_S)
		unlinkat(w->root, name, 0);
}

static int by_use(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return (x->used_s > y->used_s) - (x->used_s < y->used_s);
}

static void remove_oldest(struct walk *w)
{
	if (w->n)
		qsort(w->files, w->n, sizeof *w->files, by_use);
	for (size_t i = 0; i < w->n; i++) {
		if (w->total > w->max && !unlinkat(w->root, w->files[i].path, 0)) {
			w->total -= w->files[i].size;
			w->removed++;
			*strrchr(w->files[i].path, '/') = 0;
			unlinkat(w->root, w->files[i].path,
				AT_REMOVEDIR); /* when it was the last */
		}
		free(w->files[i].path);
	}
	free(w->files);
}

static void trim(void *arg)
{
	struct walk *w = arg;
	int fd = dup(w->root);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	for (struct dirent *d; dir && (d = readdir(dir));) {
		if (uuid_is_valid(str_of(d->d_name)))
			walk_version(w, d->d_name);
		else if (d->d_name[0] != '.')
			drop_leftover(w, d->d_name);
	}
	if (dir)
		closedir(dir);
	remove_oldest(w);
}

static int open_root(struct arena *a, const char *data)
{
	return open(arena_printf(a, "%s/renditions", data), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int render_trim(struct arena *a, const char *data, int64_t max, int64_t *ret_removed, struct err *e)
{
	struct walk w = {.root = open_root(a, data), .max = max};

	*ret_removed = 0;
	if (w.root < 0)
		return errno == ENOENT
			? 0
			: err_set(e, E_BUG, "%s/renditions: %s", data, strerror(errno));
	fiber_work(trim, &w);
	close(w.root);
	*ret_removed = w.removed;
	return 0;
}

struct versions {
	const char *path;
	char (*ids)[UUID_SIZE];
	size_t n;
	int failed;
};

static void list_versions(void *arg)
{
	struct versions *v = arg;
	DIR *dir = opendir(v->path);

	if (!dir) {
		v->failed = errno == ENOENT ? 0 : errno;
		return;
	}
	for (struct dirent *d; v->n < VERSIONS_MAX && (d = readdir(dir));)
		if (uuid_is_valid(str_of(d->d_name)))
			memcpy(v->ids[v->n++], d->d_name, UUID_SIZE);
	closedir(dir);
}

int render_versions(struct arena *a, const char *data, struct str **ret_versions, size_t *ret_n,
	struct err *e)
{
	struct versions v = {.path = arena_printf(a, "%s/renditions", data),
		.ids = arena_array(a, VERSIONS_MAX, UUID_SIZE)};

	fiber_work(list_versions, &v);
	if (v.failed)
		return err_set(e, E_BUG, "%s: %s", v.path, strerror(v.failed));
	*ret_versions = arena_array(a, v.n, sizeof **ret_versions);
	*ret_n = v.n;
	for (size_t i = 0; i < v.n; i++)
		(*ret_versions)[i] = str_of(v.ids[i]);
	return 0;
}

static void forget(void *arg)
{
	struct walk *w = arg;

	w->max = -1;
	remove_oldest(w);
}

void render_forget(struct arena *a, const char *data, struct str version)
{
	struct walk w = {.root = open_root(a, data)};

	if (w.root < 0)
		return;
	walk_version(&w, str_cstr(a, version));
	fiber_work(forget, &w);
	close(w.root);
}
