/* render_run: plat-image as a child, and the few places in which one may run. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/log.h"
#include "loop/child.h"
#include "loop/fiber.h"
#include "mod/storage/render_local.h"
#include "mod/storage/rendition.h"

#define AT_ONCE 2
#define WAITING_MAX 16
#define OUTPUT_MAX 4096

enum { EXIT_PICTURE = 3, EXIT_LARGE = 4, EXIT_FORMAT = 5 }; /* src/image/image_main.c */

/* --- places --------------------------------------------------------------------------------------- */

struct ticket {
	struct fiber *fiber;
	struct ticket *next;
	bool is_called;
};

static struct { /* one loop a process */
	int taken, n_waiting;
	struct ticket *first;
} slots;

static void drop_ticket(struct ticket *t)
{
	struct ticket **at = &slots.first;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	slots.n_waiting--;
}

static int wait_in_line(struct err *e)
{
	struct ticket t = {.fiber = fiber_current()}, **at = &slots.first;

	if (slots.n_waiting >= WAITING_MAX)
		return err_set(e, E_BUSY, "many pictures are waiting to be rendered");
	while (*at)
		at = &(*at)->next;
	*at = &t;
	slots.n_waiting++;
	while (!t.is_called) {
		if (!fiber_park() || t.is_called)
			continue;
		drop_ticket(&t);
		return err_set(e, E_CANCEL, "stopped while waiting to be rendered");
	}
	return 0;
}

int render_slot_take(struct err *e)
{
	if (slots.taken >= AT_ONCE)
		return wait_in_line(e); /* gets the place of who leaves */
	slots.taken++;
	return 0;
}

void render_slot_leave(void)
{
	struct ticket *t = slots.first;

	if (!t) {
		slots.taken--;
		return;
	}
	drop_ticket(t);
	t->is_called = true;
	fiber_wake(t->fiber);
}

/* --- the child ------------------------------------------------------------------------------------ */

static const char *program(struct arena *a)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n < 0)
		return "plat-image";
	self[n] = 0;
	char *slash = strrchr(self, '/');
	return arena_printf(a, "%.*s/plat-image", slash ? (int)(slash - self) : 0, self);
}

static int explain(struct child_exit how, struct str words, struct err *e)
{
	switch (how.signal ? -1 : how.status) {
	case EXIT_LARGE: return err_set(e, E_LIMIT, STR_FMT, STR_ARG(str_trim(words)));
	case EXIT_PICTURE:
	case EXIT_FORMAT: return err_set(e, E_INPUT, STR_FMT, STR_ARG(str_trim(words)));
	default: break;
	}
	log_warn("storage.render_failed", LOG_CSTR("exit", child_exit_text(how)),
		LOG_STR("output", words));
	if (how.signal)
		return err_set(e, E_INPUT, "the picture takes too much time or memory");
	return err_set(e, E_BUG, "plat-image: %s: " STR_FMT, child_exit_text(how),
		STR_ARG(str_trim(words)));
}

static void read_size(struct arena *a, struct str words, struct render_made *made)
{
	const struct json *from = json_get(json_parse(a, words, NULL), "from");
	int64_t width = 0, height = 0;

	json_to_i64(json_at(from, 0), &width);
	json_to_i64(json_at(from, 1), &height);
	made->width = (int)width;
	made->height = (int)height;
}

/* The environment holds secrets: none of it goes to who reads strangers' bytes. */
int render_run(const struct render *r, struct arena *a, const char *in, const char *out,
	const struct rendition *want, struct render_made *ret_made, struct err *e)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
	const char *argv[] = {program(a), arena_printf(a, "%d", want->width),
		arena_printf(a, "%d", want->height), want->resize,
		arena_printf(a, "%d", want->quality), want->format, in, out, NULL};
	struct child_exit how;
	struct str words;
	int code = child_run(r->loop, &(struct child_options){.argv = argv, .env = env}, OUTPUT_MAX,
		&how, &words, e);

	if (code)
		return code;
	if (how.signal || how.status)
		return explain(how, words, e);
	read_size(a, words, ret_made);
	return 0;
}
