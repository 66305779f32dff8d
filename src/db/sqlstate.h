/* sqlstate: what PostgreSQL's five letters mean to us.
 *
 * Owner    nothing is kept. Failure none. Threads pure.
 *
 *     23505 23P01 23503 23001 40001 40P01 55P03    E_CONFLICT
 *     42501 28xxx                                  E_RIGHT
 *     23502 23514 22xxx 21000 P0001                E_INPUT
 *     57014                                        E_TIMEOUT
 *     53xxx 57P01 57P02 57P03 08xxx                E_BUSY
 *     25006                                        E_RIGHT (the workspace is paused)
 *     PTxyz   our own raise: the code for status xyz
 *     anything else                                E_BUG
 *
 * The message of PTxyz and P0001 was written by us for the caller and goes out as it is. Every
 * other text of the database may show what is none of the caller's business, and is replaced by a
 * sentence.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "db/db.h"

enum err_code sqlstate_code(const char *sqlstate);

/* Whether PostgreSQL's message was written for the caller. */
bool sqlstate_is_ours(const char *sqlstate);

/* xyz of PTxyz, whatever it is; 0 for anything else. For surfaces that answer with that very
 * status. */
int sqlstate_status(const char *sqlstate);

/* Records the failure in e, in words that may be shown to the caller. Returns its code. */
int sqlstate_err(struct err *e, const struct db_error *why);
