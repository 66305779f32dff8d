/* stmt: texts of statements as prepared statements, one for each text.
 *
 * Owner    the process: there are as many as the program has shapes of statements, at most STMT_MAX; they are never
 *          freed. Failure none.
 * Threads  the loop's.
 */
#pragma once

struct stmt;

/* The statement with this text, whose name is a hash of it: the same in every process. NULL when there are
 * too many already; it is then run without being prepared. */
const struct stmt *model_stmt(const char *text);
