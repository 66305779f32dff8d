/* Any bytes as a form: the first byte says how it is cut into pieces; cutting it otherwise changes nothing that is seen. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/storage/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct buf all;
	int code;
};

static int on_field(struct str name, struct str value, void *arg, struct err *e)
{
	struct seen *s = arg;
	(void)e;

	buf_str(&s->all, name);
	buf_str(&s->all, value);
	buf_char(&s->all, '\1');
	return 0;
}

static int on_file(const struct multipart_part *part, void *arg, struct err *e)
{
	struct seen *s = arg;
	(void)e;

	buf_str(&s->all, part->filename);
	buf_str(&s->all, part->type);
	buf_char(&s->all, '\2');
	return 0;
}

static int on_bytes(struct str piece, void *arg, struct err *e)
{
	struct seen *s = arg;
	(void)e;

	assert(piece.len);
	buf_str(&s->all, piece);
	return 0;
}

static void run(struct seen *s, struct str body, size_t piece)
{
	const struct multipart_to to = {on_field, on_file, on_bytes, s};
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct multipart m;

	buf_init(&s->all, 0);
	s->code = 0;
	multipart_init(&m, a, STR("x"), &to);
	for (size_t at = 0; at < body.len && !s->code; at += piece)
		s->code = multipart_feed(&m, str_sub(body, at, at + piece), &e);
	if (!s->code)
		s->code = multipart_end(&m, &e);
	assert(!s->code || e.msg);
	multipart_done(&m);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, cut;

	if (size < 1)
		return 0;
	struct str body = str_from(data + 1, size - 1);
	run(&whole, body, size);
	run(&cut, body, (size_t)(data[0] % 64) + 1);
	/* Too long a head is noticed sooner or later. */
	if (size < 8192) {
		assert(whole.code == cut.code);
		assert(str_eq(buf_view(&whole.all), buf_view(&cut.all)));
	}
	buf_done(&whole.all);
	buf_done(&cut.all);

	struct arena *a = arena_new();
	struct str boundary = multipart_boundary(a, body);
	assert(!boundary.p || (boundary.len > 0 && boundary.len <= 200));
	arena_free(a);
	return 0;
}
