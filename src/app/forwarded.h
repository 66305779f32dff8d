/* forwarded: who asks and for what, behind proxies of ours (PLAT_TRUST_PROXY): what the outermost of them saw, so the nth from the end.
 * Without the setting what proxies say counts for nothing: anybody can say it. Which host was asked for they say only with
 * PLAT_FORWARDED_HOST: many pass a client's X-Forwarded-Host on as it came, and with it a stranger would choose the site whose answer caches
 * on the way keep for another.
 *
 * Owner    the request's arena.
 * Failure  absent.
 * Threads  one loop.
 */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct arena;
struct http_request;

/* The client's address; the peer's where proxies say none ("unknown"). Absent when that is none, too (a socket file). */
struct str forwarded_remote(struct http_request *http);
/* The same for limits: whoever has an IPv6 address has its whole /64, and all who have no address are one. */
struct str forwarded_network(struct http_request *http);
struct str forwarded_network_of(struct arena *a, struct str remote); /* of what that said */
/* Of 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1] and [2001:db8::1]:80 the address; absent of anything else. */
struct str forwarded_address(struct arena *a, struct str said);

/* The host that was asked for, in lower case, without port, brackets and a final dot; absent when it is no host name or address. */
struct str forwarded_host(struct http_request *http);
/* X-Forwarded-Host says it: caches have to tell answers apart by it (Vary). */
bool forwarded_is_host_told(void);
bool forwarded_is_https(struct http_request *http);

/* The request came from this machine itself, as far as one can tell: its peer is, and no header says that somebody passed it on. */
bool forwarded_is_local(struct http_request *http);
