/* table: rows for people, in columns as wide as they need to be.
 *
 * Owner    borrows the result.
 * Failure  none. Threads none.
 */
#pragma once
#include <stdio.h>

struct result;

/* The columns' names as a head, then a line for each row; the last column may be of any width. Control characters become spaces. */
void table_print(FILE *to, const struct result *rows);

/* One row, a line for each column that is not null: "name  value". */
void table_print_one(FILE *to, const struct result *rows, int row);
