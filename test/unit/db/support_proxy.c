#include "support_proxy.h"

#include "support_db.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "db/url.h"

#define LINKS 32

/* Bytes on their way in one direction. */
struct pipe {
	char bytes[65536];
	size_t from, to;
};

struct link {
	int fd[2];           /* client, server; -1: free */
	struct pipe pipe[2]; /* [0] client to server */
};

struct proxy {
	pthread_t thread;
	char folder[64], path[100], url[400], upstream[256];
	int unix_fd, tcp_fd, port;
	atomic_bool end, cut, reset, refuse, stall;
	atomic_int turns, accepted;
	struct link links[LINKS];
};

static void close_link(struct link *l)
{
	close(l->fd[0]);
	close(l->fd[1]);
	l->fd[0] = l->fd[1] = -1;
}

static int connect_upstream(const struct proxy *p)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%.80s/.s.PGSQL.5432", p->upstream);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void accept_one(struct proxy *p, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	struct link *l = p->links;

	if (fd < 0)
		return;
	p->accepted++;
	while (l < p->links + LINKS && l->fd[0] >= 0)
		l++;
	int up = p->refuse || l == p->links + LINKS ? -1 : connect_upstream(p);
	if (up < 0) {
		close(fd);
		return;
	}
	l->fd[0] = fd;
	l->fd[1] = up;
	l->pipe[0].from = l->pipe[0].to = l->pipe[1].from = l->pipe[1].to = 0;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(up, F_SETFL, O_NONBLOCK);
}

/* Moves what can be moved in one direction; false at the end of the stream. */
static bool move(struct link *l, int i)
{
	struct pipe *q = &l->pipe[i];
	ssize_t n;

	if (q->from == q->to) {
		n = read(l->fd[i], q->bytes, sizeof(q->bytes));
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		q->from = 0;
		q->to = (size_t)n;
	}
	n = send(l->fd[1 - i], q->bytes + q->from, q->to - q->from, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN;
	q->from += (size_t)n;
	return true;
}

static nfds_t ask_links(struct proxy *p, struct pollfd *fds)
{
	nfds_t n = 0;

	for (int i = 0; i < LINKS && !p->stall; i++) {
		struct link *l = &p->links[i];
		for (int k = 0; k < 2 && l->fd[0] >= 0; k++) {
			bool here = l->pipe[k].from == l->pipe[k].to;
			bool there = l->pipe[1 - k].from < l->pipe[1 - k].to;
			fds[n++] = (struct pollfd){l->fd[k],
				(short)((here ? POLLIN : 0) | (there ? POLLOUT : 0)), 0};
		}
	}
	return n;
}

static void serve_link(struct proxy *p, struct link *l)
{
	if (l->fd[0] < 0)
		return;
	if (p->reset)
		setsockopt(l->fd[0], SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
			sizeof(struct linger));
	if (p->cut || p->reset || (!p->stall && (!move(l, 0) || !move(l, 1))))
		close_link(l);
}

static void turn(struct proxy *p)
{
	struct pollfd fds[2 + 2 * LINKS] = {{p->unix_fd, POLLIN, 0}, {p->tcp_fd, POLLIN, 0}};

	poll(fds, 2 + ask_links(p, fds + 2), 2);
	for (int i = 0; i < 2; i++)
		if (fds[i].revents & POLLIN)
			accept_one(p, fds[i].fd);
	for (int i = 0; i < LINKS; i++)
		serve_link(p, &p->links[i]);
	p->cut = p->reset = false;
	p->turns++;
}

static void *run(void *arg)
{
	struct proxy *p = arg;

	while (!p->end)
		turn(p);
	for (int i = 0; i < LINKS; i++)
		if (p->links[i].fd[0] >= 0)
			close_link(&p->links[i]);
	return NULL;
}

static int listen_on(struct sockaddr *a, socklen_t len, int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, a, len), 0);
	assert_int_equal(listen(fd, 64), 0);
	return fd;
}

struct proxy *proxy_new(void)
{
	struct proxy *p = calloc(1, sizeof(*p));
	struct url *u = url_parse(dbt_url(), NULL, NULL);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct sockaddr_in b = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(b);

	for (int i = 0; i < LINKS; i++)
		p->links[i].fd[0] = p->links[i].fd[1] = -1;
	snprintf(p->upstream, sizeof(p->upstream), "%s", url_get(u, "host"));
	strcpy(p->folder, "/tmp/plat-proxy.XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/.s.PGSQL.5432", p->folder);
	snprintf(p->url, sizeof(p->url), "host=%s port=5432 user=%s dbname=%s", p->folder,
		url_get(u, "user"), url_get(u, "dbname"));
	url_free(u);
	memcpy(a.sun_path, p->path, sizeof(p->path));
	p->unix_fd = listen_on((struct sockaddr *)&a, sizeof(a), AF_UNIX);
	p->tcp_fd = listen_on((struct sockaddr *)&b, sizeof(b), AF_INET);
	getsockname(p->tcp_fd, (struct sockaddr *)&b, &len);
	p->port = ntohs(b.sin_port);
	pthread_create(&p->thread, NULL, run, p);
	return p;
}

void proxy_free(struct proxy *p)
{
	p->end = true;
	pthread_join(p->thread, NULL);
	close(p->unix_fd);
	close(p->tcp_fd);
	unlink(p->path);
	rmdir(p->folder);
	free(p);
}

const char *proxy_url(const struct proxy *p)
{
	return p->url;
}

int proxy_port(const struct proxy *p)
{
	return p->port;
}

/* Two whole turns from now whatever was set has been seen. */
static void settle(struct proxy *p)
{
	int seen = p->turns;

	while (p->turns - seen < 2)
		usleep(500);
}

void proxy_cut(struct proxy *p)
{
	p->cut = true;
	settle(p);
}

void proxy_reset(struct proxy *p)
{
	p->reset = true;
	settle(p);
}

void proxy_refuse(struct proxy *p, bool refuse)
{
	p->refuse = refuse;
	settle(p);
}

void proxy_stall(struct proxy *p, bool stall)
{
	p->stall = stall;
	settle(p);
}

int proxy_accepted(struct proxy *p)
{
	return p->accepted;
}
