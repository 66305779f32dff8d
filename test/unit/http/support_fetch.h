/* support_fetch: a client, and our own server for it to talk to, in one loop.
 *
 * Owner    the test: fetch_setup and fetch_teardown of cmocka make and free it. Texts live until then.
 * Failure  a test's assertion.
 */
#pragma once
#include "support_loopback.h"

#include "http/client.h"

struct fetch_fixture {
	struct loopback *lb;
	struct http_client *client;
	struct arena *arena;
	const struct http_result *result; /* of the last call */
	int done;                         /* calls that have ended */
	struct http_request *kept;        /* the request for /never */
	int redirects;                    /* the server has answered with */
};
extern struct fetch_fixture t;

int fetch_setup(void **state);
int fetch_teardown(void **state);

const char *url_of(const char *path); /* on our server */
const char *host_of_server(void);     /* "127.0.0.1:1234" */

void fetch_on_done(const struct http_result *result, void *arg); /* arg is &t; stops the loop */
const struct http_result *fetch(struct http_fetch f); /* runs the loop until it is done */
const struct http_result *get(const char *path);

#define assert_str(s, want) assert_string_equal(str_cstr(t.arena, (s)), (want))
#define assert_failed(r, want_code, ...)                                               \
	do {                                                                           \
		assert_int_equal((r)->err.code, (want_code));                          \
		assert_string_equal((r)->err.msg, arena_printf(t.arena, __VA_ARGS__)); \
	} while (0)
