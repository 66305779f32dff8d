/* listen: a listening socket for an address that a person wrote. Private to src/http.
 *
 * Owner    a listener is a value; http_unlisten() closes it. Failure see below. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct http_options;

struct http_listener {
	int fd;     /* -1: none */
	int port;   /* 0: a Unix socket, or none */
	char *path; /* of a Unix socket: ours to remove, as long as it is the one that we made */
	dev_t dev;
	ino_t ino;
};

/* The address is options->listen. 0, or E_INPUT (the address cannot be read) or E_BUSY (it cannot be had: in use, no right) with a
 * sentence. The socket is non-blocking and close-on-exec. A Unix socket that nobody listens on any more is replaced. */
int http_listen(const struct http_options *options, struct http_listener *ret_l,
	struct err *e) MUST_CHECK;
void http_unlisten(struct http_listener *l);

/* Whether who dials the address comes to this socket. */
bool http_listener_is_reachable(const struct http_listener *l);
