/* child_run: a whole program as one call in a fiber. */
#include <signal.h>

#include "base/arena.h"
#include "base/buf.h"
#include "loop/child.h"

struct collected {
	struct buf *text;
	size_t max;
};

static void on_output(struct child *c, int fd, struct str piece, void *arg)
{
	struct collected *to = arg;
	size_t room = to->max - to->text->len;

	(void)c;
	(void)fd;
	buf_str(to->text, str_sub(piece, 0, room));
}

int child_run(struct loop *loop, const struct child_options *options, size_t max,
	struct child_exit *ret_how, struct str *ret_output, struct err *e)
{
	struct child_options o = *options;
	struct buf text;
	struct collected to = {.text = &text, .max = ret_output ? max : 0};

	buf_init(&text, 0);
	o.out = o.err = to.max ? CHILD_PIPE : CHILD_NULL;
	o.on_output = on_output;
	o.on_exit = NULL;
	o.arg = &to;
	struct child *c = child_start(loop, &o, e);
	if (!c) {
		buf_done(&text);
		return e ? e->code : E_BUG;
	}
	int code = child_wait(c, ret_how, e);
	if (code)
		child_kill(c, SIGTERM);
	child_free(c);
	if (code == 0 && ret_output)
		*ret_output = e && e->arena ? str_copy(e->arena, buf_view(&text)) : STR("");
	buf_done(&text);
	return code;
}
