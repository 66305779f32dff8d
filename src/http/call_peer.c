#include <sys/socket.h>
#include <unistd.h>

#include "http/call.h"
#include "http/peer.h"

/* A name may have several addresses: the next one is tried. */
static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct http_call *call = arg;

	(void)purpose;
	if (!peer_is_public(&address->addr)) {
		call->was_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Before a request is sent, also on a connection that another call, which may go anywhere, has left open. */
static int on_connected(void *arg, char *peer, char *own, int peer_port, int own_port)
{
	struct http_call *call = arg;

	(void)own, (void)peer_port, (void)own_port;
	if (peer_is_public_text(peer)) {
		call->was_private = false;
		return CURL_PREREQFUNC_OK;
	}
	call->was_private = true;
	return CURL_PREREQFUNC_ABORT;
}

void http_call_only_public(struct http_call *call)
{
	curl_easy_setopt(call->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(call->easy, CURLOPT_OPENSOCKETDATA, call);
	curl_easy_setopt(call->easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(call->easy, CURLOPT_PREREQDATA, call);
}
