/* The engine on files: what is finished is there whole, what is not is not there at all. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "mod/storage/engine.h"

struct bench {
	struct loop *loop;
	struct arena *arena;
	struct storage_engine *engine;
	struct err err;
	char data[64];
	void (*test)(struct bench *b);
};

static const struct storage_place one = {{STR_INIT("0b5c2f6e-0000-4000-8000-000000000001")},
	{STR_INIT("ab5c2f6e-0000-4000-8000-000000000002")}};
static const struct storage_place two = {{NULL, 0},
	{STR_INIT("cd5c2f6e-0000-4000-8000-000000000003")}};

static void run(void *arg)
{
	struct bench *b = arg;

	b->engine = storage_engine_disk(&(struct storage_engine_options){.loop = b->loop,
						.data = b->data},
		&b->err);
	assert_non_null(b->engine);
	b->test(b);
	storage_engine_close(b->engine);
}

static void with_engine(void (*test)(struct bench *b))
{
	struct bench b = {.loop = loop_new(),
		.arena = arena_new(),
		.data = "/tmp/plat-engine.XXXXXX",
		.test = test};
	char command[128];

	b.err.arena = b.arena;
	assert_non_null(mkdtemp(b.data));
	loop_run_fiber(b.loop, run, &b);
	arena_free(b.arena);
	loop_free(b.loop);
	snprintf(command, sizeof command, "rm -rf %s", b.data);
	assert_int_equal(system(command), 0);
}

static void put(struct bench *b, const struct storage_place *place, struct str text)
{
	struct storage_put *p = storage_put_open(b->engine, b->arena, place, &b->err);

	assert_non_null(p);
	assert_int_equal(storage_put_write(p, str_sub(text, 0, 3), &b->err), 0);
	assert_int_equal(storage_put_write(p, str_sub(text, 3, text.len), &b->err), 0);
	assert_int_equal(storage_put_finish(p, &b->err), 0);
	assert_int_equal(p->len, text.len);
}

static void expect(struct bench *b, const struct storage_place *place, int64_t from, int64_t len,
	struct str want)
{
	struct storage_get *r = storage_get_open(b->engine, b->arena, place, from, len, &b->err);
	struct buf got;
	struct str piece;

	assert_non_null(r);
	buf_init(&got, 0);
	while (!storage_get_read(r, &piece, &b->err) && piece.p)
		buf_str(&got, piece);
	assert_true(str_eq(buf_view(&got), want));
	buf_done(&got);
	storage_get_close(r);
	storage_get_close(r); /* again is fine */
}

static int count_entry(const struct storage_entry *entry, void *arg, struct err *e)
{
	int *n = arg;
	(void)e;

	n[entry->is_part]++;
	assert_true(entry->changed_us > 0);
	return 0;
}

static void expect_files(struct bench *b, int whole, int parts)
{
	int n[2] = {0, 0};

	assert_int_equal(storage_list(b->engine, count_entry, n, &b->err), 0);
	assert_int_equal(n[0], whole);
	assert_int_equal(n[1], parts);
}

static void reads_what_was_put(struct bench *b)
{
	struct storage_put *p;

	put(b, &one, STR("hello world"));
	put(b, &two, STR("of the installation"));
	expect(b, &one, 0, 11, STR("hello world"));
	expect(b, &one, 6, 5, STR("world"));
	expect(b, &one, 11, 0, STR(""));
	expect(b, &two, 0, 6, STR("of the"));
	expect_files(b, 2, 0);
	p = storage_put_open(b->engine, b->arena,
		&(struct storage_place){STR_NULL, STR("ee5c2f6e-0000-4000-8000-000000000003")},
		&b->err);
	assert_int_equal(storage_put_finish(p, &b->err), 0);
	assert_true(str_eq(enc_hex(b->arena, str_from(p->digest, 16)),
		STR("d41d8cd98f00b204e9800998ecf8427e")));
}

static void what_is_put_is_there_whole(void **state)
{
	(void)state;
	with_engine(reads_what_was_put);
}

static void abandons(struct bench *b)
{
	struct storage_put *p = storage_put_open(b->engine, b->arena, &one, &b->err);

	assert_int_equal(storage_put_write(p, STR("half"), &b->err), 0);
	expect_files(b, 0, 1);
	assert_null(storage_get_open(b->engine, b->arena, &one, 0, 4, &b->err));
	assert_int_equal(b->err.code, E_ABSENT);
	err_clear(&b->err);
	storage_put_abandon(p);
	storage_put_abandon(p);
	expect_files(b, 0, 0);

	struct arena *a = arena_new();
	p = storage_put_open(b->engine, a, &one, &b->err);
	assert_int_equal(storage_put_write(p, STR("half"), &b->err), 0);
	arena_free(a); /* as the request's end */
	expect_files(b, 0, 0);
}

static void what_is_not_finished_is_nowhere(void **state)
{
	(void)state;
	with_engine(abandons);
}

static void copies(struct bench *b)
{
	struct storage_entry part = {.place = two, .is_part = true};

	put(b, &one, STR("hello"));
	assert_int_equal(storage_copy(b->engine, b->arena, &one, &two, &b->err), 0);
	assert_int_equal(storage_remove(b->engine, b->arena, &one, &b->err), 0);
	assert_int_equal(storage_remove(b->engine, b->arena, &one, &b->err), 0);
	assert_int_equal(storage_remove_entry(b->engine, b->arena, &part, &b->err), 0);
	expect(b, &two, 0, 5, STR("hello"));
	assert_int_equal(storage_copy(b->engine, b->arena, &one, &two, &b->err), E_ABSENT);
}

static void a_copy_outlives_what_it_is_of(void **state)
{
	(void)state;
	with_engine(copies);
}

static void refuses(struct bench *b)
{
	const struct storage_place out = {STR("../../etc"),
		STR("ab5c2f6e-0000-4000-8000-000000000002")};
	struct storage_get *r;
	struct str piece;

	assert_null(storage_put_open(b->engine, b->arena, &out, &b->err));
	assert_int_equal(b->err.code, E_INPUT);
	err_clear(&b->err);
	put(b, &one, STR("short"));
	r = storage_get_open(b->engine, b->arena, &one, 0, 100, &b->err);
	assert_int_equal(storage_get_read(r, &piece, &b->err), 0);
	assert_int_equal(piece.len, 5);
	assert_int_equal(storage_get_read(r, &piece, &b->err), E_BUG);
	storage_get_close(r);
}

static void places_stay_inside_and_short_files_are_noticed(void **state)
{
	(void)state;
	with_engine(refuses);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_there_whole),
		cmocka_unit_test(what_is_not_finished_is_nowhere),
		cmocka_unit_test(a_copy_outlives_what_it_is_of),
		cmocka_unit_test(places_stay_inside_and_short_files_are_noticed),
	};

	return cmocka_run_group_tests_name("storage_engine", tests, NULL, NULL);
}
