/* The engine on files: copies, and the walk through everything that is there. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "loop/fiber.h"
#include "mod/storage/engine_disk.h"

/* --- copies --------------------------------------------------------------------------------------- */

struct copy {
	const char *root, *from, *to, *part;
	int failed;
};

static int copy_bytes(int from, int to)
{
	char room[64 * 1024];
	ssize_t n;

	while ((n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0)
		;
	if (!n)
		return fsync(to) ? errno : 0;
	while ((n = read(from, room, sizeof room)) > 0) /* not between these two file systems */
		for (ssize_t done = 0; done < n;) {
			ssize_t wrote = write(to, room + done, (size_t)(n - done));
			if (wrote < 0)
				return errno;
			done += wrote;
		}
	return n < 0 || fsync(to) ? errno : 0;
}

/* Where links are not to be had, or too many are there. */
static int copy_file(const struct copy *c)
{
	int from = open(c->from, O_RDONLY | O_CLOEXEC);
	int to = from < 0 ? -1 : open(c->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int failed = to < 0 ? errno : copy_bytes(from, to);

	if (to >= 0)
		close(to);
	if (from >= 0)
		close(from);
	if (!failed && rename(c->part, c->to))
		failed = errno;
	if (failed && to >= 0)
		unlink(c->part);
	return failed;
}

static void run_copy(void *arg)
{
	struct copy *c = arg;

	c->failed = engine_disk_make_folders(c->root, c->to);
	if (c->failed)
		return;
	if (link(c->from, c->to))
		c->failed = errno == ENOENT || errno == ENOSPC ? errno : copy_file(c);
	if (!c->failed)
		c->failed = engine_disk_sync_folder(c->to);
}

/* The bytes never change, so a second name for them is a copy. */
int engine_disk_copy(struct storage_engine *g, struct arena *a, const struct storage_place *from,
	const struct storage_place *to, struct err *e)
{
	struct disk *d = (struct disk *)g;
	struct copy c = {.root = d->root,
		.from = engine_disk_path(d, a, from, e),
		.to = engine_disk_path(d, a, to, e)};

	if (!c.from || !c.to)
		return e->code;
	c.part = arena_printf(a, "%s" DISK_PART, c.to);
	fiber_work(run_copy, &c);
	return c.failed ? engine_disk_fail_read(e, c.failed, "copying", c.from) : 0;
}

/* --- the walk ------------------------------------------------------------------------------------- */

struct names {
	struct arena *arena;
	const char *folder;
	const char **list;
	size_t n, cap;
	int failed;
};

static void add_name(struct names *f, const char *name)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		f->list = arena_resize(f->arena, f->list, f->cap * sizeof *f->list,
			cap * sizeof *f->list);
		f->cap = cap;
	}
	f->list[f->n++] = arena_dup(f->arena, name, strlen(name));
}

static void read_folder(void *arg)
{
	struct names *f = arg;
	DIR *d = opendir(f->folder);
	struct dirent *entry;

	if (!d) {
		f->failed = errno == ENOENT || errno == ENOTDIR ? 0 : errno;
		return;
	}
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			add_name(f, entry->d_name);
	closedir(d);
}

/* The names in a folder that may be gone. */
static int names_in(struct arena *a, const char *folder, struct names *ret_names, struct err *e)
{
	*ret_names = (struct names){.arena = a, .folder = folder};
	fiber_work(read_folder, ret_names);
	return ret_names->failed ? engine_disk_fail(e, ret_names->failed, "reading", folder) : 0;
}

struct looks {
	const char *path;
	struct stat st;
	bool is_there;
};

static void look(void *arg)
{
	struct looks *l = arg;

	l->is_there = !stat(l->path, &l->st) && S_ISREG(l->st.st_mode);
}

static int show(struct arena *a, const char *root, const char *key, storage_entry_fn *fn, void *arg,
	struct err *e)
{
	struct storage_entry entry = {.is_part = str_ends(str_of(key), STR(DISK_PART))};
	struct str text = str_of(key);
	struct looks l = {.path = arena_printf(a, "%s/%s", root, key)};

	if (entry.is_part)
		text.len -= strlen(DISK_PART);
	if (!storage_place_parse(a, text, &entry.place))
		return 0; /* not ours */
	fiber_work(look, &l);
	if (!l.is_there)
		return 0;
	entry.size = l.st.st_size;
	/* Of a link the time of the bytes is that of the first copy; its own arrival is a change. */
	entry.changed_us = l.st.st_ctim.tv_sec * US_PER_SECOND + l.st.st_ctim.tv_nsec / 1000;
	return fn(&entry, arg, e);
}

static int list_folder(const char *root, const char *under, storage_entry_fn *fn, void *arg,
	struct err *e)
{
	struct arena *a = arena_new();
	struct names files;
	int code = names_in(a, arena_printf(a, "%s/%s", root, under), &files, e);

	for (size_t i = 0; !code && i < files.n; i++)
		code = show(a, root, arena_printf(a, "%s/%s", under, files.list[i]), fn, arg, e);
	arena_free(a);
	return code;
}

int engine_disk_list(struct storage_engine *g, storage_entry_fn *fn, void *arg, struct err *e)
{
	const char *root = ((struct disk *)g)->root;
	struct arena *a = arena_new();
	struct names workspaces, folders;
	int code = names_in(a, root, &workspaces, e);

	for (size_t i = 0; !code && i < workspaces.n; i++) {
		code = names_in(a, arena_printf(a, "%s/%s", root, workspaces.list[i]), &folders, e);
		for (size_t j = 0; !code && j < folders.n; j++)
			code = list_folder(root,
				arena_printf(a, "%s/%s", workspaces.list[i], folders.list[j]), fn,
				arg, e);
	}
	arena_free(a);
	return code;
}
