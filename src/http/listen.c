#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "http/server.h"

#define UNIX_PREFIX "unix:"
#define UNIX_MODE 0660

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

static int open_one(const struct addrinfo *ai, const struct http_options *o)
{
	int on = 1, only = o->ipv6_only;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	if ((!o->reuse_port || !setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on))) &&
		!bind(fd, ai->ai_addr, ai->ai_addrlen) && !listen(fd, o->backlog))
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

static int listen_tcp(const struct http_options *o, struct http_listener *l, struct err *e)
{
	struct addrinfo *list = NULL;
	int fd = -1;

	if (resolve(o->listen, &list, e))
		return E_INPUT;
	/* For all addresses: the IPv6 socket takes IPv4 as well, so it is tried first. */
	for (int family = AF_INET6, i = 0; fd < 0 && i < 2; i++, family = AF_INET)
		for (struct addrinfo *ai = list; fd < 0 && ai; ai = ai->ai_next)
			if (ai->ai_family == family)
				fd = open_one(ai, o);
	int saved = errno;
	freeaddrinfo(list);
	if (fd < 0)
		return err_set(e, E_BUSY, "cannot listen on '%s': %s", o->listen, strerror(saved));
	*l = (struct http_listener){.fd = fd, .port = port_of(fd)};
	return 0;
}

/* Does nobody listen there? Then what a killed process left behind goes away. */
static bool is_free(const struct sockaddr_un *at)
{
	struct stat st;
	int fd, refused;

	if (lstat(at->sun_path, &st))
		return errno == ENOENT;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	refused = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) &&
		errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	if (refused)
		return unlink(at->sun_path) == 0 || errno == ENOENT;
	errno = EADDRINUSE;
	return false;
}

/* Before listen() nobody comes in, so the mode holds from the first client on. */
static int open_unix(const struct sockaddr_un *at, const struct http_options *o, struct stat *st)
{
	int fd = is_free(at) ? socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;

	if (fd < 0)
		return -1;
	bool is_bound = !bind(fd, (const struct sockaddr *)at, sizeof *at);
	if (is_bound && !chmod(at->sun_path, o->unix_mode ? o->unix_mode : UNIX_MODE) &&
		!lstat(at->sun_path, st) && !listen(fd, o->backlog))
		return fd;
	int saved = errno;
	if (is_bound)
		unlink(at->sun_path);
	close(fd);
	errno = saved;
	return -1;
}

static int listen_unix(const struct http_options *o, struct http_listener *l, struct err *e)
{
	const char *path = o->listen + strlen(UNIX_PREFIX);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct stat st;

	if (!path[0] || strlen(path) >= sizeof at.sun_path)
		return err_set(e, E_INPUT,
			"'%s' is not a socket to listen on, such as unix:/run/plat.sock of at most %zu bytes",
			o->listen, sizeof at.sun_path - 1 + strlen(UNIX_PREFIX));
	memcpy(at.sun_path, path, strlen(path));
	int fd = open_unix(&at, o, &st);
	if (fd < 0)
		return err_set(e, E_BUSY, "cannot listen on '%s': %s", o->listen, strerror(errno));
	*l = (struct http_listener){.fd = fd,
		.path = strdup(path),
		.dev = st.st_dev,
		.ino = st.st_ino};
	if (!l->path)
		abort();
	return 0;
}

int http_listen(const struct http_options *o, struct http_listener *ret_l, struct err *e)
{
	return str_starts(str_of(o->listen), STR(UNIX_PREFIX)) ? listen_unix(o, ret_l, e)
							       : listen_tcp(o, ret_l, e);
}

static bool is_ours(const struct http_listener *l)
{
	struct stat st;

	return lstat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino;
}

bool http_listener_is_reachable(const struct http_listener *l)
{
	return l->fd >= 0 && (!l->path || is_ours(l));
}

void http_unlisten(struct http_listener *l)
{
	if (l->path && is_ours(l))
		unlink(l->path);
	free(l->path);
	l->path = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
