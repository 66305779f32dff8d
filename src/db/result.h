/* result: rows that PostgreSQL answered, in text form.
 *
 * Owner    the arena of the batch or of the session call; every struct str points into the result.
 * Failure  to ask for a row or column that is not there is a programming error, ends the process.
 *          The typed readers expect the type: int2/4/8 or a numeric without fraction for i64, any
 *          number for f64, bool for bool; anything else, null included, is a programming error too.
 * Threads  none while it is being read.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct result;

int result_rows(const struct result *r);
int result_cols(const struct result *r);

const char *result_name(const struct result *r, int col);
unsigned result_oid(const struct result *r, int col);         /* the column's type */
void result_oids(const struct result *r, unsigned *ret_oids); /* of all columns */
unsigned result_table_oid(const struct result *r, int col);   /* 0: not a plain column of a table */
int result_col(const struct result *r, const char *name);     /* -1 when there is none */

bool result_is_null(const struct result *r, int row, int col);

/* Absent (p == NULL) for null. NUL-terminated. */
struct str result_text(const struct result *r, int row, int col);
/* The same of all columns of a row, at half the cost. */
void result_row(const struct result *r, int row, struct str *ret_texts);

int64_t result_i64(const struct result *r, int row, int col);
double result_f64(const struct result *r, int row, int col);
bool result_bool(const struct result *r, int row, int col);

/* The bytes of a bytea column, in a; absent for null. */
struct str result_bytes(const struct result *r, int row, int col, struct arena *a);

/* Rows inserted, updated, deleted, copied or selected; 0 for other commands. */
int64_t result_affected(const struct result *r);
const char *result_command(const struct result *r); /* "INSERT 0 1" */
