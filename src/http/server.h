/* server: an HTTP/1.1 server on one loop (RFC 9112), behind nginx or directly on a port.
 *
 * Owner    the caller, from http_server_new() to http_server_free(). Options are copied.
 * Failure  http_server_new() returns NULL with words. Later failures (no file descriptors left, a
 *          client's reset) cost at most that connection and show in the counters.
 * Threads  one loop. Several processes share a port with reuse_port.
 * Units    bytes, milliseconds; a 0 in the options takes the default.
 *
 * What a client gets without any handler: 400 malformed (bad head, two Content-Length, Content-Length
 * with Transfer-Encoding, no or two Host, a path that cannot be decoded) · 408 head or body too slow ·
 * 413 body above max_body_bytes · 414 target · 417 an Expect other than 100-continue · 431 head ·
 * 501 method or transfer coding not known · 503 with Retry-After above max_requests_in_flight · 505
 * version. All but 503 close the connection.
 *
 * Pipelining: requests with safe methods (RFC 9110 9.2.1) and no body run at the same time, up to
 * max_pipelined; any other runs alone (RFC 9112 9.3.2). Answers leave in the order of the requests.
 *
 * Memory: an idle connection holds no buffer, only its state (about 1 KiB with the watcher).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct http_server;
struct http_request;

struct http_options {
	/* "host:port", "[::1]:8080", ":8080" (all addresses); port 0 is any free one. "unix:/path": a
	 * Unix socket, removed with the server. NULL: no socket, only http_server_adopt(). */
	const char *listen;
	int backlog;        /* 1024 */
	bool reuse_port;    /* SO_REUSEPORT: several processes on one port */
	bool ipv6_only;     /* "[::]:8080" leaves IPv4 to others */
	unsigned unix_mode; /* of the Unix socket; 0660 */

	size_t max_target_bytes; /* 8 KiB; beyond: 414 */
	size_t max_header_bytes; /* 32 KiB, request line included; at most 100 headers; beyond: 431 */
	size_t max_body_bytes;   /* 16 MiB; beyond: 413 */
	size_t max_stream_bytes; /* the same for bodies that are read in pieces; max_body_bytes */

	int header_timeout_ms; /* 10 s from the first byte of a head to its last; then 408 */
	/* While a handler reads a body, each span of body_timeout_ms (15 s) must bring min_body_rate
	 * (512 bytes a second), or the rest; else 408. */
	int body_timeout_ms;
	int min_body_rate;
	int send_timeout_ms; /* 30 s: while an answer is stuck some must go in each span; else close */
	int idle_timeout_ms; /* 60 s between requests; then close */

	int max_connections; /* 10,000; then the longest idle one is closed, or accepting waits */
	int max_requests_in_flight; /* 1,000 in the server; beyond: 503 */
	int max_pipelined;          /* 16 on one connection; beyond, its bytes wait in the socket */

	bool quiet;      /* no access lines (benchmarks, tests) */
	int access_from; /* answers with a lower status have no access line; 0: all have one */
};

typedef void http_request_fn(struct http_request *req, void *arg);

/* Listens at once. on_request runs for each request whose head is complete and acceptable. */
struct http_server *http_server_new(struct loop *loop, const struct http_options *opt,
	http_request_fn *on_request, void *arg, struct err *e) MUST_CHECK;

/* Closes every connection without a word. Requests whose handlers still hold them stay valid until
 * they end (their answers go nowhere). No on_drained. NULL is fine. Not from within on_request or a
 * callback of a request; on_drained may. */
void http_server_free(struct http_server *s);

/* Graceful stop: no new connections, idle ones closed, every answer from now on says
 * "Connection: close". on_drained runs once, from the loop, when the last connection is closed; after
 * deadline_ms those that are left are cut. The caller then frees the server. */
void http_server_drain(struct http_server *s, int deadline_ms, void (*on_drained)(void *arg),
	void *arg);

int http_server_port(const struct http_server *s); /* 0 without a socket */

/* Whether new clients can come: it listens, and its Unix socket is still there. */
bool http_server_is_reachable(const struct http_server *s);

/* Serves a connected stream socket (socket activation, tests). fd belongs to the server from here. */
void http_server_adopt(struct http_server *s, int fd);

/* Upper bounds in microseconds of the latency buckets, from head complete to last byte written; the
 * last bucket has none. */
#define HTTP_LATENCY_BUCKETS 12
extern const int64_t http_latency_us[HTTP_LATENCY_BUCKETS - 1];

struct http_counters {
	uint64_t connections;        /* accepted, ever */
	uint64_t accept_failures;    /* no descriptor or memory for one */
	uint64_t connections_open;   /* now */
	uint64_t connections_idle;   /* now, of these */
	uint64_t requests_in_flight; /* now: given to the handler, not answered */
	uint64_t requests;           /* answered or gone, ever; each is in one class */
	uint64_t by_class[6];        /* [1]..[5]: status 1xx..5xx; [0]: gone before an answer */
	uint64_t refused;            /* 503 for lack of room, of by_class[5] */
	uint64_t bytes_in, bytes_out;
	uint64_t latency[HTTP_LATENCY_BUCKETS]; /* not cumulative */
	uint64_t latency_sum_us;
};

const struct http_counters *http_server_counters(const struct http_server *s);
