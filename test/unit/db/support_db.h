/* support_db: a database and a fiber for each test.
 *
 *     static void counts(struct dbt *t) { assert_string_equal(ask(t, "select 1"), "1"); }
 *     ... DB_TEST(counts) ...
 *
 * The test runs inside a fiber, with a loop and a db of its own that are closed after it, which
 * proves that nothing was left behind. The server is that of DATABASE_URL.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "loop/loop.h"

struct dbt {
	struct loop *loop;
	struct db *db;
	struct arena *arena;
	struct err err;
};

struct dbt_case {
	void (*fn)(struct dbt *t);
	struct db_options options; /* url NULL: DATABASE_URL */
};

void dbt_run(void **state);

#define DB_TEST(f) DB_TEST_WITH(f, .shared = 0)
#define DB_TEST_WITH(f, ...)                                                          \
	{                                                                             \
		.name = #f, .test_func = dbt_run, .initial_state = &(struct dbt_case) \
		{                                                                     \
			f,                                                            \
			{                                                             \
				__VA_ARGS__                                           \
			}                                                             \
		}                                                                     \
	}

const char *dbt_url(void);

/* Runs scripts over a connection of its own that blocks; fails the test when PostgreSQL does. Group
 * set-up calls it for what all tests need: memberships, roles, a table. */
void admin(const char *sql);
char *admin_text(const char *sql); /* first column of the first row; static */
int dbt_group_setup(void **state);

/* One statement through a batch; its first value as text ("" for none). Must succeed. */
const char *ask(struct dbt *t, const char *sql);

/* One statement that must fail; its error stays in t->err until the next call. Returns the code. */
int ask_err(struct dbt *t, const char *sql);

struct batch *batch_of(struct dbt *t, const char *sql);

/* Submits; done[i] counts the on_done of batch i. */
struct waiting {
	struct fiber *fiber;
	int done;
};
void submit(struct dbt *t, struct batch *b, struct waiting *w);
void wait_done(struct waiting *w, int n);
void on_waited(struct batch *b, void *arg);

struct db_stats stats_of(struct dbt *t);
