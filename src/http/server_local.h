/* server_local: the inside of a server, for the other files of src/http. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "http/conn_state.h"
#include "http/listen.h"
#include "http/server.h"

struct arena;
struct http_conn;
struct timer;
struct watch;

#define HTTP_POOL 128            /* idle arenas kept */
#define HTTP_SCRATCH (64 * 1024) /* what one read takes at most */
#define HTTP_LINGER_MS 2000      /* how long we wait for a client to notice that we closed */
#define HTTP_ACCEPT_RETRY_MS 100 /* after running out of descriptors */

struct http_conn_list {
	struct http_conn *first, *last; /* in the order in which they entered the state */
	size_t n;
};

struct http_server {
	struct loop *loop;
	struct http_options opt; /* every field set */
	http_request_fn *on_request;
	void *arg;

	struct http_listener listener;
	struct watch *accept_watch;
	struct timer *sweep, *retry;
	bool is_accepting; /* the watch is on: there is room */

	bool is_draining, is_freed, is_empty_posted;
	void (*on_drained)(void *arg);
	void *drained_arg;
	int64_t drain_until_ms;

	struct http_conn_list conns[HTTP_CONN_STATES]; /* membership is the state */
	size_t exchanges;                              /* not yet released */
	struct http_counters counters;

	struct arena *pool[HTTP_POOL];
	size_t pooled;
	int64_t date_s; /* the second that `date` says */
	char date[CLOCK_HTTP_SIZE];
	char scratch[HTTP_SCRATCH]; /* of the connection whose turn it is */
};

struct arena *http_server_take_arena(struct http_server *s);
void http_server_give_arena(struct http_server *s, struct arena *a);

/* A connection has closed, or an exchange was released. */
void http_server_note_end(struct http_server *s);
