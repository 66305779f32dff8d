/* tables: every table of the catalogue. tables.c and the folders beside it are written by tools/make-models.
 *
 * Owner    constants. Failure none. Threads: pure.
 */
#pragma once
#include "model/table.h"

extern const struct model_table *const model_tables[]; /* by schema and name; ends with NULL */
