/* table: what the catalogue says about a table, as constants. model/tables.h has all of them.
 *
 * Owner    constants, written by tools/make-models; or by hand for the columns of a query of one's own
 *          (docs/model.md, "A query of one's own"), where only `label`, `size`, `columns` and `n` are needed.
 * Failure  none; a wrong index is a programming error. Threads: pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/value.h"

#define MODEL_COLUMNS_MAX 128
#define MODEL_KEY_MAX 4 /* columns of a primary or foreign key */

enum model_flags {
	MODEL_NOT_NULL = 1,
	MODEL_DEFAULT = 2,   /* may be left out of an INSERT */
	MODEL_GENERATED = 4, /* PostgreSQL alone writes it: stored expression, identity always */
	MODEL_PRIMARY = 8,   /* part of the primary key */
	MODEL_HIDDEN =
		16, /* a secret, or not for every role that reads the table: read only when named */
};

struct model_column {
	const char *name;
	const char *type; /* as SQL writes it */
	enum model_kind kind;
	unsigned flags;
	size_t offset; /* in the row's struct */
};

/* A set of columns. Empty means "the usual ones": each function says which these are. */
struct model_columns {
	uint64_t bits[MODEL_COLUMNS_MAX / 64];
};

/* MODEL_COLUMNS(MLS_LISTING_CITY, MLS_LISTING_STATE) */
#define MODEL_COLUMNS(...) \
	model_columns_of(sizeof((int[]){__VA_ARGS__}) / sizeof(int), (const int[]){__VA_ARGS__})
#define MODEL_USUAL ((struct model_columns){{0, 0}})
#define MODEL_EVERY ((struct model_columns){{UINT64_MAX, UINT64_MAX}}) /* hidden ones, too */

struct model_columns model_columns_of(size_t n, const int *columns);
bool model_columns_has(struct model_columns set, int column);
bool model_columns_is_empty(struct model_columns set);
void model_columns_add(struct model_columns *set, int column);
void model_columns_drop(struct model_columns *set, struct model_columns those);

/* What PostgreSQL keeps unique. */
struct model_key {
	const char *name;             /* of the constraint or index */
	const char *target;           /* as ON CONFLICT wants it, predicate included */
	struct model_columns columns; /* its plain columns */
};

/* A foreign key. */
struct model_relation {
	const char *name; /* "agent", for agent_id */
	const struct model_table *child, *parent;
	int n;
	int child_columns[MODEL_KEY_MAX], parent_columns[MODEL_KEY_MAX];
};

enum model_class {
	MODEL_TENANT, /* has workspace_id in its primary key (docs/sql.md) */
	MODEL_SHARED,
	MODEL_LOCAL,
};

struct model_table {
	const char *schema, *name;
	const char *label; /* one row, in words: "content piece" */
	enum model_class class;
	size_t size; /* of the row's struct */
	const struct model_column *columns;
	int n;
	int primary[MODEL_KEY_MAX], primary_n;
	const struct model_key *keys;
	int keys_n;
	const struct model_relation *relations;
	int relations_n;
};

int model_column_find(const struct model_table *t, const char *name);    /* -1: there is none */
int model_column_find_str(const struct model_table *t, struct str name); /* -1: there is none */

/* The columns with all flags of `with` and none of `without`. */
struct model_columns model_columns_where(const struct model_table *t, unsigned with,
	unsigned without);

const struct model_relation *model_relation_find(const struct model_table *child, const char *name);

/* The workspace_id of a tenant table; -1 for other classes. */
int model_workspace_column(const struct model_table *t);
