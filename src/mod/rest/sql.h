/* sql: one SQL statement being written: texts of ours, quoted identifiers, and parameters. A value never becomes text here.
 *
 * Owner    rest_sql_init() to rest_sql_done(); rest_sql_take() copies the result into an arena.
 * Failure  none: the buffer has no cap, its content is bounded by the limits of parse.h.
 * Threads  none.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct arena;
struct rest_statement;

#define REST_SQL_VALUES 4000 /* parameters of one statement */

struct rest_sql {
	struct buf text;
	struct buf
		values; /* uint16_t: the index in struct rest_values of each parameter, $1 first */
	struct buf numbers; /* uint16_t: by that index the parameter's number; 0: none yet */
	int aliases;        /* how many were handed out */
};

void rest_sql_init(struct rest_sql *s);
void rest_sql_done(struct rest_sql *s);

void rest_sql(struct rest_sql *s, const char *text);
void rest_sql_str(struct rest_sql *s, struct str text);   /* SQL made before: from the cache, say */
void rest_sql_ident(struct rest_sql *s, struct str name); /* "name", quotes doubled */
void rest_sql_column(struct rest_sql *s, struct str alias, struct str name); /* "alias"."name" */
/* $n for a value; the same value gets the same $n. cast: "text", "int4", or NULL. */
void rest_sql_value(struct rest_sql *s, int param, const char *cast);
struct str rest_sql_alias(struct rest_sql *s, struct arena *a); /* a fresh one: t1, t2 … */

/* As a statement with a name that follows from its text. name_salt: what else must not share a prepared statement (the role). */
void rest_sql_take(struct rest_sql *s, struct arena *a, struct str name_salt,
	struct rest_statement *ret);
