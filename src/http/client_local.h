/* client_local: the inside of a client, for the other files of src/http. */
#pragma once
#include <curl/curl.h>
#include <stddef.h>

#include "http/client.h"

struct timer;
struct http_call;
struct http_socket;

struct http_client {
	struct loop *loop;
	CURLM *multi;
	struct timer *timer;
	struct http_socket *sockets;
	struct http_call *calls;
	size_t n_calls;
	int in_curl; /* how deep we are inside libcurl, where handles cannot be removed */
	char *user_agent, *ca_file, *no_proxy;
};
