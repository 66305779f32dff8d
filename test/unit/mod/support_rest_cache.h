/* support_rest_cache: a schema cache over tables of the test's own.
 *
 *     static void finds_it(struct rct *t) { struct rest_table *x = rct_table(t, "test", "x"); ... }
 *     ... RCT(finds_it) ...
 *
 * A group's setup makes its schemas with rct_admin() in the database of DATABASE_URL; each test runs in a fiber with a connection and
 * a cache over the schemas of rct_schemas, which the file sets.
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
#include "db/db.h"
#include "mod/rest/cache.h"

struct rct {
	struct loop *loop;
	struct db *db;
	struct arena *arena;
	struct err err;
	struct rest_cache *cache;
};

/* "a,b", and the extra search path; of the file that is tested. rct_url: for the cache only; NULL: DATABASE_URL. */
extern const char *rct_schemas, *rct_extra, *rct_url;

void rct_run(void **state);

#define RCT(f)                                                                        \
	{                                                                             \
		.name = #f, .test_func = rct_run, .initial_state = &(struct rct_case) \
		{                                                                     \
			f                                                             \
		}                                                                     \
	}

struct rct_case {
	void (*fn)(struct rct *t);
};

void rct_admin(const char
		*sql); /* a script, over a connection of its own; ends the program when it fails */

struct rest_cache *rct_load(struct rct *t, const char *schemas, const char *extra);

/* One statement over t->db: its first value. */
struct str rct_ask(struct rct *t, const char *sql);

/* Of t->cache; fail the test when it is not there. */
struct rest_table *rct_table(struct rct *t, const char *schema, const char *name);
struct rest_func *rct_func(struct rct *t, const char *schema, const char *name);
const struct rest_column *rct_column(const struct rest_table *t, const char *name);

/* "a,b": names of columns. */
const char *rct_names(struct rct *t, const struct rest_column *const *columns, size_t n);

/* Each relationship of the table as one line, in order: "m2o films fk (film_id)=(id)". */
const char *rct_links(struct rct *t, const struct rest_table *table);

void rct_eq(struct str s, const char *wanted); /* NULL: absent */
