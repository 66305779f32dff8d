/* A saved answer, or one listing, on the same way as a page of a feed. */
#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/log.h"
#include "loop/fiber.h"
#include "loop/fiber_queue.h"
#include "mod/mls/sync_scan.h"

#define QUEUE_MAX 4096
#define PIECE 65536

struct filling {
	struct sync *y;
	struct fiber_queue *parts;
	struct sync_part *part;
};

static struct buf *on_begin(void *arg)
{
	struct filling *f = arg;

	if (f->part->text.len < SYNC_PART_SIZE)
		return &f->part->text;
	if (!fiber_queue_try_put(f->parts, f->part))
		sync_part_free(f->part);
	f->part = sync_part_new(SYNC_PART_ROWS);
	return &f->part->text;
}

static void on_row(void *arg, size_t at, size_t len)
{
	sync_part_add(((struct filling *)arg)->part, at, len);
}

static void on_skipped(void *arg)
{
	struct filling *f = arg;

	f->part->skipped++;
	log_warn("sync.row_too_large", LOG_STR("run_id", f->y->run_id),
		LOG_INT("limit", SYNC_ROW_MAX));
}

static int read_text(struct filling *f, struct str text, struct err *e)
{
	struct sync_scan_to to = {on_begin, on_row, on_skipped, f};
	struct sync_answer answer;
	struct sync_scan scan;

	sync_scan_init(&scan, SYNC_ROW_MAX, &to);
	for (size_t at = 0; at < text.len; at += PIECE)
		sync_scan_add(&scan, str_sub(text, at, at + PIECE));
	int code = sync_scan_end(&scan, e);
	if (!code)
		code = sync_answer_read(f->y->arena, buf_view(&scan.envelope), &answer, e);
	if (!code && answer.is_listing) {
		buf_str(&f->part->text, buf_view(&scan.envelope));
		sync_part_add(f->part, 0, scan.envelope.len);
	}
	sync_scan_done(&scan);
	return code;
}

static void read_parts(struct filling *f, struct fiber_queue *ready)
{
	void *item;

	f->part->kind = SYNC_PART_END;
	if (!fiber_queue_try_put(f->parts, f->part))
		sync_part_free(f->part);
	f->part = NULL;
	fiber_queue_close(f->parts);
	while (!fiber_queue_take(f->parts, &item)) {
		sync_part_read(item, f->y->mapping, &f->y->fields);
		if (!fiber_queue_try_put(ready, item))
			sync_part_free(item);
	}
	fiber_queue_close(ready);
}

int sync_file_load(struct sync *y, struct str text, struct err *e)
{
	struct filling f = {y, fiber_queue_new(QUEUE_MAX), sync_part_new(SYNC_PART_ROWS)};
	struct fiber_queue *ready = fiber_queue_new(QUEUE_MAX);
	bool is_stale;
	void *item;
	int code = read_text(&f, text, e);

	if (!code) {
		read_parts(&f, ready);
		code = sync_page_load_all(y, ready, &is_stale, e);
	}
	sync_part_free(f.part);
	fiber_queue_close(f.parts);
	fiber_queue_close(ready);
	while (!fiber_queue_take(f.parts, &item) || !fiber_queue_take(ready, &item))
		sync_part_free(item);
	fiber_queue_free(f.parts);
	fiber_queue_free(ready);
	return code;
}
