/* listen: a listening TCP socket for an address that a person wrote. Private to src/http. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* address as in http_options.listen. 0, or E_INPUT (the address cannot be read) or E_BUSY (it cannot be
 * had: in use, no right) with a sentence. The socket is non-blocking and close-on-exec. */
int http_listen(const char *address, int backlog, bool reuse_port, int *ret_fd, int *ret_port,
	struct err *e) MUST_CHECK;
