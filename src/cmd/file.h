/* file: whole files into memory, for commands that take a file name.
 *
 * Owner    the buf is the caller's. Failure  E_INPUT, E_LIMIT with the name in the sentence. Threads  blocks; not for servers.
 */
#pragma once

#include "base/err.h"

struct buf;

#define FILE_MAX_BYTES (1u << 30)

/* "-" is standard input. Appends to text. */
int file_read(const char *path, struct buf *text, struct err *e) MUST_CHECK;
