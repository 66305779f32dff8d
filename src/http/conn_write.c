#include <errno.h>
#include <sys/socket.h>

#include "http/conn.h"
#include "http/exchange.h"
#include "http/server_local.h"

#define IOV_AT_ONCE 64

static void release_first(struct http_conn *c)
{
	struct http_exchange *x = c->first;

	c->first = x->next;
	if (!c->first)
		c->last = NULL;
	c->queued--;
	if (c->cur == x) {
		c->cur = NULL;
		c->has_rest = true;
	}
	http_exchange_release(x, true);
}

/* Lets go of the exchanges at the head of the queue that are answered and sent. */
static void release_sent(struct http_conn *c)
{
	for (struct http_exchange *x; (x = c->first) && x->answer.ended && !c->is_over;) {
		bool is_last = x->answer.close;

		if (x->answer.cut) {
			c->is_over = c->is_cut = true;
			return;
		}
		if (x->answer.out.first)
			return;
		if (c->cur == x && !is_last)
			return; /* the rest of its body comes first */
		release_first(c);
		c->is_over = is_last;
	}
}

/* Answers leave in the order of the requests, so one that is not complete ends the list. */
static int gather(struct http_conn *c, struct iovec *iov)
{
	int n = 0;

	for (struct http_exchange *x = c->first; x && n < IOV_AT_ONCE; x = x->next) {
		struct http_answer *a = &x->answer;
		if (a->cut)
			break;
		http_out_close_block(&a->out, a->chunked);
		n += http_out_gather(&a->out, iov + n, IOV_AT_ONCE - n);
		if (!a->ended || a->close)
			break;
	}
	return n;
}

static size_t total(const struct iovec *iov, int n)
{
	size_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += iov[i].iov_len;
	return sum;
}

static void note_sent(struct http_conn *c, size_t n)
{
	c->progress += n;
	c->server->counters.bytes_out += n;
	for (struct http_exchange *x = c->first; x && n; x = x->next) {
		size_t left = http_out_sent(&x->answer.out, n);
		x->answer.sent += n - left;
		n = left;
	}
}

void http_conn_flush(struct http_conn *c)
{
	struct iovec iov[IOV_AT_ONCE];

	for (release_sent(c); !c->is_lost && !c->is_over && !c->is_blocked; release_sent(c)) {
		struct msghdr msg = {.msg_iov = iov};
		int n = gather(c, iov);
		ssize_t sent;

		if (!n)
			return;
		msg.msg_iovlen = (size_t)n;
		sent = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR && errno != EAGAIN)
			c->is_lost = true;
		if (sent < 0 ? errno == EAGAIN : (size_t)sent < total(iov, n))
			c->is_blocked = true;
		if (sent > 0)
			note_sent(c, (size_t)sent);
	}
}
