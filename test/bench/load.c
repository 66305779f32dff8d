/* load: asks an HTTP server over N connections that are kept alive, one request in flight on each, and prints as one line of
 * JSON how many answers came, how fast, and what was wrong with them.
 *
 *     load [-c CONNECTIONS] [-t SECONDS | -n REQUESTS] [-w WARM-UP SECONDS] [-s STATUS] [-b BYTES] PORT FILE
 *
 * FILE has the requests, asked in turn and from the beginning again: "LENGTH\n" and that many bytes, for each. An answer is an
 * error when its status is not STATUS (200) or its body has fewer than BYTES. A tool of tools/bench; see docs/bench.md. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load_answer.h"

struct request {
	const char *bytes;
	size_t n;
};

struct conn {
	int fd;
	const struct request *request; /* NULL: nothing asked */
	size_t sent;
	int64_t began_us;
	struct load_answer answer;
};

struct load {
	int port, n_conns, status, ep;
	int64_t warm_us, for_us; /* for_us 0: as many as most says */
	uint64_t most, asked, min_body;
	struct request *requests;
	size_t n_requests;
	struct conn *conns;
	int64_t from_us, until_us; /* of the measurement */
	uint32_t *took;            /* microseconds, one for each answer measured */
	size_t n_took, took_cap;
	uint64_t errors, answers, bytes;
	char first_error[512];
};

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static char *read_file(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "rb");

	if (!f || fseek(f, 0, SEEK_END) != 0)
		die(path);
	*ret_n = (size_t)ftell(f);
	rewind(f);
	char *text = malloc(*ret_n + 1);
	if (!text || fread(text, 1, *ret_n, f) != *ret_n)
		die(path);
	text[*ret_n] = '\0';
	fclose(f);
	return text;
}

static void read_requests(struct load *l, const char *path)
{
	size_t n, cap = 0;
	char *text = read_file(path, &n), *end = text + n;

	for (char *p = text; p < end;) {
		char *bytes;
		size_t len = strtoul(p, &bytes, 10);
		if (*bytes != '\n' || len == 0 || len > (size_t)(end - bytes - 1)) {
			errno = EINVAL;
			die(path);
		}
		if (l->n_requests == cap) {
			cap = cap ? 2 * cap : 1024;
			l->requests = realloc(l->requests, cap * sizeof(*l->requests));
			if (!l->requests)
				die(path);
		}
		l->requests[l->n_requests++] = (struct request){bytes + 1, len};
		p = bytes + 1 + len;
	}
	if (!l->n_requests)
		die("no requests");
}

static void complain(struct load *l, const struct load_answer *a, const char *what)
{
	if (l->errors++ == 0)
		snprintf(l->first_error, sizeof(l->first_error), "%s: status %d, %llu bytes: %.*s",
			what, a->status, (unsigned long long)a->body, (int)a->n_said, a->said);
}

static void watch(struct load *l, struct conn *c, int op, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = c};

	if (epoll_ctl(l->ep, op, c->fd, &e) != 0)
		die("epoll_ctl");
}

static void dial(struct load *l, struct conn *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)l->port)};
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	watch(l, c, EPOLL_CTL_ADD, EPOLLIN);
}

static void redial(struct load *l, struct conn *c)
{
	close(c->fd);
	dial(l, c);
}

/* Whatever the socket takes; the rest when it is writable. */
static void send_more(struct load *l, struct conn *c)
{
	const struct request *r = c->request;
	ssize_t n = send(c->fd, r->bytes + c->sent, r->n - c->sent, MSG_NOSIGNAL);

	if (n > 0)
		c->sent += (size_t)n;
	bool rest = c->sent < r->n;
	if (rest || n < 0 || (size_t)n < r->n)
		watch(l, c, EPOLL_CTL_MOD, rest ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void ask_next(struct load *l, struct conn *c)
{
	c->request = NULL;
	if (l->most && l->asked == l->most)
		return;
	c->request = &l->requests[l->asked++ % l->n_requests];
	c->sent = 0;
	c->began_us = now_us();
	load_answer_begin(&c->answer);
	send_more(l, c);
}

static void note(struct load *l, int64_t began_us)
{
	int64_t now = now_us();

	if (began_us < l->from_us || (l->for_us && now > l->until_us))
		return;
	if (l->n_took == l->took_cap) {
		l->took_cap = l->took_cap ? 2 * l->took_cap : 65536;
		l->took = realloc(l->took, l->took_cap * sizeof(*l->took));
		if (!l->took)
			die("memory");
	}
	l->took[l->n_took++] = (uint32_t)(now - began_us);
}

static void answered(struct load *l, struct conn *c)
{
	const struct load_answer *a = &c->answer;

	l->answers++;
	l->bytes += a->body;
	if (a->status != l->status)
		complain(l, a, "another status");
	else if (a->body < l->min_body)
		complain(l, a, "a short body");
	else
		note(l, c->began_us);
	if (a->closes)
		redial(l, c);
	ask_next(l, c);
}

static void failed(struct load *l, struct conn *c, const char *what)
{
	if (c->request) {
		l->answers++;
		complain(l, &c->answer, what);
	}
	redial(l, c);
	ask_next(l, c);
}

static void read_more(struct load *l, struct conn *c)
{
	static char buffer[1 << 18];
	ssize_t n = recv(c->fd, buffer, sizeof(buffer), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || !c->request) {
		failed(l, c, "the connection was closed");
		return;
	}
	size_t used;
	enum load_state state = load_answer_take(&c->answer, buffer, (size_t)n, &used);
	if (state == LOAD_BROKEN || used < (size_t)n)
		failed(l, c, "not an answer");
	else if (state == LOAD_DONE)
		answered(l, c);
}

static bool is_over(const struct load *l)
{
	return l->for_us ? now_us() >= l->until_us : l->answers >= l->most;
}

static void run(struct load *l)
{
	struct epoll_event events[256];

	l->ep = epoll_create1(EPOLL_CLOEXEC);
	l->conns = calloc((size_t)l->n_conns, sizeof(*l->conns));
	if (l->ep < 0 || !l->conns)
		die("epoll");
	l->from_us = now_us() + l->warm_us;
	l->until_us = l->from_us + l->for_us;
	for (int i = 0; i < l->n_conns; i++) {
		dial(l, &l->conns[i]);
		ask_next(l, &l->conns[i]);
	}
	while (!is_over(l)) {
		int n = epoll_wait(l->ep, events, 256, 100);
		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;
			if (events[i].events & EPOLLOUT && c->request)
				send_more(l, c);
			if (events[i].events & ~(uint32_t)EPOLLOUT)
				read_more(l, c);
		}
	}
	if (!l->for_us)
		l->until_us = now_us();
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void print_text(const char *text)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"' || c == '\\')
			putchar('\\');
		putchar(c < 0x20 ? ' ' : c);
	}
}

static void print_report(struct load *l)
{
	double seconds = (double)(l->until_us - l->from_us) / 1e6;
	size_t n = l->n_took;

	qsort(l->took, n, sizeof(*l->took), by_size);
	printf("{\"all\": %llu, \"answers\": %zu, \"seconds\": %.6f, \"rate\": %.2f, \"median_us\": %u, \"p95_us\": %u, \"p99_us\": %u, "
	       "\"bytes\": %llu, \"errors\": %llu, \"first_error\": \"",
		(unsigned long long)l->answers, n, seconds, seconds > 0 ? (double)n / seconds : 0,
		n ? l->took[n / 2] : 0, n ? l->took[n - 1 - n / 20] : 0,
		n ? l->took[n - 1 - n / 100] : 0, (unsigned long long)l->bytes,
		(unsigned long long)l->errors);
	print_text(l->first_error);
	printf("\"}\n");
}

int main(int argc, char **argv)
{
	struct load l = {.n_conns = 1, .status = 200, .for_us = 1000000};
	int option;

	while ((option = getopt(argc, argv, "c:t:n:w:s:b:")) != -1) {
		switch (option) {
		case 'c': l.n_conns = atoi(optarg); break;
		case 't': l.for_us = (int64_t)(atof(optarg) * 1e6); break;
		case 'n':
			l.most = strtoull(optarg, NULL, 10);
			l.for_us = 0;
			break;
		case 'w': l.warm_us = (int64_t)(atof(optarg) * 1e6); break;
		case 's': l.status = atoi(optarg); break;
		case 'b': l.min_body = strtoull(optarg, NULL, 10); break;
		default: return 2;
		}
	}
	if (argc - optind != 2 || l.n_conns < 1 || (!l.for_us && !l.most)) {
		fprintf(stderr, "load: usage: see the first lines of load.c\n");
		return 2;
	}
	l.port = atoi(argv[optind]);
	read_requests(&l, argv[optind + 1]);
	run(&l);
	print_report(&l);
	return 0;
}
