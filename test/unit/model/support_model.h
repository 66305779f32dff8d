/* support_model: a migrated database for each test program, a fiber for each test, and people to act as.
 *
 *     static void finds(struct mt *t) { ... }
 *     ... MODEL_TEST(finds) ... return model_run_tests(tests, name)
 *
 * The database is a copy of PLAT_MIGRATED_URL, so that tests may commit. Without that all tests are skipped.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "loop/loop.h"

struct mt {
	struct loop *loop;
	struct db *db;
	struct arena *arena;
	struct err err;         /* of the latest expect_code() */
	struct session *worker; /* role plat_worker */
	struct session *opened[3];
	int opened_n;
};

void mt_run(void **state);

#define MODEL_TEST(f)                                                               \
	{                                                                           \
		.name = #f, .test_func = mt_run, .initial_state = &(struct mt_case) \
		{                                                                   \
			f                                                           \
		}                                                                   \
	}

struct mt_case {
	void (*fn)(struct mt *t);
};

/* Prints a skip and returns 0 without a migrated database. */
#define model_run_tests(tests, name) \
	(mt_has_database() ? cmocka_run_group_tests_name((name), (tests), mt_create, mt_drop) : 0)
bool mt_has_database(void);
int mt_create(void **state);
int mt_drop(void **state);
const char *mt_url(void); /* of this program's own database */

/* Two workspaces with a login of a marketing agent in each. */
struct person {
	struct str workspace_id, user_id, agent_id;
};
struct person new_person(struct mt *t);

/* A session, closed at the end of the test. */
struct session *as(struct mt *t, struct db_caller caller);
struct db_caller anon(void);
struct db_caller caller_of(struct person p);

/* The operation must succeed: ok(t, mls_listing_find(..., &t->err)). */
void ok_at(struct mt *t, int code, const char *file, int line);
#define ok(t, code) ok_at((t), (code), __FILE__, __LINE__)

/* It must fail with this code; the words are then in t->err until the next call. */
void expect_code_at(struct mt *t, int code, int wanted, const char *file, int line);
#define expect_code(t, code, wanted)                                       \
	do {                                                               \
		err_clear(&(t)->err);                                      \
		expect_code_at((t), (code), (wanted), __FILE__, __LINE__); \
	} while (0)

/* One value of one statement of the worker's session, as text; "" for null. */
const char *ask(struct mt *t, const char *sql);

struct str fresh_uuid(struct mt *t);
struct str fresh_name(struct mt *t, const char *head); /* "head-<random>" */

void assert_str(struct str got, const char *want); /* want NULL: absent */
