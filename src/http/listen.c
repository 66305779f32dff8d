#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

/* "host:port" into host ("" for all addresses) and port; the brackets of an IPv6 address go. */
static bool cut(const char *address, char host[256], const char **ret_port)
{
	const char *colon = strrchr(address, ':');
	struct str h;
	int64_t port;

	if (!colon || !str_to_i64(str_of(colon + 1), &port) || port < 0 || port > 65535)
		return false;
	h = str_from(address, (size_t)(colon - address));
	if (str_starts(h, STR("[")) && str_ends(h, STR("]")))
		h = str_sub(h, 1, h.len - 1);
	else if (str_find_char(h, ':') >= 0)
		return false;
	if (h.len > 255)
		return false;
	memcpy(host, h.p, h.len);
	host[h.len] = '\0';
	*ret_port = colon + 1;
	return true;
}

static int resolve(const char *address, struct addrinfo **ret_list, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	char host[256];
	const char *port;

	if (!cut(address, host, &port))
		return err_set(e, E_INPUT,
			"'%s' is not an address to listen on, such as localhost:8080", address);
	int rc = getaddrinfo(host[0] && strcmp(host, "*") ? host : NULL, port, &hints, ret_list);
	if (rc)
		return err_set(e, E_INPUT, "cannot listen on '%s': %s", address, gai_strerror(rc));
	return 0;
}

static int open_one(const struct addrinfo *ai, int backlog, bool reuse_port)
{
	int on = 1, off = 0;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if ((!reuse_port || !setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on))) &&
		!bind(fd, ai->ai_addr, ai->ai_addrlen) && !listen(fd, backlog))
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
	socklen_t len = sizeof(at);

	if (getsockname(fd, &at.any, &len))
		return 0;
	return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

int http_listen(const char *address, int backlog, bool reuse_port, int *ret_fd, int *ret_port,
	struct err *e)
{
	struct addrinfo *list = NULL;
	int fd = -1;

	if (resolve(address, &list, e))
		return E_INPUT;
	/* For all addresses: the IPv6 socket takes IPv4 as well, so it is tried first. */
	for (int family = AF_INET6, i = 0; fd < 0 && i < 2; i++, family = AF_INET)
		for (struct addrinfo *ai = list; fd < 0 && ai; ai = ai->ai_next)
			if (ai->ai_family == family)
				fd = open_one(ai, backlog, reuse_port);
	int saved = errno;
	freeaddrinfo(list);
	if (fd < 0)
		return err_set(e, E_BUSY, "cannot listen on '%s': %s", address, strerror(saved));
	*ret_fd = fd;
	*ret_port = port_of(fd);
	return 0;
}
