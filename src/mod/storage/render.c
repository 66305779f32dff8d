#include "mod/storage/render.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/uuid.h"
#include "loop/fiber.h"
#include "mod/storage/render_local.h"
#include "mod/storage/rendition.h"
#include "mod/storage/sniff.h"

#define SOURCE_MAX (INT64_C(100) << 20)
#define REFUSAL_MAX 200

/* The folder of a version has the renditions, and beside those that cannot be made a file that says why. */
struct task {
	const struct render *render;
	struct arena *arena;
	const char *folder, *path, *refusal, *in, *out;
	int fd, failed;
	off_t size;
	char words[REFUSAL_MAX];
	ssize_t n_words;
	struct str piece;
};

static void close_fd(void *p)
{
	close((int)(intptr_t)p);
}

/* --- in threads -------------------------------------------------------------------------------------- */

static int make_folder(const char *path)
{
	return mkdir(path, 0700) && errno != EEXIST ? errno : 0;
}

static void look(void *arg)
{
	struct task *t = arg;
	struct stat st;

	t->fd = open(t->path, O_RDONLY | O_CLOEXEC);
	if (t->fd >= 0) {
		futimens(t->fd, NULL); /* by which render_trim() knows what is used */
		t->size = fstat(t->fd, &st) ? 0 : st.st_size;
		return;
	}
	int no = open(t->refusal, O_RDONLY | O_CLOEXEC);
	t->n_words = no < 0 ? 0 : read(no, t->words, sizeof t->words);
	if (no >= 0)
		close(no);
}

static void open_source(void *arg)
{
	struct task *t = arg;

	t->fd = open(t->in, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	t->failed = t->fd < 0 ? errno : 0;
}

static void write_source(void *arg)
{
	struct task *t = arg;

	while (t->piece.len && !t->failed) {
		ssize_t n = write(t->fd, t->piece.p, t->piece.len);
		if (n > 0)
			t->piece = str_sub(t->piece, (size_t)n, t->piece.len);
		else if (errno != EINTR)
			t->failed = n ? errno : EIO;
	}
}

/* Whole on the disk before it has its name: a name stands for a whole rendition. */
static void put_in_place(void *arg)
{
	struct task *t = arg;
	int fd = open(t->out, O_RDONLY | O_CLOEXEC);

	t->failed = fd < 0 || fdatasync(fd) ? errno : make_folder(t->folder);
	if (fd >= 0)
		close(fd);
	if (!t->failed && rename(t->out, t->path))
		t->failed = errno;
}

static void put_refusal(void *arg)
{
	struct task *t = arg;
	int fd = make_folder(t->folder) ? -1
					: open(t->refusal, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	/* Best effort: without it the picture is tried again. */
	if (fd >= 0 && write(fd, t->words, (size_t)t->n_words) != t->n_words)
		unlink(t->refusal);
	if (fd >= 0)
		close(fd);
}

static void clean_up(void *arg)
{
	struct task *t = arg;

	unlink(t->in);
	unlink(t->out);
}

/* --- making one --------------------------------------------------------------------------------------- */

static int fail(struct task *t, const char *path, struct err *e)
{
	return err_set(e, t->failed == ENOSPC || t->failed == EDQUOT ? E_FULL : E_BUG, "%s: %s",
		path, strerror(t->failed));
}

static int copy_source(struct task *t, struct storage_get *get, struct err *e)
{
	int code;

	do {
		code = storage_get_read(get, &t->piece, e);
		if (!code && t->piece.p)
			fiber_work(write_source, t);
		else
			break;
	} while (!t->failed);
	return code ? code : t->failed ? fail(t, t->in, e) : 0;
}

static int fetch_source(struct task *t, const struct storage_place *place, int64_t size,
	struct err *e)
{
	struct storage_get *get;

	if (size > SOURCE_MAX)
		return err_set(e, E_LIMIT, "the picture has too many bytes");
	get = storage_get_open(t->render->engine, t->arena, place, 0, size, e);
	if (!get)
		return e->code;
	fiber_work(open_source, t);
	int code = t->failed ? fail(t, t->in, e) : copy_source(t, get, e);
	storage_get_close(get);
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	return code;
}

static int remember(struct task *t, const struct err *e)
{
	if (e->code == E_INPUT || e->code == E_LIMIT) {
		t->n_words = snprintf(t->words, sizeof t->words, "%c%s",
			e->code == E_LIMIT ? 'L' : 'I', e->msg);
		if (t->n_words >= (ssize_t)sizeof t->words)
			t->n_words = sizeof t->words - 1;
		fiber_work(put_refusal, t);
	}
	return e->code;
}

static int make(struct task *t, const struct storage_place *place, int64_t size,
	const struct rendition *want, struct render_made *made, struct err *e)
{
	int code = fetch_source(t, place, size, e);

	if (!code && render_run(t->render, t->arena, t->in, t->out, want, made, e))
		code = remember(t, e);
	if (!code) {
		fiber_work(put_in_place, t);
		code = t->failed ? fail(t, t->path, e) : 0;
	}
	fiber_work(clean_up, t);
	return code;
}

/* --- finding one ---------------------------------------------------------------------------------------- */

static int set_up(struct task *t, const struct storage_place *place, const struct rendition *want,
	struct err *e)
{
	struct arena *a = t->arena;
	char id[UUID_SIZE];
	const char *root = arena_printf(a, "%s/renditions", t->render->data);

	uuid_format(id, uuid_new());
	t->folder = arena_printf(a, "%s/" STR_FMT, root, STR_ARG(place->version));
	t->path = arena_printf(a, "%s/" STR_FMT, t->folder, STR_ARG(rendition_name(a, want)));
	t->refusal = arena_printf(a, "%s.no", t->path);
	t->in = arena_printf(a, "%s/%s.in", root, id);
	t->out = arena_printf(a, "%s/%s.out", root, id);
	t->fd = -1;
	t->failed = make_folder(root);
	if (t->failed)
		return fail(t, root, e);
	return uuid_is_valid(place->version) ? 0 : err_set(e, E_ABSENT, "there are no bytes");
}

/* 1: found, -1: it is known that it cannot be made, 0: neither. */
static int find(struct task *t, struct render_made *made, struct err *e)
{
	char head[64];

	fiber_work(look, t);
	if (t->fd < 0 && t->n_words > 1) {
		err_set(e, t->words[0] == 'L' ? E_LIMIT : E_INPUT, "%.*s", (int)t->n_words - 1,
			t->words + 1);
		return -1;
	}
	if (t->fd < 0)
		return 0;
	arena_defer(t->arena, close_fd, (void *)(intptr_t)t->fd);
	made->fd = t->fd;
	made->size = t->size;
	ssize_t n = pread(t->fd, head, sizeof head, 0);
	struct str type = sniff_type(str_from(head, n > 0 ? (size_t)n : 0));
	made->type = type.p ? str_cstr(t->arena, type) : "application/octet-stream";
	return 1;
}

int render_open(const struct render *r, struct arena *a, const struct storage_place *place,
	int64_t size, const struct rendition *want, struct render_made *ret_made, struct err *e)
{
	struct task t = {.render = r, .arena = a};
	int found;

	*ret_made = (struct render_made){.fd = -1};
	if (set_up(&t, place, want, e))
		return e->code;
	if ((found = find(&t, ret_made, e)))
		return found > 0 ? 0 : e->code;
	if (render_slot_take(e))
		return e->code;
	found = find(&t, ret_made, e); /* who was here before may have made it */
	int code = found > 0 ? 0 : found < 0 ? e->code : make(&t, place, size, want, ret_made, e);
	render_slot_leave();
	if (code || found)
		return code;
	return find(&t, ret_made, e) > 0 ? 0 : err_set(e, E_BUSY, "the rendition is gone again");
}
